"""Which figures an area gets, what they say, and what must not be read from them."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.reporting.figures import draw, draw_overview
from pipeline.reporting.renderers import Page
from pipeline.reporting.shown.peers import Peer, peers_of
from pipeline.workspace import CHECKOUT

ALL = ["events", "sex_ratio", "growth", "outlook", "funnel", "members", "members_trend"]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def report(awkward_report):
    return awkward_report


@pytest.fixture(scope="module")
def counties(levels):
    return levels["county"]


@pytest.fixture(scope="module")
def drawn(counties, report, funnels, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    made = {}
    for facts in counties:
        (folder / facts.area_code).mkdir()
        made[facts.area_code] = draw(
            facts, report, funnels["county"], peers_of(counties), folder / facts.area_code
        )
    return folder, made


def rows(data: str) -> list[list[str]]:
    """The cells of a pipe table, without heading and rule."""
    lines = [line for line in data.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_every_figure_is_there_in_both_shapes_with_its_words(drawn):
    folder, made = drawn
    assert set(ALL) - {"funnel"} <= {name for figures in made.values() for name in figures}
    for code, figures in made.items():
        assert list(figures) == [name for name in ALL if name in figures]
        for name, figure in figures.items():
            assert (folder / code / f"{name}.svg").is_file() and (
                folder / code / f"{name}-narrow.svg"
            ).is_file()
            assert figure.title and figure.subtitle and figure.caption.endswith("。")
            assert figure.title in figure.alt
            assert figure.data.startswith('::: {.figure-data summary="图中数据"}')
            assert all(
                any(character.isdigit() for character in "".join(row)) for row in rows(figure.data)[:1]
            )


def test_the_data_of_a_trend_are_the_values_drawn(counties, drawn):
    facts = next(f for f in counties if "sex_ratio_at_birth" in f.trends)
    trend = facts.trends["sex_ratio_at_birth"]
    months = [row for row in rows(drawn[1][facts.area_code]["sex_ratio"].data) if "全年" not in row[0]]
    assert len(months) == len(trend.months)
    assert float(months[0][1]) == pytest.approx(trend.trend[-1], abs=0.051)


def test_a_point_stands_where_its_value_says(drawn):
    """Years and areas within, held against the lines and numbers of the axis: all read from the SVG."""
    held = 0
    for path in [*drawn[0].glob("*/sex_ratio*.svg"), *drawn[0].glob("*/members.svg")]:
        root, axis = ElementTree.parse(path).getroot(), 1 if "sex_ratio" in path.name else 0
        scales = scales_of(root, axis)
        for use in root.iter(f"{SVG}use"):
            if not len(use):
                continue
            value, at = float(re.search(r"[:：] ?(−?[\d.]+)", use[0].text)[1]), float(use.get("xy"[axis]))
            panels = [(low + (value - name) * step, abs(step)) for low, name, step in scales]
            place, step = min(panels, key=lambda panel: abs(panel[0] - at))
            assert place == pytest.approx(at, abs=0.05 * step + 0.05), (path, use[0].text)
            held += 1
    assert held > 50


def scales_of(root: ElementTree.Element, axis: int) -> list[tuple[float, float, float]]:
    """Of each panel the place of one line of the grid, the number beside it, and points a unit."""
    grids = [
        [float(line.split()[axis]) for line in path.get("d").split("M")[1:]]
        for path in root.iter(f"{SVG}path")
        if (path.get("stroke"), path.get("stroke-width")) == ("#d5d3cc", "0.5")
    ]
    texts = [text for text in root.iter(f"{SVG}text") if re.fullmatch(r"−?[\d.]+", text.text)]
    numbers = iter(
        [float(text.text.replace("−", "-")) for text in texts if axis == 0 or float(text.get("x")) < 30]
    )
    named = [[(place, next(numbers)) for place in grid] for grid in grids]
    return [(a, v, (b - a) / (w - v)) for (a, v), *_, (b, w) in named]


def test_every_colour_has_another_in_the_dark(drawn):
    css = (CHECKOUT / "reports" / "theme" / "theme.css").read_text(encoding="utf-8")
    used = {
        found
        for path in drawn[0].glob("*/*.svg")
        for found in re.findall(r'(?:fill|stroke)="#\w+"', path.read_text(encoding="utf-8"))
    }
    assert len(used) > 8 and {one for one in used if f".drawn [{one}] {{" not in css} == set()


def test_a_page_counts_the_letters_of_its_figures(drawn, tmp_path):
    page = Page("990101", tmp_path / "990101")
    shutil.copytree(next(drawn[0].glob("*/events.svg")).parent, page.folder / "figures")
    page.source.write_text("", encoding="utf-8")
    assert "区间" in page.printed() and page.text() == ""


def test_withheld_areas_within_are_dashes(counties, drawn):
    for facts in counties:
        figure = drawn[1][facts.area_code].get("members")
        for member, row in zip(facts.members, rows(figure.data) if figure else [], strict=False):
            births = member.estimate("birth_rate", "rolling_12")
            if births is None or births.withheld:
                assert row[1:3] == ["—", "—"]


def test_the_areas_that_differ_are_those_the_title_counts(counties, drawn):
    """Held against the 99.8 % intervals themselves."""
    seen = set()
    for facts in counties:
        figure = drawn[1][facts.area_code].get("members")
        if not figure:
            continue
        words = [row[-1] for row in rows(figure.data)]
        own = facts.estimate("birth_rate", "rolling_12")
        for member, row, word in zip(facts.members, rows(figure.data), words, strict=True):
            births = member.estimate("birth_rate", "rolling_12")
            if row[1] == "—":
                assert word == "—"
                continue
            higher, lower = births.lower_998 > own.upper, births.upper_998 < own.lower
            assert word == ("偏高" if higher else "偏低" if lower else "差异不显著")
        apart = words.count("偏高") + words.count("偏低")
        seen.add(apart > 0)
        counted = re.search(r"地区中有 (\d+) 个", figure.title)
        assert apart == (int(counted[1]) if counted else 0)
    assert seen


def test_what_there_is_none_of_is_not_counted(drawn):
    titles = [figure.title for figures in drawn[1].values() for figure in figures.values()]
    assert not [title for title in titles if re.search(r"(?<![\d.,]) 0 [个项]|：$|，$", title)]


def test_the_funnel_leaves_out_areas_with_few_births(counties, report, funnels, tmp_path):
    shown = peers_of(counties)
    for facts, neighbour in zip(counties, shown, strict=True):
        estimate = facts.estimate("sex_ratio_at_birth", "rolling_12")
        is_printed = estimate is not None and not estimate.withheld
        assert ("rolling_12" in neighbour.windows) == is_printed
    own = next(f for f, n in zip(counties, shown, strict=True) if "rolling_12" in n.windows)
    of_level = funnels["county"]
    average = of_level["sex_ratio_at_birth", "rolling_12"].centre
    others = tuple(
        Peer(f"99{n:04}", f"<县>{n}|", "990100", {"rolling_12": (2000.0 + n, value, value - 9, value + 9)})
        for n, value in enumerate([average] * 6 + [average * 2])
    )
    mine = tuple(n for n in shown if n.area_code == own.area_code)
    figure = draw(own, report, of_level, (*mine, *others), tmp_path)["funnel"]
    assert "8 个地区" in figure.alt
    cells = rows(figure.data.replace("\\|", ""))
    assert cells[-1][-1] == "99.8%界限之外" and cells[1][-1] == "95%界限之内"
    assert cells[0][0].startswith("**")


def test_the_overview_has_tiles_without_a_map_file_and_one_funnel(counties, report, funnels, tmp_path):
    made = draw_overview(counties, report, funnels["county"], tmp_path / "figures", formats=("docx",))
    assert set(made) <= {"map", "funnel"} and "map" in made
    assert (tmp_path / "figures" / "map.png").read_bytes().startswith(b"\x89PNG")
    counts = [int(count) for count in re.findall(r"\d+", ([*made["map"].title.split("："), ""])[1])]
    assert sum(counts) <= len(counties)


def test_an_area_without_any_data_is_drawn_without_error(counties, report, tmp_path):
    empty = replace(counties[0], estimates={}, monthly={}, years=[], trends={}, members=[], outlook={})
    assert draw(empty, report, {}, (), tmp_path) == {}
    assert list(Path(tmp_path).iterdir()) == []
