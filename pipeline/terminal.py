"""The terminal: any text can be printed on it, libraries keep quiet, and long work shows its progress."""

import io
import logging
import os
import sys
import time
import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


def take_any_text() -> None:
    """A character that the terminal cannot show is written as its code: a name must not end a run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def quiet_libraries() -> None:
    """Warnings and log lines of libraries are for us, not for the analyst; `python -W default` shows them.

    What the pipeline itself logs, such as that something stored was damaged, is a line on the terminal.
    """
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
        os.environ.setdefault("PYTHONWARNINGS", "ignore")
    if not logging.root.handlers:
        logging.root.addHandler(logging.NullHandler())
    if logging.lastResort:
        logging.getLogger("pipeline").addHandler(logging.lastResort)


class ProgressLines:
    """Progress as a bar on a terminal, and as plain lines, at most one in five seconds, elsewhere."""

    def __init__(self) -> None:
        self._bar: Progress | None = None
        self._task: TaskID
        self._said = ("", 0.0)

    def __call__(self, what: str, done: int, total: int) -> None:
        if total == 0 or (done and total == 1):
            return
        if sys.stderr.isatty():
            self._draw(what, done, total)
        elif what != self._said[0] or done == total or time.monotonic() - self._said[1] > 5:
            self._said = (what, time.monotonic())
            print(f"{what}: {done} of {total}" if total > 1 else what, file=sys.stderr, flush=True)

    def _draw(self, what: str, done: int, total: int) -> None:
        from rich.console import Console
        from rich.progress import Progress

        if self._bar is None:
            self._bar = Progress(console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(what)
        if self._said[0] != what:
            self._bar.reset(self._task, description=what)
            self._said = (what, 0.0)
        self._bar.update(self._task, completed=done, total=total)

    def close(self) -> None:
        if self._bar is not None:
            self._bar.stop()
