"""`sitrep describe`: a sketch of a source.toml from one file."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pipeline.commands.setting import DONE, say
from pipeline.ingest.readers.encodings import DETECT
from pipeline.ingest.sketch.sketch import sketch
from pipeline.problems import ProblemError
from pipeline.reference import read_reference
from pipeline.workspace import Workspace, open_workspace, read_settings


def describe(root: Path, file: Path) -> int:
    workspace = open_workspace(root)
    if not file.is_file():
        raise ProblemError(str(file), "no such file", "a raw file of one source")
    source = _source_folder(file, workspace)
    reference = read_reference(workspace, read_settings(workspace).levels)
    say(sketch(file.resolve(), reference, source, _named_encoding(source or file.resolve().parent)).rstrip())
    return DONE


def _source_folder(file: Path, workspace: Workspace) -> Path | None:
    """The folder below data/raw in which the file lies, however deep."""
    raw, path = workspace.raw.resolve(), file.resolve()
    return raw / path.relative_to(raw).parts[0] if raw in path.parent.parents else None


def _named_encoding(folder: Path) -> str:
    """The encoding that the folder's source.toml names; one that is not there, or not finished, names none."""
    try:
        written = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return DETECT
    encoding = written.get("encoding")
    return encoding if isinstance(encoding, str) and encoding else DETECT
