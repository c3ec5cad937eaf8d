"""Colours, type and fonts of the figures; how wide a text will be, and where a line may be broken.

The colours are those of the day, the night's are in theme.css; their tones can be told apart in grey as well. Chinese
breaks anywhere but before a closing mark, English at blanks.
"""

import re
import tempfile
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from matplotlib import font_manager

from pipeline.reporting.renderers.last_resort import SPARE, coverage_of, face_of, to_be_drawn

INK, MUTED, RULE, PAPER = "#22303c", "#5f6973", "#d5d3cc", "#fffffe"
BLUE, RUST = "#1f4e79", "#b4561f"
RANGE, RANGE_EDGE = "#ece7da", "#a89d80"
PALE_BLUE, PALE_RUST, PALE = "#c9d9ea", "#f1c9a8", "#eceae5"

FAMILY = "Noto Sans CJK SC"
TITLE, SUBTITLE, LABEL, SMALL = 11.5, 8.5, 9.0, 8.0  # points
LINE = 1.3  # height of a line, in sizes of its type

JOINER = "\u2060"
_CLOSING, _OPENING = "，。；：、）》”？！％‰…～", "（《“"
# A number with its unit, an interval and a word of letters stay whole.
_PIECE = re.compile(rf"(?:{JOINER}.{JOINER}|\u00a0|[^\s\u2e80-\uffef{JOINER}])+|\s+|.")


@cache
def register() -> None:
    """Make our font known to matplotlib, once a process."""
    font_manager.fontManager.addfont(SPARE)


@lru_cache(maxsize=20_000)
def families_for(text: str, own: Sequence[Path]) -> tuple[str, ...]:
    """The families that a text is set in: ours, and one of last resort for letters that ours does not have.

    own: fonts of the theme.
    """
    rare = to_be_drawn(text, coverage_of(SPARE))
    return (FAMILY, _registered(rare, own)) if rare else (FAMILY,)


@cache
def _registered(rare: frozenset[str], own: Sequence[Path]) -> str:
    """A family of its own for each set of letters, kept until the process ends."""
    folder = Path(_font_folder().name)
    family = f"Rare {len(list(folder.iterdir()))}"
    path = folder / f"{family}.ttf"
    path.write_bytes(face_of(rare, own, family).content)
    font_manager.fontManager.addfont(path)
    return family


@cache
def _font_folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="figure-fonts-", ignore_cleanup_errors=True)


def width(text: str, size: float) -> float:
    """Points, within a few per cent, for the sans serif of the figures: the font is not asked, which takes 2 ms."""
    return 1.03 * size * sum(_ems(character) for character in text if character != JOINER)


def _ems(character: str) -> float:
    if ord(character) >= 0x2E80 or character in "—…‰":
        return 1.0
    if character in " ,.:;'|!\u00a0()fijlrtI":
        return 0.33
    return 0.62 if character.isupper() or character in "%mw+−±≤≥" else 0.545


def wrap(text: str, size: float, points: float) -> list[str]:
    """Lines of a text that are not wider than so many points, unless one word is."""
    lines = [wrapped for line in text.split("\n") for wrapped in _wrap_line(line, size, points)]
    return [line.replace(JOINER, "").replace("\u00a0", " ") for line in lines]


def two_lines(text: str, size: float, points: float) -> list[str]:
    """One line or two of a name, cut short with an ellipsis where it needs more."""
    lines = wrap(text, size, points)
    return lines if len(lines) < 3 else [lines[0], f"{lines[1][:-1]}…"]


def _wrap_line(text: str, size: float, points: float) -> list[str]:
    lines, line = [], ""
    for piece in _pieces(text):
        if line and width(line + piece.rstrip(), size) > points:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
    return [*lines, line.rstrip()]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    for piece in _PIECE.findall(text):
        if pieces and (piece in _CLOSING or pieces[-1][-1] in _OPENING):
            pieces[-1] += piece
        else:
            pieces.append(piece)
    return pieces
