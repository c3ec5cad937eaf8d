"""The parts that figures are drawn with: lettering, labels, small files, outlines of areas."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from pathlib import Path

import pytest

from pipeline.problems import ProblemError
from pipeline.reporting.figures import compact, marks
from pipeline.reporting.figures.by_month import Breaks, events_figure
from pipeline.reporting.figures.lettering import width, wrap
from pipeline.reporting.figures.map import Place, matched
from pipeline.reporting.figures.marks import Interval
from pipeline.reporting.figures.outlines import area_of, read_outlines
from pipeline.reporting.figures.sheet import draw_both

SQUARES = {"990101": [(0, 0), (2, 0), (2, 2), (0, 2)], "990102": [(2, 0), (4, 0), (4, 2), (2, 2)]}


def test_lines_fit_and_break_where_a_reader_expects():
    lines = wrap("与正常范围（103～107）无法区分，不宜据此判断。", 9, 60)
    assert "".join(lines) == "与正常范围（103～107）无法区分，不宜据此判断。"
    assert all(line[0] not in "，。）" and line[-1] != "（" for line in lines)
    assert all(width(line, 9) <= 60 + 9 for line in lines)


def test_an_interval_is_not_broken():
    assert wrap("正常范围 103\u2060～\u2060107", 8, 50) == ["正常范围", "103～107"]
    assert wrap("from −1.2\u00a0to\u00a00.3", 8, 20) == ["from", "−1.2 to 0.3"]


def test_labels_keep_their_order_and_do_not_overlap():
    placed = [[50.0, 12.0], [51.0, 24.0], [52.0, 12.0]]
    marks._move_apart(placed, 200)
    for (lower, height), (upper, taller) in itertools.pairwise(placed):
        assert upper - lower >= (height + taller) / 2 - 0.5


def test_a_path_made_short_leads_to_the_same_points():
    path = "M 10.04 20 L 15.06 20 L 15.06 31.98 Q 1 2 3 4 C 1 1 2 2 9.5 0 z M 1 1 L 2 2"
    assert compact._relative(path, 10) == "m10,20l5.1,0,0,12q-14.1-30-12.1-28c-2-3-1-2,6.5-4zm-9-19l1,1"


def test_groups_that_carry_nothing_go_with_both_ends():
    svg = '<svg><g><g class="a"><path/></g></g><glyph/><g><use/></g></svg>'
    assert compact._without_bare_groups(svg) == '<svg><g class="a"><path/></g><glyph/><use/></svg>'


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("figures")
    months = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(24)]
    series = [Interval(month, 7 + place % 3, 6, 10) for place, month in enumerate(months)]
    for name in ("first", "again"):
        (folder / name).mkdir()
        draw_both(
            folder / name,
            "events",
            "出生率 <高> & 死亡率：出生率的标题长得在手机上要分成两行",
            "各月，年率，‰",
            lambda sheet: events_figure(
                sheet, series, series[6:], ("出生率", "死亡率"), Breaks((months[9],), "变动")
            ),
            with_png=True,
        )
    return folder


def test_the_same_values_give_the_same_bytes(drawn):
    names = sorted(path.name for path in (drawn / "first").iterdir())
    assert names == ["events-narrow.svg", "events.png", "events.svg"]
    for name in names:
        assert (drawn / "first" / name).read_bytes() == (drawn / "again" / name).read_bytes()


def test_a_figure_is_well_formed_small_and_has_colours_for_the_dark(drawn):
    for name, inches in (("events.svg", 6.4), ("events-narrow.svg", 3.4)):
        text = (drawn / "first" / name).read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)
        assert root.attrib["width"] == f"{72 * inches:g}pt"
        assert "prefers-color-scheme:dark" in text
        assert "metadata" not in text and "http://purl" not in text
        assert len(text) < 40_000
        defined = set(re.findall(r'<path id="(g\d+)"', text))
        assert set(re.findall(r'href="#(g\d+)"', text)) == defined


def geojson() -> dict:
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "properties": {"code": int(code)},
                "geometry": {"type": "Polygon", "coordinates": [[*ring, ring[0]]]},
            }
            for code, ring in SQUARES.items()
        ],
    }


def topojson() -> dict:
    """The same two squares: the side between them is one arc, taken forwards and backwards."""
    arcs = [[[2, 2], [0, -2]], [[2, 2], [-2, 0], [0, -2], [2, 0]], [[2, 0], [2, 0], [0, 2], [-2, 0]]]
    return {
        "type": "Topology",
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": arcs,
        "objects": {
            "areas": {
                "type": "GeometryCollection",
                "geometries": [
                    {"type": "Polygon", "arcs": [[1, ~0]], "properties": {"area_code": "990101"}},
                    {"type": "MultiPolygon", "arcs": [[[2, 0]]], "properties": {"name": "东县"}},
                ],
            }
        },
    }


@pytest.mark.parametrize("content", [geojson(), topojson()], ids=["GeoJSON", "TopoJSON"])
def test_outlines_are_read_and_found_by_code_or_name(tmp_path, content):
    path = tmp_path / "areas.geojson"
    path.write_text(json.dumps(content), encoding="utf-8")
    outlines = read_outlines(path)
    assert [abs(area_of(outline.polygons[0][0])) for outline in outlines] == pytest.approx([4, 4], rel=1e-3)
    places = [Place("990101", "西县", "", "", ""), Place("990102", "东县", "", "higher", "118.0")]
    assert [matched(places, outlines)[id(outline)].name for outline in outlines] == ["西县", "东县"]


@pytest.mark.parametrize("text", ["", "[]", '{"type": "Topology"}', '{"features": [{"geometry": 3}]}'])
def test_a_file_that_is_no_map_is_named(tmp_path, text):
    path = tmp_path / "areas.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError, match=r"areas\.geojson"):
        read_outlines(path)
