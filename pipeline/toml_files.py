"""TOML files read as values of a type; what is wrong with one is said in the words of those who wrote it."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from pipeline.problems import ProblemError

T = TypeVar("T")

_KINDS = {
    "str": "a text in quotation marks",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list in [ ]",
    "object": "a table or { }",
    "null": "nothing",
    "date": "a date",
}
_RULES = (
    (r"Object contains unknown field `(.+)`", "the unknown field `{0}`"),
    (r"Object missing required field `(.+)`", "no `{0}`"),
    (r"Invalid enum value (.+)", "{0}, which is none of the words that may stand here"),
    (r"Expected `object` of length >= 1", "nothing"),
    (r"Expected `\w+` (>=|<=|>|<) (\S+)", "a number that is not {0} {1}"),
)


def read_toml(path: Path, kind: type[T], decode: Callable[[type, Any], Any] | None = None) -> T:
    """A TOML file as a value of a type; a missing file, a slip in it or a wrong entry is a ProblemError.

    `decode` makes values of types that msgspec does not know.
    """
    try:
        return msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8-sig")), kind, dec_hook=decode)
    except FileNotFoundError:
        raise ProblemError(
            str(path), "no such file", "a TOML file; docs/your-own-data.md shows one"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise ProblemError(
            str(path),
            _syntax_problem(path.read_bytes()),
            'valid TOML in UTF-8, such as key = "text"; a text begins and ends with a quotation mark',
        ) from None
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at ")
        entry = where.strip("`").removeprefix("$.")
        raise ProblemError(
            f"{path}{f', entry {entry}' if entry else ''}",
            _entry_problem(what),
            f"what docs/{'sources' if path.name == 'source.toml' else 'your-own-data'}.md shows",
        ) from None


def _entry_problem(text: str) -> str:
    """What was found, from what the checker of entries says of it."""
    if match := re.fullmatch(r"Expected `(.+)`, got `(.+)`", text):
        wanted = " or ".join(
            dict.fromkeys(_KINDS.get(kind, "another entry") for kind in match[1].split(" | "))
        )
        return f"{_KINDS.get(match[2], 'something else')} where {wanted} belongs"
    for pattern, words in _RULES:
        if match := re.fullmatch(pattern, text):
            return words.format(*match.groups())
    return "an entry that cannot be understood"


def _syntax_problem(content: bytes) -> str:
    """Where a file stops being TOML in UTF-8."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line_number = content.count(b"\n", 0, error.start) + 1
        return f"bytes that are not UTF-8 in line {line_number}"
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        if match := re.search(r"line (\d+), column (\d+)", str(error)):
            lines = text.splitlines() or [""]
            line = lines[min(int(match[1]), len(lines)) - 1].strip()
            twice = ", which stands there twice" if re.search("overwrite|twice|redefine", str(error)) else ""
            return f"{line!r} in line {match[1]}, column {match[2]}{twice}"
    return "the end of the file within an entry"
