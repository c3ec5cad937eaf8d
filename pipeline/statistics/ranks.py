"""How far the rank of an area is known: the `ranks` table.

Every area is drawn 2,000 times from what its counts say of its true level, each draw of all areas is ranked, and the
rank of an area is told by the median and the 95 % limits of its ranks.

Drawn are posteriors whose prior is the level of the areas together (empirical Bayes). Without it the 95 % limits
would hold the true rank in 74 % of cases only where areas hardly differ: chance alone draws them apart. The
prior is conjugate, of strength κ, so that small counts keep their skewness, nothing is ever negative, and no
sampler is needed:

    rate          λ_i ~ Gamma(κ, κ/μ),        given x events in n years   Gamma(κ + x, κ/μ + n)
    share         p_i ~ Beta(κμ, κ(1−μ)),     given x of n                Beta(κμ + x, κ(1−μ) + n − x)
    balance       births and deaths, each as a rate

μ is the average of the level, κ = μ²/τ² (of a share μ(1−μ)/τ²), and τ² the moment estimate of
`overdispersion.additive_sd`, not winsorised: an outlier is a difference like any other here. Where areas do not
differ beyond chance, every rank is possible. A Beta draw is a ratio of Gammas, and Gammas come from normals by the
formula of Wilson & Hilferty. The normals of an area depend on its code alone, so neither other areas nor the order
of rows change them.

References: Goldstein & Spiegelhalter, Journal of the Royal Statistical Society A 159, 1996; Wilson & Hilferty,
Proceedings of the National Academy of Sciences 17, 1931.
"""

import hashlib
from collections.abc import Callable
from concurrent.futures import Executor
from functools import lru_cache
from itertools import chain

import numpy as np
import polars as pl

from pipeline.statistics.contract import in_contract
from pipeline.statistics.counted import BINOMIAL, Counted
from pipeline.statistics.edition import Figures
from pipeline.statistics.overdispersion import additive_sd

DRAWS = 2000
FEWEST_AREAS = 4
# Cube root of the least Gamma draw over its mean: keeps a ratio finite where no failures were counted.
LEAST_ROOT = 0.05
WEAKEST, STRONGEST = 0.5, 1e9
_MEDIAN, _LOWER, _UPPER = (DRAWS - 1) // 2, round(0.025 * DRAWS) - 1, round(0.975 * DRAWS)
_AT_ONCE = 250


def rank_table(edition: list[Figures], executor: Executor | None = None) -> pl.DataFrame:
    """The `ranks` table of one edition, sorted by key: among its level, and among its siblings.

    Ranked are areas whose figure can be compared, among at least 4 of them. A count has no rank.
    """
    jobs = [
        (figures.rows[ranked], figures.counts.at(ranked))
        for figures in edition
        if figures.counts.method != "count"
        for everyone, _ in figures.levels()
        if (ranked := everyone[figures.is_comparable[everyone]]).size >= FEWEST_AREAS
    ]
    # areas of one level in turn, which share their normals, the largest level first
    jobs.sort(key=lambda job: job[0].height, reverse=True)
    run = map if executor is None else executor.map
    return in_contract("ranks", chain.from_iterable(run(_ranks, jobs)))


@lru_cache(maxsize=1)
def standard_normals(codes: tuple[str, ...]) -> np.ndarray:
    """Two rows of standard normal draws for every area, (2, draws, areas), by its code alone."""
    normals = np.empty((2, DRAWS, len(codes)), dtype=np.float32)
    for area, code in enumerate(codes):
        seed = int.from_bytes(hashlib.blake2b(code.encode(), digest_size=16).digest(), "big")
        normals[:, :, area] = np.random.default_rng(seed).standard_normal((2, DRAWS), dtype=np.float32)
    return normals


def gamma_draws(shape: np.ndarray, normals: np.ndarray, least_root: float | None = None) -> np.ndarray:
    """Gamma(shape) draws from standard normals z: shape·(1 − 1/(9·shape) + z/(3·√shape))³."""
    root = normals * (1 / (3 * np.sqrt(shape)))
    root += 1 - 1 / (9 * shape)
    if least_root is not None:
        np.maximum(root, least_root, out=root)
    return shape * root * root * root


def rate_prior(events: np.ndarray, exposure: np.ndarray) -> tuple[float, float]:
    """Shape κ and rate κ/μ of the Gamma from which the rates of a level are drawn."""
    mean = (events.sum() + 0.5) / exposure.sum()
    sd = additive_sd(events / exposure, np.sqrt(mean / exposure), mean, share=0.0)
    strength = _strength(mean**2, sd)
    return strength, strength / mean


def share_prior(successes: np.ndarray, size: np.ndarray) -> tuple[float, float]:
    """κμ and κ(1−μ) of the Beta from which the shares of a level are drawn."""
    mean = (successes.sum() + 0.5) / (size.sum() + 1)
    sd = additive_sd(successes / size, np.sqrt(mean * (1 - mean) / size), mean, share=0.0)
    strength = _strength(mean * (1 - mean), sd)
    return strength * mean, strength * (1 - mean)


