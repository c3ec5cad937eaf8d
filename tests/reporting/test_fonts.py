"""The fonts inside the pages: every character is there, and little else."""

from __future__ import annotations

import base64
import io
import re

import pytest
from fontTools.pens.areaPen import AreaPen
from fontTools.ttLib import TTFont

from pipeline.reporting.renderers import fonts
from pipeline.reporting.renderers.last_resort import OURS, coverage_of

COMMON = "全县出生人口性别比为，与正常范围无法区分。"
PAGES = [COMMON + place for place in ("青岚县", "白鹭县", "苍梧县", "丹霞县", "碧潭㐂䶮镇", "银杏县")]


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def font_set(cache):
    return fonts.prepare(PAGES, COMMON, cache)


def faces(css: str) -> list[tuple[str, TTFont]]:
    found = re.findall(r"base64,([^)]+)\).*?unicode-range:([^}]+)", css)
    return [(ranges, TTFont(io.BytesIO(base64.b64decode(data)))) for data, ranges in found]


def test_a_page_finds_each_of_its_characters(font_set):
    for text in PAGES:
        slices = faces(fonts.page_css(font_set, text))
        covered = {chr(code) for _, font in slices for code in font.getBestCmap()}
        assert set(text) <= covered


def test_shared_characters_are_in_the_common_slice_and_rare_ones_are_not(font_set):
    assert set(COMMON) <= font_set.common
    assert "㐂" not in font_set.common
    common, rest = faces(fonts.page_css(font_set, PAGES[4]))
    assert common[1].flavor == "woff2"
    assert set(map(chr, rest[1].getBestCmap())) == set(PAGES[4]) - font_set.common


def test_slices_declare_their_range_and_both_weights(font_set):
    for ranges, font in faces(fonts.page_css(font_set, PAGES[0])):
        declared = set()
        for part in ranges.split(","):
            first, _, last = part.removeprefix("U+").partition("-")
            declared |= set(range(int(first, 16), int(last or first, 16) + 1))
        assert declared == set(font.getBestCmap())
        assert (font["fvar"].axes[0].minValue, font["fvar"].axes[0].maxValue) == (100, 900)


def test_static_faces_differ_in_weight(font_set):
    areas = {}
    for style, weight in (("Regular", 400), ("Bold", 700)):
        font = TTFont(font_set.static / f"ReportSans-{style}.ttf")
        assert font["OS/2"].usWeightClass == weight and "fvar" not in font
        pen = AreaPen(font.getGlyphSet())
        font.getGlyphSet()[font.getBestCmap()[ord("县")]].draw(pen)
        areas[style] = abs(pen.value)
    assert areas["Bold"] > 1.2 * areas["Regular"]


def test_characters_missing_in_the_first_font_come_from_another(cache):
    first, second = map(coverage_of, list(OURS.values())[:2])
    missing = min(char for char in second - first if char.isalpha())
    made = fonts.prepare([f"县{missing}"], COMMON, cache)
    assert any(ord(missing) in font.getBestCmap() for _, font in faces(fonts.page_css(made, f"县{missing}")))
    assert ord(missing) in TTFont(made.static / "ReportSansTC-Bold.ttf").getBestCmap()


def test_what_a_page_carries_does_not_depend_on_other_pages(font_set, cache):
    alone = fonts.prepare(PAGES[4:5], COMMON, cache)
    assert alone.folder != font_set.folder
    assert fonts.page_css(alone, PAGES[4]) == fonts.page_css(font_set, PAGES[4])


def test_same_texts_give_same_bytes_and_come_from_the_cache(font_set, cache, tmp_path):
    anew = fonts.prepare(PAGES, COMMON, tmp_path)
    files = sorted(path.relative_to(anew.folder) for path in anew.folder.rglob("*.*"))
    assert len(files) == 11
    for path in files:
        assert (anew.folder / path).read_bytes() == (font_set.folder / path).read_bytes()
    stamp = (font_set.folder / "common.css").stat().st_mtime_ns
    assert fonts.prepare(reversed(PAGES), COMMON, cache) == font_set
    assert (font_set.folder / "common.css").stat().st_mtime_ns == stamp
    left = {path.name.split("-")[0] for path in tmp_path.iterdir()}
    assert left == {anew.folder.name, "common", "blank"}, "nothing half done stays"


def test_a_damaged_font_of_the_cache_is_made_again(font_set, cache):
    """A digit drawn as another would be a wrong number on every page."""
    for path in (font_set.static / "ReportSans-Bold.ttf", next(cache.glob("common-*/common.css"))):
        before = path.read_bytes()
        path.write_bytes(before[:5000] + b"x" + before[5001:])
        (font_set.folder / "common.css").unlink()
        assert fonts.prepare(PAGES, COMMON, cache) == font_set
        assert path.read_bytes() == before
