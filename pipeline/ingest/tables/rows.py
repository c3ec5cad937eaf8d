"""The rows below a header, sorted: rows of data, rows of totals, and notes and the like that are left out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.tables.fill_down import (
    LEFT_OUT,
    TOTAL,
    VALUES,
    Doubt,
    FillDown,
    Holds,
    RowsBefore,
    filled_columns,
    fits,
)
from pipeline.ingest.tables.grid import Rows, distinct_combinations, last_true_up_to
from pipeline.ingest.tables.header import Table
from pipeline.ingest.values.numbers import parse_number
from pipeline.ingest.values.text_columns import TextColumn


@dataclass(frozen=True)
class SortedRows:
    """The rows of a table by kind: rows of data, total rows, and the number of rows left out.

    `labels` says what each total row is called, by row number. `doubts` are reasons why the names of some data rows are
    not certain; `doubt_of` has the position of the reason of each row, -1 for none.
    """

    data: Rows
    totals: Rows
    left_out: int
    before: RowsBefore
    labels: dict[int, str] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    doubt_of: np.ndarray | None = None


def sort_rows(
    rows: Rows, table: Table, before: RowsBefore, marks: SheetMarks, holds: Holds, *, adds_up: bool
) -> SortedRows:
    """Sort the rows of a table, and fill down names that are written once for several rows.

    `before` is what earlier rows of the table say of these; `holds` tells whether the first of two names is an area that
    holds the other; with `adds_up` the same area, period and element may stand in several rows.
    """
    layout = table.layout
    labels = list(dict.fromkeys(filter(None, (table.first_column, *table.area, table.period))))
    named = [name for name in (*table.area[-1:], table.element) if name] or labels
    needed = list(dict.fromkeys((*named, *(column.name for column in table.value_columns))))
    filled = filled_columns(table)
    element_heading = layout.element.heading if layout.element else ""
    has_headings = bool(layout.area.heading or element_heading)
    is_plain = not (filled or has_headings or table.element_above)
    if not (layout.rows.leave_out or layout.rows.totals) and is_plain:
        return SortedRows(rows.where(_any_there(rows, needed)), _none_of(rows), 0, RowsBefore())

    is_labelled = _any_there(rows, labels)
    is_in_block = not is_labelled.all() and bool(set(filled) & set(labels))
    kind, label = _kinds(rows, table, labels, ~is_labelled, is_in_block)
    is_note = _are_notes(rows, table, kind)
    if is_in_block and layout.area.block is None:
        owner = last_true_up_to(is_labelled & ~is_note)
        inherits = ~is_labelled & (kind == VALUES)
        kind = np.where(inherits, np.append(kind, before.last_kind)[owner], kind)
        label = np.where(inherits, np.append(label, np.array([before.label], object))[owner], label)
    if layout.area.block is None and not is_note.all():
        last = np.flatnonzero(~is_note)[-1]
        before = replace(before, last_kind=int(kind[last]), label=label[last])
    fills = FillDown(rows, table, kind, is_note, labels, before)
    fills.fill(filled, marks, holds, adds_up=adds_up)
    marked, kind, before = fills.filled, fills.kind, fills.before
    if has_headings:
        marked, before = _below_headings(marked, table, kind == VALUES, before)
    if table.element and table.element_above:
        joined = _joined_elements(marked, rows, (*table.element_above, table.element))
        marked = marked.written_over({table.element: joined})
    is_filled = _any_there(marked, needed)
    is_figure, is_total = is_filled & (kind == VALUES), is_filled & (kind == TOTAL)
    totals = marked.where(is_total)
    return SortedRows(
        data=marked.where(is_figure),
        totals=totals,
        left_out=int((is_filled & (kind == LEFT_OUT)).sum()),
        before=before,
        labels=dict(zip(totals.numbers.tolist(), label[is_total].tolist(), strict=True)),
        doubts=tuple(fills.doubts),
        doubt_of=fills.doubt_of[is_figure] if fills.doubts else None,
    )


def _are_notes(rows: Rows, table: Table, kind: np.ndarray) -> np.ndarray:
    """Rows that are left out or totals, and hold neither a value nor the name of an element."""
    is_note = kind != VALUES
    if is_note.any():
        elements = [*table.element_above, table.element] if table.element else []
        is_note &= ~_any_there(rows, [*elements, *(column.name for column in table.value_columns)])
    return is_note


def _kinds(
    rows: Rows, table: Table, labels: list[str], is_unlabelled: np.ndarray, is_in_block: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The kind of each row by its own texts, and the text that makes it a total, if it is one.

    Its labels decide: the texts in the first column, the columns of areas and that of the period. In a row without any,
    every text counts; but where names are written once for a block, only if the row holds no value.
    """
    kind = np.full(len(rows), VALUES)
    label = np.full(len(rows), None, dtype=object)
    patterns = [(TOTAL, table.layout.rows.totals), (LEFT_OUT, table.layout.rows.leave_out)]
    if not any(pattern for _, pattern in patterns):
        return kind, label
    figures = [column.name for column in table.value_columns]
    is_searched_whole = is_unlabelled
    if is_in_block:
        for name in figures:
            is_searched_whole = is_searched_whole & ~rows.has_number(name, table.notation)
    for what, pattern in patterns:
        if not pattern:
            continue
        found = np.full(len(rows), False)
        for name in labels:
            texts = rows.texts(name)
            fitting = texts.where(partial(fits, pattern))
            if what == TOTAL:
                label = np.where(fitting & ~found, np.array([*texts.distinct, None], object)[texts.at], label)
            found |= fitting
        if is_searched_whole.any():
            for row in np.flatnonzero(is_searched_whole).tolist():
                words = _words(rows, row, figures, table)
                text = next((text for text in words if fits(pattern, text)), None)
                if text is not None:
                    found[row], label[row] = True, label[row] or text
                elif what == LEFT_OUT and not is_in_block and re.search(pattern, ""):
                    found[row] = True
        kind[found] = what
    return kind, label


