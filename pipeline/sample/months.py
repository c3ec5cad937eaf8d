"""Months as the first of their days, and how the offices write them."""

from __future__ import annotations

import calendar
from datetime import date

Months = tuple[date, ...]


def add_months(month: date, count: int) -> date:
    years, index = divmod(month.year * 12 + month.month - 1 + count, 12)
    return date(years, index + 1, 1)


def months_between(first: date, last: date) -> Months:
    """Every month from first to last, both included; empty where last lies before first."""
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    return tuple(add_months(first, index) for index in range(count))


def share_of_year(month: date) -> float:
    """Days of the month as a share of its year."""
    return calendar.monthrange(month.year, month.month)[1] / (366 if calendar.isleap(month.year) else 365)


def in_chinese(month: date) -> str:
    """2024年8月"""
    return f"{month.year}年{month.month}月"


def day_in_chinese(day: date) -> str:
    """2024年9月4日"""
    return f"{in_chinese(day)}{day.day}日"
