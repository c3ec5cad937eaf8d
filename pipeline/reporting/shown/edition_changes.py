"""How an edition differs from the one before: areas, figures, returns and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl

from pipeline.months import last_months
from pipeline.reporting.facts.tables import areas_of
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.area_names import Names
from pipeline.reporting.shown.returns import Returns, all_returns
from pipeline.reporting.shown.rule import Limits, is_small, limits_of, with_reasons

SEX_RATIO = "sex_ratio_at_birth"


@dataclass(frozen=True)
class FigureChange:
    """A count of a month that both editions cover: None is unknown, or withheld as one of the two is small."""

    area_code: str
    name: str
    element: str
    month: date
    before: int | None
    now: int | None

    @property
    def difference(self) -> int | None:
        return None if self.before is None or self.now is None else self.now - self.before


@dataclass(frozen=True)
class Judged:
    """The sex ratio of twelve months in one edition; `verdict` is empty where it is not judged."""

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


Change = TypeVar("Change", FigureChange, VerdictChange)


@dataclass(frozen=True)
class Changes:
    """What changed since the edition of the month `previous`; one of an older program has no table of verdicts."""

    previous: date
    files_new: int
    revised: list[FigureChange]
    late: list[FigureChange]
    lost: list[FigureChange]
    areas_new: dict[str, str]
    areas_gone: dict[str, str]
    returns_before: Returns
    returns_now: Returns
    verdicts: list[VerdictChange]
    is_judged_before: bool = True

    def renamed(self, names: Names) -> Changes:
        """The same with other names of the areas, by code, as far as there are any."""

        def changed(changes: list[Change]) -> list[Change]:
            return [replace(one, name=names.get(one.area_code, one.name)) for one in changes]

        def areas(official: dict[str, str]) -> dict[str, str]:
            return {code: names.get(code, name) for code, name in official.items()}

        return replace(
            self,
            revised=changed(self.revised),
            late=changed(self.late),
            lost=changed(self.lost),
            verdicts=changed(self.verdicts),
            areas_new=areas(self.areas_new),
            areas_gone=areas(self.areas_gone),
        )


def load_changes(
    snapshot: Path,
    previous: Path | None,
    report: ReportContext,
) -> Changes | None:
    """How the areas with a report differ from the snapshot before; None where there is none, or of no earlier month."""
    before = _month_of(previous) if previous else None
    if previous is None or before is None or before >= report.month:
        return None
    month, level, limits = report.month, report.settings.report_level, limits_of(report)
    names, names_before = names_of_level(snapshot, month, level), names_of_level(previous, before, level)
    figures = _without_sums(_changed_figures(snapshot, previous, names, before), report.parts)
    is_judged_before = (previous / "verdicts.parquet").exists()
    judged = _judged(snapshot, month, limits)
    judged_before = _judged(previous, before, limits) if is_judged_before else {}
    nothing = Judged(None, None, None, "")
    return Changes(
        previous=before,
        files_new=len(_files(snapshot) - _files(previous)),
        revised=[_shown(change, limits) for change in figures if None not in (change.before, change.now)],
        late=[change for change in figures if change.before is None],
        lost=[change for change in figures if change.now is None],
        areas_new={code: name for code, name in names.items() if code not in names_before},
        areas_gone={code: name for code, name in names_before.items() if code not in names},
        returns_before=all_returns(previous, names, last_months(before, 12)),
        returns_now=all_returns(snapshot, names, last_months(before, 12)),
        verdicts=[
            VerdictChange(code, name, judged_before.get(code, nothing), judged.get(code, nothing))
            for code, name in names.items()
            if judged.get(code, nothing).verdict != judged_before.get(code, nothing).verdict
            and code in names_before
        ]
        if is_judged_before
        else [],
        is_judged_before=is_judged_before,
    )


def _month_of(snapshot: Path) -> date | None:
    """The last month with counts: the month of its edition."""
    return pl.scan_parquet(snapshot / "counts.parquet").select(pl.col("month").max()).collect().item()


def names_of_level(snapshot: Path, month: date, level: str) -> dict[str, str]:
    """The areas of a level by code."""
    areas = areas_of(pl.read_parquet(snapshot / "areas.parquet"), month).filter(level=level)
    return dict(areas.select("area_code", "name").iter_rows())


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


def _without_sums(changes: list[FigureChange], parts: Mapping[str, Sequence[str]]) -> list[FigureChange]:
    """Births are not named beside the male births that changed: a revision counts once."""
    changed = {(one.area_code, one.month, one.element) for one in changes}
    return [
        one
        for one in changes
        if not any((one.area_code, one.month, part) in changed for part in parts.get(one.element, ()))
    ]


def _shown(change: FigureChange, limits: Limits) -> FigureChange:
    is_withheld = any(count is not None and is_small(count, limits) for count in (change.before, change.now))
    return replace(change, before=None, now=None) if is_withheld else change


def _judged(snapshot: Path, month: date, limits: Limits) -> dict[str, Judged]:
    """The sex ratios of twelve months that are shown, with the verdict on them, by area."""
    areas = areas_of(pl.read_parquet(snapshot / "areas.parquet"), month)
    of_month = pl.scan_parquet(snapshot / "indicators.parquet").filter(pl.col("month") == month)
    rows = with_reasons(of_month.collect(), areas, limits).filter(
        indicator=SEX_RATIO, time_window="rolling_12", withheld=""
    )
    verdicts = pl.read_parquet(snapshot / "verdicts.parquet").filter(
        indicator=SEX_RATIO, question="normal_range", month=month
    )
    judged = rows.join(verdicts.select("area_code", "verdict"), on="area_code", how="left")
    columns = ("area_code", "value", "lower_95", "upper_95", pl.col("verdict").fill_null(""))
    return {code: Judged(*known) for code, *known in judged.select(columns).iter_rows()}
