"""The published edition held against one made again elsewhere: what is copied for it, and every byte compared."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from pipeline.audit.status import areas_of_pages
from pipeline.problems import ProblemError
from pipeline.stored import digests, read_record
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class Made:
    """What the reports of an edition are: of which areas, in which formats, by which renderer."""

    codes: list[str]
    formats: list[str]
    renderer: str


def what_was_made(site: Path) -> Made:
    """Read it from the manifest in `_site/<edition>`."""
    manifest = read_record(site / "manifest.json")
    if manifest is None:
        raise ProblemError(
            str(site),
            "no reports that are as they were written",
            "reports of the current edition; run `sitrep report` first",
        )
    codes = areas_of_pages(manifest["pages"])
    pages = (page for name, page in manifest["pages"].items() if name.partition(".")[0] != "index")
    formats = sorted({Path(file).suffix[1:] for page in pages for file in page["files"]})
    return Made(codes, formats, manifest["renderer"].split()[0])


def copy_inputs(workspace: Workspace, copy: Path, previous: Path | None) -> None:
    """Everything that reports are made from, below `copy`; `previous` is the edition they are compared with."""
    for part in (workspace.raw, workspace.reference):
        shutil.copytree(part, copy / part.relative_to(workspace.root))
    if workspace.reports.is_dir():
        shutil.copytree(workspace.reports, copy / "reports", ignore=shutil.ignore_patterns("pages"))
    if previous:
        shutil.copytree(previous, copy / previous.relative_to(workspace.root))


def differences(published: Path, again: Path) -> tuple[int, list[str]]:
    """The number of published files below a folder, and a line for each file that differs or is in one only."""
    before, after = digests(published), digests(again)
    return len(before), [
        f"{'differs' if path in before and path in after else 'only in one'}: {published.name}/{path}"
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]
