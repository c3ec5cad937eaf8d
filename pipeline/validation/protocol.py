"""What is counted, area by area, when the last months of a table are kept from the fit: real data or simulated.

The months are cut by date. From the first cut the left-out months are forecast; then the table grows by one month
at a time, edition after edition, each fitted anew. A yearly table is forecast one year ahead from each of its cuts.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from scipy.special import ndtri

from pipeline.validation import baselines
from pipeline.validation.counts import Counts
from pipeline.validation.fitting import Fit, fit
from pipeline.validation.forecasts import Forecast, LatentNormal, position
from pipeline.validation.measures import tail_counts
from pipeline.validation.ranked_probability import crps

TAILS = {"95": 0.025, "80": 0.1}
EDITIONS = 6
LEFT_OUT_MONTHS, EVALUATED_YEARS = 12, 6
FEWEST_YEARS = 3

Tallies = dict[str, np.ndarray]
"""Figures of each area under the name of what they tell, areas on the last axis; NaN where not measured."""


@dataclass(frozen=True)
class Plan:
    """The cuts: the months left out of each edition's fit, and how far ahead is forecast."""

    cuts: list[int]
    left_out_from: list[int]
    horizon: int


def plan_of(months: int, period: int, editions: int = EDITIONS) -> Plan:
    """The last 12 months, the first of them given back one by one; or one year from each of the last six."""
    if period == 1:
        cuts = list(range(max(months - EVALUATED_YEARS, FEWEST_YEARS), months + 1))
        return Plan(cuts, cuts[:-1], 1)
    first = months - LEFT_OUT_MONTHS
    return Plan(list(range(first, first + editions + 1)), [first], LEFT_OUT_MONTHS)


def tally(
    counts: Counts,
    random: np.random.Generator,
    per_area: np.ndarray | None,
    rate: np.ndarray | None = None,
    editions: int = EDITIONS,
) -> tuple[Tallies, dict[int, Fit]]:
    """The left-out protocol, the editions and the scores of one table; and the fits by their cut.

    `per_area` are the areas that the slow baselines are fitted to; None leaves out these, the editions and the
    scores. `rate` is the true probability (rate) of all months where it is known, for the sampling error.
    """
    months, areas = counts.events.shape
    plan = plan_of(months, counts.period, editions)
    cuts = plan.cuts if per_area is not None else plan.left_out_from
    fits = {cut: fit(counts.until(cut)) for cut in cuts}
    ours = {cut: of.forecast(_coming(counts, cut, plan.horizon)) for cut, of in fits.items()}
    tallies = _left_out(counts, plan, ours, random)
    tallies["sampling"] = _sampling(counts, plan, ours, rate)
    one_step = [cut for cut in cuts if cut < months]
    by_forecaster: dict[str, Mapping[int, Forecast]] = {"": ours}
    for name, forecast in baselines.simple(counts).items():
        by_forecaster[f" {name}"] = {cut: forecast(counts, cut, plan.horizon) for cut in one_step}
    for name, theirs in by_forecaster.items():
        tallies[f"squared{name}"] = _squared(counts, plan, theirs)
        if per_area is not None:
            tallies[f"crps{name}"] = _score(counts, theirs, one_step)
    if per_area is None:
        return tallies, fits
    tallies |= held_by_next(list(fits.values()))
    some = counts.areas(per_area)
    for name, forecasts in baselines.PER_AREA.items():
        theirs = dict(zip(one_step, forecasts(some, one_step, plan.horizon), strict=True))
        for of, values in (
            (f"crps {name}", _score(some, theirs, one_step)),
            (f"squared {name}", _squared(some, plan, theirs)),
        ):
            tallies[of] = np.full(areas, np.nan)
            tallies[of][per_area] = values
    return tallies, fits


def outside(forecast: LatentNormal, counts: Counts, random: np.random.Generator) -> dict[str, np.ndarray]:
    """Whether counts are known and below or above the limits of their forecast, (months, areas) by limits and side."""
    known = counts.is_known
    sized = replace(forecast, size=np.where(known, forecast.size, 1.0))
    where = position(sized, np.where(known, counts.events, 0), random)
    return {
        f"{name} {side}": is_outside & known
        for name, tail in TAILS.items()
        for side, is_outside in (("below", where < tail), ("above", where > 1 - tail))
    }


