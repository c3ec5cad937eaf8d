"""Published snapshots: what each says of itself, whether it is still as it was published, and how one is published."""

import logging
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from pathlib import Path

from pipeline.hashing import file_hash
from pipeline.problems import ProblemError, printable
from pipeline.stored import damaged, digests, read_record, remove, write_record
from pipeline.tables import PUBLISHED
from pipeline.words.numbers import some
from pipeline.workspace import Workspace

_LOG = logging.getLogger(__name__)
RECORD = "snapshot.json"
_EDITION = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-*"


@dataclass(frozen=True)
class Snapshot:
    """A published warehouse: its edition, the latest its inputs allow, what it was made from, and what was published.

    `inputs` and `tables` are SHA-256 by path: of the bytes that were read, and of the Parquet files of the snapshot.
    `smoother_differs_below` is the power of ten below which statsmodels' own smoother differed from the trends.
    """

    edition: str
    latest: str
    fingerprint: str
    version: str
    inputs: dict[str, str]
    cells_read: int
    cells_refused: int
    cells_mended: int = 0
    smoother_differs_below: float | None = None
    tables: dict[str, str] = field(default_factory=dict)

    @property
    def month(self) -> date:
        return date.fromisoformat(self.edition + "-01")

    @property
    def folder_name(self) -> str:
        return f"{self.edition}-{self.fingerprint}"


def current_snapshot(workspace: Workspace) -> Snapshot | None:
    """The snapshot that `data/processed/current` points at, if one was ever published."""
    return read_snapshot(workspace.current)


def all_snapshots(workspace: Workspace) -> list[tuple[Snapshot, Path]]:
    """Every published snapshot and its folder, by edition."""
    found = [(snapshot, path) for path in snapshot_folders(workspace) if (snapshot := read_snapshot(path))]
    return sorted(found, key=lambda pair: pair[0].folder_name)


def snapshot_folders(workspace: Workspace) -> list[Path]:
    """The folders of all editions, those whose record cannot be read included."""
    return sorted(path for path in workspace.processed.glob(_EDITION) if path.is_dir())


def read_snapshot(folder: Path) -> Snapshot | None:
    """What a folder says of itself; None where its record is gone, damaged or of another version."""
    try:
        return Snapshot(**(read_record(folder / RECORD) or {}))
    except TypeError:
        return None


def damage(folder: Path) -> list[str]:
    """The files of a snapshot that are not as they were published."""
    snapshot = read_snapshot(folder)
    return damaged(folder, snapshot.tables) if snapshot else [RECORD]


def refuse_damaged(folder: Path, advice: str) -> None:
    """Stop before a figure is taken from a snapshot that is not as it was published."""
    if names := damage(folder):
        raise ProblemError(
            f"data/processed/{folder.resolve().name}/{names[0]}",
            "a file that is not as it was published",
            f"the bytes that were published; {advice}",
        )


def find_snapshot(workspace: Workspace, wanted: str) -> tuple[Snapshot, Path]:
    """The snapshot in a folder of that name, or the last one of an edition, if it is as it was published."""
    folders = snapshot_folders(workspace)
    found = [path for path in folders if path.name == wanted or path.name.startswith(f"{wanted}-")]
    if not found:
        known = ", ".join(path.name for path in folders) or "none"
        raise ProblemError(
            "data/processed", f"no edition {wanted}", f"one of: {known}; `sitrep build` makes one"
        )
    folder = found[-1]
    refuse_damaged(
        folder, f"`sitrep build --edition {folder.name[:7]}` makes the edition from what is there now"
    )
    snapshot = read_snapshot(folder)
    assert snapshot is not None  # a folder without a record was refused as damaged
    return snapshot, folder


def edition_before(workspace: Workspace, snapshot: Snapshot) -> Path | None:
    """The folder of the last edition before this one that is still as it was published; a damaged one is named."""
    for folder in reversed(snapshot_folders(workspace)):
        if folder.name[:7] >= snapshot.edition:
            continue
        if not (names := damage(folder)):
            return folder
        _LOG.warning(
            f"Not compared with edition {folder.name[:7]}: {some(names, 3)} not as published; "
            f"`sitrep build --edition {folder.name[:7]}` makes it from what is there now"
        )
    return None


def publish(workspace: Workspace, staging: Path, snapshot: Snapshot) -> Snapshot:
    """Rename the finished folder into place, then turn `current` to it; an older build of the edition goes."""
    for path in staging.iterdir():
        if path.name.removesuffix(".parquet") not in PUBLISHED:
            remove(path)
    snapshot = seal(staging, snapshot)
    target = workspace.processed / snapshot.folder_name
    remove(target)
    staging.rename(target)
    point_current_at(workspace, snapshot)
    for other in workspace.processed.glob(f"{snapshot.edition}-*"):
        if other != target:
            remove(other)
    return snapshot


def seal(folder: Path, snapshot: Snapshot) -> Snapshot:
    """Write the record of a folder, with the digests of the tables that are there."""
    (folder / RECORD).unlink(missing_ok=True)
    snapshot = replace(snapshot, tables=digests(folder))
    write_record(folder / RECORD, asdict(snapshot))
    return snapshot


def point_current_at(workspace: Workspace, snapshot: Snapshot) -> None:
    """Turn `current` to a snapshot in one step, whatever it was: a link, a link to nothing, a file, or a copied folder."""
    pointer, following = workspace.pointer, workspace.processed / ".current"
    remove(following)
    try:
        following.symlink_to(snapshot.folder_name, target_is_directory=True)
    except OSError:  # Windows asks for rights that county offices do not have
        following.write_text(snapshot.folder_name, encoding="utf-8")
    if pointer.is_dir() and not pointer.is_symlink():
        remove(pointer)
    os.replace(following, pointer)


def input_hashes(workspace: Workspace, is_wanted: Callable[[str], bool] = bool) -> dict[str, str]:
    """SHA-256 of every file below data/raw and data/reference, by path relative to the workspace.

    A file that cannot be read, or whose name is no text, is in it too: ingest says what is wrong with it.
    """
    paths = {
        path.relative_to(workspace.root).as_posix(): path
        for folder in (workspace.raw, workspace.reference)
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith((".", "~$"))
    }
    return {printable(name): _hash_if_readable(paths[name]) for name in sorted(paths) if is_wanted(name)}


def changed_inputs(
    workspace: Workspace, snapshot: Snapshot, is_wanted: Callable[[str], bool] = bool
) -> list[str]:
    """The inputs that are not as they were when the snapshot was built: changed, new or gone."""
    built = {path: sha256 for path, sha256 in snapshot.inputs.items() if is_wanted(path)}
    return sorted({path for path, _ in built.items() ^ input_hashes(workspace, is_wanted).items()})


def is_rule(path: str) -> bool:
    """Whether an input says how the others are read and counted."""
    return path.startswith("data/reference/") or path.endswith("/source.toml")


def _hash_if_readable(path: Path) -> str:
    try:
        return file_hash(path)
    except OSError:
        return "unreadable"
