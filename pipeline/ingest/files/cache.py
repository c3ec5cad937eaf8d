"""The cache of readings: for each raw file a record, and beside it the Parquet files whose hashes the record holds.

An entry is found by everything that its reading depends on, and taken only if every byte is as it was written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline.hashing import digest, file_hash
from pipeline.ingest.files.raw_files import RawFile
from pipeline.stored import copy_whole, read_record, remove, write_record

PARTS = ("observations", "rejects", "totals", "blanks")


@dataclass(frozen=True)
class Entry:
    """The tables of one raw file as they were read; `path` has no ending."""

    path: Path

    def part(self, name: str) -> Path:
        return self.path.with_suffix(f".{name}.parquet")

    @property
    def record(self) -> Path:
        return self.path.with_suffix(".json")

    @property
    def is_there(self) -> bool:
        return self.record.exists()

    def clear(self) -> None:
        """Remove an entry before it is written again; the record goes first, so that half an entry never counts."""
        for path in (self.record, *map(self.part, PARTS)):
            remove(path)

    def seal(self, file: dict[str, Any]) -> None:
        """Write the record, last of all: the row of the file in `files`, and the hashes of its parts."""
        parts = {name: file_hash(self.part(name)) for name in PARTS if self.part(name).exists()}
        write_record(self.record, {"entry": self.path.name, "file": file, "parts": parts})

    def take(self, targets: dict[str, Path]) -> dict[str, Any] | None:
        """Copy the parts to their targets and return the row of the file; None if a byte is not as it was written."""
        record = read_record(self.record)
        if record is None or record["entry"] != self.path.name:
            return None
        parts = record["parts"].items()
        if all(copy_whole(self.part(name), targets[name], sealed) for name, sealed in parts):
            return record["file"]
        for target in targets.values():
            remove(target)
        return None


@dataclass(frozen=True)
class Cache:
    """All entries; the key of a source changes whenever any of its files may read differently."""

    folder: Path
    keys: dict[str, str]

    def entry(self, file: RawFile) -> Entry:
        return Entry(self.folder / digest(self.keys[file.source], file.file_id))

    def forget_others(self, files: Iterable[RawFile]) -> None:
        """Remove the entries of files that are no more, and whatever else lies there."""
        kept = {self.entry(file).path.name for file in files}
        for path in self.folder.iterdir():
            if path.name.partition(".")[0] not in kept:
                remove(path)
