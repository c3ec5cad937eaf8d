"""`sitrep status`: what lies in the workspace and what has been made of it."""

from pathlib import Path

from pipeline.audit.status import status_of
from pipeline.commands.console import DONE, say
from pipeline.words.numbers import some
from pipeline.workspace import open_workspace, read_settings


def status(root: Path) -> int:
    workspace = open_workspace(root)
    settings = read_settings(workspace)
    found = status_of(workspace)
    say(f"{settings.name.zh} {settings.name.en} ({workspace.root})")
    for source, files, size in found.sources:
        say(f"  {source}: {files:,} files, {size / 1e6:,.1f} MB")
    for edition, names in found.damaged:
        say(
            f"Damaged: edition {edition}, {some(names, 3)} not as published; "
            f"sitrep build --edition {edition} makes it again"
        )
    if found.current is None:
        say("Not built yet, or no more as it was: sitrep build")
        return DONE
    for snapshot in found.editions:
        mark = "*" if snapshot.fingerprint == found.current.fingerprint else " "
        say(
            f"{mark} edition {snapshot.edition}, build {snapshot.fingerprint}: "
            f"{snapshot.cells_read:,} figures read, {snapshot.cells_refused:,} refused"
        )
    say(f"Inputs changed since: {', '.join(found.changed_inputs) or 'none'}")
    for reports in found.reports:
        if reports.is_sound:
            say(
                f"Reports {reports.folder}: {reports.areas:,} areas, build {reports.build}, by {reports.renderer}"
            )
        else:
            say(
                f"Reports {reports.folder}: manifest.json is not as it was written; sitrep report makes it again"
            )
    return DONE
