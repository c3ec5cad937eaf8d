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
from pipeline.reporting.shown.records import FigureChange, LastEdition
from pipeline.reporting.shown.returns import Returns, all_returns
from pipeline.reporting.shown.rule import KEY, Limits, is_small, limits_of, with_reasons
from pipeline.reporting.shown.tables import shown_verdicts

SEX_RATIO = "sex_ratio_at_birth"


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
    before = _earlier_month(previous, report)
    if previous is None or before is None:
        return None
    month, level, limits = report.month, report.settings.report_level, limits_of(report)
    names, names_before = names_of_level(snapshot, month, level), names_of_level(previous, before, level)
    revised, late, lost = _changed_figures(snapshot, previous, names, before, report)
    is_judged_before = (previous / "verdicts.parquet").exists()
    judged = _judged(snapshot, month, limits)
    judged_before = _judged(previous, before, limits) if is_judged_before else {}
    nothing = Judged(None, None, None, "")
    return Changes(
        previous=before,
        files_new=len(_files(snapshot) - _files(previous)),
        revised=revised,
        late=late,
        lost=lost,
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


def last_editions(snapshot: Path, previous: Path | None, report: ReportContext) -> dict[str, LastEdition]:
    """What the snapshot before said of each area with a report; nothing where there is none, or of no earlier month."""
    month = _earlier_month(previous, report)
    if previous is None or month is None:
        return {}
    levels = report.settings.reported_levels
    names = {
        code: name
        for level in levels
        for code, name in names_of_level(snapshot, report.month, level).items()
        if code in names_of_level(previous, month, level)
    }
    figures = [_by_area(changes) for changes in _changed_figures(snapshot, previous, names, month, report)]
    verdicts = _verdicts_of(previous, month, report)
    return {
        code: LastEdition(
            month,
            None if verdicts is None else verdicts.get(code, {}),
            *(changes.get(code, []) for changes in figures),
        )
        for code in names
    }


def _by_area(changes: Sequence[FigureChange]) -> dict[str, list[FigureChange]]:
    found: dict[str, list[FigureChange]] = {}
    for change in changes:
        found.setdefault(change.area_code, []).append(change)
    return found


def _verdicts_of(
    snapshot: Path, month: date, report: ReportContext
) -> dict[str, dict[tuple[str, str], str]] | None:
    """The verdicts that an edition showed, by area."""
    if not (snapshot / "verdicts.parquet").exists():
        return None
    areas = areas_of(pl.read_parquet(snapshot / "areas.parquet"), month)
    indicators, verdicts = (
        pl.read_parquet(snapshot / f"{name}.parquet").filter(pl.col("month") == month)
        for name in ("indicators", "verdicts")
    )
    reasons = with_reasons(indicators, areas, limits_of(report)).select(*KEY, "withheld")
    found: dict[str, dict[tuple[str, str], str]] = {}
    columns = ("area_code", "indicator", "question", "verdict")
    for code, indicator, question, verdict in shown_verdicts(verdicts, reasons).select(columns).iter_rows():
        found.setdefault(code, {})[indicator, question] = verdict
    return found


def _earlier_month(previous: Path | None, report: ReportContext) -> date | None:
    """The month of the edition before: the last with counts. None where it is not before that of the report."""
    if previous is None:
        return None
    month = pl.scan_parquet(previous / "counts.parquet").select(pl.col("month").max()).collect().item()
    return month if month is not None and month < report.month else None


def names_of_level(snapshot: Path, month: date, level: str) -> dict[str, str]:
    """The areas of a level by code."""
    areas = areas_of(pl.read_parquet(snapshot / "areas.parquet"), month).filter(level=level)
    return dict(areas.select("area_code", "name").iter_rows())


def _files(snapshot: Path) -> set[str]:
    return set(pl.read_parquet(snapshot / "files.parquet", columns=["sha256"])["sha256"])


def _changed_figures(
    snapshot: Path, previous: Path, names: dict[str, str], until: date, report: ReportContext
) -> tuple[list[FigureChange], list[FigureChange], list[FigureChange]]:
    """Counts of months up to `until` that were revised, came late, or went; the largest differences first."""
    changes = _without_sums(_differing(snapshot, previous, names, until), report.parts)
    return (
        [_shown(change, limits_of(report)) for change in changes if None not in (change.before, change.now)],
        [change for change in changes if change.before is None],
        [change for change in changes if change.now is None],
    )


def _differing(snapshot: Path, previous: Path, names: dict[str, str], until: date) -> list[FigureChange]:
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
