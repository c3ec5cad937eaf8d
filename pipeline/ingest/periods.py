"""Periods and days as offices write them: 2024-08, 2024年1-8月, 三季度, 民國113年8月, 11308, Aug 2024, 45505.

What names no month beyond doubt names none: 2024-13, `2024.1` (which Excel also makes of 2024.10), 24年8月,
or a text with two different months.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import polars as pl

from pipeline.ingest.text import normalised

PERIOD = "a month such as 2024-08, 2024年8月, 2024年1-8月, 2024年三季度 or 11308"
DAY = "a day such as 2024-06-28, 2024年6月28日 or 6月28日 (not before the period it belongs to)"

_FIRST_YEAR, _LAST_YEAR = 1912, 2100
_YEAR_OF_THE_REPUBLIC = 1911
_SERIAL_DAY_0 = date(1899, 12, 30)
_SERIALS = range(32874, 54789)
_NUMERALS = {numeral: value for value, numeral in enumerate("〇一二三四五六七八九")} | {"○": 0, "零": 0}
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True)
class Period:
    """The last month, as its first day, and the span by the wording: month, ytd, quarter or year."""

    month: date
    span: str


@dataclass(frozen=True)
class _Mention:
    """One mention in a text: a year, a month with its span, or both."""

    year: int | None
    month: int | None
    span: str


_WRITTEN_YEAR = r"(?:民国(?P<roc>\d{1,3})|(?<!\d)(?P<roc3>\d{3})|(?<!\d)(?P<year>\d{4}))年度?"
_TO = "[-~至到]"
_MONTH = r"(?P<month>\d{1,2})"
_ENGLISH = (
    r"(?P<english>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])\.?"
)
_YEAR = r"(?<!\d)(?P<year>(?:19|20)\d\d)"
_PART = (
    rf"第?前?(?P<first>\d{{1,2}})月?(?:\d{{1,2}}日)?{_TO}(?:\d{{2,4}}年)?{_MONTH}月",
    rf"(?:第|前|(?P<first_quarter>1){_TO})?(?P<quarter>[1-9])季度?",
    r"q(?P<quarter>[1-9])(?!\d)",
    rf"{_MONTH}月",
    r"(?P<half>上半年)",
    r"(?P<whole>全年)",
)
_FULL = (
    *(_WRITTEN_YEAR + "[-/_]?" + part for part in _PART),
    *(_YEAR + "[-/_]" + part for part in _PART),
    rf"{_YEAR}[-/._]?q(?P<quarter>[1-9])(?!\d)",
    r"(?<![a-z])q(?P<quarter>[1-9])[-/._]?(?P<year>(?:19|20)\d\d)(?!\d)",
    rf"{_YEAR}[-/._]{_MONTH}(?!\d|季)",
    rf"{_YEAR}(?P<month>\d\d)(?!\d)",
)
_BARE_ROC = (r"(?<!\d)(?P<roc3>1\d\d)(?P<month>\d\d)(?!\d)",)
_PARTIAL = (
    *((r"(?<!\d)" if part[0] != "q" else r"(?<![a-z])") + part for part in _PART),
    _WRITTEN_YEAR,
)
_FULL, _BARE_ROC, _PARTIAL = (
    tuple(re.compile(form) for form in forms) for forms in (_FULL, _BARE_ROC, _PARTIAL)
)
_FULL_ENGLISH = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"(?<![a-z]){_ENGLISH}\s*(?:\d{{1,2}}\s*,)?[\s,/_-]*{_YEAR}(?!\d)",
        rf"{_YEAR}[\s,/_-]*{_ENGLISH}",
    )
)
_ENGLISH_ALONE = re.compile(rf"\s*{_ENGLISH}\s*", re.IGNORECASE)
_NUMERAL_RUN = re.compile(
    rf"[〇○零一二三四五六七八九十]+(?=年|月|季|日|{_TO}[〇○零一二三四五六七八九十\d]+(?:月|季))"
)
_LEFT_OVER = re.compile(r"\d+[月季]|(?<!\d)\d{2}年")
_WRITTEN_MONTH = re.compile(r"\d\s*[年月季]|[一二三四五六七八九十][月季]|[12]\d{3}|季度|全年|上半年")


@lru_cache(maxsize=4096)
def parse_period(text: str, year: int | None = None) -> Period | None:
    """The period named in a text; None where none, a wrong one or several are named.

    `year` is the year of a text that names only a month (8月, 三季度). Three-digit years are years of the
    Republic of China (113 is 2024).
    """
    plain = _plain(text)
    if whole := _whole_cell(plain):
        return whole[0]
    mentions = _mentions(text, plain)
    periods = {(m.year, m.month, m.span) for m in mentions if m.year and m.month}
    if not periods:
        years = {m.year for m in mentions if m.year}
        parts = {(m.month, m.span) for m in mentions if m.month}
        if not years and year:
            years = {year} if parts else set()
        if len(years) != 1 or _is_wrong(mentions):
            return None
        (known,) = years
        periods = {(known, *part) for part in parts} or {(known, 12, "year")}
    if len({(y, m) for y, m, _ in periods}) != 1:
        return None
    (year, month), spans = next((y, m) for y, m, _ in periods), {span for _, _, span in periods}
    span = "ytd" if "ytd" in spans or ("累计" in plain and spans == {"month"}) else min(spans)
    if month < 1 or month > 12 or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return None
    return Period(date(year, month, 1), span)


def expected_period(text: str) -> str:
    """What would have been accepted in place of a text that `parse_period` does not take."""
    plain = _plain(text)
    if re.fullmatch(r"(?:19|20)\d\d\.1", plain):
        year = plain[:4]
        return f"{year}-01 or {year}-10: Excel writes {year}.10 as {year}.1, so it may be either"
    if re.search(r"(?<!\d)\d{2}年", plain):
        return f"{PERIOD}; a year of four digits, or 民國 before a year of the Republic of China"
    if "下半年" in plain:
        return (
            f"{PERIOD}; a second half-year is none of them: name such rows in [rows] leave_out of source.toml"
        )
    mentions = _mentions(text, plain)
    if len({(m.year, m.month) for m in mentions if m.year and m.month and 1 <= m.month <= 12}) > 1:
        return "one month; this text names several ([period] pattern in source.toml cuts one out)"
    if any(m.month for m in mentions) and not any(m.year for m in mentions) and not _is_wrong(mentions):
        return f"{PERIOD}; the year must stand beside it or come from [period] year in source.toml"
    return PERIOD


def parse_header(parts: tuple[str, ...], year: int | None = None) -> Period | None:
    """The period that the rows of a merged header name together (2024年 over 8月), or one of them alone."""
    if period := parse_period("/".join(parts), year):
        return period
    alone = {period for part in parts if (period := parse_period(part, year))}
    return alone.pop() if len(alone) == 1 and len(parts) > 1 else None


def parse_year(text: str) -> int | None:
    """The year named in a text: 2024, 2024年, 民國113年, 113年, or that of the period it names."""
    plain = _plain(text)
    if re.fullmatch(r"(?:19|20)\d\d(?:\.0)?", plain):
        return int(plain[:4])
    if period := parse_period(text):
        return period.month.year
    years = {mention.year for mention in _mentions(text, plain) if mention.year}
    years |= {int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", plain)}
    return years.pop() if len(years) == 1 else None


def names_period(text: str) -> bool:
    """Whether a text speaks of a month, quarter or year at all, rightly or wrongly written."""
    plain = _plain(text)
    return bool(_whole_cell(plain) or _WRITTEN_MONTH.search(plain) or _mentions(text, plain))


def parse_days(texts: pl.Series, since: pl.Series) -> pl.Series:
    """Days since 1970-01-01 (float, null where the text is no day).

    `since` is the first day of each period: a day without a year is of its year, and not before it.
    """
    frame = pl.DataFrame({"text": texts, "since": since})
    keys = frame.unique(maintain_order=True)
    days = [_day(text, first) if text else None for text, first in keys.iter_rows()]
    keys = keys.with_columns(day=pl.Series([_epoch_days(day) for day in days], dtype=pl.Float64))
    return frame.join(keys, on=["text", "since"], how="left", nulls_equal=True, maintain_order="left")["day"]


def _epoch_days(day: date | None) -> float | None:
    return None if day is None else float((day - date(1970, 1, 1)).days)


def _day(text: str, since: date | None) -> date | None:
    plain = _plain(text)
    if re.fullmatch(r"\d{5}(?:\.0+)?", plain) and int(plain[:5]) in _SERIALS:
        return _SERIAL_DAY_0 + timedelta(int(plain[:5]))
    forms = (
        r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)",
        r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})(?:T?00:00(?::00(?:\.0+)?)?)?",
        r"(?P<y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]?",
        r"民国(?P<roc>\d{1,3})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日?",
        r"(?P<roc>\d{3})[年/.](?P<m>\d{1,2})[月/.](?P<d>\d{1,2})日?",
        r"(?P<m>\d{1,2})月(?P<d>\d{1,2})[日号]",
    )
    for form in forms:
        if match := re.fullmatch(form, plain, re.IGNORECASE):
            found = match.groupdict()
            year = int(found["y"]) if found.get("y") else None
            if found.get("roc"):
                year = int(found["roc"]) + _YEAR_OF_THE_REPUBLIC
            day = _date(year or (since.year if since else 0), int(found["m"]), int(found["d"]))
            is_early = year is None and day is not None and since is not None and day < since
            return None if is_early else day
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _FIRST_YEAR <= year <= _LAST_YEAR else None
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    plain = normalised(text).replace("國", "国").replace("−", "-").replace("―", "-").lower()
    return _NUMERAL_RUN.sub(lambda run: _arabic(run[0]), plain)


def _arabic(numerals: str) -> str:
    """二〇二四 as 2024, 十一 as 11, 二十三 as 23."""
    if "十" not in numerals:
        return "".join(str(_NUMERALS[numeral]) for numeral in numerals)
    tens, _, ones = numerals.partition("十")
    if len(tens) > 1 or len(ones) > 1 or ones == "十":
        return numerals
    return str(10 * (_NUMERALS[tens] if tens else 1) + (_NUMERALS[ones] if ones else 0))


def _whole_cell(plain: str) -> tuple[Period | None] | None:
    """What a cell of digits only stands for; None where it is more than that."""
    if re.fullmatch(r"\d{5}(?:\.0+)?", plain) and int(plain[:5]) in _SERIALS:
        day = _SERIAL_DAY_0 + timedelta(int(plain[:5]))
        return (Period(day.replace(day=1), "month"),)
    if re.fullmatch(r"(?:19|20)\d\d\.1", plain):
        return (None,)
    if re.fullmatch(r"(?:19|20)\d\d(?:\.0)?", plain):
        return (Period(date(int(plain[:4]), 12, 1), "year"),)
    if re.fullmatch(r"(?:19|20)\d{6}", plain):
        day = _date(int(plain[:4]), int(plain[4:6]), int(plain[6:]))
        return (Period(day.replace(day=1), "month") if day else None,)
    return None


def _mentions(text: str, plain: str) -> list[_Mention]:
    """Years with months where there are any, else years and months apart."""
    english = unicodedata.normalize("NFKC", text)
    if "下半年" in plain:
        return [_Mention(None, 0, "month")]
    full = list(_found(_FULL, plain)) + list(_found(_FULL_ENGLISH, english))
    if right := [mention for mention in full if _is_right(mention)]:
        return right
    if bare := [m for m in _found(_BARE_ROC, plain) if _is_right(m) and not full]:
        return bare
    if full:
        return full
    apart = list(_found(_PARTIAL, plain))
    if not apart and (match := _ENGLISH_ALONE.fullmatch(english)):
        apart = [_mention(match)]
    return apart


def _found(forms: tuple[re.Pattern[str], ...], text: str) -> Iterator[_Mention]:
    """Every match of the forms, in their order; what one form has taken the later ones don't see."""
    for form in forms:
        for match in form.finditer(text):
            yield _mention(match)
        text = form.sub(" ", text)
    if _LEFT_OVER.search(text) and forms is _PARTIAL:
        yield _Mention(None, 0, "month")


