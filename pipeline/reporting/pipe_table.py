"""The tables of a report as Markdown pipe tables: cells are texts already worded and escaped."""

from __future__ import annotations

from collections.abc import Sequence


def pipe_table(
    caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], text_columns: int = 1
) -> str:
    """A pipe table with its caption; the first `text_columns` are aligned left, the others, numbers, right.

    Dashes give the widths of the columns, in characters of the widest cell, so that long rows wrap.
    """
    if not rows:
        return ""
    widths = [max(4, *(_width(row[column]) for row in (header, *rows))) for column in range(len(header))]
    rules = [
        "-" * width if column < text_columns else "-" * (width - 1) + ":"
        for column, width in enumerate(widths)
    ]
    lines = [_line(header), f"|{'|'.join(rules)}|", *(_line(row) for row in rows)]
    return "\n".join(lines) + f"\n\n: {caption}\n"


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("\n", " ") for cell in cells) + " |"


def _width(text: str) -> int:
    """Columns a text takes on screen: a Chinese character takes two; longer than 24 wraps."""
    return min(24, sum(2 if ord(character) > 0x2E80 else 1 for character in text))
