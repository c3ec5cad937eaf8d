"""What differs between two snapshots in the months both hold, and which changed input is behind it.

A figure has a file, so a change of a figure has a cause; a count has figures, or counts below it that changed. What is
left over follows from reference tables that changed, and where none did, from the code.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb

from pipeline.build import Snapshot
from pipeline.commands.months import shifted
from pipeline.finding_words import ABOUT_INDICATORS
from pipeline.problems import ProblemError
from pipeline.reference import Element

CountKey = tuple[str, str, date]  # area, element, month
_COMPARED = ("areas", "corrections", "counts", "figures", "files", "findings", "indicators")
_REFERENCE, _RAW = "data/reference/", "data/raw/"


@dataclass(frozen=True, order=True)
class Cause:
    """Why a figure is another: what happened, and to which file or table."""

    kind: str
    what: str


@dataclass(frozen=True)
class ChangedCount:
    area_code: str
    element: str
    month: date
    before: int | None
    after: int | None
    causes: frozenset[Cause]
    is_lowest: bool

    @property
    def size(self) -> int:
        return abs((self.after or 0) - (self.before or 0))


@dataclass(frozen=True)
class ChangedIndicator:
    area_code: str
    indicator: str
    before: float | None
    after: float | None
    half_interval: float | None

    @property
    def size(self) -> float:
        """The change in half widths of the 95 % interval; what was or is unknown comes first."""
        if self.before is None or self.after is None:
            return float("inf")
        return abs(self.after - self.before) / (self.half_interval or float("inf"))


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
    value: int
    is_corrected: bool
    file_id: str
    source: str
    path: str
    element: str


class Comparison:
    """Two snapshots side by side."""

    def __init__(
        self, earlier: tuple[Snapshot, Path], later: tuple[Snapshot, Path], elements: dict[str, Element]
    ) -> None:
        self.old, self.new = earlier[0], later[0]
        self.month = min(self.old.month, self.new.month)
        self._elements = elements
        self._connection = duckdb.connect()
        for side, (snapshot, folder) in (("old", earlier), ("new", later)):
            for table in _COMPARED:
                path = folder / f"{table}.parquet"
                if not path.exists():
                    raise ProblemError(
                        str(folder),
                        f"no table {table}",
                        f"an edition built by this version; `sitrep build --edition {snapshot.edition}` makes it again",
                    )
                self._connection.read_parquet(str(path)).create_view(f"{side}_{table}")
        self.names = dict(
            self._rows("select area_code, arg_max(name, valid_from) from old_areas group by all")
        )
        self.names |= dict(
            self._rows("select area_code, arg_max(name, valid_from) from new_areas group by all")
        )

    @cached_property
    def inputs(self) -> Inputs:
        old, new = self.old.inputs, self.new.inputs
        return Inputs(
            new=tuple(sorted(new.keys() - old.keys())),
            changed=tuple(sorted(path for path in new.keys() & old.keys() if new[path] != old[path])),
            gone=tuple(sorted(old.keys() - new.keys())),
        )

    @cached_property
    def counts(self) -> list[ChangedCount]:
        """Every count of a month that both hold and that differs, the largest change first."""
        differing = self._differing
        changed = [
            ChangedCount(*key, *differing[key], self._causes(key), not self._below(key)) for key in differing
        ]
        return sorted(changed, key=lambda count: (-count.size, count.area_code, count.month, count.element))

    def indicators(self, level: str) -> list[ChangedIndicator]:
        """Year-to-date indicators of a level that differ in the last month both hold, the largest change first."""
        rows = self._rows(
            """
            select new.area_code, new.indicator, old.value, new.value, (new.upper_95 - new.lower_95) / 2
            from new_indicators as new
            join old_indicators as old using (area_code, month, time_window, indicator)
            join (select distinct area_code from new_areas where level = $level) using (area_code)
            where month = $month
                and time_window = 'ytd'
                and (
                    (old.value is null) <> (new.value is null)
                    or abs(old.value - new.value) > 1e-9 * greatest(1, abs(old.value))
                )
            """,
            level=level,
            month=self.month,
        )
        changed = [ChangedIndicator(*row) for row in rows]
        return sorted(changed, key=lambda each: (-each.size, each.area_code, each.indicator))

    def findings(self) -> tuple[list[tuple], list[tuple]]:
        """Findings about data that are new and that are gone: month, area_code, subject, kind, evidence."""
        kinds = ", ".join(f"'{kind}'" for kind in ABOUT_INDICATORS)
        columns = "month, area_code, subject, kind, evidence"
        return tuple(  # type: ignore[return-value]
            self._rows(
                f"select {columns} from {here}_findings anti join {there}_findings using (finding_id) "
                f"where kind not in ({kinds}) order by month desc, area_code, kind, finding_id"
            )
            for here, there in (("new", "old"), ("old", "new"))
        )

    def areas(self) -> list[tuple[str, str | None, str | None]]:
        """Areas whose name, parent or successor differ: code, and how each table describes them."""
        described = (
            "select area_code, string_agg(concat_ws(' ', name, 'in ' || parent_code, 'until ' || strftime(valid_to, "
            "'%Y-%m'), 'then ' || successor_codes), '; ' order by valid_from) as said from {}_areas group by all"
        )
        return self._rows(
            f"select area_code, old.said, new.said from ({described.format('old')}) as old "
            f"full join ({described.format('new')}) as new using (area_code) "
            "where old.said is distinct from new.said order by area_code"
        )

    @cached_property
    def _differing(self) -> dict[CountKey, list[int | None]]:
        rows = self._rows(
            """
            select area_code, element, month, old.value, new.value
            from old_counts as old
            full join new_counts as new using (area_code, month, element)
            where old.value is distinct from new.value and month <= $month
                and month >= (select greatest((select min(month) from old_counts), (select min(month) from new_counts)))
            """,
            month=self.month,
        )
        return {(area, element, month): values for area, element, month, *values in rows}

    def _causes(self, key: CountKey) -> frozenset[Cause]:
        """The causes of the figures behind a count; where no figure changed, what the rules make of them."""
        if key not in self._known_causes:
            own = set(self._causes_of_figures(key)) | self._causes_from_below(key)
            self._known_causes[key] = frozenset(own or {self._rules("areas.csv", "elements.toml")})
        return self._known_causes[key]

    def _causes_from_below(self, key: CountKey) -> set[Cause]:
        """The causes of what a count is the sum of; what cancels out (an area under a new code) is none."""
        moved: dict[Cause, int] = defaultdict(int)
        for below in self._below(key):
            before, after = self._differing[below]
            for cause in self._causes(below):
                moved[cause] += (after or 0) - (before or 0)
        return {cause for cause, change in moved.items() if change} or set(moved)

    @cached_property
    def _known_causes(self) -> dict[CountKey, frozenset[Cause]]:
        return {}

    def _below(self, key: CountKey) -> list[CountKey]:
        """Counts that differ and are part of a count: of the areas below, and of the parts of a sum."""
        area, element, month = key
        parts = ((area, part, month) for part in self._elements[element].sum_of if part in self._elements)
        areas = ((code, element, month) for code in self._children.get(area, ()))
        return [part for part in (*parts, *areas) if part in self._differing]

    @cached_property
    def _children(self) -> dict[str, set[str]]:
        children: dict[str, set[str]] = defaultdict(set)
        for side in ("old", "new"):
            query = f"select distinct parent_code, area_code from {side}_areas where parent_code is not null"
            for parent, code in self._rows(query):
                children[parent].add(code)
        return children

    def _causes_of_figures(self, key: CountKey) -> list[Cause]:
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
            month=self.month,
        )
        changed: dict[tuple[str, str, int], list[tuple[date, str, Cause]]] = defaultdict(list)
        moved = self._moved_figures(rows)
        for area, element, period, span, *both in rows:
            before = _Figure(*both[:5], element) if both[0] is not None else None
            after = _Figure(*both[5:], element) if both[5] is not None else None
            is_moved = (area, element, period, span, (before or after).source) in moved  # type: ignore[union-attr]
            cause = self._rules("areas.csv") if is_moved else self._cause(before, after)
            for code in {area, self._homes["new"].get(area, area), self._homes["old"].get(area, area)}:
                changed[code, element, period.year].append((period, span, cause))
        return changed

    def _moved_figures(self, rows: list[tuple]) -> set[tuple[str, str, date, str, str]]:
        """Figures that stand unchanged under another area: area, element, period, span and source of either."""
        gone = {(*row[:4], row[7]): row[4] for row in rows if row[9] is None}
        come = {(*row[:4], row[12]): row[9] for row in rows if row[4] is None}
        moved = set()
        for (area, *rest), value in gone.items():
            there = (self._homes["new"].get(area, area), *rest)
            if come.get(there) == value:  # type: ignore[arg-type]
                moved |= {(area, *rest), there}
        return moved  # type: ignore[return-value]

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
        return self._rules("receipts.csv", "areas.csv", f"{after.source}/source.toml")

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
        return self._rules("areas.csv", "elements.toml", f"{figure.source}/source.toml")

    def _rules(self, *tables: str) -> Cause:
        """Those of the tables that changed; if none did, the code."""
        changed = [table for table in tables if {f"{_REFERENCE}{table}", f"{_RAW}{table}"} & self.inputs.all]
        return Cause("rules", ", ".join(changed)) if changed else Cause("code", self._versions)

    @property
    def _versions(self) -> str:
        return f"{self.old.version} (build {self.old.fingerprint}) → {self.new.version} (build {self.new.fingerprint})"

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

    def _rows(self, query: str, **values: object) -> list[tuple]:
        return self._connection.execute(query, values).fetchall()


def by_cause(counts: Iterable[ChangedCount]) -> dict[Cause, list[ChangedCount]]:
    """The counts under each of their causes; one with several causes stands under each."""
    found: dict[Cause, list[ChangedCount]] = defaultdict(list)
    for count in counts:
        for cause in count.causes:
            found[cause].append(count)
    return dict(sorted(found.items(), key=lambda pair: (pair[0].kind, -len(pair[1]), pair[0].what)))


def _named(figure: _Figure) -> str:
    return f"{figure.source}/{figure.path}"
