"""The `outlook` table: where each area's year will end, whether within its target, and what is left to do.

The year so far is taken as counted. The months to come follow from the trends: births by sex, births and deaths for
every area; every other indicator for the areas that have a target for it, fitted among themselves. Population
stays at its last figure, and what is due (check-ups) at that of the same month a year earlier.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from pipeline.months import shift_month
from pipeline.statistics import task_trend, year_end
from pipeline.statistics.contract import in_contract
from pipeline.statistics.counted import BINOMIAL, share_of_value, value_of_share
from pipeline.statistics.hierarchy import YEAR, Fitted
from pipeline.statistics.likelihoods import Binomial, Likelihood, Poisson
from pipeline.statistics.panel import Block, Counts, blocks, calendar
from pipeline.statistics.smoother_check import largest_difference
from pipeline.statistics.trends import GROWTH, SEX_RATIO, Fits, significant
from pipeline.statistics.year_end import YearEnd

Target = tuple[float | None, float | None]

BIRTH_RATE, DEATH_RATE = "birth_rate", "death_rate"
VITAL = (SEX_RATIO, BIRTH_RATE, DEATH_RATE, GROWTH)


@dataclass(frozen=True)
class _Year:
    """The edition's month, and the ytd rows and targets of each area and indicator."""

    month: date
    so_far: dict[tuple[str, str], dict[str, Any]]
    target_of: dict[tuple[str, str], Target]

    @property
    def left(self) -> int:
        return YEAR - self.month.month

    @property
    def to_come(self) -> list[date]:
        return [shift_month(self.month, by) for by in range(1, self.left + 1)]

    def column(self, codes: np.ndarray, indicator: str, name: str) -> np.ndarray:
        """A column of the year to date, (A,); NaN where unknown."""
        return _floats(self.so_far.get((code, indicator), {}).get(name) for code in codes)

    def target(self, codes: np.ndarray, indicator: str) -> tuple[np.ndarray, np.ndarray]:
        """The least and the most that the areas are to reach, (A,) each; NaN where open."""
        ends = [self.target_of.get((code, indicator), (None, None)) for code in codes]
        return _floats(low for low, _ in ends), _floats(high for _, high in ends)


def outlook_table(
    fits: Fits,
    indicator_values: pl.DataFrame,
    areas: pl.DataFrame,
    targets: pl.DataFrame,
    month: date,
    executor: Executor | None = None,
) -> pl.DataFrame:
    """One row per area and indicator whose year so far is known, in the contract of `outlook`.

    `indicator_values` holds the months and the year to date; `areas` (area_code, level, parent_code) those of today;
    `targets` (indicator, year, level, area_code, at_least, at_most), an area's own before that of its level.
    """
    ytd = indicator_values.filter(pl.col("time_window") == "ytd", pl.col("month") == month)
    year = _Year(
        month,
        {(row["area_code"], row["indicator"]): row for row in ytd.iter_rows(named=True)},
        _targets(areas, targets, month.year),
    )
    tables = [*_of_vital_events(fits, year)]
    for indicator in sorted({name for _, name in year.target_of} - set(VITAL)):
        tables += _of_indicator(indicator, indicator_values, areas, year, executor)
    return in_contract("outlook", tables)


def _targets(areas: pl.DataFrame, targets: pl.DataFrame, year: int) -> dict[tuple[str, str], Target]:
    of_year = targets.filter(pl.col("year") == year)
    of_level = {(t["level"], t["indicator"]): t for t in of_year.iter_rows(named=True) if not t["area_code"]}
    of_area = {(t["area_code"], t["indicator"]): t for t in of_year.iter_rows(named=True) if t["area_code"]}
    found = {
        (area["area_code"], indicator): target
        for area in areas.iter_rows(named=True)
        for (level, indicator), target in of_level.items()
        if level == area["level"]
    }
    return {key: (target["at_least"], target["at_most"]) for key, target in (found | of_area).items()}


