"""The `outlook` table: contract, targets, tasks, and editions of last year that hold the year's end."""

import warnings
from datetime import date

import numpy as np
import polars as pl
import pytest
from made_areas import areas_of, calendar, code, counts_of, vital_events
from numpy.testing import assert_allclose
from polars.testing import assert_frame_equal

from pipeline.statistics import hierarchy, trends
from pipeline.statistics.outlook import outlook_table, task_series
from pipeline.tables import TABLES, schema

FACTORS = {
    "birth_rate": 1000.0,
    "death_rate": 1000.0,
    "natural_growth_rate": 1000.0,
    "sex_ratio_at_birth": 100.0,
}
METHODS = {
    "birth_rate": "rate",
    "death_rate": "rate",
    "natural_growth_rate": "balance",
    "sex_ratio_at_birth": "sex_ratio",
}
SRB = "sex_ratio_at_birth"
JUNE = date(2024, 6, 1)
_TARGET_COLUMNS = ("indicator", "year", "level", "area_code", "at_least", "at_most")


@pytest.fixture(autouse=True)
def given(monkeypatch):
    """Hyperparameters at their anchors; counts vary as Poisson ones do."""

    def anchors(series, *_):
        return series.medians() | {"irregular_sd": 0.002, "excess_dispersion": 0.0}

    monkeypatch.setattr(hierarchy, "estimate", anchors)


def row(area, month, window, indicator, method, numerator, denominator, factor):
    missing = numerator is None or denominator == 0
    value = None if missing else factor * numerator / (1 if denominator is None else denominator)
    return {
        "area_code": area, "month": month, "time_window": window, "indicator": indicator, "method": method,
        "factor": factor, "numerator": numerator, "denominator": denominator, "year_share": 1.0,
        "months_missing": 0, "is_denominator_estimated": False, "value": value,
    }  # fmt: skip


def values_table(rows):
    empty = pl.from_arrow(schema("indicator_values").empty_table())
    return pl.DataFrame(rows, schema=empty.schema)


def so_far(table, month):
    """The year-to-date rows of the four indicators of vital events."""
    year = table.filter(pl.col("month").is_between(date(month.year, 1, 1), month))
    rows = []
    for (area,), own in year.group_by("area_code", maintain_order=True):
        born, died, male, female = (
            own[n].sum() for n in ("births", "deaths", "births_male", "births_female")
        )
        population = 12 * own["person_years"].mean()
        pairs = {"birth_rate": born, "death_rate": died, "natural_growth_rate": born - died}
        rows += [
            row(area, month, "ytd", name, METHODS[name], counted, population, FACTORS[name])
            for name, counted in pairs.items()
        ]
        rows.append(row(area, month, "ytd", SRB, "sex_ratio", male, female, 100.0))
    return values_table(rows)


def target(indicator, at_least=None, at_most=None, *, level="county", area="", year=2024):
    return (indicator, year, level, area, at_least, at_most)


def targets_of(*rows):
    types = dict(
        zip(_TARGET_COLUMNS, (pl.String, pl.Int64, pl.String, pl.String, pl.Float64, pl.Float64), strict=True)
    )
    return pl.DataFrame(list(rows), schema=types, orient="row")


def outlook(counts, month, *targets, values=None, with_province=True):
    whole = vital_events(counts, with_province=with_province)
    known = whole.filter(pl.col("month") <= month)
    values = so_far(known, month) if values is None else values
    return table_of(known, values, targets_of(*targets), month)


def table_of(events, values, targets, month=JUNE, areas=None):
    areas = areas_of(events) if areas is None else areas
    vital = trends.fit_all(trends.vital_series(events))
    tasks = trends.fit_all(task_series(values, areas, targets, month.year))
    return outlook_table(vital, tasks, values, areas, targets, month)


def one(table, area, indicator):
    (found,) = table.filter(area_code=area, indicator=indicator).iter_rows(named=True)
    return found


def test_rows_are_the_contract():
    table = outlook(counts_of([3, 60, 900]), JUNE, target(SRB, None, 107.0))
    assert table.to_arrow().cast(schema("outlook")).num_rows == 4 * 4
    assert table.equals(table.sort(TABLES["outlook"].key)) and set(table["months_left"]) == {6}
    limits = table.select("lower_95", "lower_80", "projected", "upper_80", "upper_95").to_numpy()
    assert (np.diff(limits, axis=1) >= 0).all()
    assert_allclose(table["progress_due"], 0.5)
    assert table["progress"].null_count() == table.height


