"""Periods and days as offices write them: 2024-08, 2024年1-8月, 三季度, 民國113年8月, 平成26年6月, Aug 2024, 45505.

A period is consumed, not searched for. A text is taken apart into phrases (a year, a month, a quarter, months since
January, a date) and what stands beside them. All of it must be understood:

- **A cell of a column, or what a `pattern` has cut out**: every letter and digit belongs to a phrase or to a harmless word
  (`words.HARMLESS`: 统计月份, 截至…末, as of, month).
- **A title, the name of a file or of a sheet, a header**: words that are no period may stand around it, in Latin letters
  apart from its digits. No digit may be left over but a version (v2) and, beside a month, the number of a copy ((2)) or
  the code of an area, and no word of length, direction or comparison (to, year ending, 半年, 以来, 同比) may stand there.

All phrases together must name one month and one span. What names none beyond doubt names none: 2024-13, `2024.1` (which
Excel also makes of 2024.10), 24年8月, 2008-09 (a financial year or September?), or a text with two months.
"""

import re
from datetime import date

from pipeline.ingest.periods.days import DAY, parse_days
from pipeline.ingest.periods.phrases import PHRASE, phrase_of
from pipeline.ingest.periods.reading import (
    PERIOD,
    RULES,
    FinancialYear,
    Period,
    PeriodRules,
    Refused,
    parse_year,
    read_period,
)
from pipeline.ingest.periods.wording import FOLDER, plain
from pipeline.ingest.periods.words import word_in_the_way

__all__ = [
    "DAY", "FOLDER", "PERIOD", "FinancialYear", "Period", "PeriodRules", "expected_period", "first_month",
    "names_month", "names_period", "parse_days", "parse_header", "parse_period", "parse_year",
]  # fmt: skip

_WRITTEN = re.compile(
    r"[0-9] ?[年月季년월]|[一二三四五六七八九十][月季]|[12][0-9]{3}|季度|全年|[上下]半年|분기|상반기|하반기"
)


def parse_period(
    text: str, year: int | FinancialYear | None = None, *, title: bool = False, rules: PeriodRules = RULES
) -> Period | None:
    """The period named in a text; None where none, a wrong one or several are named.

    `year` is the year of a text that names only a month (8月, 三季度). Three-digit years are years of the
    Republic of China (113 is 2024). `title`: words that are no period may stand around it.
    """
    found = read_period(text, year, title, rules)
    return found if isinstance(found, Period) else None


def expected_period(
    text: str, year: int | FinancialYear | None = None, *, title: bool = False, rules: PeriodRules = RULES
) -> str:
    """What would have been accepted in place of a text that `parse_period` does not take."""
    found = read_period(text, year, title, rules)
    return found.expected if isinstance(found, Refused) else PERIOD


def parse_header(
    parts: tuple[str, ...], year: int | FinancialYear | None = None, *, rules: PeriodRules = RULES
) -> Period | None:
    """The period that the rows of a merged header name together: 2024年 over 8月, whatever else stands in other rows."""
    if period := parse_period("/".join(parts), year, title=True, rules=rules):
        return period
    told = [part for part in parts if _speaks_of_time(part)]
    if not told or len(told) == len(parts):
        return None
    return parse_period("/".join(told), year, title=True, rules=rules)


def names_period(text: str) -> bool:
    """Whether a text speaks of a month, quarter or year at all, rightly or wrongly written."""
    ready = plain(text)
    phrases = [phrase_of(match, 0) for match in PHRASE.finditer(ready)]
    if any(phrase.is_since_january for phrase in phrases):
        return any(phrase.month or phrase.is_wrong for phrase in phrases)
    return bool(phrases or _WRITTEN.search(ready) or parse_period(text))


def names_month(text: str) -> bool:
    """Whether a text speaks of a month or of a part of a year, rightly or wrongly written."""
    phrases = [phrase_of(match, 0) for match in PHRASE.finditer(plain(text))]
    return any(phrase.month or phrase.financial or phrase.is_wrong for phrase in phrases)


def _speaks_of_time(part: str) -> bool:
    """Whether a row of a header belongs to the period above it: it names one, changes one, or is a bare number."""
    ready = plain(part)
    return (
        bool(PHRASE.search(ready) or word_in_the_way(ready))
        or names_period(part)
        or not re.search(r"[^\W\d_]", ready)
    )


def first_month(period: Period) -> date:
    """The first day of the months that a period covers."""
    if period.span == "quarter":
        return period.month.replace(month=max(1, period.month.month - 2))
    return period.month if period.span == "month" else period.month.replace(month=1)
