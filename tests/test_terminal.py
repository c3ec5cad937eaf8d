"""What reaches the terminal: any text whatever it can show, and nothing that libraries say among themselves."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from pipeline.workspace import CHECKOUT
from tests.small_workspaces import NATION, months_from, table, write_workspace

NAME = "示例\U0002a248가é\U0001f600国"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    """One area whose name no old encoding has whole."""
    area = (NATION[0], NAME, *NATION[2:])
    figures = table(("births_male", "births_female"), months_from(2024, 2), (area,))
    figures.append(["没有的地方\U0002a248", "2024-02", "1", "2"])
    return write_workspace(tmp_path_factory.mktemp("odd"), figures, areas=(area,), level="nation")


def run(encoding: str, *words: object, code: str = "") -> subprocess.CompletedProcess[bytes]:
    command = ["-c", code] if code else ["-m", "pipeline", *map(str, words)]
    environment = os.environ | {"PYTHONIOENCODING": encoding, "NO_COLOR": "1"}
    return subprocess.run(
        [sys.executable, *command], cwd=CHECKOUT, env=environment, capture_output=True, check=False
    )


@pytest.mark.parametrize("encoding", ["ascii", "cp936", "latin-1"])
@pytest.mark.parametrize("command", ["check", "describe"])
def test_a_name_that_the_terminal_cannot_show_is_written_as_its_code(workspace, command, encoding):
    file = [workspace / "data" / "raw" / "returns" / "returns.csv"] if command == "describe" else []
    done = run(encoding, command, *file, "--root", workspace)
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    assert done.returncode == (1 if command == "check" else 0)
    assert done.stdout


def test_any_character_passes_in_any_encoding():
    """What our commands print, and what a worker prints, without one process a command."""
    code = (
        "import sys; from pipeline.terminal import take_any_text; take_any_text(); "
        "text = ''.join(map(chr, [0x1, 0xe9, 0x4e00, 0xac00, 0x2a248, 0xdc80, 0xe000, 0x1f600])); "
        "print(text); print(text, file=sys.stderr); import typer; typer.echo(text)"
    )
    for encoding in ("ascii", "cp936", "latin-1", "utf-8"):
        done = run(encoding, code=code)
        assert done.returncode == 0, done.stderr.decode()
        assert b"\\U0002a248" in done.stdout or encoding == "utf-8"


def test_libraries_say_nothing():
    """A warning, a log line of a library, and the same in a worker."""
    code = (
        "import logging, warnings; from pipeline.terminal import quiet_libraries; quiet_libraries(); "
        "warnings.warn('of a library'); logging.getLogger('fontTools.subset').warning('of a library')"
    )
    done = run("utf-8", code=code)
    assert (done.stdout, done.stderr) == (b"", b"")
