"""Ranks: exact probabilities of two and many areas, certainty, independence of other areas, and order."""

import numpy as np
import pytest
from made_indicators import MONTH, made, of_level
from numpy.testing import assert_allclose
from scipy.stats import beta, gamma, norm

from pipeline.statistics.counted import Counted
from pipeline.statistics.edition import figures_of_edition
from pipeline.statistics.ranks import (
    drawing,
    gamma_draws,
    rank_table,
    rate_prior,
    share_prior,
    standard_normals,
)
from pipeline.statistics.rules import Rule
from pipeline.tables import TABLES, schema

RULES = {name: Rule(name) for name in ("sex_ratio", "proportion", "rate", "balance", "count")}


def ranked(rows, areas=None, rules=None):
    areas = of_level(rows["area_code"].unique().sort()) if areas is None else areas
    table = rank_table(figures_of_edition(rows, areas, RULES | (rules or {}), MONTH))
    assert table.to_arrow().cast(schema("ranks")).num_rows == table.height
    return table


@pytest.mark.parametrize("shape", [1.5, 10.5, 300.5])
def test_gamma_draws_have_the_quantiles_of_gammas(shape):
    levels = np.array([0.025, 0.1, 0.5, 0.9, 0.975])
    found = gamma_draws(np.array([shape]), norm.ppf(levels)[:, None])[:, 0]
    assert_allclose(found, gamma(shape).ppf(levels), rtol=0.25 / shape)


def test_draws_of_a_share_are_its_beta_posterior():
    random = np.random.default_rng(2)
    size = np.full(400, 40.0)
    successes = random.binomial(40, random.beta(6, 60, 400)).astype(float)
    more, fewer = share_prior(successes, size)
    assert more == pytest.approx(6, rel=0.3) and fewer == pytest.approx(60, rel=0.3)
    normals = standard_normals(tuple(f"{n:04d}" for n in range(400))).astype(float)
    odds = drawing(Counted("proportion", np.full(400, 100.0), successes, size, successes))(normals)
    for x in (0, 3, 8):
        found = np.quantile(odds[:, successes == x] / (1 + odds[:, successes == x]), [0.025, 0.5, 0.975])
        assert_allclose(found, beta(more + x, fewer + 40 - x).ppf([0.025, 0.5, 0.975]), rtol=0.02)


def test_prior_of_a_rate_is_the_gamma_that_rates_were_drawn_from():
    random = np.random.default_rng(2)
    exposure = 10 ** random.uniform(2, 4, 2000)
    shape, rate = rate_prior(random.poisson(exposure * random.gamma(20, 1 / 2000, 2000)), exposure)
    assert shape == pytest.approx(20, rel=0.15) and rate == pytest.approx(2000, rel=0.15)


def test_normals_of_an_area_depend_on_its_code_alone():
    assert (standard_normals(("b", "a"))[:, :, 1] == standard_normals(("a",))[:, :, 0]).all()


def test_areas_far_apart_have_certain_ranks():
    table = ranked(made("rate", [4e5, 2e5, 3e5, 1e5, 5e5], 1e6))
    assert table["rank"].to_list() == [2, 4, 3, 5, 1]
    assert (table["rank_lower_95"] == table["rank"]).all() and (table["rank_upper_95"] == table["rank"]).all()
    assert (table["probability_quarter"] == 1).all() and (table["areas"] == 5).all()
    assert table["quarter"].to_list() == [1, 3, 2, 4, 1]


def test_areas_that_are_alike_may_have_any_rank():
    table = ranked(made("sex_ratio", np.full(200, 1060.0), 1000.0))
    assert_allclose(table["rank_lower_95"].mean(), 0.025 * 200, atol=1.5)
    assert_allclose(table["rank_upper_95"].mean(), 0.975 * 200, atol=1.5)
    assert table["probability_quarter"].max() < 0.31


def test_the_probability_of_a_quarter_is_the_integral():
    """Four areas, of which three are surely lower, equal and higher: the fourth is above the middle one or not."""
    table = ranked(made("rate", [9e6, 1e5, 110.0, 100.0], [1e6, 1e6, 100.0, 100.0]))
    random = np.random.default_rng(1)
    above = (random.gamma(110.5, size=10**6) > random.gamma(100.5, size=10**6)).mean()
    row = table.row(2, named=True)
    assert row["rank"] == 2 and row["quarter"] == 2
    assert_allclose(row["probability_quarter"], above, atol=4 * np.sqrt(0.25 / 2000))


@pytest.mark.parametrize(
    ("method", "spread"),
    [
        ("sex_ratio", 0.15),
        ("proportion", 0.03),
        ("rate", 0.03),
        ("rate", 0.15),
        ("rate", 0.5),
        ("balance", 0.5),
    ],
)
def test_limits_of_ranks_hold_the_true_rank(method, spread):
    """Whether the areas differ by less than chance or by much more."""
    random, held = np.random.default_rng(17), []
    for _ in range(20):
        size = np.round(10 ** random.uniform(3.3, 4.8, 60))
        level = random.normal(0, spread, 60)
        if method in ("sex_ratio", "proportion"):
            truth = 1 / (1 + np.exp(-level))
            x = random.binomial(size.astype(int), truth).astype(float)
            rows = made(method, x, size - x if method == "sex_ratio" else size)
        else:
            truth = 0.012 * np.exp(level)
            deaths = random.poisson(0.008 * size) if method == "balance" else 0
            x = random.poisson(truth * size).astype(float)
            rows = made(method, x - deaths, size, events=x + deaths)
        true_rank = (-truth).argsort().argsort() + 1
        table = ranked(rows)
        lower, upper = table["rank_lower_95"].to_numpy(), table["rank_upper_95"].to_numpy()
        held.append(((lower <= true_rank) & (true_rank <= upper)).mean())
    assert 0.92 <= np.mean(held) <= 0.985


def test_siblings_are_ranked_among_each_other_like_all():
    random = np.random.default_rng(3)
    codes = [f"{n:02d}" for n in range(13)]
    rows = made("rate", random.poisson(60, 13), 5000.0, codes=codes)
    parents = ["p"] * 5 + ["q"] * 5 + ["r"] * 3
    areas = of_level(codes, parents=parents)
    table = ranked(rows, areas)
    assert table.columns == TABLES["ranks"].column_names and table.equals(table.sort(TABLES["ranks"].key))
    assert table["among"].value_counts().sort("among").rows() == [("", 13), ("p", 5), ("q", 5)]
    family = ranked(rows, of_level(codes, parents=["p"] * 13))
    assert family.filter(among="p").drop("among").equals(table.filter(among="").drop("among"))
    shuffled = rank_table(
        figures_of_edition(rows.sample(fraction=1, shuffle=True, seed=4), areas.reverse(), RULES, MONTH)
    )
    assert shuffled.equals(table)


def test_only_areas_that_can_be_compared_are_ranked():
    rows = made("sex_ratio", [50.0, 60, 70, 80, 5, np.nan], 60.0, months_missing=[0, 0, 0, 12, 0, 1])
    assert ranked(rows)["areas"].to_list() == [5] * 5
    assert (
        ranked(rows, rules={"sex_ratio": Rule("sex_ratio", withhold_below=100)})["areas"].to_list() == [4] * 4
    )
    assert ranked(rows, rules={"sex_ratio": Rule("sex_ratio", withhold_below=120)}).height == 0
    assert ranked(made("count", [5.0, 6, 7, 8])).height == 0
