"""From a count back to its cells, as a tree: parts, months, areas below, figures, and at the end the raw cells.

The tree is built by the rules by which the counts were made and carries its own sums: where they do not come to the
published count, it says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from pipeline.audit.explain_figures import Signed, Stated
from pipeline.audit.explain_node import Node, added, minus, shown, sum_of
from pipeline.audit.lineage import Cell, FigureKey, Lineage
from pipeline.audit.months import shifted
from pipeline.problems import Location
from pipeline.reference import Element
from pipeline.words.numbers import figure

Own = Callable[[str, str, date, int], "Node"]
_SPANS = {"month": "in", "ytd": "January to", "quarter": "quarter to", "year": "year to"}


class Tracer:
    """Makes trees of the counts of an area; `is_brief` stops at the areas below it."""

    def __init__(self, lineage: Lineage, elements: dict[str, Element], is_brief: bool = False) -> None:
        self._lineage = lineage
        self._elements = elements
        self._stated = Stated(lineage, elements)
        self._is_brief = is_brief

    def over_months(self, area: str, element: str, months: list[date], sign: int = 1) -> Node:
        """A flow over months in a row: the sum of the months, or the difference of cumulative figures around a gap."""
        by_months = self._by_months(area, element, months, sign)
        if by_months.amount is None and len(months) > 1:
            bridged = self._bridged(area, element, months, sign)
            if bridged.amount is not None:
                return bridged
        return by_months

    def at_month(self, area: str, element: str, month: date, sign: int = 1) -> Node:
        """A flow of one month, or a stock at its end."""
        return self._count(area, element, month, sign, self._own_month)

    def _by_months(self, area: str, element: str, months: list[date], sign: int) -> Node:
        if parts := self._parts(area, element):
            return added(element, [self._by_months(area, part, months, sign) for part in parts], parts, sign)
        below = [self.at_month(area, element, month, sign) for month in months]
        total = sum_of(node.amount for node in below)
        return Node(f"{minus(sign)}{element}: {shown(total, sign)}", total, tuple(below))

    def _bridged(self, area: str, element: str, months: list[date], sign: int) -> Node:
        """Cumulative figures whose difference is the window, and beside them the months without a figure."""
        if parts := self._parts(area, element):
            return added(element, [self._bridged(area, part, months, sign) for part in parts], parts, sign)
        first, last = months[0], months[-1]
        terms = [(last, sign)]
        if first.month > 1:
            terms.append((shifted(first, -1), -sign))
        if first.year < last.year:
            terms.append((date(first.year, 12, 1), sign))
        below = [self._count(area, element, month, side, self._own_year) for month, side in terms]
        total = sum_of(node.amount for node in below)
        by_month = (self.at_month(area, element, month, sign) for month in months)
        below += [node for node in by_month if node.amount is None]
        text = f"{minus(sign)}{element}: {shown(total, sign)}, from cumulative figures"
        return Node(text, total, tuple(below))

    def _parts(self, area: str, element: str) -> tuple[str, ...]:
        """The parts of a sum that nobody states as a whole."""
        return () if self._lineage.tree.lowest(area, element) else self._elements[element].sum_of

    def _count(
        self,
        area: str,
        element: str,
        month: date,
        sign: int,
        own: Own,
    ) -> Node:
        """The area's own count, else the sum of the areas below, else the sum of the parts of the element."""
        label = (
            f"{minus(sign)}{month:%Y-%m}"
            if own == self._own_month
            else f"{minus(sign)}January to {month:%Y-%m}"
        )
        lowest = self._lineage.tree.lowest(area, element)
        stated = own(area, element, month, sign)
        if stated.amount is not None or lowest <= {area}:
            if stated.amount is None and (parts := self._elements[element].sum_of):
                below = [self._part(area, part, month, sign, own) for part in parts]
                return added(label.removeprefix(minus(sign)), below, parts, sign)
            return Node(f"{label}: {stated.text}", stated.amount, stated.below)
        return self._summed(label, area, element, month, sign, own, lowest)

    def _part(self, area: str, part: str, month: date, sign: int, own: Own) -> Node:
        node = self._count(area, part, month, sign, own)
        return Node(f"{part}, {node.text}", node.amount, node.below)

    def _summed(
        self, label: str, area: str, element: str, month: date, sign: int, own: Own, lowest: set[str]
    ) -> Node:
        """The sum of the areas below that report. Where it is published, an area without a figure was not due."""
        below: list[Node] = []
        for code in self._lineage.tree.children(area):
            inside = lowest & set(self._lineage.tree.within(code))
            if inside == {code}:
                node = own(code, element, month, sign)
                below.append(Node(f"{self._area(code)}: {node.text}", node.amount, node.below))
            elif inside:
                below.append(self._summed(self._area(code), code, element, month, sign, own, inside))
        known = [node.amount for node in below if node.amount is not None]
        total = sum(known) if known else None
        published = self._published(area, element, month, own)
        if published is None and len(known) < len(below):
            some = f"; what is known adds up to {shown(total, sign)}" if known else ""
            return Node(f"{label}: missing{some}", None, self._kept(below))
        if published is not None:
            below = [node for node in below if node.amount is not None]
            if total != sign * published:
                below.append(
                    Node(f"published: {figure(published)}; what is found here: {shown(total, sign)}")
                )
        return Node(f"{label}: {shown(total, sign)}, summed", total, self._kept(below))

    def _kept(self, nodes: list[Node]) -> tuple[Node, ...]:
        return tuple(Node(node.text, node.amount) for node in nodes) if self._is_brief else tuple(nodes)

    def _published(self, area: str, element: str, month: date, own: Own) -> int | None:
        count = self._lineage.counts.get((area, element, month))
        if count is None:
            return None
        return count.value if own == self._own_month else count.value_ytd

    def _own_month(self, area: str, element: str, month: date, sign: int) -> Node:
        """What the area's own figures say of a month: by the first source that has it, the others beside it."""
        stating = self._stated.stating(area, element, month, self._stated.of_month)
        if not stating:
            return Node("missing", None, tuple(self._why_missing(area, element, month)))
        source, figures, value = stating[0]
        is_stock = self._elements[element].kind == "stock"
        how = "reported" if is_stock or all(key[3] == "month" for key in figures) else "differenced"
        if any(cell.mending for key in figures for cell in self._lineage.cells.get(key, ())):
            how = f"{how} and corrected"
        below = [*self._of_figures(figures, sign)]
        for other, _, stated in stating[1:]:
            agrees = "too" if stated == value else f"which differs by {figure(stated - value)}"
            below.append(Node(f"{other} has {figure(stated)}, {agrees}"))
        return Node(f"{figure(value)}, {how} by {source}", sign * value, tuple(below))

    def _own_year(self, area: str, element: str, month: date, sign: int) -> Node:
        """What the area's own figures say of January to a month: cumulative, unless its months come from elsewhere."""
        months = [date(month.year, number, 1) for number in range(1, month.month + 1)]
        chosen = [self._stated.stating(area, element, each, self._stated.of_month)[:1] for each in months]
        cumulative = self._stated.stating(area, element, month, self._stated.cumulative)
        sources = {source for first in chosen for source, _, _ in first}
        if cumulative and (not all(chosen) or sources == {cumulative[0][0]}):
            source, figures, value = cumulative[0]
            below = tuple(self._of_figures(figures, sign))
            return Node(f"{figure(value)}, cumulative by {source}", sign * value, below)
        by_month = [(each, self._own_month(area, element, each, sign)) for each in months]
        total = sum_of(node.amount for _, node in by_month)
        below = tuple(Node(f"{each:%Y-%m}: {node.text}", node.amount, node.below) for each, node in by_month)
        return Node(shown(total, sign), total, below)

    def _of_figures(self, figures: Signed, sign: int) -> Iterator[Node]:
        for key, side in figures.items():
            cells = list(self._of_figure(key, sign * side))
            if len(figures) == 1 and key[3] == "month":
                yield from cells
                continue
            value = self._lineage.figures[key].value
            yield Node(
                f"{minus(side)}{figure(value)}, {_SPANS[key[3]]} {key[2]:%Y-%m}",
                sign * side * value,
                tuple(cells),
            )

    def _of_figure(self, key: FigureKey, sign: int) -> Iterator[Node]:
        cells = self._lineage.cells.get(key, [])
        for cell in cells:
            yield Node(self._cell(cell, key[1]), sign * cell.value, is_cell=True)
        value = self._lineage.figures[key].value
        if (found := sum(cell.value for cell in cells)) != value:
            yield Node(f"counted: {figure(value)}; the cells found here add up to {figure(found)}")
        for revision in self._lineage.revisions.get(key, ()):
            later, earlier = self._path(revision.file_id), self._path(revision.previous_file_id)
            yield Node(
                f"revised: {figure(revision.value_before)} in {earlier}, {figure(revision.value)} in {later}"
            )

    def _cell(self, cell: Cell, area: str) -> str:
        place = Location(self._path(cell.file_id), cell.sheet, cell.row, cell.column)
        said = f"{place}: {cell.text}"
        if cell.mending:
            mending = cell.mending
            said += (
                f", corrected to {figure(cell.value)} ({mending.reason}; {mending.author}, {mending.date})"
            )
        elif not _is_plain(cell):
            said += f", read as {figure(cell.value)}"
        if cell.area_code != area:
            said += f" (of {self._area(cell.area_code)}, carried over)"
        return said

    def _why_missing(self, area: str, element: str, month: date) -> Iterator[Node]:
        lineage = self._lineage
        refusing: set[str] = set()
        for refused in lineage.refused.get((area, element, month), ()):
            place = Location(self._path(refused.file_id), refused.sheet, refused.row, refused.column)
            refusing.add(self._lineage.files[refused.file_id].source)
            yield Node(f"refused: {place}: found {refused.found}; expected {refused.expected}")
        for source in self._stated.sources(area, element):
            figures = self._stated.of_month(source, area, element, month)
            if figures is not None:
                yield Node(f"{source}: the cumulative figure falls by {figure(-self._stated.total(figures))}")
            elif not lineage.returns.get((area, source, month)):
                yield Node(f"{source}: no return")
            elif (source, area, month, "ytd", element) in lineage.figures:
                yield Node(f"{source}: a cumulative figure, but none of the month before")
            elif source not in refusing:
                yield Node(f"{source}: a return without this figure")

    def _area(self, code: str) -> str:
        return f"{code} {self._lineage.tree.names.get(code, '')}".strip()

    def _path(self, file_id: str) -> str:
        file = self._lineage.files.get(file_id)
        return f"{file.source}/{file.path}" if file else file_id


def _is_plain(cell: Cell) -> bool:
    try:
        return float(cell.text) == cell.value
    except ValueError:
        return False
