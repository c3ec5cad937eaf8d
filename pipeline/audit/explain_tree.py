"""From a count back to its cells, as a tree: parts, months, areas below, figures, and at the end the raw cells."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from pipeline.audit.explain_node import Node
from pipeline.audit.lineage import Cell, Lineage, Term
from pipeline.months import months_from, shift_month
from pipeline.problems import Location
from pipeline.reference import Element
from pipeline.words.numbers import figure, known

_SPANS = {"month": "in", "ytd": "January to", "quarter": "quarter to", "year": "year to"}


class Tracer:
    """Makes trees of the counts of an area; `is_brief` stops at the areas below it."""

    def __init__(self, lineage: Lineage, elements: Mapping[str, Element], is_brief: bool = False) -> None:
        self._lineage, self._elements, self._is_brief = lineage, elements, is_brief

    def window(self, area: str, element: str, sign: int) -> Node:
        """A flow over the window: the sum of its months, or the cumulative counts that bridge a missing one."""
        return self._over_months(area, element, self._lineage.bridge(element), sign)

    def average(self, area: str, element: str) -> Node:
        """The month ends that an average population is made of, with what is known and what is filled in."""
        months = self._lineage.months
        below = [self._month_end(area, element, month) for month in [shift_month(months[0], -1), *months]]
        total = _sum(self._lineage.stock(element, month).average for month in months)
        value = None if total is None else total / len(months)
        how = f"mean over {len(months)} months of (opening + closing) / 2"
        return Node(f"average {element}: {known(value)}, {how}", value, below)

    def count(self, area: str, element: str, month: date, sign: int = 1, total: str = "month") -> Node:
        """The count of a month (a stock: at its end), or that since January."""
        label = f"{_minus(sign)}{'January to ' if total == 'ytd' else ''}{month:%Y-%m}"
        value, made_of = self._lineage.counts.get((area, element, month, total), (None, None))
        is_sum = (area, element) in self._lineage.parts_of_sums
        if made_of == "areas" or (value is None and is_sum):
            return self._sum_of_areas(label, area, element, month, sign, total)
        if made_of == "parts" or (value is None and self._elements[element].sum_of):
            parts = self._elements[element].sum_of
            nodes = [self.count(area, part, month, sign, total).after(f"{part}, ") for part in parts]
            return _added(label, nodes, parts, sign)
        return self._own(area, element, month, sign, total).after(f"{label}: ")

    def _over_months(self, area: str, element: str, bridge: list[tuple[date, int]], sign: int) -> Node:
        parts = self._elements[element].sum_of
        if parts and not self._is_reported(area, element):
            nodes = [self._over_months(area, part, bridge, sign) for part in parts]
            return _added(f"{_minus(sign)}{element}", nodes, parts, sign)
        by_month = [self.count(area, element, month, sign) for month in self._lineage.months]
        below, how = by_month, ""
        if bridge:
            cumulative = [self.count(area, element, month, sign * side, "ytd") for month, side in bridge]
            below, how = [node for node in by_month if node.amount is None], ", from cumulative figures"
            below = [*cumulative, *below]
        total = _sum(node.amount for node in (cumulative if bridge else by_month))
        return Node(f"{_minus(sign)}{element}: {_shown(total, sign)}{how}", total, below)

    def _is_reported(self, area: str, element: str) -> bool:
        """Whether there are figures of the element itself, of the area or of any within it."""
        return (area, element) in self._lineage.parts_of_sums or (area, element) in self._lineage.sources

    def _sum_of_areas(self, label: str, area: str, element: str, month: date, sign: int, total: str) -> Node:
        """The sum of the areas right below in which the element is reported, of those that count in this month."""
        nodes = []
        for code, is_unit in self._lineage.parts_of_sums[area, element]:
            name = self._named(code)
            if is_unit and (code, element, month, total) in self._lineage.own_counts:
                nodes.append(self._own(code, element, month, sign, total).after(f"{name}: "))
            elif not is_unit:
                node = self._sum_of_areas(name, code, element, month, sign, total)
                nodes += [node] if node.below else []
        if self._is_brief:
            nodes = [Node(node.text, node.amount) for node in nodes]
        amount = _sum(node.amount for node in nodes)
        if amount is not None:
            return Node(f"{label}: {_shown(amount, sign)}, summed", amount, nodes)
        known = [node.amount for node in nodes if node.amount is not None]
        some = f"; what is known adds up to {_shown(sum(known), sign)}" if known else ""
        return Node(f"{label}: missing{some}", None, nodes)

    def _own(self, area: str, element: str, month: date, sign: int, total: str = "month") -> Node:
        """What the area's own figures say: by the first source that has it, the others beside it."""
        value, source = self._lineage.own_counts.get((area, element, month, total), (None, None))
        if total == "ytd" and source is None:
            months = months_from(date(month.year, 1, 1), month)
            nodes = [self._own(area, element, each, sign).after(f"{each:%Y-%m}: ") for each in months]
            amount = _sum(node.amount for node in nodes)
            return Node(_shown(amount, sign), amount, nodes)
        if value is None:
            return Node("missing", None, list(self._why_missing(area, element, month)))
        terms = self._lineage.terms[source, area, element, month, total]
        below = list(self._of_terms(terms, sign))
        if total == "ytd":
            return Node(f"{figure(value)}, cumulative by {source}", sign * value, below)
        how = "reported" if terms[0].rule == "stated" else "differenced"
        cells = (cell for term in terms for cell in self._lineage.cells.get(term.figure, ()))
        if any(cell.reason is not None for cell in cells):
            how = f"{how} and corrected"
        for other, stated in self._lineage.by_source[area, element, month]:
            if other != source:
                agrees = "too" if stated == value else f"which differs by {figure(stated - value)}"
                below.append(Node(f"{other} has {figure(stated)}, {agrees}"))
        return Node(f"{figure(value)}, {how} by {source}", sign * value, below)

    def _of_terms(self, terms: list[Term], sign: int) -> Iterator[Node]:
        for term in terms:
            *_, period, span, _ = term.figure
            cells = list(self._of_figure(term, sign * term.sign))
            if len(terms) == 1 and span == "month":
                yield from cells
                continue
            text = f"{_minus(term.sign)}{figure(term.value)}, {_SPANS[span]} {period:%Y-%m}"
            yield Node(text, sign * term.sign * term.value, cells)

    def _of_figure(self, term: Term, sign: int) -> Iterator[Node]:
        for cell in self._lineage.cells.get(term.figure, ()):
            yield Node(self._cell(cell, term.figure[1]), sign * cell.value, is_cell=True)
        for earlier, before, later, value in self._lineage.revisions.get(term.figure, ()):
            paths = self._lineage.paths
            yield Node(f"revised: {figure(before)} in {paths[earlier]}, {figure(value)} in {paths[later]}")

    def _cell(self, cell: Cell, area: str) -> str:
        place = Location(self._lineage.paths[cell.file_id], cell.sheet, cell.row, cell.column)
        said = f"{place}: {cell.text}"
        if cell.reason is not None:
            said += f", corrected to {figure(cell.value)} ({cell.reason}; {cell.author}, {cell.corrected_on})"
        elif not _is_plain(cell):
            said += f", read as {figure(cell.value)}"
        if cell.named_code != area:
            said += f" (of {self._named(cell.named_code)}, carried over)"
        return said

    def _why_missing(self, area: str, element: str, month: date) -> Iterator[Node]:
        lineage = self._lineage
        refused = lineage.refused.get((area, element, month), ())
        for _, path, sheet, row, column, found, expected in refused:
            yield Node(f"refused: {Location(path, sheet, row, column)}: found {found}; expected {expected}")
        for source, _ in lineage.sources.get((area, element), ()):
            if terms := lineage.terms.get((source, area, element, month, "month")):
                falls_by = -sum(term.sign * term.value for term in terms)
                yield Node(f"{source}: the cumulative figure falls by {figure(falls_by)}")
            elif (area, source, month) not in lineage.returns:
                yield Node(f"{source}: no return")
            elif (source, area, element, month, "ytd") in lineage.terms:
                yield Node(f"{source}: a cumulative figure, but none of the month before")
            elif source not in {refusing for refusing, *_ in refused}:
                yield Node(f"{source}: a return without this figure")

    def _month_end(self, area: str, element: str, month: date) -> Node:
        stock = self._lineage.stock(element, month)
        if stock.value is not None:
            return self.count(area, element, month)
        if stock.closing is None:
            return Node(f"{month:%Y-%m}: unknown")
        how = f"carried forward from {stock.filled_from:%Y-%m}"
        if stock.filled_to:
            how = f"interpolated between {stock.filled_from:%Y-%m} and {stock.filled_to:%Y-%m}"
        return Node(f"{month:%Y-%m}: {figure(stock.closing)}, {how}")

    def _named(self, code: str) -> str:
        return f"{code} {self._lineage.names.get(code, '')}".strip()


def _added(label: str, nodes: list[Node], parts: tuple[str, ...], sign: int) -> Node:
    total = _sum(node.amount for node in nodes)
    return Node(f"{label}: {_shown(total, sign)} = {' + '.join(parts)}", total, nodes)


def _sum(amounts: Iterable[float | None]) -> float | None:
    """Unknown where one is unknown, or where there is none."""
    found = list(amounts)
    known = [amount for amount in found if amount is not None]
    return sum(known) if known and len(known) == len(found) else None


def _shown(value: float | None, sign: int) -> str:
    return "missing" if value is None else figure(sign * value)


def _minus(sign: int) -> str:
    return "− " if sign < 0 else ""


def _is_plain(cell: Cell) -> bool:
    try:
        return float(cell.text) == cell.value
    except ValueError:
        return False
