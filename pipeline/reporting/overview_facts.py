"""What the overview says beside the facts of the areas: completeness by month, and changes since the last edition."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.reference import Indicator
from pipeline.reporting.edition import Edition
from pipeline.reporting.estimate import HIGHER, LOWER, UNCLEAR
from pipeline.reporting.facts import Funnel, load_funnels

_SEX_RATIO = "sex_ratio_at_birth"


@dataclass(frozen=True)
class Returns:
    """Returns due and come; `on_time` is None where no date of receipt is known."""

    expected: int
    actual: int
    on_time: int | None


@dataclass(frozen=True)
class FigureChange:
    """A count of a month that both editions cover: None is unknown."""

    area_code: str
    name: str
    element: str
    month: date
    before: int | None
    now: int | None


@dataclass(frozen=True)
class Judged:
    """The sex ratio of the year so far in one edition; `verdict` is empty where too few births were counted."""

    value: float | None
    lower: float | None
    upper: float | None
    verdict: str


@dataclass(frozen=True)
class VerdictChange:
    """An area whose sex ratio is judged otherwise than in the last edition."""

    area_code: str
    name: str
    before: Judged
    now: Judged


@dataclass(frozen=True)
class Changes:
    """What changed since the edition of the month `previous`."""

    previous: date
    files_new: int
    revised: list[FigureChange]
    late: list[FigureChange]
    lost: list[FigureChange]
    areas_new: list[str]
    areas_gone: list[str]
    returns_before: Returns
    returns_now: Returns
    verdicts: list[VerdictChange]

    def is_same_year(self, month: date) -> bool:
        """Whether the years so far of both editions can be compared: in January they begin anew."""
        return self.previous.year == month.year


@dataclass(frozen=True)
class Overview:
    """The last twelve months, the returns of every area in each of them, the funnels, and the changes."""

    months: list[date]
    returns: dict[str, dict[date, Returns]]
    funnels: dict[tuple[str, str], Funnel] = field(default_factory=dict)
    changes: Changes | None = None


def load_overview(snapshot: Path, previous: Path | None, edition: Edition) -> Overview:
    """Facts of the overview; `previous` is the snapshot of the edition before, if there is one."""
    level = edition.settings.report_level
    months = _last_months(edition.month, 12)
    return Overview(
        months,
        _returns(snapshot, _areas(snapshot, edition.month, level), months),
        load_funnels(snapshot, edition.month, level),
        load_changes(snapshot, previous, edition.month, level, edition.indicators[_SEX_RATIO]),
    )


def load_changes(
    snapshot: Path, previous: Path | None, month: date, level: str, spec: Indicator
) -> Changes | None:
    """How the areas of a level differ from the snapshot before; None where there is none, or of no earlier month."""
    before = _month_of(previous) if previous else None
    if before is None or before >= month:
        return None
    names, names_before = _areas(snapshot, month, level), _areas(previous, before, level)
    figures = _changed_figures(snapshot, previous, names, before)
    judged, judged_before = _judged(snapshot, names, month, spec), _judged(previous, names, before, spec)
    nothing = Judged(None, None, None, "")
    return Changes(
        previous=before,
        files_new=len(_files(snapshot) - _files(previous)),
        revised=[change for change in figures if None not in (change.before, change.now)],
        late=[change for change in figures if change.before is None],
        lost=[change for change in figures if change.now is None],
        areas_new=[name for code, name in names.items() if code not in names_before],
        areas_gone=[name for code, name in names_before.items() if code not in names],
        returns_before=_all_returns(previous, names, _last_months(before, 12)),
        returns_now=_all_returns(snapshot, names, _last_months(before, 12)),
        verdicts=[
            VerdictChange(code, name, judged_before.get(code, nothing), judged.get(code, nothing))
            for code, name in names.items()
            if judged.get(code, nothing).verdict != judged_before.get(code, nothing).verdict
            and code in names_before
        ],
    )


def _month_of(snapshot: Path) -> date | None:
    """The last month with counts: the month of its edition."""
    return pl.scan_parquet(snapshot / "counts.parquet").select(pl.col("month").max()).collect().item()


def _areas(snapshot: Path, month: date, level: str) -> dict[str, str]:
    table = pl.read_parquet(snapshot / "areas.parquet").filter(
        pl.col("level") == level,
        pl.col("valid_from") <= month,
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= month),
    )
    return dict(table.sort("area_code").select("area_code", "name").iter_rows())


def _files(snapshot: Path) -> set[str]:
    return set(pl.read_parquet(snapshot / "files.parquet", columns=["sha256"])["sha256"])


def _changed_figures(
    snapshot: Path, previous: Path, names: dict[str, str], until: date
) -> list[FigureChange]:
    """Counts of months up to `until` that differ, the largest differences first."""

    def counts(folder: Path) -> pl.LazyFrame:
        return pl.scan_parquet(folder / "counts.parquet").filter(
            pl.col("area_code").is_in(list(names)), pl.col("month") <= until
        )

    key = ["area_code", "month", "element"]
    both = counts(snapshot).select(*key, now="value")
    both = both.join(counts(previous).select(*key, before="value"), on=key)
    differ = both.filter(pl.col("now").ne_missing(pl.col("before"))).collect()
    rows = differ.sort(
        (pl.col("now") - pl.col("before")).abs(), *key, descending=[True, False, True, False], nulls_last=True
    )
    return [
        FigureChange(
            row["area_code"], names[row["area_code"]], row["element"], row["month"], row["before"], row["now"]
        )
        for row in rows.iter_rows(named=True)
    ]


def _judged(snapshot: Path, names: dict[str, str], month: date, spec: Indicator) -> dict[str, Judged]:
    table = (
        pl.scan_parquet(snapshot / "indicators.parquet")
        .filter(
            pl.col("area_code").is_in(list(names)),
            pl.col("month") == month,
            pl.col("time_window") == "ytd",
            pl.col("indicator") == _SEX_RATIO,
            pl.col("lower_95").is_not_null(),
            pl.col("numerator") + pl.col("denominator") >= spec.withhold_below,
        )
        .select("area_code", "value", "lower_95", "upper_95")
        .collect()
    )
    low, high = spec.normal_range
    return {
        code: Judged(value, lower, upper, HIGHER if lower > high else LOWER if upper < low else UNCLEAR)
        for code, value, lower, upper in table.iter_rows()
    }


def _returns(snapshot: Path, codes: dict[str, str], months: list[date]) -> dict[str, dict[date, Returns]]:
    """Returns of all sources together, by area and month."""
    table = (
        pl.scan_parquet(snapshot / "completeness.parquet")
        .filter(pl.col("area_code").is_in(list(codes)), pl.col("month").is_in(months))
        .group_by("area_code", "month")
        .agg(*_sums())
        .sort("area_code", "month")
        .collect()
    )
    found: dict[str, dict[date, Returns]] = {code: {} for code in codes}
    for row in table.iter_rows(named=True):
        found[row["area_code"]][row["month"]] = Returns(row["expected"], row["actual"], row["on_time"])
    return found


def _all_returns(snapshot: Path, codes: dict[str, str], months: list[date]) -> Returns:
    table = pl.scan_parquet(snapshot / "completeness.parquet").filter(
        pl.col("area_code").is_in(list(codes)), pl.col("month").is_in(months)
    )
    return Returns(**table.select(*_sums()).collect().row(0, named=True))


def _sums() -> list[pl.Expr]:
    on_time = pl.col("on_time")
    return [
        pl.col("expected").sum(),
        pl.col("actual").sum(),
        pl.when(on_time.null_count() == 0).then(on_time.sum()).alias("on_time"),
    ]


def _last_months(month: date, number: int) -> list[date]:
    last = month.year * 12 + month.month - 1
    return [date(index // 12, index % 12 + 1, 1) for index in range(last - number + 1, last + 1)]
