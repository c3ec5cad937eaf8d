"""The pages of several runs in one folder: what each made, with what it was made from."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.problems import ProblemError
from pipeline.reporting.site.manifest import Manifest
from pipeline.stored import copy_whole, read_record

_HEAD = ("edition", "build", "version", "renderer")


@dataclass
class Taken:
    """Files copied, those that were not as they were written, and folders by another build or renderer than the first."""

    files: int = 0
    damaged: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)


def take_in(target: Path, folders: Sequence[Path]) -> Taken:
    """Copy the pages of several folders `_site/<edition>` into another, and note them in its manifest.

    Each page keeps the key of what it was made from: the run that follows makes again what was made from something else.
    """
    records = [_record_of(folder) for folder in folders]
    heads = [{name: record[name] for name in _HEAD} for record in records]
    manifest, taken = Manifest(target), Taken()
    for folder, record, head in zip(folders, records, heads, strict=True):
        if head != heads[0]:
            taken.others.append(f"{folder} (build {head['build']}, {head['renderer']})")
        for name, entry in record["pages"].items():
            for file, digest in entry["files"].items():
                if copy_whole(folder / file, target / file, digest):
                    manifest.note(name, entry["key"], target / file)
                    taken.files += 1
                else:
                    taken.damaged.append(file)
    manifest.write(heads[0])
    return taken


def formats_of(folders: Sequence[Path]) -> list[str]:
    """The formats of the reports in these folders."""
    pages = [page for folder in folders for page in _record_of(folder)["pages"].items()]
    files = [file for name, entry in pages if name.partition(".")[0] != "index" for file in entry["files"]]
    return [kind for kind in ("html", "pdf", "docx") if any(file.endswith(kind) for file in files)]


def _record_of(folder: Path) -> dict[str, Any]:
    record = read_record(folder / "manifest.json")
    if record is None:
        wanted = "a folder _site of a run of this edition with --shard"
        raise ProblemError(str(folder), "no reports that are as they were written", wanted)
    return record
