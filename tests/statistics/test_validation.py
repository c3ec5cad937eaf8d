"""The validation table: simulated levels, rows, pages and figure of a short run; exact rows; the docs show it."""

import csv
import io
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.special import expit

from pipeline.commands import validate as command
from pipeline.validation import coverage, figure, pages, simulation
from pipeline.validation.measures import (
    NO_TARGET,
    Measure,
    Row,
    Target,
    median,
    ratio_of_sums,
    root_ratio,
    tail_counts,
)
from pipeline.validation.table import COLUMNS, interval_rows, measure

AREAS = 5


@pytest.fixture(scope="module")
def rows():
    return measure(AREAS, levels=1, processes=("own",))


def row(*measures, low=1.5, high=3.5, **others):
    return Row(
        "SRB", "own", "tails", "anchor", Target("target", low, high), {"all": tuple(measures)}, **others
    )


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
    assert pages.verdict(missed) == "**missed** by 0.5"
    assert pages.verdict(row(Measure(4.0, 0.3))) == "missed by 0.5, within simulation error"
    assert pages.verdict(replace(missed, target=NO_TARGET)) == "–"


def test_only_the_sizes_of_the_target_are_judged():
    measured = {"3": (Measure(2.0),), "100,000": (Measure(9.0),)}
    assert replace(row(), measured=measured, judged=("3",)).is_met
    assert replace(row(), measured=measured).worst == ("100,000", Measure(9.0))


def test_coverage_of_ten_fair_births(monkeypatch):
    """Wilson limits of 2 to 8 successes of 10 hold one half, those of 1 and 9 do not (0.0179–0.4042)."""
    monkeypatch.setattr(coverage, "SEX_RATIOS", np.array([100.0]))
    assert_allclose(coverage.wilson_coverage(10), 1 - 22 / 1024, rtol=1e-12)


def test_coverage_of_a_count_is_at_least_nominal_where_the_interval_is_exact():
    assert coverage.count_coverage(3) >= 0.95
    assert_allclose(coverage.count_coverage(3000), 0.95, atol=0.002)


@pytest.mark.parametrize("series", simulation.SERIES)
@pytest.mark.parametrize("process", simulation.PROCESSES)
def test_simulation_is_seeded_and_ordered_by_size(series, process):
    first, again, other = (simulation.simulate(series, process, level, 5) for level in (0, 0, 1))
    assert_array_equal(first.counts.events, again.counts.events)
    assert (first.counts.events != other.counts.events).any()
    size = simulation.sizes_of_areas(5)
    assert sorted(set(size)) == [0.3, 3, 30, 300, 3000, 100_000]
    assert (np.diff(size) >= 0).all()
    births = first.counts.size if first.counts.is_binomial else first.counts.events
    assert (births.mean(axis=0)[size >= 3] / size[size >= 3] > 0.2).all()
    assert (births.mean(axis=0)[size >= 3] / size[size >= 3] < 4).all()


def yearly_change(series, process, areas=40):
    """Mean true level of each year under a process less that of the year before, (years − 1, areas)."""
    level = simulation.simulate(series, process, 0, areas).level
    return np.diff(level.reshape(7, 12, -1).mean(axis=1), axis=0)


def test_processes_do_what_they_are_named_for():
    assert_allclose(yearly_change("sexes", "step").mean(axis=1)[2], np.log(1.08), atol=0.01)
    jumped = np.abs(yearly_change("sexes", "jumps").sum(axis=0)) > 0.05
    assert jumped[1::2].mean() > 0.8
    assert not jumped[::2].any()
    assert_allclose(yearly_change("sexes", "trend").mean(), np.log(0.99), atol=0.002)
    zodiac = yearly_change("births", "seasonal").mean(axis=1)
    assert_allclose(zodiac[2:5], [np.log(1.15), np.log(0.9 / 1.15), -np.log(0.9)], atol=0.02)
    common = yearly_change("births", "common")
    assert common.mean(axis=1).std() > 2 * yearly_change("births", "own").mean(axis=1).std()


def test_new_year_moves_between_january_and_february():
    simulated = simulation.simulate("births", "seasonal", 0, 40)
    of_months = (simulated.latent - simulated.level).mean(axis=1).reshape(7, 12)
    january_less_february = of_months[:, 0] - of_months[:, 1]
    is_january = np.array(simulation.NEW_YEAR_MONTHS) == 0
    difference = january_less_february[is_january].mean() - january_less_february[~is_january].mean()
    assert_allclose(difference, 2 * np.log(0.92) - np.log(1.04), atol=0.02)


def test_season_of_the_sex_ratio():
    simulated = simulation.simulate("sexes", "seasonal", 0, 2)
    season = (simulated.latent - simulated.level)[:12, 0]
    assert_allclose([season.max(), season.min(), season.sum()], [0.01, -0.01, 0], atol=1e-12)


