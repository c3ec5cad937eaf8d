"""Letters that no font has: no page is lost to them, they are seen as boxes, and told."""

from __future__ import annotations

import io
import re
import unicodedata
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
import typst
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.font_manager import FontProperties, findfont
from pypdf import PdfReader

from pipeline.commands.report import report
from pipeline.problems import ProblemError
from pipeline.reporting.figures import style
from pipeline.reporting.figures.sheet import Folder, Sheet
from pipeline.reporting.renderers import fonts
from pipeline.reporting.renderers.last_resort import (
    OURS,
    SPARE,
    boxes_in,
    characters,
    coverage_of,
    face_of,
    fonts_of,
    to_be_drawn,
)
from pipeline.reporting.text.escaping import without_controls
from pipeline.workspace import CHECKOUT
from tests.reporting.test_awkward_areas import text_of
from tests.small_workspaces import NATION, months_from, table, write_workspace

TOWN, VILLAGES = "\U0002a248", "\U0002b774\U0002b7e4\U0002b7ed\U0002bb5b\U0002bb8c"
METRO = "\U000274bd"  # the fonts of the figures have it, those of the pages do not
KOREAN = "가남"
# An emoji of several, private use, a code without a letter, marks on a letter, scripts of the border lands, ignorables.
ODD = (
    "\U0001f468\u200d\U0001f469\u200d\U0001f467\ufe0f",
    "\ue000\uf8ff\U0010fffd",
    "\u0378\U0003fffd",
    "县\u0300e\u0301\u20dd",
    "\u0626\u06c7\u064a\u063a\u06c7\u0631 \u0f56\u0f7c\u0f51 \u182e\u1823\u1829 \u0e33\u0eb3",
    "邊\U000e0100\u200b\u00ad\u2060",
    "\x01\x07\x7f\x9f\ufeff\ufffe\uffff\ufffd\ufffc",
    "\u0600\u06dd\ufff9\ufffb\U000110bd\U00013430",
)
COVERED = frozenset().union(*map(coverage_of, OURS.values()))


@pytest.fixture
def examples(request):
    return 2_000 if request.config.getoption("--whole") else 50


def test_texts_of_any_characters_find_a_glyph_for_each(examples):
    """Whatever a name holds, what our fonts do not have is in the font of last resort, and what is no text is gone."""

    @settings(max_examples=examples, deadline=None)
    @given(st.text(st.characters(), min_size=1, max_size=12))
    def whatever(text):
        text = without_controls(text)
        rare = to_be_drawn(text, COVERED)
        assert characters(text) <= COVERED | rare
        if rare:
            made = face_of(rare, (), "Rare")
            assert {ord(char) for char in rare} <= set(_font(made.content).getBestCmap())
            assert made.boxes <= rare
        assert {*boxes_in(text, ())} <= characters(unicodedata.normalize("NFC", text))

    whatever()


def test_typst_sets_them_all_as_accessible_pdf(font_cache, tmp_path):
    texts = [without_controls(f"甲{odd}乙") for odd in (*ODD, TOWN, VILLAGES, METRO, KOREAN)]
    folder = CHECKOUT / "reports" / "theme"
    theme, common = ((folder / name).read_text(encoding="utf-8") for name in ("theme.typ", "characters.txt"))
    made = fonts.prepare(texts, common, font_cache)
    written = iter([f'#"{_escaped(text)}"' for text in texts])
    head = f'#show: page-layout.with(language: "zh", title: [{next(written)}])'
    source = "\n\n".join([theme, head, "= 县", *written])
    pdf = typst.compile(
        source.encode(),
        font_paths=typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(made.static)]
        ),
        ignore_system_fonts=True,
        timestamp=0,
        pdf_standards=["ua-1"],
    )
    path = tmp_path / "odd.pdf"
    path.write_bytes(pdf)
    shown = "".join(page.extract_text() for page in PdfReader(path).pages)
    assert TOWN in shown and METRO in shown, "the text stays what it is, to be searched and copied"


def test_a_box_does_not_depend_on_the_letters_beside_it():
    alone, beside = face_of(TOWN, (), "Rare"), face_of({TOWN, *VILLAGES, "가"}, (), "Rare")
    assert alone.boxes == {TOWN} and "가" not in beside.boxes
    numbers = [_font(face.content) for face in (alone, beside)]
    assert len({font.getGlyphID(font.getBestCmap()[ord(TOWN)]) for font in numbers}) == 1
    assert face_of(TOWN, (), "Rare").content == alone.content


def test_letters_of_another_of_our_fonts_are_no_boxes():
    assert boxes_in(f"县{KOREAN}{METRO}e\u0301\ufeff\u200b\n　\x01", ()) == []
    assert boxes_in(f"县{TOWN}\ue000", ()) == ["\ue000", TOWN]


def _escaped(text: str) -> str:
    return "".join(f"\\u{{{ord(char):x}}}" for char in text)


def _font(content: bytes) -> TTFont:
    return TTFont(io.BytesIO(content))


