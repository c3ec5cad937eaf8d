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
from datetime import date

import numpy as np
import polars as pl

from pipeline.statistics.contract import in_contract
from pipeline.statistics.counted import BINOMIAL, Counted, read_counts, value_of_share
from pipeline.statistics.intervals import Limits, normal_quantile
from pipeline.statistics.levels import level_members, total
from pipeline.statistics.overdispersion import between_areas, chance_variance
from pipeline.statistics.references import comparable, of_month
from pipeline.statistics.rules import Rule
from pipeline.statistics.scores import poisson_score

FEWEST_AREAS = 3
SIZES = 60
# The curve runs a little beyond the smallest and the largest area.
MARGIN = 1.1
_BISECTIONS = 60


def funnel_table(
    indicators: pl.DataFrame, areas: pl.DataFrame, rules: dict[str, Rule], month: date
) -> pl.DataFrame:
    """The `funnels` table of one edition, sorted by key; the arguments are those of `comparison_table`.

    No funnel for a count, for fewer than 3 areas that can be compared, nor around an average without events
    (or without failures of a proportion).
    """
    rows = of_month(indicators.filter(pl.col("method") != "count"), areas, month)
    parts = [
        part
        for group in rows.partition_by("time_window", "indicator", maintain_order=True)
        for part in _funnels(group, rules[group["indicator"][0]])
    ]
    return in_contract("funnels", parts)


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


def _funnels(group: pl.DataFrame, rule: Rule) -> Iterator[pl.DataFrame]:
    """The funnel of every level for one window and indicator."""
    own = read_counts(group, group["method"][0])
    is_drawn = comparable(group, own, rule.withhold_below)
    for everyone, whole in level_members(group, comparable(group, own)):
        average, drawn = total(own.at(whole)), everyone[is_drawn[everyone]]
        if drawn.size < FEWEST_AREAS or not _has_scatter(average):
            continue
        smallest, largest = own.size[drawn].min() / MARGIN, own.size[drawn].max() * MARGIN
        size = np.geomspace(smallest, largest, SIZES)
        dispersion = between_areas(own.at(whole), average)
        lower_95, upper_95 = limits_at(size, average, dispersion, 0.95)
        lower_998, upper_998 = limits_at(size, average, dispersion, 0.998)
        first = group.row(int(everyone[0]), named=True)
        yield pl.DataFrame(
            {
                "level": [first["level"]] * SIZES,
                "month": first["month"],
                "time_window": first["time_window"],
                "indicator": first["indicator"],
                "size": size,
                "centre": average.value[0],
                "lower_95": lower_95,
                "upper_95": upper_95,
                "lower_998": lower_998,
                "upper_998": upper_998,
                "dispersion": dispersion,
            }
        )


def _has_scatter(average: Counted) -> bool:
    if average.method in BINOMIAL:
        return bool(0 < average.share[0] < 1)
    return bool(average.events[0] > 0)
