"""The validation table: its rows, from what the simulated levels contribute and from exact sums."""

from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any

import numpy as np

from pipeline.validation import coverage
from pipeline.validation.measures import Measure, Row, Target
from pipeline.validation.one_verdict import one_province
from pipeline.validation.protocol import EDITIONS, Tallies
from pipeline.validation.rows import Columns, rows_of
from pipeline.validation.simulation import JUDGED, PROCESSES, SEED, SERIES, SIZES
from pipeline.validation.speed import TITLES, speed_rows
from pipeline.validation.tallies import Job, tally_level

LEVELS, MOST_PER_AREA = 8, 10
FEWEST_FOR_ALL_EDITIONS = 50
SPEED_AREAS, SPEED_MONTHS = 300, 240

AREAS_PER_PROVINCE, MOST_PROVINCES = 10, 100
FOUND_AT = (1000, 2000, 5000, 10_000)
AT_MOST_HALF = Target("≤ 0.5 %", high=0.5)
AS_THE_INTERVAL = Target("≥ 83 %, as the 99.8 % interval", 83)

# What the one verdict says of the areas of each kind, in per cent of them.
VERDICTS = (
    ("within", "false verdicts: higher or lower though the last twelve months are truly within 103–107", AT_MOST_HALF),
    ("raised", "verdicts found: higher where the truth has stood at 120, 5,000 births a year", AS_THE_INTERVAL),
    ("risen", "verdicts found: higher where the truth rose to 120 a year ago, 5,000 births a year", AS_THE_INTERVAL),
)  # fmt: skip

Progress = Callable[[str, int, int], None]


def column(size: float) -> str:
    return f"{size:,}"


COLUMNS = [column(size) for size in SIZES]
JUDGED_COLUMNS = tuple(column(size) for size in JUDGED)


def measure(
    areas_per_size: int,
    executor: Executor | None = None,
    progress: Progress = lambda *_: None,
    levels: int = LEVELS,
    processes: tuple[str, ...] = PROCESSES,
) -> list[Row]:
    """All rows, from `levels` independent levels for each series and process, the first of them in full."""
    per_area = int(np.clip(areas_per_size // 10, 2, MOST_PER_AREA))
    editions = EDITIONS if areas_per_size >= FEWEST_FOR_ALL_EDITIONS else 2
    jobs = [
        Job(series, process, level, areas_per_size, per_area if level == 0 else None, editions)
        for level in range(levels)
        for series in reversed(SERIES)
        for process in processes
    ]
    done: dict[tuple[str, str], list[Tallies]] = {}
    results = map(tally_level, jobs) if executor is None else executor.map(tally_level, jobs)
    for number, (job, tallies) in enumerate(zip(jobs, results, strict=True), 1):
        done.setdefault((job.series, job.process), []).append(tallies)
        progress("Simulated levels", number, len(jobs))
    rows = []
    for process in processes:
        for series in SERIES:
            rows += simulated_rows(series, process, done[series, process])
    provinces = min(areas_per_size // AREAS_PER_PROVINCE + 1, MOST_PROVINCES)
    areas = min(SPEED_AREAS, 8 * areas_per_size)
    months = SPEED_MONTHS if areas == SPEED_AREAS else 60
    return rows + interval_rows() + verdict_rows(provinces, executor) + speed_rows(areas, months)


def verdict_rows(provinces: int, executor: Executor | None = None) -> list[Row]:
    """The one verdict of an edition on so many simulated provinces."""
    found = list((map if executor is None else executor.map)(one_province, range(provinces)))
    rows = []
    for kind, what, target in VERDICTS:
        areas = max(sum(one[kind].areas for one in found), 1)
        share = sum(one[kind].by_verdict for one in found) / areas
        measure = Measure(100 * share, float(100 * np.sqrt(share * (1 - share) / areas)))
        rows.append(Row("SRB", "provinces", f"{what}, % of areas", "–", target, {"all": (measure,)}, 2))
    return rows


def simulated_rows(series: str, process: str, levels: list[Tallies]) -> list[Row]:
    """The rows of one series (`sexes`, `births`) under one process."""
    found = Columns(levels, lambda tallies: np.searchsorted(SIZES, tallies["size"]), COLUMNS)
    return list(rows_of(TITLES[series], process, found, JUDGED_COLUMNS, np.random.default_rng(SEED)))


def interval_rows() -> list[Row]:
    """Exact coverage of the intervals of a window, and of the flags made from them."""

    def row(series: str, what: str, target: Target, shares: dict[str, float], **others: Any) -> Row:
        measured = {name: (Measure(100 * share),) for name, share in shares.items()}
        anchor = "95 %" if target is nominal else "–"
        return Row(series, "exact", what, anchor, target, measured, is_extra=target is nominal, **others)

    nominal, found = Target("94–96 %", 94, 96), Target("≥ 80 % at 5,000", 80)
    of_ratios = {column(births): coverage.wilson_coverage(births) for births in JUDGED}
    of_counts = {column(events): coverage.count_coverage(events) for events in JUDGED}
    flagged = {column(births): coverage.flagged_share(births, coverage.RAISED)[1] for births in FOUND_AT}
    wrongly = "false flags: 99.8 % interval outside 103–107 at 106.3, % of 300 areas with 500–20,000 births"
    rightly = "flags found: 99.8 % interval above 107 at 120, by births, % of areas"
    return [
        row("SRB", "coverage of the Wilson 95 % interval, by births, %", nominal, of_ratios),
        row("births", "coverage of the 95 % interval of a count, by events expected, %", nominal, of_counts),
        row("SRB", wrongly, AT_MOST_HALF, {"all": coverage.false_flag_share()}, digits=2),
        row("SRB", rightly, found, flagged, judged=(column(5000),)),
    ]
