"""The series as models of statsmodels: against the batched recursion on all areas of the example, and on one area."""

import re
import warnings
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from numpy.testing import assert_allclose

from pipeline import build
from pipeline.problems import ProblemError
from pipeline.sample.places import all_counties, make_places
from pipeline.sample.truth import simulate_county
from pipeline.statistics import hierarchy, task_trend
from pipeline.statistics.growth_trend import VitalRate
from pipeline.statistics.hierarchy import AHEAD, Tier, fit
from pipeline.statistics.likelihoods import Binomial
from pipeline.statistics.panel import Block
from pipeline.statistics.sex_ratio_trend import SexRatioAtBirth
from pipeline.statistics.smoother_check import (
    SmootherError,
    areas_to_check,
    largest_difference,
    noted,
)
from pipeline.statistics.trends import fit_all, vital_series
from pipeline.workspace import CHECKOUT, open_workspace

SEED, FIRST, LAST = 20260710, date(2021, 7, 1), date(2026, 6, 1)
ABOVE = {"township": 6, "county": 4, "prefecture": 2}  # leading digits of the parent's code
MALES, BIRTHS, PERSON_YEARS = (
    np.array([22.0, 31, 27, 0, 25, 30] * 6),
    np.array([45.0, 60, 52, 0, 47, 61] * 6),
    500.0,
)


def parent_of(level):
    return pl.col("area_code").str.head(ABOVE[level]).str.pad_end(6, "0")


@pytest.fixture(scope="module")
def example():
    """`vital_events` of the example: its townships, and the counties, prefectures and province that are their sums."""
    rows = []
    for county in all_counties(
        make_places(SEED, counties=14, townships_per_county=11, last_month=LAST, awkward=False)
    ):
        truth = simulate_county(SEED, county, FIRST, LAST)
        for number, township in enumerate(county.townships):
            shown = slice(truth.at(FIRST), None)
            male, female, deaths_male, deaths_female, people = (
                getattr(truth, name)[number, shown].astype(float)
                for name in ("births_male", "births_female", "deaths_male", "deaths_female", "population")
            )
            rows.append(
                pl.DataFrame(
                    {
                        "area_code": township.area_code,
                        "month": pl.date_range(FIRST, LAST, "1mo", eager=True),
                        "births_male": male,
                        "births_female": female,
                        "births": male + female,
                        "deaths": deaths_male + deaths_female,
                        "person_years": people / 12,
                    }
                )
            )
    counts = pl.concat(rows).with_columns(level=pl.lit("township"))
    tables = []
    for level, above in (("township", "county"), ("county", "prefecture"), ("prefecture", "province")):
        tables.append(counts.with_columns(parent_code=parent_of(level)))
        sums = tables[-1].group_by("parent_code", "month").agg(pl.col(pl.Float64).sum())
        counts = sums.rename({"parent_code": "area_code"}).with_columns(level=pl.lit(above))
    tables.append(counts.with_columns(parent_code=pl.lit(None, pl.String)))
    return pl.concat(tables, how="diagonal").sort("area_code", "month")


def test_all_areas_of_the_example_are_smoothed_alike(example, monkeypatch):
    monkeypatch.setattr(hierarchy, "areas_to_check", lambda size: list(range(len(size))))
    monkeypatch.setattr(
        hierarchy, "estimate", lambda series, *_: series.medians()
    )  # the search is not at issue
    fits = fit_all(vital_series(example))
    areas = 0
    for name, levels in fits.items():
        for block, fitted in levels:
            assert largest_difference(name, block, fitted.checked) < 1e-9
            areas += len(fitted.checked)
    assert areas == 3 * example["area_code"].n_unique()


def counties(months, number):
    codes = np.array(["990101", "990102", "990103"])[:number]
    return Block("county", months, codes, {}, np.full(number, -1), np.full(number, -1))


@pytest.mark.parametrize("broken", ["transition", "state_cov", "shift", "irregular"])
def test_a_recursion_that_is_wrong_is_told_with_area_and_month(broken, monkeypatch):
    """What the batched recursion runs with is not what the series says it is."""
    random = np.random.default_rng(3)
    births = np.tile([30.0, 400, 5000], (40, 1))
    males = random.binomial(births.astype(int), 0.515).astype(float)
    original = hierarchy.find_shifts

    def wrong(likelihood, model, *others):
        process = model.process
        if broken == "shift":  # as if the level might jump every month
            process = replace(process, shift_var=np.full(likelihood.events.shape, 1e-4))
        elif broken == "irregular":
            process = replace(process, irregular_var=process.irregular_var + 1e-5)
        else:
            process = replace(process, **{broken: getattr(process, broken) * 1.01})
        mode, shifts = original(likelihood, replace(model, process=process), *others)
        said = replace(mode.model, process=replace(mode.model.process, shift_var=None))
        return replace(mode, model=said), shifts

    def compared():
        fitted = fit(SexRatioAtBirth, [Tier.alone(Binomial(males, births))])[0]
        months = pl.date_range(date(2023, 1, 1), date(2026, 4, 1), "1mo", eager=True)
        return largest_difference("sex_ratio_at_birth", counties(months, 3), fitted.checked)

    assert compared() < 1e-9
    monkeypatch.setattr(hierarchy, "find_shifts", wrong)
    with pytest.raises(
        SmootherError, match=r"sex_ratio_at_birth, county 99010\d, 202\d-\d\d: .* by statsmodels"
    ):
        compared()


