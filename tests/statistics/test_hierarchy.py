"""From the top down: what an area takes over, and what stays its own."""

import warnings
from dataclasses import fields, is_dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose

from pipeline.statistics import hierarchy
from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.hierarchy import AHEAD, JUDGED, YEAR, Tier, fit
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.models import Inherited
from pipeline.statistics.pooling import estimate
from pipeline.statistics.posterior import Prior
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth

MONTHS = 48
RATE = 0.010
MEDIANS = VitalRate.medians()


@pytest.fixture
def given(monkeypatch):
    """Hyperparameters of births at their anchors, so that a fit takes no search."""
    monkeypatch.setattr(
        hierarchy,
        "estimate",
        lambda series, *_: series.medians(),
    )


def births_of(sizes, months=MONTHS, seed=1, common=0.0, between_sd=0.2):
    """Poisson births of areas of these sizes a month; `common` (months,) moves the log rate of all."""
    random = np.random.default_rng(seed)
    sizes = np.asarray(sizes, float)
    exposure = np.tile(sizes / RATE, (months, 1))
    log_rate = np.log(RATE) + random.normal(0, between_sd, len(sizes)) + np.zeros((months, 1))
    log_rate = log_rate + np.reshape(common, (-1, 1))
    return Poisson(random.poisson(exposure * np.exp(log_rate)).astype(float), exposure)


def with_parent(counts):
    """A parent whose counts are the sums, and its children below."""
    parent = Poisson(counts.events.sum(1, keepdims=True), counts.exposure.sum(1, keepdims=True))
    below = np.zeros(counts.events.shape[1], int)
    return [Tier.alone(parent), Tier(counts, below, below)]


def taken_over(monkeypatch, tiers, series=VitalRate):
    """What every area of the last tier takes over."""
    seen = []
    original = hierarchy._from_above

    def watched(*arguments):
        seen.append(original(*arguments))
        return seen[-1]

    monkeypatch.setattr(hierarchy, "_from_above", watched)
    fit(series, tiers)
    monkeypatch.setattr(hierarchy, "_from_above", original)
    return seen[-1]


def arrays(value):
    """All arrays of a nested dataclass, in order."""
    if isinstance(value, np.ndarray):
        return [value]
    if is_dataclass(value):
        return [array for field in fields(value) for array in arrays(getattr(value, field.name))]
    return []


def of_area(context, area):
    return arrays(context.of(np.array([area])))


@pytest.mark.usefixtures("given")
def test_own_counts_are_not_among_what_is_taken_over(monkeypatch):
    """Of births times a thousand, and another pattern, nothing comes back to the area by way of its siblings."""
    counts = births_of([40, 60, 80, 100])
    events = counts.events.copy()
    events[:, 0] = 1000 * events[::-1, 0]
    events[5:9, 0] = np.nan
    plain = taken_over(monkeypatch, with_parent(counts))
    # the parent keeps its counts: what it takes over itself is not at issue here
    wild = [with_parent(counts)[0], Tier(Poisson(events, counts.exposure), *[np.zeros(4, int)] * 2)]
    wild = taken_over(monkeypatch, wild)
    for before, after in zip(of_area(plain, 0), of_area(wild, 0), strict=True):
        assert_allclose(after, before, rtol=1e-6, atol=1e-9)
    assert np.abs(of_area(plain, 1)[0] - of_area(wild, 1)[0]).max() > 0.1


@pytest.mark.usefixtures("given")
def test_an_only_child_has_the_parents_process_and_counts_once(monkeypatch):
    counts = births_of([50])
    context = taken_over(monkeypatch, with_parent(counts))
    process = VitalRate.process(MEDIANS)
    assert_allclose(context.open.state_cov[..., 0], process.state_cov[..., 0], rtol=1e-6)
    assert_allclose(context.open.initial_cov[..., 0], process.initial_cov[..., 0], rtol=1e-6)
    assert_allclose(context.open.irregular_var, process.irregular_var[0, 0], rtol=1e-6)
    assert_allclose(context.open.concentration, 0)
    assert_allclose(context.level, 0, atol=1e-6)
    assert_allclose(context.variance, 0, atol=1e-9)
    parent, child = fit(VitalRate, with_parent(counts))
    sd = np.sqrt(parent.level.variance)
    assert np.abs(child.level.mean - parent.level.mean).max() < 0.5 * sd.mean()
    # its data count once: its band is as wide as the parent's, a little wider by its own process on top
    ratio = np.sqrt(child.level.variance[:-AHEAD] / parent.level.variance[:-AHEAD])
    assert ratio.min() > 0.99 and ratio.max() < 1.4


