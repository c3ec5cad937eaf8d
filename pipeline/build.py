"""The order of the steps, which of them are stale, and how a snapshot is published: whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from datetime import date
from importlib.metadata import distributions
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from pipeline import __version__
from pipeline.hashing import digest, file_hash
from pipeline.problems import ProblemError, printable
from pipeline.reference import Reference, read_reference
from pipeline.tables import PUBLISHED
from pipeline.workspace import Settings, Workspace, read_settings

if TYPE_CHECKING:
    import polars as pl

    from pipeline.statistics.rules import Rule

_PACKAGE = Path(__file__).parent
_SHARED = ("hashing.py", "problems.py", "tables.py", "workspace.py")
_WORDS = (
    "finding_figures.py",
    "finding_words.py",
    "interval_words.py",
    "month_words.py",
    "plain_words.py",
    "translations.py",
)
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Snapshot:
    """A published warehouse: its edition, the latest its inputs allow, and what it was made from."""

    edition: str
    latest: str
    fingerprint: str
    version: str
    inputs: dict[str, str]
    cells_read: int
    cells_refused: int
    cells_mended: int = 0

    @property
    def month(self) -> date:
        return date.fromisoformat(self.edition + "-01")

    @property
    def folder_name(self) -> str:
        return f"{self.edition}-{self.fingerprint}"


def build(
    workspace: Workspace, *, edition: date | None, executor: Executor | None, progress: Progress
) -> tuple[Snapshot, bool]:
    """Bring the warehouse up to date; returns the snapshot, and whether anything had to be done."""
    settings = read_settings(workspace)
    workspace.processed.mkdir(parents=True, exist_ok=True)
    with lock(workspace.processed / ".lock"):
        inputs = input_hashes(workspace)
        fingerprint = digest(json.dumps(inputs), code_version("ingest", "warehouse", "statistics"))
        if snapshot := _published(workspace, fingerprint, edition):
            _point_current_at(workspace, snapshot)
            return snapshot, False
        return _build(workspace, settings, inputs, fingerprint, edition, executor, progress), True


def _build(
    workspace: Workspace,
    settings: Settings,
    inputs: dict[str, str],
    fingerprint: str,
    edition: date | None,
    executor: Executor | None,
    progress: Progress,
) -> Snapshot:
    from pipeline.statistics import run as statistics

    reference = read_reference(workspace, settings.levels)
    staging = workspace.processed / ".staging"
    month, latest = count(
        workspace, settings, reference, staging, edition=edition, executor=executor, progress=progress
    )
    progress("estimating trends", 0, 1)
    statistics.run(
        staging,
        month=month,
        rules=_rules(reference),
        targets=_targets(reference),
        executor=executor,
    )
    progress("estimating trends", 1, 1)
    snapshot = Snapshot(
        f"{month:%Y-%m}", f"{latest:%Y-%m}", fingerprint, __version__, inputs, *_cells(staging)
    )
    _publish(workspace, staging, snapshot)
    return snapshot


def _rules(reference: Reference) -> dict[str, Rule]:
    from pipeline.statistics.rules import Rule

    names = [field.name for field in fields(Rule)]
    return {
        name: Rule(**{field: getattr(indicator, field) for field in names})
        for name, indicator in reference.indicators.items()
    }


def _targets(reference: Reference) -> pl.DataFrame:
    import polars as pl

    text, number = pl.String, pl.Float64
    columns = {"indicator": text, "year": pl.Int64, "level": text, "area_code": text}
    columns |= {"at_least": number, "at_most": number}
    rows = [[getattr(target, name) for name in columns] for target in reference.targets]
    return pl.DataFrame(rows, schema=columns, orient="row")


def count(
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

    shutil.rmtree(staging, ignore_errors=True)
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
    months = warehouse.run(
        staging,
        reference=reference,
        levels=settings.levels,
        edition=edition,
        for_statistics=for_statistics,
    )
    progress("computing counts and indicators", 1, 1)
    return months


def current_snapshot(workspace: Workspace) -> Snapshot | None:
    """The snapshot that `data/processed/current` points at, if one was ever published."""
    return _read_snapshot(workspace.current)


def all_snapshots(workspace: Workspace) -> list[tuple[Snapshot, Path]]:
    """Every published snapshot and its folder, by edition."""
    found = [
        (snapshot, path) for path in workspace.processed.glob("[0-9]*") if (snapshot := _read_snapshot(path))
    ]
    return sorted(found, key=lambda pair: pair[0].folder_name)


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """One writer at a time; a second one is told so after ten seconds."""
    guard = FileLock(path, timeout=10)
    try:
        guard.acquire()
    except Timeout:
        raise ProblemError(
            str(path), "another run at work in this workspace", "one run at a time; wait until it is done"
        ) from None
    try:
        yield
    finally:
        guard.release()


def input_hashes(workspace: Workspace) -> dict[str, str]:
    """SHA-256 of every file below data/raw and data/reference, by path relative to the workspace.

    A file that cannot be read, or whose name is no text, is in it too: ingest says what is wrong with it.
    """
    paths = [
        path
        for folder in (workspace.raw, workspace.reference)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "~$"))
    ]
    return {
        printable(path.relative_to(workspace.root).as_posix()): _hash_if_readable(path)
        for path in sorted(paths)
    }


def _hash_if_readable(path: Path) -> str:
    try:
        return file_hash(path)
    except OSError:
        return "unreadable"


def code_version(*wings: str) -> str:
    """Changes when the code of these wings, a module they share, or an installed package changes."""
    files = [_PACKAGE / name for name in (*_SHARED, *(_WORDS if "reporting" in wings else ()))]
    for wing in ("reference", *wings):
        files += [path for path in (_PACKAGE / wing).rglob("*") if path.suffix in (".py", ".sql")]
    packages = sorted(f"{package.name}=={package.version}" for package in distributions())
    return digest(*(file_hash(path) for path in sorted(files)), *packages)


def _published(workspace: Workspace, fingerprint: str, edition: date | None) -> Snapshot | None:
    wanted = f"{edition:%Y-%m}" if edition else None
    for folder in workspace.processed.glob(f"*-{fingerprint}"):
        snapshot = _read_snapshot(folder)
        if snapshot and snapshot.edition == (wanted or snapshot.latest):
            return snapshot
    return None


def _read_snapshot(folder: Path) -> Snapshot | None:
    path = folder / "snapshot.json"
    return Snapshot(**json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else None


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


def _publish(workspace: Workspace, staging: Path, snapshot: Snapshot) -> None:
    """Rename the finished folder into place, then turn `current` to it; an older build of the edition goes."""
    for path in staging.iterdir():
        if path.name.removesuffix(".parquet") not in PUBLISHED:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    text = json.dumps(asdict(snapshot), ensure_ascii=False, indent=1)
    (staging / "snapshot.json").write_text(text, encoding="utf-8")
    target = workspace.processed / snapshot.folder_name
    shutil.rmtree(target, ignore_errors=True)
    staging.rename(target)
    _point_current_at(workspace, snapshot)
    for other in workspace.processed.glob(f"{snapshot.edition}-*"):
        if other != target:
            shutil.rmtree(other, ignore_errors=True)


def _point_current_at(workspace: Workspace, snapshot: Snapshot) -> None:
    link = workspace.processed / ".current"
    link.unlink(missing_ok=True)
    link.symlink_to(snapshot.folder_name, target_is_directory=True)
    os.replace(link, workspace.current)
