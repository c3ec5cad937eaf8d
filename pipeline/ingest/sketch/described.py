"""The sketch for one file of a workspace, with what its folder already says of it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pipeline.ingest.readers.encodings import DETECT
from pipeline.ingest.sketch.sketch import sketch
from pipeline.problems import ProblemError
from pipeline.reference import Reference


def sketch_of_file(file: Path, raw: Path, reference: Reference) -> str:
    """A sketch of a source.toml for a file; it is one of a source where it lies below `raw`, the folder data/raw."""
    if not file.is_file():
        raise ProblemError(str(file), "no such file", "a raw file of one source")
    source = _source_folder(file, raw)
    encoding = _named_encoding(source or file.resolve().parent)
    return sketch(file.resolve(), reference, source, encoding).rstrip()


def _source_folder(file: Path, raw: Path) -> Path | None:
    """The folder below data/raw in which the file lies, however deep."""
    raw, path = raw.resolve(), file.resolve()
    return raw / path.relative_to(raw).parts[0] if raw in path.parent.parents else None


def _named_encoding(folder: Path) -> str:
    """The encoding that the folder's source.toml names; one that is not there, or not finished, names none."""
    try:
        written = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return DETECT
    encoding = written.get("encoding")
    return encoding if isinstance(encoding, str) and encoding else DETECT
