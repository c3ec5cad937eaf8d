"""Months in a row, for lists of months that read well."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date


def runs(months: Iterable[date]) -> list[tuple[date, date]]:
    """First and last month of every unbroken run of first days of months, in order."""
    found: list[tuple[date, date]] = []
    for month in sorted(set(months)):
        if found and following(found[-1][1]) == month:
            found[-1] = (found[-1][0], month)
        else:
            found.append((month, month))
    return found


def ranges(months: Iterable[date]) -> list[str]:
    """`2025-03`, or `2025-03 to 2025-06` for months in a row."""
    return [
        f"{first:%Y-%m}" if first == last else f"{first:%Y-%m} to {last:%Y-%m}"
        for first, last in runs(months)
    ]


def following(month: date) -> date:
    return shifted(month, 1)


def shifted(month: date, by: int) -> date:
    """The first day of the month so many months later, or earlier."""
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """The first days of all months from one to the other, both included."""
    months = [first]
    while months[-1] < last:
        months.append(following(months[-1]))
    return months