@pytest.fixture
def own_font(tmp_path):
    """A font with a square for the town, as an analyst may put one into the theme."""
    pen = TTGlyphPen(None)
    pen.moveTo((100, 0))
    for corner in ((100, 700), (800, 700), (800, 0)):
        pen.lineTo(corner)
    pen.closePath()
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder([".notdef", "town"])
    builder.setupCharacterMap({ord(TOWN): "town"})
    builder.setupGlyf({".notdef": TTGlyphPen(None).glyph(), "town": pen.glyph()})
    builder.setupHorizontalMetrics({".notdef": (500, 0), "town": (900, 100)})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupOS2()
    builder.setupPost()
    builder.setupNameTable({"familyName": "Town", "styleName": "Regular"})
    folder = tmp_path / "theme" / "fonts"
    folder.mkdir(parents=True)
    builder.save(folder / "town.ttf")
    (folder / "LICENSE.txt").write_text("of the font")
    return folder.parent


def test_a_font_of_the_theme_draws_them(own_font, font_cache):
    own = fonts_of(own_font)
    assert [path.name for path in own] == ["town.ttf"]
    assert boxes_in(TOWN, own) == []
    made = fonts.prepare([f"县{TOWN}{VILLAGES}"], "县", font_cache, own)
    rare = TTFont(made.static / "ReportSansRare-Regular.ttf")
    assert rare["hmtx"][rare.getBestCmap()[ord(TOWN)]] == (900, 100)
    css = fonts.page_css(made, f"县{TOWN}{VILLAGES}")
    assert "U+2A248" in css, "the page carries the letter"
    assert "U+2B774" not in css, "what would be a box is left to the reader's system"
    assert len(style.families_for(TOWN, own)) == 2


def test_a_file_that_is_no_font_is_named(tmp_path):
    folder = tmp_path / "theme" / "fonts"
    folder.mkdir(parents=True)
    (folder / "town.ttf").write_bytes(b"<html>not found</html>")
    with pytest.raises(ProblemError, match=r"^theme/fonts/town.ttf: found no font that can be read"):
        boxes_in(TOWN, fonts_of(folder.parent))


@pytest.mark.filterwarnings("error:Glyph")
def test_figures_have_every_letter_and_matplotlib_does_not_warn(tmp_path):
    """As text in SVG, where the page has the font; as boxes in the picture for Word."""

    def draw(sheet: Sheet) -> None:
        sheet.open(0.4)
        sheet.text(0.1, 0.1, f"县{text}")

    for text in (*ODD, TOWN, VILLAGES):
        Folder(tmp_path, with_png=True).draw("one", without_controls(text), text, draw)
        shown = "".join(ElementTree.parse(tmp_path / "one.svg").getroot().itertext())
        assert without_controls(f"县{text}") in shown
    style.register()
    assert style.families_for("县加", ()) == (style.FAMILY,)
    rare = style.families_for(TOWN, ())[1]
    assert coverage_of(Path(findfont(FontProperties(family=rare)))) >= {TOWN}
    assert METRO in coverage_of(SPARE)


@pytest.fixture(scope="module")
def odd_site(tmp_path_factory, font_cache):
    """A nation and two counties with the oddest names, rendered in all formats; and what was said."""
    root = tmp_path_factory.mktemp("odd")
    areas = (
        NATION,
        ("11", f"{TOWN}{METRO}县", "county", "1"),
        ("12", f"乙{'|'.join(VILLAGES[:2])}\ue000县", "county", "1"),
    )
    areas = tuple((code, name.replace("|", ""), level, parent) for code, name, level, parent in areas)
    figures = table(("births_male", "births_female", "deaths", "population"), months_from(2024, 3), areas[1:])
    write_workspace(root, figures, areas=areas)
    path = root / "data" / "reference" / "workspace.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('"zh", "en"', '"zh"'), encoding="utf-8")
    (root / "data" / "processed" / ".cache").mkdir(parents=True)
    (root / "data" / "processed" / ".cache" / "fonts").symlink_to(font_cache)
    return root


def test_every_page_is_made_and_the_letters_are_told(odd_site, capsys):
    assert report(odd_site, None, ["11", "12"], ["html", "pdf", "docx"], "embedded", 1) == 0
    said = capsys.readouterr().out
    site = odd_site / "_site" / "2024-03"
    for name in ("11", "12", "index"):
        text = {kind: text_of(site / f"{name}.{kind}") for kind in ("html", "pdf")}
        if name != "index":
            text["docx"] = text_of(site / f"{name}.docx")
        for kind, shown in text.items():
            assert ("\ue000" if name == "12" else TOWN) in shown, (name, kind)
    lines = [line for line in said.splitlines() if "none of the fonts" in line]
    assert len(lines) == 2, "one line an area, whatever else it is seen on"
    assert re.match(
        f"{TOWN}{METRO}县: {TOWN} \\(U\\+2A248\\) is in none of the fonts; PDF and figures show", lines[0]
    )
    assert lines[1].startswith(f"乙{VILLAGES[:2]}\ue000县: \ue000 (U+E000), {VILLAGES[0]} (U+2B774), ")
    assert "docs/reports.md" in lines[0]
