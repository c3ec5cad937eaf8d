"""Source (a): live births in hospitals, one CSV in GB18030 a month, a row per township of residence.

The figures are the true births. What varies is the look: an older header before 2023, commas at
the ends of lines, full-width digits, 12人 for 12, and ideographic spaces in county names. A township
without a return has a dash or nothing; a true zero is written 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from pipeline.sample.months import Months, in_chinese
from pipeline.sample.places import FORMER_NAME, RENAMED_COUNTY, County, Prefecture
from pipeline.sample.planted import Planted, Spot
from pipeline.sample.seeds import generator
from pipeline.sample.text_files import write_bytes
from pipeline.sample.truth import CountyTruth

SOURCE = "hospital_births"
OLD_HEADER = ("月份", "市", "县", "乡镇", "出生活产数", "男婴", "女婴")
HEADER = ("统计月份", "市（州）", "县（市、区）", "乡镇（街道）", "活产数", "其中：男", "其中：女", "备注")
FIRST_YEAR_OF_HEADER = 2023

MISSING_COUNTY = Spot(county=5, months_back=8)
MISSING_TOWNSHIPS = (
    (Spot(county=8, months_back=20, township=2), "—"),
    (Spot(county=1, months_back=33, township=1), ""),
)

_IDEOGRAPHIC_SPACE = "\u3000"
_FULL_WIDTH_DIGITS = str.maketrans("0123456789", "０１２３４５６７８９")


def write_hospital_births(
    raw: Path,
    seed: int,
    prefectures: Sequence[Prefecture],
    truths: dict[str, CountyTruth],
    months: Months,
    counties: int,
) -> list[Planted]:
    """Write one file a month below raw/hospital_births; `counties` is the number of ordinary counties."""
    planted: list[Planted] = []
    for months_back, month in enumerate(reversed(months)):
        path = f"住院分娩月报_{month:%Y%m}.csv"
        rows = _rows(path, prefectures, truths, month, months_back, counties, planted)
        lines = _in_style_of_month(generator(seed, SOURCE, month.year, month.month), rows, month)
        write_bytes(raw / SOURCE / path, "".join(f"{line}\r\n" for line in lines).encode("gb18030"))
    return planted


def _rows(
    path: str,
    prefectures: Sequence[Prefecture],
    truths: dict[str, CountyTruth],
    month: date,
    months_back: int,
    counties: int,
    planted: list[Planted],
) -> list[list[str]]:
    """Cells of the townships: month, prefecture, county, township, births, male, female."""
    rows: list[list[str]] = []
    for prefecture in prefectures:
        for county in prefecture.counties:
            if not county.sends_data(month):
                continue
            place = {"source": SOURCE, "path": path, "month": f"{month:%Y-%m}"}
            if MISSING_COUNTY.hits(county.index, months_back, counties):
                planted.append(Planted("county_missing", area_code=county.area_code, **place))
                continue
            truth = truths[county.area_code]
            column = truth.at(month)
            for number, township in enumerate(county.townships):
                male, female = (
                    int(truth.births_male[number, column]),
                    int(truth.births_female[number, column]),
                )
                figures = [str(male + female), str(male), str(female)]
                for spot, blank in MISSING_TOWNSHIPS:
                    if spot.hits(county.index, months_back, counties) and number == spot.township:
                        slip = {"true_value": figures[0], "printed_value": blank, "row": len(rows) + 2}
                        planted.append(
                            Planted("township_missing", area_code=township.area_code, **place, **slip)
                        )
                        figures = [blank] * 3
                rows.append(
                    [in_chinese(month), prefecture.name, _name_used(county, month), township.name, *figures]
                )
    return rows


def _name_used(county: County, month: date) -> str:
    """The renamed county went by its former name as long as the older header was in use."""
    return (
        FORMER_NAME if county.index == RENAMED_COUNTY and month.year < FIRST_YEAR_OF_HEADER else county.name
    )


def _in_style_of_month(random: np.random.Generator, rows: list[list[str]], month: date) -> list[str]:
    """The lines of the file, total included, with the habits that happened to be those of the month."""
    sums = [str(sum(int(row[column]) for row in rows if row[column].isdigit())) for column in (4, 5, 6)]
    habit = random.random()
    chosen = random.integers(0, max(len(rows), 1), size=3)
    columns = random.integers(4, 7, size=3)
    for row, column in zip(chosen, columns, strict=True):
        text = rows[row][column] if rows else ""
        if text.isascii() and text.isdigit():
            if habit < 0.14:
                rows[row][column] = text.translate(_FULL_WIDTH_DIGITS)
            elif habit < 0.26:
                rows[row][column] = f"{text}人"
    if rows and random.random() < 0.18:
        spaced = rows[chosen[0]][2]
        spoilt = (
            spaced[:-1] + _IDEOGRAPHIC_SPACE + spaced[-1]
            if random.random() < 0.5
            else spaced + _IDEOGRAPHIC_SPACE
        )
        for row in rows:
            row[2] = spoilt if row[2] == spaced else row[2]
    table = [*rows, ["合计", "", "", "", *sums]]
    if month.year < FIRST_YEAR_OF_HEADER:
        header = OLD_HEADER
    else:
        header = HEADER
        remarks = random.random(len(table)) < 0.004
        for row, has_remark in zip(table, remarks, strict=True):
            row.append("含省外分娩回报" if has_remark and row[0] != "合计" else "")
    end = "," if random.random() < 0.12 else ""
    return [",".join(row) + end for row in (header, *table)]
