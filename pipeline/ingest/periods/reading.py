"""Reads the one period that the phrases of a text name together, or says what would have been accepted instead."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipeline.ingest.periods.days import serial_day
from pipeline.ingest.periods.eras import ERAS, is_within
from pipeline.ingest.periods.phrases import PHRASE, Phrase, phrase_of
from pipeline.ingest.periods.wording import plain
from pipeline.ingest.periods.words import DAY, HARMLESS, HERE, LATIN, misspelt_month, word_in_the_way
from pipeline.months import shift_month
from pipeline.problems import shorten

PERIOD = "a month such as 2024-08, 2024年8月, 2024年1-8月, 2024年三季度 or 11308"
_YEAR_OF_TWO_DIGITS = re.compile(rf"(?<![0-9])(?<!{'|'.join([ERAS, '民国'])})[0-9]{{2}}年")
_CUT = "[period] pattern in source.toml cuts one out"
_FINANCIAL = (
    "one month: YYYY-YY may be a financial year or a month; in [period] of source.toml year_begins = 4 says that "
    "years begin in April, year_begins = 1 that 2008-09 is September 2008"
)


@dataclass(frozen=True)
class PeriodRules:
    """What source.toml says of its periods.

    `year_begins` is the month in which a year such as 2010-11 begins, 1 where years are those of the calendar and
    2008-09 is a month, 0 where nobody has said. A figure belongs to the month `shift_months` after the one it names.
    `has_bare_months`: a bare 8 is August, for the column is called month and the year stands elsewhere.
    """

    year_begins: int = 0
    shift_months: int = 0
    has_bare_months: bool = False


RULES = PeriodRules()


@dataclass(frozen=True)
class Period:
    """The last month of a period, as its first day, and the span that the text names: month, ytd, quarter or year."""

    month: date
    span: str


@dataclass(frozen=True)
class FinancialYear:
    """A financial year, by the calendar year in which it begins: 2010 for 2010-11."""

    first: int


@dataclass(frozen=True)
class Refused:
    """A text that names no period, and what was expected instead."""

    expected: str


_SEVERAL = Refused(f"one month; this text names several ({_CUT})")


_WHOLE_FINANCIAL_YEAR = Refused(
    "a month or a quarter of it: a whole financial year is no span that is counted; name such rows or columns in "
    "leave_out of source.toml"
)
_OTHER_YEARS = Refused(
    "a month, or a quarter beside a year such as 2010-11: source.toml says that years do not begin in January "
    "(year_begins in [period])"
)


@dataclass(frozen=True)
class _ParsedText:
    """A text taken apart: its phrases, and the first thing beside them that is not understood."""

    phrases: tuple[Phrase, ...]
    left_over: str
    is_joined: bool  # no two phrases stand on the two sides of a dash, but a year and its month
    has_name_apart: bool  # the name of a month that stands by itself, with no year beside it


@lru_cache(maxsize=16384)
def read_period(
    text: str, year: int | FinancialYear | None, is_title: bool, rules: PeriodRules
) -> Period | Refused:
    """The period that a text names; `year` is used for a text that names only a month."""
    ready = _ready(text, is_title)
    found = _whole(ready, year, rules) or _of_phrases(ready, year, is_title, rules)
    if isinstance(found, Refused) or not rules.shift_months:
        return found
    if found.span != "month":
        return Refused("one month: shift_months in [period] of source.toml moves months only")
    return Period(shift_month(found.month, rules.shift_months), "month")


@lru_cache(maxsize=4096)
def parse_year(text: str, *, title: bool = False, rules: PeriodRules = RULES) -> int | FinancialYear | None:
    """The one year that a text names: 2024, 2024年, 民國113年, 113年, or that of the period it names.

    None for several, or where part of the text is not understood.
    """
    ready = _ready(text, title)
    if day := serial_day(ready):
        return day.year
    if re.fullmatch(r"(?:19|20)[0-9]{2}(?:\.0)?", ready):
        return int(ready[:4])
    spoken = _parsed_text(ready, title, rules.year_begins, is_year=True)
    if spoken.left_over:
        return None
    years = {phrase.year for phrase in spoken.phrases if phrase.year}
    financial = {FinancialYear(phrase.financial) for phrase in spoken.phrases if phrase.financial}
    if financial and rules.year_begins < 2:
        return None
    found = years | financial
    return found.pop() if len(found) == 1 else None


def _ready(text: str, is_title: bool) -> str:
    """The text as the grammar reads it; the name of a file without .csv and the like."""
    return re.sub(r"\.(?:csv|tsv|txt|xlsx?|xlsm|xlsb|ods|et)$", "", plain(text)) if is_title else plain(text)


def _whole(ready: str, year: int | FinancialYear | None, rules: PeriodRules) -> Period | Refused | None:
    """The period of a text that is one number, such as 45505, 202408 or 11308; None for any other text."""
    if not ready or not ready[0].isdigit() or not re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", ready):
        return None
    if day := serial_day(ready):
        return Period(day.replace(day=1), "month")
    if re.fullmatch(r"(?:19|20)[0-9]{2}\.1", ready):
        first = ready[:4]
        return Refused(f"{first}-01 or {first}-10: Excel writes {first}.10 as {first}.1, so it may be either")
    if re.fullmatch(r"(?:19|20)[0-9]{2}\.0", ready):
        return _of_phrases(ready[:4], None, False, rules)
    if re.fullmatch(r"1[0-9]{2}(?:0[1-9]|1[0-2])", ready):
        return Period(date(1911 + int(ready[:3]), int(ready[3:]), 1), "month")
    if rules.has_bare_months and year and re.fullmatch(r"(?:0?[1-9]|1[0-2])(?:\.0+)?", ready):
        return _of_phrases(f"{int(float(ready))}月", year, False, rules)
    return None


def _of_phrases(
    ready: str, year: int | FinancialYear | None, is_title: bool, rules: PeriodRules
) -> Period | Refused:
    spoken = _parsed_text(ready, is_title, rules.year_begins)
    phrases = spoken.phrases
    if "下半年" in ready:
        return Refused(
            f"{PERIOD}; a second half-year is none of them: name such rows in [rows] leave_out of source.toml"
        )
    if _YEAR_OF_TWO_DIGITS.search(ready):
        return Refused(f"{PERIOD}; a year of four digits, or 民國 before a year of the Republic of China")
    if any(len({getattr(phrase, name) for phrase in phrases} - {None}) > 1 for name in ("year", "month")):
        return _SEVERAL
    if any(phrase.financial for phrase in phrases) and not rules.year_begins > 1:
        return Refused(_FINANCIAL)
    if any(phrase.is_wrong for phrase in phrases) or not phrases:
        if spoken.left_over and re.fullmatch(r"1[0-9]{4}", spoken.left_over):
            return Refused(f"{PERIOD}; {spoken.left_over} counts only as the whole text ({_CUT})")
        return Refused(PERIOD)
    if spoken.left_over:
        return Refused(
            f"a month such as 2024-08, and nothing beside it that may change it: {shorten(spoken.left_over)!r} is not "
            "understood ([period] pattern in source.toml cuts the month out)"
        )
    return _joined(spoken, year, is_title, rules)


def _joined(
    spoken: _ParsedText, given: int | FinancialYear | None, is_title: bool, rules: PeriodRules
) -> Period | Refused:
    """The one period that all phrases of a text name together."""
    phrases = spoken.phrases
    years: set[int | FinancialYear] = {phrase.year for phrase in phrases if phrase.year}
    years |= {FinancialYear(phrase.financial) for phrase in phrases if phrase.financial}
    if len(years) > 1 or not spoken.is_joined:
        return _SEVERAL
    is_given = not years
    year = given if is_given else years.pop()
    months = {phrase for phrase in phrases if phrase.month}
    if year is None:
        return Refused(f"{PERIOD}; the year must stand beside it or come from [period] year in source.toml")
    if not is_given and is_title and spoken.has_name_apart:
        return Refused(f"{PERIOD}; the name of a month right beside its year ({_CUT})")
    is_since = any(phrase.is_since_january for phrase in phrases)
    if not months:
        if is_given or is_since:
            return Refused(PERIOD)
        months = {Phrase(month=12, span="year", is_numbered=True)}
    found = {_end(year, phrase.month or 0, phrase, rules.year_begins) for phrase in months}
    if len({end and end.month for end in found}) > 1:
        return _SEVERAL
    ends = {end for end in found if end}
    if ends != found or (is_since and (isinstance(year, FinancialYear) or rules.year_begins > 1)):
        return _WHOLE_FINANCIAL_YEAR if isinstance(year, FinancialYear) else _OTHER_YEARS
    spans = {end.span for end in ends}
    if is_since:
        spans = {"ytd"} if spans <= {"month", "ytd"} else spans - {"quarter"}
    elif spans == {"month", "ytd"}:
        spans = {"ytd"}
    (end, *_), era = ends, next((phrase.era for phrase in phrases if phrase.era), "")
    is_of_era = not era or spans == {"year"} or is_within(era, end.month.year, end.month.month)
    if len(spans) != 1 or not is_of_era:
        return Refused(PERIOD)
    return Period(end.month, spans.pop())


def _end(year: int | FinancialYear, month: int, phrase: Phrase, begins: int) -> Period | None:
    """The last month and the span of a phrase in a year; None where the kind of year leaves open which months are meant."""
    span = phrase.span
    if not isinstance(year, FinancialYear):
        return None if begins > 1 and phrase.is_numbered else Period(date(year, month, 1), span)
    if span in ("ytd", "year"):
        return None
    if phrase.is_numbered:
        return Period(shift_month(date(year.first, month, 1), begins - 1), span)
    return Period(date(year.first + (month < begins), month, 1), span)


@lru_cache(maxsize=16384)
def _parsed_text(ready: str, is_title: bool, year_begins: int, *, is_year: bool = False) -> _ParsedText:
    phrases: list[Phrase] = []
    gaps: list[str] = []
    end = 0

    def masked(match: re.Match[str]) -> str:
        nonlocal end
        phrases.append(phrase_of(match, year_begins))
        gaps.append(ready[end : match.start()])
        end = match.end()
        return DAY if phrases[-1].has_day else HERE

    rest = HARMLESS.sub("", PHRASE.sub(masked, ready))
    pairs = list(zip(phrases, phrases[1:], gaps[1:], strict=False))
    left_over = _left_in_title(rest, phrases, is_year=is_year) if is_title else _left(rest)
    return _ParsedText(
        tuple(phrases),
        left_over,
        is_joined=all(gap.strip(" ") != "-" or _is_year_and_part(*pair) for *pair, gap in pairs),
        has_name_apart=sum(phrase.is_name for phrase in phrases)
        > sum(_is_year_and_part(*pair) and not gap.strip("-., /_()\x1c") for *pair, gap in pairs),
    )


def _is_year_and_part(one: Phrase, other: Phrase) -> bool:
    """Whether of two phrases one names only the year and the other only the month."""
    years = [bool(phrase.year or phrase.financial) for phrase in (one, other)]
    months = [bool(phrase.month) for phrase in (one, other)]
    return years != months and years[0] != years[1]


_SIGN = r"""\0\1\x1c _:()\[\]{}【】《》〈〉「」『』〔〕、，。,.;'"“”‘’#*|&/\\·•・\-"""
_LEFT = re.compile(rf"[^{_SIGN}]+|^[-]+(?=[\0\1])|(?<=[\0\1])[-]+$")
_CJK = "々〆ぁ-ヿ㐀-䶿一-鿿豈-﫿가-힣\U00020000-\U0003ffff"
_LEFT_IN_TITLE = re.compile(
    rf"[^{_SIGN}{_CJK}{LATIN}]+|^[-]+(?=[\0\1])|(?<=[\0\1])[-]+$|[{LATIN}]+(?=[\0\1])|(?<=[\0\1])[{LATIN}]+"
)
_VERSION = re.compile(r"(?<![a-z0-9])v[0-9]{1,2}(?:\.[0-9]{1,2})?(?![a-z0-9.])")
# Beside a month: the number of a copy, the code of an area.
_MARKS = re.compile(
    rf"\([0-9]{{1,2}}\)$|(?<![0-9{LATIN}])(?!19|20)[1-9][0-9]{{5}}(?:[0-9]{{3}}){{0,2}}(?![0-9{LATIN}])"
)


def _left(rest: str) -> str:
    match = _LEFT.search(rest)
    return match[0] if match else ""


def _left_in_title(rest: str, phrases: list[Phrase], *, is_year: bool) -> str:
    rest = _VERSION.sub("", rest)
    if any(phrase.month for phrase in phrases):
        rest = _MARKS.sub("", rest)
    elif word := misspelt_month(rest):
        return word
    spans = {phrase.span for phrase in phrases if phrase.month} or {"year"}
    span = "years" if is_year else spans.pop() if len(spans) == 1 else ""
    if word := word_in_the_way(rest, span):
        return word
    match = _LEFT_IN_TITLE.search(rest)
    return match[0] if match else ""
