"""Damage done to a copy of the good workspace, counted, and held against the good one."""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from zlib import crc32

import polars as pl
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from pipeline.ingest import run as ingest
from pipeline.reference import Reference, read_reference
from pipeline.warehouse import run as warehouse
from pipeline.workspace import open_workspace, read_settings
from tests.damage.good_files import write_good_workspace
from tests.damage.kinds import Choose, Damage, Kind, Tables
from tests.damage.verdict import Build, cells_lost, is_same, judge

_EXAMPLES_IN_WHOLE = 10
# 17 digits and their check digit by GB 11643; made-up persons.
PERSONS = ("990101202401010012", "13800138000", "王某某")


@dataclass(frozen=True)
class Good:
    """The undamaged workspace, counted once."""

    root: Path
    tables: Tables
    reference: Reference
    build: Build


def good_workspace(root: Path) -> Good:
    tables = write_good_workspace(root)
    workspace = open_workspace(root)
    reference = read_reference(workspace, read_settings(workspace).levels)
    _count(_ingest(root, reference), reference)
    return Good(root, tables, reference, Build(root / "staging", reference))


def damage_shows(kind: Kind, good: Good, is_whole: bool) -> list[list[str]]:
    """Does the damage at places drawn at random; returns by what each example was told."""
    told = []

    @settings(
        max_examples=_EXAMPLES_IN_WHOLE if is_whole else 1,
        derandomize=not is_whole,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def strike(data):
        told.append(_told(kind, kind.strike(_choosing(kind, data), good.tables), good))

    strike()
    return told


def _choosing(kind: Kind, data: st.DataObject) -> Choose:
    """Draws by position, turned by the kind's name: the simplest of each kind strikes elsewhere."""
    turns = (crc32(f"{kind.name} {number}".encode()) for number in count())

    def choose(options):
        drawn = data.draw(st.integers(0, len(options) - 1))
        return options[(drawn + next(turns)) % len(options)]

    return choose


def _told(kind: Kind, damage: Damage, good: Good) -> list[str]:
    """Do the damage, count, and hold the tables against those of the good files."""
    note(_described(damage, good))
    with tempfile.TemporaryDirectory(dir=good.root.parent) as folder:
        root = Path(folder) / "workspace"
        shutil.copytree(good.root, root, copy_function=os.link, ignore=shutil.ignore_patterns("staging"))
        for path, content in damage.items():
            file = root / "data" / "raw" / path
            file.unlink(missing_ok=True)
            if content is not None:
                file.write_bytes(content)
        staging = _ingest(root, good.reference)
        if _was_read_alike(staging, good.root / "staging"):
            assert kind.must_be in ("", "harmless")
            return ["harmless"]
        _count(staging, good.reference)
        after = Build(staging, good.reference)
    assert cells_lost(after) == []
    verdict = judge(good.build, after, set(damage))
    assert not verdict.silent, "changed without a word:\n" + "\n".join(verdict.silent[:10])
    if kind.must_be == "harmless":
        assert is_same(good.build, after)
    elif kind.must_be:
        assert kind.must_be in verdict.told_by
    for table in (after.observations, *(after.tables[name] for name in ("rejects", "files", "findings"))):
        text = table.write_csv()
        assert not any(person in text for person in PERSONS)
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
    levels = ("province", "county", "township")
    warehouse.run(staging, reference=reference, levels=levels, edition=None, for_statistics=False)


def _was_read_alike(staging: Path, good: Path) -> bool:
    """Whether ingest left the same but for the files' bytes: then the warehouse, which reads nothing else, need not run."""
    bytes_of_file = ("file_id", "sha256", "bytes", "encoding")
    for name in ("files", "observations", "rejects", "totals", "blanks"):
        after, before = (
            pl.read_parquet(
                folder / f"{name}.parquet" / "*.parquet"
                if name == "observations"
                else folder / f"{name}.parquet"
            )
            for folder in (staging, good)
        )
        if "sha256" in after and after["sha256"].n_unique() < after.height:
            return False
        sides = [side.drop(bytes_of_file, strict=False) for side in (after, before)]
        if not sides[0].sort(sides[0].columns).equals(sides[1].sort(sides[1].columns)):
            return False
    return True


def _described(damage: Damage, good: Good) -> str:
    """The lines of a damaged text file that are others than before."""
    lines = []
    for path, content in damage.items():
        table = good.tables.get(path)
        if content is None or table is None or table.is_workbook:
            lines.append(f"{path}: {'gone' if content is None else f'{len(content)} bytes'}")
            continue
        was = table.content().decode(table.encoding).splitlines()
        now = content.decode(table.encoding, errors="replace").splitlines()
        lines += [f"{path}, line {number}: {line}" for number, line in enumerate(now, 1) if line not in was]
    return "\n".join(lines)
