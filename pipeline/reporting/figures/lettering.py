"""How wide a text will be, and where it may be broken: Chinese anywhere but before a closing mark, English at blanks."""

from __future__ import annotations

import re

JOINER = "\u2060"
_CLOSING, _OPENING = "，。；：、）》”？！％‰…～", "（《“"
# A number with its unit, an interval and a word of letters stay whole.
_PIECE = re.compile(rf"(?:{JOINER}.{JOINER}|\u00a0|[^\s\u2e80-\uffef{JOINER}])+|\s+|.")


def width(text: str, size: float) -> float:
    """Points, within a few per cent, for the sans serif of the figures."""
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
