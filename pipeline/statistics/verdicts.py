"""The `verdicts` table: what an edition says of each area and indicator, judged once.

Four questions, each answered by one row:

| question | answers | evidence |
|---|---|---|
| normal_range | higher, lower, inside, unclear | the last twelve months and the trend |
| change | rising, falling, unclear | the last twelve months against those before, and the trend over twelve months |
| siblings | higher, lower, unclear | the last twelve months against the other areas of the level |
| target | met, missed, likely_met, likely_missed, unclear | the year so far and its outlook |

Of a source that reports by year the last whole year stands in for the twelve months (see `references.of_month`).

Where there are two pieces of evidence, p is twice the smaller of their p-values (Bonferroni), and 1 where they point to
opposite sides: a high year beside a low trend proves nothing. A trend speaks for its area only if at least
`LEAST_OWN` of it is the area's own. Of the answers other than `unclear` and `inside`, at most the indicator's
`false_discovery` are expected to be wrong among all areas of a level, by the q-value of p (see `discovery`).

Among fewer than `FEWEST_SIBLINGS` areas of a level nobody knows how far they usually differ: chance alone is no measure,
and none of them is said to differ from its siblings.

`inside` is said where the 95 % interval of the twelve months, or that of the trend, lies within the range and nothing
speaks against it. A target is judged by the year so far where the year is over or a count has reached it,
else by the chance that the year ends within it: likely from `LIKELY`, not from its complement down.

What differs is `is_minor` where it differs by less than `minor` of indicators.toml: beyond chance, and of little weight.
"""

from datetime import date

import numpy as np
import polars as pl
from scipy.special import ndtr

from pipeline.statistics.contract import in_contract
from pipeline.statistics.discovery import q_values
from pipeline.statistics.references import YEAR
from pipeline.statistics.rules import Rule

LEAST_OWN = 0.2
FEWEST_SIBLINGS = 8
LIKELY = 0.9
HIGHER, LOWER, INSIDE, UNCLEAR = "higher", "lower", "inside", "unclear"
RISING, FALLING = "rising", "falling"
MET, MISSED, LIKELY_MET, LIKELY_MISSED = "met", "missed", "likely_met", "likely_missed"
TWELVE_MONTHS, TREND, BOTH, SO_FAR, OUTLOOK = "twelve_months", "trend", "both", "year_to_date", "outlook"
_Z_95 = 1.959963984540054


def verdict_table(
    comparisons: pl.DataFrame,
    trends: pl.DataFrame,
    outlook: pl.DataFrame,
    areas: pl.DataFrame,
    rules: dict[str, Rule],
    month: date,
) -> pl.DataFrame:
    """The `verdicts` table of one edition, sorted by key, from the published tables of the same edition.

    `areas` has `area_code` and `level`, one row an area of today; `rules` has a rule for every indicator.
    """
    is_of_edition = (pl.col("month") == month) | (pl.col("time_window") == YEAR)
    compared = comparisons.filter(is_of_edition, pl.col("verdict") != "not_comparable")
    latest = trends.filter(pl.col("month") == month)
    judged = pl.concat([_against_range(compared, latest), _change(compared, latest), _siblings(compared)])
    judged = _judge(
        judged.join(areas.select(pl.col("area_code").cast(pl.String), "level"), on="area_code"), rules
    )
    targets = _targets(compared, outlook.filter(pl.col("month") == month), rules)
    parts = [
        part.with_columns(month=pl.lit(month), is_minor=_is_minor(rules).fill_null(False))
        for part in (judged, targets)
    ]
    return in_contract("verdicts", [part for part in parts if part.height])


def _of_twelve_months(compared: pl.DataFrame, reference: str) -> pl.DataFrame:
    """p and side (+1, 0, −1) of the twelve months against a reference, and by how much they are beyond it.

    The comparisons have a year only where no area of the level has twelve months.
    """
    upper, lower = pl.col("reference_upper"), pl.col("reference_lower")
    beyond = (
        pl.when(pl.col("value") > upper)
        .then(pl.col("value") - upper)
        .when(pl.col("value") < lower)
        .then(pl.col("value") - lower)
        .otherwise(0.0)
    )
    is_long = pl.col("time_window").is_in(["rolling_12", YEAR])
    return compared.filter(pl.col("reference") == reference, is_long).select(
        "area_code",
        "indicator",
        p_months=pl.col("p_value"),
        gap=beyond.fill_null(0.0),
        is_inside=((pl.col("lower_95") >= lower) & (pl.col("upper_95") <= upper)).fill_null(False),
        reference_lower=lower,
        reference_upper=upper,
    )


