"""The parts that figures are drawn with: lettering, labels, small files, outlines of areas."""

from __future__ import annotations

import itertools
import json
import math
import re
import xml.etree.ElementTree as ElementTree
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Shape
from matplotlib.textpath import TextToPath

from pipeline.problems import ProblemError
from pipeline.reporting.figures import marks
from pipeline.reporting.figures.by_month import Breaks, events_figure
from pipeline.reporting.figures.families import FAMILY
from pipeline.reporting.figures.lettering import width, wrap
from pipeline.reporting.figures.letters import laid_out, outline
from pipeline.reporting.figures.map import HIGHER, LOWER, UNCLEAR, Place, matched
from pipeline.reporting.figures.marks import Interval
from pipeline.reporting.figures.outline_paths import path_data, thinned
from pipeline.reporting.figures.outlines import area_of, read_outlines
from pipeline.reporting.figures.sheet import Sheet, _use_style, draw_both
from pipeline.reporting.figures.squares import are_crowded, squares_figure
from pipeline.reporting.figures.words import Words

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
    curve = [Shape.CURVE3] * 2
    codes = [Shape.MOVETO, *[Shape.LINETO] * 2, *curve, Shape.CLOSEPOLY, Shape.MOVETO, Shape.LINETO]
    points = [(100, 200), (151, 200), (151, 320), (10, 20), (30, 40), (0, 0), (10, 10), (20, 5)]
    assert path_data(Shape(points, codes), 0, 10) == "m10,20h5.1v12q-14.1-30-12.1-28zm-9-19l1-.5"


def test_a_line_is_thinned_by_no_more_than_is_allowed():
    points = [(x, round(300 * math.sin(x / 90))) for x in range(0, 1000, 7)]
    kept = thinned(points, 2)
    assert kept[0] == points[0] and kept[-1] == points[-1] and len(kept) < len(points) / 3
    heights = np.interp([x for x, _ in points], *zip(*kept, strict=True))
    assert max(abs(heights - [y for _, y in points])) <= 2 * math.hypot(1, 300 / 90)
    assert thinned([(0, 0), (5, 9), (10, 0)], 8.9) == [(0, 0), (5, 9), (10, 0)]


def test_a_cubic_curve_becomes_quadratic_only_where_that_is_not_seen():
    codes = [Shape.MOVETO, *[Shape.CURVE4] * 3]
    quarter = [(0, 0), (0, 55), (45, 100), (100, 100)]
    assert path_data(Shape(quarter, codes), 3) == "m0,0q9,91,100,100"
    assert path_data(Shape(quarter, codes), 1) == "m0,0c0,55,45,100,100,100"
    assert path_data(Shape([(0, 0), (30, 1), (60, 0), (90, 0)], codes), 1) == "m0,0h90"


def test_letters_are_where_matplotlib_puts_them():
    """Against matplotlib's own outlines of the same line, at the size of a title."""
    family, text = FontProperties(family=FAMILY, size=160), "AV 人口，−0.45‰"
    _use_style()
    vertices, codes = TextToPath().get_text_path(family, text)
    expected = Shape(np.asarray(vertices) * 1.6, codes).get_extents()
    line = laid_out(text, (FAMILY,))
    drawn = [(x, outline(letter)) for letter, x in line.letters if outline(letter)]
    starts = [x + int(re.match(r"m(-?\d+)", path)[1]) for x, path in drawn]
    assert expected.x0 - 1 <= starts[0] and starts[-1] <= expected.x1 + 1
    assert line.width == pytest.approx(expected.x1, rel=0.03)
    assert len(line.letters) == len(text)


def test_words_that_come_again_are_defined_once():
    words, line = Words(), laid_out("达到的可能性在99%以上", (FAMILY,))
    for _ in range(3):
        words.add("达到的可能性在99%以上", line.letters, 'fill="#000000"')
    definitions, texts = words.written()
    assert texts[0] == texts[1] == texts[2] and texts[0].count("<use") == 4
    used = set(re.findall(r'href="#(\w+)"', "".join([definitions, *texts])))
    assert used == set(re.findall(r' id="(\w+)"', definitions))


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
        assert len(text) < 20_000
        defined = set(re.findall(r' id="(\w+)"', text))
        assert set(re.findall(r'(?:href="|url\()#(\w+)', text)) == defined


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


@pytest.mark.parametrize("groups", [10, 60])
def test_three_hundred_areas_fit_a_page(tmp_path, groups):
    places = [
        Place(f"{n:06}", f"区划名称很长的第{n}县", f"上级名称很长的{n % groups}市", verdict, "118.0")
        for n in range(300)
        for verdict in [HIGHER if n % 30 == 0 else LOWER if n % 31 == 0 else UNCLEAR]
    ]
    assert are_crowded(places) and not are_crowded(places[:12])
    key = {HIGHER: "偏高 10", LOWER: "偏低 9", UNCLEAR: "无法区分 281"}
    for is_narrow in (False, True):
        sheet = Sheet(tmp_path / f"map{is_narrow}.svg", "标题", "副标题", is_narrow)
        squares_figure(sheet, places, key)
        root = ElementTree.fromstring(sheet.path.read_text(encoding="utf-8"))
        assert is_narrow or float(root.attrib["height"].removesuffix("pt")) < 72 * 9.4
        assert len(sheet.path.read_text(encoding="utf-8")) < 60_000
