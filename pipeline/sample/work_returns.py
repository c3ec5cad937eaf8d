"""Source (c): the counties' work returns, a workbook per county and month, percentages beside counts."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np

from pipeline.months import shift_month
from pipeline.sample.months import Months, day_in_chinese, in_chinese
from pipeline.sample.places import County
from pipeline.sample.planted import Planted, Spot
from pipeline.sample.seeds import generator
from pipeline.sample.work_truth import WorkTruth
from pipeline.sample.workbooks import Sheet, open_sheet

SOURCE = "work_returns"
SHEET = "月报表"
HEADER = (
    ("乡镇（街道）", ""),
    ("孕前优生健康检查", "应检人数 已检人数 检查率（%）"),
    (
        "全员人口数据库",
        "记录数 完整记录数 完整率（%） 已录入身份证号记录数 录入率（%） 重复记录数 重复率（%）",
    ),
    ("交办案件", "交办数 办结数 办结率（%）"),
)
# Each column after the name: a count, or a percentage of two counts (part, whole).
COLUMNS: tuple[str | tuple[str, str], ...] = (
    "checkups_due",
    "checkups_done",
    ("checkups_done", "checkups_due"),
    "records",
    "records_complete",
    ("records_complete", "records"),
    "records_with_id",
    ("records_with_id", "records"),
    "records_duplicate",
    ("records_duplicate", "records"),
    "cases_assigned",
    "cases_closed",
    ("cases_closed", "cases_assigned"),
)
COUNTS = tuple(column for column in COLUMNS if isinstance(column, str))

MISSING_WORKBOOK = Spot(county=9, months_back=4)
WRONG_PERCENTAGES = (
    (Spot(county=0, months_back=1, township=1), 3),
    (Spot(county=6, months_back=0, township=2), 6),
    (Spot(county=11, months_back=3, township=0), 8),
)
_FIRST_ROW = 4


def write_work_returns(
    raw: Path,
    seed: int,
    counties: Sequence[County],
    works: dict[str, WorkTruth],
    months: Months,
    ordinary: int,
) -> list[Planted]:
    """Write raw/work_returns/YYYY-MM/<code>_<name>.xlsx; `ordinary` is the number of ordinary counties."""
    planted: list[Planted] = []
    for months_back, month in enumerate(reversed(months)):
        for county in counties:
            if not county.sends_data(month):
                continue
            path = f"{month:%Y-%m}/{county.area_code}_{county.name}.xlsx"
            if MISSING_WORKBOOK.hits(county.index, months_back, ordinary):
                missing = Planted("workbook_missing", SOURCE, path)
                planted.append(missing._replace(area_code=county.area_code, month=f"{month:%Y-%m}"))
                continue
            wrong = {
                (spot.township % len(county.townships), column)
                for spot, column in WRONG_PERCENTAGES
                if spot.hits(county.index, months_back, ordinary)
            }
            random = generator(seed, SOURCE, county.index, month.year, month.month)
            with open_sheet(raw / SOURCE / path, SHEET) as sheet:
                _write_head(sheet, county, month, _received(random, month))
                planted += _write_body(sheet, path, county, works[county.area_code], month, wrong)
    return planted


def percent_in_hundredths(part: int, whole: int) -> int:
    """100 × the percentage, rounded half up: 2/3 is 6667."""
    return (20_000 * part + whole) // (2 * whole)


def _received(random: np.random.Generator, month: date) -> date:
    """The 2nd to 5th of the next month; about one return in twenty comes between the 8th and the 14th."""
    is_late = random.random() < 0.05
    day = random.integers(8, 15) if is_late else random.integers(2, 6)
    return shift_month(month, 1).replace(day=int(day))


def _write_head(sheet: Sheet, county: County, month: date, received: date) -> None:
    last = len(COLUMNS)
    sheet.page.set_column(0, 0, 14)
    sheet.page.set_column(1, last, 9)
    sheet.merge(0, 0, 0, last, f"{county.name}计生卫生工作月报表（虚构数据）", sheet.title)
    sheet.merge(1, 0, 1, 6, f"统计月份：{in_chinese(month)}")
    sheet.merge(1, 7, 1, last, f"填报日期：{day_in_chinese(received)}")
    sheet.write_header(2, HEADER)


def _write_body(
    sheet: Sheet, path: str, county: County, work: WorkTruth, month: date, wrong: set[tuple[int, int]]
) -> list[Planted]:
    """Write townships, the sum and a footnote; `wrong` holds (township, column) of the misprints."""
    planted = []
    column_of_month = work.months.index(month)
    counts = {name: of_months[:, column_of_month].tolist() for name, of_months in work.counts.items()}
    names = [*(township.name for township in county.townships), "合计"]
    lines = [*zip(*counts.values(), strict=True), map(sum, counts.values())]
    for number, (name, line) in enumerate(zip(names, lines, strict=True)):
        row, figures = _FIRST_ROW + number, dict(zip(counts, line, strict=True))
        sheet.page.write_string(row, 0, name, sheet.cell)
        for column, content in enumerate(COLUMNS, start=1):
            if isinstance(content, str):
                sheet.page.write_number(row, column, figures[content], sheet.cell)
                continue
            part, whole = (figures[name] for name in content)
            if not whole:
                sheet.page.write_string(row, column, "—", sheet.cell)
                continue
            true = printed = percent_in_hundredths(part, whole)
            if (number, column) in wrong:
                printed = _misprint(true)
                cell, area = (SHEET, row + 1, column + 1), county.townships[number].area_code
                values = (f"{hundredths / 100:.2f}" for hundredths in (true, printed))
                planted.append(
                    Planted("percentage_wrong", SOURCE, path, *cell, area, f"{month:%Y-%m}", *values)
                )
            sheet.page.write_number(row, column, printed / 100, sheet.percent)
    note = "注：检查率=已检人数÷应检人数×100%；分母为0的填“—”。本表为虚构数据。"
    sheet.merge(_FIRST_ROW + len(lines), 0, _FIRST_ROW + len(lines), len(COLUMNS), note)
    return planted


def _misprint(hundredths: int) -> int:
    """Unit and first decimal change places, as happens in typing; where they are equal, 5 points less."""
    tenths, rest = divmod(hundredths, 10)
    high, (unit, decimal) = tenths // 100, divmod(tenths % 100, 10)
    swapped = (high * 100 + decimal * 10 + unit) * 10 + rest
    return swapped if abs(swapped - hundredths) > 10 else hundredths - 500
