"""Names written once for a block of rows, filled down over it; and the rows whose name is not certain."""

import re
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial

import numpy as np

from pipeline.ingest.readers.sheet import SheetMarks
from pipeline.ingest.source import Layout
from pipeline.ingest.source_toml import Block
from pipeline.ingest.tables.grid import Rows, distinct_combinations, last_true_up_to
from pipeline.ingest.tables.header import Table
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.spelling import normalised

VALUES, TOTAL, LEFT_OUT = 0, 1, 2  # what a row is
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
class Doubts:
    """Rows whose name is not certain: what is found there and expected, and for each row which of them, -1 for none."""

    reasons: tuple[tuple[str, str], ...]
    of_row: np.ndarray

    def where(self, mask: np.ndarray) -> "Doubts | None":
        return Doubts(self.reasons, self.of_row[mask]) if self.reasons else None


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


def kinds_of(rows: Rows, name: str, layout: Layout) -> np.ndarray:
    """What each row is by its text in a column: one that fits both `totals` and `leave_out` is left out."""
    kinds = np.full(len(rows), VALUES)
    for kind, pattern in patterns_of_kinds(layout):
        kinds[rows.grid.fitting(rows.codes(name), partial(fits, pattern))] = kind
    return kinds


def patterns_of_kinds(layout: Layout) -> list[tuple[int, str]]:
    patterns = ((TOTAL, layout.rows.totals), (LEFT_OUT, layout.rows.leave_out))
    return [(kind, pattern) for kind, pattern in patterns if pattern]


@lru_cache(maxsize=1 << 16)
def fits(pattern: str, text: str) -> bool:
    """Whether a text fits as it stands, without its spaces (合　计), or in half width."""
    written = (text, re.sub(r"\s+", "", text), normalised(text))
    return any(re.search(pattern, each) for each in written)


