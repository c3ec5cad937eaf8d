"""Verdicts: one answer to each question of an area, from the twelve months and the trend together."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose
from scipy.stats import false_discovery_control, norm

from pipeline.statistics.hierarchy import own_share
from pipeline.statistics.rules import Rule
from pipeline.statistics.verdicts import verdict_table
from pipeline.tables import TABLES, schema

MONTH = date(2026, 6, 1)
RATIO = "sex_ratio_at_birth"
RULES = {
    RATIO: Rule("sex_ratio", normal_range=(103, 107), minor=1.0),
    "completeness": Rule("proportion", minor=1.0),
    "tasks": Rule("count"),
}


def judged(comparisons=(), trends=(), outlook=(), rules=RULES):
    codes = sorted({row["area_code"] for rows in (comparisons, trends, outlook) for row in rows})
    areas = pl.DataFrame({"area_code": codes, "level": ["county"] * len(codes)})
    tables = (
        pl.DataFrame(list(rows), schema=pl.from_arrow(schema(name).empty_table()).schema)
        for name, rows in (("comparisons", comparisons), ("trends", trends), ("outlook", outlook))
    )
    table = verdict_table(*tables, areas, rules, MONTH)
    assert table.to_arrow().cast(schema("verdicts")).num_rows == table.height
    return table


def twelve_months(code, value, births, reference="normal_range", low=103.0, high=107.0, **given):
    """A row of `comparisons`: p of the score test of the log ratio against the nearer end."""
    sd = np.sqrt(4 / births)
    end = min(max(value, low), high or np.inf)
    return {
        "area_code": code,
        "month": MONTH,
        "time_window": "rolling_12",
        "indicator": RATIO,
        "reference": reference,
        "reference_lower": low,
        "reference_upper": high,
        "value": value,
        "lower_95": value * np.exp(-1.96 * sd),
        "upper_95": value * np.exp(1.96 * sd),
        "verdict": "unclear",
        "p_value": float(2 * norm.sf(abs(np.log(value / end)) / sd)) if end != value else 1.0,
    } | given


def trend(code, value, sd, own=1.0, rising=0.5, change=0.0, own_change=1.0):
    return {
        "area_code": code,
        "month": MONTH,
        "series": RATIO,
        "trend": value,
        "lower_95": value * np.exp(-1.959964 * sd),
        "upper_95": value * np.exp(1.959964 * sd),
        "probability_rising": rising,
        "change_12_months": change,
        "own_share": own,
        "own_share_of_change": own_change,
    }


def the(table, question, code="1"):
    return table.row(
        by_predicate=(pl.col("question") == question) & (pl.col("area_code") == code), named=True
    )


@pytest.mark.parametrize(
    ("months", "of_trend", "verdict", "evidence"),
    [
        ((118, 3_000), (118, 0.015), "higher", "both"),
        ((108, 650), (115, 0.015), "higher", "trend"),
        ((125, 3_000), (107.2, 0.02), "higher", "twelve_months"),
        ((120, 3_000), (100, 0.01), "unclear", ""),  # opposite sides prove nothing
        ((117.6, 3_000), (107.9, 0.008), "higher", "twelve_months"),
        ((112, 900), (106, 0.02), "unclear", ""),
        ((95, 20_000), (95, 0.01), "lower", "both"),
        ((105, 100_000), (105, 0.05), "inside", ""),
        ((106, 900), (105, 0.005), "inside", ""),
    ],
)
def test_twelve_months_and_trend_give_one_verdict(months, of_trend, verdict, evidence):
    table = judged([twelve_months("1", *months)], [trend("1", *of_trend)])
    found = the(table, "normal_range")
    assert (found["verdict"], found["evidence"]) == (verdict, evidence)


def test_a_trend_that_is_borrowed_says_nothing_of_its_area():
    low_births = twelve_months("1", 108, 650)
    assert (
        the(judged([low_births], [trend("1", 115, 0.015, own=0.1)]), "normal_range")["verdict"] == "unclear"
    )
    assert the(judged([low_births], [trend("1", 115, 0.015, own=0.3)]), "normal_range")["verdict"] == "higher"


def test_two_pieces_of_evidence_are_paid_for_and_many_areas_too():
    """p is that of Bonferroni, q that of scipy's Benjamini-Hochberg, over the areas of the level."""
    values, births = np.array([118.0, 116, 113, 110, 109, 106, 104, 108]), 3_000
    codes = [str(n) for n in range(1, 9)]
    rows = [twelve_months(code, value, births) for code, value in zip(codes, values, strict=True)]
    trends = [trend(code, value, 0.03) for code, value in zip(codes, values, strict=True)]
    table = judged(rows, trends).filter(question="normal_range").sort("area_code")
    single = np.array([row["p_value"] for row in rows])
    of_trend = np.where(values > 107, 2 * norm.sf(np.log(values / 107) / 0.03), 1.0)
    expected = np.minimum(2 * np.minimum(single, of_trend), 1)
    assert_allclose(table["p_value"], expected, rtol=1e-6)
    assert_allclose(table["q_value"], false_discovery_control(expected), rtol=1e-6)
    assert (table["verdict"] == "higher").to_list() == list(false_discovery_control(expected) < 0.05)


