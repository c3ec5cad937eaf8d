"""Numbers, intervals and periods as the reports write them; the sentences around them are in reports/."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce

from pipeline.months import last_end
from pipeline.reporting.shown.estimate import Estimate
from pipeline.words.months import month_name, month_of_year, months_so_far
from pipeline.words.numbers import UNKNOWN, between, number
from pipeline.words.translations import NO_BREAK, Translator

JOINER = "\N{WORD JOINER}"


def span(_: Translator, lower: float | None, upper: float | None, decimals: int) -> str:
    """`104.8～118.2`, kept on one line."""
    return joined(between(_, number(lower, decimals), number(upper, decimals)))


def joined(text: str) -> str:
    """The same, no line broken at the dash or the blank of an interval."""
    text = re.sub("(?<=[0-9]) to (?=[0-9\N{MINUS SIGN}])", f"{NO_BREAK}to{NO_BREAK}", text)
    return re.sub("(?<=[0-9])[～–](?=[0-9\N{MINUS SIGN}])", f"{JOINER}\\g<0>{JOINER}", text)


def interval(_: Translator, estimate: Estimate, decimals: int) -> str:
    return span(_, estimate.lower, estimate.upper, decimals) if estimate.known else UNKNOWN


def change_interval(_: Translator, estimate: Estimate, decimals: int) -> str:
    if estimate.change_lower is None or estimate.change_upper is None:
        return UNKNOWN
    return span(_, estimate.change_lower, estimate.change_upper, decimals)


def people(_: Translator, value: float | None) -> str:
    """`10,052 人`, not to be split at the end of a line; in English the number alone, as its noun follows."""
    return _("numbers.people", number=number(value)).replace(" ", NO_BREAK)


def probability(_: Translator, share: float) -> str:
    """`约为 83%`: a probability in whole per cent, never printed as certain."""
    if share < 0.01:
        return _("numbers.probability_below_1")
    return (
        _("numbers.probability_above_99")
        if share > 0.99
        else _("numbers.probability_about", percent=f"{number(100 * share)}%")
    )


def sentences(_: Translator, texts: Iterable[str]) -> str:
    """Sentences one after the other; there is at least one."""
    return reduce(lambda first, second: _("language.two_sentences", first=first, second=second), texts)


def listed(_: Translator, texts: Iterable[str]) -> str:
    """`甲、乙、丙`."""
    return _("language.list_separator").join(texts)


def window_name(_: Translator, time_window: str, month: date) -> str:
    """`2026年1—6月`, `截至2026年6月的近12个月`, ...: the months of a window are always named.

    January to December is the year, be it so far, of twelve months, or the last whole one. A window of the calendar is
    the last that has ended: in May the first quarter.
    """
    month = last_end(time_window, month)
    year, name = month.year, month_of_year(_, month.month)
    if is_whole_year(time_window, month):
        return _("labels.year", year=year)
    match time_window:
        case "ytd" if month.month > 1:
            return _("months.year_to_date", year=year, month=name)
        case "quarter":
            return _("months.quarter", year=year, quarter=(month.month + 2) // 3)
        case "half_year":
            return (
                _("months.first_half", year=year) if month.month <= 6 else _("months.second_half", year=year)
            )
        case "rolling_12":
            return _("months.rolling_12", year=year, month=name)
    return month_name(_, month)


def is_whole_year(time_window: str, month: date) -> bool:
    """Whether a window of the month is a calendar year: its own in December, else `year` alone, which is the last one."""
    return time_window == "year" or (time_window in ("ytd", "rolling_12") and month.month == 12)


def short_window(_: Translator, time_window: str, month: date) -> str:
    """The same without the year, for a label: `1—6月`, `近12个月`; of a whole year `2026年`, of a quarter its name."""
    if is_whole_year(time_window, month) or time_window not in ("ytd", "rolling_12"):
        return window_name(_, time_window, month)
    return _("months.rolling_12_short") if time_window == "rolling_12" else months_so_far(_, month)


def month_list(_: Translator, months: Sequence[date]) -> str:
    """`2026年2月、4月`, at most six of them."""
    shown: dict[int, list[str]] = {}
    for month in months[:6]:
        shown.setdefault(month.year, []).append(month_of_year(_, month.month))
    text = listed(
        _, (_("months.month_of_year", year=year, month=listed(_, names)) for year, names in shown.items())
    )
    return _("months.list_and_more", months=text, count=len(months)) if len(months) > 6 else text