def test_a_difference_that_is_no_number_is_refused_too():
    nothing = np.stack([np.zeros((2, 3)), np.full((2, 3), np.nan)])
    months = pl.date_range(date(2026, 1, 1), date(2026, 3, 1), "1mo", eager=True)
    with pytest.raises(SmootherError, match="2026-01"):
        largest_difference("births", counties(months, 1), {0: nothing})


def test_the_largest_the_median_and_the_smallest_are_checked():
    assert areas_to_check(np.array([5.0, 1, 9, 7, 3])) == [0, 1, 2]
    assert areas_to_check(np.array([5.0])) == [0]


def test_what_is_noted_is_a_power_of_ten():
    assert [noted(d) for d in (0.0, 3e-15, 1e-9, 2e-9, 4e-8, 1e-6)] == [1e-9, 1e-9, 1e-9, 1e-8, 1e-7, 1e-6]


@pytest.mark.parametrize("series", [SexRatioAtBirth, VitalRate, task_trend.TaskShare, task_trend.TaskCount])
def test_an_analyst_can_use_one_area(series):
    """Smooth, forecast, simulate, summarise and fit; a month without a figure is one."""
    events, exposure = (
        (MALES, BIRTHS) if series.likelihood is Binomial else (BIRTHS, np.full(36, PERSON_YEARS))
    )
    events = np.where(BIRTHS > 0, events, np.nan)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = series.of_counts(events, exposure)
        result = model.smooth(model.start_params)
        level, sd = model.level(result)
        forecast = result.get_forecast(AHEAD)
        paths = model.simulate(
            model.start_params,
            AHEAD,
            anchor="end",
            initial_state=result.predicted_state[:, -1],
            repetitions=200,
            rng=1,
        )
    assert level.shape == sd.shape == (36,) and (sd > 0).all()
    assert np.isnan(model.endog).sum() == 6
    assert "excess_dispersion" in str(result.summary())
    assert forecast.predicted_mean.shape == (AHEAD,)
    assert (np.diff(forecast.se_mean) > -1e-4).any() and (forecast.se_mean > 0).all()
    assert_allclose(paths.mean(axis=(1, 2)), forecast.predicted_mean, atol=5 * forecast.se_mean.max())


def test_the_forecast_is_that_of_the_reports():
    """The same area fitted alone by the batched recursion: level of all months, and the twelve to come."""
    counts = Binomial(MALES[:, None], BIRTHS[:, None])
    fitted = fit(SexRatioAtBirth, [Tier.alone(counts)])[0]
    model = SexRatioAtBirth.of_counts(MALES, BIRTHS, fitted.hyperparameters)
    result = model.smooth(list(fitted.hyperparameters.values()))
    level, sd = model.level(result)
    assert_allclose(level, fitted.level.mean[:-AHEAD, 0], atol=1e-8)
    assert_allclose(sd, np.sqrt(fitted.level.variance[:-AHEAD, 0]), rtol=1e-6)
    forecast = result.get_forecast(AHEAD)
    assert_allclose(forecast.predicted_mean, fitted.ahead.mean[:, 0], atol=1e-8)
    assert_allclose(forecast.se_mean, np.sqrt(np.diagonal(fitted.ahead.cov[0])), rtol=1e-6)


def test_parameters_can_be_estimated_from_one_area():
    random = np.random.default_rng(4)
    exposure = np.full(96, 60_000.0)
    events = random.poisson(exposure * 0.01 * np.exp(np.cumsum(random.normal(0, 0.03, 96)))).astype(float)
    model = VitalRate.of_counts(events, exposure)
    result = model.fit(disp=False)
    assert result.llf > model.loglike(model.start_params)
    assert dict(zip(model.param_names, result.params, strict=True))["level_sd"] == pytest.approx(
        0.03, rel=0.5
    )


def test_pseudo_observations_of_one_series_take_no_other_data():
    model = SexRatioAtBirth.of_counts(MALES, BIRTHS)
    with pytest.raises(ValueError, match="of_counts"):
        model.smooth(model.start_params).append([0.1])


def test_the_example_of_the_docs_runs(awkward, monkeypatch, capsys):
    text = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    monkeypatch.chdir(awkward.root)
    exec(compile(block, "docs/statistics.md", "exec"), {})
    assert "stationary_sd" in capsys.readouterr().out


def test_a_build_that_statsmodels_contradicts_stops(tmp_path, monkeypatch):
    """And names what differs; `build` publishes nothing after it."""

    def contradicted(*_, **__):
        raise SmootherError("births, county 990101, 2026-06: ...")

    monkeypatch.setattr(build, "build_warehouse", lambda *_, **__: (LAST, LAST))
    monkeypatch.setattr("pipeline.statistics.run.run", contradicted)
    workspace = open_workspace(CHECKOUT)
    with pytest.raises(ProblemError, match="births, county 990101, 2026-06"):
        build._build(workspace, tmp_path, {}, "", None, None, lambda *_: None)
