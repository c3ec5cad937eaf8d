"""Windows, rates, stocks between known months, targets."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.reference import Target
from tests.warehouse.by_hand import monthly, value_of


def test_windows(count):
    values = count(
        monthly("hospital", "11", "births_male", range(1, 13), 2023)
        + monthly("hospital", "11", "births_male", range(13, 25), 2024)
        + monthly("hospital", "11", "births_female", [10] * 12, 2023)
        + monthly("hospital", "11", "births_female", [10] * 12, 2024)
    )["indicator_values"].filter(area_code="11", indicator="sex_ratio")

    def males(window, month, column="numerator"):
        return value_of(values, column, time_window=window, month=month)

    assert males("month", date(2024, 8, 1)) == 20
    assert males("quarter", date(2024, 6, 1)) == 16 + 17 + 18
    assert males("half_year", date(2024, 12, 1)) == sum(range(19, 25))
    assert males("ytd", date(2024, 8, 1)) == sum(range(13, 21))
    assert males("ytd", date(2024, 8, 1), "numerator_last_year") == sum(range(1, 9))
    assert males("rolling_12", date(2024, 8, 1)) == sum(range(9, 21))
    assert males("year", date(2024, 12, 1)) == sum(range(13, 25))
    assert males("rolling_12", date(2023, 8, 1)) is None
    assert males("ytd", date(2024, 8, 1), "value") == pytest.approx(100 * sum(range(13, 21)) / 80)


def test_a_rate_of_a_month_is_annualised_by_days_and_of_several_months_as_counted(count):
    rows = [
        row
        for element, values in (
            ("births_male", [31, 28]),
            ("births_female", [0, 0]),
            ("deaths", [0, 0]),
            ("population", [1000, 3000]),
        )
        for row in monthly("register", "11", element, values, year=2023)
    ]
    values = count(rows)["indicator_values"].filter(area_code="11", indicator="growth")
    of_february = values.filter(time_window="month", month=date(2023, 2, 1)).to_dicts()[0]
    assert of_february["denominator"] == 2000
    assert of_february["value"] == pytest.approx(1000 * 28 / (2000 * 28 / 365))
    so_far = values.filter(time_window="ytd", month=date(2023, 2, 1)).to_dicts()[0]
    assert so_far["denominator"] == (1000 + 2000) / 2
    assert so_far["value"] == pytest.approx(1000 * 59 / 1500)
    assert so_far["value_annualised"] == pytest.approx(1000 * 59 / (1500 * 59 / 365))
    assert so_far["events"] == 59


def test_population_is_interpolated_between_and_carried_forward_after_known_months(count):
    rows = monthly("register", "11", "population", [1000, None, 1200]) + monthly(
        "register", "11", "deaths", [1] * 4
    )
    events = count(rows)["vital_events"].filter(area_code="11")
    averages = [
        y / d for y, d in zip(events["person_years"], [31 / 366, 29 / 366, 31 / 366, 30 / 366], strict=True)
    ]
    assert averages == pytest.approx([1000, 1050, 1150, 1200])


def test_a_share_of_stocks_is_unknown_in_a_month_without_a_return(count):
    rows = monthly("work", "11", "complete", [90, None, 95]) + monthly(
        "work", "11", "records", [100, None, 100]
    )
    values = count(rows + monthly("work", "11", "deaths", [1] * 3))["indicator_values"]
    shares = values.filter(area_code="11", indicator="completeness", time_window="month").sort("month")
    assert shares["value"].to_list() == [90, None, 95]


@pytest.mark.parametrize(
    ("indicator_name", "numbers", "bounds", "gap"),
    [
        ("sex_ratio", (1255, 1000), (None, 107), 18.5),
        ("share", (8471, 10000), (95, None), 10.29),
        ("share", (86, 10000), (None, 1), -0.14),
        ("share", (50, 100), (40, 60), -10),
        ("share", (65, 100), (40, 60), 5),
        ("share", (35, 100), (40, 60), 5),
    ],
)
def test_the_gap_to_a_target_has_the_right_sign(count, indicator_name, numbers, bounds, gap):
    elements = ("births_male", "births_female") if indicator_name == "sex_ratio" else ("done", "due")
    rows = [row for e, n in zip(elements, numbers, strict=True) for row in monthly("hospital", "11", e, [n])]
    target = Target(indicator_name, 2024, "township", "", *bounds)
    values = count(rows, targets=[target])["indicator_values"]
    found = value_of(values, "gap", area_code="11", indicator=indicator_name, time_window="ytd")
    assert found == pytest.approx(gap)


def test_the_target_of_an_area_goes_before_that_of_its_level(count):
    rows = monthly("hospital", "11", "births_male", [10]) + monthly("hospital", "11", "births_female", [10])
    targets = [
        Target("sex_ratio", 2024, "township", "", None, 107),
        Target("sex_ratio", 2024, "township", "11", None, 110),
    ]
    values = count(rows, targets=targets)["indicator_values"]
    assert value_of(values, "target", area_code="11", indicator="sex_ratio", time_window="ytd") == 110


def test_a_rate_names_the_population_concept_of_its_denominator(count):
    values = count(monthly("register", "11", "deaths", [3]))["indicator_values"]
    concepts = dict(values.select("indicator", "denominator_concept").unique().rows())
    assert concepts == {"growth": "registered", "sex_ratio": None, "completeness": None, "share": None}


def test_an_estimated_population_is_no_missing_month(count):
    rows = monthly("register", "11", "population", [1000, None, 1200])
    for name in ("births_male", "births_female", "deaths"):
        rows += monthly("register", "11", name, [1, 1, 1])
    values = count(rows)["indicator_values"].filter(area_code="11", time_window="ytd", month=date(2024, 3, 1))
    assert value_of(values, "months_missing", indicator="growth") == 0
    assert value_of(values, "is_denominator_estimated", indicator="growth")


def disagreement(tables, **where):
    return tables["disagreements"].filter(**where).select("months", "value_preferred", "value").rows()


def test_two_sources_are_compared_over_the_months_that_both_state(count):
    hospital = monthly("hospital", "11", "births_male", [30, 31, None, 33])
    register = monthly("register", "11", "births_male", [28, 31, 40, 30])
    tables = count(hospital + register + monthly("hospital", "12", "births_male", [10, 10, 10, 10]))
    found = {"element": "births_male", "source": "register", "time_window": "ytd", "month": date(2024, 4, 1)}
    assert disagreement(tables, area_code="11", **found) == [(3, 94, 89)]
    assert disagreement(tables, area_code="1", **found) == [(3, 94, 89)]
    assert disagreement(tables, area_code="12", **found) == []
    assert set(tables["disagreements"]["preferred_source"]) == {"hospital"}


def test_sources_are_compared_over_every_window(count):
    hospital = monthly("hospital", "11", "births_male", range(10, 34), 2023)
    register = monthly("register", "11", "births_male", range(11, 35), 2023)
    of_december = count(hospital + register)["disagreements"].filter(area_code="11", month=date(2024, 12, 1))
    found = {
        row["time_window"]: (row["months"], row["value"] - row["value_preferred"])
        for row in of_december.to_dicts()
    }
    assert found == {
        "month": (1, 1),
        "quarter": (3, 3),
        "half_year": (6, 6),
        "ytd": (12, 12),
        "rolling_12": (12, 12),
        "year": (12, 12),
    }
