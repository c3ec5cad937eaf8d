"""The `outlook` table: where each area's year will end, whether within its target, and what is left to do.

The year so far is taken as counted. The months to come follow from the trends: births by sex, births and deaths for
every area; every other indicator for the areas that have a target for it, fitted among themselves. Population
stays at its last figure, and what is due (check-ups) at that of the same month a year earlier.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipeline.months import shift_month
from pipeline.statistics import year_end
from pipeline.statistics.contract import in_contract
from pipeline.statistics.counted import floats, share_of_value, value_of_share
from pipeline.statistics.hierarchy import YEAR, Fitted
from pipeline.statistics.likelihoods import Binomial, Poisson
from pipeline.statistics.panel import Block, Counts, Series, blocks, significant
from pipeline.statistics.task_trend import TaskCount, TaskShare
from pipeline.statistics.trends import BIRTHS, DEATHS, GROWTH, SEX_RATIO, Fits
from pipeline.statistics.year_end import YearEnd

BIRTH_RATE, DEATH_RATE = "birth_rate", "death_rate"
VITAL = (SEX_RATIO, BIRTH_RATE, DEATH_RATE, GROWTH)
_SHARE_OF_YEAR = pl.col("month").dt.days_in_month() / (pl.col("month").dt.is_leap_year() + 365.0)
_EXPOSURE = {
    "count": _SHARE_OF_YEAR,
    "sex_ratio": pl.col("numerator") + pl.col("denominator"),
    "proportion": pl.col("denominator"),
}


def task_series(
    indicator_values: pl.DataFrame, areas: pl.DataFrame, targets: pl.DataFrame, year: int
) -> list[Series]:
    """Shares and counts other than births and deaths, of the areas that have a target for them; arguments as below."""
    monthly = (
        indicator_values.filter(pl.col("time_window") == "month", pl.col("method").is_in(list(_EXPOSURE)))
        .join(areas.select("area_code", "level", "parent_code"), on="area_code")
        .join(_targets(areas, targets, year), on=["area_code", "indicator"], how="semi")
        .filter(~pl.col("indicator").is_in(VITAL))
    )
    return [
        _task(of_one.with_columns(exposure=_EXPOSURE[of_one["method"][0]]))
        for of_one in monthly.sort("indicator").partition_by("indicator", maintain_order=True)
    ]


def _task(monthly: pl.DataFrame) -> Series:
    is_count = monthly["method"][0] == "count"
    kind: type[Poisson | Binomial] = Poisson if is_count else Binomial

    def read(counts: Counts) -> Poisson | Binomial:
        return kind(counts["numerator"], counts["exposure"])

    levels = blocks(monthly, ("numerator", "exposure"), lambda counts: read(counts).has_data)
    return Series(monthly["indicator"][0], TaskCount if is_count else TaskShare, levels, read)


def outlook_table(
    vital: Fits,
    tasks: Fits,
    indicator_values: pl.DataFrame,
    areas: pl.DataFrame,
    targets: pl.DataFrame,
    month: date,
) -> pl.DataFrame:
    """One row per area and indicator whose year so far is known, in the contract of `outlook`.

    `vital` and `tasks` are the fits of `vital_series` and `task_series`; `indicator_values` holds the year to date;
    `areas` (area_code, level, parent_code) those of today; `targets` (indicator, year, level, area_code, at_least,
    at_most), an area's own before that of its level.
    """
    ytd = indicator_values.filter(pl.col("time_window") == "ytd", pl.col("month") == month)
    of_targets = _targets(areas, targets, month.year)
    year = _Year(month, ytd.join(of_targets, on=["area_code", "indicator"], how="left"))
    of_tasks = (
        _of_task(indicator, block, fitted, year)
        for indicator, levels in tasks.items()
        for block, fitted in levels
    )
    return in_contract("outlook", [*_of_vital_events(vital, year), *of_tasks])


@dataclass(frozen=True)
class _Year:
    """The edition's month, and the year to date of each area and indicator, with `at_least` and `at_most` of its target."""

    month: date
    so_far: pl.DataFrame

    @property
    def left(self) -> int:
        return YEAR - self.month.month

    def shares_to_come(self) -> np.ndarray:
        """Days of each month to come over those of the year, (left, 1)."""
        return _shares_of_year(pl.Series([shift_month(self.month, by) for by in range(1, self.left + 1)]))

    def of(self, block: Block, indicator: str) -> pl.DataFrame:
        """A row for each area of a level, null where its year so far is unknown."""
        codes = pl.DataFrame({"area_code": block.area_codes}, schema={"area_code": pl.String})
        own = self.so_far.filter(pl.col("indicator") == indicator)
        return codes.join(own, on="area_code", how="left", maintain_order="left")


def _targets(areas: pl.DataFrame, targets: pl.DataFrame, year: int) -> pl.DataFrame:
    """`at_least` and `at_most` of each area and indicator that has a target in a year."""
    of_year = targets.filter(pl.col("year") == year)
    is_own = pl.col("area_code") != ""
    of_level = of_year.filter(~is_own).drop("area_code").join(areas.select("area_code", "level"), on="level")
    every = pl.concat([of_year.filter(is_own), of_level], how="diagonal")
    first = every.unique(["area_code", "indicator"], keep="first", maintain_order=True)
    return first.select("area_code", "indicator", "at_least", "at_most")


