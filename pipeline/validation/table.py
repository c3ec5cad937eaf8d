"""The validation table: its rows, from what the simulated levels contribute and from exact sums."""

from collections.abc import Callable
from concurrent.futures import Executor

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

EXACT, PROVINCES = "exact", "provinces"
AREAS_PER_PROVINCE, MOST_PROVINCES = 10, 100
FOUND_AT = (1000, 2000, 5000, 10_000)
OF_RATIO = "coverage of the Wilson 95 % interval, by births, %"
OF_COUNT = "coverage of the 95 % interval of a count, by events expected, %"
FALSE_FLAGS = "false flags: 99.8 % interval outside 103–107 at 106.3, % of 300 areas with 500–20,000 births"
FLAGS_FOUND = "flags found: 99.8 % interval above 107 at 120, by births, % of areas"
FALSE_VERDICTS = (
    "false verdicts: higher or lower though the last twelve months are truly within 103–107, % of areas"
)
FOUND_RAISED = "verdicts found: higher where the truth has stood at 120, 5,000 births a year, % of areas"
FOUND_RISEN = "verdicts found: higher where the truth rose to 120 a year ago, 5,000 births a year, % of areas"

Cells = dict[str, tuple[Measure, ...]]
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
    areas = min(SPEED_AREAS, 8 * areas_per_size)
    rows += interval_rows() + verdict_rows(
        min(areas_per_size // AREAS_PER_PROVINCE + 1, MOST_PROVINCES), executor
    )
    return rows + speed_rows(areas, SPEED_MONTHS if areas == SPEED_AREAS else 60)


def verdict_rows(provinces: int, executor: Executor | None = None) -> list[Row]:
    """The one verdict of an edition on so many simulated provinces."""
    found = list((map if executor is None else executor.map)(one_province, range(provinces)))
    totals = {kind: sum((one[kind] for one in found[1:]), found[0][kind]) for kind in found[0]}

    def row(what: str, kind: str, target: Target) -> Row:
        total = totals[kind]
        share = total.by_verdict / max(total.areas, 1)
        error = np.sqrt(share * (1 - share) / max(total.areas, 1))
        measured = {"all": (Measure(100 * share, float(100 * error)),)}
        return Row("SRB", PROVINCES, what, "–", target, measured, 2)

    least = Target("≥ 83 %, as the 99.8 % interval", 83)
    return [
        row(FALSE_VERDICTS, "within", Target("≤ 0.5 %", high=0.5)),
        row(FOUND_RAISED, "raised", least),
        row(FOUND_RISEN, "risen", least),
    ]


def simulated_rows(series: str, process: str, levels: list[Tallies]) -> list[Row]:
    """The rows of one series (`sexes`, `births`) under one process."""
    found = Columns(levels, lambda tallies: np.searchsorted(SIZES, tallies["size"]), COLUMNS)
    return list(rows_of(TITLES[series], process, found, JUDGED_COLUMNS, np.random.default_rng(SEED)))


def interval_rows() -> list[Row]:
    """Exact coverage of the intervals of a window, and of the flags made from them."""
    coverage_target, false, found = (
        Target("94–96 %", 94, 96),
        Target("≤ 0.5 %", high=0.5),
        Target("≥ 80 % at 5,000", 80),
    )

    def cells(share: Callable[[int], float], numbers: tuple[int, ...] = JUDGED) -> Cells:
        return {column(n): (Measure(100 * share(n)),) for n in numbers}

    of_ratio, of_count = cells(coverage.wilson_coverage), cells(coverage.count_coverage)
    flagged = cells(lambda births: coverage.flagged_share(births, coverage.RAISED)[1], FOUND_AT)
    wrongly = {"all": (Measure(100 * coverage.false_flag_share()),)}
    return [
        Row("SRB", EXACT, OF_RATIO, "95 %", coverage_target, of_ratio, is_extra=True),
        Row("births", EXACT, OF_COUNT, "95 %", coverage_target, of_count, is_extra=True),
        Row("SRB", EXACT, FALSE_FLAGS, "–", false, wrongly, 2),
        Row("SRB", EXACT, FLAGS_FOUND, "–", found, flagged, judged=(column(5000),)),
    ]
