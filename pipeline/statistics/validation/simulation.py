"""Levels of areas with known truth: the models' own processes, and two that are not theirs.

    own            exactly what the models assume, with the anchors as hyperparameters
    step           the same, and in the middle of the observed months the ratio (the birth rate) rises by 8 %
                   in every area, for good
    overdispersed  the same, and the counts of a month vary 1.5 times as much as binomial (Poisson) ones:
                   beta-binomial with intraclass correlation 0.5/(births − 1), negative binomial

A level holds the same number of areas of every size. Arrays are (months, areas), areas ordered by size; the
last `LEFT_OUT` months are simulated and kept from the fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from pipeline.statistics import growth_trend, sex_ratio_trend
from pipeline.statistics.kalman import Process
from pipeline.statistics.pooling import Anchor

SIZES = (3, 30, 300, 3000)  # births a month
PROCESSES = ("own", "step", "overdispersed")
OBSERVED, LEFT_OUT = 72, 12
MONTHS = OBSERVED + LEFT_OUT
STEP_MONTH, STEP = OBSERVED // 2, np.log(1.08)
DISPERSION = 1.5
BIRTH_RATE, DEATH_RATE = 0.010, 0.008  # per person-year
SHARED_SEASON_SD = 0.05
SEED = 20261121


@dataclass(frozen=True)
class Sexes:
    """Births by sex, and the true log ratio behind them."""

    males: np.ndarray
    females: np.ndarray
    log_ratio: np.ndarray


@dataclass(frozen=True)
class Growth:
    """Births and deaths in `person_years`, and the true seasonally adjusted natural growth, ‰ of a year."""

    births: np.ndarray
    deaths: np.ndarray
    person_years: np.ndarray
    per_mille: np.ndarray


def without_last_months(counts: np.ndarray) -> np.ndarray:
    """The counts as floats, the left-out months missing."""
    seen = counts.astype(float)
    seen[OBSERVED:] = np.nan
    return seen


def generator(process: str, series: str, level: int) -> np.random.Generator:
    return np.random.default_rng([SEED, PROCESSES.index(process), ("sexes", "growth").index(series), level])


def simulate_sexes(process: str, level: int, areas_per_size: int) -> Sexes:
    random = generator(process, "sexes", level)
    size = np.repeat(SIZES, areas_per_size)
    truth = _medians(sex_ratio_trend.ANCHORS)
    own_level = sex_ratio_trend.BASELINE_LOG_RATIO + random.normal(0, truth["between_sd"], len(size))
    log_ratio = own_level + _path(sex_ratio_trend.process_of(truth), len(size), random)
    if process == "step":
        log_ratio[STEP_MONTH:] += STEP
    births = random.poisson(size, log_ratio.shape)
    proportion = expit(log_ratio)
    if process == "overdispersed":
        total = np.maximum(births - 1, 1) / (DISPERSION - 1) - 1
        clustered = random.beta(total * proportion, total * (1 - proportion))
        proportion = np.where(births > 1, clustered, proportion)
    males = random.binomial(births, proportion)
    return Sexes(males, births - males, log_ratio)


def simulate_growth(process: str, level: int, areas_per_size: int) -> Growth:
    random = generator(process, "growth", level)
    person_years = np.repeat(SIZES, areas_per_size) / BIRTH_RATE * np.ones((MONTHS, 1))
    step = STEP * (np.arange(MONTHS) >= STEP_MONTH) if process == "step" else np.zeros(MONTHS)
    dispersion = DISPERSION if process == "overdispersed" else 1.0
    births, birth_rate = _events(BIRTH_RATE, step, dispersion, person_years, random)
    deaths, death_rate = _events(DEATH_RATE, np.zeros(MONTHS), dispersion, person_years, random)
    return Growth(births, deaths, person_years, 1000 * (birth_rate - death_rate))


def _events(
    typical_rate: float,
    step: np.ndarray,
    dispersion: float,
    person_years: np.ndarray,
    random: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """Counts, and the seasonally adjusted rate per person-year as `growth_trend` defines it."""
    truth = _medians(growth_trend.ANCHORS)
    process = growth_trend.process_of(truth)
    areas = person_years.shape[1]
    log_rate = np.log(typical_rate) + random.normal(0, truth["between_sd"], areas) + step[:, None]
    log_rate = log_rate + _path(process, areas, random)
    contrasts = growth_trend.seasonal_contrasts()
    shared = random.normal(0, SHARED_SEASON_SD, (contrasts.shape[1], 1))
    season = contrasts @ (shared + random.normal(0, truth["seasonal_sd"], (contrasts.shape[1], areas)))
    irregular = random.normal(0, np.sqrt(process.irregular_var), log_rate.shape)
    of_month = season[np.arange(MONTHS) % growth_trend.MONTHS]
    expected = person_years * np.exp(log_rate + of_month + irregular)
    if dispersion > 1:
        counts = random.negative_binomial(expected / (dispersion - 1), 1 / dispersion)
    else:
        counts = random.poisson(expected)
    return counts, np.exp(log_rate + process.irregular_var / 2) * np.exp(season).mean(axis=0)


def _medians(anchors: dict[str, Anchor]) -> dict[str, float]:
    return {name: anchor.median for name, anchor in anchors.items()}


def _path(process: Process, areas: int, random: np.random.Generator) -> np.ndarray:
    """The first state of the process over all months, (months, areas); its covariances are diagonal."""
    states = len(process.transition)
    shock_sd = np.sqrt(np.diag(process.state_cov))[:, None]
    state = np.sqrt(np.diag(process.initial_cov))[:, None] * random.standard_normal((states, areas))
    path = np.empty((MONTHS, areas))
    for month in range(MONTHS):
        path[month] = state[0]
        state = process.transition @ state + shock_sd * random.standard_normal((states, areas))
    return path
