"""The `indicators` table: limits of each method, in the indicator's unit and the contract's order."""

from datetime import date

import polars as pl
import pytest
from numpy.testing import assert_allclose

from pipeline.statistics import differences, intervals
from pipeline.statistics.indicators import indicator_table
from pipeline.tables import TABLES, schema


def row(
    method,
    factor,
    numerator,
    denominator,
    *,
    year_share=1.0,
    events=None,
    last_year=(None, None, None),
    **more,
):
    value = last_value = None
    if numerator is not None and denominator != 0:
        value = factor * numerator / ((denominator or 1) * year_share)
    if last_year[0] is not None:
        last_value = factor * last_year[0] / ((last_year[1] or 1) * year_share)
    return {
        "area_code": "990101",
        "month": date(2026, 6, 1),
        "time_window": "ytd",
        "indicator": method,
        "method": method,
        "factor": float(factor),
        "numerator": numerator,
        "denominator": denominator,
        "events": events,
        "year_share": year_share,
        "months_missing": 0,
        "is_denominator_estimated": False,
        "value": value,
        "numerator_last_year": last_year[0],
        "denominator_last_year": last_year[1],
        "events_last_year": last_year[2],
        "value_last_year": last_value,
        **more,
    }


def table(*rows):
    empty = pl.from_arrow(schema("indicator_values").empty_table())
    return pl.DataFrame(list(rows), schema=empty.schema)


def test_each_method_gets_its_own_limits():
    given = table(
        row("proportion", 100, 900.0, 1000.0, last_year=(850.0, 1000.0, None)),
        row("sex_ratio", 100, 550.0, 500.0, last_year=(500.0, 490.0, None)),
        row("rate", 1000, 1070.0, 220_444.0, year_share=0.5, last_year=(930.0, 219_000.0, None)),
        row("balance", 1000, 763.0, 220_444.0, events=1377.0, last_year=(600.0, 219_000.0, 1400.0)),
        row("count", 1, 2040.0, None, last_year=(1900.0, None, None)),
    )
    result = {r["method"]: r for r in indicator_table(given).iter_rows(named=True)}

    def limits(method, kind):
        return result[method][f"{kind}lower_95"], result[method][f"{kind}upper_95"]

    assert_allclose(limits("proportion", ""), [100 * x for x in intervals.wilson(900, 1000)])
    assert_allclose(limits("sex_ratio", ""), intervals.sex_ratio(550, 500))
    assert_allclose(limits("rate", ""), intervals.rate(1070, 110_222))
    assert_allclose(limits("balance", ""), intervals.balance(763, 1377, 220_444))
    share, rate, balance = (
        differences.square_and_add(now, limits_now, before, limits_before)
        for now, limits_now, before, limits_before in (
            (0.9, intervals.wilson(900, 1000), 0.85, intervals.wilson(850, 1000)),
            (1070 / 110.222, intervals.rate(1070, 110_222), 930 / 109.5, intervals.rate(930, 109_500)),
            (
                763 / 220.444,
                intervals.balance(763, 1377, 220_444),
                600 / 219,
                intervals.balance(600, 1400, 219_000),
            ),
        )
    )
    assert_allclose(limits("proportion", "change_"), [100 * x for x in share])
    assert_allclose(limits("rate", "change_"), rate)
    assert_allclose(limits("balance", "change_"), balance)
    assert_allclose(limits("sex_ratio", "change_"), differences.sex_ratio_difference(550, 500, 500, 490))
    assert_allclose(limits("count", ""), intervals.byar(2040))
    counted = differences.square_and_add(2040, intervals.byar(2040), 1900, intervals.byar(1900))
    assert_allclose(limits("count", "change_"), counted)
    for r in result.values():
        assert r["lower_998"] < r["lower_95"] < r["value"] < r["upper_95"] < r["upper_998"]
        assert r["change"] == r["value"] - r["value_last_year"]
        assert r["change_lower_998"] < r["change_lower_95"] < r["change"]
        assert r["change"] < r["change_upper_95"] < r["change_upper_998"]


def test_a_figure_that_is_missing_or_impossible_has_no_limits():
    given = table(
        row("proportion", 100, 1001.0, 1000.0, indicator="over"),
        row("rate", 1000, None, 1000.0, indicator="missing"),
        row("sex_ratio", 100, 3.0, 0.0, indicator="no_girls"),
    )
    result = indicator_table(given)
    assert result.select(result.columns[-9:]).null_count().sum_horizontal().item() == 3 * 9


def test_columns_are_the_contract_and_rows_are_sorted_by_key():
    rows = [
        row("rate", 1000, 5.0, 900.0, area_code=code, time_window=w)
        for code in "ba"
        for w in ("year", "month")
    ]
    result = indicator_table(table(*rows))
    assert result.columns == TABLES["indicators"].column_names
    assert result.equals(result.sort(TABLES["indicators"].key))
    assert indicator_table(table(*rows[::-1])).equals(result)


def test_empty_table_stays_empty():
    assert indicator_table(table()).to_arrow().cast(schema("indicators")).num_rows == 0


def test_unknown_method_is_named():
    with pytest.raises(ValueError, match="median"):
        indicator_table(table(row("median", 1, 1.0, 1.0)))
