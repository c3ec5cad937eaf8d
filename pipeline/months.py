"""Months as the first of their days: the one place where months are counted."""

from collections.abc import Iterable
from datetime import date


def shift_month(month: date, by: int) -> date:
    """The month so many later, or earlier where `by` is negative."""
    years, index = divmod(month.year * 12 + month.month - 1 + by, 12)
    return date(years, index + 1, 1)


def months_apart(earlier: date, later: date) -> int:
    """How many months lie from one to the other: 0 for the same, negative where `later` lies before."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def months_from(first: date, last: date) -> list[date]:
    """All months from one to the other, both included; none where last lies before first."""
    return [shift_month(first, by) for by in range(months_apart(first, last) + 1)]


def last_months(month: date, number: int) -> list[date]:
    """The months up to this one, the oldest first: so many in all."""
    return months_from(shift_month(month, 1 - number), month)


def last_end(time_window: str, month: date) -> date:
    """The last month up to this one with which a window ended: of the calendar every third, sixth or twelfth."""
    length = {"quarter": 3, "half_year": 6, "year": 12}.get(time_window, 1)
    return shift_month(month, -(month.month % length))


def month_runs(months: Iterable[date]) -> list[tuple[date, date]]:
    """First and last month of every unbroken run, in order."""
    found: list[tuple[date, date]] = []
    for month in sorted(set(months)):
        if found and months_apart(found[-1][1], month) == 1:
            found[-1] = (found[-1][0], month)
        else:
            found.append((month, month))
    return found
