"""Fonts cut down to what the pages use: web fonts inside the HTML, static faces for the PDFs.

A page has to show Chinese on a machine without any Chinese font, and must not weigh 17 MB: each page has two
slices of one variable font: the *common* one, with the characters that most pages share (a list of the
theme), compressed once, and a small slice of its own for the rest. The PDF gets true Regular and Bold faces,
because the typst inside Quarto 1.9 (before 0.15) draws a variable font at its thinnest.

What none of the fonts has comes from the font of last resort: for the PDF always, for HTML only where a font of the
theme draws it; the rest is left to the reader's system.

What a page carries depends on that page alone, never on the pages that are rendered with it: that is why the
common characters are a list, and why the faces for typst keep glyph numbers and extents of their source.
"""

import base64
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import fontTools
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.tables._g_l_y_f import Glyph
from fontTools.varLib import instancer

from pipeline.hashing import file_hash
from pipeline.reporting.renderers.last_resort import OURS, characters, coverage_of, face_of, to_be_drawn
from pipeline.stored import SEAL, is_sealed, remove, seal_folder

FAMILY = "Report Sans"
ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | frozenset(
    "\u00a0\u3000•‐…—‰·–−“”‘’、。，：；？！（）《》～"
)
FEATURES = ["ccmp", "locl", "kern", "palt", "halt", "mark"]
EXTENTS = {
    "head": ("xMin", "yMin", "xMax", "yMax"),
    "hhea": ("advanceWidthMax", "minLeftSideBearing", "minRightSideBearing", "xMaxExtent"),
    "maxp": ("maxPoints", "maxContours", "maxCompositePoints", "maxCompositeContours", "maxZones",
             "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
             "maxSizeOfInstructions", "maxComponentElements", "maxComponentDepth"),
}  # fmt: skip
RARE = f"{FAMILY} Rare"
RECIPE = "3"


@dataclass(frozen=True)
class FontSet:
    """The fonts of a run, in a folder of the cache; `common` holds the characters of the common slice."""

    folder: Path
    common: frozenset[str]

    @property
    def static(self) -> Path:
        """Folder with the static faces, for typst."""
        return self.folder / "static"


def prepare(texts: Iterable[str], common: str, cache: Path, own: Sequence[Path] = ()) -> FontSet:
    """The fonts for these texts, taken from `cache` or built there; may run twice at once.

    common: the characters that most pages share, each once or more, in any order. own: fonts of the theme, for what
    ours do not have.
    """
    shared, nothing = ALWAYS | characters(common), frozenset[str]()
    used, rare, covered = shared, nothing, nothing.union(*map(coverage_of, OURS.values()))
    for text in texts:
        used |= characters(text)
        rare |= to_be_drawn(text, covered)
    key = _key(used, shared, rare, map(file_hash, own))
    folder = _made(cache / key, partial(_build, used, shared, rare, own, cache))
    return FontSet(folder, shared)


def page_css(fonts: FontSet, text: str) -> str:
    """`@font-face` rules, fonts included, for a page with this text."""
    rest = characters(text) - fonts.common
    rules = [(fonts.folder / "common.css").read_text(encoding="utf-8")]
    for suffix in OURS:
        variable = _variable(fonts.folder, suffix)
        chars = rest & coverage_of(variable) if variable.is_file() else frozenset()
        rest -= chars
        if chars:
            rules.append(_face(_subset(variable, chars, flavor="woff", layout_features=[]), chars, "woff"))
    if chars := rest & frozenset((fonts.folder / "drawn.txt").read_text(encoding="utf-8")):
        rules.append(_face(_subset(fonts.static / _file(RARE), chars, flavor="woff"), chars, "woff"))
    return "\n".join(rules)


def _key(*parts: Iterable[str]) -> str:
    recipe = "\0".join((RECIPE, fontTools.version, *("".join(sorted(part)) for part in parts)))
    return hashlib.sha256(recipe.encode()).hexdigest()[:16]


def _variable(folder: Path, suffix: str) -> Path:
    return folder / f"variable{suffix.replace(' ', '-').lower()}.ttf"


def _made(folder: Path, write: Callable[[Path], None]) -> Path:
    """A folder of the cache; where it is not there yet, `write` fills it, whole or not at all."""
    if not is_sealed(folder):
        remove(folder)
        folder.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="fonts-", dir=folder.parent))
        try:
            write(work)
            seal_folder(work)
            work.chmod(0o755)
            os.rename(work, folder)
        except OSError:  # another run may have been quicker, with the same bytes
            if not is_sealed(folder):
                raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return folder


