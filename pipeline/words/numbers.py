"""Numbers and lists as the commands print them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def figure(value: Any, decimals: int = 4) -> str:
    """A number with thousand separators and at most so many decimals; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = f"{value:,.{decimals}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def counted(number: int, what: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def some(texts: Sequence[str], shown: int = 5) -> str:
    """The first few of a list, and how many more there are."""
    rest = f" … and {len(texts) - shown:,} more" if len(texts) > shown else ""
    return ", ".join(texts[:shown]) + rest
