"""Why a figure is refused, and in which words: its period, its area or what stands there."""

from __future__ import annotations

import numpy as np
import polars as pl

from pipeline.ingest.periods import DAY
from pipeline.ingest.source import ElementColumn
from pipeline.ingest.tables.cell_names import COUNTED, CellIndex, CellNames, are_known
from pipeline.ingest.tables.fill_down import Doubt
from pipeline.ingest.values.number_columns import ParsedNumbers
from pipeline.ingest.values.numbers import AMBIGUOUS_COUNT, AMBIGUOUS_DECIMAL, Notation, parse_number
from pipeline.ingest.values.text_columns import as_index, nothing

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


def _number(entry: ElementColumn, text: str, notation: Notation) -> str:
    """What is expected in a cell of an element in place of a text."""
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
    return f"a whole number from 0 to {_LARGEST:,}{unit}"


def refusals(
    named: CellNames,
    cells: CellIndex,
    written: pl.Series,
    checks: dict[str, np.ndarray],
    doubts: tuple[Doubt, ...],
    doubt: np.ndarray,
    notation: Notation,
) -> dict[str, pl.Series]:
    """`reason`, `found` and `expected` of each cell by the first check it fails, null where it fails none."""
    failed = np.select([~is_right for is_right in checks.values()], [1, 2, 3, 4], 0)
    wrong = np.flatnonzero(failed)
    failed = failed[wrong]
    area, period, span, element = (
        getattr(cells, name)[wrong] for name in ("area", "period", "span", "element")
    )
    texts = written[as_index(wrong)].to_list()
    periods, areas = named.periods, named.areas
    is_date = np.array([entry.element.kind == "date" for entry in named.entries])[element]
    reasons = np.array(["period", "area", "area", "number", "date"])[failed - 1 + (is_date & (failed == 4))]
    beside = np.where(are_known(areas.texts)[area], None, [f"no name beside {text}" for text in texts])
    found = _by_check(
        failed,
        np.array([text or "nothing" for text in periods.texts], dtype=object)[period],
        np.array([*(entry.found for entry in doubts), None], dtype=object)[doubt[wrong]],
        np.where(are_known(areas.texts)[area], np.array(areas.texts, dtype=object)[area], beside),
        np.array(texts, dtype=object),
    )
    wishes = zip(named.spans, periods.expected * len(named.entries), strict=True)
    expected = _by_check(
        failed,
        np.array([wish or said for (_, said), wish in wishes], dtype=object)[span],
        np.array([*(entry.expected for entry in doubts), None], dtype=object)[doubt[wrong]],
        np.array(areas.expected, dtype=object)[area],
        np.array(
            [
                _number(named.entries[at], text, notation) if check == len(checks) else None
                for at, text, check in zip(element, texts, failed, strict=True)
            ],
            dtype=object,
        ),
    )
    return {
        name: nothing(len(written)).scatter(as_index(wrong), pl.Series(values.tolist(), dtype=pl.String))
        for name, values in (("reason", reasons), ("found", found), ("expected", expected))
    }


def _by_check(failed: np.ndarray, *said: np.ndarray) -> np.ndarray:
    return np.select([failed == check for check in range(1, len(said) + 1)], said)
