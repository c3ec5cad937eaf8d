"""Months as texts name them."""

from __future__ import annotations

from datetime import date

from pipeline.words.translations import Translator


def month_of_year(_: Translator, month: int) -> str:
    names = (
        *(_("1月"), _("2月"), _("3月"), _("4月"), _("5月"), _("6月")),
        *(_("7月"), _("8月"), _("9月"), _("10月"), _("11月"), _("12月")),
    )
    return names[month - 1]


def month_name(_: Translator, month: date) -> str:
    """`2026年6月`, `June 2026`."""
    return _("{year}年{month}", year=month.year, month=month_of_year(_, month.month))


def months_so_far(_: Translator, month: date) -> str:
    """The months of the year up to this one, without the year: `1—6月`, `January–June`."""
    name = month_of_year(_, month.month)
    return _("1—{month}", month=name) if month.month > 1 else name