def test_without_a_target_there_is_no_probability():
    table = outlook(counts_of([60, 900]), JUNE, target(SRB, None, 107.0))
    with_target = (pl.col("indicator") == SRB) & (pl.col("area_code") != "99")
    of_targets = ("probability_met", "target_upper", "needed_rest_upper")
    for name in of_targets:
        assert table.filter(with_target)[name].null_count() == 0
        assert table.filter(~with_target)[name].null_count() == table.height - 2
    assert table["needed_rest_lower"].null_count() == table["target_lower"].null_count() == table.height


def test_an_areas_own_target_goes_before_that_of_its_level_and_other_years_do_not_count():
    table = outlook(
        counts_of([60, 900]), JUNE, target(SRB, None, 107.0), target(SRB, 103.0, 110.0, area=code(1)),
        target("birth_rate", 9.0, year=2023),
    )  # fmt: skip
    assert one(table, code(0), SRB)["target_upper"] == 107
    own = one(table, code(1), SRB)
    assert (own["target_lower"], own["target_upper"]) == (103, 110)
    assert one(table, code(0), "birth_rate")["probability_met"] is None


@pytest.mark.parametrize("indicator", [SRB, "birth_rate", "natural_growth_rate"])
def test_at_least_and_at_most_of_the_same_are_each_others_complement(indicator):
    counts, aim = (
        counts_of([60, 900]),
        {SRB: 107.0, "birth_rate": 10.02, "natural_growth_rate": 2.01}[indicator],
    )
    floor = one(outlook(counts, JUNE, target(indicator, aim)), code(1), indicator)
    ceiling = one(outlook(counts, JUNE, target(indicator, None, aim)), code(1), indicator)
    assert_allclose(floor["needed_rest_lower"], ceiling["needed_rest_upper"])
    assert_allclose(floor["probability_met"] + ceiling["probability_met"], 1, atol=1e-9)
    assert 0.01 < floor["probability_met"] < 0.99


def test_a_year_without_a_figure_so_far_has_no_row():
    counts = counts_of([60, 900])
    known = vital_events(counts).filter(pl.col("month") <= JUNE)
    values = so_far(known, JUNE)
    gone = (pl.col("area_code") == code(0)) & (pl.col("indicator") == SRB)
    table = outlook(counts, JUNE, values=values.filter(~gone))
    assert set(table.filter(indicator=SRB)["area_code"]) == {code(1), "99"}
    unknown = values.with_columns(pl.when(~gone).then("numerator").alias("numerator"))
    assert set(outlook(counts, JUNE, values=unknown).filter(indicator=SRB)["area_code"]) == {code(1), "99"}


def test_december_is_the_year_itself():
    december = date(2024, 12, 1)
    counts = counts_of([60, 900])
    known = vital_events(counts)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = outlook(counts, december, target(SRB, None, 107.0), target("birth_rate", 9.0, 11.0))
    assert set(table["months_left"]) == {0}
    for name in ("lower_95", "lower_80", "projected", "upper_80", "upper_95"):
        assert_allclose(table[name], table["value_so_far"], rtol=1e-9)
    judged = table.drop_nulls("probability_met")
    low, high = pl.col("target_lower").fill_null(0), pl.col("target_upper")
    is_met = judged.select(pl.col("value_so_far").is_between(low, high).cast(pl.Float64))
    assert judged.height == 4 and judged["probability_met"].to_list() == is_met.to_series().to_list()
    births = known.filter(pl.col("area_code") == code(0), pl.col("month").dt.year() == 2024)["births"].sum()
    assert one(table, code(0), "birth_rate")["numerator_so_far"] == births


@pytest.mark.parametrize("month", [3, 9])
def test_editions_of_last_year_hold_the_years_end(month):
    """60 areas of 5 to 2,000 births: how often the year's end is within 80 and 95 % of the edition of a month."""
    random = np.random.default_rng(7)
    own = random.normal(0, 0.2, 60) + np.cumsum(random.normal(0, 0.005, (48, 60)), axis=0)
    counts = counts_of(np.geomspace(5, 2_000, 60), log_factor=own)
    table = outlook(counts, date(2024, month, 1), with_province=False)
    ends = so_far(vital_events(counts, with_province=False), date(2024, 12, 1))
    both = table.join(ends.select("area_code", "indicator", end="value"), on=["area_code", "indicator"])
    assert both.height == 240
    held = both.select(
        wide=pl.col("end").is_between("lower_95", "upper_95"),
        narrow=pl.col("end").is_between("lower_80", "upper_80"),
    )
    assert held["wide"].mean() == pytest.approx(0.95, abs=0.035)
    assert held["narrow"].mean() == pytest.approx(0.80, abs=0.07)


