"""The raw files of a source: which there are, in which order they came, and which cannot be taken as they are."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from pipeline.hashing import digest, file_hash
from pipeline.ingest.readers import WORKBOOKS
from pipeline.ingest.source import SourceDescription
from pipeline.problems import Location, ProblemError, printable

_TABLE_FILES = {*WORKBOOKS, ".csv", ".tsv", ".txt"}
_DIGITS = re.compile(r"(\d+)")
_DAY = re.compile(r"((?:19|20)\d\d)\D?(\d\d?)\D?(\d\d?)(?!\d)")
Receipts = dict[tuple[str, str], date]


@dataclass(frozen=True)
class RawFile:
    """One file below data/raw: where it is, what its bytes are, and why it cannot be read, if so."""

    source: str
    folder: Path
    path: str
    sha256: str
    bytes: int
    received: date | None
    problem: ProblemError | None = None

    @property
    def file_id(self) -> str:
        return digest(self.source, printable(self.path), self.sha256)


def raw_files(folder: Path, source: SourceDescription, receipts: Receipts) -> list[RawFile]:
    """All files of a source in the order in which they came: by day of receipt where it is known, then by name."""
    paths = {path for pattern in source.toml.files for path in folder.glob(pattern) if _is_meant(path)}
    files = [_raw_file(path, folder, source, receipts) for path in sorted(paths)]
    return sorted(files, key=lambda file: (file.received or date.min, _natural(file.path)))


def _is_meant(path: Path) -> bool:
    """Whether a path that fits the pattern is to be read or refused: not our own files, nor an ordinary folder."""
    if path.name == "source.toml" or path.name.startswith((".", "~$")):
        return False
    return not path.is_dir() or path.suffix.lower() in _TABLE_FILES


def _raw_file(path: Path, folder: Path, source: SourceDescription, receipts: Receipts) -> RawFile:
    relative = path.relative_to(folder).as_posix()
    received = receipts.get((source.name, relative)) or _received(relative, source)
    sha256, size = "", 0
    try:
        problem = _problem(path, folder, relative)
        if problem is None:
            sha256, size = file_hash(path), path.stat().st_size
    except OSError as error:
        problem = _refused(relative, error.strerror or "an error", "a file that can be read")
    return RawFile(source.name, folder, relative, sha256, size, received, problem)


def _problem(path: Path, folder: Path, relative: str) -> ProblemError | None:
    if printable(relative) != relative:
        return _refused(
            relative, "a name with a line break or control character", "a name of letters; rename the file"
        )
    if not path.resolve().is_relative_to(folder.parent.resolve()):
        return _refused(relative, "a link that leads out of data/raw", "the file itself; copy it here")
    if path.is_dir():
        return _refused(relative, "a folder named like a file", "a file; rename the folder")
    if not path.is_file():
        return _refused(relative, "a link that leads nowhere, or no ordinary file", "the file itself")
    return None


def _refused(relative: str, found: str, expected: str) -> ProblemError:
    return ProblemError(Location(printable(relative)), found, expected)


def _received(relative: str, source: SourceDescription) -> date | None:
    received = source.toml.received
    if received is None:
        return None
    cut = received.cut(relative if received.where == "path" else PurePosixPath(relative).name)
    written = _DAY.search(cut) if cut else None
    try:
        return date(*map(int, written.groups())) if written else None
    except ValueError:
        return None


def _natural(path: str) -> tuple[list[tuple[int, str]], str, str]:
    """A sort key that puts 9月 before 10月, and 月报.csv before 月报(2).csv."""
    plain = unicodedata.normalize("NFKC", path)
    stem, suffix = plain.removesuffix(PurePosixPath(plain).suffix), PurePosixPath(plain).suffix
    pieces = filter(None, _DIGITS.split(stem))
    return [(int(piece), "") if piece.isdecimal() else (-1, piece) for piece in pieces], suffix, path
