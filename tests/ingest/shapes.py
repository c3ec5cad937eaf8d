"""Tables in the shapes that offices send, as they stand in shapes.txt, with the numbers in them known.

Each begins with two lines: its shape and the name of the file, then the language of its areas, the elements and the months
that are in it, or `nothing` where nobody could know what it counts, or of when. A text of digits bears an apostrophe.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.reference import Area, Reference
from pipeline.reference.elements import read_elements
from tests.ingest.small_source import area

Figures = dict[tuple[str, str, date, str], int]
HERE = Path(__file__).parent


def _reference(elements: str, *areas: str) -> Reference:
    """A province and its counties, each written as code and name; and the elements of a file."""
    (top, province), *counties = (area.split() for area in areas)
    return Reference(
        read_elements(HERE / f"elements_{elements}.toml"),
        {},
        (area(top, province, "province"), *(area(code, name, "county", top) for code, name in counties)),
        (),
        (),
    )


CHINESE = _reference("by_sex", "99 示例市", "990101 青禾县", "990102 松涛县", "990103 望江县")
ENGLISH = _reference("of_both", "01 Northland", "0101 Avonmere", "0102 Brookfield", "0103 Castleton")
JAPANESE = _reference("by_sex", "02 北野県", "02201 青木市", "02301 川上町", "02302 森山村")
KOREAN = _reference("by_sex", "11 한빛도", "1101 새솔시", "1102 가온군", "1103 누리군")
_REFERENCES = {"Chinese": CHINESE, "English": ENGLISH, "Japanese": JAPANESE, "Korean": KOREAN}


@dataclass(frozen=True)
class Shape:
    """One file: the shape it has, its name, its rows, and the numbers that are in it."""

    shape: str
    name: str
    rows: list[list]
    figures: Figures
    reference: Reference = CHINESE
    folder: str = ""
    sheet: str = "Sheet1"
    encoding: str = "utf-8"

    @property
    def id(self) -> str:
        return f"{self.shape}: {self.folder}{self.name}"


def counties(reference: Reference) -> list[Area]:
    return [area for area in reference.areas if area.level == "county"]


def value(element: str, area: Area, month: date) -> int:
    """A number that no other cell of a file has."""
    sex = ("male", "female").index(element.rpartition("_")[2]) if "_" in element else 0
    return 100 + 1000 * int(area.area_code[-1]) + 40 * month.month + 7 * (month.year % 100) + 3 * sex


def _figures(reference: Reference, elements: str, span: str, months: list[date]) -> Figures:
    return {
        (element, area.area_code, month, span): value(element, area, month)
        for element in elements.split()
        for area in counties(reference)
        for month in months
    }


def _cell(text: str) -> str | int | None:
    return int(text) if text.isdecimal() else text.removeprefix("'") or None


def _shape(block: str) -> Shape:
    title, about, table = block.split("\n", 2)
    shape, path = title.split(": ")
    folder, slash, name = path.rpartition("/")
    language, elements, period, *more = about.removeprefix("# ").split("; ")
    reference = _REFERENCES[language]
    span, *months = period.split() or [""]
    figures = {}
    if elements != "nothing":
        figures = _figures(reference, elements, span, [date.fromisoformat(f"{month}-01") for month in months])
    if "with their sum" in more:
        sums: Figures = {}
        for (element, _, month, span), number in figures.items():
            key = element, reference.areas[0].area_code, month, span
            sums[key] = sums.get(key, 0) + number
        figures |= sums
    options = dict(entry.split() for entry in more if entry != "with their sum")
    rows = [[_cell(cell) for cell in row] for row in csv.reader(table.rstrip("\n").split("\n"))]
    return Shape(shape, name, rows, figures, reference, folder + slash, **options)


_BLOCKS = (HERE / "shapes.txt").read_text(encoding="utf-8").removeprefix("# ")
SHAPES = [_shape(block) for block in _BLOCKS.split("\n\n# ")]
