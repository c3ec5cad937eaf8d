"""Numbers, intervals and periods as the reports write them; the sentences around them are in reports/."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.reporting.estimate import Estimate

NO_BREAK, JOINER, MINUS = "\u00a0", "\u2060", "\u2212"
UNKNOWN = "—"


def number(value: float | None, decimals: int = 0, sign: bool = False) -> str:
    """`1,234.5`; half away from zero as offices round; a real minus sign; a dash for what is unknown."""
    if value is None:
        return UNKNOWN
    scaled = abs(value) * 10**decimals
    rounded = int(scaled + 0.5 + 1e-9) / 10**decimals
    mark = MINUS if value < 0 and rounded else "+" if sign and rounded else ""
    return f"{mark}{rounded:,.{decimals}f}"


def plain(value: float) -> str:
    """A number as it was typed: `107`, `0.5`, `−2`."""
    return f"{value:g}".replace("-", MINUS)


def span(lower: float | None, upper: float | None, decimals: int) -> str:
    """`104.8～118.2`, kept on one line."""
    return f"{number(lower, decimals)}{JOINER}～{JOINER}{number(upper, decimals)}"


def interval(estimate: Estimate, decimals: int) -> str:
    return span(estimate.lower, estimate.upper, decimals) if estimate.is_known else UNKNOWN


def change_interval(estimate: Estimate, decimals: int) -> str:
    if estimate.change_lower is None or estimate.change_upper is None:
        return UNKNOWN
    return span(estimate.change_lower, estimate.change_upper, decimals)


def people(value: float | None) -> str:
    """`10,052 人`, not to be split at the end of a line."""
    return f"{number(value)}{NO_BREAK}人"


def window_name(time_window: str, month: date) -> str:
    """`2026年1—6月`, `近12个月`, ...: the months of a window are always named."""
    year, last = month.year, month.month
    names = {
        "month": f"{year}年{last}月",
        "ytd": f"{year}年1—{last}月" if last > 1 else f"{year}年1月",
        "quarter": f"{year}年第{(last + 2) // 3}季度",
        "half_year": f"{year}年{'上' if last <= 6 else '下'}半年",
        "rolling_12": f"截至{year}年{last}月的近12个月",
        "year": f"{year}年",
    }
    return names[time_window]


def month_list(months: Sequence[date]) -> str:
    """`2026年2月、4月`, at most six of them."""
    names = []
    for position, month in enumerate(months[:6]):
        is_new_year = position == 0 or months[position - 1].year != month.year
        names.append(f"{month.year}年{month.month}月" if is_new_year else f"{month.month}月")
    return "、".join(names) + (f"等{len(months)}个月" if len(months) > 6 else "")


def population(concept: str) -> str:
    """`户籍人口`, `常住人口`, ...: the population by its concept (口径)."""
    return {"registered": "户籍人口", "resident": "常住人口", "floating": "流动人口"}.get(concept, "人口")


def whole(name: str) -> str:
    """`全县` for a county, `全区` for a district: the area as a whole, by what its name ends in."""
    return f"全{name[-1]}" if name[-1:] in tuple("省市州县縣区區旗盟乡鄉镇鎮") else "本地区"


def withheld(counts: Sequence[float | None], threshold: int) -> list[bool]:
    """Which counts of one column are not to be printed.

    Those from 1 to below the threshold; and where that is a single one, the next smallest as well, because the
    total above would give the single one away.
    """
    hidden = [count is not None and 0 < count < threshold for count in counts]
    if sum(hidden) == 1:
        others = [(count, place) for place, count in enumerate(counts) if count and not hidden[place]]
        if others:
            hidden[min(others)[1]] = True
    return hidden
