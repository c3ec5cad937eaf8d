"""`sitrep verify`: the published edition built again from nothing elsewhere, and every byte compared."""

import tempfile
from pathlib import Path

from pipeline.audit.verify import copy_inputs, differences, what_was_made
from pipeline.commands.console import DONE, REFUSED, published, say
from pipeline.commands.report import report
from pipeline.snapshots import edition_before
from pipeline.workspace import Workspace


def verify(root: Path, workers: int) -> int:
    workspace, snapshot = published(root)
    site = workspace.site / snapshot.edition
    made = what_was_made(site)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "workspace"
        copy_inputs(workspace, copy, edition_before(workspace, snapshot))
        report(copy, snapshot.month, made.codes, made.formats, made.renderer, workers)
        tables, differing_tables = differences(workspace.current, Workspace(copy).current)
        files, differing_files = differences(site, copy / "_site" / snapshot.edition)
    differing = differing_tables + differing_files
    for line in differing:
        say(line)
    say(f"{tables + files} published files compared, {len(differing)} differ")
    return REFUSED if differing else DONE
