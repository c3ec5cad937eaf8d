"""The phrases that name a period, or a part of one: 2024-08, 2024年, 8月, 1-8月, 三季度, Aug, 平成26年, 2009-10."""

import re
from calendar import monthrange
from collections.abc import Callable, Mapping
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
_ORDINALS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_Found = Mapping[str, str]


def _number(found: _Found, name: str) -> int | None:
    return int(found[name]) if name in found else None


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


def _days(found: _Found, _: int) -> Phrase:
    begin, end = day_of(found["from"]), day_of(found["until"])
    if not begin or not end or begin.day != 1 or end.day != monthrange(end.year, end.month)[1]:
        return WRONG
    if (begin.year, begin.month) == (end.year, end.month):
        return _month(end.year, end.month)
    return _range(begin.year, begin.month, end.month) if begin.year == end.year else WRONG


def _date(found: _Found, _: int) -> Phrase:
    day = day_of(found["date"])
    return Phrase(day.year, day.month, "month", has_day=True) if day else WRONG


def _years(found: _Found, _: int) -> Phrase:
    first, last = int(found["first"]), int(found["last"])
    return Phrase(financial=first) if last == first + 1 and _calendar_year(first) else WRONG


def _dashed(found: _Found, year_begins: int) -> Phrase:
    year, month = int(found["y"]), found["m"]
    is_next = len(month) == 2 and int(month) == (year + 1) % 100
    if found["sep"] in "-/_ " and is_next and (year_begins != 1 or "fy" in found):
        return Phrase(financial=year) if _calendar_year(year) else WRONG
    return WRONG if "fy" in found else _month(year, int(month))


def _months(found: _Found, _: int) -> Phrase:
    year, first, last = _number(found, "y"), int(found["first"]), int(found["last"])
    if ("again" in found and int(found["again"]) != year) or not 1 <= first <= last <= 12:
        return WRONG
    if "d1" in found or "d2" in found:
        ends = {monthrange(known, last)[1] for known in ([year] if year else [2023, 2024])}
        if _number(found, "d1") != 1 or _number(found, "d2") not in ends:
            return WRONG
    return _range(year, first, last)


def _range(year: int | None, first: int, last: int, *, is_named: bool = False) -> Phrase:
    """A range of months in a year. Jan-Mar is a quarter; 1-3月 is year to date, like 1-4月 and other sums."""
    if first == last != 1:
        return _month(year, last)
    is_quarter = first % 3 == 1 and last == first + 2
    if is_quarter and (first > 1 or is_named):
        return _month(year, last, "quarter")
    return _month(year, last, "ytd") if first == 1 else WRONG


def _quarter(found: _Found, _: int) -> Phrase:
    quarter = _ORDINALS.get(found["q"]) or int(found["q"])
    return _month(None, 3 * quarter, "quarter", is_numbered=True)


def _since_january(found: _Found, _: int) -> Phrase:
    months = int(found["m"]) if "m" in found else 3 * int(found["q"])
    return _month(None, months, "ytd", is_numbered=True) if found.get("first", "1") == "1" else WRONG


def _named(name: str) -> int:
    """The month of a character that stands for its name."""
    return ord(name) - 0xE000


def _name_range(found: _Found, _: int) -> Phrase:
    first, last = _named(found["first"]), _named(found["last"])
    return _range(None, first, last, is_named=True) if first < last else WRONG


def _name_date(found: _Found, _: int) -> Phrase:
    year, month = int(found["y"]), _named(found["n"])
    is_day = valid_day(year, month, int(found["d"]))
    return Phrase(year, month, "month", has_day=True) if is_day else WRONG


def _plain_month(found: _Found, _: int) -> Phrase:
    """A month by its number or its name, with its year or its day where they are written."""
    month, day = int(found["m"]) if "m" in found else _named(found["n"]), _number(found, "d")
    if day is not None and not (1 <= month <= 12 and 1 <= day <= monthrange(2024, month)[1]):
        return WRONG
    year = _number(found, "y")
    return _month(year, month, has_day=day is not None, is_name="n" in found and year is None)


def _year(found: _Found, year_begins: int) -> Phrase:
    era, is_called_financial = found.get("era", ""), "f" in found
    number = 1 if found["y"] == "元" else int(found["y"])
    year = year_of_era(era, number) if era else year_of_republic(number) if "roc" in found else number
    if year is None or not (era or _calendar_year(year)):
        return WRONG
    is_financial = is_called_financial and (bool(era) or year_begins > 1)
    return Phrase(financial=year) if is_financial else Phrase(year, era=era)


def _date_form(sign: str) -> str:
    return rf"{_YEAR}(?:(?P<{sign}>[-/.]){_DAY}(?P={sign}){_DAY}|[01][0-9][0-3][0-9])"


_FINANCIAL = rf"(?:(?<![{LATIN}])(?P<fy>fy|financial year|fiscal year) ?|{_L})"

