"""data/truth: what is really so in the sample, for tests of all that is computed from the raw files."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from pipeline.sample.months import Months
from pipeline.sample.planted import Planted
from pipeline.sample.text_files import Row, write_csv
from pipeline.sample.truth import CountyTruth
from pipeline.sample.work_returns import COUNTS
from pipeline.sample.work_truth import WorkTruth

EVENTS = (
    "births_male", "births_female", "deaths_male", "deaths_female", "population",
    "population_male", "population_female", "registered_male", "registered_female",
)  # fmt: skip
LEVELS = ("births_per_mille", "deaths_per_mille", "births_season", "deaths_season")
PLACE = ("area_code", "month")


def write_truth(
    folder: Path, truths: Sequence[CountyTruth], works: Mapping[str, WorkTruth], slips: Iterable[Planted]
) -> None:
    """Write monthly_counts.csv, county_levels.csv, work_counts.csv and planted.csv."""
    events: list[Row] = []
    levels: list[Row] = []
    work_counts: list[Row] = []
    for truth in truths:
        county, work = truth.county, works[truth.county.area_code]
        townships = [township.area_code for township in county.townships]
        sent = [county.sends_data(month) for month in truth.months]
        events += _rows(townships, truth.months, [getattr(truth, name) for name in EVENTS], sent)
        levels += _rows([county.area_code], truth.months, _levels(truth), sent)
        work_counts += _rows(townships, work.months, [work.counts[name] for name in COUNTS])
    write_csv(folder / "monthly_counts.csv", (*PLACE, *EVENTS), events)
    header = (*PLACE, "male_probability", "sex_ratio_at_birth", *LEVELS)
    write_csv(folder / "county_levels.csv", header, levels)
    write_csv(folder / "work_counts.csv", (*PLACE, *COUNTS), work_counts)
    write_csv(folder / "planted.csv", Planted._fields, slips)


def _rows(
    codes: Sequence[str], months: Months, columns: Sequence[np.ndarray], sent: Sequence[bool] | None = None
) -> Iterator[Row]:
    """A row for each area and month, from columns of shape (areas, months); `sent` says which months there are."""
    for n, code in enumerate(codes):
        for t, month in enumerate(months):
            if sent is None or sent[t]:
                yield (code, f"{month:%Y-%m}", *(column[n, t] for column in columns))


def _levels(truth: CountyTruth) -> list[np.ndarray]:
    """The levels as texts, (1, months) each."""
    male_probability = truth.sex_ratio / (100 + truth.sex_ratio)
    levels = [(male_probability, 6), (truth.sex_ratio, 3), *((getattr(truth, name), 4) for name in LEVELS)]
    return [np.array([[f"{value:.{decimals}f}" for value in level]]) for level, decimals in levels]
