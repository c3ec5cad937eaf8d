"""Problems in what an analyst handed in, worded for the analyst: where, found, expected, what to do."""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

_ABOVE_DATA = re.compile(r"^(?:/|[A-Za-z]:[/\\]).*[/\\](?=data[/\\](?:raw|reference)[/\\])")


@dataclass(frozen=True)
class Location:
    """Where something stands: a file, and within it a sheet, row and column (both from 1).

    A file of a workspace is shown from data/ on, wherever the workspace lies.
    """

    file: str
    sheet: str = ""
    row: int = 0
    column: int = 0

    def __str__(self) -> str:
        column = column_letters(self.column)
        within = (("sheet", self.sheet), ("row", self.row), ("column", column))
        named = (f"{what} {where}" for what, where in within if where)
        return ", ".join([_ABOVE_DATA.sub("", self.file), *named])


class Expected(str):
    """What was expected, with a hint for the office that sent the file: its kind and its values, as JSON in `hint`.

    The text is English; the hint is what pages in other languages make their sentence of.
    """

    hint: str | None = None

    def __new__(cls, text: str, kind: str = "", **values: object) -> Expected:
        made = super().__new__(cls, text)
        if kind:
            made.hint = json.dumps({"kind": kind, **values}, ensure_ascii=False)
        return made


class ProblemError(Exception):
    """One problem that stops the work on one file or table; its text is the whole message."""

    def __init__(self, location: Location | str, found: str, expected: str, reason: str = "file") -> None:
        self.location = Location(location) if isinstance(location, str) else location
        self.found = found
        self.expected = expected
        self.reason = reason
        super().__init__(f"{self.location}: found {found}; expected {expected}")


def column_letters(column: int) -> str:
    """Spreadsheet letters of a column number from 1: 1 is A, 28 is AB."""
    letters = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def shorten(text: str, limit: int = 60) -> str:
    """One line of at most `limit` characters, for echoing a cell in a message."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def printable(text: str) -> str:
    """The text with line breaks, control characters and bytes that are no text written out, as in `a\\x0ab`."""
    if text.isprintable():
        return text
    return "".join(f"\\x{ord(character):02x}" if _is_hidden(character) else character for character in text)


def _is_hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")