def _of_vital_events(fits: Fits, year: _Year) -> Iterator[pl.DataFrame]:
    births_to_come: dict[str, np.ndarray] = {}
    shares, left = year.shares_to_come(), year.left
    for (block, births), (_, deaths) in zip(fits[BIRTHS], fits[DEATHS], strict=True):
        population = _last_population(block)
        exposure = population * shares
        births_rest, deaths_rest = (
            year_end.total_to_come(exposure, fitted.ahead, fitted.dispersion) for fitted in (births, deaths)
        )
        exposed = exposure.sum(axis=0)
        monthly = exposure * np.exp(births.ahead.mean[:left])
        births_to_come |= dict(zip(block.area_codes, monthly.T, strict=True))
        (person_years,) = floats(year.of(block, BIRTH_RATE), "denominator")
        of_year = (year.month.month * person_years + left * population) / YEAR
        for indicator, counted in ((BIRTH_RATE, births_rest), (DEATH_RATE, deaths_rest), (GROWTH, None)):
            so_far = year.of(block, indicator)
            done, factor, *ends = floats(so_far, "numerator", "factor", "at_least", "at_most")
            scale = factor / of_year
            rest_scale = np.divide(factor, exposed, out=np.full_like(factor, np.nan), where=exposed > 0)
            end = (
                year_end.of_balance(done, births_rest, deaths_rest, scale, rest_scale, *ends)
                if counted is None
                else year_end.of_count(done, counted, scale, rest_scale, *ends)
            )
            yield _rows(so_far, year, end)
    for block, fitted in fits[SEX_RATIO]:
        usual = _same_months_last_year(block.counts["births_male"] + block.counts["births_female"], left)
        of_areas = [births_to_come.get(code, usual[:, area]) for area, code in enumerate(block.area_codes)]
        to_come = np.array(of_areas, dtype=float).reshape(len(of_areas), left).T
        yield _of_share("sex_ratio", fitted, to_come, year.of(block, SEX_RATIO), year)


def _of_task(indicator: str, block: Block, fitted: Fitted, year: _Year) -> pl.DataFrame:
    so_far = year.of(block, indicator)
    method = next(iter(so_far["method"].drop_nulls()), "")  # no area has a year so far, and none a row
    if method != "count":
        to_come = _same_months_last_year(block.counts["exposure"], year.left)
        return _of_share(method, fitted, to_come, so_far, year)
    exposure = np.repeat(year.shares_to_come(), len(block.area_codes), axis=1)
    done, factor, low, high = floats(so_far, "numerator", "factor", "at_least", "at_most")
    rest = year_end.total_to_come(exposure, fitted.ahead, fitted.dispersion)
    end = year_end.of_count(done, rest, factor, factor, low, high)
    progress = np.where(low > 0, factor * done / np.where(low > 0, low, 1), np.nan)
    return _rows(so_far, year, end, progress)


def _of_share(
    method: str, fitted: Fitted, to_come: np.ndarray, so_far: pl.DataFrame, year: _Year
) -> pl.DataFrame:
    """Of a proportion or a ratio of two sexes, with so many due (born) in the months to come, (left, A)."""
    done, due, factor, *ends = floats(so_far, "numerator", "denominator", "factor", "at_least", "at_most")
    end = year_end.of_share(
        done,
        done + due if method == "sex_ratio" else due,
        to_come,
        fitted.ahead,
        fitted.dispersion,
        *(share_of_value(method, end, factor) for end in ends),
    )

    def in_unit(share: np.ndarray) -> np.ndarray:
        return value_of_share(method, np.maximum(share, 0) if method == "sex_ratio" else share, factor)

    quantiles = {name: in_unit(values) for name, values in end.quantiles.items()}
    rest = (in_unit(part) for part in (end.expected_rest, end.needed_lower, end.needed_upper))
    return _rows(so_far, year, YearEnd(quantiles, end.probability_met, *rest))


def _shares_of_year(months: pl.Series) -> np.ndarray:
    """Days of each month over those of its year, (months, 1)."""
    return pl.DataFrame({"month": months.cast(pl.Date)}).select(_SHARE_OF_YEAR).to_numpy()


def _last_population(block: Block) -> np.ndarray:
    """The last known average population of each area, (A,)."""
    population = block.counts["person_years"] / _shares_of_year(block.months)
    last = len(population) - 1 - np.argmax(np.isfinite(population[::-1]), axis=0)
    return population[last, np.arange(population.shape[1])]


def _same_months_last_year(counts: np.ndarray, left: int) -> np.ndarray:
    """Of the same months a year earlier, or where unknown the mean of the last twelve, (left, A)."""
    last_year = counts[-YEAR:]
    known = np.isfinite(last_year)
    mean = np.where(known, last_year, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    same = last_year[:left] if len(last_year) == YEAR else np.full((left, counts.shape[1]), np.nan)
    return np.where(np.isfinite(same), same, mean)


def _rows(
    so_far: pl.DataFrame, year: _Year, end: YearEnd, progress: np.ndarray | float = np.nan
) -> pl.DataFrame:
    estimates = {
        **end.quantiles,
        "probability_met": end.probability_met,
        "expected_rest": end.expected_rest,
        "needed_rest_lower": end.needed_lower,
        "needed_rest_upper": end.needed_upper,
        "progress": np.broadcast_to(progress, so_far.height),
    }
    counted = so_far.select(
        "area_code",
        "indicator",
        numerator_so_far="numerator",
        denominator_so_far="denominator",
        value_so_far="value",
        target_lower="at_least",
        target_upper="at_most",
    )
    return counted.with_columns(
        *(pl.Series(name, significant(floats(counted, name)[0])) for name in counted.columns[2:]),
        *(pl.Series(name, significant(values)) for name, values in estimates.items()),
        month=year.month,
        months_left=pl.lit(year.left, dtype=pl.Int64),
        progress_due=year.month.month / YEAR,
    ).filter(pl.all_horizontal(pl.col("numerator_so_far", "projected", "lower_95", "upper_95").is_not_nan()))
