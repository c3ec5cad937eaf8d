"""The font of last resort: what no other font of the pages has, from a font of the theme, or as a box with its code.

A character that no font has must not cost a page: typst refuses PDF/UA with a letter that shows nothing, and
matplotlib warns. So each gets a glyph of its own, and the text stays what it is: searching and copying give the
character, and HTML and Word leave it to the reader's system, which may have it.

Letters are taken over one by one, without the rules of a script that joins them.
"""

import io
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import justmytype_intl_cjk
import noto_cjk_sans_otc
from fontTools.fontBuilder import FontBuilder
from fontTools.misc.transform import Transform
from fontTools.pens.boundsPen import BoundsPen
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.filterPen import DecomposingFilterPen
from fontTools.pens.transformPen import TransformPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, TTLibError
from fontTools.ttLib.tables._g_l_y_f import Glyph

from pipeline.problems import ProblemError
from pipeline.reporting.text.escaping import NO_TEXT

FOLDER, ENDINGS = "fonts", (".ttf", ".otf", ".ttc", ".otc", ".woff", ".woff2")
_PACKS = Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl"
# The fonts of the pages, by what the name of each adds to that of the family.
OURS = {
    "": _PACKS / "notosanssc" / "NotoSansSC[wght].ttf",
    " TC": _PACKS / "notosanstc" / "NotoSansTC[wght].ttf",
    " JP": _PACKS / "notosansjp" / "NotoSansJP[wght].ttf",
}
SPARE = Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc"
EM, WEIGHT = 1000, 400
# The frame of a box, and inside it a strip for each of two rows of digits: left, bottom, right, top.
_FRAME, _STROKE = (60, -80, 940, 800), 36
_ROWS = ((140, 385, 860, 715), (140, 5, 860, 335))
# What a text may hold without a glyph for it: Default_Ignorable_Code_Point of the Unicode Character Database.
_IGNORABLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_BREAKS = frozenset("\t\n\r\x85\u2028\u2029")
_THEN = 2_082_844_800  # 1970, in the seconds since 1904 of a font
_NUMBERS = 4093
# Of the largest letter that there may be, so that they do not change with the letters there are.
_EXTENTS = {
    "head": {"xMin": -EM, "yMin": -EM, "xMax": 2 * EM, "yMax": 2 * EM},
    "hhea": {
        "advanceWidthMax": 2 * EM,
        "minLeftSideBearing": -EM,
        "minRightSideBearing": -EM,
        "xMaxExtent": 2 * EM,
    },
    "maxp": {"maxPoints": 4096, "maxContours": 512},
}


@dataclass(frozen=True)
class Outline:
    """How to draw a character, and how wide it is."""

    draw: Callable[[TTGlyphPen], None]
    width: float


@dataclass(frozen=True)
class Face:
    """A font file, and which of its characters are boxes."""

    content: bytes
    boxes: frozenset[str]


def characters(text: str) -> frozenset[str]:
    """The characters of a text that need a glyph."""
    return frozenset(filter(_needs_glyph, frozenset(text)))


@lru_cache(maxsize=50_000)
def _needs_glyph(char: str) -> bool:
    return char not in _BREAKS and not _IGNORABLE.match(char) and not NO_TEXT.match(char)


def to_be_drawn(text: str, covered: frozenset[str]) -> frozenset[str]:
    """What a text needs beside a font that covers so much.

    A letter and the mark that it bears have to come from one font, and a letter may be set as the parts it is made of.
    """
    missing = characters(text) - covered
    if not missing:
        return missing
    bearers = {
        first
        for first, mark in pairwise(text)
        if mark in missing and unicodedata.category(mark).startswith("M")
    }
    parts = characters("".join(unicodedata.normalize("NFKD", char) for char in missing))
    return missing | bearers | parts


def fonts_of(theme: Path) -> tuple[Path, ...]:
    """The fonts that the analyst has put into the theme, by name."""
    paths = (theme / FOLDER).glob("*") if (theme / FOLDER).is_dir() else ()
    return tuple(sorted(path for path in paths if path.suffix.lower() in ENDINGS))


def boxes_in(text: str, own: Sequence[Path]) -> list[str]:
    """The characters of a text that no font has, of the theme or of ours, by code."""
    missing = characters(unicodedata.normalize("NFC", text)) - coverage_of(SPARE)
    return sorted(char for char in missing if not char.isspace() and _drawn_by(char, own) is None)


@lru_cache(maxsize=16)
def coverage_of(path: Path) -> frozenset[str]:
    """The characters that a font has."""
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return frozenset(map(chr, font.getBestCmap()))


def face_of(chars: Iterable[str], own: Sequence[Path], family: str) -> Face:
    """A font with these characters and a blank. A character has the same number whatever else is in it."""
    found = {char: _drawn_by(char, own) for char in sorted({*chars} - {" "})}
    boxes = frozenset(char for char, outline in found.items() if outline is None)
    return Face(_built({char: outline or _box(char) for char, outline in found.items()}, family), boxes)


