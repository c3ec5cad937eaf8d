"""Names written once for a block of rows, filled down over it; and the rows whose name is not certain."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.source_toml import Block
from pipeline.ingest.tables.grid import Rows, distinct_combinations, last_true_up_to
from pipeline.ingest.tables.header import Table
from pipeline.ingest.values.spelling import normalised
from pipeline.ingest.values.text_columns import TextColumn

VALUES, TOTAL, LEFT_OUT = 0, 1, 2  # what a row is
Holds = Callable[[str, str], bool]
_WHERE = (
    "names on the first row of their blocks, or [area] block in source.toml, which says where they stand: "
    'block = { rows = 3, name_on = "middle" }'
)


@dataclass(frozen=True)
class RowsBefore:
    """What the rows read so far say of the rows that follow.

    `names` are the texts last filled down, by column, and `names_kind` whether such a text is left out or a total's.
    `last_kind` is the kind of the last row, `label` its text if it was a total. `doubted` are columns whose names may
    not stand on the first row of their blocks. `headings` are the last headings by column.
    """

    names: dict[str, str | None] = field(default_factory=dict)
    names_kind: dict[str, int] = field(default_factory=dict)
    last_kind: int = VALUES
    label: str | None = None
    has_begun: bool = False
    doubted: frozenset[str] = frozenset()
    headings: dict[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Doubt:
    """Why the name of a row is not certain, in the words of a refusal."""

    found: str
    expected: str


def filled_columns(table: Table) -> list[str]:
    """Columns whose texts are written once for several rows, from left to right.

    Where several columns name the area, or the element, every row has its own text in the last of them.
    """
    layout = table.layout
    columns: list[str] = []
    if layout.area.block is not None:
        columns += table.area
    elif layout.area.fill_down:
        is_every = layout.area.fill_down == "all" or len(table.area) == 1
        columns += table.area if is_every else table.area[:-1]
    if layout.period.fill_down and table.period:
        columns.append(table.period)
    if layout.element and layout.element.fill_down and table.element:
        columns += table.element_above or [table.element]
    return sorted(dict.fromkeys(columns), key=int)


@lru_cache(maxsize=1 << 16)
def fits(pattern: str, text: str | None) -> bool:
    """Whether a text fits as it stands, without its spaces (合　计), or in half width; an empty cell does not."""
    return text is not None and any(
        re.search(pattern, written) for written in (text, re.sub(r"\s+", "", text), normalised(text))
    )


class FillDown:
    """Fills the names of one table down, column by column from the left: a block ends where one to its left does.

    Afterwards `filled` are the rows with their names, `kind` says what each row is (VALUES, TOTAL, LEFT_OUT), and
    `doubt_of` has, for the rows whose name is not certain, the position of the reason in `doubts`, else -1.
    """

    def __init__(
        self,
        rows: Rows,
        table: Table,
        kind: np.ndarray,
        is_note: np.ndarray,
        labels: list[str],
        before: RowsBefore,
    ) -> None:
        self.filled = rows
        self.kind = kind
        self.before = before
        self.doubts: list[Doubt] = []
        self.doubt_of = np.full(len(rows), -1)
        self._written = rows
        self._table = table
        self._is_note = is_note
        self._labels = labels
        self._changes = np.zeros(len(rows), dtype=bool)
        self._has_value = np.zeros(len(rows), dtype=bool)
        for column in table.value_columns:
            self._has_value |= rows.is_there(column.name)

    def fill(self, columns: list[str], marks: SheetMarks, holds: Holds, *, adds_up: bool) -> None:
        if not len(self._written) or not columns:
            return
        last_area = max((name for name in columns if name in self._table.area), key=int, default=None)
        block = self._table.layout.area.block
        for name in columns:
            ranges = _vertical_ranges(marks, int(name), self._table.first_row)
            if block is not None and name == last_area:
                self._fill_blocks(name, block)
            elif ranges:
                self._fill_ranges(name, ranges)
            else:
                self._fill_until_next(name, columns, holds)
        is_certain = block is not None or _vertical_ranges(marks, int(last_area or 0), self._table.first_row)
        if last_area and not is_certain and not adds_up:
            self._end_where_a_cycle_begins(last_area)
        self.before = replace(self.before, has_begun=self.before.has_begun or bool(self._is_data.any()))

    @property
    def _is_data(self) -> np.ndarray:
        return self._has_value & (self.kind == VALUES)

    def _fill_until_next(self, name: str, columns: list[str], holds: Holds) -> None:
        """Each name holds for the rows below it, until the next name or the end of a block to its left."""
        texts = self._written.texts(name)
        is_passed_over = self._is_note & (name not in self._table.area)
        owner = last_true_up_to(texts.is_there & ~is_passed_over)
        last_change = last_true_up_to(self._changes)
        is_carried = (owner < 0) & (last_change < 0)
        owner = np.where(owner >= last_change, owner, -1)
        owner, is_carried = self._ended(name, owner, is_carried)
        is_named = self._take(name, owner, is_carried)
        if not self.before.has_begun and (first := int(np.argmax(self._is_data))) in np.flatnonzero(
            self._is_data
        ):
            others = [column for column in columns if int(column) < int(name)]
            is_left_named = any(self._written.texts(column).of_row(first) for column in others)
            if not is_named[first] and not is_left_named and not self._is_area_above(first, name, holds):
                self.before = replace(self.before, doubted=self.before.doubted | {name})
        if name in self.before.doubted:
            self._doubt(
                is_named & ~texts.is_there,
                "no name of its own, below a first row that has none",
                _WHERE,
            )

    def _is_area_above(self, row: int, name: str, holds: Holds) -> bool:
        """Whether the first row, without a name in this column, is of an area that holds the first area named below."""
        own = [
            self._written.texts(column).of_row(row) for column in self._table.area if int(column) > int(name)
        ]
        texts = self._written.texts(name)
        below = next((texts.of_row(at) for at in np.flatnonzero(texts.is_there).tolist()), None)
        label = next(filter(None, reversed(own)), None)
        return name in self._table.area and label is not None and below is not None and holds(label, below)

    def _fill_ranges(self, name: str, ranges: list[tuple[int, int]]) -> None:
        """Merged cells of the workbook: each name fills its own range exactly."""
        numbers, texts = self._written.numbers, self._written.texts(name)
        owner = np.where(texts.is_there, np.arange(len(numbers)), -1)
        is_inside = np.zeros(len(numbers), dtype=bool)
        for first, last in ranges:
            start, stop = np.searchsorted(numbers, [first, last + 1])
            if start < stop and numbers[start] == first:
                owner[start:stop] = start
                is_inside[start:stop] = True
        owner, is_carried = self._ended(name, owner, np.zeros(len(numbers), dtype=bool))
        self._take(name, owner, is_carried)
        has_label = np.zeros(len(numbers), dtype=bool)
        for column in self._table.area if name in self._table.area else [name]:
            has_label |= self._written.is_there(column)
        self._doubt(
            ~has_label & ~is_inside,
            "no name: the row lies in no merged cell that holds one",
            "a name in its row, or a merged cell that reaches over it",
        )

    def _fill_blocks(self, name: str, block: Block) -> None:
        """Blocks of a fixed number of rows, with the name on the row that source.toml says.

        A row in no block, or in two, has no name.
        """
        texts = self._written.texts(name)
        is_note = (self.kind == LEFT_OUT) & ~self._has_value
        others = [*self._labels, self._table.element] if self._table.element else self._labels
        is_row = self._has_value.copy()
        for column in others:
            is_row |= self._written.is_there(column)
        sequence = np.flatnonzero(is_row & ~is_note)
        owner = np.full(len(texts.at), -1)
        times = np.zeros(len(texts.at), dtype=np.int64)
        named = np.flatnonzero(texts.is_there[sequence]).tolist()
        for before, index, after in zip([-1, *named], named, [*named[1:], len(sequence)], strict=False):
            first = index - block.named_row + 1
            covered = sequence[max(first, before + 1) : min(first + block.rows, after)]
            owner[covered] = sequence[index]
            times[covered] += 1
        owner[times > 1] = -1
        self.kind = np.where((owner >= 0) & (self.kind == VALUES), self.kind[owner], self.kind)
        self._take(name, owner, np.zeros(len(owner), dtype=bool))
        self._doubt(
            owner < 0,
            "no name: the row lies in no block, or in two",
            f"blocks of {block.rows} rows with the name on row {block.named_row} ([area] block in source.toml)",
        )

    def _take(self, name: str, owner: np.ndarray, is_carried: np.ndarray) -> np.ndarray:
        """Give each row the text of the row that names it (`owner`, -1 for none); returns which rows have a text then."""
        texts = self._written.texts(name)
        distinct = list(texts.distinct)
        for text in (self.before.names.get(name), None):
            if text not in distinct:
                distinct.append(text)
        carried, nothing = distinct.index(self.before.names.get(name)), distinct.index(None)
        at = np.where(owner >= 0, texts.at[owner], np.where(is_carried, carried, nothing))
        before = np.concatenate([[carried], at[:-1]])
        self._changes = self._changes | (at != before)
        self.before = replace(self.before, names=self.before.names | {name: distinct[at[-1]]})
        shown = np.where(self.kind == VALUES, at, texts.at)
        self.filled = self.filled.written_over({name: TextColumn(distinct, shown)})
        return at != nothing

    def _ended(self, name: str, owner: np.ndarray, is_carried: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Take names away that are no names: a text that is left out, or a total's, is not filled down.

        In the last column of areas, and in that of the period, the rows below it are refused.
        """
        layout, texts = self._table.layout, self._written.texts(name)
        kinds = np.full(len(texts.distinct), VALUES)
        if name in self._labels:
            for kind, pattern in ((TOTAL, layout.rows.totals), (LEFT_OUT, layout.rows.leave_out)):
                for number, text in enumerate(texts.distinct):
                    if pattern and fits(pattern, text):
                        kinds[number] = kind
        before = self.before.names_kind.get(name, VALUES)
        if not kinds.any() and not before:
            return owner, is_carried
        of_name = np.where(owner >= 0, kinds[texts.at[owner]], np.where(is_carried, before, VALUES))
        self.before = replace(self.before, names_kind=self.before.names_kind | {name: int(of_name[-1])})
        is_ended = (of_name != VALUES) & ~texts.is_there
        if name in (*self._table.area[-1:], self._table.period):
            self._doubt(
                is_ended,
                "a row below a name that is left out, or a total's",
                "the name of its area and period in the row",
            )
        return np.where(is_ended, -1, owner), is_carried & ~is_ended

    def _end_where_a_cycle_begins(self, name: str) -> None:
        """Refuse rows of a block whose name is missing.

        Its first row is like the first rows of other blocks, and comes after a row like those that follow there.
        """
        table = self._table
        if table.element is None:
            return
        others = [column for column in table.area if column != name]
        columns = [*table.element_above, table.element, table.period, table.year, *others]
        _, key = distinct_combinations(
            [self._written.texts(c) if c else None for c in columns], len(self._written)
        )
        is_there, figures = self._written.is_there(name), self._is_data
        begins = np.unique(key[is_there & figures])
        again = np.flatnonzero(~is_there & figures & np.isin(key, begins))
        if not len(again):
            return
        owner = last_true_up_to(is_there)
        followers: dict[int, set[int]] = {}
        for row in np.flatnonzero(~is_there & figures & (owner >= 0)).tolist():
            followers.setdefault(int(key[owner[row]]), set()).add(int(key[row]))
        before = last_true_up_to(figures)
        is_begin = np.zeros(len(key), dtype=bool)
        for row in again.tolist():
            last = before[row - 1] if row else -1
            is_begin[row] = last >= 0 and int(key[last]) in followers.get(int(key[row]), ())
        self._doubt(
            ~is_there & (last_true_up_to(is_begin) > owner),
            "no name, and another block begins at this row or above",
            _WHERE,
        )

    def _doubt(self, mask: np.ndarray, found: str, expected: str) -> None:
        mask = mask & self._is_data & (self.doubt_of < 0)
        if mask.any():
            self.doubt_of[mask] = len(self.doubts)
            self.doubts.append(Doubt(found, expected))


def _vertical_ranges(marks: SheetMarks, column: int, first_row: int) -> list[tuple[int, int]]:
    """First and last row of the merged cells of a column that reach over several rows, below the header."""
    return [
        (top, bottom)
        for top, left, bottom, _ in marks.merged
        if left == column and bottom > top and top >= first_row
    ]
