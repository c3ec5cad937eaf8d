"""The order of the steps, which of them are stale, and how a snapshot is published: whole or not at all."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import fields, replace
from datetime import date
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from pipeline import __version__
from pipeline.hashing import digest, file_hash
from pipeline.problems import ProblemError
from pipeline.reference import Reference, read_reference
from pipeline.snapshots import (
    Snapshot,
    damage,
    input_hashes,
    is_rule,
    point_current_at,
    publish,
    read_snapshot,
    snapshot_folders,
)
from pipeline.stored import remove
from pipeline.words.numbers import some
from pipeline.workers import warm_up
from pipeline.workspace import Settings, Workspace, read_settings

if TYPE_CHECKING:
    from pipeline.statistics.rules import Rule

_LOG = logging.getLogger(__name__)
_ATTEMPTS = 3
_PACKAGE = Path(__file__).parent
_SHARED = ("hashing.py", "problems.py", "snapshots.py", "stored.py", "tables.py", "toml_files.py", "tables.toml",
           "workspace.py")  # fmt: skip
Progress = Callable[[str, int, int], None]


def build_edition(
    workspace: Workspace, *, edition: date | None, executor: Executor | None, progress: Progress
) -> tuple[Snapshot, bool]:
    """Bring the warehouse up to date; returns the snapshot, and whether anything had to be done.

    A raw file that changes meanwhile is for ingest to judge; where a table of rules does, all is read again.
    """
    workspace.processed.mkdir(parents=True, exist_ok=True)
    with lock(workspace.processed / ".lock"):
        for _ in range(_ATTEMPTS):
            inputs = input_hashes(workspace)
            code = code_version("ingest", "warehouse", "statistics")
            if snapshot := _published(workspace, _fingerprint(inputs, code), edition):
                point_current_at(workspace, snapshot)
                return snapshot, False
            staging = workspace.processed / ".staging"
            snapshot = _build(workspace, staging, inputs, code, edition, executor, progress)
            rules = {path: sha256 for path, sha256 in inputs.items() if is_rule(path)}
            moved = rules.items() ^ input_hashes(workspace, is_rule).items()
            if not moved:
                return publish(workspace, staging, snapshot), True
    raise ProblemError(
        min(path for path, _ in moved),
        "a file that changed again and again during the build",
        "a file that stays as it is; run again when it is whole",
    )


def _build(
    workspace: Workspace,
    staging: Path,
    inputs: dict[str, str],
    code: str,
    edition: date | None,
    executor: Executor | None,
    progress: Progress,
) -> Snapshot:
    import polars as pl

    from pipeline.statistics import run as statistics
    from pipeline.statistics.smoother_check import SmootherError
    from pipeline.warehouse.reference_tables import reference_tables

    settings = read_settings(workspace)
    reference = read_reference(workspace, settings.levels)
    month, latest = build_warehouse(
        workspace, settings, reference, staging, edition=edition, executor=executor, progress=progress
    )
    progress("estimating trends", 0, 1)
    targets = pl.DataFrame(dict(reference_tables(reference, settings.levels))["targets"])
    try:
        differs_below = statistics.run(
            staging, month=month, rules=_rules(reference), targets=targets, executor=executor
        )
    except SmootherError as error:
        raise ProblemError(
            "trends", str(error), "the same twice; nothing was published, please report it"
        ) from error
    inputs = _as_read(inputs, staging)
    editions = f"{month:%Y-%m}", f"{latest:%Y-%m}"
    made = Snapshot(*editions, _fingerprint(inputs, code), __version__, inputs, *_cells(staging))
    return replace(made, smoother_differs_below=differs_below)


def _fingerprint(inputs: dict[str, str], code: str) -> str:
    return digest(json.dumps(inputs), code)


def _as_read(inputs: dict[str, str], staging: Path) -> dict[str, str]:
    """The inputs with the hashes of the bytes that were counted, where a raw file changed after it was listed."""
    import polars as pl

    from pipeline.ingest.files.raw_bytes import MOVED

    files = pl.read_parquet(staging / "files.parquet", columns=["source", "path", "sha256"])
    read = {f"data/raw/{source}/{path}": sha256 for source, path, sha256 in files.iter_rows()}
    moved = pl.scan_parquet(staging / "rejects.parquet").filter(reason=MOVED).select("source", "path")
    read |= {f"data/raw/{source}/{path}": MOVED for source, path in moved.collect().iter_rows()}
    return {path: read.get(path) or sha256 for path, sha256 in inputs.items()}


def _rules(reference: Reference) -> dict[str, Rule]:
    from pipeline.statistics.rules import Rule

    names = [field.name for field in fields(Rule)]
    return {
        name: Rule(**{field: getattr(indicator, field) for field in names})
        for name, indicator in reference.indicators.items()
    }


def build_warehouse(
    workspace: Workspace,
    settings: Settings,
    reference: Reference,
    staging: Path,
    *,
    edition: date | None,
    executor: Executor | None,
    progress: Progress,
    for_statistics: bool = True,
) -> tuple[date, date]:
    """Raw files to the tables of ingest and warehouse in `staging`; those between wings only `for_statistics`.

    Returns the month of the edition and the last month with counts, which is the edition unless one is asked for.
    """
    from pipeline.ingest import run as ingest
    from pipeline.warehouse import run as warehouse

    remove(staging)
    staging.mkdir(parents=True)
    ingest.run(
        workspace.source_folders(),
        staging,
        workspace.cache / "raw",
        reference=reference,
        code_version=code_version("ingest"),
        executor=executor,
        progress=progress,
    )
    progress("computing counts and indicators", 0, 1)
    if for_statistics:
        warm_up(executor, "pipeline.statistics.run")  # takes each of them two seconds
    return warehouse.run(
        staging, reference=reference, levels=settings.levels, edition=edition, for_statistics=for_statistics
    )


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """One writer at a time; a second one is told so after ten seconds."""
    guard = FileLock(path, timeout=10)
    try:
        guard.acquire()
    except Timeout:
        raise ProblemError(
            f"data/processed/{path.name}",
            "another run at work in this workspace",
            "one run at a time; wait until it is done",
        ) from None
    try:
        yield
    finally:
        guard.release()


def code_version(*wings: str) -> str:
    """Changes when the code of these wings, a module they share, or a package they run on changes."""
    files = [_PACKAGE / name for name in _SHARED]
    for wing in ("reference", *wings, *(["words"] if "reporting" in wings else [])):
        files += [path for path in (_PACKAGE / wing).rglob("*") if path.suffix in (".py", ".sql")]
    return digest(*(file_hash(path) for path in sorted(files)), *_packages())


@cache
def _packages() -> tuple[str, ...]:
    """The packages that the program runs on, with their versions: those it asks for, and those that these ask for."""
    versions: dict[str, str] = {}
    wanted = ["sitrep"]
    while wanted:
        name = canonicalize_name(wanted.pop())
        if name in versions:
            continue
        with suppress(PackageNotFoundError):
            package = distribution(name)
            versions[name] = package.version
            lines = [Requirement(line) for line in package.requires or ()]
            wanted += [one.name for one in lines if not one.marker or one.marker.evaluate({"extra": ""})]
    return tuple(f"{name}=={version}" for name, version in sorted(versions.items()))


def _published(workspace: Workspace, fingerprint: str, edition: date | None) -> Snapshot | None:
    """The snapshot of these inputs, if it is there and as it was published."""
    wanted = f"{edition:%Y-%m}" if edition else None
    said = ""
    for folder in snapshot_folders(workspace):
        if not folder.name.endswith(f"-{fingerprint}") or not folder.name.startswith(wanted or ""):
            continue
        snapshot, names = read_snapshot(folder), damage(folder)
        if snapshot and snapshot.edition != (wanted or snapshot.latest):
            continue
        if snapshot and not names:
            return snapshot
        said = f"The published edition {folder.name[:7]} was damaged ({some(names, 3)}); it is made again"
    if said:
        _LOG.warning(said)
    return None


def _cells(staging: Path) -> tuple[int, int, int]:
    """Cells read, refused, and of the refused those that a correction has mended."""
    import polars as pl

    files = pl.read_parquet(staging / "files.parquet")
    corrections = pl.read_parquet(staging / "corrections.parquet")
    return (
        int(files["cells_read"].sum()),
        int(files["cells_refused"].sum()),
        corrections.filter("was_refused").select("file_id", "sheet", "row", "column").n_unique(),
    )
