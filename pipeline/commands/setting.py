"""What every command needs first: the workspace, its settings, workers, and a place to write lines."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path

import typer

from pipeline.build import Snapshot, current_snapshot
from pipeline.problems import ProblemError
from pipeline.workers import ProgressLines, worker_pool
from pipeline.workspace import Workspace, open_workspace

DONE, REFUSED = 0, 1


@contextmanager
def at_work(root: Path, workers: int) -> Iterator[tuple[Workspace, Executor | None, ProgressLines]]:
    """The workspace, a pool of workers and progress lines, all closed in the end."""
    workspace = open_workspace(root)
    progress = ProgressLines()
    try:
        with worker_pool(workers) as executor:
            yield workspace, executor, progress
    finally:
        progress.close()


def published(root: Path) -> tuple[Workspace, Snapshot]:
    """The workspace and its current snapshot; without one, a message that says how to make it."""
    workspace = open_workspace(root)
    snapshot = current_snapshot(workspace)
    if snapshot is None:
        raise ProblemError(
            str(workspace.processed), "nothing published yet", "a build; run `sitrep build` first"
        )
    return workspace, snapshot


def say(text: str = "") -> None:
    typer.echo(text)
