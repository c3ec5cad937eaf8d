"""The `expectations` table: each of the last months against what was to be expected of it.

A month is expected from the months of its area before it, and from the same month of its siblings: if births
fall everywhere, no area stands out. The forecast of a count is negative binomial: Poisson counts (more scattered
where the level's counts are) whose log rate is known with the variance of the one-step forecast. That of boys
among the births of a month is binomial with a normal logit. The p-value of a month is two-sided and mid-p, so that
it means the same for 3 births as for 3,000; over all areas, months and series of the table the false discovery
rate is held (Benjamini & Hochberg 1995).
"""

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy.special import expit, ndtri, roots_hermitenorm
from scipy.stats import binom, nbinom

from pipeline.statistics.contract import in_contract
from pipeline.statistics.discovery import q_values
from pipeline.statistics.hierarchy import Fitted
from pipeline.statistics.panel import Block, significant
from pipeline.statistics.trends import BIRTHS, DEATHS, SEX_RATIO, Fits

QUANTILES = {"lower_95": 0.025, "upper_95": 0.975, "lower_998": 0.001, "upper_998": 0.999}
NODES = 21
FEW_BIRTHS = 500
POISSON_EXCESS = 1e-6

Columns = dict[str, np.ndarray]


def expectation_table(fits: Fits) -> pl.DataFrame:
    """One row per area, judged month and series, wherever the month has a figure."""

    def tables() -> Iterator[pl.DataFrame]:
        for name in (SEX_RATIO, BIRTHS, DEATHS):
            for block, fitted in fits[name]:
                yield block.rows(_columns(name, block, fitted)).with_columns(series=pl.lit(name))

    table = in_contract("expectations", tables()).drop_nulls("observed")
    q = q_values(table["p_value"].to_numpy(), np.zeros(table.height))
    return table.with_columns(q_value=pl.Series(significant(q)))


def _columns(series: str, block: Block, fitted: Fitted) -> Columns:
    step = fitted.one_step
    judged = {name: counts[len(counts) - len(step.mean) :] for name, counts in block.counts.items()}
    if series == SEX_RATIO:
        males, births = judged["births_male"], judged["births_male"] + judged["births_female"]
        return expected_ratio(males, births, step.mean, step.variance, fitted.dispersion)
    return expected_count(judged[series], judged["person_years"], step.mean, step.variance, fitted.dispersion)


def expected_count(
    observed: np.ndarray, exposure: np.ndarray, mean: np.ndarray, variance: np.ndarray, dispersion: float
) -> Columns:
    """Median, limits and p-value of counts whose log rate is N(mean, variance); all (months, areas).

    The count has mean m = exposure·e^(mean + variance/2) and variance m·dispersion + m²·(e^variance − 1),
    that of a negative binomial.
    """
    known = (exposure > 0) & np.isfinite(observed)
    m = np.where(known, exposure, 1) * np.exp(mean + variance / 2)
    excess = np.maximum(dispersion - 1 + m * np.expm1(variance), POISSON_EXCESS)
    size, chance = m / excess, 1 / (1 + excess)
    columns = {name: nbinom.ppf(q, size, chance) for name, q in QUANTILES.items()}
    columns["expected"] = nbinom.ppf(0.5, size, chance)
    count = np.where(known, observed, 0)
    below, at = nbinom.cdf(count - 1, size, chance), nbinom.pmf(count, size, chance)
    above = nbinom.sf(count, size, chance)
    columns["p_value"] = _two_sided(below, at, above)
    columns["observed"] = observed
    return {name: np.where(known, values, np.nan) for name, values in columns.items()}


def expected_ratio(
    males: np.ndarray, births: np.ndarray, mean: np.ndarray, variance: np.ndarray, dispersion: float
) -> Columns:
    """The same for the sex ratio (females = 100) of a month's births, whose logit is N(mean, variance).

    The p-value sums the binomial over the normal logit by Gauss–Hermite quadrature, the logit's variance
    increased by what the dispersion adds to that of counting. The limits are those of the normal logit with the
    variance of counting added; below `FEW_BIRTHS`, where only few ratios are possible and counting is all that
    matters, those of the binomial count (no upper one where it is boys alone).
    """
    known = (births > 0) & np.isfinite(males)
    number, count = np.where(known, births, 1), np.where(known, males, 0)
    counting = 1 / (number * expit(mean) * expit(-mean))
    spread = np.sqrt(variance + (dispersion - 1) * counting)
    nodes, weights = roots_hermitenorm(NODES)
    below, at, above = np.zeros((3, *males.shape))
    for node, weight in zip(nodes, weights / weights.sum(), strict=True):
        proportion = expit(mean + spread * node)
        below += weight * binom.cdf(count - 1, number, proportion)
        at += weight * binom.pmf(count, number, proportion)
        above += weight * binom.sf(count, number, proportion)
    sd = np.sqrt(variance + dispersion * counting)
    columns = {name: 100 * np.exp(mean + ndtri(q) * sd) for name, q in QUANTILES.items()}
    are_few = known & (number < FEW_BIRTHS)
    for name, q in QUANTILES.items():
        boys = binom.ppf(q, number[are_few], expit(mean[are_few]))
        girls = number[are_few] - boys
        columns[name][are_few] = 100 * np.where(girls > 0, boys / np.where(girls > 0, girls, 1), np.nan)
    columns["expected"] = 100 * np.exp(mean)
    columns["p_value"] = _two_sided(below, at, above)
    # a month of boys alone has no ratio per 100 girls: it is left to the counts
    is_ratio = known & (count < number)
    columns["observed"] = 100 * count / np.where(is_ratio, number - count, 1)
    return {name: np.where(is_ratio, values, np.nan) for name, values in columns.items()}


def _two_sided(below: np.ndarray, at: np.ndarray, above: np.ndarray) -> np.ndarray:
    return np.minimum(2 * np.minimum(below + at / 2, above + at / 2), 1)
