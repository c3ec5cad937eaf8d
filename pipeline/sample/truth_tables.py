"""data/truth: what is really so in the sample, for tests of all that is computed from the raw files."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.sample import planted
from pipeline.sample.text_files import Row, write_csv
from pipeline.sample.truth import CountyTruth
from pipeline.sample.work_returns import COUNTS
from pipeline.sample.work_truth import WorkTruth

EVENTS = (
    "births_male", "births_female", "deaths_male", "deaths_female", "population",
    "population_male", "population_female", "registered_male", "registered_female",
)  # fmt: skip
LEVELS = ("births_per_mille", "deaths_per_mille", "births_season", "deaths_season")


def write_truth(
    folder: Path,
    truths: Sequence[CountyTruth],
    works: dict[str, WorkTruth],
    slips: Iterable[planted.Planted],
) -> None:
    """Write monthly_counts.csv, county_levels.csv, work_counts.csv and planted.csv."""
    write_csv(folder / "monthly_counts.csv", ("area_code", "month", *EVENTS), _event_rows(truths))
    header = ("area_code", "month", "male_probability", "sex_ratio_at_birth", *LEVELS)
    write_csv(folder / "county_levels.csv", header, _level_rows(truths))
    write_csv(folder / "work_counts.csv", ("area_code", "month", *COUNTS), _work_rows(truths, works))
    write_csv(folder / "planted.csv", planted.HEADER, [slip.as_row() for slip in slips])


def _event_rows(truths: Sequence[CountyTruth]) -> Iterable[Row]:
    for truth in truths:
        columns = [getattr(truth, name) for name in EVENTS]
        for n, township in enumerate(truth.county.townships):
            for t, month in enumerate(truth.months):
                if truth.county.sends_data(month):
                    yield (township.area_code, f"{month:%Y-%m}", *(column[n, t] for column in columns))


def _level_rows(truths: Sequence[CountyTruth]) -> Iterable[Row]:
    for truth in truths:
        for t, month in enumerate(truth.months):
            if truth.county.sends_data(month):
                ratio = truth.sex_ratio[t]
                levels = (f"{getattr(truth, name)[t]:.4f}" for name in LEVELS)
                yield (
                    truth.county.area_code,
                    f"{month:%Y-%m}",
                    f"{ratio / (100 + ratio):.6f}",
                    f"{ratio:.3f}",
                    *levels,
                )


def _work_rows(truths: Sequence[CountyTruth], works: dict[str, WorkTruth]) -> Iterable[Row]:
    for truth in truths:
        work = works[truth.county.area_code]
        for n, township in enumerate(truth.county.townships):
            for t, month in enumerate(work.months):
                yield (township.area_code, f"{month:%Y-%m}", *(getattr(work, name)[n, t] for name in COUNTS))