def test_a_change_is_judged_by_both_years_and_the_trend():
    row = twelve_months("1", 110, 3_000, "last_year", 104.0, 104.0, p_value=0.02)
    rising = trend("1", 110, 0.02, rising=0.999, change=5.0)
    falling = trend("1", 110, 0.02, rising=0.001, change=-5.0)
    borrowed = trend("1", 110, 0.02, rising=0.999, change=5.0, own_change=0.1)
    assert the(judged([row], [rising]), "change")["verdict"] == "rising"
    assert the(judged([row], [falling]), "change")["verdict"] == "unclear"
    assert the(judged([row], [borrowed]), "change")["p_value"] == pytest.approx(0.02)


@pytest.mark.parametrize(("areas", "verdict"), [(8, "higher"), (7, "unclear")])
def test_among_few_areas_nobody_knows_how_far_siblings_usually_differ(areas, verdict):
    rows = [
        twelve_months(str(n), 118.0 if n == 1 else 105.0, 20_000, reference, 105.0, 105.0)
        for n in range(1, areas + 1)
        for reference in ("level", "last_year")
    ]
    table = judged(rows)
    assert the(table, "siblings")["verdict"] == verdict
    assert the(table, "change")["verdict"] == "rising", "a year before is another matter"


def outlook(code, indicator, so_far, projected, chance, left=6, low=95.0, high=None):
    return {
        "area_code": code,
        "month": MONTH,
        "indicator": indicator,
        "months_left": left,
        "value_so_far": so_far,
        "projected": projected,
        "target_lower": low,
        "target_upper": high,
        "probability_met": chance,
    }


@pytest.mark.parametrize(
    ("row", "verdict", "is_minor"),
    [
        (outlook("1", "completeness", 97.0, 97.0, 0.97), "likely_met", False),
        (outlook("1", "completeness", 83.0, 83.3, 0.001), "likely_missed", False),
        (outlook("1", "completeness", 94.5, 94.5, 0.02), "likely_missed", True),
        (outlook("1", "completeness", 95.0, 95.0, 0.5), "unclear", False),
        (outlook("1", "tasks", 410, 700, 1.0, low=400), "met", False),
        (outlook("1", "tasks", 390, 390, 0.0, left=0, low=400), "missed", False),
        (outlook("1", "tasks", 12, 20, 0.0, low=None, high=10), "missed", False),
    ],
)
def test_a_target_is_judged_by_the_year_so_far_and_its_outlook(row, verdict, is_minor):
    found = the(judged(outlook=[row]), "target")
    assert (found["verdict"], found["is_minor"]) == (verdict, is_minor)


def test_a_year_that_is_over_is_judged_by_its_interval():
    over = outlook("1", "completeness", 93.0, 93.0, 0.0, left=0)
    interval = {"indicator": "completeness", "time_window": "ytd", "value": 93.0, "p_value": 0.01}
    row = twelve_months("1", 93.0, 900, "target", 95.0, None) | interval
    assert (
        the(judged([row | {"lower_95": 92.0, "upper_95": 94.0}], outlook=[over]), "target")["verdict"]
        == "missed"
    )
    assert (
        the(judged([row | {"lower_95": 90.0, "upper_95": 96.0}], outlook=[over]), "target")["verdict"]
        == "unclear"
    )


def test_nothing_to_judge_is_an_empty_table():
    table = judged()
    assert table.columns == list(TABLES["verdicts"].column_names) and table.is_empty()


def test_of_areas_within_the_range_at_most_one_in_200_is_called_high_or_low():
    """60 provinces of 49 counties at true ratios of 103 to 107 and one at 120, with trends on twice the births."""
    random = np.random.default_rng(7)
    false = found = areas = 0
    for _ in range(60):
        truth = np.append(random.uniform(103, 107, 49), 120.0)
        births = np.append(random.integers(300, 8_000, 49), 5_000)
        value = truth * np.exp(random.normal(size=50) * np.sqrt(4 / births))
        long = np.log(value / truth) / 2 + random.normal(size=50) * np.sqrt(1 / births)
        codes = [str(n) for n in range(50)]
        rows = [twelve_months(c, float(v), int(n)) for c, v, n in zip(codes, value, births, strict=True)]
        trends = [
            trend(c, float(t * np.exp(d)), float(np.sqrt(2 / n)))
            for c, t, d, n in zip(codes, truth, long, births, strict=True)
        ]
        table = judged(rows, trends).filter(question="normal_range")
        said = table.filter(pl.col("verdict").is_in(["higher", "lower"]))["area_code"].to_list()
        found += "49" in said
        false += len(said) - ("49" in said)
        areas += 49
    assert false / areas <= 0.005
    assert found / 60 >= 0.83


def test_own_share_is_the_reliability_of_a_shrunken_mean():
    """Of a mean of n with variance σ²/n around N(0, τ²), the posterior keeps τ²/(τ² + σ²/n) of itself."""
    tau, sigma, n = 0.09, 1.3, np.array([1, 50, 10_000])
    after = 1 / (1 / tau**2 + n / sigma**2)
    assert_allclose(own_share(after, tau**2), tau**2 / (tau**2 + sigma**2 / n))
    assert np.isnan(own_share(np.array([0.0]), 0.0)).all()
