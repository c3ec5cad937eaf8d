"""What lies in a workspace beside its snapshots: the files of each source, and the reports that were made."""

from collections.abc import Collection, Iterator
from typing import Any

from pipeline.stored import read_record
from pipeline.workspace import Workspace


def raw_files(workspace: Workspace) -> Iterator[tuple[str, int, int]]:
    """Name, number of files and their bytes, of each source."""
    for folder in workspace.source_folders():
        files = [path for path in folder.rglob("*") if path.is_file() and path.name != "source.toml"]
        yield folder.name, len(files), sum(path.stat().st_size for path in files)


def reports(workspace: Workspace) -> Iterator[tuple[str, dict[str, Any] | None]]:
    """The folders of `_site` that hold reports, each with its manifest; None where it is not as it was written."""
    for path in sorted(workspace.site.glob("*/manifest.json")):
        yield path.parent.name, read_record(path)


def areas_of_pages(pages: Collection[str]) -> list[str]:
    """The area codes of pages called `990101` and, in another language, `990101.en`; the overview is no area."""
    others = {name for name in pages if name.rpartition(".")[0] in pages}
    return sorted(set(pages) - others - {"index"})
