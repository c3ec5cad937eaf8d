"""One published number explained: its value and formula, other windows, and a tree for each element of it."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from pipeline.audit.explain_node import Node
from pipeline.audit.explain_tree import Tracer
from pipeline.audit.lineage import Lineage
from pipeline.problems import ProblemError
from pipeline.reference import Indicator, Reference, Terms
from pipeline.words.numbers import figure, known

_PER_PERSON_YEAR = ("rate", "balance")


class Explanation:
    """One published number; `rows` are those of its indicator in the month, by window."""

    def __init__(
        self, folder: Path, reference: Reference, area: str, indicator: str, month: date, window: str
    ) -> None:
        self._reference, self._area, self._month, self._window = reference, area, month, window
        self.indicator: Indicator = reference.indicators[indicator]
        formula = self.indicator.formula
        elements = _with_parts({**formula.numerator, **formula.denominator}, reference)
        self._lineage = Lineage(folder, area, elements, window, month)
        self.rows = self._lineage.indicator(indicator)
        if window not in self.rows:
            ends = f"; a {window} ends in other months" if self.rows else ""
            raise ProblemError(
                f"edition {folder.resolve().name[:7]}",
                f"no {indicator} of {area} for {window} up to {month:%Y-%m}",
                f"an area of today, a month of the edition, and a window that ends in it{ends}",
            )

    def lines(self, is_brief: bool = False) -> Iterator[str]:
        """The number, its formula and other windows, then the trees."""
        yield from self._head()
        for terms in (self.indicator.formula.numerator, self.indicator.formula.denominator):
            yield ""
            for node in self.trees(terms, is_brief):
                yield from node.lines()

    def trees(self, terms: Terms, is_brief: bool = False) -> Iterator[Node]:
        """One tree for every element of one side of the formula; of an average population, one for each month end."""
        tracer = Tracer(self._lineage, self._reference.elements, is_brief)
        for element, coefficient in terms.items():
            if self._reference.elements[element].kind == "flow":
                yield tracer.window(self._area, element, coefficient)
            elif self.indicator.method in _PER_PERSON_YEAR:
                yield tracer.average(self._area, element)
            else:
                node = tracer.count(self._area, element, self._month, coefficient)
                yield node.after(f"{element} at the end of ")

    def _head(self) -> Iterator[str]:
        indicator, row = self.indicator, self.rows[self._window]
        names = self._lineage.names
        first, last = self._lineage.months[0], self._month
        period = f"{first:%Y-%m} to {last:%Y-%m}" if first != last else f"{last:%Y-%m}"
        unit = f" ({indicator.unit.en})" if indicator.unit.en else ""
        area = f"{self._area} {names.get(self._area, '')}"
        yield f"{indicator.name} {indicator.labels.zh}{unit}, {area}, {self._window} {period}"
        yield f"  {self._valued(row)}"
        if row["lower_95"] is not None:
            yield f"  95 % interval {self._limits(row, '95')}, 99.8 % interval {self._limits(row, '998')}"
        yield f"  {indicator.method}: {_formula(indicator)}"
        if row["year_share"] != 1:
            yield f"  year share: the denominator counts for {figure(row['year_share'], 6)} of a year"
        if row["value_annualised"] is not None:
            yield f"  brought to a full year by days: {self._number(row['value_annualised'])}"
        if row["denominator_concept"]:
            yield f"  population concept of the denominator: {row['denominator_concept']}"
        if row["months_missing"]:
            yield f"  months of the window without a figure: {row['months_missing']}"
        if row["target"] is not None:
            yield f"  target: {_target(row)}{self._gap(row['gap'])}"
        if row["value_last_year"] is not None:
            change = f", change {self._number(row['change'])}" if row["change"] is not None else ""
            yield f"  a year earlier: {self._number(row['value_last_year'])}{change}"
        for window, other in sorted(self.rows.items()):
            if window != self._window:
                yield f"  {window}: {self._valued(other)}"
        for code, month, kind, predecessors, is_carried_over in self._lineage.breaks:
            goes_on = "its series goes on" if is_carried_over else "a new series begins"
            before = predecessors.replace("|", ", ")
            yield f"  {code} {names.get(code, '')}: {kind} in {month:%Y-%m}, before it {before}; {goes_on}"

    def _valued(self, row: dict[str, Any]) -> str:
        numerator, denominator = known(row["numerator"]), known(row["denominator"])
        if row["year_share"] != 1:
            denominator = f"({denominator} × {figure(row['year_share'], 6)})"
        return f"{self._number(row['value'])} = {figure(row['factor'])} × {numerator} / {denominator}"

    def _number(self, value: float | None) -> str:
        return known(value, self.indicator.decimals + 2)

    def _limits(self, row: dict[str, Any], level: str) -> str:
        return f"{self._number(row[f'lower_{level}'])} to {self._number(row[f'upper_{level}'])}"

    def _gap(self, gap: float | None) -> str:
        if gap is None:
            return ""
        return f"; missed by {self._number(gap)}" if gap > 0 else f"; {self._number(-gap)} left"


def _with_parts(names: Terms | tuple[str, ...], reference: Reference) -> list[str]:
    """The elements and all that they are sums of."""
    found: list[str] = []
    for name in names:
        found += [name, *_with_parts(reference.elements[name].sum_of, reference)]
    return list(dict.fromkeys(found))


def _formula(indicator: Indicator) -> str:
    formula = indicator.formula
    numerator = f"{figure(formula.factor)} × ({_words(formula.numerator)})"
    if not formula.denominator:
        return numerator
    average = "average " if indicator.method in _PER_PERSON_YEAR else ""
    return f"{numerator} / {average}({_words(formula.denominator)})"


def _words(terms: Terms) -> str:
    words = [f"{'−' if sign < 0 else '+'} {name}" for name, sign in terms.items()]
    return " ".join(words).removeprefix("+ ")


def _target(row: dict[str, Any]) -> str:
    bounds = (("at least", row["target_lower"]), ("at most", row["target_upper"]))
    return " and ".join(f"{side} {figure(bound)}" for side, bound in bounds if bound is not None)
