"""Periods as offices write them: 2024-08, 202408, 2024年8月, 1—8月累计, 民國113年8月, 11308."""

from __future__ import annotations

import re
from datetime import date

from pipeline.ingest.text import normalised

_YEAR_OF_THE_REPUBLIC = 1911
_MONTH_OF_YEAR = r"(?P<month>1[0-2]|0?[1-9])"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"民国(?P<roc>\d{{2,3}})年(?:1[-~至到])?{_MONTH_OF_YEAR}月",
        rf"(?<!\d)(?P<year>(?:19|20)\d\d)年(?:1[-~至到])?{_MONTH_OF_YEAR}月",
        rf"(?<!\d)(?P<year>(?:19|20)\d\d)[-/._]{_MONTH_OF_YEAR}(?!\d)",
        r"(?<!\d)(?P<year>(?:19|20)\d\d)(?P<month>0[1-9]|1[0-2])(?!\d)",
        r"(?<!\d)(?P<roc>\d{2,3})年(?P<month>1[0-2]|0?[1-9])月",
        r"(?<!\d)(?P<roc>1\d\d)(?P<month>0[1-9]|1[0-2])(?!\d)",
    )
)


def parse_period(text: str) -> date | None:
    """The (last) month named in a text, as its first day; None where none is named.

    Three-digit years are years of the Republic of China (113 is 2024).
    """
    plain = normalised(text).replace("國", "国")
    for form in _FORMS:
        if match := form.search(plain):
            found = match.groupdict()
            year = int(found["year"]) if "year" in found else int(found["roc"]) + _YEAR_OF_THE_REPUBLIC
            return date(year, int(found["month"]), 1)
    return None
