"""Comparisons: newspaper figures, verdicts that cannot be given, and how often chance is flagged."""

import warnings
from datetime import date

import numpy as np
import polars as pl
import pytest
from made_indicators import MONTH, births, made, of_level
from numpy.testing import assert_allclose
from scipy.stats import norm

from pipeline.statistics.edition import figures_of_edition
from pipeline.statistics.funnels import funnel_table
from pipeline.statistics.ranks import rank_table
from pipeline.statistics.references import comparison_table
from pipeline.statistics.rules import Rule
from pipeline.tables import TABLES, schema

SEX_RATIO = Rule("sex_ratio", normal_range=(103, 107), baseline=(104.6, 108.0), withhold_below=100)
RULES = {"sex_ratio": SEX_RATIO} | {name: Rule(name) for name in ("proportion", "rate", "balance", "count")}


def compared(indicators, areas=None, rules=RULES):
    areas = of_level(indicators["area_code"].unique().sort()) if areas is None else areas
    table = comparison_table(figures_of_edition(indicators, areas, rules, MONTH))
    assert table.to_arrow().cast(schema("comparisons")).num_rows == table.height
    return table


def one(table, reference, code="00000"):
    return table.row(
        by_predicate=(pl.col("reference") == reference) & (pl.col("area_code") == code), named=True
    )


@pytest.mark.parametrize(
    ("total", "ratio", "normal_range", "baseline"),
    [
        (10_052, 118.0, "higher", "higher"),
        (6_312, 110.77, "unclear", "unclear"),
        (2_468, 110.8, "unclear", "unclear"),
        (35_041, 108.93, "unclear", "unclear"),
        (350_410, 108.93, "higher", "higher"),
        (10_052, 98.0, "lower", "lower"),
        (90, 150.0, "not_comparable", "not_comparable"),
    ],
)
def test_figures_of_newspapers(total, ratio, normal_range, baseline):
    table = compared(made("sex_ratio", *births(total, ratio)))
    assert one(table, "normal_range")["verdict"] == normal_range
    assert one(table, "baseline")["verdict"] == baseline
    assert one(table, "normal_range")["is_flagged"] == (normal_range in ("higher", "lower"))


def test_against_a_range_the_nearer_end_counts_and_inside_nothing_is_told():
    table = compared(made("sex_ratio", *births([20_000, 20_000, 20_000], [105.0, 112.0, 99.0])))
    p = [one(table, "normal_range", f"0000{n}")["p_value"] for n in range(3)]
    males, _ = births(20_000, 112.0)
    share = 107 / 207
    assert_allclose(p[1], 2 * norm.sf((males / 20_000 - share) / np.sqrt(share * (1 - share) / 20_000)))
    assert p[0] == 1 and p[2] < 0.05


def test_a_target_with_one_end_is_open_on_the_other():
    table = compared(
        made("proportion", [900.0, 800.0, 900.0], 1000, target_lower=pl.Series([85.0, 85.0, None]))
    )
    assert one(table, "target", "00000")["verdict"] == "unclear"
    assert one(table, "target", "00001")["verdict"] == "lower"
    assert one(table, "target", "00001")["reference_upper"] is None
    assert table.filter(reference="target").height == 2


@pytest.mark.parametrize("method", ["sex_ratio", "proportion", "rate", "balance", "count"])
def test_last_year_has_the_verdict_and_the_p_value_of_the_change(method):
    random = np.random.default_rng(4)
    size = np.full(500, 300.0) if method == "count" else np.round(10 ** random.uniform(2, 5, 500))
    mean = size * {"count": 1, "sex_ratio": 1, "proportion": 0.5}.get(method, 0.02)
    counts = random.poisson(mean, (2, 500)).astype(float)
    if method == "proportion":
        counts = np.minimum(counts, size)
    denominator = None if method == "count" else size
    more, last = {}, (counts[1], size)
    if method == "balance":
        more["events"], last = counts[0] + 20, (*last, counts[1] + 20)
    rows = made(method, counts[0], denominator, last_year=last, **more)
    table = compared(rows).filter(reference="last_year").join(rows, on="area_code")
    rose, fell = table["change_lower_95"] > 0, table["change_upper_95"] < 0
    assert (table["verdict"] == "higher").equals(rose) and (table["verdict"] == "lower").equals(fell)
    assert (table["p_value"] < 0.05).equals(rose | fell)
    by_998 = (table["change_lower_998"] > 0) | (table["change_upper_998"] < 0)
    assert (table["p_value"] < 0.002).equals(by_998)


