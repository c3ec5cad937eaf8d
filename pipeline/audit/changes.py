"""What differs between two snapshots in the months both hold, and which changed input is behind it.

A figure has a file, so a change of a figure has a cause; a count has figures, or counts below it that changed. What is
left over follows from reference tables that changed, and where none did, from the code.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb

from pipeline.audit.causes import Cause, CountKey, FigureCauses, Inputs
from pipeline.problems import ProblemError
from pipeline.reference import Element
from pipeline.snapshots import Snapshot
from pipeline.words.finding_values import ABOUT_INDICATORS

_COMPARED = ("areas", "corrections", "counts", "figures", "files", "findings", "indicators",
             "lineage_of_counts", "lineage_of_sums")  # fmt: skip


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
        names = "select area_code, name from {}_areas order by valid_from"
        self.names = dict(self._rows(names.format("old")) + self._rows(names.format("new")))
        self._known_causes: dict[CountKey, frozenset[Cause]] = {}

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
        changed = [
            ChangedCount(*key, before, after, self._causes(key), not self._below(key))
            for key, (before, after) in self._differing.items()
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

        def only_in(here: str, there: str) -> list[tuple]:
            return self._rows(
                f"select {columns} from {here}_findings anti join {there}_findings using (finding_id) "
                f"where kind not in ({kinds}) order by month desc, area_code, kind, finding_id"
            )

        return only_in("new", "old"), only_in("old", "new")

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
    def _figures(self) -> FigureCauses:
        return FigureCauses(self._rows, self.old, self.new, self.inputs, self.month)

    @cached_property
    def _differing(self) -> dict[CountKey, tuple[int | None, int | None]]:
        """The counts of both before and after; None where one has none."""
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
        return {(area, element, month): (old, new) for area, element, month, old, new in rows}

    def _causes(self, key: CountKey) -> frozenset[Cause]:
        """The causes of the figures behind a count; where no figure changed, what the rules make of them."""
        if key not in self._known_causes:
            own = self._figures.causes(key) | self._causes_from_below(key)
            self._known_causes[key] = frozenset(own or {self._figures.rules("areas.csv", "elements.toml")})
        return self._known_causes[key]

    def _causes_from_below(self, key: CountKey) -> set[Cause]:
        """The causes of what a count is the sum of; what cancels out (an area under a new code) is none."""
        moved: dict[Cause, int] = defaultdict(int)
        for below in self._below(key):
            before, after = self._differing[below]
            for cause in self._causes(below):
                moved[cause] += (after or 0) - (before or 0)
        return {cause for cause, change in moved.items() if change} or set(moved)

    def _below(self, key: CountKey) -> list[CountKey]:
        """Counts that differ and are part of a count: of the areas it is the sum of, and of the parts of its element."""
        area, element, month = key
        parts = ((area, part, month) for part in self._elements[element].sum_of if part in self._elements)
        areas = ((code, element, month) for code in self._parts_of_sums.get((area, element), ()))
        return [part for part in (*parts, *areas) if part in self._differing]

    @cached_property
    def _parts_of_sums(self) -> dict[tuple[str, str], list[str]]:
        """The areas that an area is the sum of, by area and element, in either snapshot."""
        parts: dict[tuple[str, str], list[str]] = defaultdict(list)
        columns = "area_code, element, part_code"
        rows = self._rows(
            f"select {columns} from old_lineage_of_sums union select {columns} from new_lineage_of_sums"
        )
        for area, element, part in rows:
            parts[area, element].append(part)
        return parts

    def _rows(self, query: str, **values: object) -> list[tuple]:
        return self._connection.execute(query, values).fetchall()


def by_cause(counts: Iterable[ChangedCount]) -> dict[Cause, list[ChangedCount]]:
    """The counts under each of their causes; one with several causes stands under each."""
    found: dict[Cause, list[ChangedCount]] = defaultdict(list)
    for count in counts:
        for cause in count.causes:
            found[cause].append(count)
    return dict(sorted(found.items(), key=lambda pair: (pair[0].kind, -len(pair[1]), pair[0].what)))
