"""The step that reads all raw files into observations and rejects; a file read before comes from the cache."""

import logging
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import tables
from pipeline.hashing import digest
from pipeline.ingest.files.cache import PARTS, Cache
from pipeline.ingest.files.file_tables import write_file_tables
from pipeline.ingest.files.isolation import Isolated
from pipeline.ingest.files.raw_bytes import read_whole
from pipeline.ingest.files.raw_files import RawFile, raw_files
from pipeline.ingest.readers import ONLY_IN_RUST
from pipeline.ingest.source import SourceDescription, read_source
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import ProblemError, printable
from pipeline.reference import Area, Reference
from pipeline.stored import remove
from pipeline.words.numbers import some

_LOG = logging.getLogger(__name__)
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


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
    entries = Cache(cache, {folder.name: _shared_key(folder, reference, code_version) for folder in folders})
    if not cache.is_dir():
        remove(cache)
        cache.mkdir(parents=True)
    staged = _Staged(entries, staging)
    areas = _Areas(digest(repr(reference.areas)), reference.areas)
    jobs = [(file, sources[file.source], areas, entries) for file in files if not staged.take(file)]
    _say_damaged([file for file, *_ in jobs if not file.problem and entries.entry(file).is_there])
    moved = {}
    for done, file in enumerate(_READING.results(jobs, executor), start=1):
        progress("reading raw files", done, len(jobs))
        moved[file.source, file.path] = file
        if not staged.take(file, is_new=True):
            wish = "a disk that keeps it"
            raise ProblemError("data/processed/.cache", "a file that is another than was just written", wish)
    files = [moved.get((file.source, file.path), file) for file in files]
    staged.publish(files)
    _write(_source_rows(sources), "sources", staging / "sources.parquet")
    entries.forget_others(files)


def _check_levels(sources: dict[str, SourceDescription], reference: Reference) -> None:
    known = sorted({area.level for area in reference.areas})
    for source in sources.values():
        for level in sorted(source.levels.difference(known)):
            raise ProblemError(f"{source.name}/source.toml", f"level {level!r}", f"one of {', '.join(known)}")


def _shared_key(folder: Path, reference: Reference, code_version: str) -> str:
    """A hash that changes whenever files of this source may be read differently."""
    return digest(
        code_version,
        folder.name,
        (folder / "source.toml").read_text(encoding="utf-8-sig"),
        repr(reference.areas),
        repr([(element.name, element.kind) for element in reference.elements.values()]),
    )


@dataclass(frozen=True)
class _Areas:
    """All areas, told apart by their digest: to compare thousands of them for each file takes longer than to read it."""

    digest: str
    every: tuple[Area, ...] = field(compare=False)


_Job = tuple[RawFile, SourceDescription, _Areas, Cache]


def _read(job: _Job) -> RawFile:
    """Read a file into the cache; returns the file as it was when read, which may differ from when it was listed."""
    listed, source, areas, cache = job
    file, content = read_whole(listed, cache.folder)
    with content:
        write_file_tables(file, content, source, partial(_area_names, areas), cache.entry(file))
    return file


def _refuse(job: _Job, problem: ProblemError) -> RawFile:
    """Write the reject of a file that could not be read."""
    listed, source, areas, cache = job
    file = replace(listed, problem=problem)
    write_file_tables(file, BytesIO(), source, partial(_area_names, areas), cache.entry(file))
    return file


def _name(job: _Job) -> str:
    return printable(job[0].path)


def _seconds(job: _Job) -> float:
    """How long a file may be read: five minutes, and ten seconds a megabyte."""
    return 300 + job[0].bytes / 100_000


def _may_end_the_process(job: _Job) -> bool:
    return PurePosixPath(job[0].path).suffix.lower() in ONLY_IN_RUST


_READING = Isolated(_read, _name, _seconds, _may_end_the_process, _refuse)


@lru_cache(maxsize=32)
def _area_names(areas: _Areas, level: str) -> AreaNames:
    return AreaNames(areas.every, level)


def _say_damaged(files: list[RawFile]) -> None:
    if files:
        what, were = ("reading", "was") if len(files) == 1 else ("readings", "were")
        names = some([f"{file.source}/{printable(file.path)}" for file in files])
        _LOG.warning(f"The cached {what} of {names} {were} damaged; read again")


class _Staged:
    """The parts of all files, copied from the cache into the staging folder."""

    def __init__(self, cache: Cache, staging: Path) -> None:
        self._cache = cache
        self._staging = staging
        self._parts = {name: staging / f".{name}" for name in PARTS}
        self._parts["observations"] = staging / "observations.parquet"
        for folder in self._parts.values():
            folder.mkdir()
        self._records: dict[str, dict[str, Any]] = {}

    def take(self, file: RawFile, *, is_new: bool = False) -> bool:
        """Whether the reading of a file is there and whole; one of a file with a problem counts only if it is new."""
        if file.problem and not is_new:
            return False
        targets = {name: folder / f"{file.file_id}.parquet" for name, folder in self._parts.items()}
        record = self._cache.entry(file).take(targets)
        if record:
            self._records[file.file_id] = record
        return bool(record)

    def publish(self, files: list[RawFile]) -> None:
        """The tables of all files, in the order of the key."""
        ids = sorted(file.file_id for file in files)
        if not files:
            _write([], "observations", self._parts["observations"] / "none.parquet")
        for name in PARTS[1:]:
            path = self._staging / f"{name}.parquet"
            with pq.ParquetWriter(path, tables.schema(name), compression="zstd") as writer:
                for part in (self._parts[name] / f"{file_id}.parquet" for file_id in ids):
                    for batch in pq.ParquetFile(part).iter_batches(1 << 20) if part.exists() else ():
                        writer.write_batch(batch)
            remove(self._parts[name])
        sequences: dict[str, int] = {}
        rows = {}
        for file in files:
            sequences[file.source] = sequences.get(file.source, 0) + 1
            record = self._records[file.file_id]
            rows[file.file_id] = record | {"received": file.received, "sequence": sequences[file.source]}
        _write([rows[file_id] for file_id in ids], "files", self._staging / "files.parquet")


def _source_rows(sources: dict[str, SourceDescription]) -> list[dict[str, Any]]:
    return [
        {
            "source": name,
            "name": source.toml.name.zh,
            "due_day": source.toml.due.day,
            "due_months_after": source.toml.due.months_after if source.toml.due.day else None,
            "due_level": source.toml.due.level or None,
            "every_months": _MONTHS[source.toml.due.every],
        }
        for name, source in sorted(sources.items())
    ]


def _write(rows: list[dict[str, Any]], name: str, path: Path) -> None:
    pq.write_table(pa.Table.from_pylist(rows, schema=tables.schema(name)), path, compression="zstd")