def test_a_figure_that_is_unknown_is_not_comparable_and_one_that_bridges_its_months_is():
    table = compared(
        pl.concat(
            [
                made(
                    "proportion",
                    [np.nan, 30.0, 30.0, 7.0],
                    40.0,
                    months_missing=[12, 12, 0, 0],
                    target_lower=90.0,
                ),
                made("balance", 3.0, 1000.0, codes=["00002"], events=[9.0], target_lower=5.0),
            ]
        )
    )
    by_area = table.filter(reference="target", indicator="proportion")["verdict"].to_list()
    assert by_area == ["not_comparable", "lower", "lower", "lower"]
    assert set(table.filter(reference="last_year")["verdict"]) == {"not_comparable"}
    few = table.filter(indicator="balance", reference="target").to_dicts()[0]
    assert few["verdict"] == "not_comparable" and few["p_value"] is None and not few["is_flagged"]
    few = made("balance", 30.0, 1000.0, events=[50.0], last_year=(2.0, 1000.0, 8.0))
    assert one(compared(few), "last_year")["verdict"] == "not_comparable"


def test_the_average_of_a_level_leaves_the_area_itself_out():
    table = compared(made("rate", [120.0, 200.0, 80.0], [10_000.0, 20_000.0, 10_000.0]))
    assert_allclose(one(table, "level")["reference_lower"], 1000 * 280 / 30_000)
    assert one(compared(made("rate", 120.0, 10_000.0)), "level")["verdict"] == "not_comparable"


def test_an_area_is_compared_with_the_rest_of_the_area_above():
    codes = ["1", "11", "12", "13", "2", "21"]
    areas = of_level(codes, ["a", "b", "b", "b", "a", "b"], [None, "1", "1", "9", None, "2"])
    events, exposure = [300.0, 180.0, 120.0, 5.0, 90.0, 90.0], [20_000.0, 8000, 12_000, 500, 9000, 9000]
    table = compared(made("rate", events, exposure, codes=codes), areas)
    parents = {row["area_code"]: row for row in table.filter(reference="parent").to_dicts()}
    assert set(parents) == {"11", "12", "13", "21"}
    assert parents["11"]["reference_lower"] == pytest.approx(10.0) and parents["11"]["verdict"] == "higher"
    assert parents["12"]["reference_lower"] == pytest.approx(22.5) and parents["12"]["verdict"] == "lower"
    # The area above is unknown; there is no rest.
    assert parents["13"]["verdict"] == parents["21"]["verdict"] == "not_comparable"


def test_where_the_counts_contradict_those_above_the_figure_above_is_taken_as_it_is():
    areas = of_level(["1", "11"], ["a", "b"], [None, "1"])
    table = compared(made("rate", [300.0, 330.0], [30_000.0, 8000.0], codes=["1", "11"]), areas)
    assert one(table, "parent", "11")["reference_lower"] == 10.0
    assert one(table, "parent", "11")["verdict"] == "higher"


def test_scatter_between_areas_is_allowed_for():
    random = np.random.default_rng(8)
    size = np.full(200, 50_000.0)
    events = random.poisson(size * np.maximum(np.sqrt(10) + random.normal(0, 0.25, 200), 0.1) ** 2 / 1000)
    of_levels = compared(made("rate", events.astype(float), size)).filter(reference="level")
    assert of_levels["dispersion"].min() > 0.1
    without = np.abs(events / size - events.sum() / size.sum()) > 1.96 * np.sqrt(
        events.sum() / size.sum() / size
    )
    assert (of_levels["verdict"] != "unclear").mean() < 0.4 * without.mean()


def test_chance_is_rarely_flagged_and_a_ratio_of_120_is_found():
    """Ten times 300 areas whose truth is 106.3; then as many again at 120 with 5,000 births."""
    random = np.random.default_rng(0)
    shares = []
    for _ in range(10):
        total = np.round(np.exp(random.uniform(np.log(500), np.log(20_000), 300)))
        males = random.binomial(total.astype(int), 106.3 / 206.3).astype(float)
        table = compared(made("sex_ratio", males, total - males))
        against = table.filter(reference="normal_range")
        outside = (against["lower_998"] > 107) | (against["upper_998"] < 103)
        of_level = table.filter(reference="level")
        shares.append([outside.mean(), against["is_flagged"].mean(), of_level["is_flagged"].mean()])
    assert (np.mean(shares, axis=0) <= [0.005, 0.0005, 0.0005]).all()

    high = random.binomial(5000, 120 / 220, 300).astype(float)
    both = compared(made("sex_ratio", np.append(males, high), np.append(total - males, 5000 - high)))
    found = both.filter(pl.col("reference") == "normal_range", pl.col("area_code") >= "00300")
    assert found["is_flagged"].mean() >= 0.8 and (found["verdict"] == "higher").mean() >= 0.8


