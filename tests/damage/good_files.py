"""The good files: what an office of a county, a register and a vaccination service send, from one set of births.

Beside their figures they carry what offices print: totals of rows, totals of columns, a rate. `workspace` beside this
module has the tables of reference and the descriptions of the three sources.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np

from tests.damage.table_file import Cell, Grid, Table

MONTHS = tuple(date(2024, month, 1) for month in range(1, 9))
# Births in a month, from a large county town to a mountain township.
TOWNSHIPS = {
    "青禾县": {"城关镇": 200, "柳溪乡": 60, "和平镇": 90, "白石镇": 25, "双河乡": 5},
    "松涛县": {"城关镇": 150, "云岭乡": 12, "清泉镇": 70, "石桥镇": 40, "北山乡": 8},
}
_SEED = 20240831
_AREA_HEADERS = ("县（市、区）", "乡镇（街道）")
_NAMES = [[county, township] for county, townships in TOWNSHIPS.items() for township in townships]


def write_good_workspace(root: Path) -> dict[str, Table]:
    """Write the workspace and return its files by path below data/raw."""
    shutil.copytree(Path(__file__).with_name("workspace"), root)
    tables = {table.path: table for table in _good_tables()}
    for path, table in tables.items():
        (root / "data" / "raw" / path).write_bytes(table.content())
    return tables


def _good_tables() -> Iterable[Table]:
    """The files of all sources, month by month; figures are arrays of months × townships (× sexes)."""
    random = np.random.default_rng(_SEED)
    means = np.array([mean for townships in TOWNSHIPS.values() for mean in townships.values()])
    shape = (len(MONTHS), len(means))
    births = np.stack([random.poisson(means * share, shape) for share in (0.52, 0.48)], axis=-1)
    deaths = random.poisson(means * 0.7, shape)
    grown = (births.sum(axis=-1) - deaths).cumsum(axis=0)
    population = (means * 1200 + random.integers(0, 500, len(means)) + grown).astype(int)
    men = (population * 0.508).astype(int)
    registered = births - random.binomial(births, 0.01)
    vaccinated = births - random.binomial(births, 0.02)
    for number, month in enumerate(MONTHS):
        so_far = slice(number + 1)
        people = np.stack([men[number], population[number] - men[number]], axis=-1)
        yield _monthly_return(month, births[number], deaths[number])
        yield _register(month, people, registered[so_far].sum(axis=0), deaths[so_far].sum(axis=0))
    yield _vaccinations(vaccinated)


def _monthly_return(month: date, births: np.ndarray, deaths: np.ndarray) -> Table:
    rows = [
        [*names, male + female, male, female, died, male + female - died]
        for names, (male, female), died in zip(_NAMES, births.tolist(), deaths.tolist(), strict=True)
    ]
    grid = [
        ["示例省乡镇出生死亡情况月报表"],
        [f"统计月份：{month.year}年{month.month}月", None, None, None, None, "单位：人"],
        [*_AREA_HEADERS, "出生合计", "其中：男", "其中：女", "死亡人数", "自然增加"],
        *rows,
        ["合计", None, *_sums(rows, 2)],
        ["注：按常住地统计。"],
    ]
    return Table(
        path=f"monthly_returns/乡镇月报_{month:%Y%m}.csv",
        grid=_padded(grid),
        header=(2,),
        figures=tuple(range(2, 7)),
        body=tuple(range(3, 3 + len(rows))),
        totals=(3 + len(rows),),
        encoding="gb18030",
    )


def _register(month: date, people: np.ndarray, births: np.ndarray, deaths: np.ndarray) -> Table:
    so_far = f"1—{month.month}月累计" if month.month > 1 else "1月累计"
    after = [f"{so_far}死亡", f"{so_far}自然增加", "出生率（‰）"]
    grid: Grid = [
        [f"{month.year}年{month.month}月人口统计月报表"],
        [*_AREA_HEADERS, "期末户籍人口（人）", None, None, f"{so_far}出生", None, None, *after],
        [None, None, "合计", "男", "女", "合计", "男", "女", None, None, None],
    ]
    counts = [
        [men + women, men, women, male + female, male, female, died, male + female - died]
        for (men, women), (male, female), died in zip(
            people.tolist(), births.tolist(), deaths.tolist(), strict=True
        )
    ]
    body: list[int] = []
    totals: list[int] = []
    for county, townships in TOWNSHIPS.items():
        of_county = counts[len(body) : len(body) + len(townships)]
        for number, (township, row) in enumerate(zip(townships, of_county, strict=True)):
            body.append(len(grid))
            grid.append([None if number else county, township, *_with_rate(row)])
        totals.append(len(grid))
        grid.append([None, "小计", *_with_rate(_sums(of_county, 0))])
    totals.append(len(grid))
    grid.append(["合计", None, *_with_rate(_sums(counts, 0))])
    grid.append(["注：出生、死亡为自年初累计数。"])
    return Table(
        path=f"population_register/人口统计月报_{month:%Y%m}.xlsx",
        grid=_padded(grid),
        header=(1, 2),
        figures=tuple(range(2, 11)),
        body=tuple(body),
        totals=tuple(totals),
    )


def _vaccinations(births: np.ndarray) -> Table:
    rows: Grid = []
    for number, (county, township) in enumerate(_NAMES):
        named = county if number == 0 or _NAMES[number - 1][0] != county else None
        males, females = births[:, number, :].T.tolist()
        rows.append([named, township, "男", *males, sum(males)])
        rows.append([None, None, "女", *females, sum(females)])
    months = [f"{month.month}月" for month in MONTHS]
    grid = [
        ["卡介苗接种建卡人数"],
        [*_AREA_HEADERS, "性别", *months, f"1—{len(MONTHS)}月累计"],
        *rows,
        ["合计", None, "男", *_sums(rows[::2], 3)],
        ["合计", None, "女", *_sums(rows[1::2], 3)],
        ["注：按母亲常住地统计。"],
    ]
    return Table(
        path="vaccination_register/接种建卡_2024年.csv",
        grid=_padded(grid),
        header=(1,),
        figures=tuple(range(3, 4 + len(MONTHS))),
        body=tuple(range(2, 2 + len(rows))),
        totals=(2 + len(rows), 3 + len(rows)),
        encoding="utf-8",
        rows_of_area=2,
    )


def _sums(rows: Grid, first: int) -> list[Cell]:
    return [sum(column) for column in list(zip(*rows, strict=True))[first:]]


def _with_rate(counts: list[Cell]) -> list[Cell]:
    return [*counts, round(counts[3] / counts[0] * 1000, 2)]


def _padded(grid: Grid) -> Grid:
    width = max(map(len, grid))
    return [row + [None] * (width - len(row)) for row in grid]
