"""What lies in a workspace and what has been made of it: sources, editions, reports, and what is damaged or stale."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from pipeline.snapshots import (
    Snapshot,
    all_snapshots,
    changed_inputs,
    current_snapshot,
    damage,
    snapshot_folders,
)
from pipeline.stored import read_record
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class Reports:
    """The reports in a folder of `_site`; without a manifest that reads as it was written, only the folder is known."""

    folder: str
    is_sound: bool
    areas: int = 0
    build: str = ""
    renderer: str = ""


@dataclass(frozen=True)
class Status:
    """`sources`: name, files and bytes of each; `damaged`: edition and damaged files; `changed_inputs`: paths."""

    sources: tuple[tuple[str, int, int], ...]
    damaged: tuple[tuple[str, tuple[str, ...]], ...]
    current: Snapshot | None
    editions: tuple[Snapshot, ...]
    changed_inputs: tuple[str, ...]
    reports: tuple[Reports, ...]


def status_of(workspace: Workspace) -> Status:
    """Read what is there; nothing is changed."""
    current = current_snapshot(workspace)
    damaged = ((folder.name[:7], tuple(damage(folder))) for folder in snapshot_folders(workspace))
    return Status(
        sources=tuple(_sources(workspace)),
        damaged=tuple((edition, files) for edition, files in damaged if files),
        current=current,
        editions=tuple(snapshot for snapshot, _ in all_snapshots(workspace)),
        changed_inputs=tuple(changed_inputs(workspace, current)) if current else (),
        reports=tuple(_reports(workspace)),
    )


def _sources(workspace: Workspace) -> Iterable[tuple[str, int, int]]:
    for folder in workspace.source_folders():
        files = [path for path in folder.rglob("*") if path.is_file() and path.name != "source.toml"]
        yield folder.name, len(files), sum(path.stat().st_size for path in files)


def _reports(workspace: Workspace) -> Iterable[Reports]:
    for path in sorted(workspace.site.glob("*/manifest.json")):
        manifest = read_record(path)
        if manifest is None:
            yield Reports(path.parent.name, is_sound=False)
        else:
            areas = len(areas_of_pages(manifest["pages"]))
            yield Reports(manifest["edition"], True, areas, manifest["build"], manifest["renderer"])


def areas_of_pages(pages: Collection[str]) -> list[str]:
    """The area codes of pages called `990101` and, in another language, `990101.en`; the overview is no area."""
    others = {name for name in pages if name.rpartition(".")[0] in pages}
    return sorted(set(pages) - others - {"index"})
