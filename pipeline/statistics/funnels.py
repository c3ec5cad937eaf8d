"""What chance makes of the average of a level at every size: the `funnels` table.

A limit at a size is the figure that an area of this size must have for its own interval just to touch the
average: the test of `scores`, solved for the figure. Where areas scatter beyond chance by τ, the score that a limit
stands for grows by √(1 + τ²/s²), s² being the variance of chance at the size (see `overdispersion`), so that the
limits are those of the sum of both variances.

| method | limits at size n, average θ |
|---|---|
| sex_ratio, proportion | inverted Wilson: θ ± z·√(θ(1−θ)/n) |
| rate | Byar, exact below 10 events, solved for the count by bisection |
| balance | θ ± z·√(events per person-year / n) |

Reference: Spiegelhalter, Statistics in Medicine 24, 2005.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from pipeline.statistics.contract import in_contract
from pipeline.statistics.counted import BINOMIAL, Counted, value_of_share
from pipeline.statistics.edition import Figures
from pipeline.statistics.intervals import Limits, normal_quantile
from pipeline.statistics.overdispersion import between_areas, chance_variance
from pipeline.statistics.scores import poisson_score

FEWEST_AREAS = 3
SIZES = 60
# The curve runs a little beyond the smallest and the largest area.
MARGIN = 1.1
_BISECTIONS = 60


def funnel_table(edition: list[Figures]) -> pl.DataFrame:
    """The `funnels` table of one edition, sorted by key.

    No funnel for a count, for fewer than 3 areas that can be compared, nor around an average without events
    (or without failures of a proportion).
    """
    drawn = (figures for figures in edition if figures.counts.method != "count")
    return in_contract("funnels", [part for figures in drawn for part in _funnels(figures)])


def limits_at(size: np.ndarray, average: Counted, dispersion: float, confidence: float) -> Limits:
    """Funnel limits at the sizes (n,), in the unit of the indicator; NaN where a sex ratio would be infinite."""
    z = normal_quantile(confidence) * np.sqrt(1 + dispersion**2 / chance_variance(size, average))
    if average.method in BINOMIAL:
        half = z * np.sqrt(average.share * (1 - average.share) / size)
        shares = np.clip(average.share - half, 0, 1), np.clip(average.share + half, 0, 1)
    elif average.method == "balance":
        half = z * np.sqrt(average.events / average.size / size)
        shares = average.share - half, average.share + half
    else:
        shares = tuple(count / size for count in touching_counts(size * average.share, z))
    lower, upper = (value_of_share(average.method, share, average.factor) for share in shares)
    return lower, upper


def touching_counts(expected: np.ndarray, z: np.ndarray) -> Limits:
    """The counts (n,) below and above the expected whose own Poisson interval just touches it."""
    furthest = expected + 3 * z * np.sqrt(expected) + 2 * z**2 + 10
    found = []
    for end in (np.zeros_like(expected), furthest):
        inside, outside = expected.copy(), end
        for _ in range(_BISECTIONS):
            middle = (inside + outside) / 2
            touches = np.abs(poisson_score(middle, expected)) >= z
            outside, inside = np.where(touches, middle, outside), np.where(touches, inside, middle)
        found.append((inside + outside) / 2)
    return found[0], found[1]


def _funnels(figures: Figures) -> Iterator[pl.DataFrame]:
    """The funnel of every level for one window and indicator."""
    own = figures.counts
    for everyone, whole in figures.levels():
        areas = own.at(whole)
        average, drawn = areas.total(), own.size[everyone[figures.is_comparable[everyone]]]
        if drawn.size < FEWEST_AREAS or not _has_scatter(average):
            continue
        size = np.geomspace(drawn.min() / MARGIN, drawn.max() * MARGIN, SIZES)
        dispersion = between_areas(areas, average)
        lower_95, upper_95 = limits_at(size, average, dispersion, 0.95)
        lower_998, upper_998 = limits_at(size, average, dispersion, 0.998)
        yield pl.DataFrame({
            "size": size, "centre": average.value[0], "dispersion": dispersion,
            "lower_95": lower_95, "upper_95": upper_95, "lower_998": lower_998, "upper_998": upper_998,
        }).join(figures.rows[everyone[:1]].select("level", "month", "time_window", "indicator"), how="cross")  # fmt: skip


def _has_scatter(average: Counted) -> bool:
    if average.method in BINOMIAL:
        return bool(0 < average.share[0] < 1)
    return bool(average.events[0] > 0)
