"""Why a cell is refused, and in which words: its period, its area or the number in it."""

import numpy as np
import polars as pl

from pipeline.ingest.periods import DAY
from pipeline.ingest.source import ElementColumn
from pipeline.ingest.tables.cell_names import COUNTED, CellIndex, CellNames
from pipeline.ingest.tables.fill_down import Doubt
from pipeline.ingest.values.number_columns import ParsedNumbers
from pipeline.ingest.values.numbers import AMBIGUOUS_COUNT, AMBIGUOUS_DECIMAL, Notation, parse_number
from pipeline.ingest.values.text_columns import as_index, nulls
from pipeline.problems import Expected

_LARGEST = 10**12 - 1


def is_number(value: np.ndarray, number: ParsedNumbers, named: CellNames, cells: CellIndex) -> np.ndarray:
    """Whether a cell holds what its kind of element asks for: a count is whole, not below zero and no share."""
    is_count = (value >= 0) & (value <= _LARGEST) & (value == np.floor(value))
    is_count &= ~number.is_share
    is_whole = np.array([_is_whole_as_written(entry) for entry in named.entries], dtype=bool)[cells.element]
    is_ambiguous = np.where(is_whole, number.is_ambiguous_count, number.is_ambiguous_decimal)
    is_date = np.array([entry.element.kind == "date" for entry in named.entries], dtype=bool)[cells.element]
    return np.where(named.is_counted(cells), is_count, ~np.isnan(value)) & (~is_ambiguous | is_date)


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


def refusals(
    named: CellNames,
    cells: CellIndex,
    written: pl.Series,
    checks: dict[str, np.ndarray],
    doubts: tuple[Doubt, ...],
    doubt: np.ndarray,
    notation: Notation,
) -> dict[str, pl.Series]:
    """`reason`, `found`, `expected` and `hint` of each cell by the first check it fails, null where it passes all.

    `checks` has an array per check, true where a cell passes; `doubt` the position in `doubts` of each cell.
    """
    wrong = np.flatnonzero(~np.logical_and.reduce(list(checks.values())))
    has_period, is_certain, has_area = (checks[name][wrong].tolist() for name in ("period", "doubt", "area"))
    positions = zip(
        *(getattr(cells, name)[wrong].tolist() for name in ("element", "period", "span", "area")), strict=True
    )
    periods, areas = named.periods, named.areas
    rows: list[tuple[str, str, str]] = []
    for at, ((element, period, span, area), text) in enumerate(
        zip(positions, written[as_index(wrong)].to_list(), strict=True)
    ):
        if not has_period[at]:
            expected = named.spans[span][1] or periods.expected[period]
            rows.append(("period", periods.texts[period] or "nothing", expected))
        elif not is_certain[at]:
            why = doubts[doubt[wrong[at]]]
            rows.append(("area", why.found, why.expected))
        elif not has_area[at]:
            rows.append(("area", areas.texts[area] or f"no name beside {text}", areas.expected[area]))
        else:
            entry = named.entries[element]
            reason = "date" if entry.element.kind == "date" else "number"
            rows.append((reason, text, _expected_number(entry, text, notation)))
    columns = [*zip(*rows, strict=True)]
    columns.append(tuple(getattr(expected, "hint", None) for expected in columns[-1]))
    return {
        name: nulls(len(written)).scatter(as_index(wrong), pl.Series(values, dtype=pl.String))
        for name, values in zip(("reason", "found", "expected", "hint"), columns, strict=True)
    }
