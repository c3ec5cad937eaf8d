"""The rows below a header, sorted: rows of data, rows of totals, and notes and the like that are left out."""

import re
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.tables.fill_down import (
    LEFT_OUT,
    TOTAL,
    VALUES,
    Doubts,
    FillDown,
    RowsBefore,
    filled_columns,
    fits,
    kinds_of,
    patterns_of_kinds,
)
from pipeline.ingest.tables.grid import Rows, distinct_combinations, last_true_up_to
from pipeline.ingest.tables.header import Table
from pipeline.ingest.values.area_names import AreaNames


@dataclass(frozen=True)
class SortedRows:
    """The rows of a table by kind: rows of data, total rows, and the number of rows left out.

    `labels` says what each total row is called, by row number; `doubts` are about rows of data.
    """

    data: Rows
    totals: Rows
    left_out: int
    before: RowsBefore
    labels: dict[int, str | None] = field(default_factory=dict)
    doubts: Doubts | None = None


def sort_rows(
    rows: Rows, table: Table, before: RowsBefore, marks: SheetMarks, names: AreaNames, *, adds_up: bool
) -> SortedRows:
    """Sort the rows of a table, and fill down names that are written once for several rows.

    `before` is what earlier rows of the table say of these, `names` are those of areas of any level; with `adds_up` the
    same area, period and element may stand in several rows.
    """
    layout = table.layout
    labels = list(dict.fromkeys(filter(None, (table.first_column, *table.area, table.period))))
    named = [name for name in (*table.area[-1:], table.element) if name] or labels
    needed = list(dict.fromkeys((*named, *table.value_names)))
    filled = filled_columns(table)
    has_headings = layout.area.heading or (layout.element and layout.element.heading)
    is_plain = not (filled or has_headings or table.element_above)
    if not (layout.rows.leave_out or layout.rows.totals) and is_plain:
        nothing = Rows(rows.grid, rows.positions[:0])
        return SortedRows(rows.where(rows.any_there(needed)), nothing, 0, RowsBefore())

    is_labelled = rows.any_there(labels)
    is_in_block = not is_labelled.all() and bool(set(filled) & set(labels))
    kind, label = _kinds(rows, table, labels, ~is_labelled, is_in_block)
    elements = [*table.element_above, table.element] if table.element else []
    is_note = (kind != VALUES) & ~rows.any_there([*elements, *table.value_names])
    if is_in_block and layout.area.block is None:
        owner = last_true_up_to(is_labelled & ~is_note)
        inherits = ~is_labelled & (kind == VALUES)
        kind = np.where(inherits, np.append(kind, before.last_kind)[owner], kind)
        label = np.where(inherits, np.append(label, rows.grid.code_of(before.label))[owner], label)
    if layout.area.block is None and not is_note.all():
        last = np.flatnonzero(~is_note)[-1]
        before = replace(before, last_kind=int(kind[last]), label=rows.grid.texts[label[last]])
    fills = FillDown(rows, table, kind, is_note, labels, before)
    fills.fill(filled, marks, names, adds_up=adds_up)
    marked, kind, before = fills.filled, fills.kind, fills.before
    if has_headings:
        marked, before = _below_headings(marked, table, kind == VALUES, before)
    if table.element and table.element_above:
        marked = _with_joined_elements(marked, rows, (*table.element_above, table.element))
    is_filled = marked.any_there(needed)
    is_figure, is_total = is_filled & (kind == VALUES), is_filled & (kind == TOTAL)
    totals = marked.where(is_total)
    return SortedRows(
        data=marked.where(is_figure),
        totals=totals,
        left_out=int((is_filled & (kind == LEFT_OUT)).sum()),
        before=before,
        labels={
            number: rows.grid.texts[code]
            for number, code in zip(totals.numbers.tolist(), label[is_total].tolist(), strict=True)
        },
        doubts=fills.doubts.where(is_figure),
    )


