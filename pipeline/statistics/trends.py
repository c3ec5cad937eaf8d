"""The `trends` table: both series of every area, level by level, on any number of workers.

First each level's hyperparameters are estimated, then its areas are smoothed in chunks. Areas are in the
order of their code and chunks of a fixed size, so neither the order of the input rows nor the number of
workers shows in the result; figures are kept to ten significant digits, below which the arithmetic
libraries may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.statistics import growth_trend, sex_ratio_trend
from pipeline.statistics.pooling import Pooled
from pipeline.tables import TABLES, schema

SEX_RATIO, GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
AREAS_PER_CHUNK = 128
SIGNIFICANT_DIGITS = 10
_FIGURES = tuple(name for name in TABLES["trends"].column_names if name not in TABLES["trends"].key)


@dataclass(frozen=True)
class Series:
    """The areas of one level that have data for a series, with their counts, each (months, areas)."""

    name: str
    area_codes: np.ndarray
    counts: tuple[np.ndarray, ...]

    def of(self, areas: slice) -> Series:
        return Series(self.name, self.area_codes[areas], tuple(count[:, areas] for count in self.counts))


def trend_table(
    vital_events: pl.DataFrame, reference_upper: float, executor: Executor | None = None
) -> pl.DataFrame:
    """Trend, band and change of both series for every area and month, in the `trends` contract.

    An area has rows of a series if at least one of its months has data for it (births of known sex;
    births, and deaths, with a population); then every month from the first to the last of the table has a
    trend, and the band says how little is known where data are missing.
    """
    if vital_events.is_empty():
        return pl.from_arrow(schema("trends").empty_table())
    assert (vital_events["month"].dt.day() == 1).all(), (
        "vital_events.month: expected the first day of each month"
    )
    months = calendar(vital_events["month"])
    levels = [areas for _, areas in sorted(vital_events.group_by("level"), key=lambda group: group[0])]
    all_series = [series for level in levels for series in _series_of_level(level, months)]
    pooled = _estimate_all(all_series, executor)
    jobs = list(_chunks(all_series, pooled, reference_upper))
    results = _fan_out(executor, _smooth, jobs)
    tables = [_rows(months, series, figures) for (series, *_), figures in zip(jobs, results, strict=True)]
    if not tables:
        return pl.from_arrow(schema("trends").empty_table())
    return pl.concat(tables).sort(TABLES["trends"].key)


def calendar(months: pl.Series) -> pl.Series:
    """Every month from the first to the last."""
    return pl.date_range(months.min(), months.max(), "1mo", eager=True).alias("month")


def _series_of_level(level: pl.DataFrame, months: pl.Series) -> Iterator[Series]:
    codes = level["area_code"].unique().sort()
    grid = pl.DataFrame({"area_code": codes}).join(pl.DataFrame({"month": months}), how="cross")
    filled = grid.join(level, on=["area_code", "month"], how="left", maintain_order="left", validate="1:1")
    counts = {
        name: filled[name].fill_null(np.nan).to_numpy().reshape(len(codes), len(months)).T
        for name in ("births_male", "births_female", "births", "deaths", "person_years")
    }
    of_sexes = counts["births_male"], counts["births_female"]
    of_growth = counts["births"], counts["deaths"], counts["person_years"]
    is_exposed = of_growth[2] > 0
    for name, arrays, has_data in (
        (SEX_RATIO, of_sexes, (of_sexes[0] + of_sexes[1] > 0).any(axis=0)),
        (
            GROWTH,
            of_growth,
            np.all([(is_exposed & np.isfinite(c)).any(axis=0) for c in of_growth[:2]], axis=0),
        ),
    ):
        if has_data.any():
            yield Series(name, codes.to_numpy()[has_data], tuple(array[:, has_data] for array in arrays))


def _estimate_all(all_series: list[Series], executor: Executor | None) -> list[list[Pooled]]:
    jobs = []
    for series in all_series:
        if series.name == SEX_RATIO:
            jobs.append((SEX_RATIO, *series.counts))
        else:
            births, deaths, person_years = series.counts
            jobs += [(GROWTH, births, person_years), (GROWTH, deaths, person_years)]
    longest_first = sorted(range(len(jobs)), key=lambda i: (jobs[i][0] == SEX_RATIO, -jobs[i][1].shape[1], i))
    done = dict(
        zip(longest_first, _fan_out(executor, _estimate, [jobs[i] for i in longest_first]), strict=True)
    )
    in_order = iter(done[i] for i in range(len(jobs)))
    return [[next(in_order) for _ in range(1 if series.name == SEX_RATIO else 2)] for series in all_series]


def _estimate(job: tuple[str, np.ndarray, np.ndarray]) -> Pooled:
    name, *counts = job
    return (sex_ratio_trend if name == SEX_RATIO else growth_trend).estimate_level(*counts)


def _chunks(
    all_series: list[Series], pooled: list[list[Pooled]], reference_upper: float
) -> Iterator[tuple[Series, list[Pooled], float]]:
    for series, estimates in zip(all_series, pooled, strict=True):
        for start in range(0, len(series.area_codes), AREAS_PER_CHUNK):
            areas = slice(start, start + AREAS_PER_CHUNK)
            yield series.of(areas), [estimate.of(areas) for estimate in estimates], reference_upper


def _smooth(job: tuple[Series, list[Pooled], float]) -> dict[str, np.ndarray]:
    series, estimates, reference_upper = job
    if series.name == SEX_RATIO:
        figures = sex_ratio_trend.trend_figures(*series.counts, *estimates, reference_upper)
    else:
        figures = growth_trend.trend_figures(*series.counts, *estimates)
    return {name: significant(figures[name]) for name in _FIGURES}


def significant(values: np.ndarray, digits: int = SIGNIFICANT_DIGITS) -> np.ndarray:
    """Values to so many significant decimal digits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        magnitude = np.floor(np.log10(np.abs(values)))
    places = digits - 1 - np.where(np.isfinite(magnitude), magnitude, 0)
    up, down = 10.0 ** np.clip(places, 0, 300), 10.0 ** np.clip(-places, 0, 300)
    return np.rint(values * up / down) / up * down


def _rows(months: pl.Series, series: Series, figures: dict[str, np.ndarray]) -> pl.DataFrame:
    areas = len(series.area_codes)
    table = pl.DataFrame(
        {
            "area_code": np.repeat(series.area_codes, len(months)),
            "month": pl.concat([months] * areas),
            "series": pl.repeat(series.name, areas * len(months), eager=True),
            **{name: values.T.ravel() for name, values in figures.items()},
        },
        schema_overrides={"area_code": pl.String},
    )
    return table.with_columns(pl.col(_FIGURES).fill_nan(None))


def _fan_out(executor: Executor | None, work: Callable, jobs: Iterable) -> Iterator:
    return map(work, jobs) if executor is None else executor.map(work, jobs)