def test_overdispersed_months_vary_by_half_more():
    sexes = simulation.simulate("sexes", "overdispersed", 0, 50)
    births, p = sexes.counts.size, expit(sexes.latent)
    chi = (sexes.counts.events - births * p) ** 2 / np.where(births > 1, births * p * (1 - p), np.nan)
    births_level = simulation.simulate("births", "overdispersed", 0, 50)
    expected = births_level.counts.size * np.exp(births_level.latent)
    chi_of_counts = (births_level.counts.events - expected) ** 2 / expected
    size = simulation.sizes_of_areas(50)
    for judged in simulation.JUDGED:
        assert_allclose(np.nanmean(chi[:, size == judged]), 1.5, atol=0.15)
        assert_allclose(chi_of_counts[:, size == judged].mean(), 1.5, atol=0.15)


def test_short_run_gives_every_row_with_finite_values(rows):
    keys = {(r.series, r.process, r.what) for r in rows}
    assert len(keys) == len(rows) > 40
    for r in rows:
        values = [side.value for sides in r.measured.values() for side in sides]
        assert values, r.what
        assert np.isfinite(values).all(), r.what
        assert set(r.measured) <= set(COLUMNS) or r.process in ("exact", "speed", "provinces")
        if "limits" in r.what:
            assert 0 <= min(values) <= max(values) <= 100, r.what
        if r.process == "own" and r.series == "SRB" and "RMSE of left-out" in r.what:
            assert all(0.8 < measure.value < 1.2 for _, measure in r.cells)
    for series in ("SRB", "births"):
        for measured in (
            "left-out counts:",
            "one an area",
            "RMSE of spline GLM",
            "CRPS of statsmodels",
            "a year later",
        ):
            assert any(measured in r.what for r in rows if (r.series, r.process) == (series, "own")), measured


def test_drawn_once_an_area_agrees_with_all_months(rows):
    of_all, drawn = (
        next(
            r
            for r in rows
            if r.process == "own" and r.series == "SRB" and r.what.startswith(what) and "80" in r.what
        )
        for what in ("left-out counts:", "left-out counts, one")
    )
    for column in ("30", "300", "3,000"):
        for one, other in zip(of_all.measured[column], drawn.measured[column], strict=True):
            assert one.value == pytest.approx(other.value, abs=1.0)


def test_exact_rows_of_flags_are_met():
    by_name = {r.what.split(":")[0]: r for r in interval_rows()}
    assert by_name["false flags"].is_met
    assert by_name["flags found"].is_met
    assert not by_name["coverage of the Wilson 95 % interval, by births, %"].is_met


def test_pages_mark_what_misses(rows, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr(command, "measure", lambda *_: rows)
    assert command.validate(AREAS, workers=1, out=tmp_path / "out") == 0
    printed = capsys.readouterr().out
    assert printed == (tmp_path / "out" / "calibration.md").read_text(encoding="utf-8")
    lines = [line for line in printed.splitlines() if line.startswith("|")]
    for r in rows:
        of_row = [
            line
            for line in lines
            if line.startswith(f"| {r.series}: {r.what} |") and pages.verdict(r) in line
        ]
        assert of_row, r.what
    for before, line in pairwise(lines):
        is_header = line.split("|")[2].strip() in ("target", "anchor")
        assert is_header or line.count("|") == before.count("|")


def test_csv_has_a_line_for_each_value(rows):
    lines = list(csv.DictReader(io.StringIO(pages.csv_text(rows))))
    assert len(lines) == sum(len(sides) for r in rows for sides in r.measured.values())
    assert {line["verdict"] for line in lines} <= {"", "met", "missed", "missed within simulation error"}
    missed = next(line for line in lines if line["verdict"] == "missed")
    low, high = (
        float(missed[name] or limit) for name, limit in (("target_low", "-inf"), ("target_high", "inf"))
    )
    value = float(missed["value"])
    assert not low <= value <= high
    assert float(missed["missed_by"]) == pytest.approx(max(low - value, value - high), rel=1e-3)


def test_figure_is_the_same_bytes_again_and_says_what_it_finds(rows, tmp_path):
    for name in ("one.svg", "two.svg"):
        figure.write_figure(rows, tmp_path / name)
    assert (tmp_path / "one.svg").read_bytes() == (tmp_path / "two.svg").read_bytes()
    narrow = row(Measure(2.0, 0.1), Measure(7.0, 0.2))
    assert figure.finding([row(Measure(2.0, 0.1)), narrow]).endswith("too narrow: SRB own; too wide: never")
    assert "hold in 1 of 2" in figure.finding([row(Measure(2.0, 0.1)), narrow])


def test_docs_show_the_summary(rows):
    text = (Path(__file__).parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")
    for r in rows:
        if not r.is_extra and r.target is not NO_TARGET:
            assert f"| {r.series}: {r.what} | {r.anchor} | {r.target.text} |" in text