def outside_band(truth: np.ndarray, mean: np.ndarray, sd: np.ndarray) -> dict[str, np.ndarray]:
    """Months in which the truth is outside a Gaussian band, (areas,) by limits and side."""
    counted = {}
    for name, tail in TAILS.items():
        reach = ndtri(1 - tail) * sd
        counted[f"{name} below"], counted[f"{name} above"] = tail_counts(truth, mean - reach, mean + reach)
    return counted


def held_by_next(fits: list[Fit]) -> Tallies:
    """How often the 95 % band of an edition holds the next edition's estimate: all months, and the last."""
    areas = fits[0].level[0].shape[1]
    held, number, held_last = np.zeros(areas), np.zeros(areas), np.zeros(areas)
    for edition, following in pairwise(fits):
        mean, sd = edition.level
        holds = np.abs(following.level[0][: len(mean)] - mean) <= ndtri(0.975) * sd
        held += holds.sum(axis=0)
        number += len(mean)
        held_last += holds[-1]
    return {
        "held": held,
        "held of": number,
        "held last": held_last,
        "held last of": np.full(areas, len(fits) - 1.0),
    }


def _coming(counts: Counts, cut: int, horizon: int) -> Counts:
    return counts.months(slice(cut, cut + horizon))


def _left_out(
    counts: Counts, plan: Plan, ours: dict[int, LatentNormal], random: np.random.Generator
) -> Tallies:
    parts: dict[str, list[np.ndarray]] = defaultdict(list)
    for cut in plan.left_out_from:
        coming = _coming(counts, cut, plan.horizon)
        for name, hits in outside(ours[cut], coming, random).items():
            parts[f"left out {name}"].append(hits)
        parts["left out known"].append(coming.is_known)
    return {name: np.vstack(part).astype(float) for name, part in parts.items()}


def _squared(counts: Counts, plan: Plan, forecasts: Mapping[int, Forecast]) -> np.ndarray:
    """Squared errors of the left-out counts, each ÷ its size, (areas,)."""
    return _sum_of_left_out(
        counts, plan, lambda cut, coming: (coming.events - forecasts[cut].moments()[0]) ** 2 / coming.size
    )


def _sampling(
    counts: Counts, plan: Plan, ours: dict[int, LatentNormal], rate: np.ndarray | None
) -> np.ndarray:
    """The variance of the same counts ÷ their size, were the probability (rate) known; else as forecast."""

    def variance(cut: int, _: Counts) -> np.ndarray:
        p = ours[cut].moments()[0] / ours[cut].size if rate is None else rate[cut : cut + plan.horizon]
        return p * (1 - p) if counts.is_binomial else p

    return _sum_of_left_out(counts, plan, variance)


def _sum_of_left_out(counts: Counts, plan: Plan, of_cut: Callable[[int, Counts], np.ndarray]) -> np.ndarray:
    """Something of each left-out count that is known, summed, (areas,)."""
    total = np.zeros(counts.events.shape[1])
    for cut in plan.left_out_from:
        coming = _coming(counts, cut, plan.horizon)
        with np.errstate(invalid="ignore", divide="ignore"):
            total += np.where(coming.is_known, of_cut(cut, coming), 0).sum(axis=0)
    return total


def _score(counts: Counts, forecasts: Mapping[int, Forecast], cuts: list[int]) -> np.ndarray:
    """Mean score of the forecasts one month ahead, (areas,); NaN where no month is known or can be forecast."""
    scores = np.full((len(cuts), counts.events.shape[1]), np.nan)
    for line, cut in zip(scores, cuts, strict=True):
        known = _coming(counts, cut, 1).is_known[0]
        first = forecasts[cut].at((slice(0, 1), known))
        line[known] = crps(first, counts.events[cut : cut + 1, known])[0]
    number = np.isfinite(scores).sum(axis=0)
    return np.where(number > 0, np.nansum(scores, axis=0) / np.maximum(number, 1), np.nan)
