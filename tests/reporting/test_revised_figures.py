"""A revised figure counts once: where it was reported, and not again in what is the sum of it."""

from __future__ import annotations

from datetime import date

from pipeline.reporting.shown.revisions import revisions_of
from pipeline.reporting.shown.rule import Limits

MARCH = date(2026, 3, 1)
CHILDREN = {"99": ["9901"], "9901": ["990101"], "990101": ["990101001", "990101002"]}
COUNTS = {(MARCH, name): {"value": 170, "value_ytd": 500} for name in ("births", "births_male", "deaths")}
PARTS = {"births": ("births_male", "births_female")}


def row(element: str, before: int, value: int, path: str = "a.csv", span: str = "month") -> dict:
    return {
        "period": MARCH,
        "element": element,
        "span": span,
        "value_before": before,
        "value": value,
        "path": path,
    }


def told(code: str, rows: dict, hides_counts: bool = False) -> list[tuple]:
    return [
        (one.element, one.is_since_january, one.value_before, one.value, one.paths)
        for one in revisions_of(code, rows, CHILDREN, COUNTS, PARTS, Limits(5), hides_counts)
    ]


def test_townships_are_added_up_in_every_area_above():
    rows = {
        "990101001": [row("births_male", 50, 52)],
        "990101002": [row("births_male", 40, 41, "b.csv")],
    }
    for code in ("990101", "9901", "99"):
        assert told(code, rows) == [("births_male", False, 167, 170, ["a.csv", "b.csv"])]


def test_a_county_that_states_its_own_figure_is_revised_by_that_alone():
    rows = {"990101": [row("births_male", 160, 170)], "990101001": [row("births_male", 50, 60)]}
    assert told("990101", rows) == told("99", rows) == [("births_male", False, 160, 170, ["a.csv"])]


def test_a_sum_is_not_named_beside_its_parts():
    rows = {"990101001": [row("births", 90, 92), row("births_male", 50, 52), row("deaths", 9, 8)]}
    assert [one[0] for one in told("990101001", rows)] == ["births_male", "deaths"]


def test_cumulative_figures_are_told_apart_from_those_of_a_month():
    rows = {"990101001": [row("births_male", 50, 52), row("births_male", 90, 95, span="ytd")]}
    assert [one[1:4] for one in told("990101001", rows)] == [(False, 168, 170), (True, 495, 500)]


def test_a_figure_that_is_or_was_small_is_withheld_and_all_are_where_births_and_deaths_are():
    was_small = {"990101001": [row("births_male", 0, 167)]}
    assert told("990101001", was_small) == [("births_male", False, None, None, ["a.csv"])]
    large = {"990101001": [row("births_male", 50, 52)]}
    assert told("990101001", large, hides_counts=True) == [("births_male", False, None, None, ["a.csv"])]