def task_values(numerators, denominators, method, indicator, month=JUNE, factor=1.0):
    """Months and the year to date of one indicator; arrays (months, areas), from January 2021 on."""
    rows = []
    for area in range(numerators.shape[1]):
        for position, at in enumerate(calendar(len(numerators))):
            counted = float(numerators[position, area])
            of = None if denominators is None else float(denominators[position, area])
            rows.append(row(code(area), at, "month", indicator, method, counted, of, factor))
        year = slice(36, 36 + month.month)
        of = None if denominators is None else float(denominators[year, area].sum())
        rows.append(
            row(code(area), month, "ytd", indicator, method, float(numerators[year, area].sum()), of, factor)
        )
    return values_table(rows)


def of_tasks(values, *targets):
    codes = values["area_code"].unique().sort()
    areas = pl.DataFrame({"area_code": codes, "level": "county", "parent_code": "99"})
    return table_of(
        pl.from_arrow(schema("vital_events").empty_table()), values, targets_of(*targets), areas=areas
    )


def test_progress_of_a_counted_task():
    random = np.random.default_rng(8)
    done = random.poisson([30, 100], (42, 2)).astype(float)
    table = of_tasks(task_values(done, None, "count", "checkups_done"), target("checkups_done", 1_200.0))
    assert table.to_arrow().cast(schema("outlook")).num_rows == 2
    for area, a_month in enumerate((30, 100)):
        found, so_far = one(table, code(area), "checkups_done"), done[36:, area].sum()
        assert_allclose(found["progress"], so_far / 1_200)
        assert found["progress_due"] == 0.5 and found["denominator_so_far"] is None
        assert_allclose(found["projected"], 12 * a_month, rtol=0.12)
        assert_allclose(found["needed_rest_lower"], 1_200 - so_far)
        assert_allclose(found["expected_rest"], 6 * a_month, rtol=0.15)
    assert one(table, code(0), "checkups_done")["probability_met"] < 0.01
    assert 0.05 < one(table, code(1), "checkups_done")["probability_met"] < 0.95


def test_share_with_a_target():
    random = np.random.default_rng(9)
    due = np.tile([40.0, 500.0, 500.0], (42, 1))
    done = random.binomial(due.astype(int), [0.8, 0.9, 0.6]).astype(float)
    values = task_values(done, due, "proportion", "checkup_rate", factor=100.0)
    table = of_tasks(values, target("checkup_rate", 80.0))
    good, bad = (one(table, code(area), "checkup_rate") for area in (1, 2))
    assert_allclose([good["projected"], bad["projected"]], [90, 60], atol=3.5)
    assert good["probability_met"] > 0.99 and bad["probability_met"] < 0.01
    # 3,000 due and as many to come: the rest must make up for what is missing of 80 %
    assert_allclose(bad["needed_rest_lower"], 100 * (0.8 * 6_000 - done[36:, 2].sum()) / 3_000)
    assert bad["progress"] is None


def test_areas_and_indicators_without_a_target_are_not_projected():
    values = task_values(np.full((42, 2), 50.0), None, "count", "checkups_done")
    table = of_tasks(values, target("checkups_done", 100.0, area=code(1)))
    assert table["area_code"].to_list() == [code(1)]
    assert of_tasks(values).height == 0 and of_tasks(values, target("other", 1.0)).height == 0


def test_a_share_of_none_due_has_no_row_and_no_warning():
    due = np.tile([0.0, 50.0], (42, 1))
    due[:24, 0] = 5
    values = task_values(np.floor(0.8 * due), due, "proportion", "checkup_rate", factor=100.0)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = of_tasks(values, target("checkup_rate", 80.0))
    assert table["area_code"].to_list() == [code(1)]


def test_any_order_of_rows():
    counts = counts_of([3, 60, 900])
    known = vital_events(counts).filter(pl.col("month") <= JUNE)
    values, targets = so_far(known, JUNE), targets_of(target(SRB, None, 107.0))
    plain = table_of(known, values, targets)
    shuffled = table_of(
        known, values.sample(fraction=1, shuffle=True, seed=1), targets, areas=areas_of(known).reverse()
    )
    assert_frame_equal(plain, shuffled)


def test_empty_inputs_give_an_empty_table():
    empty = pl.from_arrow(schema("vital_events").empty_table())
    table = table_of(empty, values_table([]), targets_of())
    assert table.to_arrow().cast(schema("outlook")).num_rows == 0