# How each phrase is written, the first that fits, and what reads its named parts: y(ear), m(onth), n(ame of a month),
# q(uarter), d(ay).
_PHRASES: tuple[tuple[str, Callable[[_Found, int], Phrase]], ...] = (
    (rf"{_L}(?P<from>{_date_form('s1')}){_TO}(?P<until>{_date_form('s2')}){_R}", _days),
    (rf"{_L}(?P<date>{_date_form('s')}){_TIME}(?![0-9])(?![-/.][0-9]){_NO_UNIT}", _date),
    (rf"{_FINANCIAL}(?P<first>{_YEAR})[-~/_](?P<last>{_YEAR}){_R}{_NO_UNIT}", _years),
    (
        rf"{_FINANCIAL}(?P<y>{_YEAR})(?P<sep>[-/_.{FOLDER} ]|-?m)(?P<m>(?<! )[0-9]{{1,2}}|[0-9]{{2}}){_MONTH_ENDS}",
        _dashed,
    ),
    (rf"(?<![0-9.,])(?P<y>(?:19|20)[0-9]{{2}})(?P<m>0[1-9]|1[0-2])(?![0-9]|[.,][0-9]){_NO_UNIT}", _plain_month),
    (
        rf"(?:{_L}(?P<y>{_YEAR})[年년])?第?(?<![0-9])(?P<first>[0-9]{{1,2}})(?:[月월]份?)?(?:(?P<d1>{_DAY})[日号])?"
        rf"{_TO}(?:(?P<again>{_YEAR})[年년])?(?P<last>[0-9]{{1,2}})[月월](?:份|度)?(?:(?P<d2>{_DAY})[日号])?",
        _months,
    ),
    (r"(?<![0-9])第?(?P<first>[1-9])(?:季度?)?[-~至到]第?(?P<q>[1-9])(?:季度?|분기)", _since_january),
    (r"(?<![目之以])前(?:(?P<q>[1-9])个?季度?|(?P<m>[0-9]{1,2})个?月)", _since_january),
    (r"(?<![0-9])第?(?P<q>[1-9])(?:季度?|분기)", _quarter),
    (rf"(?<![{LATIN}])q ?(?P<q>[1-9])(?![0-9])", _quarter),
    (rf"{_L}(?P<q>[1-9])q(?![{LATIN}])", _quarter),
    (rf"(?<![{LATIN}0-9])(?P<q>{'|'.join(_ORDINALS)}) quarter(?![{LATIN}])", _quarter),
    (rf"(?<![{LATIN}])quarter ?(?P<q>[1-4])(?![0-9])", _quarter),
    (rf"(?P<first>{MONTH})\.?{_TO}(?P<last>{MONTH})", _name_range),
    (rf"{_L}(?P<d>{_DAY}){_TH}[- .]{{0,2}}(?P<n>{MONTH}){_GAP}(?P<y>{_YEAR}){_R}", _name_date),
    (rf"(?P<n>{MONTH})\.? ?(?P<d>{_DAY}){_TH}(?:,| |, )(?P<y>{_YEAR}){_R}", _name_date),
    (rf"{_L}(?P<y>{_YEAR}){_GAP}(?P<n>{MONTH}){_GAP}(?P<d>{_DAY})(?![0-9])", _name_date),
    (rf"(?P<n>{MONTH}){_GAP}(?P<y>{_YEAR}){_R}(?! ?[-/_][0-9])", _plain_month),
    (rf"{_L}(?P<y>{_YEAR}){_GAP}(?P<n>{MONTH})(?!{_TO}{MONTH})", _plain_month),
    (f"(?P<n>{MONTH})", _plain_month),
    (r"(?:中华)?(?P<roc>民国)(?P<y>[0-9]{1,3}|元)年(?P<f>度)?", _year),
    (rf"(?P<era>{ERAS})(?P<y>[0-9]{{1,2}}|元)年(?P<f>度)?", _year),
    (rf"{_L}(?P<y>(?P<roc>[0-9]{{3}}))年(?P<f>度)?", _year),
    (rf"{_L}(?P<y>{_YEAR})年(?P<f>度)?", _year),
    (rf"{_L}(?P<y>{_YEAR})년(?P<f>도)?", _year),
    (
        rf"(?:(?:calendar )?year )?(?<!第){_L}(?P<y>{_YEAR})(?![0-9]|,[0-9]|[.][0-9](?![0-9]?月)){_NO_UNIT}",
        _year,
    ),
    (rf"第?(?<![0-9])(?P<m>[0-9]{{1,2}})[月월](?:份|度)?(?:(?P<d>{_DAY})[日号일]{_TIME})?", _plain_month),
    (rf"上半年|상반기|(?<![{LATIN}])h1(?![0-9])", lambda *_: Phrase(None, 6, "ytd", is_numbered=True)),
    (rf"下半年|하반기|(?<![{LATIN}])h2(?![0-9])", lambda *_: WRONG),
    ("全年|연간", lambda *_: Phrase(None, 12, "year", is_numbered=True)),
    (
        rf"累计|누계|누적|(?<![{LATIN}])(?:ytd|year[- ]to[- ]date)(?![{LATIN}])",
        lambda *_: Phrase(None, None, "ytd", is_numbered=True),
    ),
)  # fmt: skip


def _numbered(number: int, form: str) -> str:
    """The form as one group, in which every name bears the number of the form, for a name may stand once in all of them."""
    form = re.sub(r"\(\?P([<=])(\w+)", rf"(?P\1\2_{number}", form)
    return f"(?P<_{number}>{form})"


PHRASE = re.compile("|".join(_numbered(number, form) for number, (form, _) in enumerate(_PHRASES)))


def phrase_of(match: re.Match[str], year_begins: int) -> Phrase:
    """What a match of PHRASE says; `year_begins` is the month in which years begin, 0 where nobody has said."""
    number = (match.lastgroup or "").removeprefix("_")
    form, read = _PHRASES[int(number)]
    named = ((name, match[f"{name}_{number}"]) for name in re.findall(r"\(\?P<(\w+)", form))
    return read({name: text for name, text in named if text}, year_begins)
