"""Damage done to a copy of the good workspace, counted, and held against the good one."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from random import Random

import duckdb

from pipeline.ingest import run as ingest
from pipeline.reference import Reference, read_reference
from pipeline.warehouse import run as warehouse
from pipeline.workspace import open_workspace, read_settings
from tests.damage.good_files import write_good_workspace
from tests.damage.kinds import Damage, Kind, Tables
from tests.damage.verdict import COUNTED, Judge
from tests.staged import cells_lost, read

_EXAMPLES_IN_WHOLE = 10
# 17 digits and their check digit by GB 11643; made-up persons.
PERSONS = ("990101202401010012", "13800138000", "王某某")


@dataclass(frozen=True)
class Good:
    """The undamaged workspace, counted once into `staging`."""

    root: Path
    tables: Tables
    reference: Reference
    staging: Path
    judge: Judge


def good_workspace(root: Path) -> Good:
    tables = write_good_workspace(root)
    workspace = open_workspace(root)
    reference = read_reference(workspace, read_settings(workspace).levels)
    staging = _ingest(root, reference)
    _count(staging, reference)
    return Good(root, tables, reference, staging, Judge(staging, reference))


def damage_shows(kind: Kind, good: Good, is_whole: bool) -> list[list[str]]:
    """Does the damage at places drawn by lot, for each kind others; returns by what each example was told."""
    lots = [Random(f"{kind.name} {number}") for number in range(_EXAMPLES_IN_WHOLE if is_whole else 1)]
    return [_told(kind, kind.strike(lot.choice, good.tables), good) for lot in lots]


def _told(kind: Kind, damage: Damage, good: Good) -> list[str]:
    """Do the damage, count, and hold the tables against those of the good files."""
    print(kind.meaning, *damage, sep="\n")  # for the one who sees it fail
    with tempfile.TemporaryDirectory(dir=good.root.parent) as folder:
        root = Path(folder) / "workspace"
        shutil.copytree(good.root, root, copy_function=os.link, ignore=shutil.ignore_patterns("staging"))
        for path, content in damage.items():
            file = root / "data" / "raw" / path
            file.unlink(missing_ok=True)
            if content is not None:
                file.write_bytes(content)
        staging = _ingest(root, good.reference)
        if _was_read_alike(staging, good.staging):
            assert kind.must_be in ("", "harmless")
            return ["harmless"]
        _count(staging, good.reference)
        assert cells_lost(staging) == []
        verdict = good.judge.verdict(staging, set(damage))
        written = [
            read(staging, name).write_csv() for name in ("observations", "rejects", "files", "findings")
        ]
    assert not verdict.silent, "changed without a word:\n" + "\n".join(verdict.silent[:10])
    assert verdict.is_same or kind.must_be != "harmless"
    assert kind.must_be in ("", "harmless", *verdict.told_by)
    assert not any(person in text for person in PERSONS for text in written)
    return sorted(verdict.told_by)


def _ingest(root: Path, reference: Reference) -> Path:
    """Read the raw files into `staging`; of the copied workspace only what was struck."""
    workspace = open_workspace(root)
    staging = root / "staging"
    staging.mkdir()
    ingest.run(
        workspace.source_folders(),
        staging,
        workspace.cache / "raw",
        reference=reference,
        code_version="",
        executor=None,
        progress=lambda *_: None,
    )
    return staging


def _count(staging: Path, reference: Reference) -> None:
    """The tables that are judged, made as the step makes them."""
    levels = ("province", "county", "township")
    with duckdb.connect(config={"threads": 1}) as connection:
        warehouse.load(connection, staging, reference, levels, None)
        warehouse.make_tables(connection, "corrected_cells", "unaccounted_figures", *COUNTED)
        warehouse.refuse_wrong(connection, reference.corrections)
        for name in COUNTED:
            connection.execute(f"copy {name} to '{staging / name}.parquet'")


def _was_read_alike(staging: Path, good: Path) -> bool:
    """Whether ingest left the same but for the files' bytes: then the warehouse, which reads nothing else, need not run."""
    if read(staging, "files")["sha256"].is_duplicated().any():
        return False
    for name in ("files", "observations", "rejects", "totals", "blanks"):
        after, before = (
            read(folder, name).drop("file_id", "sha256", "bytes", "encoding", strict=False)
            for folder in (staging, good)
        )
        if not after.sort(after.columns).equals(before.sort(before.columns)):
            return False
    return True
