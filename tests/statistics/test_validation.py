"""The validation table: arithmetic known by hand, the rows of a small run, and that it can fail."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from pipeline.commands import validate as command
from pipeline.statistics import growth_trend, sex_ratio_trend
from pipeline.statistics.validation import baselines, coverage, simulation
from pipeline.statistics.validation.measures import (
    Measure,
    Row,
    Target,
    median,
    predictive_position,
    ratio_of_sums,
    root_ratio,
    tail_counts,
)
from pipeline.statistics.validation.table import measure, rows_of
from pipeline.statistics.validation.tallies import tally_level

AREAS = 20


@pytest.fixture(scope="module")
def rows():
    return measure(AREAS, levels=1)


def row(*measures, low=1.5, high=3.5):
    return Row("tails", "anchor", Target("target", low, high), {"all": tuple(measures)})


def test_tail_counts_by_area():
    values = np.array([[1.0, 5.0], [2.0, 5.0], [9.0, 4.0], [3.0, 0.0]])
    lower, upper = np.full(values.shape, 2.0), np.full(values.shape, 4.5)
    below, above = tail_counts(values, lower, upper)
    assert below.tolist() == [1, 1]
    assert above.tolist() == [1, 2]


def test_share_is_that_of_all_months_and_its_error_that_of_areas():
    hits, months = np.array([0, 12, 0, 12]), np.full(4, 12)
    assert ratio_of_sums(hits, months) == Measure(0.5, 0.25)
    assert root_ratio(np.array([4.0, 4.0]), np.array([1.0, 1.0])) == Measure(2.0, 0.0)
    assert median(np.array([-1.0, 0.0, 1.0])).value == 0


def test_verdicts():
    assert row(Measure(2.0), Measure(3.5)).is_met
    missed = row(Measure(2.0, 0.1), Measure(4.0, 0.2))
    assert not missed.is_met
    assert missed.missed_by == 0.5
    assert not missed.is_within_noise
    assert row(Measure(4.0, 0.3)).is_within_noise
    assert not row(Measure(4.0)).is_within_noise
    assert row(Measure(np.nan, 1.0)).missed_by == np.inf
    assert command.verdict(missed) == "**missed** by 0.5"


def test_position_of_a_calibrated_forecast_is_uniform():
    random = np.random.default_rng(4)
    mean, sd, births = np.full((4, 5000), 0.1), np.full((4, 5000), 0.05), np.array([[1], [3], [40], [3000]])
    births = np.broadcast_to(births, mean.shape)
    males = random.binomial(births, 1 / (1 + np.exp(-random.normal(mean, sd))))
    position = predictive_position(males, births, mean, sd, random)
    for of_size in position:
        assert_allclose(np.histogram(of_size, 10, (0, 1))[0] / 5000, 0.1, atol=0.02)
    too_sure = predictive_position(males, births, mean, sd / 4, random)[-1]
    assert np.mean((too_sure < 0.025) | (too_sure > 0.975)) > 0.15


def test_coverage_of_ten_fair_births(monkeypatch):
    """Wilson limits of 2 to 8 successes of 10 hold one half, those of 1 and 9 do not (0.0179–0.4042)."""
    monkeypatch.setattr(coverage, "SEX_RATIOS", np.array([100.0]))
    assert_allclose(coverage.wilson_coverage(10), 1 - 22 / 1024, rtol=1e-12)


def test_coverage_of_a_count_is_at_least_nominal_where_the_interval_is_exact():
    assert coverage.count_coverage(3) >= 0.95
    assert_allclose(coverage.count_coverage(3000), 0.95, atol=0.002)


def test_baselines_see_only_observed_months():
    males, births = np.full((simulation.MONTHS, 3), 6), np.full((simulation.MONTHS, 3), 10)
    males[simulation.OBSERVED :] = 10
    males[simulation.OBSERVED - 1], births[simulation.OBSERVED - 1, 0] = 0, 0
    births[:, 2] = males[:, 2] = 0
    assert_allclose(baselines.last_value(males, births), [0.6, 0, 0.5])
    assert_allclose(baselines.mean_of_last_year(males, births), [66 / 110, 66 / 120, 0.5])


def test_simulation_is_seeded_and_ordered_by_size():
    for simulate in (simulation.simulate_sexes, simulation.simulate_growth):
        first, again, other = simulate("own", 0, 5), simulate("own", 0, 5), simulate("own", 1, 5)
        for name, values in vars(first).items():
            assert_array_equal(values, vars(again)[name])
        assert any((values != vars(other)[name]).any() for name, values in vars(first).items())
    births = first.births.reshape(simulation.MONTHS, 4, 5).mean(axis=(0, 2))
    assert (births / simulation.SIZES > 0.3).all()
    assert (births / simulation.SIZES < 3).all()


def test_overdispersed_months_vary_by_half_more():
    sexes = simulation.simulate_sexes("overdispersed", 0, 50)
    births = sexes.males + sexes.females
    p = 1 / (1 + np.exp(-sexes.log_ratio))
    chi = (sexes.males - births * p) ** 2 / np.where(births > 1, births * p * (1 - p), np.nan)
    assert_allclose(np.nanmean(chi.reshape(simulation.MONTHS, 4, 50), axis=(0, 2)), 1.5, atol=0.15)


def test_small_run_gives_finite_rows(rows):
    assert len({r.what for r in rows}) == len(rows) > 40
    for r in rows:
        values = [side.value for sides in r.measured.values() for side in sides]
        assert np.isfinite(values).all(), r.what
        if "limits" in r.what:
            assert 0 <= min(values) <= max(values) <= 50, r.what
        if "own process" in r.what and "RMSE of left-out" in r.what:
            assert 0.8 < min(values) < max(values) < 1.2
    assert any(r.is_met for r in rows)


def test_markdown_marks_what_misses(rows, monkeypatch, capsys):
    monkeypatch.setattr(command, "measure", lambda *_: rows)
    assert command.validate(AREAS, workers=1) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    for r in rows:
        (line,) = (line for line in lines if line.startswith(f"| {r.what} |"))
        assert ("**missed**" in line) is not r.is_met
    widths = [line.count("|") for line in lines]
    for before, line, width in zip(widths, lines[1:], widths[1:], strict=False):
        assert width == before or line.startswith("| what")


def test_docs_show_every_row(rows):
    text = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")
    for r in rows:
        assert f"| {r.what} | {r.anchor} | {r.target.text} |" in text


@pytest.mark.parametrize(("series", "model"), [("sexes", sex_ratio_trend), ("growth", growth_trend)])
def test_halved_limits_make_rows_fail(series, model, monkeypatch):
    def tail_rows():
        found = rows_of(series, "own", [tally_level((series, "own", 0, 2 * AREAS))])
        return [r for r in found if "truth against the band" in r.what and "95 %" in r.what]

    def mean_tail(row):
        return np.mean([side.value for sides in row.measured.values() for side in sides])

    assert all(1 < mean_tail(r) < 5 for r in tail_rows())
    honest = model.trend_figures

    def halved(*args):
        figures = honest(*args)
        for name in ("lower_80", "upper_80", "lower_95", "upper_95"):
            figures[name] = (figures[name] + figures["trend"]) / 2
        return figures

    monkeypatch.setattr(model, "trend_figures", halved)
    for r in tail_rows():
        assert mean_tail(r) == pytest.approx(16.4, abs=4), "half of 1.96 standard deviations"
        assert not r.is_met
        assert not r.is_within_noise
