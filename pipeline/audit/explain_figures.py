"""The figures by which a source states a count: its own, or cumulative ones whose difference it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

from pipeline.audit.lineage import FigureKey, Lineage
from pipeline.audit.months import shifted
from pipeline.reference import Element

Signed = dict[FigureKey, int]


class Stated:
    """What the sources state of an area, by the rules by which the counts were made."""

    def __init__(self, lineage: Lineage, elements: dict[str, Element]) -> None:
        self._lineage = lineage
        self._elements = elements

    def stating(
        self, area: str, element: str, month: date, figures_of: Callable[[str, str, str, date], Signed | None]
    ) -> list[tuple[str, Signed, int]]:
        """Sources, by precedence, with the figures by which they state a month, and what these come to."""
        found = [(source, figures_of(source, area, element, month)) for source in self.sources(area, element)]
        valued = [(source, figures, self.total(figures)) for source, figures in found if figures is not None]
        return [(source, figures, value) for source, figures, value in valued if value >= 0]

    def of_month(self, source: str, area: str, element: str, month: date) -> Signed | None:
        """The stated figure of a month, or two cumulative ones whose difference it is."""
        if self._elements[element].kind == "stock":
            keys = ((source, area, month, span, element) for span in ("month", "quarter", "year", "ytd"))
            return next(({key: 1} for key in keys if key in self._lineage.figures), None)
        if (key := (source, area, month, "month", element)) in self._lineage.figures:
            return {key: 1}
        upto = self.cumulative(source, area, element, month)
        if month.month == 1 or upto is None:
            return upto
        before = self.cumulative(source, area, element, shifted(month, -1))
        return None if before is None else _difference(upto, before)

    def cumulative(self, source: str, area: str, element: str, month: date) -> Signed | None:
        """Figures that add up to January to a month: a stated one, else the nearest stated one and the months between."""
        months: list[FigureKey] = []
        for number in range(month.month, 0, -1):
            key = (source, area, date(month.year, number, 1), "month", element)
            if (stated := self._stated_cumulative(source, area, element, key[2])) is not None:
                return stated | dict.fromkeys(months, 1)
            if key not in self._lineage.figures:
                break
            months.append(key)
        else:
            return dict.fromkeys(months, 1)
        later: list[FigureKey] = []
        for number in range(month.month + 1, 13):
            key = (source, area, date(month.year, number, 1), "month", element)
            if key not in self._lineage.figures:
                return None
            later.append(key)
            if (stated := self._stated_cumulative(source, area, element, key[2])) is not None:
                return _difference(stated, dict.fromkeys(later, 1))
        return None

    def _stated_cumulative(self, source: str, area: str, element: str, month: date) -> Signed | None:
        figures = self._lineage.figures
        spans = ("ytd", "year") if month.month == 12 else ("ytd",)
        for span in spans:
            if (key := (source, area, month, span, element)) in figures:
                return {key: 1}
        quarters = [
            (source, area, date(month.year, end, 1), "quarter", element)
            for end in range(3, month.month + 1, 3)
        ]
        if month.month % 3 == 0 and all(key in figures for key in quarters):
            return dict.fromkeys(quarters, 1)
        return None

    def sources(self, area: str, element: str) -> list[str]:
        """The sources that state the element for the area, in the order of their precedence."""
        preferred = self._elements[element].sources
        stating = self._lineage.sources.get((area, element), [])
        return sorted(
            stating, key=lambda source: (preferred.index(source) if source in preferred else 1000, source)
        )

    def total(self, figures: Signed) -> int:
        return sum(sign * self._lineage.figures[key].value for key, sign in figures.items())


def _difference(minuend: Signed, subtrahend: Signed) -> Signed:
    """What stands on both sides cancels out."""
    total = Counter(minuend)
    total.subtract(subtrahend)
    return {key: sign for key, sign in total.items() if sign}
