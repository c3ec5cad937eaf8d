"""What one simulated level contributes: fitted as the reports are, and counted area by area."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit, ndtri

from pipeline.statistics import intervals
from pipeline.validation.coverage import FLAG_CONFIDENCE, NORMAL_RANGE
from pipeline.validation.fitting import fit
from pipeline.validation.protocol import EDITIONS, Tallies, outside, outside_band, tally
from pipeline.validation.simulation import (
    JUDGED,
    OBSERVED,
    STEP_MONTH,
    YEAR,
    Simulated,
    generator,
    simulate,
    sizes_of_areas,
)

FEWEST_BIRTHS = 100
AROUND_STEP = "around step"
SPANS = {"observed": slice(OBSERVED), AROUND_STEP: slice(STEP_MONTH - 6, STEP_MONTH + 6)}


class Job(NamedTuple):
    """One simulated level; with `per_area` areas of each size for the slow baselines, or None for the short way."""

    series: str
    process: str
    level: int
    areas_per_size: int
    per_area: int | None
    editions: int = EDITIONS


def tally_level(job: Job) -> Tallies:
    """What its areas contribute; under "size" the births a month of each."""
    simulated = simulate(job.series, job.process, job.level, job.areas_per_size)
    counts = simulated.counts
    sizes = sizes_of_areas(job.areas_per_size)
    random = generator(job.process, job.series, job.level).spawn(1)[0]
    slow = None if job.per_area is None else _first_of_each_size(sizes, job.per_area)
    truth = (expit if counts.is_binomial else np.exp)(simulated.latent)
    tallies, fits = tally(counts, random, slow, truth, job.editions)
    first = fits[OBSERVED]
    tallies |= {"size": sizes, "left out observed": np.full(len(sizes), len(counts.events) - OBSERVED)}
    for span, months in SPANS.items():
        mean, sd = (part[months] for part in first.level)
        if span != AROUND_STEP or job.process == "step":
            tallies |= _named(span, outside_band(simulated.level[months], mean, sd))
            tallies[f"{span} of"] = np.full(len(sizes), len(mean))
    tallies |= _named("truth ahead", outside_band(simulated.latent[OBSERVED:], *first.ahead))
    tallies["relative error"] = np.median(np.expm1(first.ahead[0] - simulated.latent[OBSERVED:]), axis=0)
    if slow is not None:
        tallies |= _with_the_year(simulated, first.level, random)
    if counts.is_binomial:
        tallies |= _flags(simulated)
    return tallies


def _with_the_year(
    simulated: Simulated, band: tuple[np.ndarray, np.ndarray], random: np.random.Generator
) -> Tallies:
    """The fit of all months: the band of a year ago, and the last months each from the months before."""
    later = fit(simulated.counts)
    mean, sd = (part[-1] for part in band)
    held = np.abs(later.level[0][OBSERVED - 1] - mean) <= ndtri(0.975) * sd
    tallies = {"held a year": held, "held a year of": np.ones(len(mean))}
    last = simulated.counts.months(slice(-len(later.one_step[0]), None))
    for name, hits in outside(later.nowcast(last), last, random).items():
        tallies[f"nowcast {name}"] = hits.sum(axis=0)
    return tallies | {"nowcast known": last.is_known.sum(axis=0)}


def _flags(simulated: Simulated) -> Tallies:
    """Areas whose true ratio of the last twelve observed months is normal, and those of them that are flagged."""
    year = slice(OBSERVED - YEAR, OBSERVED)
    males, births = (values[year] for values in (simulated.counts.events, simulated.counts.size))
    p = (births * expit(simulated.latent[year])).sum(axis=0) / np.maximum(births.sum(axis=0), 1)
    truth = 100 * p / (1 - p)
    lower, upper = intervals.sex_ratio(males.sum(axis=0), (births - males).sum(axis=0), FLAG_CONFIDENCE)
    low, high = NORMAL_RANGE
    is_normal = (truth >= low) & (truth <= high) & (births.sum(axis=0) >= FEWEST_BIRTHS)
    is_flagged = (lower > high) | (upper < low)
    return {"normal": is_normal.astype(float), "flagged": (is_normal & is_flagged).astype(float)}


def _first_of_each_size(sizes: np.ndarray, number: int) -> np.ndarray:
    """The first areas of each size that is judged: the smallest have too few events for a model of their own."""
    return np.concatenate([np.flatnonzero(sizes == size)[:number] for size in JUDGED])


def _named(span: str, counted: dict[str, np.ndarray]) -> Tallies:
    return {f"{span} {name}": values for name, values in counted.items()}
