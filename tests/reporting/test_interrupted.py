"""A run that is stopped or killed leaves what was published as it was, and no process behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.commands.report import report
from pipeline.problems import ProblemError
from pipeline.reporting.site.staging import staged
from pipeline.stored import digests
from tests.reporting.conftest import AS_HTML


@pytest.fixture
def workspace(reported, tmp_path):
    """A copy with reports, and a template that makes every page stale."""
    root = tmp_path / "copy"
    shutil.copytree(reported, root, symlinks=True)
    section = root / "reports" / "sections" / "situation.qmd.j2"
    section.parent.mkdir(parents=True)
    section.write_text("\n")
    return root


def children_of(process: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def started(root: Path) -> tuple[subprocess.Popen, list[int]]:
    """A run with two workers that has begun to write pages, and the processes that it started."""
    command = [sys.executable, "-m", "pipeline", "report", "--root", str(root), "--formats", "html",
               "--renderer", "embedded", "--workers", "2"]  # fmt: skip
    run = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while run.poll() is None and not list((root / "_site" / ".work").glob("pages/*")):
        time.sleep(0.05)
    assert run.poll() is None, "it was done before it could be stopped"
    return run, children_of(run.pid)


def ended(processes: list[int]) -> bool:
    """Whether all these processes are gone, or go within a minute."""
    for _ in range(600):
        there = [pid for pid in processes if Path(f"/proc/{pid}").exists()]
        if not [pid for pid in there if "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2]]:
            return True
        time.sleep(0.1)
    return False


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for processes in /proc")


@needs_proc
@pytest.mark.parametrize("to_group", [False, True], ids=["the run", "all at the terminal"])
def test_stopped_by_hand(workspace, to_group):
    before = digests(workspace / "_site" / "2024-08")
    run, children = started(workspace)
    (os.killpg if to_group else os.kill)(run.pid, signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == 130
    assert "Stopped: edition 2024-08 stands as it was published" in said and "Traceback" not in said
    assert digests(workspace / "_site" / "2024-08") == before
    assert ended(children)
    assert not (workspace / "_site" / ".work").exists()


@needs_proc
def test_killed(workspace, capsys):
    before = digests(workspace / "_site" / "2024-08")
    run, children = started(workspace)
    run.kill()
    run.communicate(timeout=60)
    assert ended(children)
    assert digests(workspace / "_site" / "2024-08") == before
    assert report(workspace, *AS_HTML) == 0
    assert "2 reports rendered" in capsys.readouterr().out
    assert not (workspace / "_site" / ".work").exists()


@pytest.fixture
def edition(tmp_path):
    folder = tmp_path / "site" / "2024-08"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text("before")
    return folder


def test_edition_is_replaced_whole(edition):
    with staged(edition, edition.parent / ".work") as folder:
        (folder / "new.html").write_text("new")
        assert {path.name for path in edition.iterdir()} == {"page.html"}
    assert {path.name for path in edition.iterdir()} == {"page.html", "new.html"}
    assert [path.name for path in edition.parent.iterdir()] == ["2024-08"]


def test_edition_stands_where_something_went_wrong(edition):
    with pytest.raises(ValueError), staged(edition, edition.parent / ".work") as folder:
        (folder / "page.html").unlink()
        raise ValueError
    assert (edition / "page.html").read_text() == "before"


def test_edition_is_put_back_that_was_moved_aside_when_a_run_ended(edition):
    work = edition.parent / ".work"
    work.mkdir()
    edition.rename(work / "before")
    with staged(edition, work) as folder:
        assert (folder / "page.html").read_text() == "before"
    assert (edition / "page.html").read_text() == "before"


def test_folder_that_cannot_be_replaced_is_named(edition, monkeypatch):
    def refused(*_):
        raise PermissionError("the process cannot access the file because it is being used")

    with pytest.raises(ProblemError, match="its files closed"), staged(edition, edition.parent / ".work"):
        monkeypatch.setattr(Path, "rename", refused)
    monkeypatch.undo()
    assert (edition / "page.html").read_text() == "before"
