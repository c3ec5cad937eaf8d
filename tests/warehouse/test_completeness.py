"""Returns due, come and in time; silence; items with a due date."""

from __future__ import annotations

from datetime import date

from tests.warehouse.by_hand import AREAS, area, monthly


def test_completeness_counts_the_returns_that_came(count):
    rows = monthly("hospital", "11", "births_male", [3, 4, 5]) + monthly(
        "hospital", "12", "births_male", [1, None, 2]
    )
    found = count(rows)["completeness"].filter(area_code="1").sort("month")
    assert found.select("expected", "actual").rows() == [(2, 2), (2, 1), (2, 2)]


def of_area(tables, code, *columns):
    return tables["completeness"].filter(area_code=code).sort("month").select(*columns).rows()


def test_a_level_that_is_due_is_expected_whether_it_ever_came_or_not(count):
    areas = (*AREAS, area("13", "township", "1", since="2024-03"))
    tables = count(
        monthly("hospital", "11", "births_male", [3] * 4),
        areas,
        sources={"hospital": {"due_level": "township"}},
    )
    assert of_area(tables, "1", "expected", "actual") == [(2, 1), (2, 1), (3, 1), (3, 1)]


def test_a_county_has_returned_what_its_townships_returned(count):
    tables = count(
        monthly("hospital", "11", "births_male", [3, None, 3]),
        (*AREAS, area("2", "county")),
        sources={"hospital": {"due_level": "county"}},
    )
    assert of_area(tables, "1", "expected", "actual") == [(1, 1), (1, 0), (1, 1)]
    assert of_area(tables, "2", "expected", "actual") == [(1, 0)] * 3
    assert of_area(tables, "11", "expected") == []


def test_a_quarterly_source_is_due_at_the_end_of_each_quarter(count):
    rows = [("register", "q1.csv", "11", "2024-03", "deaths", 30, "quarter")]
    tables = count(
        rows + monthly("hospital", "12", "births_male", [3] * 12), sources={"register": {"every_months": 3}}
    )
    found = tables["completeness"].filter(area_code="11", source="register").sort("month")
    assert [month.month for month in found["month"]] == [3, 6, 9, 12]
    assert found["months_silent"].to_list() == [0, 3, 6, 9]


def test_a_return_is_in_time_by_its_first_file(count):
    """Due on the 10th of the month after; February comes late, March is sent again in June."""
    rows = [
        ("hospital", "2024-01.csv", "11", "2024-01", "births_male", 3),
        ("hospital", "2024-02.csv", "11", "2024-02", "births_male", 4),
        ("hospital", "2024-03.csv", "11", "2024-03", "births_male", 5),
        ("hospital", "2024-03_revised.csv", "11", "2024-03", "births_male", 6),
    ]
    received = {
        "2024-01.csv": date(2024, 2, 10),
        "2024-02.csv": date(2024, 3, 11),
        "2024-03.csv": date(2024, 4, 2),
        "2024-03_revised.csv": date(2024, 6, 20),
    }
    due = {"hospital": {"due_day": 10, "due_months_after": 1}}
    assert of_area(count(rows, received=received, sources=due), "11", "on_time") == [(1,), (0,), (1,)]


def test_nobody_is_late_where_no_day_of_receipt_or_none_due_is_known(count):
    rows = monthly("hospital", "11", "births_male", [3, 4])
    due = {"hospital": {"due_day": 10, "due_months_after": 1}}
    assert of_area(count(rows, sources=due), "11", "on_time") == [(None,), (None,)]
    received = {"2024-01.csv": date(2024, 2, 1), "2024-02.csv": date(2024, 3, 1)}
    assert of_area(count(rows, received=received), "11", "on_time") == [(None,), (None,)]
    first_only = {"2024-01.csv": date(2024, 2, 1)}
    assert of_area(count(rows, sources=due, received=first_only), "11", "on_time") == [(1,), (None,)]


def test_the_thirty_first_of_a_short_month_is_its_last_day(count):
    rows = [("hospital", "2024-01.csv", "11", "2024-01", "births_male", 3)]
    due = {"hospital": {"due_day": 31, "due_months_after": 1}}
    for day, on_time in ((29, 1), (30, 0)):
        received = {"2024-01.csv": date(2024, 2, 29) if day == 29 else date(2024, 3, 1)}
        assert of_area(count(rows, received=received, sources=due), "11", "on_time") == [(on_time,)]


def test_silence_is_counted_for_an_area_and_for_those_above_it(count):
    rows = monthly("hospital", "11", "births_male", [3, None, None, 4, None])
    rows += monthly("hospital", "12", "births_male", [3, 3, None, None, 3])
    tables = count(rows)
    assert of_area(tables, "11", "months_silent") == [(0,), (1,), (2,), (0,), (1,)]
    assert of_area(tables, "1", "months_silent") == [(0,), (0,), (1,), (0,), (0,)]


def days(text):
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def test_items_with_a_due_date_are_on_time_late_or_open(count):
    """Subsidies of a month are due by the last day of the month after; the edition is May 2024."""
    rows = [
        ("work", f"{month}.csv", "11", month, "subsidies_paid_on", days(day))
        for month, day in (("2024-01", "2024-02-29"), ("2024-02", "2024-04-02"))
    ]
    rows += monthly("work", "11", "deaths", [1] * 5) + monthly("work", "12", "deaths", [1] * 5)
    found = count(rows)["deadlines"].sort("area_code", "month")
    assert found.filter(area_code="11").select("due", "status", "days_late").rows() == [
        (date(2024, 2, 29), "on_time", 0),
        (date(2024, 3, 31), "late", 2),
        (date(2024, 4, 30), "open", 31),
        (date(2024, 5, 31), "open", None),
        (date(2024, 6, 30), "open", None),
    ]
    assert found.filter(area_code="12")["status"].to_list() == ["open"] * 5
    assert "subsidies_paid_on" not in set(count(rows)["counts"]["element"])
