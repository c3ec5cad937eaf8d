"""How the offices write months, and what share of a year each is."""

import calendar
from datetime import date

Months = tuple[date, ...]


def share_of_year(month: date) -> float:
    """Days of the month as a share of its year."""
    return calendar.monthrange(month.year, month.month)[1] / (366 if calendar.isleap(month.year) else 365)


def in_chinese(month: date) -> str:
    """2024年8月"""
    return f"{month.year}年{month.month}月"


def day_in_chinese(day: date) -> str:
    """2024年9月4日"""
    return f"{in_chinese(day)}{day.day}日"
