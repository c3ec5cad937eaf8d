"""`sitrep explain`: from a reported number back to every raw cell and every rule on the way."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from pathlib import Path

from pipeline.audit.explain_node import Node
from pipeline.audit.explain_tree import Tracer
from pipeline.audit.lineage import Lineage
from pipeline.audit.months import months_between, shifted
from pipeline.commands.console import DONE, published, say
from pipeline.hashing import file_hash
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import ProblemError
from pipeline.reference import Indicator, Reference, Terms, read_reference
from pipeline.snapshots import Snapshot
from pipeline.words.numbers import figure
from pipeline.workspace import Workspace, read_settings

WINDOWS = {"month": 1, "quarter": 3, "half_year": 6, "rolling_12": 12, "year": 12}
_PER_PERSON_YEAR = ("rate", "balance")
_CARRIED_FORWARD = 12


def explain(root: Path, area: str, indicator: str, month: date | None, window: str, is_brief: bool) -> int:
    workspace, snapshot = published(root)
    reference = read_reference(workspace, read_settings(workspace).levels)
    if indicator not in reference.indicators:
        raise ProblemError("indicators.toml", indicator, f"one of {', '.join(reference.indicators)}")
    month = month or snapshot.month
    explanation = Explanation(
        workspace.current, snapshot, reference, area_named(area, reference, month), indicator, month, window
    )
    if changed := _changed_reference_tables(workspace, snapshot):
        say(f"Changed since this was built, so the rules below may be others: {', '.join(changed)}")
    for line in explanation.lines(is_brief):
        say(line)
    return DONE


def area_named(text: str, reference: Reference, month: date) -> str:
    """The code of an area by its code, its name, or its name behind that of the area above."""
    code, expected = AreaNames(reference.areas).resolve((text,), month)
    if code is None:
        raise ProblemError("AREA", text, expected)
    return code


class Explanation:
    """One published number: its formula, and a tree for each element of it."""

    def __init__(
        self,
        folder: Path,
        snapshot: Snapshot,
        reference: Reference,
        area: str,
        indicator: str,
        month: date,
        window: str,
    ) -> None:
        self._reference, self._area, self._month, self._window = reference, area, month, window
        self.indicator: Indicator = reference.indicators[indicator]
        self.months = months_between(shifted(month, 1 - WINDOWS.get(window, month.month)), month)
        formula = self.indicator.formula
        elements = _with_parts({**formula.numerator, **formula.denominator}, reference)
        year_before = shifted(date(self.months[0].year, 1, 1), -1)
        december = date(month.year, 12, 1)
        self._lineage = Lineage(folder, area, elements, year_before, december, snapshot.month)
        self.rows = self._lineage.indicator(area, indicator, month)
        if window not in self.rows:
            ends = f"; a {window} ends in other months" if self.rows else ""
            raise ProblemError(
                f"edition {snapshot.edition}",
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
                yield tracer.over_months(self._area, element, self.months, coefficient)
            elif self.indicator.method in _PER_PERSON_YEAR:
                yield self._average(tracer, element)
            else:
                node = tracer.at_month(self._area, element, self._month, coefficient)
                yield Node(f"{element} at the end of {node.text}", node.amount, node.below)

    def _head(self) -> Iterator[str]:
        indicator, row = self.indicator, self.rows[self._window]
        name = self._lineage.tree.names.get(self._area, "")
        first, last = self.months[0], self.months[-1]
        period = f"{first:%Y-%m} to {last:%Y-%m}" if first != last else f"{last:%Y-%m}"
        unit = f" ({indicator.unit.en})" if indicator.unit.en else ""
        yield f"{indicator.name} {indicator.labels.zh}{unit}, {self._area} {name}, {self._window} {period}"
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
            names = self._lineage.tree.names
            yield f"  {code} {names.get(code, '')}: {kind} in {month:%Y-%m}, before it {before}; {goes_on}"

    def _valued(self, row: dict) -> str:
        numerator = "unknown" if row["numerator"] is None else figure(row["numerator"])
        denominator = "unknown" if row["denominator"] is None else figure(row["denominator"])
        share = f" × {figure(row['year_share'], 6)}" if row["year_share"] != 1 else ""
        value = "unknown" if row["value"] is None else self._number(row["value"])
        below = f"({denominator}{share})" if share else denominator
        return f"{value} = {figure(row['factor'])} × {numerator} / {below}"

    def _number(self, value: float) -> str:
        return figure(value, self.indicator.decimals + 2)

    def _limits(self, row: dict, level: str) -> str:
        decimals = self.indicator.decimals + 2
        return f"{figure(row[f'lower_{level}'], decimals)} to {figure(row[f'upper_{level}'], decimals)}"

    def _gap(self, gap: float | None) -> str:
        if gap is None:
            return ""
        return f"; missed by {self._number(gap)}" if gap > 0 else f"; {self._number(-gap)} left"

    def _average(self, tracer: Tracer, element: str) -> Node:
        """The month ends that an average population is made of, with what is known and what is filled in."""
        known = self._known_stocks(element)
        ends = [shifted(self.months[0], -1), *self.months]
        nodes = []
        for month in ends:
            if month in known:
                nodes.append(tracer.at_month(self._area, element, month))
            else:
                nodes.append(Node(f"{month:%Y-%m}: {_filled_in(known, month)[1]}"))
        value = _average([_filled_in(known, month)[0] for month in ends])
        how = f"mean over {len(self.months)} months of (opening + closing) / 2"
        return Node(
            f"average {element}: {'unknown' if value is None else figure(value)}, {how}", value, tuple(nodes)
        )

    def _known_stocks(self, element: str) -> dict[date, int]:
        stocks = self._lineage.stocks(self._area, [element])
        return {month: value for (_, month), value in sorted(stocks.items())}


def _filled_in(known: dict[date, int], month: date) -> tuple[float | None, str]:
    """A stock at a month end: as known, between two known ones on a straight line, or carried forward for a year."""
    if month in known:
        return known[month], "known"
    before = max((day for day in known if day < month), default=None)
    after = min((day for day in known if day > month), default=None)
    if before and after:
        share = _distance(before, month) / _distance(before, after)
        value = known[before] + (known[after] - known[before]) * share
        return value, f"{figure(value)}, interpolated between {before:%Y-%m} and {after:%Y-%m}"
    if before and _distance(before, month) <= _CARRIED_FORWARD:
        return known[before], f"{figure(known[before])}, carried forward from {before:%Y-%m}"
    return None, "unknown"


def _average(ends: list[float | None]) -> float | None:
    """Mean of the months' (opening + closing) / 2; a month whose opening is unknown counts with its closing."""
    halves = [
        None if closing is None else ((closing if opening is None else opening) + closing) / 2
        for opening, closing in pairwise(ends)
    ]
    return None if None in halves else sum(halves) / len(halves)  # type: ignore[arg-type]


