"""How an edition differs from the one before: areas, figures, returns and verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from types import MappingProxyType

import polars as pl

from pipeline.reference import Indicator
from pipeline.reporting.facts.area_names import Names
from pipeline.reporting.facts.estimate import HIGHER, LOWER, UNCLEAR
from pipeline.reporting.facts.returns import Returns, all_returns, last_months

SEX_RATIO = "sex_ratio_at_birth"


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
    areas_new: dict[str, str]
    areas_gone: dict[str, str]
    returns_before: Returns
    returns_now: Returns
    verdicts: list[VerdictChange]

    def renamed(self, names: Names) -> Changes:
        """The same with other names of the areas, by code, as far as there are any."""

        def given(changes: list) -> list:
            return [replace(one, name=names.get(one.area_code, one.name)) for one in changes]

        return replace(
            self,
            **{kind: given(getattr(self, kind)) for kind in ("revised", "late", "lost", "verdicts")},
            **{
                kind: {code: names.get(code, name) for code, name in getattr(self, kind).items()}
                for kind in ("areas_new", "areas_gone")
            },
        )

    def is_same_year(self, month: date) -> bool:
        """Whether the years so far of both editions can be compared: in January they begin anew."""
        return self.previous.year == month.year


def load_changes(
    snapshot: Path,
    previous: Path | None,
    month: date,
    level: str,
    spec: Indicator,
    parts: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Changes | None:
    """How the areas of a level differ from the snapshot before; None where there is none, or of no earlier month."""
    before = _month_of(previous) if previous else None
    if before is None or before >= month:
        return None
    names, names_before = areas_of_level(snapshot, month, level), areas_of_level(previous, before, level)
    figures = _without_sums(_changed_figures(snapshot, previous, names, before), parts)
    judged, judged_before = _judged(snapshot, names, month, spec), _judged(previous, names, before, spec)
    nothing = Judged(None, None, None, "")
    return Changes(
        previous=before,
        files_new=len(_files(snapshot) - _files(previous)),
        revised=[change for change in figures if None not in (change.before, change.now)],
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
        ],
    )


def _month_of(snapshot: Path) -> date | None:
    """The last month with counts: the month of its edition."""
    return pl.scan_parquet(snapshot / "counts.parquet").select(pl.col("month").max()).collect().item()


def areas_of_level(snapshot: Path, month: date, level: str) -> dict[str, str]:
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


def _without_sums(changes: list[FigureChange], parts: Mapping[str, Sequence[str]]) -> list[FigureChange]:
    """Births are not named beside the male births that changed: a revision counts once."""
    changed = {(one.area_code, one.month, one.element) for one in changes}
    return [
        one
        for one in changes
        if not any((one.area_code, one.month, part) in changed for part in parts.get(one.element, ()))
    ]


def _judged(snapshot: Path, names: dict[str, str], month: date, spec: Indicator) -> dict[str, Judged]:
    table = (
        pl.scan_parquet(snapshot / "indicators.parquet")
        .filter(
            pl.col("area_code").is_in(list(names)),
            pl.col("month") == month,
            pl.col("time_window") == "ytd",
            pl.col("indicator") == SEX_RATIO,
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
