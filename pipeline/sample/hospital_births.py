"""Source (a): live births in hospitals, one CSV in GB18030 a month, a row per township of residence.

The figures are the true births. What varies is the look: an older header before 2023, commas at
the ends of lines, full-width digits, 12人 for 12, and ideographic spaces in county names. A township
without a return has a dash or nothing; a true zero is written 0. One county sends a month again: its
largest township had left two births out.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

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

REVISED_COUNTY = Spot(county=2, months_back=3)
_LEFT_OUT = 2

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
        rows: list[list[str]] = []
        for prefecture, county in ((p, county) for p in prefectures for county in p.counties):
            if not county.sends_data(month):
                continue
            in_county = Planted("", SOURCE, path, area_code=county.area_code, month=f"{month:%Y-%m}")
            if MISSING_COUNTY.hits(county.index, months_back, counties):
                planted.append(in_county._replace(kind="county_missing"))
                continue
            own = _rows(prefecture, county, truths[county.area_code], month)
            if REVISED_COUNTY.hits(county.index, months_back, counties):
                resent = path.replace(".csv", "（更正）.csv")
                _write(raw / SOURCE / resent, generator(seed, SOURCE, 0, county.index), own, month)
                own, slip = _with_births_left_out(own, county, len(rows))
                planted.append(in_county._replace(kind="revised", path=resent, **slip))
            for spot, blank in MISSING_TOWNSHIPS:
                if spot.hits(county.index, months_back, counties):
                    missing = in_county._replace(
                        kind="township_missing",
                        row=len(rows) + spot.township + 2,
                        area_code=county.townships[spot.township].area_code,
                        true_value=own[spot.township][4],
                        printed_value=blank,
                    )
                    planted.append(missing)
                    own[spot.township][4:] = [blank] * 3
            rows += own
        _write(raw / SOURCE / path, generator(seed, SOURCE, month.year, month.month), rows, month)
    return planted


def _write(path: Path, random: np.random.Generator, rows: list[list[str]], month: date) -> None:
    lines = _in_style_of_month(random, [list(row) for row in rows], month)
    write_bytes(path, "".join(f"{line}\r\n" for line in lines).encode("gb18030"))


def _rows(prefecture: Prefecture, county: County, truth: CountyTruth, month: date) -> list[list[str]]:
    """True births of each township: month, prefecture, county, township, births, male, female."""
    column = truth.at(month)
    # the renamed county went by its former name as long as the older header was in use
    is_renamed = county.index == RENAMED_COUNTY and month.year < FIRST_YEAR_OF_HEADER
    name = FORMER_NAME if is_renamed else county.name
    rows = []
    for number, township in enumerate(county.townships):
        male, female = (int(births[number, column]) for births in (truth.births_male, truth.births_female))
        names = [in_chinese(month), prefecture.name, name, township.name]
        rows.append([*names, str(male + female), str(male), str(female)])
    return rows


def _with_births_left_out(
    rows: list[list[str]], county: County, rows_before: int
) -> tuple[list[list[str]], dict[str, Any]]:
    """The rows as they were first sent, without some girls of the largest township, and what is to be known of it."""
    largest = max(range(len(rows)), key=lambda number: int(rows[number][6]))
    births, male, female = map(int, rows[largest][4:])
    left_out = min(_LEFT_OUT, female)
    first = [list(row) for row in rows]
    first[largest][4:] = [str(births - left_out), str(male), str(female - left_out)]
    slip = {
        "area_code": county.townships[largest].area_code,
        "row": rows_before + largest + 2,
        "column": 7,
        "true_value": str(female),
        "printed_value": str(female - left_out),
    }
    return first, slip


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
        at = len(spaced) - 1 if random.random() < 0.5 else len(spaced)
        for row in rows:
            if row[2] == spaced:
                row[2] = spaced[:at] + _IDEOGRAPHIC_SPACE + spaced[at:]
    table = [*rows, ["合计", "", "", "", *sums]]
    header: tuple[str, ...] = OLD_HEADER
    if month.year >= FIRST_YEAR_OF_HEADER:
        header = HEADER
        remarks = random.random(len(table)) < 0.004
        for row, has_remark in zip(table, remarks, strict=True):
            row.append("含省外分娩回报" if has_remark and row[0] != "合计" else "")
    end = "," if random.random() < 0.12 else ""
    return [",".join(row) + end for row in (header, *table)]