@pytest.mark.parametrize(("share_different", "at_most"), [(0.05, 0.06), (0.3, 0.05)])
def test_false_discovery_against_a_target_over_mixed_truths(share_different, at_most):
    """Areas exactly at the target are the hardest case of those that are not missing it.

    Where few areas miss it and it is near 100 %, 5.4 % are flagged falsely instead of 5 (docs/statistics.md, limits):
    the score test of a skewed count is short of its promise far out.
    """
    random, levels, areas = np.random.default_rng(12), 240, 400
    different = random.random(levels * areas) < share_different
    due = random.integers(20, 400, levels * areas)
    done = random.binomial(due, np.where(different, 0.8, 0.95)).astype(float)
    codes = [f"{n:06d}" for n in range(levels * areas)]
    of_levels = of_level(codes, pl.Series([f"level {n // areas}" for n in range(levels * areas)]))
    table = compared(made("proportion", done, due, codes=codes, target_lower=95.0), of_levels)
    flagged = (
        table.filter(reference="target").sort("area_code")["is_flagged"].to_numpy().reshape(levels, areas)
    )
    false = flagged & ~different.reshape(levels, areas)
    assert (false.sum(axis=1) / np.maximum(flagged.sum(axis=1), 1)).mean() <= at_most


def test_columns_sorting_and_order_of_rows():
    codes = [f"{n:02d}" for n in range(12)]
    random = np.random.default_rng(9)
    more = {"codes": codes, "events": np.full(12, 60.0), "last_year": (30.0, 900.0, 50.0)}
    rows = pl.concat(
        [
            made(m, random.poisson(30, 12), None if m == "count" else 900.0, time_window=w, **more)
            for m in ("proportion", "rate", "balance", "count")
            for w in ("ytd", "rolling_12", "year")
        ]
    )
    areas = of_level(codes, parents=["00"] * 12)
    table = compared(rows, areas)
    assert table.columns == TABLES["comparisons"].column_names
    assert table.equals(table.sort(TABLES["comparisons"].key))
    assert set(table["time_window"]) == {"ytd", "rolling_12"}
    assert set(table.filter(indicator="count")["reference"]) == {"last_year"}
    assert table.equals(compared(rows.sample(fraction=1, shuffle=True, seed=1), areas.reverse()))
    assert comparison_table(figures_of_edition(rows.clear(), areas, RULES, MONTH)).height == 0


def test_odd_figures_pass_through_all_tables_without_a_warning():
    odd = [0.0, 0.0, 1e6, np.nan, 5.0, 3.0]
    rows = pl.concat(
        [
            made("sex_ratio", odd, [0.0, 9.0, 1e6, 5.0, 0.0, 3.0], last_year=(odd[::-1], 4.0)),
            made("proportion", odd, [0.0, 9.0, 1e6, 5.0, 5.0, 2.0], last_year=(odd[::-1], 1e6)),
            made("rate", odd, [0.0, 9.0, 1e6, 5.0, np.nan, 2.0], last_year=(odd[::-1], 0.0)),
            made("balance", odd, 10.0, events=odd[::-1], last_year=(odd, 10.0, odd)),
            made("count", odd, last_year=(odd[::-1], 1.0)),
        ]
    )
    areas = of_level([f"{n:05d}" for n in range(6)], parents=[None, *["00000"] * 5])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = compared(rows, areas)
        edition = figures_of_edition(rows, areas, RULES, MONTH)
        funnel_table(edition)
        rank_table(edition)
    assert set(table.filter(area_code="00003")["verdict"]) == {"not_comparable"}


def of_sources(*windows, codes):
    """The same counts of the areas under several months and windows; NaN where the twelve months are unknown."""
    counts = 1000.0 + np.arange(len(codes))
    return pl.concat(
        [
            made("rate", counts if is_known else np.full(len(codes), np.nan), 80_000.0, codes=codes,
                 month=month, time_window=window)
            for month, window, is_known in windows
        ]
    )  # fmt: skip


def test_the_last_whole_year_stands_in_where_no_area_of_a_level_has_twelve_months():
    codes = [f"{n:02d}" for n in range(12)]
    year, months = (date(2025, 12, 1), "year", True), (MONTH, "rolling_12", False)
    rows = of_sources(year, (date(2024, 12, 1), "year", True), months, codes=codes)
    rules, areas = {"rate": Rule("rate")}, of_level(codes)
    edition = figures_of_edition(rows, areas, rules, MONTH)
    table = comparison_table(edition)
    of_year = table.filter(time_window="year", reference="level")
    assert set(of_year["month"]) == {date(2025, 12, 1)} and "not_comparable" not in of_year["verdict"]
    assert table.select(TABLES["comparisons"].key).is_duplicated().any() is False
    assert set(rank_table(edition)["time_window"]) == {"year"}
    assert set(funnel_table(edition)["time_window"]) == {"year"}
    one_of_them = of_sources(year, codes=codes).vstack(
        of_sources((MONTH, "rolling_12", True), codes=codes[:1])
    )
    edition = figures_of_edition(one_of_them, areas, rules, MONTH)
    assert set(comparison_table(edition)["time_window"]) == {"rolling_12"}


def test_in_december_the_twelve_months_are_the_year():
    codes, december = ["01", "02", "03"], date(2025, 12, 1)
    rows = of_sources((december, "year", True), (december, "rolling_12", True), codes=codes)
    table = comparison_table(figures_of_edition(rows, of_level(codes), {"rate": Rule("rate")}, december))
    assert set(table["time_window"]) == {"rolling_12"}
