"""The step: every raw file to observations and rejects, each file once, by content, in any process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from concurrent.futures import Executor
from functools import lru_cache, partial
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.hashing import digest
from pipeline.ingest.file_tables import PARTS, part_path, write_file_tables
from pipeline.ingest.names import AreaNames
from pipeline.ingest.raw_files import RawFile, raw_files
from pipeline.ingest.source import SourceDescription, read_source
from pipeline.problems import ProblemError
from pipeline.reference import Area, Reference

_TYPES = {
    tables.TEXT: pl.String,
    tables.INTEGER: pl.Int64,
    tables.REAL: pl.Float64,
    tables.DATE: pl.Date,
    tables.YES_NO: pl.Boolean,
}


def run(
    folders: list[Path],
    staging: Path,
    cache: Path,
    *,
    reference: Reference,
    code_version: str,
    executor: Executor | None,
    progress: Callable[[str, int, int], None],
) -> None:
    """Write `sources`, `files`, `observations` (a folder, one file per raw file), `rejects` and `totals` into `staging`.

    Files read before, with the same bytes, source.toml and areas, come from `cache`.
    """
    sources = {folder.name: read_source(folder, reference.elements) for folder in folders}
    _check_levels(sources, reference)
    files = [
        file for folder in folders for file in raw_files(folder, sources[folder.name], reference.receipts)
    ]
    shared = {folder.name: _shared_key(folder, reference, code_version) for folder in folders}
    targets = {file.file_id: cache / digest(shared[file.source], file.file_id) for file in files}
    cache.mkdir(parents=True, exist_ok=True)
    fresh = [file for file in files if not _record(targets[file.file_id]).exists()]
    jobs = [(file, sources[file.source], reference.areas, targets[file.file_id]) for file in fresh]
    for done, _ in enumerate(
        executor.map(_read, jobs, chunksize=4) if executor else map(_read, jobs), start=1
    ):
        progress("reading raw files", done, len(jobs))
    _publish(files, targets, staging)
    _write(_source_rows(sources), "sources", staging / "sources.parquet")
    _forget_others(cache, {target.name for target in targets.values()})


def _check_levels(sources: dict[str, SourceDescription], reference: Reference) -> None:
    known = sorted({area.level for area in reference.areas})
    for source in sources.values():
        for level in source.levels:
            if level not in known:
                raise ProblemError(
                    f"{source.name}/source.toml", f"level {level!r}", f"one of {', '.join(known)}"
                )


def _shared_key(folder: Path, reference: Reference, code_version: str) -> str:
    """Changes whenever a file of this source may read differently."""
    return digest(
        code_version,
        folder.name,
        (folder / "source.toml").read_text(encoding="utf-8-sig"),
        repr(reference.areas),
        repr([(element.name, element.kind) for element in reference.elements.values()]),
    )


def _read(job: tuple[RawFile, SourceDescription, tuple[Area, ...], Path]) -> None:
    file, source, areas, target = job
    write_file_tables(file, source, partial(_area_names, areas), target)


@lru_cache(maxsize=32)
def _area_names(areas: tuple[Area, ...], level: str) -> AreaNames:
    return AreaNames(areas, level)


def _record(target: Path) -> Path:
    return target.with_suffix(".json")


def _publish(files: list[RawFile], targets: dict[str, Path], staging: Path) -> None:
    """The tables of all files, in the order of the key."""
    ordered = sorted(files, key=lambda file: file.file_id)
    folder = staging / "observations.parquet"
    folder.mkdir()
    for file in ordered:
        os.link(part_path(targets[file.file_id], "observations"), folder / f"{file.file_id}.parquet")
    if not files:
        _write([], "observations", folder / "none.parquet")
    for part in PARTS[1:]:
        with pq.ParquetWriter(staging / f"{part}.parquet", tables.schema(part), compression="zstd") as writer:
            for path in (part_path(targets[file.file_id], part) for file in ordered):
                for batch in pq.ParquetFile(path).iter_batches(1 << 20) if path.exists() else ():
                    writer.write_batch(batch)
    places: dict[str, int] = {}
    rows = {}
    for file in files:
        places[file.source] = places.get(file.source, 0) + 1
        record = json.loads(_record(targets[file.file_id]).read_text(encoding="utf-8"))
        rows[file.file_id] = record | {"received": file.received, "sequence": places[file.source]}
    _write([rows[file_id] for file_id in sorted(rows)], "files", staging / "files.parquet")


def _source_rows(sources: dict[str, SourceDescription]) -> list[dict]:
    return [
        {
            "source": name,
            "name": source.labels.zh,
            "due_day": source.due.day if source.due else None,
            "due_months_after": source.due.months_after if source.due else None,
            "due_level": source.due_level or None,
            "every_months": source.every_months,
        }
        for name, source in sorted(sources.items())
    ]


def _write(rows: list[dict], name: str, path: Path) -> None:
    columns = {column.name: _TYPES[column.type] for column in tables.TABLES[name].columns}
    frame = pl.DataFrame(rows, schema=columns, orient="row")
    pq.write_table(frame.to_arrow().cast(tables.schema(name)), path, compression="zstd")


def _forget_others(cache: Path, kept: set[str]) -> None:
    for path in cache.iterdir():
        if path.name.partition(".")[0] not in kept:
            path.unlink()
