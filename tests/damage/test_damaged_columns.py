"""Damage to columns and headers: what becomes of a layout from one month to the next."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.damage.kinds import Hit, Kinds
from tests.damage.struck import PERSONS

KINDS = Kinds("columns and headers")


def _rearrange(hit: Hit, order: list[int | None]) -> None:
    """Put the columns below the titles in another order, None for an empty one; merged headers go with their columns."""
    grid, upper, top = hit.grid, hit.table.header[:-1], hit.table.header[0]
    for row in upper:  # every column under a merged header gets its text
        for column in range(1, len(grid[row])):
            grid[row][column] = grid[row][column] or grid[row][column - 1]
    grid[top:] = [[None if column is None else row[column] for column in order] for row in grid[top:]]
    grid[:top] = [(row + [None] * len(order))[: max(len(order), len(row))] for row in grid[:top]]
    for row in upper:  # merged again
        for column in range(1, len(order)):
            if order[column] is None:
                grid[row][column] = grid[row][column - 1]
        kept = [later if later != earlier else None for earlier, later in pairwise(grid[row])]
        grid[row] = [grid[row][0], *kept]


def _columns(hit: Hit) -> list[int]:
    return list(range(len(hit.grid[0])))


def _header(hit: Hit) -> tuple[int, int]:
    """Row and column of a header that has a text."""
    return hit.choose([(row, at) for row in hit.table.header for at in _columns(hit) if hit.grid[row][at]])


@KINDS.kind()
def column_deleted(hit: Hit) -> None:
    """A column is missing."""
    lost = hit.choose(_columns(hit))
    _rearrange(hit, [column for column in _columns(hit) if column != lost])


@KINDS.kind()
def column_doubled(hit: Hit) -> None:
    """A column stands twice."""
    order = _columns(hit)
    order.insert(hit.choose(_columns(hit)), hit.choose(_columns(hit)))
    _rearrange(hit, order)


@KINDS.kind(must_be="harmless")
def empty_column(hit: Hit) -> None:
    """An empty column has come in."""
    order: list[int | None] = [*_columns(hit)]
    order.insert(hit.choose(range(1, len(order) + 1)), None)
    _rearrange(hit, order)


@KINDS.kind(must_be="harmless")
def columns_reordered(hit: Hit) -> None:
    """A column has moved, with its header."""
    order = _columns(hit)
    moved = order.pop(hit.choose(_columns(hit)))
    order.insert(hit.choose(_columns(hit)), moved)
    _rearrange(hit, order)


@KINDS.kind(must_be="harmless")
def unknown_column(hit: Hit) -> None:
    """A column that source.toml does not name has come in, with figures."""
    for number, row in enumerate(hit.grid):
        row.append(hit.choose(range(50)) if number in hit.table.body else None)
    hit.grid[hit.table.header[0]][-1] = hit.choose(["其中：流动人口", "备注", "同比"])


@KINDS.kind()
def column_renamed(hit: Hit) -> None:
    """A header is another."""
    row, column = _header(hit)
    hit.grid[row][column] = hit.choose(["其他", "数量", "本月数", "合计数"])


@KINDS.kind()
def header_blank(hit: Hit) -> None:
    """A header is missing."""
    row, column = _header(hit)
    hit.grid[row][column] = None


@KINDS.kind(must_be="harmless")
def header_wrapped(hit: Hit) -> None:
    """A line break or spaces stand in a header."""
    row, column = _header(hit)
    text = hit.grid[row][column]
    at = hit.choose(range(1, len(text) + 1))
    hit.grid[row][column] = text[:at] + hit.choose(["\n", " ", "　", "\r\n"]) + text[at:]


@KINDS.kind()
def header_row_deleted(hit: Hit) -> None:
    """A row of the header is missing."""
    del hit.grid[hit.choose(hit.table.header)]


@KINDS.kind(must_be="harmless")
def header_repeated(hit: Hit) -> None:
    """The header stands again in the middle, as after a page break."""
    at = hit.row()
    hit.grid[at:at] = [list(hit.grid[row]) for row in hit.table.header]


@KINDS.kind()
def figures_moved_under_another_header(hit: Hit) -> None:
    """The figures of a column have moved under the header to the right, and so on to the last."""
    first = hit.column()
    for row in (*hit.table.body, *hit.table.totals):
        hit.grid[row].insert(first, None)


@KINDS.kind(must_be="refused")
def column_of_names(hit: Hit) -> None:
    """A column with names of persons has come in."""
    for number, row in enumerate(hit.grid):
        row.append(PERSONS[-1] if number in hit.table.body else None)
    hit.grid[hit.table.header[-1]][-1] = hit.choose(["姓名", "产妇姓名", "联系人", "联系电话"])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_damage_is_told(kind, assert_told):
    assert_told(kind)
