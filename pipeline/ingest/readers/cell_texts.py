"""Numbers, days and times of workbook cells as texts, written alike whatever the format of the file."""

import unicodedata
from datetime import datetime, timedelta

TRUE, FALSE = "true", "false"
_BEFORE_MARCH_1900 = datetime(1899, 12, 31)
_SINCE_MARCH_1900 = datetime(1899, 12, 30)  # Excel counts 29 February 1900, a day that was not
_OF_1904 = datetime(1904, 1, 1)
_RAISED = dict(zip("0123456789+-=()", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾", strict=True))
_LOWERED = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))


def number_text(value: float) -> str:
    """A number as digits: 12 for 12.0, at most nine decimals, never with an exponent."""
    return str(int(value)) if value == int(value) else f"{value:.9f}".rstrip("0").rstrip(".")


def day_text(serial: float, *, is_from_1904: bool = False) -> str:
    """The day, or day and time, of an Excel serial number."""
    epoch = _OF_1904 if is_from_1904 else _SINCE_MARCH_1900 if serial >= 60 else _BEFORE_MARCH_1900
    try:
        return moment_text(epoch + timedelta(milliseconds=round(serial * 86_400_000)))
    except OverflowError:
        return number_text(serial)


def moment_text(moment: datetime) -> str:
    return moment.isoformat(" ", "milliseconds" if moment.microsecond else "seconds")


def raised(text: str) -> str:
    """Superscript text: its digits become ¹²³, so that the mark of a footnote is not read as a digit of the number."""
    return _with_marks(text, _RAISED)


def lowered(text: str) -> str:
    return _with_marks(text, _LOWERED)


def _with_marks(text: str, marks: dict[str, str]) -> str:
    plain = (str(unicodedata.decimal(character, character)) for character in text)
    return "".join(marks.get(character, character) for character in plain)
