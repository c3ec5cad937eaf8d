"""`sitrep merge`: the reports of several runs put together into one edition."""

from pathlib import Path

from pipeline.build import lock
from pipeline.commands.console import published, say
from pipeline.commands.report import report
from pipeline.reporting.site.merge import formats_of, take_in
from pipeline.reporting.site.staging import staged
from pipeline.words.numbers import counted, some


def merge(root: Path, sites: list[Path], renderer: str, workers: int) -> int:
    workspace, snapshot = published(root)
    folders = [site / snapshot.edition for site in sites]
    site = workspace.site
    with (
        lock(workspace.processed / ".reports.lock"),
        staged(site / snapshot.edition, site / ".work") as target,
    ):
        taken = take_in(target, folders)
    say(f"{counted(taken.files, 'file')} taken in")
    if taken.damaged:
        say(f"Not as they were written, and made again: {some(taken.damaged)}")
    if taken.others:
        say(
            f"By another build or renderer than the first, and made again where it matters: {some(taken.others)}"
        )
    return report(root, snapshot.month, [], formats_of(folders), renderer, workers)
