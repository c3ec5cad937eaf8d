"""Findings that need no model: each kind found on figures that look like the real thing, and not where it is only noise."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pytest

from tests.warehouse.by_hand import AREAS, area, month_of, monthly

MANY = (area("1", "county"), *(area(f"1{n}", "township", "1") for n in range(1, 9)))


def findings(tables, kind=None):
    """(kind, area, month as text, subject) and evidence of each finding."""
    return [
        (
            (row["kind"], row["area_code"], f"{row['month']:%Y-%m}", row["subject"]),
            json.loads(row["evidence"]),
        )
        for row in tables["findings"].sort("kind", "area_code", "month", "subject", "evidence").to_dicts()
        if kind in (None, row["kind"])
    ]


def kinds(tables):
    return [key[0] for key, _ in findings(tables)]


def printed(**figures):
    return [("work", "a.csv", "11", "2024-01", name, value) for name, value in figures.items()]


def poisson(seed, mean, months):
    return np.random.default_rng(seed).poisson(mean, months).tolist()


# figures of one row


def test_male_and_female_that_are_not_the_printed_total(count):
    tables = count(printed(births_male=52, births_female=48, births_printed=110), same_row=True)
    ((key, evidence),) = findings(tables)
    assert key == ("sum_differs", "11", "2024-01", "births_printed")
    assert (evidence["printed"], evidence["computed"]) == (110, 100)
    assert (evidence["path"], evidence["row"], evidence["column"]) == ("a.csv", 2, 3)


def test_printed_totals_that_are_right_in_every_row_and_rows_without_one(count):
    tables = count(printed(births_male=52, births_female=48, births_printed=100), same_row=True)
    assert findings(tables) == []
    tables = count(printed(births_male=52, births_printed=110), same_row=True)
    assert findings(tables) == []


def test_two_wrong_totals_that_cancel_out_are_both_found(count):
    """Two villages of one town: what one total has too much, the other has too little."""
    rows = printed(births_male=52, births_female=48, births_printed=101)
    rows += printed(births_male=30, births_female=30, births_printed=59)
    tables = count(rows, row_numbers=[2, 2, 2, 3, 3, 3])
    assert {evidence["row"] for _, evidence in findings(tables, "sum_differs")} == {2, 3}


def test_a_printed_percentage_that_does_not_follow_from_its_counts(count):
    ((key, evidence),) = findings(count(printed(done=85, due=100, rate_printed=58), same_row=True))
    assert key == ("rate_differs", "11", "2024-01", "rate_printed")
    assert (evidence["printed"], evidence["computed"], evidence["factor"]) == (58, 85, None)


def test_a_percentage_rounded_to_its_decimals_is_right(count):
    assert findings(count(printed(done=2, due=3, rate_printed=66.67), same_row=True)) == []
    assert kinds(count(printed(done=2, due=3, rate_printed=66.66), same_row=True)) == ["rate_differs"]


def test_a_printed_rate_that_contradicts_count_and_population(count):
    """A page of a county printed 7,874 deaths, a population of 1,064,551 and a death rate of 3.52 per mille."""
    tables = count(printed(deaths=7874, population=1_064_551, death_rate_printed=3.52), same_row=True)
    ((key, evidence),) = findings(tables)
    assert key[0] == "rate_differs"
    assert evidence["computed"] == pytest.approx(7.40, abs=0.005)


@pytest.mark.parametrize(("found", "factor"), [(73.97, 10), (0.74, 0.1), (7396.5, 1000), (739.65, 100)])
def test_a_slip_of_the_unit_is_named(count, found, factor):
    tables = count(printed(deaths=7874, population=1_064_551, death_rate_printed=found), same_row=True)
    ((key, evidence),) = findings(tables)
    assert (key[0], evidence["factor"]) == ("unit_slip", factor)


@pytest.mark.parametrize("found", [70.1, 0.01])
def test_a_wrong_rate_that_is_no_slip_of_the_unit(count, found):
    tables = count(printed(deaths=7874, population=1_064_551, death_rate_printed=found), same_row=True)
    assert kinds(tables) == ["rate_differs"]


def test_a_total_row_that_is_not_the_sum_of_its_rows(count):
    total = {
        "source": "work",
        "path": "a.csv",
        "row": 9,
        "column": 3,
        "element": "deaths",
        "area_code": "1",
        "period": date(2024, 1, 1),
        "label": "合计",
        "stated": 120,
        "computed": 102,
        "rows_added": 7,
    }
    ((key, evidence),) = findings(count(printed(deaths=5), totals=[total]))
    assert key == ("total_row_differs", "1", "2024-01", "deaths")
    assert (evidence["label"], evidence["stated"], evidence["computed"]) == ("合计", 120, 102)


# figures that sum others up


def test_a_cumulative_figure_that_falls(count):
    ((key, evidence),) = findings(count(monthly("register", "11", "deaths", [3, 9, 7, 12], span="ytd")))
    assert key == ("cumulative_falls", "11", "2024-03", "deaths")
    assert (evidence["previous"], evidence["found"]) == (9, 7)


@pytest.mark.parametrize(("span", "stated"), [("ytd", 33), ("quarter", 33)])
def test_a_figure_of_several_months_that_is_not_their_sum(count, span, stated):
    months = monthly("register", "11", "deaths", [10, 11, 10])
    tables = count([*months, ("register", "q.csv", "11", "2024-03", "deaths", stated, span)])
    ((key, evidence),) = findings(tables)
    assert key == ("cumulative_differs", "11", "2024-03", "deaths")
    assert (evidence["stated"], evidence["sum_of_months"]) == (33, 31)
    assert findings(count([*months, ("register", "q.csv", "11", "2024-03", "deaths", 31, span)])) == []
    assert (
        findings(count([*months[:2], ("register", "q.csv", "11", "2024-03", "deaths", stated, span)])) == []
    )


def test_a_stated_element_that_is_not_the_sum_of_its_stated_parts(count):
    rows = printed(births=110, births_male=52, births_female=48)
    ((key, evidence),) = findings(count(rows))
    assert key == ("sum_differs", "11", "2024-01", "births")
    assert (evidence["stated"], evidence["sum_of_parts"]) == (110, 100)
    assert findings(count(printed(births=110, births_male=52))) == []


def test_a_county_that_is_not_the_sum_of_its_townships(count):
    below = monthly("register", "11", "deaths", [10, 11]) + monthly("register", "12", "deaths", [20, 21])
    ((key, evidence),) = findings(count(below + monthly("register", "1", "deaths", [30, 35])))
    assert key == ("children_differ", "1", "2024-02", "deaths")
    assert (evidence["stated"], evidence["sum_of_areas"], evidence["areas"]) == (35, 32, 2)


def test_a_county_is_not_held_against_an_incomplete_sum_nor_closely_against_another_source(count):
    below = monthly("register", "11", "deaths", [10, None]) + monthly("register", "12", "deaths", [20, 21])
    assert findings(count(below + monthly("register", "1", "deaths", [30, 35]))) == []
    below = monthly("register", "11", "deaths", [10, 11]) + monthly("register", "12", "deaths", [20, 21])
    assert findings(count(below + monthly("yearbook", "1", "deaths", [31, 30]))) == []
    assert kinds(count(below + monthly("yearbook", "1", "deaths", [31, 90]))) == ["children_differ"]


# several sources


def test_sources_that_disagree_over_the_last_twelve_months(count):
    hospital = monthly("hospital", "11", "births_male", poisson(1, 100, 14), 2023)
    register = monthly("register", "11", "births_male", poisson(2, 80, 14), 2023)
    found = findings(count(hospital + register))
    assert [key for key, _ in found] == [
        ("sources_disagree", code, "2024-02", "births_male") for code in ("1", "11")
    ]
    evidence = found[1][1]
    assert (evidence["preferred_source"], evidence["source"]) == ("hospital", "register")
    assert (evidence["time_window"], evidence["months"]) == ("rolling_12", 12)
    assert evidence["preferred"] > 1.1 * evidence["found"]


def test_sources_that_differ_as_two_counts_do(count):
    hospital = monthly("hospital", "11", "births_male", poisson(3, 20, 14), 2023)
    register = monthly(
        "register", "11", "births_male", [value + (-1) ** value for value in poisson(3, 20, 14)], 2023
    )
    assert findings(count(hospital + register)) == []
    few = monthly("hospital", "11", "births_male", [3] * 3) + monthly(
        "register", "11", "births_male", [4] * 3
    )
    assert findings(count(few)) == []


# a figure against its own series


def test_a_series_stuck_on_one_value(count):
    values = [*poisson(4, 40, 6), *[37] * 8, *poisson(5, 40, 3)]
    ((key, evidence),) = findings(count(monthly("register", "11", "deaths", values, 2023)))
    assert key == ("stuck", "11", "2024-02", "deaths")
    assert (evidence["value"], evidence["months"], evidence["first_month"]) == (37, 8, "2023-07")


def test_small_counts_repeat_by_chance(count):
    assert findings(count(monthly("register", "11", "deaths", [2, 1, 1, 1, 1, 1, 1, 2], 2023))) == []
    assert findings(count(monthly("register", "11", "deaths", [38, 40, 40, 40, 41, 39], 2023))) == []


def test_a_large_stock_that_stands_still_and_a_small_one(count):
    moving = [81_200, 81_340, 81_410, 81_602, 81_602, 81_602, 81_602]
    ((key, evidence),) = findings(count(monthly("register", "11", "population", moving) + FLOWS))
    assert key == ("stuck", "11", "2024-07", "population")
    assert evidence["months"] == 4
    assert findings(count(monthly("register", "11", "population", moving[:-1]) + FLOWS)) == []
    assert findings(count(monthly("register", "11", "population", [900] * 12) + FLOWS)) == []
    slow = [1512, 1513, 1515, 1514, 1514, 1514, 1514, 1516]
    assert findings(count(monthly("register", "11", "population", slow) + FLOWS)) == []


FLOWS = monthly("hospital", "12", "deaths", [3, 1, 4, 1, 5, 2, 6])


def two_elements(code, deaths, births, **more):
    return monthly("register", code, "deaths", deaths, **more) + monthly(
        "register", code, "births_male", births, **more
    )


def test_a_month_copied_from_the_last(count):
    """Two equal months of a single series are chance; of two series of some size they are not."""
    rows = two_elements("11", [2310, 2275, 2275], [1904, 1877, 1877]) + two_elements(
        "12", [9, 8, 7], [4, 5, 5]
    )
    assert findings(count(rows)) == []
    large = two_elements("11", [231_000, 227_500, 227_500], [190_400, 187_700, 187_700])
    ((key, evidence),) = findings(count(large))
    assert key == ("copied_month", "11", "2024-03", "deaths")
    assert (evidence["previous_month"], evidence["figures"]) == ("2024-02", 2)


def test_a_whole_county_copied_is_one_finding(count):
    rows = []
    for n in range(1, 9):
        deaths, births = poisson(n, 30, 2), poisson(n + 50, 20, 2)
        rows += two_elements(f"1{n}", [*deaths, deaths[-1]], [*births, births[-1]])
    ((key, evidence),) = findings(count(rows, MANY))
    assert key[:3] == ("copied_month", "1", "2024-03")
    assert (evidence["areas"], evidence["figures"]) == (8, 16)
    rows[-1] = (*rows[-1][:5], rows[-1][5] + 1, "month")
    assert findings(count(rows, MANY)) == []


def test_cumulative_figures_that_have_not_moved(count):
    """No death in a month where thirty are usual; where one is usual it says nothing."""
    ((key, _),) = findings(count(monthly("register", "11", "deaths", [31, 60, 60], span="ytd")))
    assert key == ("copied_month", "11", "2024-03", "deaths")
    assert findings(count(monthly("register", "11", "deaths", [1, 2, 2], span="ytd"))) == []


def test_zeros_that_mean_missing(count):
    rows = two_elements("11", [9, 11, 0, 8, 10], [8, 7, 0, 9, 6])
    ((key, evidence),) = findings(count(rows))
    assert key == ("zero_for_missing", "11", "2024-03", "deaths")
    assert (evidence["figures"], evidence["usual"]) == (2, 17.0)


def test_one_zero_that_means_missing_and_zeros_that_may_be_true(count):
    one = two_elements("11", [31, 28, 0, 30, 29], [8, 7, 6, 9, 6])
    ((key, _),) = findings(count(one))
    assert key == ("zero_for_missing", "11", "2024-03", "deaths")
    assert findings(count(two_elements("11", [9, 11, 0, 8, 10], [8, 7, 6, 9, 6]))) == []
    assert findings(count(two_elements("11", [3, 2, 0, 4, 1], [2, 1, 0, 1, 3]))) == []


# files, returns and codes


def test_a_file_received_twice(count):
    rows = monthly("hospital", "11", "births_male", [3, 4])
    same = {path: {"sha256": "ab" * 32} for path in ("2024-01.csv", "2024-02.csv")}
    ((key, evidence),) = findings(count(rows, files=same))
    assert key == ("duplicate_file", "1", "2024-02", "")
    assert (evidence["path"], evidence["same_as"]) == ("2024-02.csv", "2024-01.csv")
    assert findings(count(rows)) == []


def test_an_office_that_has_not_reported_for_months(count):
    rows = monthly("hospital", "11", "births_male", [3, 4, 5, 4, 3])
    rows += monthly("hospital", "12", "births_male", [3, 4])
    ((key, evidence),) = findings(count(rows))
    assert key == ("long_silent", "12", "2024-05", "")
    assert (evidence["months_silent"], evidence["last_return"]) == (3, "2024-02")
    assert findings(count([row for row in rows if row[3] != "2024-05"])) == []


def test_a_county_silent_as_a_whole_is_one_finding(count):
    areas = (
        area("0", "prefecture"),
        *(area(code, "county", "0") for code in ("1", "2")),
        *AREAS[1:],
        area("21", "township", "2"),
    )
    rows = monthly("hospital", "11", "births_male", [3, 4]) + monthly("hospital", "12", "births_male", [3, 4])
    rows += monthly("hospital", "21", "births_male", [3, 4, 5, 4, 3])
    ((key, evidence),) = findings(count(rows, areas))
    assert key == ("long_silent", "1", "2024-05", "")
    assert evidence["areas"] == 2


def test_a_quarterly_source_is_silent_after_three_quarters(count):
    rows = [("register", "q.csv", "11", "2023-03", "deaths", 30, "quarter")]
    others = monthly("hospital", "12", "births_male", poisson(6, 4, 12), 2023)
    tables = count(rows + others, sources={"register": {"every_months": 3}})
    ((key, evidence),) = findings(tables)
    assert key == ("long_silent", "11", "2023-12", "")
    assert evidence["months_silent"] == 9
    tables = count(rows + others[:-3], sources={"register": {"every_months": 3}})
    assert findings(tables) == []


def test_findings_carry_stable_names_and_no_area_is_left_out(count):
    rows = monthly("register", "11", "deaths", [3, 9, 7, 12], span="ytd")
    first, second = (count(rows)["findings"] for _ in range(2))
    assert first["finding_id"].to_list() == second["finding_id"].to_list()
    assert first["month"].to_list() == [month_of("2024-03")]
