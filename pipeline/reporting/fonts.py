"""Fonts cut down to the characters of an edition: web fonts inside the HTML pages, static faces for the PDFs.

A page has to show Chinese on a machine without any Chinese font, and may not weigh 17 MB. So each page carries two slices of
one variable font (weights 400 to 700): the *common* slice, with the characters that many pages share, compressed
once an edition, and its own small slice of the rest. The PDF gets true Regular and Bold faces, because typst before
0.15 draws a variable font at its thinnest.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import fontTools
import justmytype_intl_cjk
from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

FAMILY = "Report Sans"
FALLBACK_FAMILY = "Report Sans Other"
SOURCE = "notosanssc/NotoSansSC[wght].ttf"
FALLBACK_SOURCES = (
    "notosanstc/NotoSansTC[wght].ttf",
    "notosansjp/NotoSansJP[wght].ttf",
    "notosanskr/NotoSansKR[wght].ttf",
)
ALWAYS = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("\u00a0•‐…—‰·–−“”‘’、。，：；？！（）《》～　目录跳到正文第页共")
FEATURES = ["ccmp", "locl", "kern", "palt", "halt", "mark"]
COMMON_SHARE = 0.25
RECIPE = "1"


@dataclass(frozen=True)
class FontSet:
    """The fonts of an edition, in a folder of the cache; `common` holds the characters of the common slice."""

    folder: Path
    common: frozenset[str]

    @property
    def static(self) -> Path:
        """Folder with the static faces, for typst."""
        return self.folder / "static"


def prepare(texts: Iterable[str], cache: Path) -> FontSet:
    """The fonts for these texts (one per page), taken from `cache` or built there; safe to run twice at once."""
    pages = [characters(text) for text in texts]
    used = frozenset(ALWAYS.union(*pages))
    share = Counter(char for page in pages for char in page)
    common = ALWAYS | {char for char, count in share.items() if count >= COMMON_SHARE * len(pages)}
    folder = cache / _key(used, common)
    if not folder.is_dir():
        cache.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix="fonts-", dir=cache))
        try:
            _build(work, used, common)
            work.chmod(0o755)
            os.rename(work, folder)
        except OSError:
            if not folder.is_dir():
                raise
        finally:
            shutil.rmtree(work, ignore_errors=True)
    return FontSet(folder, frozenset(common))


def page_css(fonts: FontSet, text: str) -> str:
    """`@font-face` rules, fonts included, for a page with this text."""
    rest = characters(text) - fonts.common
    rules = [(fonts.folder / "common.css").read_text(encoding="utf-8")]
    for name in ("variable.ttf", "variable-other.ttf"):
        chars = rest & _coverage(fonts.folder / name)
        if chars:
            rules.append(_face(_subset(fonts.folder / name, chars, "woff"), chars, "woff"))
            rest = rest - chars
    return "\n".join(rules)


def characters(text: str) -> frozenset[str]:
    """The characters of a text that need a glyph."""
    return frozenset(char for char in text if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Cn", "Co"))


def _key(used: Iterable[str], common: Iterable[str]) -> str:
    recipe = "\0".join((RECIPE, fontTools.version, "".join(sorted(used)), "".join(sorted(common))))
    return hashlib.sha256(recipe.encode()).hexdigest()[:16]


def _source(name: str) -> Path:
    return Path(justmytype_intl_cjk.__file__).parent / "fonts" / "ofl" / name


def _build(folder: Path, used: frozenset[str], common: frozenset[str]) -> None:
    """Writes variable.ttf, variable-other.ttf, common.css and static/*.ttf."""
    missing = used - _coverage(_source(SOURCE))
    fallback = max(FALLBACK_SOURCES, key=lambda name: len(missing & _coverage(_source(name)))) if missing else FALLBACK_SOURCES[0]
    (folder / "static").mkdir()
    for family, source, chars, suffix in (
        (FAMILY, SOURCE, used - missing, ""),
        (FALLBACK_FAMILY, fallback, missing | {" "}, "-other"),
    ):
        variable = folder / f"variable{suffix}.ttf"
        variable.write_bytes(_subset(_source(source), chars, None))
        for style, weight in (("Regular", 400), ("Bold", 700)):
            _static(variable, weight, family, style).save(folder / "static" / f"report-sans{suffix}-{style.lower()}.ttf")
    chars = common - missing
    (folder / "common.css").write_text(
        _face(_subset(folder / "variable.ttf", chars, "woff2"), chars, "woff2"), encoding="utf-8"
    )


def _subset(source: Path, chars: Iterable[str], flavour: str | None) -> bytes:
    options = subset.Options(
        flavor=flavour, hinting=False, recalc_timestamp=False, notdef_outline=True, layout_features=FEATURES,
        drop_tables=["vhea", "vmtx", "VVAR", "BASE", "gasp", "DSIG"],
    )
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=[ord(char) for char in chars])
    cutter.subset(font)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "font"
        subset.save_font(font, str(path), options)
        return path.read_bytes()


def _static(variable: Path, weight: int, family: str, style: str) -> TTFont:
    font = TTFont(variable, recalcTimestamp=False)
    font = instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    full_name, bold = f"{family} {style}", style == "Bold"
    font["name"].names = []
    for name_id, text in ((1, family), (2, style), (4, full_name), (6, full_name.replace(" ", "").replace(style, f"-{style}"))):
        font["name"].setName(text, name_id, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font["OS/2"].fsSelection = 0x20 if bold else 0x40
    font["head"].macStyle = 1 if bold else 0
    if "STAT" in font:
        del font["STAT"]
    return font


@lru_cache(maxsize=8)
def _coverage(path: Path) -> frozenset[str]:
    with TTFont(path, lazy=True) as font:
        return frozenset(map(chr, font.getBestCmap()))


def _face(font: bytes, chars: Iterable[str], flavour: str) -> str:
    data = base64.b64encode(font).decode("ascii")
    return (
        f'@font-face{{font-family:"{FAMILY}";font-weight:400 700;font-display:block;'
        f"src:url(data:font/{flavour};base64,{data}) format(\"{flavour}\");unicode-range:{_ranges(chars)}}}"
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
