"""What a snapshot says of an area's counts and of what these are made of, down to the raw cells: a query per table.

The warehouse has decided everything: `lineage_of_sums`, `lineage_of_windows`, `lineage_of_counts` and
`lineage_of_figures` are read here, of the area and all within it, of some elements and months.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb

from pipeline.months import months_from

FigureKey = tuple[str, str, date, str, str]  # source, area, period, span, element

_READ_WHOLE = ("areas", "breaks", "completeness", "corrections", "files", "indicators", "lineage_of_sums",
               "lineage_of_windows", "rejects", "revisions", "time_windows")  # fmt: skip
_READ_IN_PART = {"counts": "month", "reported_counts": "month", "source_counts": "month", "stocks": "month",
                 "lineage_of_counts": "month", "figures": "period", "lineage_of_figures": "period"}  # fmt: skip

_AREAS_WITHIN = """
    create table codes as
    with recursive within as (
        select $area as area_code
        union
        select part_code from within join lineage_of_sums using (area_code) semi join elements using (element)
    )
    from within"""

_TOTALS = """
    select area_code, element, month, 'month', value, {of_month} from {table}
    union all
    select area_code, element, month, 'ytd', value_ytd, {of_ytd} from {table}"""

_TERMS = """
    select source, area_code, element, month, total, period, span, sign, rule, value
    from lineage_of_counts
    join figures using (source, area_code, element, period, span)
    order by sign desc, span = 'month', period"""

_CELLS = """
    with cells as (
        select file_id, sheet, "row", "column", element, area_code as named_code, period, span, value, text
        from observations
        union all
        select file_id, sheet, "row", "column", element, area_code, period, span, null, rejects.found
        from rejects
        semi join corrections using (file_id, sheet, "row", "column", element)
    )
    select
        source, area_code, period, span, element,
        file_id, sheet, "row", "column", named_code,
        coalesce(cells.text, format('{:.15g}', cells.value)), coalesce(corrections.value, cells.value),
        corrections.reason, corrections.author, corrections.date
    from lineage_of_figures
    join cells using (file_id, named_code, period, span, element)
    left join corrections using (file_id, sheet, "row", "column", element)
    order by all"""

_REVISIONS = """
    select
        figure.source, figure.area_code, figure.period, figure.span, figure.element,
        revisions.previous_file_id, revisions.value_before, revisions.file_id, revisions.value
    from revisions
    join lineage_of_figures as figure
        on (figure.source, figure.named_code, figure.period, figure.span, figure.element)
        = (revisions.source, revisions.area_code, revisions.period, revisions.span, revisions.element)
    join files on files.file_id = revisions.file_id
    order by files.sequence"""

_REFUSED = """
    select
        unnest(list_distinct([rejects.area_code, coalesce(areas.current_code, rejects.area_code)])),
        rejects.element, rejects.period,
        rejects.source, rejects.source || '/' || rejects.path,
        rejects.sheet, rejects."row", rejects."column", rejects.found, rejects.expected
    from rejects
    asof left join areas on areas.area_code = rejects.area_code and areas.valid_from <= rejects.period
    anti join corrections
        on (corrections.file_id, corrections.sheet, corrections."row", corrections."column", corrections.element)
        = (rejects.file_id, rejects.sheet, rejects."row", rejects."column", rejects.element)
    order by all"""


@dataclass(frozen=True)
class Term:
    """A figure that a count is made of, the rule (stated, differenced or filled), and the figure's value."""

    figure: FigureKey
    sign: int
    rule: str
    value: int


@dataclass(frozen=True)
class Cell:
    """One raw cell: where it stands, which area its row names, its text, what counts of it, and the correction."""

    file_id: str
    sheet: str
    row: int
    column: int
    named_code: str
    text: str
    value: float
    reason: str | None
    author: str | None
    corrected_on: date | None


@dataclass(frozen=True)
class Stock:
    """What is known at the end of a month, else filled in from the months around it; the mean over the month."""

    value: int | None = None
    closing: float | None = None
    average: float | None = None
    filled_from: date | None = None
    filled_to: date | None = None