def _build(
    used: frozenset[str],
    shared: frozenset[str],
    rare: frozenset[str],
    own: Sequence[Path],
    cache: Path,
    folder: Path,
) -> None:
    """Writes static/*.ttf of every source, variable*.ttf of those that have characters, and common.css.

    And the font of last resort, with those of its characters that are no boxes in drawn.txt. What does not depend on the
    texts, the common slice and faces without characters, is made once a cache.
    """
    static = folder / "static"
    static.mkdir()
    missing = used
    for suffix, source in OURS.items():
        chars = missing & coverage_of(source) if missing else missing
        missing -= chars
        if chars:
            cut, faces = _faces(source, chars, suffix)
            _variable(folder, suffix).write_bytes(cut)
            for face, content in faces.items():
                (static / face).write_bytes(content)
        else:
            blank = cache / f"blank{suffix}-{_key()}".replace(" ", "-")
            _copy(_made(blank, partial(_write_blank, suffix)), static)
    _copy(_made(cache / f"common-{_key(shared)}", partial(_write_common, shared)), folder)
    made = face_of(rare, own, RARE)
    (static / _file(RARE)).write_bytes(made.content)
    (folder / "drawn.txt").write_text("".join(sorted(rare - made.boxes)), encoding="utf-8")


def _file(family: str, style: str = "Regular") -> str:
    return f"{family.replace(' ', '')}-{style}.ttf"


def _copy(piece: Path, folder: Path) -> None:
    shutil.copytree(piece, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(SEAL))


def _write_blank(suffix: str, folder: Path) -> None:
    for face, content in _faces(OURS[""], frozenset(" "), suffix)[1].items():
        (folder / face).write_bytes(content)


def _write_common(shared: frozenset[str], folder: Path) -> None:
    source = OURS[""]
    chars = shared & coverage_of(source)
    web = _subset(source, chars, flavor="woff2", layout_features=FEATURES)
    (folder / "common.css").write_text(_face(web, chars, "woff2"), encoding="utf-8")


def _faces(source: Path, chars: frozenset[str], suffix: str) -> tuple[bytes, dict[str, bytes]]:
    """The variable font with these characters, and its static faces by file name."""
    cut, kept = _cut(source, chars, layout_features=FEATURES)
    faces = {}
    for style, weight in (("Regular", 400), ("Bold", 700)):
        content = io.BytesIO()
        _static(cut, kept, source, weight, FAMILY + suffix, style).save(content)
        faces[_file(FAMILY + suffix, style)] = content.getvalue()
    return cut, faces


def _subset(source: Path, chars: Iterable[str], **more: object) -> bytes:
    """The font with these characters only."""
    return _cut(source, chars, **more)[0]


def _cut(source: Path, chars: Iterable[str], **more: object) -> tuple[bytes, list[int]]:
    """The font with these characters only, and the number in `source` of each of its glyphs."""
    options = subset.Options(
        hinting=False,
        recalc_timestamp=False,
        notdef_outline=True,
        drop_tables=["vhea", "vmtx", "VVAR", "BASE", "gasp", "DSIG"],
        **more,
    )
    font = subset.load_font(str(source), options)
    numbers = font.getReverseGlyphMap().copy()
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(char) for char in chars])
    cutter.subset(font)
    kept = [numbers[name] for name in font.getGlyphOrder()]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "font"
        subset.save_font(font, str(path), options)
        return path.read_bytes(), kept


def _static(cut: bytes, kept: list[int], source: Path, weight: int, family: str, style: str) -> TTFont:
    """A face of one weight, with the glyph numbers and extents of the source: a PDF shows both."""
    font = TTFont(io.BytesIO(cut), recalcTimestamp=False, recalcBBoxes=False)
    font = instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    _renumber(font, kept)
    with TTFont(source, lazy=True) as whole:
        for table, fields in EXTENTS.items():
            for field in fields:
                setattr(font[table], field, getattr(whole[table], field))
    bold = style == "Bold"
    names = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family.replace(' ', '')}-{style}"}
    font["name"].names = []
    for name_id, text in names.items():
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if bold else 0x40
    font["head"].macStyle = 1 if bold else 0
    if "STAT" in font:
        del font["STAT"]
    return font


def _renumber(font: TTFont, numbers: list[int]) -> None:
    """Gives glyph i the number numbers[i], with empty glyphs in between."""
    font.ensureDecompiled()
    names = dict(zip(numbers, font.getGlyphOrder(), strict=True))
    order = [names.get(number, f"empty{number}") for number in range(max(numbers) + 1)]
    glyphs, metrics = font["glyf"], font["hmtx"].metrics
    for name in order:
        if name not in metrics:
            glyphs.glyphs[name], metrics[name] = Glyph(), (0, 0)
    font.setGlyphOrder(order)
    glyphs.setGlyphOrder(order)


def _face(font: bytes, chars: Iterable[str], flavour: str) -> str:
    data = base64.b64encode(font).decode("ascii")
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:400 700;font-display:block;'
        f'src:url(data:font/{flavour};base64,{data}) format("{flavour}");unicode-range:{_ranges(chars)}}}'
    )


def _ranges(chars: Iterable[str]) -> str:
    """CSS unicode-range of a set of characters, neighbours joined."""
    ranges: list[list[int]] = []
    for code in sorted(map(ord, chars)):
        if ranges and code == ranges[-1][1] + 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in ranges)
