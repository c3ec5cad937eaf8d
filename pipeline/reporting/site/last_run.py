"""Whether the last run asked for the same, of the same, and left all it made as it was: then there is nothing to do.

That is known from bytes alone, without a table, a figure or a font being opened.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipeline.hashing import digest, file_hash
from pipeline.house import REPORTS
from pipeline.reporting.site.manifest import Manifest
from pipeline.reporting.site.templates import files_digest
from pipeline.snapshots import Snapshot, edition_before
from pipeline.stored import read_record, write_record
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class LastRun:
    """What a run was asked for, the number of reports it left behind, and the overview."""

    request: str
    reports: int
    index: str


def request_of(
    workspace: Workspace,
    snapshot: Snapshot,
    *,
    asked: Sequence[object],
    renderer: str,
    code_version: str,
) -> str:
    """`asked` is which pages in which formats.

    Changes with anything that pages are made from: the snapshot, the edition before, templates, notes, outlines."""
    before, geometry = edition_before(workspace, snapshot), workspace.geometry
    return digest(
        code_version,
        renderer,
        repr(asked),
        snapshot.folder_name,
        before.name if before else "",
        files_digest(REPORTS),
        files_digest(workspace.reports, aside=("pages",)),
        file_hash(geometry) if geometry else "",
    )


def last_run(workspace: Workspace, snapshot: Snapshot, request: str) -> LastRun | None:
    """The last run, if it was asked for the same and every file it made is as it was written."""
    record = read_record(_path(workspace)) or {}
    try:
        run = LastRun(**record)
    except TypeError:
        return None
    is_same = run.request == request and Manifest(workspace.site / snapshot.edition).is_whole()
    return run if is_same else None


def note_run(workspace: Workspace, run: LastRun) -> None:
    """Write down a run that made everything it was asked for."""
    _path(workspace).parent.mkdir(parents=True, exist_ok=True)
    write_record(_path(workspace), asdict(run))


def _path(workspace: Workspace) -> Path:
    return workspace.cache / "last_run.json"
