"""`sitrep describe`: a sketch of a source.toml from one file."""

from __future__ import annotations

from pathlib import Path

from pipeline.commands.setting import DONE, say
from pipeline.ingest.sketch.sketch import sketch
from pipeline.problems import ProblemError
from pipeline.reference import read_reference
from pipeline.workspace import open_workspace, read_settings


def describe(root: Path, file: Path) -> int:
    workspace = open_workspace(root)
    if not file.is_file():
        raise ProblemError(str(file), "no such file", "a raw file of one source")
    say(sketch(file, read_reference(workspace, read_settings(workspace).levels)).rstrip())
    return DONE
