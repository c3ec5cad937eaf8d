"""The parts that figures are drawn with: lettering, labels, the SVG for the page, outlines of areas."""

from __future__ import annotations

import itertools
import json
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

from pipeline.problems import ProblemError
from pipeline.reporting.figures import axes, sheet, style
from pipeline.reporting.figures.overview.map import matched
from pipeline.reporting.figures.overview.outlines import area_of, read_outlines
from pipeline.reporting.figures.overview.tiles import HIGHER, LOWER, UNCLEAR, Place, are_crowded, draw_squares
from pipeline.reporting.figures.sheet import Folder, Sheet
from pipeline.reporting.figures.style import width, wrap

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
    heights = [12.0, 24.0, 12.0]
    middles = axes.moved_apart([50.0, 51.0, 52.0], heights, 200)
    for (lower, height), (upper, taller) in itertools.pairwise(zip(middles, heights, strict=True)):
        assert upper - lower >= (height + taller) / 2 - 0.5


@pytest.mark.parametrize("text", ["出生率 12.3‰，2024年", "趋势 107.3", "Trend 107.3", "1,000", "−2～6‰"])
def test_the_room_that_a_text_takes_is_what_matplotlib_measures(text):
    sheet._use_style()
    measured = text_to_path.get_text_width_height_descent(text, FontProperties(size=100), ismath=False)
    assert width(text, 100) == pytest.approx(measured[0], rel=0.08)
    line = text_to_path.get_text_width_height_descent("lp", FontProperties(size=100), ismath=False)
    assert line[1:] == pytest.approx((100 * sheet.HEIGHT, 100 * sheet.DESCENT), abs=0.5)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> Path:
    """A figure of two named marks and a line, drawn twice."""
    folder = tmp_path_factory.mktemp("figures")

    def draw(sheet: Sheet) -> None:
        sheet.open(1.0)
        inches = sheet.inches()
        axes.draw_line(inches, [0, 1, 2], [0.1, 0.9, 0.1], style.BLUE, 1.8)
        axes.draw_areas(inches, [[(0, 0), (1, 0), (1, 0.5)]], style.BLUE, alpha=0.2)
        marks = axes.draw_marks(inches, [(0.5, 0.25), (1.5, 0.75)], "o", 5, style.PAPER, style.MUTED)
        sheet.name_marks(marks, ["甲：1", "乙 <&>：2"])

    for name in ("first", "again"):
        (folder / name).mkdir()
        Folder(folder / name, with_png=True).draw(
            "events", "标题 <高> & 死亡率：长得在手机上要分成两行", "副", draw
        )
    return folder


def test_the_same_values_give_the_same_bytes(drawn):
    names = sorted(path.name for path in (drawn / "first").iterdir())
    assert names == ["events-narrow.svg", "events.png", "events.svg"]
    for name in names:
        assert (drawn / "first" / name).read_bytes() == (drawn / "again" / name).read_bytes()


def test_a_figure_is_fit_to_stand_in_a_page(drawn):
    """Text as text in the font of the page, colours as attributes, nothing that reaches beyond it."""
    texts = {
        name: (drawn / "first" / name).read_text(encoding="utf-8")
        for name in ("events.svg", "events-narrow.svg")
    }
    ids = []
    for text, inches in zip(texts.values(), (6.4, 3.4), strict=True):
        root = ElementTree.fromstring(text)
        assert root.attrib["width"] == f"{72 * inches:g}pt"
        assert "标题" in "".join(root.itertext())
        assert not re.search(r"<style|metadata|Noto Sans|style=", text)
        defined = re.findall(r' id="([\w-]+)"', text)
        assert set(re.findall(r'(?:href="|url\()#([\w-]+)', text)) == set(defined)
        ids += defined
    assert len(ids) == len(set(ids)) > 0


def test_a_mark_that_is_named_tells_its_name_and_stands_in_its_place(drawn):
    root = ElementTree.parse(drawn / "first" / "events.svg").getroot()
    height = float(root.get("viewBox").split()[3])
    marks = list(root.iter("{http://www.w3.org/2000/svg}use"))
    assert [mark[0].text for mark in marks] == ["甲：1", "乙 <&>：2"]
    places = [(float(mark.get("x")) / 72, (height - float(mark.get("y"))) / 72) for mark in marks]
    assert places == [pytest.approx((0.5, 0.25), abs=0.01), pytest.approx((1.5, 0.75), abs=0.01)]


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
    places = [
        Place("990101", "西县", "", "", "", "西县"),
        Place("990102", "东县", "", "higher", "118.0", "东县：118.0"),
    ]
    assert [matched(places, outlines)[id(outline)].name for outline in outlines] == ["西县", "东县"]


@pytest.mark.parametrize("text", ["", "[]", '{"type": "Topology"}', '{"features": [{"geometry": 3}]}'])
def test_a_file_that_is_no_map_is_named(tmp_path, text):
    path = tmp_path / "areas.geojson"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemError, match=r"areas\.geojson"):
        read_outlines(path)


@pytest.mark.parametrize("groups", [10, 60])
def test_three_hundred_areas_fit_a_page(tmp_path, groups):
    places = [
        Place(
            f"{n:06}", f"区划名称很长的第{n}县", f"上级名称很长的{n % groups}市", verdict, "118.0", f"第{n}县"
        )
        for n in range(300)
        for verdict in [HIGHER if n % 30 == 0 else LOWER if n % 31 == 0 else UNCLEAR]
    ]
    assert are_crowded(places) and not are_crowded(places[:12])
    key = {HIGHER: "偏高 10", LOWER: "偏低 9", UNCLEAR: "无法区分 281"}
    Folder(tmp_path).draw("map", "标题", "副标题", lambda sheet: draw_squares(sheet, places, key))
    for name in ("map", "map-narrow"):
        text = (tmp_path / f"{name}.svg").read_text(encoding="utf-8")
        root = ElementTree.fromstring(text)
        assert name == "map-narrow" or float(root.attrib["height"].removesuffix("pt")) < 72 * 9.4
        assert len(text) < 60_000
        assert sorted(re.findall(r"<title>第(\d+)县", text), key=int) == [str(n) for n in range(300)]
