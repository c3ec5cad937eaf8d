"""Why a cell is refused, and in which words: its range, its period, its area or the number in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from pipeline.ingest.periods import DAY
from pipeline.ingest.source import ElementColumn
from pipeline.ingest.tables.cell_names import COUNTED, is_resolved
from pipeline.ingest.values.numbers import AMBIGUOUS_COUNT, AMBIGUOUS_DECIMAL, Notation, parse_number
from pipeline.problems import Expected

if TYPE_CHECKING:
    from pipeline.ingest.tables.cells import TableCells

Refusal = tuple[str, str, str, str | None]  # reason, found, expected, hint
_LARGEST = 10**12 - 1
_UNMERGED = "a figure for each of the cells; unmerge them at the office and send the file again"


def judged(cells: TableCells, merged: Mapping[tuple[int, int], str]) -> tuple[np.ndarray, list[Refusal]]:
    """Whether each cell is accepted; and what is said of the others, by the first check that they fail."""
    index, named, texts = cells.index, cells.named, cells.rows.grid.texts
    places = list(zip(cells.row.tolist(), cells.column.tolist(), strict=True)) if merged else []
    is_alone = np.array([place not in merged for place in places], dtype=bool) if merged else True
    has_period, has_area = named.has_period(index), is_resolved(cells.area_codes)[cells.area]
    doubt = cells.doubts.of_row[index.row] if cells.doubts else np.full(len(has_area), -1)
    is_right = has_period & has_area & (doubt < 0) & _is_number(cells) & is_alone
    said = []
    for at in np.flatnonzero(~is_right).tolist():
        text, entry = texts[cells.text[at]] or "", named.entries[index.element[at]]
        if merged and places[at] in merged:
            refusal = ("number", f"{text}, one figure merged over {merged[places[at]]}", _UNMERGED)
        elif not has_period[at]:
            period = named.periods.entries[index.period[at]]
            wish = named.spans[index.span[at]][1] or period.expected
            refusal = ("period", period.text or "nothing", wish)
        elif cells.doubts and doubt[at] >= 0:
            refusal = ("area", *cells.doubts.reasons[doubt[at]])
        elif not has_area[at]:
            area = named.areas.entries[index.area[at]]
            refusal = ("area", area.text or f"no name beside {text}", area.expected)
        else:
            reason = "date" if entry.element.kind == "date" else "number"
            refusal = (reason, text, _expected_number(entry, text, cells.rows.grid.notation))
        said.append((*refusal, getattr(refusal[-1], "hint", None)))
    return is_right, said


def _is_number(cells: TableCells) -> np.ndarray:
    """Whether a cell holds what its kind of element asks for: a count is whole, not below zero and no share."""
    value, text, numbers = cells.value, cells.text, cells.rows.grid.numbers_in(cells.text)
    is_count = (value >= 0) & (value <= _LARGEST) & (value == np.floor(value)) & ~numbers["is_share"][text]
    is_whole = cells.named.of_element(cells.index, _is_whole_as_written)
    may_be_both = numbers["is_ambiguous_count"][text], numbers["is_ambiguous_decimal"][text]
    is_clear = ~np.where(is_whole, *may_be_both) | cells.named.is_of_kind(cells.index, "date")
    return np.where(cells.is_counted, is_count, ~np.isnan(value)) & is_clear


def _is_whole_as_written(entry: ElementColumn) -> bool:
    """Whether the figures of a column stand there as whole numbers: counts in ones, and printed sums of counts."""
    formula = entry.element.equals
    is_sum = formula is not None and not formula.denominator and formula.factor == 1
    return entry.times == 1 and (entry.element.kind in COUNTED or is_sum)


def _expected_number(entry: ElementColumn, text: str, notation: Notation) -> str:
    """What a cell of an element should hold instead of this text."""
    if entry.element.kind == "date":
        return DAY
    number, is_whole = parse_number(text, notation), _is_whole_as_written(entry)
    if number.is_ambiguous_count if is_whole else number.is_ambiguous_decimal:
        return AMBIGUOUS_COUNT if is_whole else AMBIGUOUS_DECIMAL
    if number.wish:
        return number.wish
    if entry.element.kind == "printed":
        return "a number"
    unit = f", once multiplied by {entry.times:,g}" if entry.times != 1 else ""
    return Expected(f"a whole number from 0 to {_LARGEST:,}{unit}", "number.whole")
