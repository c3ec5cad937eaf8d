"""The step: every raw file to observations and rejects, each file once, by content, in any process."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.hashing import digest, file_hash
from pipeline.ingest.extract import Extract, extract, refuse_repeats
from pipeline.ingest.names import AreaNames
from pipeline.ingest.privacy import refuse_personal_data
from pipeline.ingest.readers import read_sheets
from pipeline.ingest.source import SourceDescription, read_source
from pipeline.problems import ProblemError, shorten
from pipeline.reference import Reference


@dataclass(frozen=True)
class RawFile:
    """One file below data/raw: where it is, what its bytes are, and the key its result is kept under."""

    source: str
    folder: Path
    path: str
    sha256: str
    bytes: int
    cache_key: str

    @property
    def file_id(self) -> str:
        return digest(self.source, self.path, self.sha256)


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
    """Write `files`, `observations` (a folder, one file per raw file) and `rejects` into `staging`.

    Files read before, with the same bytes, source.toml and areas, come from `cache`.
    """
    sources = {folder.name: read_source(folder, reference.elements) for folder in folders}
    _check_levels(sources, reference)
    raw_files = [
        file
        for folder in folders
        for file in _raw_files(folder, sources[folder.name], reference, code_version)
    ]
    fresh = [file for file in raw_files if not _record(cache, file).exists()]
    cache.mkdir(parents=True, exist_ok=True)
    jobs = [(file, sources[file.source], reference.areas, cache) for file in fresh]
    for done, _ in enumerate(
        executor.map(_keep, jobs, chunksize=4) if executor else map(_keep, jobs), start=1
    ):
        progress("reading raw files", done, len(jobs))
    _publish(raw_files, cache, staging)
    _forget_others(raw_files, cache)


def _check_levels(sources: dict[str, SourceDescription], reference: Reference) -> None:
    levels = sorted({area.level for area in reference.areas})
    for source in sources.values():
        if source.area_level and source.area_level not in levels:
            raise ProblemError(
                f"{source.name}/source.toml [area]",
                f"level {source.area_level!r}",
                f"one of {', '.join(levels)}",
            )


def _raw_files(
    folder: Path, source: SourceDescription, reference: Reference, code_version: str
) -> Iterator[RawFile]:
    shared = digest(
        code_version,
        (folder / "source.toml").read_text(encoding="utf-8-sig"),
        repr(reference.areas),
        repr([(element.name, element.kind) for element in reference.elements.values()]),
    )
    for path in sorted(folder.glob(source.files)):
        if not path.is_file() or path.name == "source.toml" or path.name.startswith((".", "~$")):
            continue
        sha256 = file_hash(path)
        relative = path.relative_to(folder).as_posix()
        key = digest(shared, folder.name, relative, sha256)
        yield RawFile(folder.name, folder, relative, sha256, path.stat().st_size, key)


_names: dict[tuple[int, str], AreaNames] = {}


def _area_names(areas, level: str) -> AreaNames:
    """Building the index of names costs more than reading a file: once per process."""
    key = (hash(areas), level)
    if key not in _names:
        _names[key] = AreaNames(areas, level)
    return _names[key]


def _keep(job) -> None:
    """Read one raw file and keep its three tables in the cache, the record last."""
    file, source, areas, cache = job
    sheets: list[tuple[str, Extract]] = []
    problems: list[ProblemError] = []
    encoding = ""
    try:
        found, encoding = read_sheets(file.folder / file.path, source)
        refuse_personal_data(found, file.path)
        names = _area_names(areas, source.area_level)
        for sheet in found:
            try:
                sheets.append((sheet.name, extract(sheet, file.path, source, names)))
            except ProblemError as problem:
                problems.append(problem)
    except ProblemError as problem:
        problems.append(problem)
    placed = [
        _placed(part.cells.sort("row", "column"), file, sheet)
        for sheet, part in sorted(sheets, key=_sheet_name)
    ]
    cells = pl.concat(placed) if placed else None
    if cells is not None and not source.sums_rows_of_an_area:
        cells = refuse_repeats(cells)
    accepted = cells.filter(pl.col("reason").is_null()) if cells is not None else None
    refused = cells.filter(pl.col("reason").is_not_null()) if cells is not None else None
    rejects = [_reject_of_problem(problem, file) for problem in problems]
    if refused is not None:
        rejects += refused.with_columns(found=pl.col("found").map_elements(shorten, pl.String)).to_dicts()
    _write(accepted, "observations", _part(cache, file, "observations"))
    _write(pl.DataFrame(rejects) if rejects else None, "rejects", _part(cache, file, "rejects"))
    read = (cells.height if cells is not None else 0) + len(problems)
    record = {
        "file_id": file.file_id,
        "source": file.source,
        "path": file.path,
        "sha256": file.sha256,
        "bytes": file.bytes,
        "encoding": encoding,
        "columns_unread": ", ".join(
            dict.fromkeys(name for _, part in sheets for name in part.columns_unread)
        ),
        "rows_left_out": sum(part.rows_left_out for _, part in sheets),
        "cells_blank": sum(part.cells_blank for _, part in sheets),
        "cells_read": read,
        "cells_accepted": read - len(rejects),
        "cells_refused": len(rejects),
    }
    partial = _record(cache, file).with_suffix(f".{os.getpid()}")
    partial.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    partial.replace(_record(cache, file))


def _sheet_name(part: tuple[str, Extract]) -> str:
    return part[0]


def _placed(cells: pl.DataFrame, file: RawFile, sheet: str) -> pl.DataFrame:
    return cells.with_columns(
        file_id=pl.lit(file.file_id), source=pl.lit(file.source), path=pl.lit(file.path), sheet=pl.lit(sheet)
    )


def _reject_of_problem(problem: ProblemError, file: RawFile) -> dict:
    place = problem.place
    return {
        "file_id": file.file_id,
        "sheet": place.sheet,
        "row": place.row,
        "column": place.column,
        "source": file.source,
        "path": file.path,
        "found": problem.found,
        "expected": problem.expected,
        "reason": problem.reason,
    }


def _write(frame: pl.DataFrame | None, name: str, path: Path) -> None:
    """Write rows, which come in the order of the key, in the contract's columns; the same rows give the same bytes."""
    schema = tables.schema(name)
    columns = tables.TABLES[name].column_names
    table = schema.empty_table() if frame is None else frame.select(columns).to_arrow().cast(schema)
    pq.write_table(table, path, compression="zstd", write_statistics=False)


def _part(cache: Path, file: RawFile, table: str) -> Path:
    return cache / f"{file.cache_key}.{table}.parquet"


def _record(cache: Path, file: RawFile) -> Path:
    return cache / f"{file.cache_key}.json"


def _publish(raw_files: list[RawFile], cache: Path, staging: Path) -> None:
    observations = staging / "observations.parquet"
    observations.mkdir()
    for file in raw_files:
        os.link(_part(cache, file, "observations"), observations / f"{file.file_id}.parquet")
    if not raw_files:
        _write(None, "observations", observations / "none.parquet")
    records = [json.loads(_record(cache, file).read_text(encoding="utf-8")) for file in raw_files]
    rejects = [pl.read_parquet(_part(cache, file, "rejects")) for file in raw_files]
    by_key = tables.TABLES["rejects"].key
    _write(pl.DataFrame(records).sort("file_id") if records else None, "files", staging / "files.parquet")
    _write(pl.concat(rejects).sort(by_key) if rejects else None, "rejects", staging / "rejects.parquet")


def _forget_others(raw_files: list[RawFile], cache: Path) -> None:
    keys = {file.cache_key for file in raw_files}
    for path in cache.iterdir():
        if path.name.partition(".")[0] not in keys:
            path.unlink()
