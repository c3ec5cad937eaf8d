"""The run of `sitrep check`: the raw files are read and counted aside, and nothing that is published is touched."""

from concurrent.futures import Executor
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.audit.check_facts import Checked
from pipeline.audit.check_reading import TABLES, gather
from pipeline.build import Progress, build_warehouse, lock
from pipeline.problems import ProblemError
from pipeline.reference import Reference
from pipeline.stored import remove
from pipeline.tables import schema
from pipeline.workspace import Settings, Workspace


def check_raw_files(
    workspace: Workspace,
    settings: Settings,
    reference: Reference,
    executor: Executor | None,
    progress: Progress,
) -> tuple[Checked, ProblemError | None]:
    """Read the raw files without touching what is published; a problem that stopped the counting is returned too."""
    staging = workspace.processed / ".check"
    workspace.processed.mkdir(parents=True, exist_ok=True)
    month, stopped_by = date.today(), None
    with lock(workspace.processed / ".lock"):
        try:
            month, _ = build_warehouse(
                workspace,
                settings,
                reference,
                staging,
                edition=None,
                executor=executor,
                progress=progress,
                for_statistics=False,
            )
        except ProblemError as problem:
            stopped_by = problem
        tables = _tables(staging)
        remove(staging)
    return gather(workspace, settings, tables, month), stopped_by


def _tables(staging: Path) -> dict[str, pl.DataFrame]:
    """The tables in the staging folder; one that was not come to is empty."""
    paths = {name: staging / f"{name}.parquet" for name in TABLES}
    return {
        name: pl.read_parquet(path) if path.exists() else pl.DataFrame(schema(name).empty_table())
        for name, path in paths.items()
    }
