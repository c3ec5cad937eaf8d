"""Days as offices write them, and the days that Excel counts."""

import re
from datetime import date, timedelta

import polars as pl

from pipeline.ingest.periods.eras import year_of_republic
from pipeline.ingest.periods.phrases import valid_day
from pipeline.ingest.periods.wording import plain

DAY = "a day such as 2024-06-28, 2024年6月28日 or 6月28日 (not before the period it belongs to)"

_SERIAL_DAY_0 = date(1899, 12, 30)
_SERIALS = range(32874, 54789)
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})",
        r"(?P<y>[0-9]{4})[-/.](?P<m>[0-9]{1,2})[-/.](?P<d>[0-9]{1,2})(?:[ t]?00:00(?::00(?:\.0+)?)?)?",
        r"(?P<y>[0-9]{4})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})[日号]?",
        r"民国(?P<roc>[0-9]{1,3})年(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})日?",
        r"(?P<roc>[0-9]{3})[年/.](?P<m>[0-9]{1,2})[月/.](?P<d>[0-9]{1,2})日?",
        r"(?P<m>[0-9]{1,2})月(?P<d>[0-9]{1,2})[日号]",
    )
)


def serial_day(text: str) -> date | None:
    """The day of an Excel serial number between 1990 and 2049; smaller numbers may be years of the Republic of China."""
    if re.fullmatch(r"[0-9]{5}(?:\.0+)?", text) and int(text[:5]) in _SERIALS:
        return _SERIAL_DAY_0 + timedelta(int(text[:5]))
    return None


def parse_days(texts: pl.Series, since: pl.Series) -> pl.Series:
    """Days since 1970-01-01 (float, null where the text is no day).

    `since` is the first day of each period: a day without a year is of its year, and not before it.
    """
    pairs = list(zip(texts, since, strict=True))
    days = {(text, first): _day(text, first) if text else None for text, first in set(pairs)}
    return pl.Series("day", [days[pair] for pair in pairs], pl.Date).to_physical().cast(pl.Float64)


def _day(text: str, since: date | None) -> date | None:
    ready = plain(text)
    if day := serial_day(ready):
        return day
    for form in _FORMS:
        if match := form.fullmatch(ready):
            found = {name: int(digits) for name, digits in match.groupdict().items() if digits}
            year = year_of_republic(found["roc"]) if "roc" in found else found.get("y")
            day = valid_day(year or (since.year if since else 0), found["m"], found["d"])
            is_early = year is None and day is not None and since is not None and day < since
            return None if is_early else day
    return None
