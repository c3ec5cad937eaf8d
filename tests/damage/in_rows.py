"""Damage to rows: lines lost, doubled, shifted, misnamed, and what is put between them."""

from __future__ import annotations

from tests.damage.good_files import TOWNSHIPS
from tests.damage.kinds import Choose, Damage, Kinds, Tables, copied, damaged
from tests.damage.table_file import Grid, Table

KINDS = Kinds("rows")


def _any(choose: Choose, tables: Tables) -> Table:
    return choose(list(tables.values()))


def _empty(table: Table) -> list[None]:
    return [None] * len(table.grid[0])


def _blocks_of_county(table: Table, choose: Choose) -> list[tuple[int, ...]]:
    """The rows of the townships of one county, township by township."""
    size = table.rows_of_area
    blocks = [table.body[at : at + size] for at in range(0, len(table.body), size)]
    of_county = [len(townships) for townships in TOWNSHIPS.values()]
    return choose([blocks[: of_county[0]], blocks[of_county[0] :]])


@KINDS.kind()
def row_deleted(choose: Choose, tables: Tables) -> Damage:
    """The row of an area is missing."""
    table = _any(choose, tables)
    grid = copied(table)
    del grid[choose(table.body)]
    return damaged(table, grid)


@KINDS.kind()
def row_doubled(choose: Choose, tables: Tables) -> Damage:
    """The row of an area stands twice."""
    table = _any(choose, tables)
    grid = copied(table)
    grid.insert(choose(table.body) + 1, list(grid[choose(table.body)]))
    return damaged(table, grid)


@KINDS.kind(must_be="harmless")
def rows_swapped(choose: Choose, tables: Tables) -> Damage:
    """Two areas of a county are in another order."""
    table = _any(choose, tables)
    blocks = _blocks_of_county(table, choose)
    grid = copied(table)
    for first, second in zip(choose(blocks), choose(blocks), strict=True):
        grid[first][1:], grid[second][1:] = grid[second][1:], grid[first][1:]
    return damaged(table, grid)


@KINDS.kind()
def row_shifted_left(choose: Choose, tables: Tables) -> Damage:
    """From some cell on, a row has moved one cell to the left."""
    table = _any(choose, tables)
    row, column = choose(table.body), choose([*table.names, *table.figures])
    grid = copied(table)
    del grid[row][column]
    grid[row].append(None)
    return damaged(table, grid)


@KINDS.kind()
def row_shifted_right(choose: Choose, tables: Tables) -> Damage:
    """From some cell on, a row has moved one cell to the right."""
    table = _any(choose, tables)
    row, column = choose(table.body), choose([*table.names, *table.figures])
    grid = copied(table)
    grid[row].insert(column, None)
    return damaged(table, grid)


def _renamed(choose: Choose, tables: Tables, rename) -> Damage:
    """Rewrite one name of an area where it stands."""
    table = _any(choose, tables)
    row, column = choose([(row, at) for row in table.body for at in table.names if table.grid[row][at]])
    grid = copied(table)
    grid[row][column] = rename(grid[row][column], column)
    return damaged(table, grid)


@KINDS.kind()
def name_misspelt(choose: Choose, tables: Tables) -> Damage:
    """A character of an area's name is wrong."""

    def misspell(name: str, _: int) -> str:
        at = choose(range(len(name)))
        return name[:at] + choose("某大新") + name[at + 1 :]

    return _renamed(choose, tables, misspell)


@KINDS.kind()
def name_blank(choose: Choose, tables: Tables) -> Damage:
    """An area's name is missing."""
    return _renamed(choose, tables, lambda *_: None)


@KINDS.kind()
def name_of_a_sibling(choose: Choose, tables: Tables) -> Damage:
    """A row bears the name of another area."""
    counties = [county for county, _ in TOWNSHIPS]
    townships = [name for areas in TOWNSHIPS.values() for name, _ in areas]

    def other(name: str, column: int) -> str:
        return choose([option for option in (townships if column else counties) if option != name])

    return _renamed(choose, tables, other)


@KINDS.kind(must_be="harmless")
def name_in_short(choose: Choose, tables: Tables) -> Damage:
    """An area's name is without its last character: 柳溪 for 柳溪乡."""
    return _renamed(choose, tables, lambda name, _: name[:-1])


@KINDS.kind(must_be="harmless")
def name_with_spaces(choose: Choose, tables: Tables) -> Damage:
    """Spaces or a line break stand in an area's name."""
    return _renamed(choose, tables, lambda name, _: choose([" ", "　", "\u00a0", "\n"]).join([*name, ""]))


