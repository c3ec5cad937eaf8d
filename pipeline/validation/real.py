"""The left-out protocol on real tables, where the truth is not known: the rows of a set of areas.

Columns are classes of size, by the mean number of births (deaths) a month, or a year of yearly tables. A table of
few areas is cut several times, each block ending where the left-out months of the one before begin, so that
there is more than one year to go by; the block of an area is then the unit of the error.
"""

from dataclasses import replace

import numpy as np
from scipy.special import expit

from pipeline.validation.counts import Counts
from pipeline.validation.fitting import Fit
from pipeline.validation.measures import Row
from pipeline.validation.protocol import (
    EVALUATED_YEARS,
    FEWEST_YEARS,
    LEFT_OUT_MONTHS,
    Plan,
    Tallies,
    plan_of,
    tally,
)
from pipeline.validation.rows import Columns, rows_of
from pipeline.validation.simulation import SEED

CLASSES = (1, 10, 100, 1000, 10_000)
COLUMNS = ["below 1", "1–10", "10–100", "100–1,000", "1,000–10,000", "10,000 and more"]
ENOUGH_AREAS = 60
FEWEST_SEEN_YEARS = 5
MOST_BLOCKS = 10
PER_CLASS, FEWEST_FOR_MODEL = 3, 100
FEWEST_FOR_RATIO = 100


def fewest_months(period: int) -> int:
    """The fewest months (or years) of a table that can be fitted in part and left out in part."""
    return FEWEST_YEARS + 2 if period == 1 else 2 * period + LEFT_OUT_MONTHS


def nominal_exposure(events: np.ndarray, days: np.ndarray) -> np.ndarray:
    """Person-years where the population is not known: proportional to the days, at a rate of 10 ‰ over all.

    `events` (months, areas), `days` (months,). Only the scale is chosen, and it is that of each area.
    """
    known = np.isfinite(events)
    exposed = np.where(known, days[:, None], 0).sum(axis=0)
    per_day = np.where(known, events, 0).sum(axis=0) / np.maximum(exposed, 1)
    return days[:, None] * np.maximum(per_day, 1e-6) / 0.010


def rows_of_counts(name: str, series: str, counts: Counts) -> list[Row]:
    """Rows of a series (`SRB`, `births`, `deaths`) of the areas of `name`."""
    has_any = counts.is_known.any(axis=0)
    blocks = [_tally_block(block, name) for block in _blocks(counts.areas(np.flatnonzero(has_any)))]
    found = Columns(blocks, lambda tallies: tallies["class"].astype(int), COLUMNS)
    return [row for row in rows_of(series, name, found, None, np.random.default_rng(SEED)) if row.measured]


def _blocks(counts: Counts) -> list[Counts]:
    """The table, and the same ended earlier, while enough years are left to be before."""
    months, areas = counts.events.shape
    length = LEFT_OUT_MONTHS if counts.period > 1 else EVALUATED_YEARS
    shortest = FEWEST_SEEN_YEARS * counts.period + length
    number = 1 if areas >= ENOUGH_AREAS else min(MOST_BLOCKS, 1 + (months - shortest) // length)
    return [counts.until(months - length * block) for block in range(max(number, 1))]


def _tally_block(counts: Counts, name: str) -> Tallies:
    months = len(counts.events)
    random = np.random.default_rng([SEED, months, *name.encode()])
    plan = plan_of(months, counts.period)
    before = counts.until(plan.cuts[0])
    number = before.is_known.sum(axis=0)
    events, size = before.known_sums()
    total = size if counts.is_binomial else events
    classes = np.searchsorted(CLASSES, total / np.maximum(number, 1), side="right")
    is_seen = number >= FEWEST_SEEN_YEARS * counts.period // 2
    slow = _some_of_each(classes, is_seen & (total >= FEWEST_FOR_MODEL))
    tallies, fits = tally(counts, random, slow)
    tallies["class"] = classes
    if counts.is_binomial:
        tallies["relative error"] = _relative_error(counts, plan, fits)
    return tallies


def _some_of_each(classes: np.ndarray, is_eligible: np.ndarray) -> np.ndarray:
    """A few areas of each class, evenly over those that are eligible."""
    chosen = []
    for one in np.unique(classes):
        areas = np.flatnonzero((classes == one) & is_eligible)
        chosen.append(areas[np.linspace(0, len(areas) - 1, min(PER_CLASS, len(areas))).astype(int)])
    return np.concatenate(chosen) if chosen else np.zeros(0, int)


def _relative_error(counts: Counts, plan: Plan, fits: dict[int, Fit]) -> np.ndarray:
    """The forecast ratio of all left-out births of an area ÷ the observed one, − 1; NaN if they are too few."""
    males, births, expected = np.zeros((3, counts.events.shape[1]))
    for cut in plan.left_out_from:
        coming = counts.months(slice(cut, cut + plan.horizon))
        forecast = replace(coming, events=coming.size * expit(fits[cut].ahead[0][: len(coming.size)]))
        males += coming.known_sums()[0]
        births += coming.known_sums()[1]
        expected += forecast.known_sums()[0]
    is_enough = (births >= FEWEST_FOR_RATIO) & (males > 0) & (males < births)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(is_enough, expected / (births - expected) * (births - males) / males - 1, np.nan)
