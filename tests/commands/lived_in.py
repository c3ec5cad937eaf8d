"""The example after a month of real life: every kind of change that an edition can bring, one of each.

The edition 2026-05 is built before, 2026-06 after: the files of June came; a township sent one line again; two files
were edited in place; a file was taken away; a cell was corrected and another mended; a township has a new code.
"""

from __future__ import annotations

import csv
import io
from datetime import date
from pathlib import Path

from tests.conftest import build_quietly

RESENT = "住院分娩月报_202603_补报.csv"
MALE, FEMALE = 6, 7  # columns of the hospitals' files
FORMER, RECODED = "990104003", "990104009"


def live_a_month(root: Path) -> None:
    """Build both editions of the example at `root`, with the changes between them."""
    raw = root / "data" / "raw"
    june = [*raw.glob("*/*202606*"), *raw.glob("*/*2026年6月*"), raw / "work_returns" / "2026-06"]
    aside = root / "aside"
    aside.mkdir()
    for path in june:
        path.rename(aside / path.name)
    build_quietly(root, date(2026, 5, 1))
    for path in june:
        (aside / path.name).rename(path)
    _change_raw_files(raw)
    _receive(root)
    _correct(root)
    _recode(root / "data" / "reference" / "areas.csv")
    build_quietly(root, date(2026, 6, 1))


def hospital_file(root: Path, month: str) -> Path:
    return root / "data" / "raw" / "hospital_births" / f"住院分娩月报_{month}.csv"


def read_cells(path: Path) -> list[list[str]]:
    return list(csv.reader(io.StringIO(path.read_bytes().decode("gb18030"))))


def row_of(path: Path, county: str, township: str) -> int:
    """The line of a township in a file of the hospitals, from 1."""
    for number, cells in enumerate(read_cells(path), start=1):
        if "".join(cells[2].split()) == county and cells[3] == township:
            return number
    raise AssertionError(f"no {county}{township} in {path.name}")


def cell(path: Path, row: int, column: int) -> str:
    return read_cells(path)[row - 1][column - 1]


def _write_cell(path: Path, row: int, column: int, text: str) -> None:
    lines = read_cells(path)
    lines[row - 1][column - 1] = text
    _write(path, lines)


def _write(path: Path, lines: list[list[str]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(lines)
    path.write_bytes(text.getvalue().encode("gb18030"))


def _change_raw_files(raw: Path) -> None:
    root = raw.parent.parent
    march = hospital_file(root, "202603")
    lines = read_cells(march)
    again = list(lines[row_of(march, "示例青禾县", "胜利乡") - 1])
    again[MALE - 1], again[4] = str(int(again[MALE - 1]) + 1), str(int(again[4]) + 1)
    _write(march.with_name(RESENT), [lines[0], again])

    february = hospital_file(root, "202602")
    row = row_of(february, "示例云岭县", "云岭镇")
    _write_cell(february, row, FEMALE, str(int(cell(february, row, FEMALE)) + 2))

    may = hospital_file(root, "202605")
    _write_cell(may, row_of(may, "示例柳溪区", "柳溪镇"), FEMALE, "不详")
    (raw / "population_register" / "人口统计月报_2026年4月.xlsx").unlink()


def _receive(root: Path) -> None:
    """Note the day on which the line came again: after all other files."""
    path = root / "data" / "reference" / "receipts.csv"
    noted = path.read_text(encoding="utf-8") if path.exists() else "source,path,received\n"
    path.write_text(f"{noted}hospital_births,{RESENT},2026-07-20\n", encoding="utf-8")


def _correct(root: Path) -> None:
    january, june = hospital_file(root, "202601"), hospital_file(root, "202606")
    typo = row_of(january, "示例东湖区", "东湖乡")
    unclear = row_of(june, "示例青禾县", "城关镇")
    unreadable = cell(june, unclear, MALE)
    _write_cell(june, unclear, MALE, f"约{unreadable}")
    was = cell(january, typo, MALE)
    lines = (
        f"{january.name},,{typo},{MALE},births_male,{was},{int(was) - 30},录入错误，电话核实",
        f"{june.name},,{unclear},{MALE},births_male,约{unreadable},{unreadable},电话核实",
    )
    with (root / "data" / "reference" / "corrections.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"hospital_births,{line},李,2026-07-03\n" for line in lines)


def _recode(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    before = f"{FORMER},胜利乡,township,990104,,,,,Shengli Township\n"
    assert before in text
    ended = f"{FORMER},胜利乡,township,990104,,,2025-12,{RECODED},Shengli Township\n"
    begun = f"{RECODED},胜利镇,township,990104,,2026-01,,,Shengli Town\n"
    path.write_text(text.replace(before, ended + begun), encoding="utf-8")
