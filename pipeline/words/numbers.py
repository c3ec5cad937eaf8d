"""Numbers, intervals and lists as texts name them."""

from collections.abc import Sequence
from typing import Any

from pipeline.words.translations import Translator

MINUS, UNKNOWN = "\N{MINUS SIGN}", "—"


def number(value: float | None, decimals: int = 0, sign: bool = False) -> str:
    """`1,234.5`; half away from zero as offices round; a real minus sign; a dash for what is unknown."""
    if value is None:
        return UNKNOWN
    scaled = abs(value) * 10**decimals
    rounded = int(scaled + 0.5 + 1e-9) / 10**decimals
    mark = MINUS if value < 0 and rounded else "+" if sign and rounded else ""
    return f"{mark}{rounded:,.{decimals}f}"


def figure(value: Any, decimals: int = 4) -> str:
    """A number with at most so many decimals; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    text = number(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def known(value: float | None, decimals: int = 4) -> str:
    """A number with at most so many decimals; `unknown` where there is none."""
    return "unknown" if value is None else figure(value, decimals)


def plain(value: float) -> str:
    """A number as it was typed: `107`, `0.5`, `−2`."""
    return f"{value:g}".replace("-", MINUS)


def between(_: Translator, lower: str, upper: str) -> str:
    """`104.8～118.2`, `104.8–118.2`; where a language would set a dash before a minus sign, it says `to`."""
    text = _("language.interval", lower=lower, upper=upper)
    if "–" in text and MINUS in text:
        text = _("language.interval_with_minus", lower=lower, upper=upper)
    return text


def counted(number: int, what: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def some(texts: Sequence[str], shown: int = 5) -> str:
    """The first few of a list, and how many more there are."""
    rest = f" … and {len(texts) - shown:,} more" if len(texts) > shown else ""
    return ", ".join(texts[:shown]) + rest