def _of_vital_events(fits: Fits, year: _Year) -> Iterator[pl.DataFrame]:
    births_to_come: dict[str, np.ndarray] = {}
    for block, births, deaths in fits.vital:
        codes, left = block.area_codes, year.left
        population = _last_population(block.counts["person_years"], fits.months)
        exposure = population * _shares_of_year(year.to_come)
        births_rest, deaths_rest = (
            year_end.total_to_come(exposure, year_end.first_months(fitted.ahead, left), fitted.dispersion)
            for fitted in (births, deaths)
        )
        monthly = exposure * np.exp(births.ahead.mean[:left])
        births_to_come |= dict(zip(codes, monthly.T, strict=True))
        of_year = (
            year.month.month * year.column(codes, BIRTH_RATE, "denominator") + left * population
        ) / YEAR
        for indicator, counted in ((BIRTH_RATE, births_rest), (DEATH_RATE, deaths_rest), (GROWTH, None)):
            factor = year.column(codes, indicator, "factor")
            scale, rest_scale = factor / of_year, _over(factor, exposure.sum(axis=0))
            so_far = year.column(codes, indicator, "numerator")
            ends = year.target(codes, indicator)
            end = (
                year_end.of_balance(so_far, births_rest, deaths_rest, scale, rest_scale, *ends)
                if counted is None
                else year_end.of_count(so_far, counted, scale, rest_scale, *ends)
            )
            yield _rows(codes, indicator, year, end)
    for block, fitted in fits.by_sex:
        usual = _same_months_last_year(block.counts["births_male"] + block.counts["births_female"], year.left)
        of_areas = [births_to_come.get(code, usual[:, area]) for area, code in enumerate(block.area_codes)]
        to_come = np.array(of_areas, dtype=float).reshape(len(of_areas), year.left).T
        yield _of_share("sex_ratio", SEX_RATIO, block, fitted, to_come, year)


def _of_indicator(
    indicator: str,
    indicator_values: pl.DataFrame,
    areas: pl.DataFrame,
    year: _Year,
    executor: Executor | None,
) -> Iterator[pl.DataFrame]:
    """Rows of an indicator other than births and deaths, for the areas that have a target for it."""
    with_target = [code for code, name in year.target_of if name == indicator]
    monthly = indicator_values.filter(
        pl.col("indicator") == indicator,
        pl.col("time_window") == "month",
        pl.col("area_code").is_in(with_target),
    )
    if monthly.is_empty():
        return
    method = monthly["method"][0]
    if method not in ("count", *BINOMIAL):
        return
    table = monthly.join(areas.select("area_code", "level", "parent_code"), on="area_code").with_columns(
        exposure=_exposure(method)
    )
    months = calendar(table["month"])
    kind, fit = (Poisson, task_trend.fit_counts) if method == "count" else (Binomial, task_trend.fit_shares)

    def read(counts: Counts) -> Likelihood:
        return kind(counts["numerator"], counts["exposure"])

    found = blocks(table, months, ("numerator", "exposure"), lambda counts: read(counts).has_data)
    fitted = fit([block.tier(read) for block in found], executor) if found else []
    for block, of_block in zip(found, fitted, strict=True):
        largest_difference(indicator, block.level, block.area_codes, months, of_block.checked)
        if method == "count":
            yield _of_counts(indicator, block, of_block, year)
        else:
            to_come = _same_months_last_year(block.counts["exposure"], year.left)
            yield _of_share(method, indicator, block, of_block, to_come, year)


def _of_share(
    method: str, indicator: str, block: Block, fitted: Fitted, to_come: np.ndarray, year: _Year
) -> pl.DataFrame:
    """Of a proportion or a ratio of two sexes, with so many due (born) in the months to come, (left, A)."""
    codes = block.area_codes
    done, due = (year.column(codes, indicator, name) for name in ("numerator", "denominator"))
    factor = year.column(codes, indicator, "factor")
    end = year_end.of_share(
        done,
        done + due if method == "sex_ratio" else due,
        to_come,
        year_end.first_months(fitted.ahead, year.left),
        fitted.dispersion,
        *(share_of_value(method, end, factor) for end in year.target(codes, indicator)),
    )

    def in_unit(share: np.ndarray) -> np.ndarray:
        return value_of_share(method, np.maximum(share, 0) if method == "sex_ratio" else share, factor)

    quantiles = {name: in_unit(values) for name, values in end.quantiles.items()}
    rest = (in_unit(part) for part in (end.expected_rest, end.needed_lower, end.needed_upper))
    return _rows(codes, indicator, year, YearEnd(quantiles, end.probability_met, *rest))