def _built(outlines: dict[str, Outline], family: str) -> bytes:
    order = _numbered(outlines)
    names = {char: name for name, char in order.items() if char}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(list(order))
    builder.setupCharacterMap({ord(char): name for char, name in names.items()})
    glyphs, widths = dict.fromkeys(order, Glyph()), dict.fromkeys(order, (EM // 4, 0))
    for char, outline in outlines.items():
        pen = TTGlyphPen(None)
        outline.draw(pen)
        glyphs[names[char]] = glyph = pen.glyph()
        glyph.recalcBounds(None)
        widths[names[char]] = (round(outline.width), getattr(glyph, "xMin", 0))
    builder.setupGlyf(glyphs, calcGlyphBounds=False)
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=1160, descent=-288)
    builder.setupOS2(
        sTypoAscender=880,
        sTypoDescender=-120,
        usWinAscent=1160,
        usWinDescent=288,
        sCapHeight=733,
        sxHeight=543,
    )
    names = {"familyName": family, "styleName": "Regular", "psName": f"{family.replace(' ', '')}-Regular"}
    builder.setupNameTable(names | {"fullName": f"{family} Regular"}, mac=False)
    builder.setupPost()
    font = builder.font
    font.recalcTimestamp = font.recalcBBoxes = False
    for table, fields in _EXTENTS.items():
        for field, value in fields.items():
            setattr(font[table], field, value)
    font["head"].created = font["head"].modified = _THEN
    content = io.BytesIO()
    font.save(content)
    return content.getvalue()


def _numbered(chars: Iterable[str]) -> dict[str, str]:
    """The glyphs by number, by name: the character of each, or nothing.

    The number of a character comes from its code, because a PDF shows it and must not change with what is beside it.
    """
    taken = {0: "", 1: " "}
    for char in chars:
        number = 2 + ord(char) % _NUMBERS
        while number in taken:
            number += 1
        taken[number] = char
    return {
        ".notdef" if number == 0 else f"glyph{number}": taken.get(number, "")
        for number in range(max(taken) + 1)
    }


@dataclass(frozen=True)
class _Font:
    """An open font: its characters, its outlines in the weight of the text, and what brings them to our size."""

    names: dict[int, str]
    glyphs: Any
    scale: float
    is_cubic: bool


@lru_cache(maxsize=16)
def _open(path: Path) -> _Font:
    try:
        font = TTFont(path, lazy=True, fontNumber=0)
        is_cubic = "CFF " in font or "CFF2" in font
        place = {"wght": WEIGHT} if "fvar" in font and _has_weight(font) else None
        return _Font(
            font.getBestCmap() or {}, font.getGlyphSet(location=place), EM / font["head"].unitsPerEm, is_cubic
        )
    except (TTLibError, OSError, KeyError, AttributeError):
        raise ProblemError(
            f"{path.parent.parent.name}/{path.parent.name}/{path.name}",
            "no font that can be read",
            "a font as .ttf, .otf or .ttc; take the file out, or get it again",
        ) from None


def _has_weight(font: TTFont) -> bool:
    return any(axis.axisTag == "wght" for axis in font["fvar"].axes)


def _drawn_by(char: str, own: Sequence[Path]) -> Outline | None:
    """The outline of a character in the first font that has it: of the theme, or ours."""
    return next(filter(None, (_outline(path, char) for path in (*own, *OURS.values(), SPARE))), None)


def _outline(path: Path, char: str) -> Outline | None:
    """How a font draws a character; None where it does not, or only as a picture."""
    font = _open(path)
    name = font.names.get(ord(char))
    if name is None:
        return None
    glyph = font.glyphs[name]
    bounds = BoundsPen(font.glyphs)
    glyph.draw(bounds)
    if bounds.bounds is None and not char.isspace():
        return None

    def draw(pen: TTGlyphPen) -> None:
        out = Cu2QuPen(pen, 1.0, reverse_direction=True) if font.is_cubic else pen
        out = TransformPen(out, (font.scale, 0, 0, font.scale, 0, 0))
        glyph.draw(DecomposingFilterPen(out, font.glyphs))

    return Outline(draw, glyph.width * font.scale)


def _box(char: str) -> Outline:
    """A frame with the code of a character in it, in two rows: 02A over 248."""
    code = f"{ord(char):04X}"
    code = code.zfill(len(code) + len(code) % 2)
    rows = code[: len(code) // 2], code[len(code) // 2 :]

    def draw(pen: TTGlyphPen) -> None:
        left, bottom, right, top = _FRAME
        _rectangle(pen, [(left, bottom), (left, top), (right, top), (right, bottom)])
        left, bottom, right, top = left + _STROKE, bottom + _STROKE, right - _STROKE, top - _STROKE
        _rectangle(pen, [(left, bottom), (right, bottom), (right, top), (left, top)])
        font = _open(OURS[""])
        for digits, (left, bottom, right, top) in zip(rows, _ROWS, strict=True):
            glyphs = [font.glyphs[font.names[ord(digit)]] for digit in digits]
            scale = min((right - left) / sum(glyph.width for glyph in glyphs), (top - bottom) / 733)
            x = (left + right - scale * sum(glyph.width for glyph in glyphs)) / 2
            for glyph in glyphs:
                place = Transform(scale, 0, 0, scale, x, bottom)
                glyph.draw(DecomposingFilterPen(TransformPen(pen, place), font.glyphs))
                x += scale * glyph.width

    return Outline(draw, EM)


def _rectangle(pen: TTGlyphPen, corners: Sequence[tuple[int, int]]) -> None:
    pen.moveTo(corners[0])
    for corner in corners[1:]:
        pen.lineTo(corner)
    pen.closePath()
