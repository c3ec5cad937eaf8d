"""Nothing changed: known without tables, and not believed where anything changed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.commands.report import report
from tests.reporting.conftest import AS_HTML


@pytest.fixture
def workspace(reported, tmp_path):
    shutil.copytree(reported, tmp_path / "copy", symlinks=True)
    return tmp_path / "copy"


def test_nothing_changed_is_known_without_a_table(reported):
    heavy = ("polars", "duckdb", "pyarrow", "numpy", "scipy", "statsmodels", "matplotlib", "fontTools")
    code = (
        "import sys; from pathlib import Path; from pipeline.commands.report import report; "
        f"report(Path({str(reported)!r}), *{AS_HTML!r}); print([name for name in {heavy!r} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "0 reports rendered, 2 unchanged" in said
    assert said.rstrip().endswith("[]")


def _change(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


_PAGES, _RAW = "_site/2024-08", "data/raw/births/2024-08.csv"
_CATALOGUE = (
    'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "area.this_area"\nmsgstr "here"\n'
)
# What changes, and how many of the two pages are made again.
_CHANGES = {
    "a note": (lambda root: _change(root / "reports/notes/2024-08/990100.md", "Read."), 1),
    "a text": (lambda root: _change(root / "reports/translations/zh.po", _CATALOGUE), 2),
    "a template": (lambda root: _change(root / "reports/sections/situation.qmd.j2", "\n"), 2),
    "a page that is gone": (lambda root: (root / _PAGES / "990100.html").unlink(), 1),
    "a page that was cut": (lambda root: _change(root / _PAGES / "990000.html", "<p>"), 1),
    "a manifest that was cut": (lambda root: _change(root / _PAGES / "manifest.json", "{"), 2),
    "a data file that is gone": (lambda root: next((root / _PAGES / "data").glob("*.csv")).unlink(), 0),
    "a raw file": (lambda root: _change(root / _RAW, "乡镇,男,女\n城关镇,9,9\n柳溪乡,5,6\n"), 2),
}


@pytest.mark.parametrize("what", _CHANGES)
def test_what_changed_is_made_again(workspace, what, capsys):
    change, rendered = _CHANGES[what]
    change(workspace)
    assert report(workspace, *AS_HTML) == 0
    said = capsys.readouterr().out
    assert f"{rendered} reports rendered, {2 - rendered} unchanged" in said
    assert report(workspace, *AS_HTML) == 0
    assert "0 reports rendered, 2 unchanged" in capsys.readouterr().out
    assert list((workspace / "_site" / "2024-08" / "data").glob("*.csv"))


def test_another_format_is_another_request(workspace, capsys):
    assert report(workspace, None, ["990100"], ["html", "docx"], "embedded", 1) == 0
    assert "1 reports rendered" in capsys.readouterr().out


def test_a_note_of_no_page_is_said_every_time(workspace, capsys):
    _change(workspace / "reports" / "notes" / "2024-08" / "99.md", "Lost.")
    for _ in range(2):
        assert report(workspace, *AS_HTML) == 0
        assert "Not used" in capsys.readouterr().out
