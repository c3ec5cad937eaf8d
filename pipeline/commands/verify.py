"""`sitrep verify`: the published edition built again from nothing elsewhere, and every byte compared."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from pipeline.commands.report import report, surroundings_of
from pipeline.commands.setting import DONE, REFUSED, published, say
from pipeline.hashing import file_hash
from pipeline.problems import ProblemError
from pipeline.stored import read_record


def verify(root: Path, workers: int) -> int:
    workspace, snapshot = published(root)
    site = workspace.site / snapshot.edition
    made = read_record(site / "manifest.json")
    if made is None:
        raise ProblemError(
            str(site),
            "no reports that are as they were written",
            "reports of the current edition; run `sitrep report` first",
        )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "workspace"
        for part in (workspace.raw, workspace.reference):
            shutil.copytree(part, copy / part.relative_to(workspace.root), copy_function=_link_or_copy)
        if workspace.templates.is_relative_to(workspace.root):
            shutil.copytree(workspace.templates, copy / "reports")
        if workspace.notes.is_dir():
            shutil.copytree(workspace.notes, copy / "reports" / "notes", dirs_exist_ok=True)
        if previous := surroundings_of(workspace, snapshot).previous:
            shutil.copytree(previous, copy / previous.relative_to(workspace.root))
        pages = {name: entry for name, entry in made["pages"].items() if name.partition(".")[0] != "index"}
        codes = sorted({name.partition(".")[0] for name in pages})
        formats = sorted({Path(name).suffix[1:] for entry in pages.values() for name in entry["files"]})
        report(copy, snapshot.month, codes, formats, made["renderer"].split()[0], workers)
        pairs = (
            (workspace.current, copy / "data" / "processed" / "current"),
            (site, copy / "_site" / snapshot.edition),
        )
        differing = [
            line for published_folder, again in pairs for line in _differences(published_folder, again)
        ]
        compared = sum(1 for folder, _ in pairs for path in folder.rglob("*") if path.is_file())
    for line in differing:
        say(line)
    say(f"{compared} published files compared, {len(differing)} differ")
    return REFUSED if differing else DONE


def _differences(published_folder: Path, again: Path) -> list[str]:
    before, after = _hashes(published_folder), _hashes(again)
    return [
        f"{'differs' if path in before and path in after else 'only in one'}: {published_folder.name}/{path}"
        for path in sorted(before.keys() | after.keys())
        if before.get(path) != after.get(path)
    ]


def _hashes(folder: Path) -> dict[str, str]:
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in paths}


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
