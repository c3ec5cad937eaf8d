"""Damage to columns and headers: what becomes of a layout from one month to the next."""

from __future__ import annotations

from itertools import pairwise

from tests.damage.kinds import Choose, Damage, Kinds, Tables, copied, damaged
from tests.damage.table_file import Cell, Grid, Table

KINDS = Kinds("columns and headers")


def _any(choose: Choose, tables: Tables) -> Table:
    return choose(list(tables.values()))


def _spread(table: Table) -> Grid:
    """The grid with the upper rows of a merged header written over every column."""
    grid = copied(table)
    for row in table.header[:-1]:
        for column in range(1, len(grid[row])):
            grid[row][column] = grid[row][column] or grid[row][column - 1]
    return grid


def _merged(table: Table, grid: Grid) -> Grid:
    """The grid with equal neighbours in the upper rows of a header merged again."""
    for row in table.header[:-1]:
        kept = [later if later != earlier else None for earlier, later in pairwise(grid[row])]
        grid[row] = [grid[row][0], *kept]
    return grid


def _rearranged(table: Table, order: list[int | None]) -> Damage:
    """The columns below the titles in another order, None for an empty one."""
    grid = _spread(table)
    top = table.header[0]
    grid[top:] = [[None if column is None else row[column] for column in order] for row in grid[top:]]
    width = len(order)
    grid[:top] = [(row + [None] * width)[: max(width, len(row))] for row in grid[:top]]
    for row in table.header[:-1]:
        for column in range(1, width):
            if order[column] is None:
                grid[row][column] = grid[row][column - 1]
    return damaged(table, _merged(table, grid))


def _columns(table: Table) -> list[int]:
    return list(range(len(table.grid[0])))


@KINDS.kind()
def column_deleted(choose: Choose, tables: Tables) -> Damage:
    """A column is missing."""
    table = _any(choose, tables)
    lost = choose(_columns(table))
    return _rearranged(table, [column for column in _columns(table) if column != lost])


@KINDS.kind()
def column_doubled(choose: Choose, tables: Tables) -> Damage:
    """A column stands twice."""
    table = _any(choose, tables)
    order: list[int | None] = list(_columns(table))
    order.insert(choose(_columns(table)), choose(_columns(table)))
    return _rearranged(table, order)


@KINDS.kind(must_be="harmless")
def empty_column(choose: Choose, tables: Tables) -> Damage:
    """An empty column has come in."""
    table = _any(choose, tables)
    order: list[int | None] = list(_columns(table))
    order.insert(choose(range(1, len(order) + 1)), None)
    return _rearranged(table, order)


@KINDS.kind(must_be="harmless")
def columns_reordered(choose: Choose, tables: Tables) -> Damage:
    """A column has moved, with its header."""
    table = _any(choose, tables)
    order: list[int | None] = list(_columns(table))
    moved = order.pop(choose(_columns(table)))
    order.insert(choose(_columns(table)), moved)
    return _rearranged(table, order)


@KINDS.kind(must_be="harmless")
def unknown_column(choose: Choose, tables: Tables) -> Damage:
    """A column that source.toml does not name has come in, with figures."""
    table = _any(choose, tables)
    grid = copied(table)
    for number, row in enumerate(grid):
        cell: Cell = choose(range(50)) if number in table.body else None
        row.append(choose(["其中：流动人口", "备注", "同比"]) if number == table.header[0] else cell)
    return damaged(table, grid)


@KINDS.kind()
def column_renamed(choose: Choose, tables: Tables) -> Damage:
    """A header is another."""
    table = _any(choose, tables)
    grid = copied(table)
    row, column = choose([(row, at) for row in table.header for at in _columns(table) if grid[row][at]])
    grid[row][column] = choose(["其他", "数量", "本月数", "合计数"])
    return damaged(table, grid)


@KINDS.kind()
def header_blank(choose: Choose, tables: Tables) -> Damage:
    """A header is missing."""
    table = _any(choose, tables)
    grid = copied(table)
    row, column = choose([(row, at) for row in table.header for at in _columns(table) if grid[row][at]])
    grid[row][column] = None
    return damaged(table, grid)


@KINDS.kind(must_be="harmless")
def header_wrapped(choose: Choose, tables: Tables) -> Damage:
    """A line break or spaces stand in a header."""
    table = _any(choose, tables)
    grid = copied(table)
    row, column = choose([(row, at) for row in table.header for at in _columns(table) if grid[row][at]])
    text = grid[row][column]
    at = choose(range(1, len(text) + 1))
    grid[row][column] = text[:at] + choose(["\n", " ", "　", "\r\n"]) + text[at:]
    return damaged(table, grid)


@KINDS.kind()
def header_row_deleted(choose: Choose, tables: Tables) -> Damage:
    """A row of the header is missing."""
    table = _any(choose, tables)
    grid = copied(table)
    del grid[choose(table.header)]
    return damaged(table, grid)


@KINDS.kind(must_be="harmless")
def header_repeated(choose: Choose, tables: Tables) -> Damage:
    """The header stands again in the middle, as after a page break."""
    table = _any(choose, tables)
    grid = copied(table)
    at = choose(table.body)
    grid[at:at] = [list(grid[row]) for row in table.header]
    return damaged(table, grid)


@KINDS.kind()
def figures_moved_under_another_header(choose: Choose, tables: Tables) -> Damage:
    """The figures of a column have moved under the header to the right, and so on to the last."""
    table = _any(choose, tables)
    grid = copied(table)
    first = choose(table.figures)
    for row in (*table.body, *table.totals):
        grid[row].insert(first, None)
    return damaged(table, grid)


@KINDS.kind(must_be="refused")
def column_of_names(choose: Choose, tables: Tables) -> Damage:
    """A column with names of persons has come in."""
    table = _any(choose, tables)
    grid = copied(table)
    for number, row in enumerate(grid):
        header = choose(["姓名", "产妇姓名", "联系人", "联系电话"]) if number == table.header[-1] else None
        row.append("王某某" if number in table.body else header)
    return damaged(table, grid)