def _kinds(
    rows: Rows, table: Table, labels: list[str], is_unlabelled: np.ndarray, is_in_block: bool
) -> tuple[np.ndarray, np.ndarray]:
    """The kind of each row by its own texts, and the code of the text that makes it a total, if it is one.

    Its labels decide: the texts in the first column, the columns of areas and that of the period. In a row without any,
    every text counts; but where names are written once for a block, only if the row holds no value.
    """
    kind, label = np.full(len(rows), VALUES), np.zeros(len(rows), dtype=np.int64)
    for name in labels:
        own = kinds_of(rows, name, table.layout)
        label = np.where((own == TOTAL) & (label == 0), rows.codes(name), label)
        kind = np.maximum(kind, own)
    is_searched_whole = is_unlabelled
    if is_in_block:
        is_searched_whole = is_unlabelled & ~rows.has_numbers(table.value_names).any(axis=1)
    words_of_rows = _words(rows.where(is_searched_whole), table.value_names)
    for row, words in zip(np.flatnonzero(is_searched_whole).tolist(), words_of_rows, strict=True):
        for what, pattern in patterns_of_kinds(table.layout):
            code = next((code for code in words if fits(pattern, rows.grid.texts[code] or "")), 0)
            if code:
                kind[row], label[row] = what, label[row] or code
            elif what == LEFT_OUT and not is_in_block and re.search(pattern, ""):
                kind[row] = what
    return kind, label


def _words(rows: Rows, figures: tuple[str, ...]) -> list[list[int]]:
    """For each row the codes of its texts, without those of its values."""
    names = rows.grid.names
    codes = rows.matrix(names)
    numbers = rows.grid.numbers_in(codes)[codes]
    is_value = np.isin(names, figures) & (~np.isnan(numbers["value"]) | numbers["is_blank"])
    return [[code for code in row if code] for row in np.where(is_value, 0, codes).tolist()]


def _with_joined_elements(marked: Rows, written: Rows, columns: tuple[str, ...]) -> Rows:
    """The rows with the name of their element, joined from several columns by /; none where all of them are empty."""
    *_, last = columns
    is_named = (marked.codes(last) > 0) | written.any_there(columns[:-1])
    levels, at = distinct_combinations(marked, columns)
    joined = ["/".join(text.strip() for text in texts if text is not None) for texts in levels]
    codes = np.array([marked.grid.code_of(text) for text in joined])[at]
    return marked.written_over(last, np.where(is_named, codes, 0))


def _below_headings(
    rows: Rows, table: Table, is_figure: np.ndarray, before: RowsBefore
) -> tuple[Rows, RowsBefore]:
    """The rows with each text joined to the heading above it (青禾县 above its townships), and the last headings."""
    layout, grid = table.layout, rows.grid
    joints = {table.area[0]: (layout.area.heading, "")} if layout.area.heading else {}
    if layout.element and layout.element.heading and table.element:
        joints[table.element] = (layout.element.heading, "/")
    for name, (pattern, joint) in joints.items():
        codes = rows.codes(name)
        is_heading = rows.grid.fitting(rows.codes(name), partial(fits, pattern))
        heading_before = grid.code_of(before.headings.get(name))
        headings = np.append(codes, heading_before)[last_true_up_to(is_heading)]
        is_below = ~is_heading & is_figure & (codes > 0)
        width = len(grid.texts)
        pairs, of_row = np.unique((headings * width + codes)[is_below], return_inverse=True)
        named = []
        for heading, code in zip(pairs // width, pairs % width, strict=True):
            head, text = grid.texts[heading] or "", grid.texts[code] or ""
            named.append(code if text.startswith(head) else grid.code_of(head + joint + text))
        joined = codes.astype(np.int64)
        joined[is_below] = np.array(named, np.int64)[of_row]
        rows = rows.written_over(name, joined)
        if len(headings):
            before = replace(before, headings=before.headings | {name: grid.texts[headings[-1]]})
    return rows, before
