"""Source (b): the population register, one workbook a month for the whole province.

Population stands at the end of the month; births and deaths are cumulated since January. Births are
counted in the month of their registration, so some come a month or two late. Names of prefectures and
counties stand once, on merged cells; counties end in 小计, prefectures in 合计, the province in 总计.
In some workbooks figures are stored as text, with or without thousands separators.
"""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from pipeline.months import shift_month
from pipeline.sample.months import Months, day_in_chinese, in_chinese
from pipeline.sample.places import Prefecture
from pipeline.sample.seeds import generator
from pipeline.sample.truth import Counts, CountyTruth
from pipeline.sample.workbooks import Sheet, open_sheet

SOURCE = "population_register"
SHEET = "分乡镇"
_SEXES = "合计 男 女"
_FIRST_FIGURE, _REMARK, _FIRST_ROW = 3, 12, 4


def write_population_register(
    raw: Path, seed: int, prefectures: Sequence[Prefecture], truths: dict[str, CountyTruth], months: Months
) -> None:
    """Write one workbook a month below raw/population_register."""
    for month in months:
        path = raw / SOURCE / f"人口统计月报_{in_chinese(month)}.xlsx"
        with open_sheet(path, SHEET) as sheet:
            _write_head(sheet, month)
            random = generator(seed, SOURCE, month.year, month.month)
            end = _write_body(sheet, prefectures, truths, month, random)
            _write_notes(sheet, end)


def cumulated_figures(truth: CountyTruth, month: date) -> Counts:
    """Shape (townships, 9): population, births and deaths since January; each as total, male, female."""
    end = truth.at(month) + 1
    start = end - month.month
    pairs = [(truth.population_male[:, end - 1], truth.population_female[:, end - 1])]
    for name in ("registered", "deaths"):
        pairs.append(
            tuple(getattr(truth, f"{name}_{sex}")[:, start:end].sum(axis=1) for sex in ("male", "female"))
        )
    return np.stack([column for male, female in pairs for column in (male + female, male, female)], axis=1)


def _write_head(sheet: Sheet, month: date) -> None:
    span = "1月" if month.month == 1 else f"1—{month.month}月"
    received = shift_month(month, 1).replace(day=3 + (month.year + month.month) % 3)
    page = sheet.page
    page.set_column(0, 2, 14)
    page.set_column(_FIRST_FIGURE, _REMARK - 1, 9)
    page.set_column(_REMARK, _REMARK, 12)
    sheet.merge(0, 0, 0, _REMARK, f"示例省人口统计月报表（{in_chinese(month)}）（虚构数据）", sheet.title)
    unit = f"填报单位：示例省统计信息中心（虚构）  单位：人  填报日期：{day_in_chinese(received)}"
    sheet.merge(1, 0, 1, _REMARK, unit)
    groups = (
        ("市（州）", ""),
        ("县（市、区）", ""),
        ("乡镇（街道）", ""),
        ("期末户籍人口", _SEXES),
        (f"{span}累计出生", _SEXES),
        (f"{span}累计死亡", _SEXES),
        ("备注", ""),
    )
    sheet.write_header(2, groups)
    page.freeze_panes(_FIRST_ROW, _FIRST_FIGURE)


def _write_body(
    sheet: Sheet,
    prefectures: Sequence[Prefecture],
    truths: dict[str, CountyTruth],
    month: date,
    random: np.random.Generator,
) -> int:
    """Write the townships and the three kinds of sums; returns the row after the last."""
    row = _FIRST_ROW
    province = np.zeros(9, dtype=np.int64)
    reporting = [(p, [c for c in p.counties if c.sends_data(month)]) for p in prefectures]
    show = _habit_of_month(random, sum(len(counties) for _, counties in reporting))
    position = 0
    for prefecture, counties in reporting:
        if not counties:
            continue
        total, prefecture_row = np.zeros(9, dtype=np.int64), row
        for county in counties:
            figures = cumulated_figures(truths[county.area_code], month)
            sheet.merge(row, 1, row + len(figures), 1, county.name, sheet.header)
            for township, line in zip(county.townships, figures.tolist(), strict=True):
                sheet.page.write_string(row, 2, township.name, sheet.cell)
                _write_figures(sheet, row, [show(position, column, line[column]) for column in range(9)])
                row += 1
            sheet.page.write_string(row, 2, "小计", sheet.cell)
            _write_figures(sheet, row, figures.sum(axis=0).tolist())
            total += figures.sum(axis=0)
            row += 1
            position += 1
        sheet.merge(row, 1, row, 2, "合计", sheet.header)
        _write_figures(sheet, row, total.tolist())
        sheet.merge(prefecture_row, 0, row, 0, prefecture.name, sheet.header)
        province += total
        row += 1
    sheet.merge(row, 0, row, 2, "总计", sheet.header)
    _write_figures(sheet, row, province.tolist())
    return row + 1


def _habit_of_month(random: np.random.Generator, counties: int) -> Callable[[int, int, int], int | str]:
    """How the figure in a column of the n-th county is stored: mostly a number, sometimes a text."""
    habit = random.random()
    start = int(random.integers(0, max(counties, 1)))

    def show(position: int, column: int, figure: int) -> int | str:
        if position not in range(start, start + 2) or habit >= 0.22 or (habit >= 0.12 and column >= 3):
            return figure
        return str(figure) if habit < 0.12 else f"{figure:,}"

    return show


def _write_figures(sheet: Sheet, row: int, figures: Sequence[int | str]) -> None:
    sheet.page.write_row(row, _FIRST_FIGURE, figures, sheet.cell)
    sheet.page.write_blank(row, _REMARK, None, sheet.cell)


def _write_notes(sheet: Sheet, row: int) -> None:
    sheet.merge(row, 0, row, _REMARK, "注：1.本表为虚构数据，仅作演示；出生按登记月份统计，含补报。")
    sheet.merge(row + 1, 0, row + 1, _REMARK, "注：2.期末户籍人口为月末时点数，出生、死亡为年初以来累计数。")
