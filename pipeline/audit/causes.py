"""Why a figure is another in a later snapshot: the file it comes from, a correction, the rules, or the code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.audit.months import shifted
from pipeline.snapshots import Snapshot

CountKey = tuple[str, str, date]  # area, element, month
_REFERENCE, _RAW = "data/reference/", "data/raw/"


@dataclass(frozen=True, order=True)
class Cause:
    """Why a figure is another: what happened, and to which file or table."""

    kind: str
    what: str


@dataclass(frozen=True)
class Inputs:
    """Paths of inputs, relative to the workspace."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    gone: tuple[str, ...]

    @property
    def all(self) -> frozenset[str]:
        return frozenset((*self.new, *self.changed, *self.gone))


@dataclass(frozen=True)
class _Figure:
    element: str
    value: int
    is_corrected: bool
    file_id: str
    source: str
    path: str


class FigureCauses:
    """The figures of two snapshots that differ, each with its cause; `rows` queries both."""

    def __init__(
        self, rows: Callable[..., list[tuple]], old: Snapshot, new: Snapshot, inputs: Inputs, month: date
    ) -> None:
        self._rows, self._old, self._new, self._inputs, self._month = rows, old, new, inputs, month

    def causes(self, key: CountKey) -> list[Cause]:
        """Of the month's own figure; else of the cumulative ones it is the difference of; else of its year's."""
        area, element, month = key
        changed = self._changed_figures.get((area, element, month.year), [])
        of_month = [cause for period, span, cause in changed if period == month and span == "month"]
        cumulative = [(period, cause) for period, span, cause in changed if span != "month"]
        around = [cause for period, cause in cumulative if period in (month, shifted(month, -1))]
        return of_month or around or [cause for _, cause in cumulative]

    @cached_property
    def _changed_figures(self) -> dict[tuple[str, str, int], list[tuple[date, str, Cause]]]:
        """Figures that differ, by area (of today, in either edition), element and year: period, span and cause."""
        columns = "value, is_corrected, file_id, source, path"
        stated = (
            "select figures.*, files.path from {0}_figures as figures join {0}_files as files using (file_id)"
        )
        sides = ", ".join(f"{side}.{name}" for side in ("old", "new") for name in columns.split(", "))
        rows = self._rows(
            f"""
            select area_code, element, period, span, {sides}
            from ({stated.format("old")}) as old
            full join ({stated.format("new")}) as new using (source, area_code, period, span, element)
            where period <= $month and (old.value is distinct from new.value)
            """,
            month=self._month,
        )
        changed: dict[tuple[str, str, int], list[tuple[date, str, Cause]]] = defaultdict(list)
        moved = self._moved_figures(rows)
        for area, element, period, span, *both in rows:
            before = _Figure(element, *both[:5]) if both[0] is not None else None
            after = _Figure(element, *both[5:]) if both[5] is not None else None
            source = both[3] or both[8]
            is_moved = (area, element, period, span, source) in moved
            cause = self.rules("areas.csv") if is_moved else self._cause(before, after)
            for code in {area, self._homes["new"].get(area, area), self._homes["old"].get(area, area)}:
                changed[code, element, period.year].append((period, span, cause))
        return changed

    def _moved_figures(self, rows: list[tuple]) -> set[tuple]:
        """Figures that stand unchanged under another area: area, element, period, span and source of either."""
        gone = {(*row[:4], row[7]): row[4] for row in rows if row[9] is None}
        come = {(*row[:4], row[12]): row[9] for row in rows if row[4] is None}
        moved = set()
        for (area, *rest), value in gone.items():
            there = (self._homes["new"].get(area, area), *rest)
            if come.get(there) == value:
                moved |= {(area, *rest), there}
        return moved

    @cached_property
    def _homes(self) -> dict[str, dict[str, str]]:
        """By edition: the area of today in which the figures of each area count."""
        query = (
            "select area_code, arg_max(current_code, valid_from) from {}_areas where current_code is not null"
        )
        return {side: dict(self._rows(f"{query.format(side)} group by all")) for side in ("old", "new")}

    def _cause(self, before: _Figure | None, after: _Figure | None) -> Cause:
        if before is None:
            assert after is not None
            return self._cause_of_one(after, self._old_files, "new file")
        if after is None:
            return self._cause_of_one(before, self._new_files, "file gone")
        if before.file_id == after.file_id:
            return self._cause_of_same_file(after)
        here, there = _named(after), _named(before)
        if here == there:
            return Cause("changed file", here)
        if (after.source, after.path) not in self._old_files:
            return Cause("revision", f"{here}, which replaces {there}")
        if (before.source, before.path) not in self._new_files:
            return Cause("file gone", f"{there}; {here} counts again")
        return self.rules("receipts.csv", "areas.csv", f"{after.source}/source.toml")

    def _cause_of_one(self, figure: _Figure, others: dict[tuple[str, str], str], only_here: str) -> Cause:
        """Why a figure stands in one edition only, by the file it comes from and the files of the other edition."""
        other = others.get((figure.source, figure.path))
        if other is None:
            return Cause(only_here, _named(figure))
        if other != figure.file_id:
            return Cause("changed file", _named(figure))
        return self._cause_of_same_file(figure)

    def _cause_of_same_file(self, figure: _Figure) -> Cause:
        if how := self._recorrected.get((figure.file_id, figure.element)):
            return Cause("correction", f"{how} for {_named(figure)}")
        return self.rules("areas.csv", "elements.toml", f"{figure.source}/source.toml")

    def rules(self, *tables: str) -> Cause:
        """Those of the tables that changed; if none did, the code."""
        changed = [table for table in tables if {f"{_REFERENCE}{table}", f"{_RAW}{table}"} & self._inputs.all]
        return Cause("rules", ", ".join(changed)) if changed else Cause("code", self._versions)

    @property
    def _versions(self) -> str:
        return f"{self._old.version} (build {self._old.fingerprint}) → {self._new.version} (build {self._new.fingerprint})"

    @cached_property
    def _recorrected(self) -> dict[tuple[str, str], str]:
        """Files and elements of which a correction was added, removed or changed."""
        columns = 'file_id, element, sheet, "row", "column", value'
        old, new = (set(self._rows(f"select {columns} from {side}_corrections")) for side in ("old", "new"))
        added, removed = {row[:2] for row in new - old}, {row[:2] for row in old - new}
        return {
            key: "changed" if key in added and key in removed else "added" if key in added else "removed"
            for key in added | removed
        }

    @cached_property
    def _old_files(self) -> dict[tuple[str, str], str]:
        return self._files("old")

    @cached_property
    def _new_files(self) -> dict[tuple[str, str], str]:
        return self._files("new")

    def _files(self, side: str) -> dict[tuple[str, str], str]:
        rows = self._rows(f"select source, path, file_id from {side}_files")
        return {(source, path): file_id for source, path, file_id in rows}


def _named(figure: _Figure) -> str:
    return f"{figure.source}/{figure.path}"
