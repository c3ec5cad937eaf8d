"""Every area against what it is held against: the `comparisons` table.

| reference | the other side | interval that decides |
|---|---|---|
| normal_range, baseline, target | known without error; an open end excludes nothing | of the value |
| level | the other areas of its level together, and the scatter between areas beyond chance | of the difference |
| parent | the rest of the area above | of the difference |
| last_year | the same window a year earlier | of the change, as in `indicators` |

Where the counts of an area do not go into those of the area above (two sources that disagree), the figure of the
area above is taken as known. A count is compared with ranges, its target and last year only.

The verdict is by the 95 % interval. The p-value is that of the same interval (see `scores`); against a range it is
that of the nearer end, and 1 inside. A comparison is flagged where its q-value, false discovery held over
all areas of a level for one window, indicator and reference, is below the rate of the indicator's rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from pipeline.statistics.contract import empty, in_contract
from pipeline.statistics.counted import BINOMIAL, Counted, floats, read_counts
from pipeline.statistics.discovery import q_values
from pipeline.statistics.edition import Figures
from pipeline.statistics.indicators import change_limits
from pipeline.statistics.overdispersion import between_areas, chance_variance
from pipeline.statistics.scores import p_value, score_against_value, score_between, score_of_limits

HIGHER, LOWER, UNCLEAR, NOT_COMPARABLE = "higher", "lower", "unclear", "not_comparable"
_Z_95 = 1.959963984540054


@dataclass(frozen=True)
class _Comparison:
    """One reference for all areas of one window and indicator; arrays (n,) or one for all, NaN where unknown.

    `direction` is +1, −1 or 0 by the 95 % interval; `has_row` says which areas have this reference at all.
    """

    lower: np.ndarray
    upper: np.ndarray
    score: np.ndarray
    direction: np.ndarray
    dispersion: np.ndarray | float = np.nan
    has_row: np.ndarray | bool = True


def comparison_table(edition: list[Figures]) -> pl.DataFrame:
    """The `comparisons` table of one edition, sorted by key.

    Not comparable is a figure without value or interval, with fewer events than `withhold_below`, or whose other side
    is unknown.
    """
    parts = [part for figures in edition for part in _compare(figures)]
    table = pl.concat([empty("comparisons"), *parts], how="diagonal")
    if not parts:
        return table
    group = table.select(pl.concat_str("time_window", "indicator", "reference", "level", separator="\n"))
    q = q_values(table["p_value"].to_numpy(), group.to_series().to_numpy())
    is_clear = pl.Series(q < table["rate"].to_numpy()) & pl.col("verdict").is_in([HIGHER, LOWER])
    return in_contract("comparisons", [table.with_columns(q_value=pl.Series(q), is_flagged=is_clear)])


def _compare(figures: Figures) -> Iterator[pl.DataFrame]:
    """All references of one window and indicator."""
    ranges = {
        "normal_range": figures.rule.normal_range,
        "baseline": figures.rule.baseline,
        "target": floats(figures.rows, "target_lower", "target_upper"),
    }
    comparisons = {name: _against_range(figures, *ends) for name, ends in ranges.items() if ends}
    comparisons["last_year"] = _against_last_year(figures)
    if figures.counts.method != "count":
        comparisons |= {"level": _against_level(figures), "parent": _against_parent(figures)}
    for reference, comparison in comparisons.items():
        yield _rows(figures, reference, comparison)


def _against_range(figures: Figures, lower: ArrayLike, upper: ArrayLike) -> _Comparison:
    """Held against the end of the range that is nearer; an end that is NaN is open."""
    own = figures.counts
    lower, upper = (np.broadcast_to(np.asarray(end, dtype=float), own.size.shape) for end in (lower, upper))
    has_row = ~(np.isnan(lower) & np.isnan(upper))
    value, lower_95, upper_95 = floats(figures.rows, "value", "lower_95", "upper_95")
    with np.errstate(invalid="ignore"):
        score = np.where(
            value > upper,
            score_against_value(own, upper),
            np.where(value < lower, score_against_value(own, lower), 0.0),
        )
        direction = np.where(lower_95 > upper, 1, np.where(upper_95 < lower, -1, 0))
    return _Comparison(lower, upper, score, direction, has_row=has_row)


def _against_level(figures: Figures) -> _Comparison:
    """Against all other areas of the level; the standard error holds the scatter between areas on both sides."""
    own, is_whole = figures.counts, figures.is_whole
    totals = np.full((3, is_whole.size), np.nan)
    dispersion, squares = np.full((2, is_whole.size), np.nan)
    for everyone, whole in figures.levels():
        areas = own.at(whole)
        average = areas.total()
        totals[:, everyone] = np.stack([average.successes, average.size, average.events])
        squares[everyone] = (areas.size**2).sum()
        dispersion[everyone] = between_areas(areas, average) or np.nan
    average = Counted(own.method, own.factor, *totals)
    rest = average.without(_kept(own, is_whole))
    with np.errstate(divide="ignore", invalid="ignore"):
        unevenness = (squares - np.where(is_whole, own.size**2, 0)) / rest.size**2
        by_chance = chance_variance(own.size, average) + chance_variance(rest.size, average)
        widening = np.sqrt(1 + np.nan_to_num(dispersion) ** 2 * (1 + unevenness) / by_chance)
    score = np.where(rest.is_sound, score_between(own, rest) / widening, np.nan)
    return _Comparison(rest.value, rest.value, score, _direction(score), dispersion)


def _against_parent(figures: Figures) -> _Comparison:
    """Against the rest of the area above; against its figure as it is where the counts do not go into it."""
    group, own, is_whole = figures.rows, figures.counts, figures.is_whole
    row_of = {code: row for row, code in enumerate(group["area_code"])}
    above = np.array([row_of.get(code, -1) for code in group["parent_code"]], dtype=int)
    parent = own.at(above)
    rest = parent.without(own)
    is_known = (above >= 0) & is_whole[above]
    with np.errstate(invalid="ignore"):
        contradicts = (rest.size < 0) | (rest.events < 0)
        if own.method in BINOMIAL:
            contradicts |= rest.successes > rest.size
    score = np.where(
        contradicts,
        score_against_value(own, parent.value),
        np.where(rest.is_sound, score_between(own, rest), np.nan),
    )
    value = np.where(is_known, np.where(contradicts, parent.value, rest.value), np.nan)
    score = np.where(is_known, score, np.nan)
    has_row = group["parent_code"].is_not_null().to_numpy()
    return _Comparison(value, value, score, _direction(score), has_row=has_row)


def _against_last_year(figures: Figures) -> _Comparison:
    group, own = figures.rows, figures.counts
    value, change, lower, upper = floats(
        group, "value_last_year", "change", "change_lower_95", "change_upper_95"
    )
    before = read_counts(group, own.method, "_last_year")
    score = score_of_limits(lambda confidence: change_limits(own, before, confidence), change)
    with np.errstate(invalid="ignore"):
        direction = np.where(lower > 0, 1, np.where(upper < 0, -1, 0))
        if own.method == "balance":
            score = np.where(before.is_sound, score, np.nan)
    return _Comparison(value, value, score, direction)


def _kept(counts: Counted, rows: np.ndarray) -> Counted:
    """The counts, zero where a row is not kept."""
    columns = (counts.successes, counts.size, counts.events)
    return Counted(counts.method, counts.factor, *(np.where(rows, column, 0.0) for column in columns))


def _direction(score: np.ndarray) -> np.ndarray:
    return np.where(np.abs(score) > _Z_95, np.sign(np.nan_to_num(score)), 0)


def _rows(figures: Figures, reference: str, comparison: _Comparison) -> pl.DataFrame:
    answered = figures.is_comparable & ~np.isnan(comparison.score)
    verdict = np.select(
        [~answered, comparison.direction > 0, comparison.direction < 0],
        [NOT_COMPARABLE, HIGHER, LOWER],
        UNCLEAR,
    )
    return figures.rows.select(
        "area_code", "level", "month", "time_window", "indicator",
        "value", "lower_95", "upper_95", "lower_998", "upper_998",
    ).with_columns(
        reference=pl.lit(reference),
        reference_lower=comparison.lower,
        reference_upper=comparison.upper,
        verdict=pl.Series(verdict.tolist(), dtype=pl.String),
        dispersion=np.broadcast_to(comparison.dispersion, answered.shape),
        p_value=np.where(answered, p_value(comparison.score), np.nan),
        rate=pl.lit(figures.rule.false_discovery),
    ).filter(np.broadcast_to(comparison.has_row, answered.shape))  # fmt: skip
