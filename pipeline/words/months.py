"""Months as texts name them."""

from datetime import date

from pipeline.words.translations import Translator


def month_of_year(_: Translator, month: int) -> str:
    return _(f"months.{month}")


def month_name(_: Translator, month: date) -> str:
    """`2026年6月`, `June 2026`."""
    return _("months.month_of_year", year=month.year, month=month_of_year(_, month.month))


def months_so_far(_: Translator, month: date) -> str:
    """The months of the year up to this one, without the year: `1—6月`, `January–June`."""
    name = month_of_year(_, month.month)
    return _("months.since_january", month=name) if month.month > 1 else name