def weighted_within(parent, children, weights):
    """Share of months in which the births-weighted mean rate of the children is in the parent's 95 % band."""
    mean = np.log((weights * np.exp(children.level.mean[:-AHEAD])).sum(1) / weights.sum(1))
    sd = np.sqrt(parent.level.variance[:-AHEAD, 0])
    return np.mean(np.abs(mean - parent.level.mean[:-AHEAD, 0]) < 1.96 * sd)


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize("sizes", [[5] * 12, [20, 60, 300], [3000] * 5], ids=["tiny", "unequal", "large"])
def test_children_do_not_contradict_their_parent_in_births(sizes):
    random = np.random.default_rng(4)
    counts = births_of(sizes, common=np.cumsum(random.normal(0, 0.01, MONTHS)))
    parent, children = fit(VitalRate, with_parent(counts))
    assert weighted_within(parent, children, counts.exposure) == 1


@pytest.mark.usefixtures("given")
def test_children_do_not_contradict_their_parent_in_the_sex_ratio():
    random = np.random.default_rng(5)
    births = np.tile([4.0, 30, 200, 900], (MONTHS, 1))
    logit = np.log(1.08) + random.normal(0, 0.02, 4) + np.cumsum(random.normal(0, 0.002, (MONTHS, 1)), axis=0)
    counts = Binomial(random.binomial(births.astype(int), 1 / (1 + np.exp(-logit))).astype(float), births)
    parent = Binomial(counts.events.sum(1, keepdims=True), births.sum(1, keepdims=True))
    below = np.zeros(4, int)
    top, children = fit(SexRatioAtBirth, [Tier.alone(parent), Tier(counts, below, below)])
    assert weighted_within(top, children, births) == 1


@pytest.mark.usefixtures("given")
def test_any_order_of_areas():
    counts = births_of([3, 50, 700, 20, 90])
    order = np.array([3, 0, 4, 2, 1])
    (plain,) = fit(VitalRate, [Tier.alone(counts)])
    (shuffled,) = fit(VitalRate, [Tier.alone(counts.of(order))])
    assert_allclose(shuffled.level.mean, plain.level.mean[:, order], atol=1e-8)
    assert_allclose(shuffled.level.variance, plain.level.variance[:, order], rtol=1e-7)
    assert_allclose(shuffled.ahead.cov, plain.ahead.cov[order], rtol=1e-7)
    assert_allclose(shuffled.one_step.mean, plain.one_step.mean[:, order], atol=1e-8)


def test_estimated_hyperparameters_in_any_order():
    """The chosen areas are the same, so the search ends at the same place but for its tolerance."""
    counts = births_of([3, 50, 700, 20, 90], months=36)
    (plain,) = fit(VitalRate, [Tier.alone(counts)])
    (shuffled,) = fit(VitalRate, [Tier.alone(counts.of(np.array([3, 0, 4, 2, 1])))])
    for name, value in plain.hyperparameters.items():
        assert shuffled.hyperparameters[name] == pytest.approx(value, rel=1e-3)


@pytest.mark.usefixtures("given")
def test_missing_months_late_areas_and_gaps_of_years():
    counts = births_of([50] * 6, months=60)
    events, exposure = counts.events.copy(), counts.exposure.copy()
    events[[3, 17, 40], 1] = np.nan
    events[:40, 2] = exposure[:40, 2] = np.nan
    events[20:44, 3] = np.nan
    events[50:, 4] = np.nan
    (fitted,) = fit(VitalRate, [Tier.alone(Poisson(events, exposure))])
    (whole,) = fit(VitalRate, [Tier.alone(counts)])
    sd, sd_whole = np.sqrt(fitted.level.variance), np.sqrt(whole.level.variance)
    assert np.isfinite(fitted.level.mean).all()
    apart = np.abs(fitted.level.mean - whole.level.mean) / sd
    assert apart[:60].max() < 2.5
    assert (sd[:30, 2] > sd_whole[:30, 2]).all() and sd[5, 2] > sd[55, 2]
    assert (sd[20:44, 3] > 1.02 * sd_whole[20:44, 3]).all() and sd[32, 3] > sd[20, 3]
    assert (np.diff(sd[52:60, 4]) > 0).all()


def surprise(counts, fitted):
    """How far the last month is from its one-step forecast, in its standard deviations, by area."""
    step = fitted.one_step
    expected = counts.exposure[-1] * np.exp(step.mean[-1] + step.variance[-1] / 2)
    return (counts.events[-1] - expected) / np.sqrt(expected + expected**2 * np.expm1(step.variance[-1]))


