"""The phrases that name a period, or a part of one: 2024-08, 2024年, 8月, 1-8月, 三季度, Aug, 平成26年, 2009-10."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.ingest.periods.eras import ERAS, year_of_era, year_of_republic
from pipeline.ingest.periods.wording import FOLDER, MONTH
from pipeline.ingest.periods.words import LATIN

FIRST_YEAR, LAST_YEAR = 1912, 2100


@dataclass(frozen=True)
class Phrase:
    """What one phrase says: a year, a month with its span, or both; `is_wrong` where it can be no period.

    `financial` is the first year of 2009-10; `is_numbered` says that the months follow from where the year begins
    (the third quarter, the first half); `has_day` that the phrase ends with a day; `era` binds its year to an era.
    """

    year: int | None = None
    month: int | None = None
    span: str = ""
    financial: int | None = None
    is_wrong: bool = False
    is_numbered: bool = False
    is_name: bool = False
    has_day: bool = False
    era: str = ""

    @property
    def is_since_january(self) -> bool:
        """Whether the phrase only says that a figure is cumulative: 累计, YTD."""
        return self.span == "ytd" and self.month is None


WRONG = Phrase(is_wrong=True)

_L, _R = r"(?<![0-9])(?<![0-9][.,])", r"(?![0-9]|[.,][0-9])"
_TO = "(?:[-~至到]| ?(?:[-~]|to|through|thru) ?)"
_YEAR = "[12][0-9]{3}"
_UNIT = "[年月季日期](?![报末])|[号周岁歳届稿页頁版份例件条個个次元万亿%‰년월분주]|人(?!口)|户(?![籍口])|名(?![单册])"
_NO_UNIT = rf"(?! ?(?:{_UNIT}))"
_MONTH_ENDS = f"(?![0-9]|[-~至到/.][0-9]|[.,][0-9]){_NO_UNIT}"
_DAY = r"[0-9]{1,2}"
_TIME = r"(?:[ t][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?z?)?"
_TH = "(?:st|nd|rd|th)?"
_GAP = r"[-., /_]{0,2}"
_FIRST = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}


def _number(found: re.Match[str], *names: str) -> int | None:
    return next((int(found[name]) for name in names if found[name]), None)


def _sure_number(found: re.Match[str], *names: str) -> int:
    """The number of the one group among these that took part in the match."""
    return next(int(found[name]) for name in names if found[name])


def _calendar_year(year: int | None) -> bool:
    return year is None or FIRST_YEAR <= year <= LAST_YEAR


def _month(year: int | None, month: int, span: str = "month", **more: Any) -> Phrase:
    if not 1 <= month <= 12 or not _calendar_year(year):
        return WRONG
    return Phrase(year, month, span, **more)


def day_of(text: str) -> date | None:
    """The date of 2024-08-31 or 20240831, with any separator; None for 2024-02-30."""
    digits = re.findall("[0-9]+", text)
    parts = [text[:4], text[4:6], text[6:]] if len(digits) == 1 else digits
    return valid_day(*map(int, parts))


def valid_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if _calendar_year(year) else None
    except ValueError:
        return None


def _days(found: re.Match[str], _: int) -> Phrase:
    begin, end = day_of(found["from"]), day_of(found["until"])
    if not begin or not end or begin.day != 1 or end.day != monthrange(end.year, end.month)[1]:
        return WRONG
    if (begin.year, begin.month) == (end.year, end.month):
        return _month(end.year, end.month)
    return _range(begin.year, begin.month, end.month) if begin.year == end.year else WRONG


def _date(found: re.Match[str], _: int) -> Phrase:
    day = day_of(found["date_"])
    return Phrase(day.year, day.month, "month", has_day=True) if day else WRONG


def _years(found: re.Match[str], _: int) -> Phrase:
    first, last = int(found["first"]), int(found["last"])
    return Phrase(financial=first) if last == first + 1 and _calendar_year(first) else WRONG


def _dashed(found: re.Match[str], year_begins: int) -> Phrase:
    year, month = int(found["y1"]), found["m1"] or found["m2"]
    is_next = len(month) == 2 and int(month) == (year + 1) % 100
    if (found["sep"] or " ") in "-/_ " and is_next and (year_begins != 1 or found["fy2"]):
        return Phrase(financial=year) if _calendar_year(year) else WRONG
    return WRONG if found["fy2"] else _month(year, int(month))


def _joined(found: re.Match[str], _: int) -> Phrase:
    return _month(int(found["y2"]), int(found["m3"]))


def _months(found: re.Match[str], _: int) -> Phrase:
    year, other = _number(found, "y3"), _number(found, "y4")
    first, last = int(found["r1"]), int(found["r2"])
    if (other is not None and other != year) or not 1 <= first <= last <= 12:
        return WRONG
    if found["d1"] or found["d2"]:
        ends = {monthrange(known, last)[1] for known in ([year] if year else [2023, 2024])}
        if _number(found, "d1") != 1 or _number(found, "d2") not in ends:
            return WRONG
    return _range(year, first, last)


def _range(year: int | None, first: int, last: int, *, is_named: bool = False) -> Phrase:
    """A range of months in a year. Jan-Mar is a quarter; 1-3月 is year to date, like 1-4月 and other sums."""
    if first == last and is_named:
        return WRONG
    if first == last != 1:
        return _month(year, last)
    is_quarter = first % 3 == 1 and last == first + 2
    if is_quarter and (first > 1 or is_named):
        return _month(year, last, "quarter")
    return _month(year, last, "ytd") if first == 1 else WRONG


def _quarters(found: re.Match[str], _: int) -> Phrase:
    return _month(None, 3 * int(found["q2"]), "ytd", is_numbered=True) if found["q1"] == "1" else WRONG


def _before(found: re.Match[str], _: int) -> Phrase:
    month = _number(found, "m4")
    return _month(None, month or 3 * int(found["q3"]), "ytd", is_numbered=True)


def _quarter(found: re.Match[str], _: int) -> Phrase:
    quarter = _FIRST.get(found["q7"]) or _sure_number(found, "q4", "q5", "q6", "q8")
    return _month(None, 3 * quarter, "quarter", is_numbered=True)


def _named(found: re.Match[str], *names: str) -> int:
    return next(ord(found[name]) - 0xE000 for name in names if found[name])


def _name_range(found: re.Match[str], _: int) -> Phrase:
    first, last = _named(found, "n1"), _named(found, "n2")
    return _range(None, first, last, is_named=True) if first < last else WRONG


def _name_date(found: re.Match[str], _: int) -> Phrase:
    year, day = _sure_number(found, "y5", "y6", "y7"), _sure_number(found, "d3", "d4", "d5")
    month = _named(found, "n3", "n4", "n5")
    return Phrase(year, month, "month", has_day=True) if valid_day(year, month, day) else WRONG


def _name_year(found: re.Match[str], _: int) -> Phrase:
    return _month(_number(found, "y8", "y9"), _named(found, "n6", "n7"))


def _name(found: re.Match[str], _: int) -> Phrase:
    return Phrase(None, _named(found, "n8"), "month", is_name=True)


def _year(found: re.Match[str], year_begins: int) -> Phrase:
    if found["era"]:
        year = year_of_era(found["era"], 1 if found["ey"] == "元" else int(found["ey"]))
        if year is None:
            return WRONG
        return Phrase(financial=year) if found["ed"] else Phrase(year, era=found["era"])
    roc = found["roc"] or found["roc3"]
    year = year_of_republic(1 if roc == "元" else int(roc)) if roc else _number(found, "y10", "y11")
    if not _calendar_year(year):
        return WRONG
    is_financial = year_begins > 1 and found[0].endswith(("度", "도"))
    return Phrase(financial=year) if is_financial else Phrase(year)


def _whole_month(found: re.Match[str], _: int) -> Phrase:
    month, day = int(found["m5"]), _number(found, "d6")
    if day is not None and not (1 <= month <= 12 and 1 <= day <= monthrange(2024, month)[1]):
        return WRONG
    return _month(None, month, has_day=day is not None)


def _date_form(sign: str) -> str:
    return rf"{_YEAR}(?:(?P<{sign}>[-/.]){_DAY}(?P={sign}){_DAY}|[01][0-9][0-3][0-9])"


# How each phrase is written, and what reads a match of it.
_PHRASES: dict[str, tuple[str, Callable[[re.Match[str], int], Phrase]]] = {
    "days": (rf"{_L}(?P<from>{_date_form('s1')}){_TO}(?P<until>{_date_form('s2')}){_R}", _days),
    "date": (rf"{_L}(?P<date_>{_date_form('s3')}){_TIME}(?![0-9])(?![-/.][0-9]){_NO_UNIT}", _date),
    "years": (
        rf"(?:(?<![{LATIN}])(?P<fy>fy|financial year|fiscal year) ?|{_L})"
        rf"(?P<first>{_YEAR})(?P<joint>[-~/_])(?P<last>{_YEAR}){_R}{_NO_UNIT}",
        _years,
    ),
    "dashed": (
        rf"(?:(?<![{LATIN}])(?P<fy2>fy|financial year|fiscal year) ?|{_L})(?P<y1>{_YEAR})"
        rf"(?:(?P<sep>[-/_.{FOLDER}]|-?m)(?P<m1>[0-9]{{1,2}})| (?P<m2>[0-9]{{2}})){_MONTH_ENDS}",
        _dashed,
    ),
    "joined": (rf"(?<![0-9.,])(?P<y2>(?:19|20)[0-9]{{2}})(?P<m3>0[1-9]|1[0-2])(?![0-9]|[.,][0-9]){_NO_UNIT}", _joined),
    "months": (
        rf"(?:{_L}(?P<y3>{_YEAR})[年년])?第?(?<![0-9])(?P<r1>[0-9]{{1,2}})(?:[月월]份?)?(?:(?P<d1>{_DAY})[日号])?"
        rf"{_TO}(?:(?P<y4>{_YEAR})[年년])?(?P<r2>[0-9]{{1,2}})[月월](?:份|度)?(?:(?P<d2>{_DAY})[日号])?",
        _months,
    ),
    "quarters": (r"(?<![0-9])第?(?P<q1>[1-9])(?:季度?)?[-~至到]第?(?P<q2>[1-9])(?:季度?|분기)", _quarters),
    "before": (r"(?<![目之以])前(?:(?P<q3>[1-9])个?季度?|(?P<m4>[0-9]{1,2})个?月)", _before),
    "quarter": (
        rf"(?<![0-9])第?(?P<q4>[1-9])(?:季度?|분기)|(?<![{LATIN}])q ?(?P<q5>[1-9])(?![0-9])"
        rf"|{_L}(?P<q6>[1-9])q(?![{LATIN}])"
        rf"|(?<![{LATIN}0-9])(?P<q7>first|second|third|fourth|1st|2nd|3rd|4th) quarter(?![{LATIN}])"
        rf"|(?<![{LATIN}])quarter ?(?P<q8>[1-4])(?![0-9])",
        _quarter,
    ),
    "name_range": (rf"(?P<n1>{MONTH})\.?{_TO}(?P<n2>{MONTH})", _name_range),
    "name_date": (
        rf"{_L}(?P<d3>{_DAY}){_TH}[- .]{{0,2}}(?P<n3>{MONTH}){_GAP}(?P<y5>{_YEAR}){_R}"
        rf"|(?P<n4>{MONTH})\.? ?(?P<d4>{_DAY}){_TH}(?:,| |, )(?P<y6>{_YEAR}){_R}"
        rf"|{_L}(?P<y7>{_YEAR}){_GAP}(?P<n5>{MONTH}){_GAP}(?P<d5>{_DAY})(?![0-9])",
        _name_date,
    ),
    "name_year": (
        rf"(?P<n6>{MONTH}){_GAP}(?P<y8>{_YEAR}){_R}(?! ?[-/_][0-9])"
        rf"|{_L}(?P<y9>{_YEAR}){_GAP}(?P<n7>{MONTH})(?!{_TO}{MONTH})",
        _name_year,
    ),
    "name": (f"(?P<n8>{MONTH})", _name),
    "year": (
        rf"(?:中华)?民国(?P<roc>[0-9]{{1,3}}|元)年度?|(?P<era>{ERAS})(?P<ey>[0-9]{{1,2}}|元)年(?P<ed>度)?"
        rf"|{_L}(?P<roc3>[0-9]{{3}})年度?|{_L}(?P<y10>{_YEAR})(?:年度?|년도?)"
        rf"|(?:(?:calendar )?year )?(?<!第){_L}(?P<y11>{_YEAR})(?![0-9]|,[0-9]|[.][0-9](?![0-9]?月)){_NO_UNIT}",
        _year,
    ),
    "month": (rf"第?(?<![0-9])(?P<m5>[0-9]{{1,2}})[月월](?:份|度)?(?:(?P<d6>{_DAY})[日号일]{_TIME})?", _whole_month),
    "half": (rf"上半年|상반기|(?<![{LATIN}])h1(?![0-9])", lambda *_: Phrase(None, 6, "ytd", is_numbered=True)),
    "second_half": (rf"下半年|하반기|(?<![{LATIN}])h2(?![0-9])", lambda *_: WRONG),
    "whole": ("全年|연간", lambda *_: Phrase(None, 12, "year", is_numbered=True)),
    "since": (
        rf"累计|누계|누적|(?<![{LATIN}])(?:ytd|year[- ]to[- ]date)(?![{LATIN}])",
        lambda *_: Phrase(None, None, "ytd", is_numbered=True),
    ),
}  # fmt: skip
PHRASE = re.compile("|".join(f"(?P<{name}>{form})" for name, (form, _) in _PHRASES.items()))


def phrase_of(match: re.Match[str], year_begins: int) -> Phrase:
    """What a match of PHRASE says; `year_begins` is the month in which years begin, 0 where nobody has said."""
    _, read = _PHRASES[match.lastgroup or ""]
    return read(match, year_begins)
