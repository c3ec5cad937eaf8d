"""The validation table: its rows, from what the simulated levels contribute and from exact sums."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor

import numpy as np

from pipeline.statistics.validation import baselines, coverage
from pipeline.statistics.validation.measures import (
    Measure,
    Row,
    Target,
    median,
    ratio_of_sums,
    root_ratio,
)
from pipeline.statistics.validation.simulation import LEFT_OUT, MONTHS, PROCESSES, SIZES
from pipeline.statistics.validation.tallies import (
    AROUND_STEP,
    LEFT_OUT_MONTHS,
    SPANS,
    TAILS,
    Tallies,
    tally_level,
)

LEVELS = 8
COUNTS = "count"
ANCHORS = {"95": "2.7 / 3.6 %", "80": "9.7 / 10.2 %"}
NOMINAL = {"95": "2.5 / 2.5 % (nominal)", "80": "10 / 10 % (nominal)"}
TAIL_TARGETS = {
    "95": Target("1.5–3.5 % each side", 1.5, 3.5),
    "80": Target("8.5–11.5 % each side", 8.5, 11.5),
}
COLUMNS = [f"{size:,} births a month" for size in SIZES]


def measure(
    areas_per_size: int,
    executor: Executor | None = None,
    progress: Callable[[str, int, int], None] = lambda *_: None,
    levels: int = LEVELS,
) -> list[Row]:
    """All rows, from `levels` independent levels for each series and process."""
    jobs = [
        (series, process, level, areas_per_size)
        for series in ("growth", "sexes")
        for process in PROCESSES
        for level in range(levels)
    ]
    done: dict[tuple[str, str], list[Tallies]] = {}
    results = map(tally_level, jobs) if executor is None else executor.map(tally_level, jobs)
    for number, (job, tallies) in enumerate(zip(jobs, results, strict=True), 1):
        done.setdefault(job[:2], []).append(tallies)
        progress("Simulated levels", number, len(jobs))
    rows = []
    for series in ("sexes", "growth"):
        for process in PROCESSES:
            rows += rows_of(series, process, done[series, process])
    return rows + _interval_rows() + [_speed_row(areas_per_size)]


def rows_of(series: str, process: str, levels: list[Tallies]) -> Iterator[Row]:
    """The rows of one series (`sexes`, `growth`) under one process."""
    title = {"sexes": "SRB", "growth": "growth"}[series] + f", {process} process"
    for span in (*SPANS, COUNTS):
        if f"{span} 95 below" not in levels[0] or (span == AROUND_STEP and process != "step"):
            continue
        if span == COUNTS:
            wording, months = "left-out months' counts against their forecast", LEFT_OUT
        else:
            wording, months = f"truth against the band, {span}", _months(span)
        for name in TAILS:
            sides = [_by_size(levels, f"{span} {name} {side}") for side in ("below", "above")]
            yield Row(
                f"{title}: {wording}, below / above {name} % limits",
                (ANCHORS if span in (LEFT_OUT_MONTHS, COUNTS) else NOMINAL)[name],
                TAIL_TARGETS[name],
                _columns(tuple(_share(side[size], months) for side in sides) for size in range(len(SIZES))),
            )
    if "holds update" in levels[0]:
        held = _by_size(levels, "holds update")
        yield Row(
            f"{title}: 95 % band holds the estimate made a year later, % of areas",
            "–",
            Target("≥ 95 %", 95),
            _columns((_share(areas, 1),) for areas in held),
        )
    if "squared" in levels[0]:
        yield from _error_rows(title, process, levels)


def _error_rows(title: str, process: str, levels: list[Tallies]) -> Iterator[Row]:
    yield Row(
        f"{title}: median relative error, 12 months left out",
        "0.000",
        Target("0.000 ± 0.002", -0.002, 0.002),
        _columns((median(areas),) for areas in _by_size(levels, "relative error")),
        4,
    )
    if process == "overdispersed":
        return
    ours = _by_size(levels, "squared")
    sampling = _by_size(levels, "sampling")
    yield Row(
        f"{title}: RMSE of left-out months ÷ binomial error",
        "1.00 is the limit",
        Target("≤ 1.05", high=1.05),
        _columns((root_ratio(a, b),) for a, b in zip(ours, sampling, strict=True)),
        3,
    )
    on_handful = _by_size(levels[:1], "squared where statsmodels")
    for name, reference, some in (
        ("last value", ours, levels),
        ("mean of the last 12 months", ours, levels),
        ("statsmodels local level", on_handful, levels[:1]),
    ):
        yield Row(
            f"{title}: RMSE of {name} ÷ ours",
            "–",
            Target("> 1", np.nextafter(1, 2)),
            _columns(
                (root_ratio(theirs, own),)
                for theirs, own in zip(_by_size(some, f"squared {name}"), reference, strict=True)
            ),
            3,
        )


def _interval_rows() -> list[Row]:
    target = Target("94–96 %", 94, 96)
    return [
        Row(
            "Wilson 95 % interval of the SRB: coverage, %",
            "95 %",
            target,
            {f"{n:,} births": (Measure(100 * coverage.wilson_coverage(n)),) for n in SIZES},
        ),
        Row(
            "Byar (below 10 exact) 95 % interval of a count: coverage, %",
            "95 %",
            target,
            {f"{n:,} expected": (Measure(100 * coverage.count_coverage(n)),) for n in SIZES},
        ),
        Row(
            "99.8 % interval outside 103–107 though the truth is 106.3, % of areas with 500–20,000 births",
            "–",
            Target("≤ 0.5 %", high=0.5),
            {"all": (Measure(100 * coverage.false_flag_share()),)},
            2,
        ),
        Row(
            "99.8 % interval above 107 where the truth is 120 at 5,000 births, % of areas",
            "–",
            Target("≥ 80 %", 80),
            {"all": (Measure(100 * coverage.flagged_share(5000, coverage.RAISED)[1]),)},
        ),
    ]


def _speed_row(areas_per_size: int) -> Row:
    return Row(
        "times faster a series than UnobservedComponents(lltrend, seasonal=12).fit()",
        "1",
        Target("≥ 10", 10),
        {name: (Measure(ratio),) for name, ratio in baselines.speed_ratios(areas_per_size).items()},
    )


def _by_size(levels: list[Tallies], name: str) -> list[np.ndarray]:
    """The figure of all areas of each size, over all levels."""
    split = [np.split(tallies[name], len(SIZES)) for tallies in levels]
    return [np.concatenate(areas) for areas in zip(*split, strict=True)]


def _months(span: str) -> int:
    return len(range(*SPANS[span].indices(MONTHS)))


def _share(hits: np.ndarray, months: int) -> Measure:
    """Hits of each area over its months, in per cent."""
    share = ratio_of_sums(hits, np.full(len(hits), months))
    return Measure(100 * share.value, 100 * share.error)


def _columns(cells: Iterable[tuple[Measure, ...]]) -> dict[str, tuple[Measure, ...]]:
    return dict(zip(COLUMNS, cells, strict=True))
