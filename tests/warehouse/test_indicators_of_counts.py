"""Indicators of method count: factor × numerator, held against a target over the year alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.reference import Formula, Target
from tests.warehouse.by_hand import INDICATORS, monthly, value_of


@pytest.fixture
def of_tasks(count, monkeypatch):
    """The rows of an indicator that counts tasks, of area 11, with a target of at least 250 for 2024."""
    tasks = replace(INDICATORS["share"], name="tasks", method="count", formula=Formula({"done": 1}, {}, 2))
    monkeypatch.setitem(INDICATORS, "tasks", tasks)

    def run(values):
        target = Target("tasks", 2024, "township", "", 250, None)
        table = count(monthly("work", "11", "done", values, 2023), targets=[target])["indicator_values"]
        return table.filter(area_code="11", indicator="tasks")

    return run


def test_the_value_is_the_sum_times_the_factor_without_any_denominator(of_tasks):
    rows = of_tasks(range(1, 25))
    of_may = {"time_window": "ytd", "month": date(2024, 5, 1)}
    assert value_of(rows, **of_may) == 2 * (13 + 14 + 15 + 16 + 17)
    assert value_of(rows, "numerator", **of_may) == value_of(rows, "events", **of_may) == 75
    assert value_of(rows, "denominator", **of_may) is None
    assert value_of(rows, "value_annualised", **of_may) is None
    assert value_of(rows, "value_last_year", **of_may) == 2 * 15
    assert value_of(rows, "year_share", time_window="month", month=date(2024, 5, 1)) == 1
    assert set(rows["is_denominator_estimated"]) == {False}


def test_a_count_is_held_against_its_target_over_the_year_alone(of_tasks):
    rows = of_tasks(range(1, 25))
    december = date(2024, 12, 1)
    assert value_of(rows, "target", time_window="year", month=december) == 250
    assert value_of(rows, "gap", time_window="year", month=december) == 250 - 2 * sum(range(13, 25))
    for window in ("month", "quarter", "half_year", "ytd", "rolling_12"):
        assert value_of(rows, "target_lower", time_window=window, month=december) is None
        assert value_of(rows, "target", time_window=window, month=december) is None


def test_a_month_without_a_return_leaves_the_count_unknown(of_tasks):
    rows = of_tasks([*range(1, 14), None, 15])
    of_march = {"time_window": "ytd", "month": date(2024, 3, 1)}
    assert value_of(rows, **of_march) is None and value_of(rows, "months_missing", **of_march) == 1
