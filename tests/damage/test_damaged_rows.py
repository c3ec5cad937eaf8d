"""Damage to rows: lines lost, doubled, shifted, misnamed, and what is put between them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.damage.good_files import TOWNSHIPS
from tests.damage.kinds import Hit, Kinds
from tests.damage.table_file import Cell

KINDS = Kinds("rows")


def _blocks(hit: Hit) -> list[tuple[int, ...]]:
    """The rows of each township."""
    size = hit.table.rows_of_area
    return [hit.table.body[at : at + size] for at in range(0, len(hit.table.body), size)]


def _rename(hit: Hit, renamed: Callable[[str, int], Cell]) -> None:
    """Write one name of an area otherwise where it stands."""
    row, column = hit.choose(
        [(row, at) for row in hit.table.body for at in hit.table.names if hit.grid[row][at]]
    )
    hit.grid[row][column] = renamed(hit.grid[row][column], column)


@KINDS.kind()
def row_deleted(hit: Hit) -> None:
    """The row of an area is missing."""
    del hit.grid[hit.row()]


@KINDS.kind()
def row_doubled(hit: Hit) -> None:
    """The row of an area stands twice."""
    hit.grid.insert(hit.row() + 1, list(hit.grid[hit.row()]))


@KINDS.kind(must_be="harmless")
def rows_swapped(hit: Hit) -> None:
    """Two areas of a county are in another order."""
    first_county = len(next(iter(TOWNSHIPS.values())))
    blocks = hit.choose([_blocks(hit)[:first_county], _blocks(hit)[first_county:]])
    for first, second in zip(hit.choose(blocks), hit.choose(blocks), strict=True):
        hit.grid[first][1:], hit.grid[second][1:] = hit.grid[second][1:], hit.grid[first][1:]


@KINDS.kind()
def row_shifted_left(hit: Hit) -> None:
    """From some cell on, a row has moved one cell to the left."""
    row = hit.grid[hit.row()]
    del row[hit.choose([*hit.table.names, *hit.table.figures])]
    row.append(None)


@KINDS.kind()
def row_shifted_right(hit: Hit) -> None:
    """From some cell on, a row has moved one cell to the right."""
    hit.grid[hit.row()].insert(hit.choose([*hit.table.names, *hit.table.figures]), None)


@KINDS.kind()
def name_misspelt(hit: Hit) -> None:
    """A character of an area's name is wrong."""

    def misspelt(name: str, _: int) -> str:
        at = hit.choose(range(len(name)))
        return name[:at] + hit.choose("某大新") + name[at + 1 :]

    _rename(hit, misspelt)


@KINDS.kind()
def name_blank(hit: Hit) -> None:
    """An area's name is missing."""
    _rename(hit, lambda *_: None)


@KINDS.kind()
def name_of_a_sibling(hit: Hit) -> None:
    """A row bears the name of another area."""
    counties = list(TOWNSHIPS)
    townships = [name for areas in TOWNSHIPS.values() for name in areas]
    _rename(
        hit, lambda name, column: hit.choose([o for o in (townships if column else counties) if o != name])
    )


@KINDS.kind(must_be="harmless")
def name_in_short(hit: Hit) -> None:
    """An area's name is without its last character: 柳溪 for 柳溪乡."""
    _rename(hit, lambda name, _: name[:-1])


@KINDS.kind(must_be="harmless")
def name_with_spaces(hit: Hit) -> None:
    """Spaces or a line break stand in an area's name."""
    _rename(hit, lambda name, _: hit.choose([" ", "　", "\u00a0", "\n"]).join([*name, ""]))


@KINDS.kind(must_be="harmless")
def name_in_other_characters(hit: Hit) -> None:
    """An area's name is in traditional characters: 鎮, 鄉, 縣."""
    _rename(hit, lambda name, _: name.translate(str.maketrans("镇乡县", "鎮鄉縣")))


@KINDS.kind()
def row_of_another_county(hit: Hit) -> None:
    """The rows of an area have moved among those of another county."""
    block, before = hit.choose(_blocks(hit)), hit.choose(_blocks(hit))
    moved = [list(hit.table.grid[row]) for row in block]
    kept = [row for row in range(len(hit.grid)) if row not in block]
    at = sum(row < before[0] for row in kept)
    hit.grid = [hit.grid[row] for row in kept]
    hit.grid[at:at] = moved


@KINDS.kind()
def total_row_deleted(hit: Hit) -> None:
    """A total row is missing."""
    del hit.grid[hit.choose(hit.table.totals)]


@KINDS.kind()
def total_row_moved(hit: Hit) -> None:
    """A total row stands elsewhere among the rows."""
    total = hit.grid.pop(hit.choose(hit.table.totals))
    hit.grid.insert(hit.row(), total)


@KINDS.kind()
def total_row_called_otherwise(hit: Hit) -> None:
    """A total row has a name that source.toml does not know."""
    row = hit.grid[hit.choose(hit.table.totals)]
    column = next(at for at in hit.table.names if row[at])
    row[column] = hit.choose(["全县", "总计", "计", "Total", "示例省", "青禾县"])


@KINDS.kind()
def total_row_without_name(hit: Hit) -> None:
    """A total row has lost its name."""
    row = hit.grid[hit.choose(hit.table.totals)]
    for column in hit.table.names:
        row[column] = None


@KINDS.kind()
def total_cell_changed(hit: Hit) -> None:
    """A figure of a total row is another."""
    hit.grid[hit.choose(hit.table.totals)][hit.column()] += hit.choose([1, 2, 3, 9, 100])


@KINDS.kind(must_be="harmless")
def blank_row(hit: Hit) -> None:
    """An empty row has come in."""
    hit.insert_below_header(hit.empty_row())


@KINDS.kind(must_be="harmless")
def footnote(hit: Hit) -> None:
    """A footnote has come in."""
    note = hit.choose(["注：含补报。", "说明：本月数据为初步数，见附件12。", "注: 1.按户籍地统计 2.含双胞胎"])
    hit.insert_below_header([note, *hit.empty_row()[1:]])


@KINDS.kind()
def remark_in_a_row_of_its_own(hit: Hit) -> None:
    """A remark that source.toml does not know stands in a row of its own."""
    row = hit.empty_row()
    row[hit.choose([*hit.table.names, *hit.table.figures])] = hit.choose(
        ["数据来源：县统计局", "填报人：办公室", "2024年8月31日", "第1页"]
    )
    hit.insert_below_header(row)


@KINDS.kind(must_be="harmless")
def title_put_in(hit: Hit) -> None:
    """One more title stands above."""
    hit.grid.insert(0, [hit.choose(["附件1", "示例省统计局", "（内部资料）"]), *hit.empty_row()[1:]])


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_damage_is_told(kind, assert_told):
    assert_told(kind)