def _of_counts(indicator: str, block: Block, fitted: Fitted, year: _Year) -> pl.DataFrame:
    codes, left = block.area_codes, year.left
    exposure = np.repeat(_shares_of_year(year.to_come), len(codes), axis=1)
    rest = year_end.total_to_come(exposure, year_end.first_months(fitted.ahead, left), fitted.dispersion)
    factor = year.column(codes, indicator, "factor")
    so_far = year.column(codes, indicator, "numerator")
    low, high = year.target(codes, indicator)
    end = year_end.of_count(so_far, rest, factor, factor, low, high)
    progress = np.where(low > 0, factor * so_far / np.where(low > 0, low, 1), np.nan)
    return _rows(codes, indicator, year, end, progress)


def _exposure(method: str) -> pl.Expr:
    return {
        "count": _share_of_year(pl.col("month")),
        "sex_ratio": pl.col("numerator") + pl.col("denominator"),
        "proportion": pl.col("denominator"),
    }[method]


def _share_of_year(month: pl.Expr) -> pl.Expr:
    return month.dt.days_in_month() / pl.when(month.dt.is_leap_year()).then(366.0).otherwise(365.0)


def _shares_of_year(months: list[date] | pl.Series) -> np.ndarray:
    """Days of each month over those of its year, (months, 1)."""
    return pl.select(_share_of_year(pl.lit(pl.Series(months, dtype=pl.Date)))).to_numpy()


def _last_population(person_years: np.ndarray, months: pl.Series) -> np.ndarray:
    """The last known average population of each area, (A,)."""
    population = person_years / _shares_of_year(months)
    last = len(population) - 1 - np.argmax(np.isfinite(population[::-1]), axis=0)
    return population[last, np.arange(population.shape[1])]


def _same_months_last_year(counts: np.ndarray, left: int) -> np.ndarray:
    """Of the same months a year earlier, or where unknown the mean of the last twelve, (left, A)."""
    last_year = counts[-YEAR:]
    known = np.isfinite(last_year)
    mean = np.where(known, last_year, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    same = last_year[:left] if len(last_year) == YEAR else np.full((left, counts.shape[1]), np.nan)
    return np.where(np.isfinite(same), same, mean)


def _floats(values: Iterable[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def _over(factor: np.ndarray, exposure: np.ndarray) -> np.ndarray:
    return np.where(exposure > 0, factor / np.where(exposure > 0, exposure, 1), np.nan)


def _rows(
    codes: np.ndarray, indicator: str, year: _Year, end: YearEnd, progress: np.ndarray | None = None
) -> pl.DataFrame:
    low, high = year.target(codes, indicator)
    columns = {
        "numerator_so_far": year.column(codes, indicator, "numerator"),
        "denominator_so_far": year.column(codes, indicator, "denominator"),
        "value_so_far": year.column(codes, indicator, "value"),
        **end.quantiles,
        "target_lower": low,
        "target_upper": high,
        "probability_met": end.probability_met,
        "expected_rest": end.expected_rest,
        "needed_rest_lower": end.needed_lower,
        "needed_rest_upper": end.needed_upper,
        "progress": np.full(len(codes), np.nan) if progress is None else progress,
    }
    return (
        pl.DataFrame({"area_code": codes, **{name: significant(values) for name, values in columns.items()}})
        .with_columns(
            pl.col("area_code").cast(pl.String),
            month=year.month,
            indicator=pl.lit(indicator),
            months_left=pl.lit(year.left, dtype=pl.Int64),
            progress_due=year.month.month / YEAR,
        )
        .filter(
            pl.all_horizontal(pl.col("numerator_so_far", "projected", "lower_95", "upper_95").is_not_nan())
        )
    )
