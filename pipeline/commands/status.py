"""`sitrep status`: what lies in the workspace and what has been made of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import get_args

from pipeline.build import all_snapshots, current_snapshot, input_hashes
from pipeline.commands.setting import DONE, say
from pipeline.snapshots import damage, snapshot_folders
from pipeline.stored import read_record
from pipeline.words.numbers import some
from pipeline.workspace import Language, open_workspace, read_settings


def status(root: Path) -> int:
    workspace = open_workspace(root)
    settings = read_settings(workspace)
    say(f"{settings.name.zh} {settings.name.en} ({workspace.root})")
    for folder in workspace.source_folders():
        files = [path for path in folder.rglob("*") if path.is_file() and path.name != "source.toml"]
        size = sum(path.stat().st_size for path in files)
        say(f"  {folder.name}: {len(files):,} files, {size / 1e6:,.1f} MB")
    for folder in snapshot_folders(workspace):
        if names := damage(folder):
            say(
                f"Damaged: edition {folder.name[:7]}, {some(names, 3)} not as published; "
                f"sitrep build --edition {folder.name[:7]} makes it again"
            )
    current = current_snapshot(workspace)
    if current is None:
        say("Not built yet, or no more as it was: sitrep build")
        return DONE
    for snapshot, _ in all_snapshots(workspace):
        mark = "*" if snapshot.fingerprint == current.fingerprint else " "
        say(
            f"{mark} edition {snapshot.edition}, build {snapshot.fingerprint}: "
            f"{snapshot.cells_read:,} figures read, {snapshot.cells_refused:,} refused"
        )
    changed = {path for path, _ in current.inputs.items() ^ input_hashes(workspace).items()}
    say(f"Inputs changed since: {', '.join(sorted(changed)) if changed else 'none'}")
    for manifest in sorted(workspace.site.glob("*/manifest.json")):
        made = read_record(manifest)
        if made is None:
            say(
                f"Reports {manifest.parent.name}: manifest.json is not as it was written; sitrep report makes it again"
            )
            continue
        areas = len(_areas(made["pages"]))
        say(f"Reports {made['edition']}: {areas:,} areas, build {made['build']}, by {made['renderer']}")
    return DONE


def _areas(pages: Iterable[str]) -> set[str]:
    """The areas of pages called `990101` and `990101.en`, each once; the overview is no area."""
    endings = tuple(f".{language}" for language in get_args(Language))
    codes = (name.rpartition(".")[0] if name.endswith(endings) else name for name in pages)
    return {code for code in codes if code != "index"}
