"""The areas, elements and source.toml of one small source, and workbooks for it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import xlsxwriter

from pipeline.reference import Area, Element, Reference
from pipeline.workspace import Words

WORKBOOKS = Path(__file__).parent / "workbooks"
START = date(1900, 1, 1)


def area(code: str, name: str, level: str, parent: str | None = None) -> Area:
    return Area(code, name, level, parent, (), START, None, ())


AREAS = (
    area("9901", "青禾县", "county"),
    area("990101", "城关镇", "township", "9901"),
    area("990102", "柳溪乡", "township", "9901"),
    area("990103", "和平镇", "township", "9901"),
    area("9902", "松涛县", "county"),
    area("990203", "和平镇", "township", "9902"),
)
ELEMENTS = {
    name: Element(name, Words(name), kind)
    for name, kind in (("births_male", "flow"), ("births_female", "flow"), ("rate", "printed"))
}
REFERENCE = Reference(ELEMENTS, {}, AREAS, (), ())
SOURCE = """
name.zh = "出生"
files = "*.*"
[header]
contains = "乡镇"
[period]
from = "file_name"
[area]
columns = ["乡镇"]
[rows]
leave_out = "^(合计|注)"
[elements]
births_male = "男"
births_female = ["女", "女婴"]
"""
HEADER = "乡镇,男,女\n"


def write_workbook(path: Path, rows: list[list], sheet: str = "表一") -> bytes:
    with xlsxwriter.Workbook(path) as workbook:
        worksheet = workbook.add_worksheet(sheet)
        for number, row in enumerate(rows):
            worksheet.write_row(number, 0, row)
    return path.read_bytes()