@dataclass
class FillDown:
    """Fills the names of one table down, column by column from the left: a block ends where one to its left does.

    Afterwards `filled` are the rows with their names, `kind` says what each row is (VALUES, TOTAL, LEFT_OUT), and
    `doubts` has the rows whose name is not certain.
    """

    rows: Rows
    table: Table
    kind: np.ndarray
    is_note: np.ndarray
    labels: list[str]
    before: RowsBefore

    def __post_init__(self) -> None:
        self.filled = self.rows
        self._reasons: list[tuple[str, str]] = []
        self._doubt_of = np.full(len(self.rows), -1)
        self._changes = np.zeros(len(self.rows), dtype=bool)
        self._has_value = self.rows.any_there(self.table.value_names)

    @property
    def doubts(self) -> Doubts:
        return Doubts(tuple(self._reasons), self._doubt_of)

    def fill(self, columns: list[str], marks: SheetMarks, names: AreaNames, *, adds_up: bool) -> None:
        if not len(self.rows) or not columns:
            return
        last_area = max((name for name in columns if name in self.table.area), key=int, default=None)
        block = self.table.layout.area.block
        is_certain = block is not None
        for name in columns:
            ranges = _vertical_ranges(marks, int(name), self.table.first_row)
            is_certain |= name == last_area and bool(ranges)
            if block is not None and name == last_area:
                self._fill_blocks(name, block)
            elif ranges:
                self._fill_ranges(name, ranges)
            else:
                self._fill_until_next(name, columns, names)
        if last_area and not is_certain and not adds_up:
            self._end_where_a_cycle_begins(last_area)
        self.before = replace(self.before, has_begun=self.before.has_begun or bool(self._is_data.any()))

    @property
    def _is_data(self) -> np.ndarray:
        return self._has_value & (self.kind == VALUES)

    def _fill_until_next(self, name: str, columns: list[str], names: AreaNames) -> None:
        """Each name holds for the rows below it, until the next name or the end of a block to its left."""
        is_there = self.rows.codes(name) > 0
        owner = last_true_up_to(is_there & ~(self.is_note & (name not in self.table.area)))
        last_change = last_true_up_to(self._changes)
        is_carried = (owner < 0) & (last_change < 0)
        is_named = self._take(name, np.where(owner >= last_change, owner, -1), is_carried)
        if not self.before.has_begun and self._is_data.any():
            first = int(np.argmax(self._is_data))
            left = [self.rows.text(column, first) for column in columns if int(column) < int(name)]
            if not (is_named[first] or any(left) or self._is_area_above(first, name, names)):
                self.before = replace(self.before, doubted=self.before.doubted | {name})
        if name in self.before.doubted:
            found = "no name of its own, below a first row that has none"
            self._doubt(is_named & ~is_there, found, _WHERE)

    def _is_area_above(self, row: int, name: str, names: AreaNames) -> bool:
        """Whether the first row, without a name in this column, is of an area that holds the first area named below."""
        if name not in self.table.area:
            return False
        own = [self.rows.text(column, row) for column in self.table.area if int(column) > int(name)]
        label = next(filter(None, reversed(own)), None)
        named = np.flatnonzero(self.rows.codes(name)).tolist()
        below = self.rows.text(name, named[0]) if named else None
        return label is not None and below is not None and names.holds(label, below)

    def _fill_ranges(self, name: str, ranges: list[tuple[int, int]]) -> None:
        """Merged cells of the workbook: each name fills its own range exactly."""
        numbers = self.rows.numbers
        owner = np.where(self.rows.codes(name) > 0, np.arange(len(numbers)), -1)
        is_inside = np.zeros(len(numbers), dtype=bool)
        for first, last in ranges:
            start, stop = np.searchsorted(numbers, [first, last + 1])
            if start < stop and numbers[start] == first:
                owner[start:stop] = start
                is_inside[start:stop] = True
        self._take(name, owner, np.zeros(len(numbers), dtype=bool))
        has_label = self.rows.any_there(self.table.area if name in self.table.area else [name])
        self._doubt(
            ~has_label & ~is_inside,
            "no name: the row lies in no merged cell that holds one",
            "a name in its row, or a merged cell that reaches over it",
        )

    def _fill_blocks(self, name: str, block: Block) -> None:
        """Blocks of a fixed number of rows, with the name on the row that source.toml says.

        A row in no block, or in two, has no name.
        """
        labels = [*self.labels, *filter(None, [self.table.element])]
        is_row = self._has_value | self.rows.any_there(labels)
        sequence = np.flatnonzero(is_row & ((self.kind != LEFT_OUT) | self._has_value))
        owner = np.full(len(is_row), -1)
        times = np.zeros(len(is_row), dtype=np.int64)
        named = np.flatnonzero(self.rows.codes(name)[sequence]).tolist()
        for before, index, after in zip([-1, *named], named, [*named[1:], len(sequence)], strict=False):
            first = index - block.named_row + 1
            covered = sequence[max(first, before + 1) : min(first + block.rows, after)]
            owner[covered] = sequence[index]
            times[covered] += 1
        owner[times > 1] = -1
        self.kind = np.where((owner >= 0) & (self.kind == VALUES), self.kind[owner], self.kind)
        self._fill(name, owner, np.zeros(len(owner), dtype=bool))
        self._doubt(
            owner < 0,
            "no name: the row lies in no block, or in two",
            f"blocks of {block.rows} rows with the name on row {block.named_row} ([area] block in source.toml)",
        )

    def _take(self, name: str, owner: np.ndarray, is_carried: np.ndarray) -> np.ndarray:
        """As `_fill`, but a text that is left out, or a total's, is no name: it is not filled down.

        In the last column of areas, and in that of the period, the rows below it are refused.
        """
        before = self.before.names_kind.get(name, VALUES)
        kinds = kinds_of(self.rows, name, self.table.layout)
        if not before and not (name in self.labels and kinds.any()):
            return self._fill(name, owner, is_carried)
        of_name = np.where(owner >= 0, kinds[owner], np.where(is_carried, before, VALUES))
        self.before = replace(self.before, names_kind=self.before.names_kind | {name: int(of_name[-1])})
        is_ended = (of_name != VALUES) & (self.rows.codes(name) == 0)
        if name in (*self.table.area[-1:], self.table.period):
            found = "a row below a name that is left out, or a total's"
            self._doubt(is_ended, found, "the name of its area and period in the row")
        return self._fill(name, np.where(is_ended, -1, owner), is_carried & ~is_ended)

    def _fill(self, name: str, owner: np.ndarray, is_carried: np.ndarray) -> np.ndarray:
        """Give each row the text of the row that names it (`owner`, -1 for none); returns which rows have a text then."""
        codes, grid = self.rows.codes(name), self.rows.grid
        carried = grid.code_of(self.before.names.get(name))
        named = np.where(owner >= 0, codes[owner], np.where(is_carried, carried, 0))
        self._changes = self._changes | (np.diff(named, prepend=carried) != 0)
        self.before = replace(self.before, names=self.before.names | {name: grid.texts[named[-1]]})
        self.filled = self.filled.written_over(name, np.where(self.kind == VALUES, named, codes))
        return named > 0

    def _end_where_a_cycle_begins(self, name: str) -> None:
        """Refuse rows of a block whose name is missing.

        Its first row is like the first rows of other blocks, and comes after a row like those that follow there.
        """
        table = self.table
        if table.element is None:
            return
        others = [column for column in table.area if column != name]
        _, key = distinct_combinations(
            self.rows, [*table.element_above, table.element, table.period, table.year, *others]
        )
        is_there, figures = self.rows.codes(name) > 0, self._is_data
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
        mask = mask & self._is_data & (self._doubt_of < 0)
        if mask.any():
            self._doubt_of[mask] = len(self._reasons)
            self._reasons.append((found, expected))


def _vertical_ranges(marks: SheetMarks, column: int, first_row: int) -> list[tuple[int, int]]:
    """First and last row of the merged cells of a column that reach over several rows, below the header."""
    return [
        (top, bottom)
        for top, left, bottom, _ in marks.merged
        if left == column and bottom > top and top >= first_row
    ]
