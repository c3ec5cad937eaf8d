"""Numbers as offices write them: full width, thousand separators, `12人`, `84.71%`, dashes for nothing.

A numeral means itself. Raised, lowered and circled digits are marks; digits of other scripts (٣, ३) are no numbers here.
One source writes its numbers in one way: where nobody has said which, `1.000` among counts and `1,234` where a decimal is
possible are ambiguous.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.ingest.values.spelling import folded

AMBIGUOUS_COUNT = (
    'a whole number; its dot may part thousands or a decimal: thousands = "." or decimal = "." in [numbers] of '
    "source.toml says which"
)
AMBIGUOUS_DECIMAL = (
    'a number; its comma may part thousands or a decimal: thousands = "," or decimal = "," in [numbers] of '
    "source.toml says which"
)
_MARKED = (
    'a number without marks: a raised or circled digit is none of its digits; marks = "leave_off" in [numbers] of '
    "source.toml leaves marks off"
)
_FORMULA = "a number; this is a formula without a saved value: open the workbook, save it and send it again"
_TYPED = (
    "a whole number or one with a decimal comma: the workbook may hold it as a number with a decimal point; "
    "write such cells as text or as whole numbers"
)
_OTHERWISE = (
    "a number such as 1234 or 1,234.5; decimal and thousands in [numbers] of source.toml say what else a dot, a comma or "
    "an apostrophe is"
)
_UNLIKE = 'a number written as [numbers] in source.toml says: decimal = "{}", thousands = "{}"'


@dataclass(frozen=True)
class Notation:
    """How a source writes its numbers, by [numbers] of source.toml; empty where it does not say.

    `is_typed`: the texts come from a workbook, whose numbers have a decimal point whatever its texts have.
    """

    decimal: str = ""
    thousands: str = ""
    dash_is_zero: bool = False
    marks: str = "refuse"
    is_typed: bool = False

    @property
    def is_said(self) -> bool:
        return bool(self.decimal or self.thousands)


NOTATION = Notation()


@dataclass(frozen=True)
class Number:
    """What a text is: a number, a blank, or neither; then `wish` says what was expected, where that can be said."""

    value: float | None = None
    is_blank: bool = False
    is_share: bool = False
    is_ambiguous_count: bool = False
    is_ambiguous_decimal: bool = False
    wish: str | None = None


_BLANK = Number(is_blank=True)
_DASHES = re.compile("[-—–−‐‑‒―]+")
_NOTHING = re.compile(r"(?:[-—–−‐‑‒―]+|[/／]|\.{3,}|…+)?")
_SPACES = re.compile(r"[ \t\r\n\u00a0\u2002-\u200b\u202f\u3000\ufeff]")
_SPACE_ENDS = re.compile(rf"^{_SPACES.pattern}+|{_SPACES.pattern}+$")
_UNIT = re.compile(r"(?:人|户|例|件|条|个|名|次)$")
_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_GROUPED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:([, ])[0-9]{3})(?:\1[0-9]{3})*(?:\.[0-9]+)?")
_DOTTED = re.compile(r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+")
_DIGITS = re.compile(r"[+-]?[0-9][0-9., ']*")
_SIGN = re.compile("[.,']")
_ONE_COMMA = re.compile(r"[+-]?[1-9][0-9]{0,2},[0-9]{3}")


@lru_cache(maxsize=65536)
def parse_number(text: str | None, notation: Notation = NOTATION) -> Number:
    """One text: its number, a blank, or neither."""
    if text is None:
        return _BLANK
    if not text.isascii() or not text.isalnum():
        bare = _without_marks(text)
        if bare != text and notation.marks != "leave_off":
            return Number(wish=_MARKED)
        text = bare
    ready = _SPACE_ENDS.sub("", folded(text)).replace("−", "-")
    if _NOTHING.fullmatch(ready):
        return Number(0.0) if notation.dash_is_zero and _DASHES.fullmatch(ready) else _BLANK
    if ready.startswith("="):
        return Number(wish=_FORMULA)
    is_share = ready[-1] in "%‰"
    bare = _SPACE_ENDS.sub("", _UNIT.sub("", ready[:-1] if is_share else ready))
    if bracketed := re.fullmatch(r"\(([0-9][0-9, .']*)\)", bare):
        bare = f"-{bracketed[1]}"
    number = _said(bare, notation) if notation.is_said else _unsaid(bare)
    return replace(number, is_share=True) if is_share and number.value is not None else number


def _unsaid(bare: str) -> Number:
    """Parse where source.toml says nothing: 1,234.5 is a number; what means something else elsewhere is ambiguous."""
    if _DOTTED.fullmatch(bare):
        value = float(bare) if bare.count(".") == 1 else None
        return Number(value, is_ambiguous_count=True)
    if _PLAIN.fullmatch(bare):
        return Number(_finite(bare))
    if _GROUPED.fullmatch(bare):
        value = float(re.sub("[, ]", "", bare))
        return Number(value, is_ambiguous_decimal=bool(_ONE_COMMA.fullmatch(bare)))
    return Number(wish=_OTHERWISE if _DIGITS.fullmatch(bare) and _SIGN.search(bare) else None)


def _said(bare: str, notation: Notation) -> Number:
    """Parse in the notation that source.toml gives, and in no other."""
    decimal = notation.decimal or ("," if notation.thousands == "." else ".")
    bare = bare.replace("’", "'")
    if (
        notation.is_typed
        and decimal != "."
        and re.fullmatch(r"[+-]?[0-9]+\.[0-9]+(?:[eE][+-]?[0-9]+)?", bare)
    ):
        if notation.thousands != "." or not _DOTTED.fullmatch(bare):
            return Number(_finite(bare))
        if not bare.endswith("0"):
            return Number(wish=_TYPED)
    unlike = Number(wish=_UNLIKE.format(decimal, notation.thousands) if _DIGITS.fullmatch(bare) else None)
    whole, mark, part = bare.partition(decimal)
    if notation.thousands and notation.thousands in whole:
        groups = rf"[+-]?[1-9][0-9]{{0,2}}(?:{re.escape(notation.thousands)}[0-9]{{3}})+"
        if not re.fullmatch(groups, whole):
            return unlike
        whole = whole.replace(notation.thousands, "")
    joined = f"{whole}.{part}" if mark else whole
    is_right = _PLAIN.fullmatch(joined) and "." not in whole + part
    return Number(_finite(joined)) if is_right else unlike


def _finite(text: str) -> float | None:
    value = float(text)
    return value if abs(value) < 1e300 else None


@lru_cache(maxsize=4096)
def _is_mark(char: str) -> bool:
    """Whether a character is a footnote's mark: raised, lowered or circled, an asterisk, a dagger."""
    if char in "*＊†‡§¶":
        return True
    form = unicodedata.decomposition(char).partition(">")[0]
    return form in ("<super", "<sub", "<circle") or "①" <= char <= "⓿" or "❶" <= char <= "➓"


def _without_marks(text: str) -> str:
    """The text without marks at its two ends; a mark between digits stays, so that the text is no number."""
    begin, end = 0, len(text)
    while begin < end and (_is_mark(text[begin]) or text[begin].isspace()):
        begin += 1
    while begin < end and (_is_mark(text[end - 1]) or text[end - 1].isspace()):
        end -= 1
    outer = text[:begin] + text[end:]
    return text[begin:end] if any(map(_is_mark, outer)) else text