@pytest.mark.usefixtures("given")
def test_a_fall_of_all_is_no_surprise_for_any_and_that_of_one_is():
    counts = births_of([2_000] * 6, seed=7, between_sd=0.05)
    everywhere, alone = counts.events.copy(), counts.events.copy()
    everywhere[-1] = np.round(0.8 * everywhere[-1])
    alone[-1, 2] = np.round(0.8 * alone[-1, 2])
    together, single = Poisson(everywhere, counts.exposure), Poisson(alone, counts.exposure)
    (fitted,) = fit(VitalRate, [Tier.alone(together)])
    assert np.abs(surprise(together, fitted)).max() < 3
    (fitted,) = fit(VitalRate, [Tier.alone(single)])
    of_each = surprise(single, fitted)
    assert of_each[2] < -3.3 and np.abs(np.delete(of_each, 2)).max() < 3


def test_a_jump_of_the_ratio_everywhere_is_one_of_the_aggregate():
    months, areas = 60, 5
    random = np.random.default_rng(8)
    births = np.full((months, areas), 4_000.0)
    logit = np.log(1.06) + random.normal(0, 0.009, areas) + np.zeros((months, 1))
    logit[30:] += np.log(1.08)
    males = random.binomial(births.astype(int), 1 / (1 + np.exp(-logit))).astype(float)
    parent = Binomial(males.sum(1, keepdims=True), births.sum(1, keepdims=True))
    below = np.zeros(areas, int)
    tiers = [Tier.alone(parent), Tier(Binomial(males, births), below, below)]
    parent, children = fit(SexRatioAtBirth, tiers)
    assert parent.shifts[29].any() and parent.shifts.sum() == 1
    assert not children.shifts.any()
    moved = np.diff(children.level.mean, axis=0)
    assert_allclose(moved[29], np.log(1.08), atol=0.02)
    assert np.abs(np.delete(moved[: months - 1], 29, axis=0)).max() < 0.01


def test_a_jump_of_births_everywhere_is_nobodys():
    """It is followed as it comes, and taken for no new level of any area."""
    jump = np.where(np.arange(MONTHS) >= 30, np.log(1.08), 0)
    counts = births_of([8_000] * 5, seed=8, common=jump, between_sd=0.05)
    parent, children = fit(VitalRate, with_parent(counts))
    assert not parent.shifts.any() and not children.shifts.any()
    rise = children.level.mean[MONTHS - 1] - children.level.mean[12]
    assert_allclose(rise, np.log(1.08), atol=0.03)


def test_a_jump_of_one_is_its_own():
    counts = births_of([3_000] * 5, seed=9, between_sd=0.05)
    counts.events[30:, 1] = np.round(1.3 * counts.events[30:, 1])
    _, children = fit(VitalRate, with_parent(counts))
    assert children.shifts[29, 1] and children.shifts.sum() == 1
    assert_allclose(np.diff(children.level.mean, axis=0)[29, 1], np.log(1.3), atol=0.04)


SIZES = {
    "no births ever": [0, 0],
    "one has all births": [0, 500],
    "a million": [1e6, 1e6, 1e6],
    "a thousand million": [1e9, 1e9],
    "all sizes": [0, 3, 1e3, 1e6, 1e9],
}


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_all_sizes_without_warnings(sizes):
    """Hyperparameters estimated: nothing overflows, and every band is finite and has a width."""
    counts = births_of(sizes, months=18)
    counts = Poisson(counts.events, np.maximum(counts.exposure, 100.0))
    males = Binomial(np.floor(0.515 * counts.events), counts.events)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fits = fit(VitalRate, [Tier.alone(counts)])
        fits += fit(SexRatioAtBirth, [Tier.alone(males)])
    for fitted in fits:
        for part in (fitted.level.mean, fitted.ahead.mean, fitted.one_step.mean):
            assert np.isfinite(part).all()
        for part in (fitted.level.variance, fitted.one_step.variance):
            assert np.isfinite(part).all() and (part > 0).all()


@pytest.mark.usefixtures("given")
@pytest.mark.parametrize("series", [VitalRate, SexRatioAtBirth], ids=["growth", "sex_ratio"])
def test_covariance_of_months_ahead(series):
    """Symmetric, positive definite, and growing."""
    counts = births_of([0, 4, 60, 5_000], seed=11)
    counts.events[-5:, 2] = np.nan
    if series is SexRatioAtBirth:
        counts = Binomial(np.floor(0.52 * counts.events), counts.events)
    (fitted,) = fit(series, [Tier.alone(counts)])
    cov = fitted.ahead.cov
    assert cov.shape == (4, AHEAD, AHEAD)
    assert_allclose(cov, cov.transpose(0, 2, 1), rtol=1e-10)
    assert (np.linalg.eigvalsh(cov) > 0).all()
    variance = fitted.level.variance[MONTHS:]
    assert (np.diff(variance, axis=0) > 0).all()
    assert fitted.one_step.mean.shape == (JUDGED, 4)