class Lineage:
    """The rows of a snapshot that speak of some elements of an area and all within it, in a window up to a month.

    The months that are read begin with the December before the year in which the window begins: cumulative counts
    bridge a window from there. `months` are those of the window.
    """

    def __init__(self, folder: Path, area_code: str, elements: list[str], window: str, month: date) -> None:
        self._folder, self._area, self._window, self._month = folder, area_code, window, month
        self._database = duckdb.connect()
        for table in _READ_WHOLE:
            self._parquet(table).create_view(table)
        query = (
            "select coalesce(min(first_month), $2) from time_windows where time_window = $1 and month = $2"
        )
        ((first,),) = self._rows(query, window, month)
        self.months = months_from(first, month)
        self._years = f"between '{self.months[0].year - 1}-12-01' and '{month.year}-12-01'"
        self._database.execute("create table elements as select unnest($1) as element", [elements])
        self._database.execute(_AREAS_WITHIN, {"area": area_code})
        for table, period in _READ_IN_PART.items():
            scope = f"area_code in (from codes) and element in (from elements) and {period} {self._years}"
            self._parquet(table).filter(scope).create_view(table)

    def indicator(self, name: str) -> dict[str, dict[str, Any]]:
        """The published rows of an indicator of the area in the month, by window."""
        query = "from indicators where area_code = $1 and indicator = $2 and month = $3"
        found = self._database.sql(query, params=[self._area, name, self._month]).to_arrow_table()
        return {row["time_window"]: row for row in found.to_pylist()}

    def bridge(self, element: str) -> list[tuple[date, int]]:
        """The cumulative counts, with their signs, that the window is made of; none where it is the sum of its months."""
        return self._rows(
            "select cumulative_month, sign from lineage_of_windows where area_code = $1 and element = $2 "
            "and time_window = $3 and month = $4 order by cumulative_month = month desc, cumulative_month",
            *(self._area, element, self._window, self._month),
        )

    def stock(self, element: str, month: date) -> Stock:
        """A stock of the area at the end of a month; all of it is unknown outside the calendar."""
        columns = "value, closing, average, filled_from, filled_to"
        query = f"select {columns} from stocks where area_code = $1 and element = $2 and month = $3"
        return next((Stock(*row) for row in self._rows(query, self._area, element, month)), Stock())

    @cached_property
    def counts(self) -> dict[tuple, tuple[int | None, str | None]]:
        """By area, element, month and total: counts of areas of today, made of: figures, areas or parts."""
        return self._totals("counts", "made_of", "ytd_made_of")

    @cached_property
    def own_counts(self) -> dict[tuple, tuple[int | None, str | None]]:
        """By area, element, month and total: counts by the area's own figures, and their source.

        Without a source, the count of a month is missing, and that since January the sum of the months.
        """
        return self._totals("reported_counts", "source", "ytd_source")

    @cached_property
    def parts_of_sums(self) -> dict[tuple, list[tuple[str, bool]]]:
        """By area and element: the areas right below that are added up, and whether by their own figures."""
        return self._grouped(
            "select area_code, element, part_code, is_unit from lineage_of_sums order by all", 2
        )

    @cached_property
    def by_source(self) -> dict[tuple, list[tuple[str, int]]]:
        """By area, element and month: what each source has, in the order of their precedence."""
        columns = "area_code, element, month, source, value"
        return self._grouped(f"select {columns} from source_counts where value is not null order by rank", 3)

    @cached_property
    def sources(self) -> dict[tuple, list[tuple[str, int]]]:
        """By area and element: the sources that have it in any of the months, in the order of their precedence."""
        return self._grouped(
            "select distinct area_code, element, source, rank from source_counts order by rank", 2
        )

    @cached_property
    def terms(self) -> dict[tuple, list[Term]]:
        """By source, area, element, month and total: the figures that the count is made of."""
        return {
            key: [Term((*key[:2], period, span, key[2]), *rest) for period, span, *rest in terms]
            for key, terms in self._grouped(_TERMS, 5).items()
        }

    @cached_property
    def cells(self) -> dict[tuple, list[Cell]]:
        """By figure: the cells that it is made of, those that were corrected or mended with what counts instead."""
        observations = self._folder / "observations.parquet"
        names = self._rows("select distinct file_id || '.parquet' from lineage_of_figures")
        paths = [str(path) for (name,) in names if (path := observations / name).exists()]
        self._database.read_parquet(paths or str(observations / "*.parquet")).create_view("observations")
        return {key: [Cell(*cell) for cell in cells] for key, cells in self._grouped(_CELLS, 5).items()}

    @cached_property
    def revisions(self) -> dict[tuple, list[tuple[str, int, str, int]]]:
        """By figure: the earlier file, what it had, the later file, and what that has."""
        return self._grouped(_REVISIONS, 5)

    @cached_property
    def refused(self) -> dict[tuple, list[tuple]]:
        """By area, element and month: the refused cells that no correction has mended.

        Each with source, path, sheet, row, column, what was found and what was expected.
        """
        return self._grouped(_REFUSED, 3)

    @cached_property
    def returns(self) -> set[tuple]:
        """Area, source and month of the returns that came."""
        query = f"select area_code, source, month from completeness where actual > 0 and month {self._years}"
        return set(self._rows(query))

    @cached_property
    def breaks(self) -> list[tuple[str, date, str, str, bool]]:
        """Area, month, kind, predecessors, and whether the series goes on from them."""
        return self._rows(
            "select area_code, month, kind, predecessors, is_carried_over from breaks "
            f"where area_code in (from codes) and month {self._years} order by month, area_code"
        )

    @cached_property
    def paths(self) -> dict[str, str]:
        """By file_id."""
        return dict(self._rows("select file_id, source || '/' || path from files"))

    @cached_property
    def names(self) -> dict[str, str]:
        """By area code, the latest."""
        return dict(self._rows("select area_code, name from areas order by area_code, valid_from"))

    def _parquet(self, table: str) -> duckdb.DuckDBPyRelation:
        return self._database.read_parquet(str(self._folder / f"{table}.parquet"))

    def _totals(self, table: str, of_month: str, of_ytd: str) -> dict[tuple, tuple[int | None, str | None]]:
        rows = self._rows(_TOTALS.format(table=table, of_month=of_month, of_ytd=of_ytd))
        return {tuple(key): (value, origin) for *key, value, origin in rows}

    def _grouped(self, query: str, width: int) -> dict[tuple, list[tuple]]:
        """Rows by their first `width` columns."""
        found: dict[tuple, list[tuple]] = defaultdict(list)
        for row in self._rows(query):
            found[row[:width]].append(row[width:])
        return dict(found)

    def _rows(self, query: str, *values: Any) -> list[tuple]:
        return self._database.execute(query, list(values)).fetchall()
