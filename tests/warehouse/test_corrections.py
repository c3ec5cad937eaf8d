"""A correction mends the cell it names, and says aloud when the cell is no longer what it was."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.problems import ProblemError
from pipeline.reference import Correction
from tests.warehouse.by_hand import monthly, value_of


def correction(expected="300", value=30, name="births_male", row=1, column=1):
    return Correction(
        "hospital",
        "2024-01.csv",
        "",
        row,
        column,
        name,
        expected,
        value,
        "电话核实，录入有误",
        "李",
        date(2024, 2, 11),
    )


def refused(found="约15", row=7, column=6, **known):
    return {
        "source": "hospital",
        "path": "2024-01.csv",
        "row": row,
        "column": column,
        "found": found,
        "element": "births_male",
        "area_code": "12",
        "period": date(2024, 1, 1),
        "span": "month",
    } | known


ROWS = monthly("hospital", "11", "births_male", [300])


def test_a_correction_replaces_the_cell(count):
    tables = count(ROWS, corrections=[correction()])
    assert value_of(tables["counts"], area_code="11", element="births_male") == 30
    assert value_of(tables["counts"], "status", area_code="11", element="births_male") == "corrected"
    (mended,) = tables["corrections"].to_dicts()
    assert (mended["found"], mended["value"], mended["was_refused"]) == ("300", 30, False)
    assert mended["date"] == date(2024, 2, 11)


@pytest.mark.parametrize("expected", ["300", "300.0", "３００", "300人"])
def test_the_expected_value_is_the_text_of_the_cell_or_the_same_number(count, expected):
    texts = {1: "300人"} if expected == "300人" else None
    tables = count(ROWS, corrections=[correction(expected)], texts=texts)
    assert value_of(tables["counts"], area_code="11", element="births_male") == 30


@pytest.mark.parametrize("rest", [0, 5])
def test_only_the_mended_cell_of_several_rows_changes(count, rest):
    rows = [("hospital", "2024-01.csv", "11", "2024-01", "births_male", value) for value in (300, rest)]
    assert (
        value_of(count(rows, corrections=[correction()])["counts"], area_code="11", element="births_male")
        == 30 + rest
    )


def test_a_refused_cell_can_be_mended(count):
    tables = count(ROWS, corrections=[correction("约15", 15, row=7, column=6)], rejects=[refused()])
    assert value_of(tables["counts"], area_code="12", element="births_male") == 15
    assert value_of(tables["counts"], "status", area_code="12", element="births_male") == "corrected"
    assert value_of(tables["counts"], area_code="1", element="births_male") == 315
    assert value_of(tables["corrections"], "was_refused", row=7)


@pytest.mark.parametrize(
    ("mended", "message"),
    [
        (correction("30"), r"2024-01.csv, row 1, column A: found 300; expected 30"),
        (correction(row=9), r"row 9, column A: found no such cell; expected 300"),
        (correction(name="births_female"), r"found no such cell; expected 300 as births_female"),
        (correction("约16", row=7, column=6), r"row 7, column F: found 约15; expected 约16"),
        (
            correction("约15", row=8, column=6),
            r"row 8, column F: found 约15 in a row whose area or month is unknown",
        ),
    ],
    ids=["another value", "another place", "another element", "another refused text", "area unknown"],
)
def test_a_correction_that_does_not_find_what_it_expects_is_said_aloud(count, mended, message):
    rejects = [refused(), refused(row=8, area_code=None)]
    with pytest.raises(ProblemError, match=message):
        count(ROWS, corrections=[mended], rejects=rejects)


def test_one_cell_is_not_corrected_twice(count):
    with pytest.raises(ProblemError, match="found two corrections of one cell"):
        count(ROWS, corrections=[correction(), correction(value=31)])
