"""`sitrep status`: what lies in the workspace and what has been made of it."""

from pathlib import Path

from pipeline.audit.status import areas_of_pages, raw_files, reports
from pipeline.commands.console import DONE, say
from pipeline.snapshots import all_snapshots, changed_inputs, current_snapshot, damage, snapshot_folders
from pipeline.words.numbers import some
from pipeline.workspace import open_workspace, read_settings


def status(root: Path) -> int:
    """Say what is there; nothing is changed."""
    workspace = open_workspace(root)
    settings = read_settings(workspace)
    say(f"{settings.name.zh} {settings.name.en} ({workspace.root})")
    for source, files, size in raw_files(workspace):
        say(f"  {source}: {files:,} files, {size / 1e6:,.1f} MB")
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
    say(f"Inputs changed since: {', '.join(changed_inputs(workspace, current)) or 'none'}")
    for name, made in reports(workspace):
        if made:
            areas = len(areas_of_pages(made["pages"]))
            say(f"Reports {made['edition']}: {areas:,} areas, build {made['build']}, by {made['renderer']}")
        else:
            say(f"Reports {name}: manifest.json is not as it was written; sitrep report makes it again")
    return DONE