def drawing(counts: Counted) -> Callable[[np.ndarray], np.ndarray]:
    """What turns normals (2, draws, areas) into draws of the true levels, on a scale that keeps their order."""
    x, n = counts.successes, counts.size
    if counts.method in BINOMIAL:
        more, fewer = share_prior(x, n)
        return lambda z: gamma_draws(x + more, z[0]) / gamma_draws(n - x + fewer, z[1], LEAST_ROOT)
    if counts.method == "balance":
        sides = [(counts.events + x) / 2, (counts.events - x) / 2]
        (shape, rate), (shape_lost, rate_lost) = (rate_prior(side, n) for side in sides)
        return lambda z: (
            gamma_draws(sides[0] + shape, z[0]) / (n + rate)
            - gamma_draws(sides[1] + shape_lost, z[1]) / (n + rate_lost)
        )
    shape, rate = rate_prior(x, n)
    return lambda z: gamma_draws(x + shape, z[0]) / (n + rate)


def _strength(variance: float, sd: float) -> float:
    """κ of a prior with this standard deviation; never weaker than Jeffreys', nor beyond what numbers can tell."""
    return float(np.clip(variance / max(sd, 1e-12) ** 2, WEAKEST, STRONGEST))


def _ranks(job: tuple[pl.DataFrame, Counted]) -> list[pl.DataFrame]:
    """Ranks of the areas of one level, window and indicator, among all and among siblings."""
    ranked, counts = job
    parents, parent = np.unique(ranked["parent_code"].fill_null("").to_numpy(), return_inverse=True)
    siblings = np.bincount(parent)[parent]
    everyone = np.full(ranked.height, ranked.height)
    normals = standard_normals(tuple(ranked["area_code"]))
    overall, among_siblings = _ranks_of_draws(counts, normals, parent)
    tables = [_summary(ranked, overall, everyone, np.full(ranked.height, ""))]
    is_told = (siblings >= FEWEST_AREAS) & (parents[parent] != "")
    if is_told.any():
        rows = np.flatnonzero(is_told)
        tables.append(_summary(ranked[rows], among_siblings[rows], siblings[rows], parents[parent][rows]))
    return tables


def _ranks_of_draws(
    counts: Counted, normals: np.ndarray, parent: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rank in every draw, (areas, draws), among all areas and among those of one parent; 1 is the highest."""
    areas, draw = parent.size, drawing(counts)
    kind = np.uint16 if areas < 2**16 else np.uint32
    overall, among_siblings = (np.empty((DRAWS, areas), dtype=kind) for _ in range(2))
    parent = parent.astype(kind)
    rank_overall = np.arange(1, areas + 1, dtype=kind)
    first_of_parent = np.concatenate([[0], np.cumsum(np.bincount(parent))[:-1]])
    # Sorted by parent, every parent's areas stand in the same columns in every draw.
    rank_among_siblings = (np.arange(areas) - np.repeat(first_of_parent, np.bincount(parent)) + 1).astype(
        kind
    )
    for start in range(0, DRAWS, _AT_ONCE):
        these = slice(start, start + _AT_ONCE)
        order = np.argsort(-draw(normals[:, these].astype(float)), axis=1)
        np.put_along_axis(overall[these], order, rank_overall[None, :], axis=1)
        by_parent = np.take_along_axis(order, np.argsort(parent[order], axis=1, kind="stable"), axis=1)
        np.put_along_axis(among_siblings[these], by_parent, rank_among_siblings[None, :], axis=1)
    return np.ascontiguousarray(overall.T), np.ascontiguousarray(among_siblings.T)


def _summary(ranked: pl.DataFrame, ranks: np.ndarray, areas: np.ndarray, among: np.ndarray) -> pl.DataFrame:
    """Median, limits and most probable quarter of ranks (areas, draws) out of `areas` (areas,)."""
    ranks.partition((_LOWER, _MEDIAN, _UPPER), axis=1)
    # a quarter ends at the last rank r with 4·(r − 1) < quarter·areas
    ends = [(ranks <= (quarter * areas[:, None] + 3) // 4).sum(axis=1) for quarter in (1, 2, 3)]
    in_quarter = np.diff(np.stack([np.zeros_like(areas), *ends, np.full_like(areas, DRAWS)]), axis=0)
    return ranked.select("area_code", "month", "time_window", "indicator").with_columns(
        among=pl.Series(among.tolist(), dtype=pl.String),
        areas=pl.Series(areas, dtype=pl.Int64),
        rank=pl.Series(ranks[:, _MEDIAN]).cast(pl.Int64),
        rank_lower_95=pl.Series(ranks[:, _LOWER]).cast(pl.Int64),
        rank_upper_95=pl.Series(ranks[:, _UPPER]).cast(pl.Int64),
        quarter=pl.Series(in_quarter.argmax(axis=0) + 1, dtype=pl.Int64),
        probability_quarter=pl.Series(in_quarter.max(axis=0) / DRAWS),
    )