def _distance(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _with_parts(names: Terms, reference: Reference) -> list[str]:
    """The elements and all that they are sums of."""
    found: list[str] = []
    for name in names:
        found += [name, *_with_parts(dict.fromkeys(reference.elements[name].sum_of, 1), reference)]
    return list(dict.fromkeys(found))


def _formula(indicator: Indicator) -> str:
    formula = indicator.formula
    average = "average " if indicator.method in _PER_PERSON_YEAR else ""
    if not formula.denominator:
        return f"{figure(formula.factor)} × ({_words(formula.numerator)})"
    return (
        f"{figure(formula.factor)} × ({_words(formula.numerator)}) / {average}({_words(formula.denominator)})"
    )


def _words(terms: Terms) -> str:
    words = [f"{'−' if sign < 0 else '+'} {name}" for name, sign in terms.items()]
    return " ".join(words).removeprefix("+ ")


def _target(row: dict) -> str:
    bounds = (("at least", row["target_lower"]), ("at most", row["target_upper"]))
    return " and ".join(f"{side} {figure(bound)}" for side, bound in bounds if bound is not None)


def _changed_reference_tables(workspace: Workspace, snapshot: Snapshot) -> list[str]:
    paths = [path for path in snapshot.inputs if path.startswith("data/reference/")]
    return [path for path in paths if not _is_as_built(workspace.root / path, snapshot.inputs[path])]


def _is_as_built(path: Path, sha256: str) -> bool:
    return path.is_file() and file_hash(path) == sha256
