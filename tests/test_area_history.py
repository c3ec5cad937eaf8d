"""areas.csv is held to the rule of raw files: what does not fit is refused by its row."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.problems import ProblemError
from pipeline.reference.areas import read_areas

LEVELS = ("country", "province", "prefecture", "county", "township")
TOP = "1,Land,country"
COLUMNS = "area_code,name,level,parent_code,aliases,valid_from,valid_to,successor_codes\n"


def read(folder: Path, *rows: str):
    path = folder / "areas.csv"
    path.write_text(COLUMNS + "".join(row + "," * (7 - row.count(",")) + "\n" for row in rows), "utf-8")
    return read_areas(path, LEVELS)


def refusal(folder: Path, *rows: str) -> str:
    with pytest.raises(ProblemError) as problem:
        read(folder, *rows)
    return str(problem.value).partition("areas.csv, ")[2]


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("areas")


SLIPS = {
    "a code that Windows keeps for itself": (
        [TOP, "nul,A,province,1"],
        "row 3: found area_code 'nul'; expected a code that can be the name of a file on any system",
    ),
    "the name of the overview": ([TOP, "Index,A,province,1"], "row 3: found area_code 'Index'"),
    "codes that differ by capitals alone": (
        [TOP, "a1,A,province,1", "A1,B,province,1"],
        "row 4: found area_code 'A1'; expected codes that differ by more than capitals",
    ),
    "an area that is its own parent": (
        ["1,Land,country,1"],
        "row 2: found 1 Land as its own parent; expected no parent_code for the area at the top",
    ),
    "a circle of parents": (
        [TOP, "2,A,province,3", "3,B,county,2"],
        "row 3: found a circle of parents: 2 A (row 3) → 3 B (row 4) → 2 A (row 3)",
    ),
    "a parent of the same level": (
        [TOP, "2,A,county,1", "3,B,county,2"],
        "row 4: found parent_code 2, whose level is county (row 3), for 3 B of level county; expected a parent of a "
        "higher level",
    ),
    "an area that is its own successor": (
        [TOP, "2,甲,county,1,,,2024-01,2"],
        "row 3: found 2 甲 as its own successor",
    ),
    "a circle of successors": (
        [TOP, "2,甲,county,1,,,2024-01,3", "3,乙,county,1,,,2024-02,2"],
        "row 3: found a circle of successors: 2 甲 (row 3) → 3 乙 (row 4) → 2 甲 (row 3)",
    ),
    "a successor that had ended": (
        [TOP, "2,甲,county,1,,,2024-02,3", "3,乙,county,1,,,2024-01"],
        "row 3: found successor 3 of 2 甲, which is in use up to 2024-01; expected a successor that is in use in 2024-03",
    ),
    "a gap before the successor": (
        [TOP, "2,甲,county,1,,,2024-01,3", "3,乙,county,1,,2024-04"],
        "row 3: found successor 3 of 2 甲, which begins 2024-04; expected a successor that is in use in 2024-02",
    ),
    "validities that overlap": (
        [TOP, "2,甲,county,1,,,2024-05", "2,乙,county,1,,2024-05"],
        "row 4: found area_code 2 from 2024-05, while row 3 goes on to 2024-05",
    ),
    "an end before the beginning": (
        [TOP, "2,甲,county,1,,2024-05,2024-04"],
        "row 3: found valid_to 2024-04 of 2, which begins 2024-05",
    ),
    "one code twice": (
        [TOP, "2,甲,county,1", "2,乙,county,1"],
        "row 4: found area_code 2 twice, also in row 3",
    ),
    "a parent that is no more": (
        [TOP, "2,甲,prefecture,1,,,2024-05,", "3,乙,county,2"],
        "row 4: found parent_code 2, which is in use up to 2024-05, for 3 乙, which has no end",
    ),
    "a top that ended and nothing follows": (
        [TOP, "2,旧国,country,,,,2024-05"],
        "row 3: found valid_to 2024-05 without a successor for 2 旧国, above which there is no area",
    ),
    "a split that no area holds": (
        [TOP, "2,别国,country", "3,甲,county,1,,,2024-05,4|5", "4,乙,county,1", "5,丙,county,2"],
        "row 4: found successors of 3 甲 that no area holds together: 4 乙 (row 5) in 1 Land (row 2), 5 丙 (row 6) in "
        "2 别国 (row 3); expected an area above them all",
    ),
    "a parent that is not there": (
        [TOP, "2,甲,county,9"],
        "row 3: found code '9'; expected an area_code of this file",
    ),
}


@pytest.mark.parametrize("slip", SLIPS, ids=str)
def test_what_does_not_fit_is_refused_by_its_row(folder, slip):
    rows, message = SLIPS[slip]
    assert refusal(folder, *rows).startswith(message)


def test_what_areas_go_through_is_read(folder):
    areas = read(
        folder,
        TOP,
        "2,甲县,county,1,,,2024-01,2",
        "2,甲市,county,1,,2024-02",
        "3,乙县,county,1,,,2024-01,2|4",
        "4,丙县,county,1,,2024-02,2024-03",
        "4,丁县,county,1,,2024-04",
        "5,戊县,county,1,,,2023-12",
        "6,己地区,prefecture,1,,,2023-12,2",
        "7,庚县,county,6,,,2023-12",
        "7,庚县,county,1,,2024-01",
        "8,辛县,county,1,,2030-01,2031-12,2",
    )
    assert {area.name: area.successor_codes for area in areas if area.name in ("戊县", "丙县")} == {
        "戊县": ("1",),
        "丙县": (),
    }


@settings(max_examples=200, deadline=None)
@given(
    st.integers(1, 4),
    st.integers(0, 3),
    st.permutations(range(7)),
    st.sampled_from(("parents", "successors")),
    st.lists(st.integers(1, 12), min_size=4, max_size=4),
)
def test_circles_of_one_to_four_areas_are_refused_by_a_row_of_theirs(folder, size, others, order, what, ends):
    """The circle stands anywhere among other areas; some that are in none lead into it."""
    rows = []
    for place in range(size):
        following = 20 + (place + 1) % size
        rows.append(
            f"{20 + place},circle,{LEVELS[1 + place]},{following}"
            if what == "parents"
            else f"{20 + place},circle,county,1,,,2024-{ends[place]:02d},{following}"
        )
    for place in range(others):
        rows.append(
            f"{30 + place},other,township,20"
            if what == "parents"
            else f"{30 + place},other,county,1,,,2023-12,20"
        )
    rows = [rows[place] for place in order if place < len(rows)]
    message = refusal(folder, TOP, *rows)
    line = int(re.match(r"row (\d+): ", message)[1])
    assert ",circle," in [COLUMNS, TOP, *rows][line - 1]
    assert f"circle of {what}" in message or f"as its own {what[:-1]}" in message
