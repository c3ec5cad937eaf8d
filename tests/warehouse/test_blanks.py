"""A lone blank is told, with what becomes unknown by it; blanks that nobody would fill are not."""

from __future__ import annotations

import json

import polars as pl

from tests.warehouse.by_hand import area, month_of, monthly

AREAS = (
    area("0", "province"),
    area("1", "county", "0"),
    *(area(f"1{n}", "township", "1") for n in range(1, 6)),
)


def blank(code, month, element="births_male", source="register", row=5, column=3, **more):
    return {
        "source": source, "path": f"{month}.csv", "row": row, "column": column, "element": element,
        "area_code": code, "period": month_of(month), **more,
    }  # fmt: skip


def told(tables):
    found = tables["findings"].filter(pl.col("kind") == "blank_cell").sort("month", "area_code", "subject")
    return [
        (row["area_code"], f"{row['month']:%Y-%m}", row["subject"], json.loads(row["evidence"]))
        for row in found.iter_rows(named=True)
    ]


def births(code, boys, girls):
    return monthly("register", code, "births_male", boys) + monthly("register", code, "births_female", girls)


def test_a_blank_is_told_with_all_that_is_unknown_by_it(count):
    rows = births("11", [3, 4, 5], [3, 3, 3]) + births("12", [1, None, 2], [2, 2, 2])
    tables = count(rows, AREAS, blanks=[blank("12", "2024-02")])
    ((code, month, element, evidence),) = told(tables)
    assert (code, month, element) == ("12", "2024-02", "births_male")
    assert evidence == {
        "source": "register",
        "path": "2024-02.csv",
        "sheet": "",
        "row": 5,
        "column": 3,
        "areas": None,
        "unknown": "12 area 12 → 1 area 1 → 0 area 0",
        "elements": "births, births_male",
        "indicators": "sex_ratio",
    }


def test_what_another_source_or_another_file_gives_is_no_gap(count):
    rows = births("11", [3, 4], [3, 3]) + births("12", [1, None], [2, 2])
    elsewhere = [("hospital", "b.csv", "12", "2024-02", "births_male", 7)]
    assert told(count(rows + elsewhere, AREAS, blanks=[blank("12", "2024-02")])) == []
    again = [("register", "2024-02b.csv", "12", "2024-02", "births_male", 7)]
    assert told(count(rows + again, AREAS, blanks=[blank("12", "2024-02")])) == []


def test_an_element_that_an_area_never_gives_is_not_missed(count):
    rows = births("11", [3, 4, 5], [3, 3, 3]) + monthly("register", "12", "births_female", [2, 2, 2])
    blanks = [blank("12", f"2024-0{month}") for month in (1, 2, 3)]
    assert told(count(rows, AREAS, blanks=blanks)) == []


def test_an_element_given_in_less_than_half_of_the_other_months_is_not_missed(count):
    months = range(1, 7)
    for given, is_told in (([1, 2, 3], True), ([1, 2], False)):
        boys = [4 if month in given else None for month in months]
        blanks = [blank("12", f"2024-0{month}") for month in months if month not in given]
        tables = count(births("12", boys, [2] * 6), AREAS, blanks=blanks)
        assert bool(told(tables)) == is_told, given


def test_in_a_first_month_the_others_say_what_is_usual(count):
    rows = births("11", [3], [3]) + births("13", [3], [3]) + births("12", [None], [2])
    assert [code for code, *_ in told(count(rows, AREAS, blanks=[blank("12", "2024-01")]))] == ["12"]
    rows = births("11", [None], [3]) + births("13", [None], [3]) + births("12", [None], [2])
    blanks = [blank(code, "2024-01") for code in ("11", "12", "13")]
    assert told(count(rows, AREAS, blanks=blanks)) == []


def test_many_blanks_of_one_file_and_month_are_one_line(count):
    codes = [f"1{n}" for n in range(1, 6)]
    rows = [row for code in codes for row in births(code, [3, None, 5], [3, 3, 3])]
    blanks = [blank(code, "2024-02", row=4 + place) for place, code in enumerate(codes)]
    ((code, month, element, evidence),) = told(count(rows, AREAS, blanks=blanks))
    assert (code, month, element, evidence["areas"], evidence["row"]) == (
        "1",
        "2024-02",
        "births_male",
        5,
        4,
    )
    assert evidence["unknown"] == "1 area 1 → 0 area 0"


def test_a_blank_of_a_cumulative_figure_is_told_too(count):
    rows = monthly("register", "12", "births_male", [1, None, 6], span="ytd") + monthly(
        "register", "12", "births_female", [1, 2, 3], span="ytd"
    )
    ((code, month, _, evidence),) = told(count(rows, AREAS, blanks=[blank("12", "2024-02", span="ytd")]))
    assert (code, month, evidence["elements"]) == ("12", "2024-02", "births, births_male")
