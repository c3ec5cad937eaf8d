"""The tables of a report as Markdown pipe tables: cells are texts already worded and escaped."""

import re
from collections.abc import Sequence

from pipeline.reporting.text.absent import explained, is_absent
from pipeline.words.translations import Translator

_NUMBER = re.compile(
    r"[\[<+−]*\d(?!\d*年)(?!.*[a-z]+ [a-z]+)"
)  # `2.0`, not `2026年` and not `2.0 percentage points`


def pipe_table(
    caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], text_columns: int = 1
) -> str:
    """A pipe table with its caption; numbers are aligned right, the first `text_columns` and columns of words left.

    Dashes give the widths of the columns, in characters of the widest cell, so that long rows wrap.
    """
    if not rows:
        return ""
    widths = [max(4, *(_width(row[column]) for row in (header, *rows))) for column in range(len(header))]
    rules = [
        "-" * width
        if column < text_columns or _has_words([row[column] for row in rows])
        else "-" * (width - 1) + ":"
        for column, width in enumerate(widths)
    ]
    lines = [_line(header), f"|{'|'.join(rules)}|", *(_line(row) for row in rows)]
    return "\n".join(lines) + f"\n\n: {caption}\n"


def _has_words(cells: Sequence[str]) -> bool:
    """Whether more cells begin with a word than with a number; dashes and empty cells are neither."""
    shown = [cell for cell in cells if cell and not is_absent(cell)]
    return 2 * sum(_NUMBER.match(cell) is None for cell in shown) > len(shown)


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("\n", " ") for cell in cells) + " |"


def _width(text: str) -> int:
    """Columns a text takes on screen: a Chinese character takes two; longer than 24 wraps; a dash takes two."""
    if is_absent(text):
        return 2
    return min(24, sum(2 if ord(character) > 0x2E80 else 1 for character in text))


def numbered_table(
    _: Translator,
    number: int,
    caption: str,
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    text_columns: int = 1,
) -> str:
    """The same with its number: `表 3　…`; below it, why there are dashes in it."""
    rows, note = explained(_, rows)
    table = pipe_table(_("numbering.table", number=number, caption=caption), header, rows, text_columns)
    return f"{table}\n[{note}]{{.small}}\n" if note else table