def _words(rows: Rows, row: int, figures: list[str], table: Table) -> list[str]:
    """The texts of a row, without its values."""
    found = []
    for name in rows.grid.names:
        text = rows.texts(name).of_row(row)
        number = parse_number(text, table.notation) if name in figures else None
        if text is not None and not (number and (number.is_blank or number.value is not None)):
            found.append(text)
    return found


def _joined_elements(marked: Rows, written: Rows, columns: tuple[str, ...]) -> TextColumn:
    """The name of each row's element, joined from several columns by /; none where all of them are empty."""
    is_named = marked.is_there(columns[-1]) | _any_there(written, columns[:-1])
    levels, at = distinct_combinations([marked.texts(name) for name in columns], len(marked))
    joined = ["/".join(text.strip() for text in texts if text is not None) for texts in levels]
    return TextColumn([*joined, None], np.where(is_named, at, len(joined)))


def _any_there(rows: Rows, columns: Iterable[str]) -> np.ndarray:
    """For each row, whether something is written in any of the columns."""
    found = np.zeros(len(rows), dtype=bool)
    for name in columns:
        found |= rows.is_there(name)
        if found.all():
            break
    return found


def _none_of(rows: Rows) -> Rows:
    return Rows(rows.grid, rows.positions[:0])


def _below_headings(
    rows: Rows, table: Table, is_figure: np.ndarray, before: RowsBefore
) -> tuple[Rows, RowsBefore]:
    """The rows with each text joined to the heading above it (青禾县 above its townships), and the last headings."""
    layout = table.layout
    joints = {table.area[0]: (layout.area.heading, "")} if layout.area.heading else {}
    if layout.element and layout.element.heading and table.element:
        joints[table.element] = (layout.element.heading, "/")
    for name, (pattern, joint) in joints.items():
        texts, heading_before = rows.texts(name), before.headings.get(name)
        is_heading = texts.where(partial(fits, pattern))
        owner = last_true_up_to(is_heading)
        distinct = [*texts.distinct, heading_before]
        headings = np.append(texts.at, len(texts.distinct))[owner]
        is_below = ~is_heading & is_figure & texts.is_there
        pairs = (headings * len(distinct) + texts.at)[is_below]
        joined, at = np.unique(pairs, return_inverse=True)
        named = [
            _below_heading(distinct[pair // len(distinct)], distinct[pair % len(distinct)] or "", joint)
            for pair in joined.tolist()
        ]
        all_at = texts.at.astype(np.int64)
        all_at[is_below] = len(distinct) + at
        rows = rows.written_over({name: TextColumn([*distinct, *named], all_at)})
        if len(owner):
            before = replace(before, headings=before.headings | {name: distinct[headings[-1]]})
    return rows, before


def _below_heading(head: str | None, text: str, joint: str) -> str:
    return text if head is None or text.startswith(head) else head + joint + text