def _mention(match: re.Match[str]) -> _Mention:
    found = {name: part for name, part in match.groupdict().items() if part}
    year = int(found["year"]) if "year" in found else None
    if "roc" in found or "roc3" in found:
        year = int(found.get("roc") or found["roc3"]) + _YEAR_OF_THE_REPUBLIC
    if "english" in found:
        return _Mention(year, _MONTHS.index(found["english"][:3].lower()) + 1, "month")
    if "half" in found:
        return _Mention(year, 6, "ytd")
    if "whole" in found:
        return _Mention(year, 12, "year")
    if "quarter" in found:
        is_ytd = "first_quarter" in found or "前" in match[0]
        month = 3 * int(found["quarter"])
        return _Mention(year, month if month <= 12 else 13, "ytd" if is_ytd else "quarter")
    if "first" in found:
        first, last = int(found["first"]), int(found["month"])
        if first == 1:
            return _Mention(year, last, "ytd")
        is_quarter = first in (4, 7, 10) and last == first + 2
        return _Mention(year, last if is_quarter else 13, "quarter")
    if "month" in found:
        return _Mention(year, int(found["month"]), "month")
    return _Mention(year, None, "year")


def _is_right(mention: _Mention) -> bool:
    return (
        mention.month is not None
        and 1 <= mention.month <= 12
        and mention.year is not None
        and _FIRST_YEAR <= mention.year <= _LAST_YEAR
    )


def _is_wrong(mentions: list[_Mention]) -> bool:
    """Whether a month is named that there is none of."""
    return any(mention.month is not None and not 1 <= mention.month <= 12 for mention in mentions)


def first_month(period: Period) -> date:
    """The first day of the whole span a period covers."""
    if period.span == "quarter":
        return period.month.replace(month=max(1, period.month.month - 2))
    return period.month if period.span == "month" else period.month.replace(month=1)
