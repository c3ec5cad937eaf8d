"""The example after a month of real life: every kind of change that an edition can bring, one of each.

The edition 2026-05 is built before, 2026-06 after: the files of June came; a township sent one line again; two files
were edited in place; a file was taken away; a cell was corrected and another mended; a township has a new code.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
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
    _change_raw_files(root)
    _receive(root)
    _correct(root)
    _recode(root / "data" / "reference" / "areas.csv")
    build_quietly(root, date(2026, 6, 1))


def hospital_file(root: Path, month: str) -> Path:
    return root / "data" / "raw" / "hospital_births" / f"住院分娩月报_{month}.csv"


def row_of(path: Path, county: str, township: str) -> int:
    """The line of a township in a file of the hospitals, from 1."""
    return ["".join("".join(row[2:4]).split()) for row in _rows(path)].index(county + township) + 1


def cell(path: Path, row: int, column: int) -> str:
    return _rows(path)[row - 1][column - 1]


def _rows(path: Path) -> list[list[str]]:
    with path.open(encoding="gb18030", newline="") as file:
        return list(csv.reader(file))


def _write(path: Path, rows: list[list[str]]) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file, lineterminator="\r\n").writerows(rows)


def _edit(
    path: Path, county: str, township: str, column: int, change: Callable[[str], str]
) -> tuple[int, str, str]:
    """Change a cell of a township in place; returns its line, what stood there and what does now."""
    rows, row = _rows(path), row_of(path, county, township)
    was = rows[row - 1][column - 1]
    rows[row - 1][column - 1] = now = change(was)
    _write(path, rows)
    return row, was, now


def _change_raw_files(root: Path) -> None:
    march = hospital_file(root, "202603")
    header, again = _rows(march)[0], _rows(march)[row_of(march, "示例青禾县", "胜利乡") - 1]
    for column in (5, MALE):
        again[column - 1] = str(int(again[column - 1]) + 1)
    _write(march.with_name(RESENT), [header, again])
    _edit(hospital_file(root, "202602"), "示例云岭县", "云岭镇", FEMALE, lambda births: str(int(births) + 2))
    _edit(hospital_file(root, "202605"), "示例柳溪区", "柳溪镇", FEMALE, lambda _: "不详")
    (root / "data" / "raw" / "population_register" / "人口统计月报_2026年4月.xlsx").unlink()


def _receive(root: Path) -> None:
    """Note the day on which the line came again: after all other files."""
    with (root / "data" / "reference" / "receipts.csv").open("a", encoding="utf-8") as file:
        file.write(f"hospital_births,{RESENT},2026-07-20\n")


def _correct(root: Path) -> None:
    """A figure that was mistyped, and one that cannot be read."""
    january, june = hospital_file(root, "202601"), hospital_file(root, "202606")
    typo, was, _ = _edit(january, "示例东湖区", "东湖乡", MALE, str)
    unclear, meant, written = _edit(june, "示例青禾县", "城关镇", MALE, "约{}".format)
    lines = (
        f"{january.name},,{typo},{MALE},births_male,{was},{int(was) - 30},录入错误，电话核实",
        f"{june.name},,{unclear},{MALE},births_male,{written},{meant},电话核实",
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
