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
from datetime import date

import numpy as np
import polars as pl

from pipeline.statistics.contract import in_contract
from pipeline.statistics.counted import BINOMIAL, Counted, floats, read_counts
from pipeline.statistics.discovery import q_values
from pipeline.statistics.indicators import change_limits
from pipeline.statistics.levels import average_of_levels, level_members
from pipeline.statistics.overdispersion import chance_variance
from pipeline.statistics.rules import Range, Rule
from pipeline.statistics.scores import p_value, score_against_value, score_between, score_of_limits

WINDOWS, YEAR = ("ytd", "rolling_12"), "year"
HIGHER, LOWER, UNCLEAR, NOT_COMPARABLE = "higher", "lower", "unclear", "not_comparable"
_Z_95 = 1.959963984540054


@dataclass(frozen=True)
class _Comparison:
    """One reference for all areas of one window and indicator; arrays (n,), NaN where unknown.

    `direction` is +1, −1 or 0 by the 95 % interval; `has_row` says which areas have this reference at all.
    """

    lower: np.ndarray
    upper: np.ndarray
    score: np.ndarray
    direction: np.ndarray
    dispersion: np.ndarray
    has_row: np.ndarray


def comparison_table(
    indicators: pl.DataFrame, areas: pl.DataFrame, rules: dict[str, Rule], month: date
) -> pl.DataFrame:
    """The `comparisons` table of one edition, sorted by key.

    `indicators` is the published table; `areas` has `area_code`, `level` and `parent_code`, one row an area of
    today; `rules` has a rule for every indicator. Not comparable is a figure without value or interval,
    with fewer events than `withhold_below`, or whose other side is unknown.
    """
    rows = of_month(indicators, areas, month)
    parts = [
        part
        for group in rows.partition_by("time_window", "indicator", maintain_order=True)
        for part in _compare(group, rules[group["indicator"][0]])
    ]
    table = in_contract("comparisons", parts)
    rates = pl.DataFrame(
        {"indicator": list(rules), "rate": [rule.false_discovery for rule in rules.values()]},
        schema={"indicator": pl.String, "rate": pl.Float64},
    )
    with_rate = table.join(
        areas.select("area_code", "level"), "area_code", "left", maintain_order="left"
    ).join(rates, "indicator", "left", maintain_order="left")
    group = with_rate.select(pl.concat_str("time_window", "indicator", "reference", "level", separator="\n"))
    q = q_values(table["p_value"].to_numpy(), group.to_series().to_numpy())
    return table.with_columns(
        q_value=pl.Series(q).fill_nan(None),
        is_flagged=pl.Series(q < with_rate["rate"].to_numpy()) & pl.col("verdict").is_in([HIGHER, LOWER]),
    )


def of_month(indicators: pl.DataFrame, areas: pl.DataFrame, month: date) -> pl.DataFrame:
    """The rows of a month in the windows compared, with level and parent, by window, indicator and area.

    Of an indicator that no area of a level has over twelve months, its last whole year stands in for them, under the
    month that it ended with: a source that reports by year is as old as its last year.
    """
    december = month if month.month == 12 else date(month.year - 1, 12, 1)
    rows = indicators.filter(
        (pl.col("month") == month) & pl.col("time_window").is_in(WINDOWS)
        | (pl.col("month") == december) & (pl.col("time_window") == YEAR)
    ).join(areas.select("area_code", "level", "parent_code"), on="area_code")
    has_count = (pl.col("numerator").is_not_null() & (pl.col("time_window") == "rolling_12")).any()
    has_year = (pl.col("numerator").is_not_null() & (pl.col("time_window") == YEAR)).any()
    stands_in = (~has_count & has_year).over("indicator", "level")
    return rows.filter((pl.col("time_window") != YEAR) | stands_in).sort(
        "time_window", "indicator", "area_code"
    )


def comparable(group: pl.DataFrame, counts: Counted, withhold_below: int = 0) -> np.ndarray:
    """Areas whose figure is known, with its interval, and counted on enough events.

    A figure is known only for its whole window: where a month has none of its own, a cumulative one bridges it, as that
    of a year does all twelve.
    """
    known = group.select(pl.all_horizontal(pl.col("value", "lower_95", "upper_95").is_not_null()))
    return known.to_series().to_numpy() & counts.is_sound & (counts.observations >= withhold_below)


def _compare(group: pl.DataFrame, rule: Rule) -> Iterator[pl.DataFrame]:
    """All references of one window and indicator."""
    own = read_counts(group, group["method"][0])
    is_comparable = comparable(group, own, rule.withhold_below)
    is_whole = comparable(group, own)
    comparisons = {
        "normal_range": _against_rule(group, own, rule.normal_range),
        "baseline": _against_rule(group, own, rule.baseline),
        "target": _against_range(group, own, *floats(group, "target_lower", "target_upper")),
        "last_year": _against_last_year(group, own),
    }
    if own.method != "count":
        comparisons["level"] = _against_level(group, own, is_whole)
        comparisons["parent"] = _against_parent(group, own, is_whole)
    for reference, comparison in comparisons.items():
        if comparison is not None:
            yield _rows(group, reference, comparison, is_comparable)


