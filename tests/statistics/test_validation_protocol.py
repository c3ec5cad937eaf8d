"""The left-out protocol: what the forecasts may see, the draws, and that a wrong band is found out."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from statsmodels.tsa.statespace.structural import UnobservedComponents

from pipeline.validation import baselines, fitting, protocol, simulation, tallies
from pipeline.validation.counts import Counts, sexes
from pipeline.validation.measures import Measure, one_an_area, ratio_of_sums
from pipeline.validation.pages import verdict
from pipeline.validation.table import simulated_rows

AREAS = 20


def counts_of(series, areas=3):
    return simulation.simulate(series, "own", 0, areas).counts


def with_other_future(counts, month):
    events = counts.events.copy()
    events[month:] = np.where(counts.is_binomial, counts.size[month:], 3 * counts.events[month:] + 5)
    return replace(counts, events=events)


def test_plans_cut_by_date():
    monthly, yearly = protocol.plan_of(84, 12), protocol.plan_of(40, 1)
    assert monthly.cuts == [72, 73, 74, 75, 76, 77, 78]
    assert (monthly.left_out_from, monthly.horizon) == ([72], 12)
    assert (yearly.left_out_from, yearly.horizon) == ([34, 35, 36, 37, 38, 39], 1)
    assert yearly.cuts[-1] == 40, "the last edition has every year"


@pytest.mark.parametrize("series", simulation.SERIES)
def test_no_forecast_sees_the_months_it_forecasts(series):
    counts = counts_of(series)
    other = with_other_future(counts, 72)
    some = np.flatnonzero(simulation.sizes_of_areas(3) == 300)
    for forecast in baselines.SIMPLE.values():
        for moment, again in zip(
            forecast(counts, 72, 12).moments(), forecast(other, 72, 12).moments(), strict=True
        ):
            assert_array_equal(moment, again)
    for forecasts in baselines.PER_AREA.values():
        pair = [next(iter(forecasts(c.areas(some[:1]), [72], 12))) for c in (counts, other)]
        assert_allclose(pair[0].mean, pair[1].mean, rtol=1e-12)
    tallied = [protocol.tally(c, np.random.default_rng(0), None)[1][72].ahead for c in (counts, other)]
    assert_array_equal(tallied[0], tallied[1])


def test_simple_baselines_by_hand():
    events, size = np.full((84, 3), 6.0), np.full((84, 3), 10.0)
    events[72:], size[71, 0], events[71] = 10, 0, 0
    events[:, 2], size[:, 2] = np.nan, np.nan
    size[72:] = 1
    counts = Counts(events, size, True)
    last, mean = (forecast(counts, 72, 1).moments()[0][0] for forecast in baselines.SIMPLE.values())
    assert_allclose(last, [6.5 / 11, 0.5 / 11, 0.5], err_msg="of the last month with births")
    assert_allclose(mean, [66.5 / 111, 66.5 / 121, 0.5])


def test_statsmodels_forecast_is_its_own():
    counts = counts_of("births").areas(np.array([5]))
    first, later = baselines.statsmodels_forecasts(counts, [72, 73], 12)
    log_rate = np.log((counts.events[:, 0] + 0.5) / counts.size[:, 0])
    fitted = UnobservedComponents(log_rate[:72], level="lltrend", seasonal=12).fit(disp=False)
    assert_allclose(first.mean[:, 0], fitted.forecast(12), rtol=1e-6)
    assert_allclose(
        later.mean[:, 0],
        fitted.append(log_rate[72:73]).forecast(11)[: len(later.mean)].tolist() + list(later.mean[11:, 0]),
        rtol=1e-6,
    )


def test_spline_glm_continues_a_straight_line():
    month = np.arange(84.0)[:, None]
    person_years = np.full((84, 1), 1e7)
    births = np.round(person_years * np.exp(np.log(0.01) - 0.002 * month))
    (forecast,) = baselines.spline_forecasts(Counts(births, person_years, False), [72], 12)
    assert_allclose(forecast.mean[:, 0], np.log(0.01) - 0.002 * month[72:, 0], atol=2e-4)


def test_one_an_area_averages_what_the_areas_say():
    hits = np.array([[1, 0, 1, 0], [1, 0, 0, 0]], bool)
    known = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], bool)
    drawn = one_an_area(hits, known, np.random.default_rng(1))
    assert drawn.value == pytest.approx(100 * 2 / 3), "the first and third area always, the second never"
    half = one_an_area(np.array([[1, 1], [0, 0]], bool), np.ones((2, 2), bool), np.random.default_rng(1))
    assert half.value == pytest.approx(50, abs=4)
    assert one_an_area(hits[:, 3:], known[:, 3:], np.random.default_rng(1)) is None


def test_next_edition_by_hand():
    def edition(level):
        level = np.array(level)[:, None]
        return fitting.Fit((level, np.ones(level.shape)), None, None, 1.0)

    tallied = protocol.held_by_next(
        [edition([0.0, 0.0]), edition([1.9, -2.0, 0.0]), edition([1.9, -2.0, 1.9, 0])]
    )
    assert tallied["held"] == 1 + 3
    assert tallied["held of"] == 5
    assert tallied["held last"] == 1
    assert tallied["held last of"] == 2


def tails(rows, what):
    """The mean share outside a side, and whether the rows say it was missed."""
    found = [row for row in rows if row.what.startswith(what) and "95 %" in row.what]
    assert found
    return np.mean([measure.value for row in found for _, measure in row.cells]), found


@pytest.mark.parametrize(("series", "what"), [("sexes", "observed months"), ("births", "left-out counts:")])
def test_halved_bands_are_missed(series, what, monkeypatch):
    """Half of 1.96 standard deviations leaves 16.4 % a side, if the sampling error is halved too or small."""
    honest, fits = fitting._fit_months, []

    def remembered(counts):
        fits.append(honest(counts))
        return fits[-1]

    def halved(_):
        fit = fits.pop(0)
        level, ahead, one_step = ((mean, sd / 2) for mean, sd in (fit.level, fit.ahead, fit.one_step))
        return fitting.Fit(level, ahead, one_step, fit.dispersion)

    def rows():
        return simulated_rows(
            series, "own", [tallies.tally_level(tallies.Job(series, "own", 0, AREAS, None))]
        )

    monkeypatch.setattr(fitting, "_fit_months", remembered)
    share, _ = tails(rows(), what)
    assert 0 <= share < 5
    monkeypatch.setattr(fitting, "_fit_months", halved)
    narrow, found = tails(rows(), what)
    assert narrow > share + 1.5
    assert not any(row.is_met for row in found)
    assert not any(row.is_within_noise for row in found)
    assert all(verdict(row).startswith("**missed**") for row in found)


def test_yearly_table_is_fitted_by_year():
    counts = counts_of("sexes")
    males, births = (values.reshape(7, 12, -1).sum(axis=1) for values in (counts.events, counts.size))
    yearly = sexes(males, births - males, period=1)
    fit = fitting.fit(yearly.until(6))
    assert fit.level[0].shape == (6, males.shape[1])
    assert fit.ahead[0].shape == (1, males.shape[1])
    largest = np.argsort(-births.sum(axis=0))[:3]
    males, females = males[:6, largest], (births - males)[:6, largest]
    assert_allclose(fit.level[0][:, largest].mean(axis=0), np.log(males / females).mean(axis=0), atol=0.01)


def test_measure_of_levels_is_no_surer_than_the_levels():
    hits, of = np.array([0.0, 0, 12, 12]), np.full(4, 12.0)
    assert ratio_of_sums(hits, of) == Measure(0.5, 0.25)
    assert ratio_of_sums(hits, of, np.array([0, 0, 1, 1])) == Measure(0.5, 0.5)
    assert ratio_of_sums(hits[:1], of[:1]).error == np.inf
