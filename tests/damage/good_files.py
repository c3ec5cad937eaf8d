"""The good files: what an office of a county, a register and a vaccination service send, from one set of births.

Beside their figures they carry what offices print: totals of rows, totals of columns, a rate.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import numpy as np

from tests.damage.table_file import Cell, Grid, Table

MONTHS = tuple(date(2024, month, 1) for month in range(1, 9))
LAST = MONTHS[-1].month
# Births in a month, from a large county town to a mountain township.
TOWNSHIPS = {
    ("青禾县", "990101"): (("城关镇", 200), ("柳溪乡", 60), ("和平镇", 90), ("白石镇", 25), ("双河乡", 5)),
    ("松涛县", "990102"): (("城关镇", 150), ("云岭乡", 12), ("清泉镇", 70), ("石桥镇", 40), ("北山乡", 8)),
}
_SEED = 20240831
_AREA_HEADERS = ("县（市、区）", "乡镇（街道）")


def good_tables() -> Iterable[Table]:
    """The files of all sources, month by month."""
    random = np.random.default_rng(_SEED)
    means = np.array([mean for areas in TOWNSHIPS.values() for _, mean in areas])
    shape = (len(MONTHS), len(means))
    births = np.stack([random.poisson(means * share, shape) for share in (0.52, 0.48)], axis=-1)
    deaths = random.poisson(means * 0.7, shape)
    grown = (births.sum(axis=-1) - deaths).cumsum(axis=0)
    population = (means * 1200 + random.integers(0, 500, len(means)) + grown).astype(int)
    men = (population * 0.508).astype(int)
    registered = births - random.binomial(births, 0.01)
    vaccinated = births - random.binomial(births, 0.02)
    for number, month in enumerate(MONTHS):
        yield _monthly_return(month, births[number], deaths[number])
        yield _register(
            month,
            np.stack([men[number], population[number] - men[number]], axis=-1),
            registered[: number + 1].sum(axis=0),
            deaths[: number + 1].sum(axis=0),
        )
    yield _vaccinations(vaccinated)


def _monthly_return(month: date, births: np.ndarray, deaths: np.ndarray) -> Table:
    rows = [
        [*names, int(male + female), int(male), int(female), int(died), int(male + female - died)]
        for names, (male, female), died in zip(_names(), births, deaths, strict=True)
    ]
    header = [*_AREA_HEADERS, "出生合计", "其中：男", "其中：女", "死亡人数", "自然增加"]
    grid = [
        ["示例省乡镇出生死亡情况月报表"],
        [f"统计月份：{month.year}年{month.month}月", None, None, None, None, "单位：人"],
        header,
        *rows,
        ["合计", None, *_sums(rows, 2)],
        ["注：按常住地统计。"],
    ]
    body = tuple(range(3, 3 + len(rows)))
    return Table(
        source="monthly_returns",
        name=f"乡镇月报_{month:%Y%m}.csv",
        grid=_padded(grid),
        header=(2,),
        names=(0, 1),
        figures=tuple(range(2, 7)),
        body=body,
        totals=(body[-1] + 1,),
        encoding="gb18030",
    )


def _register(month: date, population: np.ndarray, births: np.ndarray, deaths: np.ndarray) -> Table:
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
            population.tolist(), births.tolist(), deaths.tolist(), strict=True
        )
    ]
    body: list[int] = []
    totals: list[int] = []
    for (county, _), townships in TOWNSHIPS.items():
        of_county = counts[len(body) : len(body) + len(townships)]
        for (township, _), row in zip(townships, of_county, strict=True):
            named = [county if row is of_county[0] else None, township]
            body.append(len(grid))
            grid.append([*named, *_with_rate(row)])
        totals.append(len(grid))
        grid.append([None, "小计", *_with_rate(_sums(of_county, 0))])
    totals.append(len(grid))
    grid.append(["合计", None, *_with_rate(_sums(counts, 0))])
    grid.append(["注：出生、死亡为自年初累计数。"])
    return Table(
        source="population_register",
        name=f"人口统计月报_{month:%Y%m}.xlsx",
        grid=_padded(grid),
        header=(1, 2),
        names=(0, 1),
        figures=tuple(range(2, 11)),
        body=tuple(body),
        totals=tuple(totals),
    )


def _vaccinations(births: np.ndarray) -> Table:
    rows = []
    seen = ""
    for number, (county, township) in enumerate(_names()):
        for sex, label in enumerate(("男", "女")):
            counts = births[:, number, sex].tolist()
            named = [None if county == seen else county, township if sex == 0 else None]
            rows.append([*named, label, *counts, sum(counts)])
            seen = county
    header = [
        *_AREA_HEADERS,
        "性别",
        *(f"{month.month}月" for month in MONTHS),
        f"1—{LAST}月累计",
    ]
    grid = [["卡介苗接种建卡人数"], header, *rows]
    grid += [["合计", None, label, *_sums(rows[sex::2], 3)] for sex, label in enumerate(("男", "女"))]
    grid.append(["注：按母亲常住地统计。"])
    body = tuple(range(2, 2 + len(rows)))
    return Table(
        source="vaccination_register",
        name="接种建卡_2024年.csv",
        grid=_padded(grid),
        header=(1,),
        names=(0, 1),
        figures=tuple(range(3, 4 + len(MONTHS))),
        body=body,
        totals=(body[-1] + 1, body[-1] + 2),
        encoding="utf-8",
        rows_of_area=2,
    )


def _names() -> list[tuple[str, str]]:
    return [(county, name) for (county, _), areas in TOWNSHIPS.items() for name, _ in areas]


def _sums(rows: Grid, first: int) -> list[Cell]:
    return [sum(column) for column in list(zip(*rows, strict=True))[first:]]


def _with_rate(counts: list[Cell]) -> list[Cell]:
    return [*counts, round(counts[3] / counts[0] * 1000, 2)]


def _padded(grid: Grid) -> Grid:
    width = max(map(len, grid))
    return [row + [None] * (width - len(row)) for row in grid]