def _against_rule(group: pl.DataFrame, own: Counted, ends: Range | None) -> _Comparison | None:
    if ends is None:
        return None
    lower, upper = (np.full(group.height, float(end)) for end in ends)
    return _against_range(group, own, lower, upper)


def _against_range(
    group: pl.DataFrame, own: Counted, lower: np.ndarray, upper: np.ndarray
) -> _Comparison | None:
    """Held against the end of the range that is nearer; an end that is NaN is open."""
    has_row = ~(np.isnan(lower) & np.isnan(upper))
    value, lower_95, upper_95 = floats(group, "value", "lower_95", "upper_95")
    with np.errstate(invalid="ignore"):
        score = np.where(
            value > upper,
            score_against_value(own, upper),
            np.where(value < lower, score_against_value(own, lower), 0.0),
        )
        direction = np.where(lower_95 > upper, 1, np.where(upper_95 < lower, -1, 0))
    return _Comparison(lower, upper, score, direction, np.full(group.height, np.nan), has_row)


def _against_level(group: pl.DataFrame, own: Counted, is_whole: np.ndarray) -> _Comparison:
    """Against all other areas of the level; the standard error holds the scatter between areas on both sides."""
    members = level_members(group, is_whole)
    average, dispersion, squares = average_of_levels(own, members)
    rest = average.without(_kept(own, is_whole))
    with np.errstate(divide="ignore", invalid="ignore"):
        unevenness = (squares - np.where(is_whole, own.size**2, 0)) / rest.size**2
        by_chance = chance_variance(own.size, average) + chance_variance(rest.size, average)
        widening = np.sqrt(1 + np.nan_to_num(dispersion) ** 2 * (1 + unevenness) / by_chance)
    score = np.where(rest.is_sound, score_between(own, rest) / widening, np.nan)
    everywhere = np.ones(group.height, dtype=bool)
    return _Comparison(rest.value, rest.value, score, _direction(score), dispersion, everywhere)


def _against_parent(group: pl.DataFrame, own: Counted, is_whole: np.ndarray) -> _Comparison:
    """Against the rest of the area above; against its figure as it is where the counts do not go into it."""
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
    nowhere = np.full(group.height, np.nan)
    has_row = group["parent_code"].is_not_null().to_numpy()
    return _Comparison(value, value, score, _direction(score), nowhere, has_row)


def _against_last_year(group: pl.DataFrame, own: Counted) -> _Comparison:
    value, change, lower, upper = floats(
        group, "value_last_year", "change", "change_lower_95", "change_upper_95"
    )
    before = read_counts(group, own.method, "_last_year")
    score = score_of_limits(lambda confidence: change_limits(own, before, confidence), change)
    with np.errstate(invalid="ignore"):
        direction = np.where(lower > 0, 1, np.where(upper < 0, -1, 0))
        if own.method == "balance":
            score = np.where(before.is_sound, score, np.nan)
    everywhere = np.ones(group.height, dtype=bool)
    return _Comparison(value, value, score, direction, np.full(group.height, np.nan), everywhere)


def _kept(counts: Counted, rows: np.ndarray) -> Counted:
    """The counts, zero where a row is not kept."""
    columns = (counts.successes, counts.size, counts.events)
    return Counted(counts.method, counts.factor, *(np.where(rows, column, 0.0) for column in columns))


def _direction(score: np.ndarray) -> np.ndarray:
    return np.where(np.abs(score) > _Z_95, np.sign(np.nan_to_num(score)), 0)


def _rows(
    group: pl.DataFrame, reference: str, comparison: _Comparison, is_comparable: np.ndarray
) -> pl.DataFrame:
    answered = is_comparable & ~np.isnan(comparison.score)
    verdict = np.select(
        [~answered, comparison.direction > 0, comparison.direction < 0],
        [NOT_COMPARABLE, HIGHER, LOWER],
        UNCLEAR,
    )
    return group.select(
        "area_code", "month", "time_window", "indicator",
        "value", "lower_95", "upper_95", "lower_998", "upper_998",
    ).with_columns(
        reference=pl.lit(reference),
        reference_lower=comparison.lower,
        reference_upper=comparison.upper,
        verdict=pl.Series(verdict.tolist(), dtype=pl.String),
        dispersion=comparison.dispersion,
        p_value=np.where(answered, p_value(comparison.score), np.nan),
    ).filter(comparison.has_row)  # fmt: skip
