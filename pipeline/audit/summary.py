"""An edition in a few lines, for the page of a job that ran unattended: what is new, missing, refused, and by whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipeline.audit.status import areas_of_pages
from pipeline.snapshots import Snapshot, edition_before, read_snapshot
from pipeline.stored import read_record
from pipeline.workspace import Settings, Workspace

Rows = list[tuple[str | int, ...]]


@dataclass(frozen=True)
class Summary:
    """`new_files`, `gone_files`: paths below data/raw that the edition before had not, or had; None without such a one.

    `refused`: file, cells refused, what was expected of the first of them. `missing`: source, returns due for the month,
    returns that came, and the areas of the report level with none. `findings`: severity, kind, number. `unrendered`:
    areas of the reports without a page.
    """

    edition: str
    build: str
    previous: str
    cells_read: int
    cells_refused: int
    new_files: list[str] | None
    gone_files: list[str] | None
    refused: Rows
    missing: Rows
    findings: Rows
    pages: int
    unrendered: list[str]


def summary_of(workspace: Workspace, settings: Settings, snapshot: Snapshot) -> Summary:
    """Read the published tables; nothing is changed."""
    folder = edition_before(workspace, snapshot)
    before = read_snapshot(folder) if folder else None
    raw = {path for path in snapshot.inputs.items() if path[0].startswith("data/raw/")}
    raw_before = (
        {path for path in before.inputs.items() if path[0].startswith("data/raw/")} if before else set()
    )
    with duckdb.connect() as connection:
        tables = _Tables(connection, workspace.current)
        areas = [
            str(code) for (code,) in tables.rows(_REPORTED, [list(settings.reported_levels), snapshot.month])
        ]
        made = _made(workspace.site / snapshot.edition)
        return Summary(
            edition=snapshot.edition,
            build=snapshot.fingerprint,
            previous=before.edition if before else "",
            cells_read=snapshot.cells_read,
            cells_refused=snapshot.cells_refused,
            new_files=sorted({path for path, _ in raw - raw_before}) if before else None,
            gone_files=sorted({path for path, _ in raw_before} - {path for path, _ in raw})
            if before
            else None,
            refused=tables.rows(_REFUSED),
            missing=tables.rows(_MISSING, [settings.report_level, snapshot.month]),
            findings=tables.rows(_FINDINGS),
            pages=len(made),
            unrendered=[code for code in areas if code not in made],
        )


class _Tables:
    """The tables of a snapshot as views."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
        self._connection = connection
        for name in ("areas", "completeness", "findings", "rejects"):
            connection.read_parquet(str(folder / f"{name}.parquet")).create_view(name)

    def rows(self, query: str, parameters: Sequence[object] = ()) -> Rows:
        return self._connection.execute(query, parameters).fetchall()


_REFUSED = """
    select 'data/raw/' || source || '/' || path as file, count(*) as cells, arg_min(expected, (sheet, "row", "column"))
    from rejects
    group by file
    order by cells desc, file
"""
_MISSING = """
    select source, sum(expected)::bigint, sum(actual)::bigint,
        coalesce(string_agg(name, ', ' order by area_code) filter (actual = 0), '')
    from completeness
    join areas using (area_code)
    where level = $1 and month = $2 and expected > 0
        and valid_from <= month and (valid_to is null or valid_to >= month)
    group by source
    having sum(actual) < sum(expected)
    order by source
"""
_FINDINGS = """
    select severity, kind, count(*)
    from findings
    group by severity, kind
    order by list_position(['error', 'warning', 'note'], severity), kind
"""
_REPORTED = """
    select distinct area_code
    from areas
    where level in (select unnest($1)) and valid_from <= $2 and (valid_to is null or valid_to >= $2)
    order by area_code
"""


def _made(site: Path) -> list[str]:
    manifest = read_record(site / "manifest.json")
    return areas_of_pages(manifest["pages"]) if manifest else []
