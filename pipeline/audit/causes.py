"""Why a figure is another in a later snapshot: the file it comes from, a correction, the rules, or the code."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.snapshots import Snapshot

CountKey = tuple[str, str, date]  # area, element, month
FigureKey = tuple[str, str, str, date, str]  # source, area, element, period, span
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
    """A figure of one snapshot, and the file it comes from."""

    source: str
    element: str
    value: int
    file_id: str
    path: str

    @property
    def file(self) -> str:
        return f"{self.source}/{self.path}"


class FigureCauses:
    """The figures of two snapshots that differ, each with its cause; `rows` queries both."""

    def __init__(
        self, rows: Callable[..., list[tuple]], old: Snapshot, new: Snapshot, inputs: Inputs, month: date
    ) -> None:
        self._rows, self._old, self._new, self._inputs, self._month = rows, old, new, inputs, month

    def causes(self, key: CountKey) -> set[Cause]:
        """The causes of the figures that a count is made of, in either snapshot."""
        return {self._changed_figures[figure] for figure in self._figures_of_counts.get(key, ())}

    @cached_property
    def _figures_of_counts(self) -> dict[CountKey, list[FigureKey]]:
        """The figures that differ, by the counts they are part of; those of an area that was split count where it went."""
        parts = " union ".join(
            f"""
            select coalesce(current_code, lineage.area_code) as counted_in, lineage.*
            from {side}_lineage_of_counts as lineage
            left join ({_HOMES.format(side)}) as homes using (area_code)
            left join {side}_counts as counts using (area_code, element, month)
            where total = 'month' and (counts.source = lineage.source or counted_in <> lineage.area_code)
            """
            for side in ("old", "new")
        )
        rows = self._rows(
            f"""
            select distinct counted_in, element, month, source, area_code, element, period, span
            from ({parts}) as parts
            join ({_CHANGED}) as changed using (source, area_code, element, period, span)
            """,
            month=self._month,
        )
        figures: dict[CountKey, list[FigureKey]] = defaultdict(list)
        for area, element, month, *figure in rows:
            figures[area, element, month].append(tuple(figure))
            figures[figure[1], element, month].append(tuple(figure))
        return figures

    @cached_property
    def _changed_figures(self) -> dict[FigureKey, Cause]:
        """The cause of each figure that differs."""
        rows = self._rows(_CHANGED, month=self._month)
        moved = self._moved_figures(rows)
        changed = {}
        for *key, before, old_file, old_path, after, new_file, new_path in rows:
            source, _, element, *_ = figure = tuple(key)
            if figure in moved:
                changed[figure] = self.rules("areas.csv")
            elif after is None:
                gone = _Figure(source, element, before, old_file, old_path)
                changed[figure] = self._cause_of_one(gone, self._new_files, "file gone")
            elif before is None:
                come = _Figure(source, element, after, new_file, new_path)
                changed[figure] = self._cause_of_one(come, self._old_files, "new file")
            else:
                there = _Figure(source, element, before, old_file, old_path)
                changed[figure] = self._cause_of_both(
                    there, _Figure(source, element, after, new_file, new_path)
                )
        return changed

    def _moved_figures(self, rows: list[tuple]) -> set[FigureKey]:
        """Figures that stand unchanged under another area: those of before and those of after."""
        homes = dict(self._rows(_HOMES.format("new")))
        gone = {row[:5]: row[5] for row in rows if row[8] is None}
        come = {row[:5]: row[8] for row in rows if row[5] is None}
        moved: set[FigureKey] = set()
        for (source, area, *rest), value in gone.items():
            there = (source, homes.get(area, area), *rest)
            if come.get(there) == value:
                moved |= {(source, area, *rest), there}
        return moved

    def _cause_of_both(self, before: _Figure, after: _Figure) -> Cause:
        if before.file_id == after.file_id:
            return self._cause_of_same_file(after)
        here, there = after.file, before.file
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
            return Cause(only_here, figure.file)
        if other != figure.file_id:
            return Cause("changed file", figure.file)
        return self._cause_of_same_file(figure)

    def _cause_of_same_file(self, figure: _Figure) -> Cause:
        if how := self._recorrected.get((figure.file_id, figure.element)):
            return Cause("correction", f"{how} for {figure.file}")
        return self.rules("areas.csv", "elements.toml", f"{figure.source}/source.toml")

    def rules(self, *tables: str) -> Cause:
        """Those of the tables that changed; if none did, the code."""
        changed = [table for table in tables if {f"{_REFERENCE}{table}", f"{_RAW}{table}"} & self._inputs.all]
        if changed:
            return Cause("rules", ", ".join(changed))
        before, after = (f"{each.version} (build {each.fingerprint})" for each in (self._old, self._new))
        return Cause("code", f"{before} → {after}")

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


# The area of today in which the figures of each area count.
_HOMES = """
select area_code, arg_max(current_code, valid_from) as current_code
from {}_areas
where current_code is not null
group by all
"""

# Figures that differ: their key, then value, file and path in the one snapshot and in the other.
_FIGURES = "select figures.*, files.path from {0}_figures as figures join {0}_files as files using (file_id)"
_CHANGED = f"""
select source, area_code, element, period, span, old.value, old.file_id, old.path, new.value, new.file_id, new.path
from ({_FIGURES.format("old")}) as old
full join ({_FIGURES.format("new")}) as new using (source, area_code, element, period, span)
where period <= $month and old.value is distinct from new.value
"""