@KINDS.kind(must_be="harmless")
def name_in_other_characters(choose: Choose, tables: Tables) -> Damage:
    """An area's name is in traditional characters: 鎮, 鄉, 縣."""
    traditional = str.maketrans("镇乡县", "鎮鄉縣")
    return _renamed(choose, tables, lambda name, _: name.translate(traditional))


@KINDS.kind()
def row_of_another_county(choose: Choose, tables: Tables) -> Damage:
    """The rows of an area have moved among those of another county."""
    table = _any(choose, tables)
    size = table.rows_of_area
    blocks = [table.body[at : at + size] for at in range(0, len(table.body), size)]
    block, before = choose(blocks), choose(blocks)
    moved = [table.grid[row] for row in block]
    grid: Grid = []
    for number, row in enumerate(table.grid):
        if number == before[0]:
            grid += [list(row) for row in moved]
        if number not in block:
            grid.append(list(row))
    return damaged(table, grid)


@KINDS.kind()
def total_row_deleted(choose: Choose, tables: Tables) -> Damage:
    """A total row is missing."""
    table = _any(choose, tables)
    grid = copied(table)
    del grid[choose(table.totals)]
    return damaged(table, grid)


@KINDS.kind()
def total_row_moved(choose: Choose, tables: Tables) -> Damage:
    """A total row stands elsewhere among the rows."""
    table = _any(choose, tables)
    grid = copied(table)
    total = grid.pop(choose(table.totals))
    grid.insert(choose(table.body), total)
    return damaged(table, grid)


@KINDS.kind()
def total_row_called_otherwise(choose: Choose, tables: Tables) -> Damage:
    """A total row has a name that source.toml does not know."""
    table = _any(choose, tables)
    grid = copied(table)
    row = choose(table.totals)
    column = next(at for at in table.names if grid[row][at])
    grid[row][column] = choose(["全县", "总计", "计", "Total", "示例省", "青禾县"])
    return damaged(table, grid)


@KINDS.kind()
def total_row_without_name(choose: Choose, tables: Tables) -> Damage:
    """A total row has lost its name."""
    table = _any(choose, tables)
    grid = copied(table)
    row = choose(table.totals)
    for column in table.names:
        grid[row][column] = None
    return damaged(table, grid)


@KINDS.kind()
def total_cell_changed(choose: Choose, tables: Tables) -> Damage:
    """A figure of a total row is another."""
    table = _any(choose, tables)
    grid = copied(table)
    row, column = choose(table.totals), choose(table.figures)
    grid[row][column] += choose([1, 2, 3, 9, 100])
    return damaged(table, grid)


@KINDS.kind(must_be="harmless")
def blank_row(choose: Choose, tables: Tables) -> Damage:
    """An empty row has come in."""
    table = _any(choose, tables)
    grid = copied(table)
    grid.insert(choose(range(table.body[0], len(grid) + 1)), _empty(table))
    return damaged(table, grid)


@KINDS.kind(must_be="harmless")
def footnote(choose: Choose, tables: Tables) -> Damage:
    """A footnote has come in."""
    table = _any(choose, tables)
    grid = copied(table)
    note = choose(["注：含补报。", "说明：本月数据为初步数，见附件12。", "注: 1.按户籍地统计 2.含双胞胎"])
    grid.insert(choose(range(table.body[0], len(grid) + 1)), [note, *_empty(table)[1:]])
    return damaged(table, grid)


@KINDS.kind()
def remark_in_a_row_of_its_own(choose: Choose, tables: Tables) -> Damage:
    """A remark that source.toml does not know stands in a row of its own."""
    table = _any(choose, tables)
    grid = copied(table)
    text = choose(["数据来源：县统计局", "填报人：办公室", "2024年8月31日", "第1页"])
    row = _empty(table)
    row[choose([*table.names, *table.figures])] = text
    grid.insert(choose(range(table.body[0], len(grid) + 1)), row)
    return damaged(table, grid)


@KINDS.kind(must_be="harmless")
def title_put_in(choose: Choose, tables: Tables) -> Damage:
    """One more title stands above."""
    table = _any(choose, tables)
    grid = copied(table)
    grid.insert(0, [choose(["附件1", "示例省统计局", "（内部资料）"]), *_empty(table)[1:]])
    return damaged(table, grid)
