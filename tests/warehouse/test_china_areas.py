"""Conservation on the real history of China's counties (../shared/data/china-areas, not part of the project).

Every area in use sends one birth. Carried over to the areas of today, none may be lost and none be counted twice. A
year of the history is a month here, so that all of it passes through the calendar in one run.
"""

from __future__ import annotations

import csv
from datetime import date

import polars as pl
import pytest

from pipeline.workspace import CHECKOUT
from tests.warehouse.by_hand import ELEMENTS, area

HISTORY = CHECKOUT.parent / "shared" / "data" / "china-areas" / "areas.csv"
FIRST_YEAR, LAST_YEAR = 1981, 2024
COUNTRY = "000000"
LEVELS = {"省级": "province", "地级": "prefecture", "县级": "county"}

pytestmark = pytest.mark.skipif(
    not HISTORY.is_file(), reason="the data is not at hand: ../shared/data/china-areas"
)


def month(year: int) -> str:
    """The month that stands for a year: 1981 is January 1981, 1982 is February 1981."""
    return f"{1981 + (year - FIRST_YEAR) // 12}-{(year - FIRST_YEAR) % 12 + 1:02d}"


def areas_of(rows):
    """The areas with their validity; what an area that goes on gave away (`[year]`) is no succession."""
    of_today = {row["代码"] for row in rows if row["状态"] == "在用"}
    yield area(COUNTRY, "country", None, "全国")
    for row in rows:
        code, level = row["代码"], LEVELS[row["级别"]]
        ended = row["状态"] != "在用"
        prefecture, province = code[:4] + "00", code[:2] + "0000"
        above = {
            "province": COUNTRY,
            "prefecture": province,
            "county": prefecture if prefecture in of_today and prefecture != province else province,
        }
        yield area(
            code,
            level,
            above[level],
            row["名称"],
            since=month(int(row["启用时间"])),
            until=month(int(row["变更/弃用时间"]) - 1) if ended else None,
            successors=[new for new in row["新代码"].split(";") if new and "[" not in new] if ended else (),
        )


@pytest.fixture(scope="module")
def history():
    with HISTORY.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_no_county_is_lost_and_none_counted_twice(count, history):
    areas = list(areas_of(history))
    counties = [row for row in history if row["级别"] == "县级"]
    in_use = {
        year: {
            row["代码"]
            for row in counties
            if int(row["启用时间"]) <= year and (row["状态"] == "在用" or year < int(row["变更/弃用时间"]))
        }
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
    }
    assert len(in_use[LAST_YEAR]) == 2846
    figures = [
        ("register", f"{year}.csv", code, month(year), "births_male", 1)
        for year, codes in in_use.items()
        for code in sorted(codes)
    ]
    tables = count(figures, areas, elements={"births_male": ELEMENTS["births_male"]})
    of_today = tables["areas"].filter(pl.col("level") == "county", pl.col("valid_to").is_null())
    assert of_today.height == 2846
    assert tables["areas"].filter(level="county")["current_code"].null_count() == 0

    births = tables["counts"].filter(element="births_male").drop("element")
    country = births.filter(area_code=COUNTRY).sort("month")["value"].to_list()
    assert country == [len(codes) for codes in in_use.values()]
    provinces = {a.area_code for a in areas if a.level == "province"}
    assert (
        births.filter(pl.col("area_code").is_in(provinces))
        .group_by("month")
        .agg(pl.col("value").sum())
        .sort("month")["value"]
        .to_list()
        == country
    )
    last = births.filter(pl.col("month") == date.fromisoformat(month(LAST_YEAR) + "-01"))
    assert set(last.filter(pl.col("area_code").is_in(of_today["area_code"].to_list()))["value"]) == {1}
