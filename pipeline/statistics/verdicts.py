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
from pipeline.statistics.counted import floats
from pipeline.statistics.discovery import q_values
from pipeline.statistics.edition import YEAR
from pipeline.statistics.rules import Rule

LEAST_OWN = 0.2
FEWEST_SIBLINGS = 8
LIKELY = 0.9
_Z_95 = 1.959963984540054

_BEYOND = """
    case
        when value > reference_upper then value - reference_upper
        when value < reference_lower then value - reference_lower
        else 0.0
    end
"""
_P_OF_BOTH = """
    case
        when sign(gap) * side_trend < 0 then 1.0
        when p_trend is not null then least(2 * least(p_months, p_trend), 1.0)
        else p_months
    end
"""
_SIDE = "case when p_trend < p_months then side_trend else sign(gap) end"
_EVIDENCE = """
    case
        when p_months < 0.05 and p_trend < 0.05 then 'both'
        when p_trend < p_months then 'trend'
        else 'twelve_months'
    end
"""
_VERDICT = """
    case
        when q_value < false_discovery and side > 0 then case when question = 'change' then 'rising' else 'higher' end
        when q_value < false_discovery and side < 0 then case when question = 'change' then 'falling' else 'lower' end
        when is_inside then 'inside'
        else 'unclear'
    end
"""
_VERDICT_ON_TARGET = f"""
    case
        when is_count and number >= low and high is null then 'met'
        when is_count and number > high then 'missed'
        when is_over and is_count then
            case
                when (number >= low or low is null) and (number <= high or high is null) then 'met'
                else 'missed'
            end
        when is_over and (lower_95 >= low or low is null) and (upper_95 <= high or high is null) then 'met'
        when is_over and (upper_95 < low or lower_95 > high) then 'missed'
        when not is_over and probability_met >= {LIKELY} then 'likely_met'
        when not is_over and probability_met <= {1 - LIKELY} then 'likely_missed'
        else 'unclear'
    end
"""
_GAP_TO_TARGET = """
    case
        when expected < low then expected - low
        when expected > high then expected - high
        else 0.0
    end
"""
_IS_MINOR = (
    ~pl.col("verdict").is_in(["unclear", "inside", "met", "likely_met"])
    & (pl.col("gap").abs() < pl.col("minor"))
).fill_null(False)


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
    of_rules = pl.DataFrame(
        [(name, rule.false_discovery, rule.minor, rule.method == "count") for name, rule in rules.items()],
        schema={
            "indicator": pl.String, "false_discovery": pl.Float64, "minor": pl.Float64, "is_count": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip
    judged = pl.concat(
        [
            _against_range(compared, latest),
            _change(compared, latest),
            _of_twelve_months(compared, "level", "siblings"),
        ],
        how="diagonal",
    )
    judged = judged.join(areas.select(pl.col("area_code").cast(pl.String), "level"), on="area_code")
    targets = _targets(compared, outlook.filter(pl.col("month") == month), of_rules)
    return in_contract(
        "verdicts",
        [
            part.with_columns(month=pl.lit(month), is_minor=_IS_MINOR)
            for part in (_judge(judged.join(of_rules, on="indicator")), targets)
        ],
    )


def _of_twelve_months(compared: pl.DataFrame, reference: str, question: str) -> pl.DataFrame:
    """p of the twelve months against a reference, by how much they are beyond it, and whether a range holds their interval.

    The comparisons have a year only where no area of the level has twelve months.
    """
    is_long = pl.col("time_window").is_in(["rolling_12", YEAR])
    is_inside = "lower_95 >= reference_lower and upper_95 <= reference_upper"
    return compared.filter(pl.col("reference") == reference, is_long).select(
        "area_code",
        "indicator",
        "reference_lower",
        "reference_upper",
        p_months=pl.col("p_value"),
        gap=pl.sql_expr(_BEYOND).fill_null(0.0),
        is_inside=pl.sql_expr(is_inside).fill_null(False) & (pl.col("reference") == "normal_range"),
        question=pl.lit(question),
    )


def _against_range(compared: pl.DataFrame, latest: pl.DataFrame) -> pl.DataFrame:
    """The trend of a ratio is log-normal: its standard deviation is read back from its band."""
    own = latest.filter(pl.col("own_share") >= LEAST_OWN).select(
        "area_code", "trend", "lower_95", "upper_95", indicator="series"
    )
    months = _of_twelve_months(compared, "normal_range", "normal_range").drop_nulls(
        ["reference_lower", "reference_upper"]
    )
    table = months.join(own, on=["area_code", "indicator"], how="left")
    trend, low, high, lower, upper = floats(
        table, "trend", "lower_95", "upper_95", "reference_lower", "reference_upper"
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        sd = np.log(high / low) / (2 * _Z_95)
        bound = np.where(trend > upper, upper, np.where(trend < lower, lower, trend))
        p_trend = np.minimum(2 * ndtr(-np.abs(np.log(trend / bound)) / sd), 1)
    return table.with_columns(
        p_trend=pl.Series(p_trend).fill_nan(None),
        side_trend=np.sign(np.nan_to_num(trend - bound)),
        is_inside=pl.col("is_inside") | pl.Series((low >= lower) & (high <= upper)),
    )


def _change(compared: pl.DataFrame, latest: pl.DataFrame) -> pl.DataFrame:
    rising = pl.col("probability_rising")
    own = latest.filter(pl.col("own_share_of_change") >= LEAST_OWN).select(
        "area_code",
        indicator="series",
        p_trend=2 * pl.min_horizontal(rising, 1 - rising).fill_nan(None),
        side_trend=pl.col("change_12_months").sign(),
    )
    months = _of_twelve_months(compared, "last_year", "change")
    return months.join(own.drop_nulls("p_trend"), on=["area_code", "indicator"], how="left")


def _judge(judged: pl.DataFrame) -> pl.DataFrame:
    """One p of the two pieces of evidence, and the verdict by its q-value over all areas of a level."""
    areas = pl.col("p_value").is_not_null().sum().over("indicator", "question", "level")
    is_measured = (pl.col("question") != "siblings") | (areas >= FEWEST_SIBLINGS)
    judged = judged.with_columns(
        p_value=pl.sql_expr(_P_OF_BOTH), side=pl.sql_expr(_SIDE), evidence=pl.sql_expr(_EVIDENCE)
    ).with_columns(p_value=pl.when(is_measured).then("p_value").otherwise(1.0))
    group = judged.select(pl.concat_str("indicator", "question", "level", separator="\n")).to_series()
    q = pl.Series(q_values(judged["p_value"].to_numpy(), group.to_numpy())).fill_nan(None)
    judged = judged.with_columns(q_value=q).with_columns(verdict=pl.sql_expr(_VERDICT))
    is_open = pl.col("verdict").is_in(["unclear", "inside"])
    return judged.with_columns(evidence=pl.when(is_open).then(pl.lit("")).otherwise("evidence"))


def _targets(compared: pl.DataFrame, outlook: pl.DataFrame, of_rules: pl.DataFrame) -> pl.DataFrame:
    """By the outlook where there is one and the year is not over, else by the interval of the year so far."""
    so_far = compared.filter(pl.col("reference") == "target", pl.col("time_window") == "ytd").select(
        "area_code", "indicator", "value", "lower_95", "upper_95", "reference_lower", "reference_upper"
    )
    ends = ("target_lower", "target_upper")
    ahead = outlook.filter(~pl.all_horizontal(pl.col(ends).is_null())).select(
        "area_code", "indicator", "months_left", "value_so_far", "probability_met", "projected", *ends
    )
    table = so_far.join(ahead, on=["area_code", "indicator"], how="full", coalesce=True)
    judged = (
        table.join(of_rules, on="indicator")
        .with_columns(
            low=pl.coalesce("reference_lower", "target_lower"),
            high=pl.coalesce("reference_upper", "target_upper"),
            number=pl.coalesce("value", "value_so_far"),
            expected=pl.coalesce("projected", "value", "value_so_far"),
            is_over=(pl.col("months_left") == 0).fill_null(True),
        )
        .with_columns(
            question=pl.lit("target"),
            verdict=pl.sql_expr(_VERDICT_ON_TARGET),
            gap=pl.sql_expr(_GAP_TO_TARGET).fill_null(0.0),
        )
    )
    evidence = {"likely_met": "outlook", "likely_missed": "outlook", "unclear": ""}
    return judged.with_columns(evidence=pl.col("verdict").replace_strict(evidence, default="year_to_date"))
