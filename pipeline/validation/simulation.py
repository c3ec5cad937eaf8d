"""Levels of areas with known truth: the natural process, and six that the model was not made for.

    own            the sex ratio: an area's own level and a stationary AR(1) around it, of the published size;
                   births: level and slope random walks, a season, an irregular
    step           the same, and in the middle of the observed months all areas rise by 8 %, for good
    jumps          the same, and every second area rises or falls by 8 % at a month of its own
    overdispersed  the same, and counts vary 1.5 times as much as binomial (Poisson) ones: beta-binomial with
                   intraclass correlation 0.5/(births − 1), negative binomial
    seasonal       the sex ratio with a season of ± 1 %; births with a zodiac year (+ 15 %, the year after − 10 %)
                   and a New Year month (− 8 %, the month after + 4 %) that is January or February
    common         the same, and all areas follow one random walk
    trend          the same, and all areas fall by 1 % a year

The hyperparameters are written here and not taken from the model. A level holds as many areas of every size of
`JUDGED`, and for each ten of them a tiny and a huge one. Arrays are (months, areas), areas ordered by size; the
last `LEFT_OUT` months are simulated and kept from the fit.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from pipeline.validation.counts import Counts

TINY, HUGE = 0.3, 100_000
JUDGED = (3, 30, 300, 3000)  # births a month
SIZES = (TINY, *JUDGED, HUGE)
PROCESSES = ("own", "step", "jumps", "overdispersed", "seasonal", "common", "trend")
SERIES = ("sexes", "births")
OBSERVED, LEFT_OUT = 72, 12
MONTHS = OBSERVED + LEFT_OUT
YEAR = 12
STEP_MONTH, STEP = OBSERVED // 2, np.log(1.08)
DISPERSION = 1.5
YEARLY_FALL = 0.01
SEX_RATIO_SEASON = 0.01
ZODIAC_YEAR, ZODIAC, AFTER_ZODIAC = 3, np.log(1.15), np.log(0.90)
NEW_YEAR_MONTHS = (1, 0, 1, 1, 0, 1, 0)  # February, January, ... of one year after the other
NEW_YEAR, AFTER_NEW_YEAR = np.log(0.92), np.log(1.04)
SEED = 20261121

# Chao et al. 2019, 2021: yearly rho and sigma of the log ratio, between areas, baseline
YEARLY_RHO, YEARLY_SIGMA, BETWEEN_SD, BASELINE = 0.900, 0.003575, 0.00914, 1.063
COMMON_SD = {"sexes": 0.003, "births": 0.015}  # a month
BIRTH_RATE = 0.010  # per person-year
BETWEEN_RATES_SD, LEVEL_SD, SLOPE_SD, FIRST_SLOPE_SD, IRREGULAR_SD = 0.3, 0.005, 0.0005, 0.01, 0.03
SHARED_SEASON_SD, OWN_SEASON_SD = 0.05, 0.03


@dataclass(frozen=True)
class Simulated:
    """Counts, and what is behind them on the log scale.

    `level` is the seasonally adjusted truth (of births that of the mean month, season and irregular averaged
    out), `latent` that of the month itself.
    """

    counts: Counts
    level: np.ndarray
    latent: np.ndarray


def sizes_of_areas(areas_per_size: int) -> np.ndarray:
    """Births a month of each area, ascending."""
    extreme = max(1, areas_per_size // 10)
    return np.repeat(SIZES, [extreme, *[areas_per_size] * len(JUDGED), extreme])


def generator(process: str, series: str, level: int) -> np.random.Generator:
    return np.random.default_rng([SEED, PROCESSES.index(process), SERIES.index(series), level])


def simulate(series: str, process: str, level: int, areas_per_size: int, months: int = MONTHS) -> Simulated:
    """One level of areas, the same for the same arguments."""
    random = generator(process, series, level)
    size = sizes_of_areas(areas_per_size)
    departure = _departure(series, process, months, len(size), random)
    of_series = _sexes if series == "sexes" else _births
    return of_series(process, size, departure, random)


def _departure(series: str, process: str, months: int, areas: int, random: np.random.Generator) -> np.ndarray:
    """What the process adds to the level on the log scale, (months, areas)."""
    month = np.arange(months)[:, None]
    added = np.zeros((months, areas))
    if process == "step":
        added += STEP * (month >= STEP_MONTH)
    elif process == "jumps":
        at = random.integers(YEAR // 2, OBSERVED - YEAR // 2, areas)
        added += random.choice([-STEP, STEP], areas) * (np.arange(areas) % 2) * (month >= at)
    elif process == "common":
        added += random.normal(0, COMMON_SD[series], months).cumsum()[:, None]
    elif process == "trend":
        added += np.log1p(-YEARLY_FALL) * month / YEAR
    elif process == "seasonal" and series == "births":
        year = month // YEAR
        added += ZODIAC * (year == ZODIAC_YEAR) + AFTER_ZODIAC * (year == ZODIAC_YEAR + 1)
    return added


def _sexes(process: str, size: np.ndarray, departure: np.ndarray, random: np.random.Generator) -> Simulated:
    months, areas = departure.shape
    own_level = np.log(BASELINE) + random.normal(0, BETWEEN_SD, areas)
    level = own_level + autoregression(months, areas, random) + departure
    season = np.cos(2 * np.pi * np.arange(months) / YEAR)[:, None]
    latent = level + (SEX_RATIO_SEASON * season if process == "seasonal" else 0)
    births = random.poisson(size, latent.shape)
    proportion = expit(latent)
    if process == "overdispersed":
        total = np.maximum(births - 1, 1) / (DISPERSION - 1) - 1
        clustered = random.beta(total * proportion, total * (1 - proportion))
        proportion = np.where(births > 1, clustered, proportion)
    males = random.binomial(births, proportion)
    return Simulated(Counts(males.astype(float), births.astype(float), True), level, latent)


def _births(process: str, size: np.ndarray, departure: np.ndarray, random: np.random.Generator) -> Simulated:
    months, areas = departure.shape
    person_years = size / BIRTH_RATE * np.ones((months, 1))
    slope = random.normal(0, FIRST_SLOPE_SD / YEAR, areas) + np.vstack(
        [np.zeros(areas), random.normal(0, SLOPE_SD, (months - 1, areas)).cumsum(axis=0)]
    )
    moves = slope + random.normal(0, LEVEL_SD, (months, areas))
    log_rate = (
        np.log(BIRTH_RATE) + random.normal(0, BETWEEN_RATES_SD, areas) + moves.cumsum(axis=0) + departure
    )
    season = random.normal(0, SHARED_SEASON_SD, (YEAR, 1)) + random.normal(0, OWN_SEASON_SD, (YEAR, areas))
    season -= season.mean(axis=0)
    irregular = random.normal(0, IRREGULAR_SD, log_rate.shape)
    latent = log_rate + season[np.arange(months) % YEAR] + irregular
    if process == "seasonal":
        latent = latent + _new_year(months)[:, None]
    expected = person_years * np.exp(latent)
    if process == "overdispersed":
        counts = random.negative_binomial(expected / (DISPERSION - 1), 1 / DISPERSION)
    else:
        counts = random.poisson(expected)
    level = log_rate + IRREGULAR_SD**2 / 2 + np.log(np.exp(season).mean(axis=0))
    return Simulated(Counts(counts.astype(float), person_years, False), level, latent)


def _new_year(months: int) -> np.ndarray:
    effect = np.zeros(months + 1)
    for year in range(months // YEAR):
        at = year * YEAR + NEW_YEAR_MONTHS[year % len(NEW_YEAR_MONTHS)]
        effect[at : at + 2] = NEW_YEAR, AFTER_NEW_YEAR
    return effect[:months]


def autoregression(months: int, areas: int, random: np.random.Generator) -> np.ndarray:
    """The log ratio of areas around their own levels: a stationary AR(1) of the published size, (months, areas)."""
    rho = YEARLY_RHO ** (1 / YEAR)
    path = random.normal(0, YEARLY_SIGMA / np.sqrt(1 - YEARLY_RHO**2), (months, areas))
    for month in range(1, months):
        path[month] = rho * path[month - 1] + np.sqrt(1 - rho**2) * path[month]
    return path
