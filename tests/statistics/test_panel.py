"""Tables as blocks of arrays: levels from the top down, each area with the nearest one above that has data."""

from datetime import date

import numpy as np
import polars as pl
from numpy.testing import assert_allclose

from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.likelihoods import Poisson
from pipeline.statistics.panel import Series, blocks, calendar

MONTHS = pl.date_range(date(2024, 1, 1), date(2024, 4, 1), "1mo", eager=True)


def table(areas, months=MONTHS):
    """`areas`: code -> (level, parent, value or None)."""
    rows = [
        {"area_code": code, "month": month, "level": level, "parent_code": parent, "births": value}
        for code, (level, parent, value) in areas.items()
        for month in months
    ]
    return pl.DataFrame(rows, schema_overrides={"parent_code": pl.String, "births": pl.Float64})


def has_births(counts):
    return np.isfinite(counts["births"]).any(axis=0)


TREE = {
    "1": ("province", None, 100.0),
    "11": ("prefecture", "1", None),
    "12": ("prefecture", "1", 50.0),
    "1101": ("county", "11", 7.0),
    "1102": ("county", "11", 8.0),
    "1201": ("county", "12", 9.0),
    "1202": ("county", "12", None),
}


def test_levels_from_the_top_with_the_nearest_area_above_that_has_data():
    result = blocks(table(TREE), ("births",), has_births)
    assert [list(block.area_codes) for block in result] == [["1"], ["12"], ["1101", "1102", "1201"]]
    assert list(result[0].parent_tier) == [-1] and list(result[0].parent) == [-1]
    assert list(result[1].parent_tier) == [0]
    # prefecture 11 has no data: its counties hang on the province
    assert list(result[2].parent_tier) == [0, 0, 1] and list(result[2].parent) == [0, 0, 0]
    assert_allclose(result[2].counts["births"], np.tile([7.0, 8, 9], (4, 1)))


def test_rows_in_any_order_and_gaps():
    full = table(TREE)
    gap = (pl.col("area_code") == "1101") & (pl.col("month") == date(2024, 2, 1))
    shuffled = full.filter(~gap).sample(fraction=1, shuffle=True, seed=4)
    result = blocks(shuffled, ("births",), has_births)
    assert_allclose(result[2].counts["births"][:, 0], [7, np.nan, 7, 7])
    assert_allclose(result[2].counts["births"][:, 2], 9)


def test_a_parent_that_is_no_area_of_the_table_is_none():
    (block,) = blocks(table({"5": ("county", "0", 3.0)}), ("births",), has_births)
    assert block.parent_tier[0] == -1


def test_an_area_below_another_of_its_own_level_hangs_higher():
    areas = {"1": ("province", None, 9.0), "11": ("county", "1", 4.0), "12": ("county", "11", 5.0)}
    result = blocks(table(areas), ("births",), has_births)
    assert list(result[1].parent_tier) == [0, 0]


def test_areas_without_data_give_no_block():
    assert blocks(table({"1": ("county", None, None)}), ("births",), has_births) == []


def test_every_level_of_a_series_is_fitted_below_the_one_above():
    levels = blocks(table(TREE), ("births",), has_births)

    def read(counts):
        return Poisson(counts["births"], np.full_like(counts["births"], 900.0))

    fitted = Series("births", VitalRate, levels, read).fit(None)
    assert [block for block, _ in fitted] == levels
    assert [of_level.level.mean.shape for _, of_level in fitted] == [(16, 1), (16, 1), (16, 3)]
    assert Series("births", VitalRate, [], read).fit(None) == []


def test_calendar_has_every_month():
    months = calendar(pl.Series([date(2024, 3, 1), date(2023, 12, 1), date(2024, 3, 1)]))
    assert list(months) == [date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)]


def test_a_calendar_begins_anew_after_years_without_any_month():
    months = [date(2004, 3, 1), date(2023, 12, 1), date(2024, 2, 1)]
    assert list(calendar(pl.Series(months))) == [date(2023, 12, 1), date(2024, 1, 1), date(2024, 2, 1)]
    assert list(calendar(pl.Series(months[:1]))) == months[:1]
