"""The wheel, outside the checkout: what is in it, and that it makes a workspace and its reports."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from pipeline import __version__
from pipeline.starter import HOSTS
from tests.starter.conftest import fill_in


def test_wheel_is_small_and_holds_no_font_and_no_data(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert wheel.stat().st_size < 5_000_000
    assert not [
        name for name in names if Path(name).suffix in (".ttf", ".otf", ".woff2", ".parquet", ".xlsx")
    ]
    assert {name.partition("/")[0] for name in names} == {"pipeline", f"sitrep-{__version__}.dist-info"}
    assert "pipeline/reports/translations/zh.po" in names


def test_says_its_version(outside):
    assert outside("sitrep --version").stdout.strip() == __version__


def test_completes_its_commands(outside):
    asked = outside("sitrep", _SITREP_COMPLETE="complete_bash", COMP_WORDS="sitrep dia", COMP_CWORD="1")
    assert asked.stdout.split() == []
    asked = outside("sitrep", _SITREP_COMPLETE="complete_bash", COMP_WORDS="sitrep do", COMP_CWORD="1")
    assert asked.stdout.split() == ["doctor"]


@pytest.fixture(scope="module")
def workspace(outside, tmp_path_factory):
    root = tmp_path_factory.mktemp("new") / "workspace"
    made = outside(f"sitrep init {root} --ci github --ci gitlab")
    assert made.returncode == 0, made.stderr
    fill_in(root)
    return root


def test_a_new_workspace_that_is_filled_in_gives_its_reports(outside, workspace):
    done = outside(f"sitrep report --root {workspace} --formats html --renderer embedded")
    assert done.returncode == 0, done.stderr
    pages = sorted(path.name for path in (workspace / "_site" / "2024-08").glob("*.html"))
    assert pages == [
        "990000.en.html",
        "990000.html",
        "990100.en.html",
        "990100.html",
        "index.en.html",
        "index.html",
    ]
    said = outside(f"sitrep doctor --root {workspace}")
    assert said.returncode == 0 and "edition: 2024-08, of the files that are there" in said.stdout


def test_nothing_is_written_over(outside, workspace):
    before = {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}
    again = outside(f"sitrep init {workspace} --ci github")
    assert again.returncode == 1 and "there already" in again.stderr
    assert before == {path: path.read_bytes() for path in workspace.rglob("*") if path.is_file()}


@pytest.mark.parametrize("host", HOSTS)
def test_a_job_is_written_where_its_host_looks_for_it(workspace, host):
    assert (workspace / HOSTS[host]).is_file()
    assert (workspace / "requirements.txt").read_text() == f"sitrep=={__version__}\n"
