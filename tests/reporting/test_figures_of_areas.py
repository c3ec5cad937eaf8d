"""Which figures an area gets, what they say, and what must not be read from them."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline.reporting.figures import draw, draw_overview
from pipeline.reporting.renderers import Page
from pipeline.reporting.shown.peers import Peer, peers_of, spreads_of
from pipeline.workspace import CHECKOUT
from tests.reporting.examples import judged

ALL = [
    "small_trends",
    "profile",
    "events",
    "sex_ratio",
    "growth",
    "outlook",
    "funnel",
    "members",
    "members_trend",
]
KEY = ("area_code", "indicator", "question")
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
            *(facts, report, funnels["county"], peers_of(counties), folder / facts.area_code),
            spreads=spreads_of(counties, report.indicators),
        )
    return folder, made


@pytest.fixture(scope="module")
def verdicts(awkward, report) -> dict[tuple[str, str, str], str]:
    """The published table itself: the answer by area, indicator and question."""
    table = pl.read_parquet(awkward.current / "verdicts.parquet").filter(pl.col("month") == report.month)
    return {tuple(row[:3]): row[3] for row in table.select(*KEY, "verdict").iter_rows()}


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


def test_the_small_trends_have_both_series_side_by_side(counties, drawn):
    for facts in counties:
        if not facts.trends:
            assert "small_trends" not in drawn[1][facts.area_code]
            continue
        figure = drawn[1][facts.area_code]["small_trends"]
        newest, *_older = rows(figure.data)
        levels = [float(cell.replace("−", "-")) for cell in newest[1::2] if cell != "—"]
        expected = sorted(
            (trend.trend[-1] for trend in facts.trends.values()), reverse=True
        )  # the ratio first
        assert levels == pytest.approx(expected, abs=0.051)
        picture = (drawn[0] / facts.area_code / "small_trends.svg").read_text(encoding="utf-8")
        assert all(finding in picture for finding in figure.title.split("；"))


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


def counts_in(title: str) -> dict[str, int]:
    """`3 项未达标或难以达标` -> {"项未达标或难以达标": 3}."""
    parts = title.partition("：")[2] or title.partition("，")[2]
    return {words: int(count) for count, words in re.findall(r"(\d+) ([^，。\d]+)", parts)}


def test_the_title_of_the_sex_ratio_is_the_verdict_of_the_table(counties, drawn, verdicts):
    words = {
        "higher": "高于正常范围",
        "lower": "低于正常范围",
        "inside": "在正常范围内",
        "unclear": "暂不能判定是否超出正常范围",
    }
    held = 0
    for facts in counties:
        if figure := drawn[1][facts.area_code].get("sex_ratio"):
            verdict = verdicts[facts.area_code, "sex_ratio_at_birth", "normal_range"]
            assert figure.title.endswith(f"，{words[verdict]}"), facts.name
            held += 1
    assert held > 3


@pytest.mark.parametrize("verdict", ["higher", "lower", "inside", "unclear"])
def test_the_title_of_the_sex_ratio_follows_the_verdict_and_not_the_band(counties, report, tmp_path, verdict):
    facts = next(one for one in counties if "sex_ratio_at_birth" in one.trends)
    altered = replace(facts, verdicts=judged("sex_ratio_at_birth", "normal_range", verdict))
    title = draw(altered, report, {}, (), tmp_path)["sex_ratio"].title
    said = {"higher": "高于", "lower": "低于", "inside": "在正常范围内", "unclear": "暂不能判定"}
    assert [word for word in said.values() if word in title] == [said[verdict]]


def test_areas_within_rise_or_fall_where_the_table_says_so(levels, report, verdicts, tmp_path):
    """Counties within prefectures and townships within counties: as on their own pages, never by their bands."""
    held = moved = 0
    for facts in (*levels["prefecture"], *levels["county"]):
        (tmp_path / facts.area_code).mkdir()
        figure = draw(facts, report, {}, (), tmp_path / facts.area_code).get("members_trend")
        if not figure:
            continue
        is_ratio = "性别比" in figure.subtitle
        series = "sex_ratio_at_birth" if is_ratio else "natural_growth_rate"
        named = [row[0] for row in rows(figure.data)]
        codes = [m.area_code for m in facts.members if m.trends and m.name in named]
        answers = [verdicts.get((code, series, "change")) for code in codes]
        expected = {"个地区上升": answers.count("rising"), "个地区下降": answers.count("falling")}
        expected = {words: count for words, count in expected.items() if count}
        if expected:
            expected |= {"个地区尚不能判断": len(named) - sum(expected.values())}
        expected = {words: count for words, count in expected.items() if count}
        assert counts_in(figure.title) == expected, facts.name
        held, moved = held + 1, moved + bool(expected)
    assert held > 3

    facts = next(one for one in levels["prefecture"] if len(one.members) > 2)
    (tmp_path / "altered").mkdir()
    answers = ["rising", "falling", "falling", *["unclear"] * len(facts.members)]
    altered = [
        replace(
            member,
            verdicts=judged("natural_growth_rate", "change", answer)
            | judged("sex_ratio_at_birth", "change", answer),
        )
        for member, answer in zip(sorted(facts.members, key=lambda m: not m.trends), answers, strict=False)
    ]
    title = draw(replace(facts, members=altered), report, {}, (), tmp_path / "altered")["members_trend"].title
    assert counts_in(title)["个地区上升"] == 1 and counts_in(title)["个地区下降"] == 2


PROFILE = {
    ("normal_range", "higher"): "高于正常范围",
    ("normal_range", "lower"): "低于正常范围",
    ("target", "missed"): "未达标",
    ("target", "likely_missed"): "难以达标",
    ("siblings", "higher"): "与同级相比偏高",
    ("siblings", "lower"): "与同级相比偏低",
    ("change", "rising"): "比一年前上升",
    ("change", "falling"): "比一年前下降",
}


def test_the_profile_says_and_counts_the_verdicts_of_the_table(counties, report, drawn, verdicts):
    shown = set()
    for facts in counties:
        if not (figure := drawn[1][facts.area_code].get("profile")):
            continue
        names = {report.label(name): name for name in report.indicators}
        of_area = {names[row[0].partition("（")[0]]: row[-1] for row in rows(figure.data)}
        said = []
        for name, remark in of_area.items():
            expected = {
                key: words
                for key, words in PROFILE.items()
                if verdicts.get((facts.area_code, name, key[0])) == key[1] and facts.verdict(name, key[0])
            }
            assert [w for w in PROFILE.values() if w in remark.split("，")] == [*expected.values()], (
                facts.name,
                name,
            )
            said += expected
        shown |= set(said)
        counted = {
            "项超出正常范围": sum(question == "normal_range" for question, _ in said),
            "项未达标或难以达标": sum(question == "target" for question, _ in said),
            "项明显高于或低于同级": sum(question == "siblings" for question, _ in said),
            "项比一年前上升": said.count(("change", "rising")),
            "项比一年前下降": said.count(("change", "falling")),
        }
        assert counts_in(figure.title) == {words: count for words, count in counted.items() if count}
    assert len(shown) >= 3


def test_the_map_counts_and_names_the_verdicts(counties, report, tmp_path):
    answers = ["higher", "higher", "lower", "inside", "inside", "inside", "unclear", "", ""]
    judged_areas = [
        replace(facts, verdicts=judged("sex_ratio_at_birth", "normal_range", answer) if answer else {})
        for facts, answer in zip(counties, answers, strict=True)
    ]
    made = draw_overview(judged_areas, report, {}, tmp_path / "figures")["map"]
    assert counts_in(made.title) == {
        "个地区高于正常范围": 2,
        "个地区低于正常范围": 1,
        "个地区在正常范围内": 3,
        "个地区暂不能判定": 1,
    }
    named = made.alt.partition("在正常范围之外的是：")[2].removesuffix("。").split("、")
    assert named == [facts.name for facts in counties[:3]]
    drawn = (tmp_path / "figures" / "map.svg").read_text(encoding="utf-8")
    for key in ("▲ 偏高 2", "▼ 偏低 1", "正常 3", "暂不能判定 1", "不作比较 2"):
        assert key in re.sub(r"<[^>]+>", "", drawn), key


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
