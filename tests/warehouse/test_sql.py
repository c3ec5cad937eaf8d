"""The SQL step on a few observations written by hand: every rule of counts, windows, indicators and targets."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import tables
from pipeline.problems import ProblemError
from pipeline.reference import Area, Correction, Element, Formula, Indicator, Reference, Target
from pipeline.warehouse import run as warehouse
from pipeline.workspace import Words

LEVELS = ("county", "township")
LONG_AGO = date(1900, 1, 1)


def area(code, level, parent=None, **more):
    defaults = {"aliases": (), "valid_from": LONG_AGO, "valid_to": None, "successor_codes": ()}
    return Area(code, f"area {code}", level, parent, **(defaults | more))


AREAS = (area("1", "county"), area("11", "township", "1"), area("12", "township", "1"))
ELEMENTS = {
    "births_male": Element("births_male", Words("births_male"), "flow", sources=("hospital", "register")),
    "births_female": Element(
        "births_female", Words("births_female"), "flow", sources=("hospital", "register")
    ),
    "births": Element("births", Words("births"), "flow", sum_of=("births_male", "births_female")),
    "deaths": Element("deaths", Words("deaths"), "flow"),
    "population": Element("population", Words("population"), "stock"),
    "records": Element("records", Words("records"), "stock"),
    "complete": Element("complete", Words("complete"), "stock"),
    "done": Element("done", Words("done"), "flow"),
    "due": Element("due", Words("due"), "flow"),
    "rate_printed": Element(
        "rate_printed",
        Words("rate_printed"),
        "printed",
        equals=Formula({"done": 1}, {"due": 1}, 100),
        tolerance=0.005,
    ),
}


def indicator(name, method, numerator, denominator, factor):
    return Indicator(name, Words(name), method, Formula(numerator, denominator, factor), Words(""), 1)


ELEMENTS["death_rate_printed"] = Element(
    "death_rate_printed",
    Words("死亡率"),
    "printed",
    equals=Formula({"deaths": 1}, {"population": 1}, 1000),
    tolerance=0.005,
)
SAME_ROW = ("done", "due", "rate_printed", "death_rate_printed", "deaths", "population")


INDICATORS = {
    "sex_ratio": indicator("sex_ratio", "sex_ratio", {"births_male": 1}, {"births_female": 1}, 100),
    "growth": indicator("growth", "balance", {"births": 1, "deaths": -1}, {"population": 1}, 1000),
    "completeness": indicator("completeness", "proportion", {"complete": 1}, {"records": 1}, 100),
    "share": indicator("share", "proportion", {"done": 1}, {"due": 1}, 100),
}


@pytest.fixture
def count(tmp_path):
    """Runs the step over tuples (source, path, area, month, element, value[, span]); gives its tables."""

    def run(rows, areas=AREAS, targets=(), corrections=(), edition=None):
        observations, files = [], {}
        for number, (source, path, code, month, element, value, *span) in enumerate(rows, start=1):
            file_id = files.setdefault((source, path), f"{len(files):012d}")
            observations.append(
                {
                    "file_id": file_id,
                    "sheet": "",
                    "row": number if path != "a.csv" or element not in SAME_ROW else 2,
                    "column": number,
                    "element": element,
                    "source": source,
                    "area_code": code,
                    "period": date.fromisoformat(month + "-01"),
                    "span": span[0] if span else "month",
                    "value": value,
                }
            )
        (tmp_path / "observations.parquet").mkdir()
        _write(observations, "observations", tmp_path / "observations.parquet" / "a.parquet")
        _write(
            [
                {
                    "file_id": file_id,
                    "source": source,
                    "path": path,
                    "sha256": "",
                    "bytes": 0,
                    "encoding": "",
                    "columns_unread": "",
                    "rows_left_out": 0,
                    "cells_blank": 0,
                    "cells_read": 0,
                    "cells_accepted": 0,
                    "cells_refused": 0,
                }
                for (source, path), file_id in files.items()
            ],
            "files",
            tmp_path / "files.parquet",
        )
        reference = Reference(ELEMENTS, INDICATORS, areas, tuple(targets), tuple(corrections))
        warehouse.run(tmp_path, reference=reference, levels=LEVELS, edition=edition)
        names = [table.name for table in tables.TABLES.values() if table.written_by == "warehouse"]
        return {name: pl.read_parquet(tmp_path / f"{name}.parquet") for name in names}

    return run


def _write(rows, name, path):
    pq.write_table(pa.Table.from_pylist(rows, tables.schema(name)), path)


def value_of(table, column="value", **where):
    found = table.filter(**where)
    assert found.height == 1, found
    return found[column][0]


def monthly(source, code, element, values, year=2024, span="month", first=1):
    return [
        (source, f"{year}-{month:02d}.csv", code, f"{year}-{month:02d}", element, value, span)
        for month, value in enumerate(values, start=first)
        if value is not None
    ]


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


def test_the_last_file_by_name_replaces_what_was_sent_before(count):
    rows = [
        ("hospital", "2024-01.csv", "11", "2024-01", "births_male", 3),
        ("hospital", "2024-01_revised.csv", "11", "2024-01", "births_male", 8),
    ]
    assert value_of(count(rows)["counts"], area_code="11", element="births_male") == 8


def test_an_area_that_was_renamed_goes_on_under_the_code_of_today(count):
    areas = (*AREAS, area("10", "township", "1", valid_to=date(2024, 1, 1), successor_codes=("11",)))
    rows = monthly("hospital", "10", "births_male", [3]) + monthly(
        "hospital", "11", "births_male", [4], first=2
    )
    assert count(rows, areas)["counts"].filter(area_code="11", element="births_male")["value"].to_list() == [
        3,
        4,
    ]


def test_rows_of_one_file_for_one_area_are_added_up(count):
    rows = [("hospital", "a.csv", "11", "2024-01", "births_male", value) for value in (3, 4)]
    assert value_of(count(rows)["counts"], area_code="11", element="births_male") == 7


def test_a_correction_replaces_the_cell(count):
    rows = monthly("hospital", "11", "births_male", [300])
    mended = Correction(
        "hospital", "2024-01.csv", "", 1, 1, "births_male", "300", 30, "typing", "Li", "2024-02-01"
    )
    counts = count(rows, corrections=[mended])["counts"]
    assert value_of(counts, area_code="11", element="births_male") == 30
    assert value_of(counts, "status", area_code="11", element="births_male") == "corrected"


def test_a_correction_whose_cell_has_changed_is_said_aloud(count):
    stale = Correction(
        "hospital", "2024-01.csv", "", 1, 1, "births_male", "300", 30, "typing", "Li", "2024-02-01"
    )
    with pytest.raises(ProblemError, match=r"2024-01.csv, row 1, column A: found 31; expected 300"):
        count(monthly("hospital", "11", "births_male", [31]), corrections=[stale])


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


def test_a_printed_percentage_that_does_not_follow_from_its_counts_is_a_finding(count):
    rows = [
        ("work", "a.csv", "11", "2024-01", element, value)
        for element, value in (("done", 85), ("due", 100), ("rate_printed", 58))
    ]
    (finding,) = count(rows)["findings"].iter_rows(named=True)
    assert finding["kind"] == "printed_figure_differs"
    assert '"printed":58.0,"computed":85.0' in finding["evidence"]


def test_a_printed_rate_that_contradicts_count_and_population_is_a_finding(count):
    """A page of a county printed 7,874 deaths, a population of 1,064,551 and a death rate of 3.52 per mille."""
    printed = (("deaths", 7874), ("population", 1_064_551), ("death_rate_printed", 3.52))
    rows = [("page", "a.csv", "11", "2024-01", element, value) for element, value in printed]
    (finding,) = count(rows)["findings"].iter_rows(named=True)
    assert (finding["kind"], finding["subject"]) == ("printed_figure_differs", "death_rate_printed")
    assert json.loads(finding["evidence"])["computed"] == pytest.approx(7.40, abs=0.005)


def test_completeness_counts_the_returns_that_came(count):
    rows = monthly("hospital", "11", "births_male", [3, 4, 5]) + monthly(
        "hospital", "12", "births_male", [1, None, 2]
    )
    found = count(rows)["completeness"].filter(area_code="1").sort("month")
    assert found.select("expected", "actual").rows() == [(2, 2), (2, 1), (2, 2)]


def test_an_edition_takes_in_nothing_later(count):
    rows = monthly("hospital", "11", "births_male", [3, 4, 5])
    assert count(rows, edition=date(2024, 2, 1))["counts"]["month"].max() == date(2024, 2, 1)