def _against_range(compared: pl.DataFrame, latest: pl.DataFrame) -> pl.DataFrame:
    """The trend of a ratio is log-normal: its standard deviation is read back from its band."""
    own = latest.filter(pl.col("own_share") >= LEAST_OWN).select(
        "area_code", "trend", "lower_95", "upper_95", indicator="series"
    )
    months = _of_twelve_months(compared, "normal_range").drop_nulls(["reference_lower", "reference_upper"])
    table = months.join(own, on=["area_code", "indicator"], how="left")
    trend, low, high, lower, upper = (
        table[name].cast(pl.Float64).to_numpy().astype(float)
        for name in ("trend", "lower_95", "upper_95", "reference_lower", "reference_upper")
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        sd = np.log(high / low) / (2 * _Z_95)
        bound = np.where(trend > upper, upper, np.where(trend < lower, lower, trend))
        p_trend = np.minimum(2 * ndtr(-np.abs(np.log(trend / bound)) / sd), 1)
    return _combined(
        table.with_columns(
            question=pl.lit("normal_range"),
            p_trend=p_trend,
            side_trend=np.sign(np.nan_to_num(trend - bound)),
            is_inside=pl.col("is_inside") | pl.Series((low >= lower) & (high <= upper)),
        )
    )


def _change(compared: pl.DataFrame, latest: pl.DataFrame) -> pl.DataFrame:
    rising = pl.col("probability_rising")
    own = latest.filter(pl.col("own_share_of_change") >= LEAST_OWN, rising.is_not_null()).select(
        "area_code",
        indicator="series",
        p_trend=(2 * pl.min_horizontal(rising, 1 - rising)),
        side_trend=pl.col("change_12_months").sign(),
    )
    months = _of_twelve_months(compared, "last_year")
    table = months.join(own, on=["area_code", "indicator"], how="left")
    return _combined(table.with_columns(question=pl.lit("change"), is_inside=False))


def _siblings(compared: pl.DataFrame) -> pl.DataFrame:
    months = _of_twelve_months(compared, "level")
    nothing = {"p_trend": pl.lit(None, pl.Float64), "side_trend": pl.lit(None, pl.Float64)}
    return _combined(months.with_columns(question=pl.lit("siblings"), is_inside=False, **nothing))


def _combined(table: pl.DataFrame) -> pl.DataFrame:
    """One p of the two pieces of evidence, the side it is on, and which of them it comes from."""
    months, trend = pl.col("p_months"), pl.col("p_trend").fill_nan(None)
    side_months, side_trend = pl.col("gap").sign(), pl.col("side_trend")
    opposite = (side_months * side_trend < 0).fill_null(False)
    has_trend = trend.is_not_null()
    by_trend = has_trend & (trend < months)
    return table.with_columns(
        p_value=pl.when(opposite)
        .then(1.0)
        .when(has_trend)
        .then((2 * pl.min_horizontal(months, trend)).clip(upper_bound=1.0))
        .otherwise(months),
        side=pl.when(by_trend).then(side_trend).otherwise(side_months),
        evidence=pl.when(has_trend & (months < 0.05) & (trend < 0.05))
        .then(pl.lit(BOTH))
        .when(by_trend)
        .then(pl.lit(TREND))
        .otherwise(pl.lit(TWELVE_MONTHS)),
    ).select("area_code", "indicator", "question", "p_value", "side", "evidence", "gap", "is_inside")


def _judge(judged: pl.DataFrame, rules: dict[str, Rule]) -> pl.DataFrame:
    """The verdicts by the q-value over all areas of a level."""
    areas = pl.col("p_value").is_not_null().sum().over("indicator", "question", "level")
    is_measured = (pl.col("question") != "siblings") | (areas >= FEWEST_SIBLINGS)
    judged = judged.with_columns(p_value=pl.when(is_measured).then("p_value").otherwise(1.0))
    group = judged.select(pl.concat_str("indicator", "question", "level", separator="\n")).to_series()
    rate = _by_indicator({name: rule.false_discovery for name, rule in rules.items()})
    is_clear = (pl.col("q_value") < rate) & (pl.col("side") != 0)
    up = pl.when(pl.col("question") == "change").then(pl.lit(RISING)).otherwise(pl.lit(HIGHER))
    down = pl.when(pl.col("question") == "change").then(pl.lit(FALLING)).otherwise(pl.lit(LOWER))
    judged = judged.with_columns(q_value=q_values(judged["p_value"].to_numpy(), group.to_numpy()))
    return (
        judged.with_columns(pl.col("p_value", "q_value").fill_nan(None))
        .with_columns(
            verdict=pl.when(is_clear & (pl.col("side") > 0))
            .then(up)
            .when(is_clear)
            .then(down)
            .when("is_inside")
            .then(pl.lit(INSIDE))
            .otherwise(pl.lit(UNCLEAR))
        )
        .with_columns(
            evidence=pl.when(pl.col("verdict").is_in([UNCLEAR, INSIDE]))
            .then(pl.lit(""))
            .otherwise(pl.col("evidence"))
        )
    )


def _targets(compared: pl.DataFrame, outlook: pl.DataFrame, rules: dict[str, Rule]) -> pl.DataFrame:
    """By the outlook where there is one and the year is not over, else by the interval of the year so far."""
    so_far = compared.filter(pl.col("reference") == "target", pl.col("time_window") == "ytd").select(
        "area_code", "indicator", "value", "lower_95", "upper_95", "reference_lower", "reference_upper"
    )
    ends = ("target_lower", "target_upper")
    ahead = outlook.filter(~pl.all_horizontal(pl.col(ends).is_null())).select(
        "area_code", "indicator", "months_left", "value_so_far", "probability_met", "projected", *ends
    )
    table = so_far.join(ahead, on=["area_code", "indicator"], how="full", coalesce=True).with_columns(
        low=pl.coalesce("reference_lower", "target_lower"),
        high=pl.coalesce("reference_upper", "target_upper"),
        is_count=pl.col("indicator").is_in([name for name, rule in rules.items() if rule.method == "count"]),
    )
    low, high = pl.col("low"), pl.col("high")
    number = pl.coalesce("value", "value_so_far")
    chance = pl.col("probability_met")
    is_over = (pl.col("months_left") == 0).fill_null(True)
    reached = pl.col("is_count") & (number >= low) & high.is_null()
    used_up = pl.col("is_count") & (number > high)
    is_within = ((number >= low) | low.is_null()) & ((number <= high) | high.is_null())
    misses = ((pl.col("upper_95") < low) | (pl.col("lower_95") > high)).fill_null(False)
    meets = (
        ((pl.col("lower_95") >= low) | low.is_null()) & ((pl.col("upper_95") <= high) | high.is_null())
    ).fill_null(False)
    expected = pl.coalesce("projected", number)
    gap = pl.when(expected < low).then(expected - low).when(expected > high).then(expected - high)
    return (
        table.with_columns(
            verdict=pl.when(reached.fill_null(False))
            .then(pl.lit(MET))
            .when(used_up.fill_null(False))
            .then(pl.lit(MISSED))
            .when(is_over & pl.col("is_count"))
            .then(pl.when(is_within).then(pl.lit(MET)).otherwise(pl.lit(MISSED)))
            .when(is_over & meets)
            .then(pl.lit(MET))
            .when(is_over & misses)
            .then(pl.lit(MISSED))
            .when(~is_over & (chance >= LIKELY))
            .then(pl.lit(LIKELY_MET))
            .when(~is_over & (chance <= 1 - LIKELY))
            .then(pl.lit(LIKELY_MISSED))
            .otherwise(pl.lit(UNCLEAR)),
            gap=gap.otherwise(0.0).fill_null(0.0),
        )
        .with_columns(
            evidence=pl.when(pl.col("verdict").is_in([LIKELY_MET, LIKELY_MISSED]))
            .then(pl.lit(OUTLOOK))
            .when(pl.col("verdict") == UNCLEAR)
            .then(pl.lit(""))
            .otherwise(pl.lit(SO_FAR)),
            question=pl.lit("target"),
        )
        .select("area_code", "indicator", "question", "verdict", "evidence", "gap")
    )


def _is_minor(rules: dict[str, Rule]) -> pl.Expr:
    minor = _by_indicator({name: rule.minor for name, rule in rules.items()})
    is_apart = ~pl.col("verdict").is_in([UNCLEAR, INSIDE, MET, LIKELY_MET])
    return is_apart & (pl.col("gap").abs() < minor)


def _by_indicator(values: dict[str, float]) -> pl.Expr:
    nothing = pl.lit(None, dtype=pl.Float64)  # without rules nothing is judged
    return pl.col("indicator").replace_strict(values, return_dtype=pl.Float64) if values else nothing
