"""Observations to counts of every area and month: cumulative figures, sums, sources, editions."""

from __future__ import annotations

from datetime import date

from tests.warehouse.by_hand import monthly, value_of


def test_cumulative_figures_become_months(count):
    counts = count(monthly("register", "11", "deaths", [3, 5, 5, 9], span="ytd"))["counts"]
    of_area = counts.filter(area_code="11", element="deaths")
    assert of_area["value"].to_list() == [3, 2, 0, 4]
    assert of_area["value_ytd"].to_list() == [3, 5, 5, 9]
    assert of_area["status"].to_list() == ["differenced"] * 4


def test_a_missing_cumulative_month_leaves_two_months_unknown_and_the_total_known(count):
    tables_ = count(monthly("register", "11", "deaths", [3, None, 9, 10], span="ytd"))
    of_area = tables_["counts"].filter(area_code="11", element="deaths")
    assert of_area["value"].to_list() == [3, None, None, 1]
    assert of_area["value_ytd"].to_list() == [3, None, 9, 10]
    assert of_area["status"].to_list() == ["differenced", "missing", "missing", "differenced"]


def test_a_falling_cumulative_figure_is_a_finding_and_no_negative_count(count):
    tables_ = count(monthly("register", "11", "deaths", [3, 9, 7, 12], span="ytd"))
    assert tables_["counts"].filter(area_code="11", element="deaths")["value"].to_list() == [3, 6, None, 5]
    (finding,) = tables_["findings"].iter_rows(named=True)
    assert (finding["kind"], finding["month"], finding["area_code"]) == (
        "cumulative_falls",
        date(2024, 3, 1),
        "11",
    )


def test_a_county_is_the_sum_of_its_townships_and_missing_where_one_is_missing(count):
    rows = monthly("hospital", "11", "births_male", [3, 4, 5]) + monthly(
        "hospital", "12", "births_male", [1, None, 2]
    )
    of_county = count(rows)["counts"].filter(area_code="1", element="births_male")
    assert of_county["value"].to_list() == [4, None, 7]
    assert of_county["status"].to_list() == ["summed", "missing", "summed"]


def test_the_preferred_source_counts_and_the_next_fills_its_gap(count):
    rows = monthly("register", "11", "births_male", [30, 40, 50]) + monthly(
        "hospital", "11", "births_male", [3, None, 5]
    )
    of_area = count(rows)["counts"].filter(area_code="11", element="births_male")
    assert of_area["value"].to_list() == [3, 40, 5]
    assert of_area["source"].to_list() == ["hospital", "register", "hospital"]


def test_rows_of_one_file_for_one_area_are_added_up(count):
    rows = [("hospital", "a.csv", "11", "2024-01", "births_male", value) for value in (3, 4)]
    assert value_of(count(rows)["counts"], area_code="11", element="births_male") == 7


def test_an_edition_takes_in_nothing_later(count):
    rows = monthly("hospital", "11", "births_male", [3, 4, 5])
    assert count(rows, edition=date(2024, 2, 1))["counts"]["month"].max() == date(2024, 2, 1)


SINCE_JANUARY = [("register", "2024-01.csv", "12", "2024-01", "population", 900)]


def series(tables, name="deaths", code="11"):
    """Values, totals since January and statuses of an area's months."""
    found = tables["counts"].filter(area_code=code, element=name).sort("month")
    return found["value"].to_list(), found["value_ytd"].to_list(), found["status"].to_list()


def test_january_and_february_together_leave_only_these_two_unknown(count):
    rows = [("register", "2024-02.csv", "11", "2024-02", "deaths", 30, "ytd")]
    rows += monthly("register", "11", "deaths", [12, 14], first=3) + SINCE_JANUARY
    values, totals, _ = series(count(rows))
    assert values == [None, None, 12, 14]
    assert totals == [None, 30, 42, 56]


def test_january_follows_from_february_and_the_total_since_january(count):
    rows = [
        ("register", "2024-02.csv", "11", "2024-02", "deaths", value, span)
        for value, span in ((30, "ytd"), (12, "month"))
    ]
    values, totals, statuses = series(count(rows))
    assert (values, totals) == ([18, 12], [18, 30])
    assert statuses == ["differenced", "reported"]


def test_a_month_between_a_monthly_and_a_cumulative_figure_is_their_difference(count):
    rows = monthly("register", "11", "deaths", [5, None, 4])
    rows.append(("register", "2024-03.csv", "11", "2024-03", "deaths", 20, "ytd"))
    assert series(count(rows))[:2] == ([5, 11, 4], [5, 16, 20])


def test_no_month_is_worked_out_below_zero(count):
    rows = [
        ("register", "2024-02.csv", "11", "2024-02", "deaths", value, span)
        for value, span in ((10, "ytd"), (12, "month"))
    ]
    assert series(count(rows + SINCE_JANUARY))[:2] == ([None, 12], [None, 10])


def test_quarters_count_at_their_ends_and_a_year_at_december(count):
    quarters = [
        ("register", f"{month}.csv", "11", f"2024-{month}", "deaths", value, "quarter")
        for month, value in (("03", 30), ("06", 40), ("12", 45))
    ]
    year = [("register", "year.csv", "11", "2024-12", "deaths", 160, "year")]
    values, totals, _ = series(count(quarters + year + SINCE_JANUARY))
    assert set(values) == {None}
    assert totals == [None, None, 30, None, None, 70, None, None, None, None, None, 160]


def test_the_months_after_a_quarter_are_added_to_it(count):
    rows = [("register", "q1.csv", "11", "2024-03", "deaths", 30, "quarter")]
    rows += monthly("register", "11", "deaths", [11, 9], first=4) + SINCE_JANUARY
    assert series(count(rows))[1] == [None, None, 30, 41, 50]


def test_a_yearly_stock_is_that_of_the_end_of_december(count):
    rows = [("yearbook", "2023.csv", "11", "2023-12", "population", 1200, "year")]
    tables = count(rows + monthly("register", "11", "deaths", [1] * 14, 2023))
    population = tables["counts"].filter(area_code="11", element="population")
    assert population.drop_nulls("value").select("month", "value").rows() == [(date(2023, 12, 1), 1200)]
    assert set(population["value_ytd"]) == {None}


def test_a_stated_total_since_january_goes_before_the_sum_of_the_months(count):
    """Late registrations are added to the cumulative figure, not to the months they belong to."""
    rows = monthly("register", "11", "deaths", [10, 10, 10])
    rows.append(("register", "2024-03.csv", "11", "2024-03", "deaths", 33, "ytd"))
    assert series(count(rows))[:2] == ([10, 10, 10], [10, 20, 33])


def test_an_element_stated_with_gaps_is_the_sum_of_its_parts_there(count):
    rows = monthly("register", "11", "births", [20, None, 22])
    rows += monthly("hospital", "11", "births_male", [11, 12, 13]) + monthly(
        "hospital", "11", "births_female", [9, 9, 9]
    )
    values, _, statuses = series(count(rows), "births")
    assert (values, statuses) == ([20, 21, 22], ["reported", "summed", "reported"])


def test_months_of_several_sources_add_up_to_their_total(count):
    rows = monthly("hospital", "11", "births_male", [3, None, 5])
    rows += monthly("register", "11", "births_male", [30, 70, 120], span="ytd")
    values, totals, _ = series(count(rows), "births_male")
    assert (values, totals) == ([3, 40, 5], [3, 43, 48])
