"""`sitrep describe`: a sketch of a source.toml from one file."""

from pathlib import Path

from pipeline.commands.console import DONE, say
from pipeline.ingest.sketch.sketch import sketch_of_file
from pipeline.reference import read_reference
from pipeline.workspace import open_workspace, read_settings


def describe(root: Path, file: Path) -> int:
    workspace = open_workspace(root)
    reference = read_reference(workspace, read_settings(workspace).levels)
    say(sketch_of_file(file, workspace.raw, reference))
    return DONE