def test_scatter_beyond_poisson_is_found():
    random = np.random.default_rng(12)
    exposure = np.tile(np.repeat([20.0, 100.0], 15) / RATE, (60, 1))
    mean = exposure * RATE * np.exp(random.normal(0, 0.2, 30))
    events = random.negative_binomial(mean / 0.8, 1 / 1.8).astype(float)  # 1.8 times the variance
    top = Inherited.nothing(VitalRate, 60 + AHEAD)
    prior = Prior(top.prior.mean.repeat(30, 0), top.prior.cov.repeat(30, 0), top.prior.offset)
    found = estimate(VitalRate, Poisson(events, exposure).padded(AHEAD), replace(top, prior=prior))
    assert VitalRate.dispersion(found) == pytest.approx(1.8, abs=0.25)


def test_forecasts_of_a_year_left_out_hold_what_came():
    """40 areas of 5 to 500 births: the counts of the twelve months after, against 80 and 95 % of the forecast."""
    random = np.random.default_rng(13)
    months, areas = 60 + YEAR, 40
    exposure = np.tile(np.geomspace(5, 500, areas) / RATE, (months, 1))
    common = np.cumsum(random.normal(0, 0.008, (months, 1)), axis=0)
    own = random.normal(0, 0.3, areas) + np.cumsum(random.normal(0, 0.008, (months, areas)), axis=0)
    season = 0.08 * np.cos(2 * np.pi * np.arange(months) / 12)[:, None]
    log_rate = np.log(RATE) + common + own + season
    events = random.poisson(exposure * np.exp(log_rate)).astype(float)
    (fitted,) = fit(VitalRate, [Tier.alone(Poisson(events[:60], exposure[:60]))])
    variance = np.diagonal(fitted.ahead.cov, axis1=1, axis2=2).T
    truth = (log_rate[60:] - fitted.ahead.mean) / np.sqrt(variance)
    assert np.mean(np.abs(truth) < 1.96) > 0.88
    expected = exposure[60:] * np.exp(fitted.ahead.mean + variance / 2)
    sd = np.sqrt(fitted.dispersion * expected + expected**2 * np.expm1(variance))
    off = np.abs(events[60:] - expected) / sd
    assert 0.92 < np.mean(off < 1.96) < 0.985
    assert 0.74 < np.mean(off < 1.2816) < 0.87


TAIWAN = Path(__file__).parents[3] / "shared" / "data" / "taiwan" / "births_deaths"
COUNTY = "南投縣"


def births_of_townships(years):
    """Male and female births of a county's townships, (months, townships), of the months that have a file."""
    months = []
    for file in sorted(file for year in years for file in (TAIWAN / str(year)).glob("*/data.csv")):
        read = pl.read_csv(file, skip_rows_after_header=1, infer_schema=False).rename(str.strip)
        counted = [pl.col(name).cast(pl.Int64).sum() for name in ("birth_total_m", "birth_total_f")]
        of_county = read.filter(pl.col("site_id").str.starts_with(COUNTY))
        months.append(of_county.group_by("site_id").agg(counted).sort("site_id"))
    males, females = (np.array([m[name].to_list() for m in months], float) for name in months[0].columns[1:])
    return males, females


@pytest.mark.skipif(not TAIWAN.is_dir(), reason="the data is not at hand: ../shared/data/taiwan")
def test_townships_of_a_real_county_do_not_contradict_it():
    """13 townships of 2 to 60 births a month, over four years; hyperparameters estimated."""
    males, females = births_of_townships(range(2016, 2020))
    births = males + females
    below = np.zeros(births.shape[1], int)
    exposure = np.tile(births.mean(axis=0) / RATE, (len(births), 1))

    def tiers(kind, events, size):
        above = kind(events.sum(1, keepdims=True), size.sum(1, keepdims=True))
        return [Tier.alone(above), Tier(kind(events, size), below, below)]

    county, townships = fit(SexRatioAtBirth, tiers(Binomial, males, births))
    assert births.shape == (48, 13)
    assert weighted_within(county, townships, births) == 1
    county, townships = fit(VitalRate, tiers(Poisson, births, exposure))
    assert weighted_within(county, townships, exposure) == 1
