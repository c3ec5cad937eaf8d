"""Why a figure is another in a later snapshot: the file it comes from, a correction, the rules, or the code."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple

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


class _Changed(NamedTuple):
    """A figure that differs: the file it comes from in each snapshot, if any.

    `stood` and `stands` are the file of before at the path of after, and the file of after at the path of before.
    """

    source: str
    area_code: str
    element: str
    period: date
    span: str
    old_path: str | None
    old_file: str | None
    stands: str | None
    new_path: str | None
    new_file: str | None
    stood: str | None
    is_moved: bool


class FigureCauses:
    """The figures of two snapshots that differ, each with its cause; `rows` queries both."""

    def __init__(
        self, rows: Callable[..., list[tuple]], old: Snapshot, new: Snapshot, inputs: Inputs, month: date
    ) -> None:
        self._rows, self._old, self._new, self._inputs, self._month = rows, old, new, inputs, month

    def causes(self, key: CountKey) -> set[Cause]:
        """The causes of the figures that a count is made of, in either snapshot."""
        return self._of_counts.get(key, set())

    @cached_property
    def _of_counts(self) -> dict[CountKey, set[Cause]]:
        """The causes of the figures that differ, by the counts they are part of, also where an area that was split went."""
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
            select distinct counted_in, month, changed.*
            from ({parts}) as parts
            join ({_CHANGED}) as changed using (source, area_code, element, period, span)
            """,
            month=self._month,
        )
        causes: dict[CountKey, set[Cause]] = defaultdict(set)
        for area, month, *columns in rows:
            figure = _Changed(*columns)
            for code in (area, figure.area_code):
                causes[code, figure.element, month].add(self._cause(figure))
        return causes

    def _cause(self, figure: _Changed) -> Cause:
        before, after = f"{figure.source}/{figure.old_path}", f"{figure.source}/{figure.new_path}"
        tables = ("areas.csv", "elements.toml", f"{figure.source}/source.toml")
        file_id = figure.new_file or figure.stands
        if figure.is_moved:
            return self.rules("areas.csv")
        if file_id and file_id == (figure.old_file or figure.stood):
            how = self._recorrected.get((file_id, figure.element))
            name = after if figure.new_file else before
            return Cause("correction", f"{how} for {name}") if how else self.rules(*tables)
        if figure.old_file is None:
            return Cause("changed file" if figure.stood else "new file", after)
        if figure.new_file is None:
            return Cause("changed file" if figure.stands else "file gone", before)
        if before == after:
            return Cause("changed file", after)
        if figure.stood is None:
            return Cause("revision", f"{after}, which replaces {before}")
        if figure.stands is None:
            return Cause("file gone", f"{before}; {after} counts again")
        return self.rules("receipts.csv", "areas.csv", f"{figure.source}/source.toml")

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


# The area of today in which the figures of each area count.
_HOMES = """
select area_code, arg_max(current_code, valid_from) as current_code
from {}_areas
where current_code is not null
group by all
"""

# Figures that differ; one that stands unchanged under another area has moved, there and from there.
_FIGURES = "select figures.*, files.path from {0}_figures as figures join {0}_files as files using (file_id)"
_CHANGED = f"""
with differing as (
    select
        source, area_code, element, period, span, old.value as before, new.value as after,
        old.path as old_path, old.file_id as old_file, new.path as new_path, new.file_id as new_file
    from ({_FIGURES.format("old")}) as old
    full join ({_FIGURES.format("new")}) as new using (source, area_code, element, period, span)
    where period <= $month and old.value is distinct from new.value
),
moved as (
    select unnest([gone.area_code, come.area_code]) as area_code, source, element, period, span
    from differing as gone
    left join ({_HOMES.format("new")}) as homes using (area_code)
    join differing as come using (source, element, period, span)
    where gone.after is null and come.before is null and gone.before = come.after
        and come.area_code = coalesce(current_code, gone.area_code)
)
select
    differing.source, area_code, element, period, span,
    old_path, old_file, new_files.file_id as stands, new_path, new_file, old_files.file_id as stood,
    (differing.source, area_code, element, period, span) in
        (select (source, area_code, element, period, span) from moved) as is_moved
from differing
left join new_files on new_files.source = differing.source and new_files.path = old_path
left join old_files on old_files.source = differing.source and old_files.path = new_path
"""
