"""The rows below a header: figures, totals, and titles, footnotes and the like that are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from pipeline.ingest.readers.sheet_marks import SheetMarks
from pipeline.ingest.tables.fill_down import (
    FIGURE,
    LEFT_OUT,
    TOTAL,
    Doubt,
    FillDown,
    IsAbove,
    RowsBefore,
    filled_columns,
)
from pipeline.ingest.tables.grid import Rows, distinct_combinations, last_true_up_to
from pipeline.ingest.tables.header import Table
from pipeline.ingest.tables.headings import below_headings
from pipeline.ingest.values.number_columns import numerals
from pipeline.ingest.values.spelling import normalised
from pipeline.ingest.values.text_columns import TextColumn


@dataclass(frozen=True)
class SortedRows:
    """Rows by what they are.

    `labels` says what each total row is called, by row number. `doubts` are reasons why the names of some rows of
    figures do not count; `doubt_of` has the position of that of each row, -1 for none.
    """

    figures: Rows
    totals: Rows
    left_out: int
    above: RowsBefore
    labels: dict[int, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    doubt_of: np.ndarray | None = None


def sort_rows(
    rows: Rows, table: Table, above: RowsBefore, marks: SheetMarks, is_above: IsAbove, *, adds_up: bool
) -> SortedRows:
    """Sort the rows of a table, and fill names that stand once on a merged block down over it.

    `above` is what the rows before say of these; `is_above` says whether the first of two names is an area that holds
    the other; with `adds_up` the same area, period and element may stand in several rows.
    """
    layout = table.layout
    labels = list(dict.fromkeys(filter(None, (table.first_column, *table.area, table.period))))
    named = [name for name in (*table.area[-1:], table.element) if name] or labels
    needed = list(dict.fromkeys((*named, *(figure.column for figure in table.figures))))
    filled = filled_columns(table)
    has_headings = layout.area_heading or layout.element_heading
    is_plain = not (filled or has_headings or table.element_above)
    if layout.rows_left_out is None and layout.totals is None and is_plain:
        return SortedRows(rows.where(_any_there(rows, needed)), _none_of(rows), 0, RowsBefore())

    is_labelled = _any_there(rows, labels)
    is_in_block = not is_labelled.all() and bool(set(filled) & set(labels))
    kind, label = _kinds(rows, table, labels, ~is_labelled, is_in_block)
    is_note = _are_notes(rows, table, kind)
    if is_in_block and layout.area_block is None:
        owner = last_true_up_to(is_labelled & ~is_note)
        inherits = ~is_labelled & (kind == FIGURE)
        kind = np.where(inherits, np.append(kind, above.fate)[owner], kind)
        label = np.where(inherits, np.append(label, above.label)[owner], label)
    if layout.area_block is None and not is_note.all():
        last = np.flatnonzero(~is_note)[-1]
        above = replace(above, fate=int(kind[last]), label=label[last])
    doubts, doubt_of = (), None
    marked = rows
    if filled:
        fills = FillDown(rows, table, kind, is_note, labels, above, fits)
        fills.fill(filled, marks, is_above, adds_up=adds_up)
        marked, kind, above, doubts, doubt_of = (
            fills.filled,
            fills.kind,
            fills.above,
            tuple(fills.doubts),
            fills.doubt_of,
        )
    if has_headings:
        marked, above = below_headings(marked, table, kind == FIGURE, above, fits)
    if table.element_above:
        marked = marked.written_over({table.element: _joined_elements(marked, rows, table)})
    is_filled = _any_there(marked, needed)
    is_figure, is_total = is_filled & (kind == FIGURE), is_filled & (kind == TOTAL)
    totals = marked.where(is_total)
    return SortedRows(
        figures=marked.where(is_figure),
        totals=totals,
        left_out=int((is_filled & (kind == LEFT_OUT)).sum()),
        above=above,
        labels=dict(zip(totals.numbers.tolist(), label[is_total].tolist(), strict=True)),
        doubts=doubts,
        doubt_of=None if doubt_of is None or not doubts else doubt_of[is_figure],
    )


@lru_cache(maxsize=1 << 16)
def fits(pattern: re.Pattern[str], text: str) -> bool:
    """Whether a text fits as it stands, without its spaces (合　计), or in half width."""
    return any(map(pattern.search, (text, re.sub(r"\s+", "", text), normalised(text))))


def _are_notes(rows: Rows, table: Table, kind: np.ndarray) -> np.ndarray:
    """Rows that are left out or totals, in which neither a figure nor the name of an element stands."""
    is_note = kind != FIGURE
    if is_note.any():
        elements = [*table.element_above, table.element] if table.element else []
        is_note &= ~_any_there(rows, [*elements, *(figure.column for figure in table.figures)])
    return is_note


def _kinds(
    rows: Rows, table: Table, labels: list[str], is_unlabelled: np.ndarray, is_in_block: bool
) -> tuple[np.ndarray, np.ndarray]:
    """What each row is by its own texts, and what it is called where it is a total.

    Its labels decide: the first column, areas and period. A row without any is seen whole; but where names stand once
    on a block, only if no figure stands in it.
    """
    kind = np.full(len(rows), FIGURE)
    label = np.full(len(rows), None, dtype=object)
    patterns = [(TOTAL, table.layout.totals), (LEFT_OUT, table.layout.rows_left_out)]
    if not any(pattern for _, pattern in patterns):
        return kind, label
    figures = [figure.column for figure in table.figures]
    is_seen_whole = is_unlabelled
    if is_in_block:
        for name in figures:
            is_seen_whole = is_seen_whole & ~rows.has_number(name, table.notation)
    for what, pattern in patterns:
        if pattern is None:
            continue
        found = np.full(len(rows), False)
        for name in labels:
            texts = rows.texts(name)
            fitting = texts.where(lambda text, pattern=pattern: text is not None and fits(pattern, text))
            if what == TOTAL:
                label = np.where(fitting & ~found, np.array([*texts.distinct, None], object)[texts.at], label)
            found |= fitting
        if is_seen_whole.any():
            for row in np.flatnonzero(is_seen_whole).tolist():
                words = _words(rows, row, figures, table)
                text = next((text for text in words if fits(pattern, text)), None)
                if text is not None:
                    found[row], label[row] = True, label[row] or text
                elif what == LEFT_OUT and not is_in_block and pattern.search(""):
                    found[row] = True
        kind[found] = what
    return kind, label


def _words(rows: Rows, row: int, figures: list[str], table: Table) -> list[str]:
    """The texts of a row, without its figures."""
    found = []
    for name in rows.grid.names:
        text = rows.texts(name).of_row(row)
        if text is None or (name in figures and _is_figure(text, table)):
            continue
        found.append(text)
    return found


def _is_figure(text: str, table: Table) -> bool:
    parsed = numerals([text], table.notation)
    return bool(parsed.is_blank[0]) or not np.isnan(parsed.value[0])


def _joined_elements(marked: Rows, written: Rows, table: Table) -> TextColumn:
    """The name of the element of each row, joined from several columns; none where nothing is written."""
    columns = [*table.element_above, table.element]
    is_named = marked.is_there(table.element) | _any_there(written, table.element_above)
    levels, at = distinct_combinations([marked.texts(name) for name in columns], len(marked))
    joined = ["/".join(text.strip() for text in texts if text is not None) for texts in levels]
    return TextColumn([*joined, None], np.where(is_named, at, len(joined)))


def _any_there(rows: Rows, columns: Iterable[str]) -> np.ndarray:
    """The rows in which not all of the columns are empty."""
    found = np.zeros(len(rows), dtype=bool)
    for name in columns:
        found |= rows.is_there(name)
        if found.all():
            break
    return found


def _none_of(rows: Rows) -> Rows:
    return Rows(rows.grid, rows.positions[:0])
