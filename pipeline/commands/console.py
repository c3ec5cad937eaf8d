"""What every command needs first: the workspace, its settings, workers, and a place to write lines."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import typer

from pipeline.problems import ProblemError
from pipeline.snapshots import Snapshot, current_snapshot, refuse_damaged
from pipeline.stored import remove
from pipeline.terminal import ProgressLines
from pipeline.workers import worker_pool
from pipeline.workspace import Workspace, open_workspace

DONE, REFUSED, STOPPED = 0, 1, 130
T = TypeVar("T")


@contextmanager
def at_work(root: Path, workers: int) -> Iterator[tuple[Workspace, Executor | None, ProgressLines]]:
    """The workspace, a pool of workers and progress lines, all closed in the end."""
    workspace = open_workspace(root)
    progress = ProgressLines()
    try:
        with worker_pool(workers) as executor:
            yield workspace, executor, progress
    except KeyboardInterrupt:
        progress.close()
        for unfinished in (workspace.site / ".work", workspace.processed / ".staging"):
            remove(unfinished)  # again: a worker may have been at work on it to the end
        snapshot = current_snapshot(workspace)
        stands = (
            f"edition {snapshot.edition} stands as it was published" if snapshot else "nothing was published"
        )
        typer.secho(f"Stopped: {stands}", err=True)
        raise typer.Exit(STOPPED) from None
    finally:
        progress.close()


def published(root: Path) -> tuple[Workspace, Snapshot]:
    """The workspace and its current snapshot; without one, a message that says how to make it."""
    workspace = open_workspace(root)
    if not workspace.current.exists():
        raise ProblemError("data/processed", "nothing published yet", "a build; run `sitrep build` first")
    refuse_damaged(workspace.current, "`sitrep build` makes it again")
    snapshot = current_snapshot(workspace)
    assert snapshot is not None  # one without a record was refused as damaged
    return workspace, snapshot


def say(text: str = "") -> None:
    typer.echo(text)


def say_list(title: str, items: Sequence[T], worded: Callable[[T], str], shown: int, hint: str = "") -> None:
    """A title and the first items below it, and how many more there are; nothing where there are none."""
    if items:
        say(title)
    for item in items[:shown]:
        say(f"  {worded(item)}")
    say_rest(len(items) - shown, hint=hint)


def say_rest(number: int, what: str = "", indent: str = "  ", hint: str = "") -> None:
    """`… and 12 more files; --html shows all`."""
    if number > 0:
        say(f"{indent}… and {number:,} more{f' {what}' if what else ''}{hint}")
