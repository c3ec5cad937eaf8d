"""An edition is made beside the one that stands, and put in its place whole: whoever looks sees one build."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.problems import ProblemError
from pipeline.stored import remove

_NEXT, _BEFORE = "next", "before"


@contextmanager
def staged(target: Path, work: Path) -> Iterator[Path]:
    """A copy of the folder `target` to be changed, which takes its place where all went well; `work` is beside it.

    Files are linked where the disk can: they must be replaced, never written into. What an earlier run left is removed,
    and if it ended between the two renamings, its edition is put back first.
    """
    folder, before = work / _NEXT, work / _BEFORE
    _clear(work, target)
    work.mkdir(parents=True)
    if target.is_dir():
        shutil.copytree(target, folder, copy_function=_link)
    else:
        remove(target)
        folder.mkdir()
    try:
        yield folder
        _swap(folder, target, before)
    finally:
        _clear(work, target)


def _clear(work: Path, target: Path) -> None:
    before = work / _BEFORE
    if before.is_dir() and not target.exists():
        before.rename(target)
    shutil.rmtree(work, ignore_errors=True)


def _swap(folder: Path, target: Path, before: Path) -> None:
    try:
        if target.exists():
            target.rename(before)
        folder.rename(target)
    except PermissionError:  # as on Windows, while a file of it is open
        raise ProblemError(
            str(target),
            "a folder that cannot be replaced",
            "its files closed and the right to write beside it; run again",
        ) from None


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)
