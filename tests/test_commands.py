"""The commands as a person runs them: what they say, their exit status, and never a traceback."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import date
from io import StringIO

import pytest

from pipeline.cli import main
from pipeline.commands.report import report
from pipeline.problems import ProblemError
from pipeline.reporting.renderers import fonts
from pipeline.sample import write_sample
from pipeline.snapshots import all_snapshots
from pipeline.stored import write_record
from pipeline.workspace import CHECKOUT
from tests.conftest import build_quietly
from tests.flipped import flipped
from tests.small_workspaces import only_births
from tests.three_months import births


def sitrep(*words: object) -> subprocess.CompletedProcess[str]:
    """The command in this process, which spares the imports; test_terminal.py runs processes of their own."""
    given = ["sitrep", *map(str, words)]
    with (
        pytest.MonkeyPatch.context() as patch,
        redirect_stdout(StringIO()) as out,
        redirect_stderr(StringIO()) as err,
    ):
        patch.setattr(sys, "argv", given)
        patch.setenv("NO_COLOR", "1")
        patch.setenv("COLUMNS", "100")
        with pytest.raises(SystemExit) as ended:
            main()
    return subprocess.CompletedProcess(given, ended.value.code, out.getvalue(), err.getvalue())


def test_status_names_what_is_changed_and_what_is_damaged(three_months):
    """By hand: three files of which one is changed, an older edition, and reports that are not as they were written."""
    build_quietly(three_months.root, date(2024, 7, 1))
    build_quietly(three_months.root)
    assert "Inputs changed since: none" in sitrep("status", "--root", three_months.root).stdout
    (three_months.raw / "births" / "2024-08.csv").write_bytes(births(99))
    for edition in ("2024-07", "2024-08"):
        (three_months.site / edition).mkdir(parents=True)
    pages = dict.fromkeys(("9901", "9901.en", "990101", "index", "index.en"))
    manifest = {"edition": "2024-07", "build": "b", "renderer": "r", "pages": pages}
    write_record(three_months.site / "2024-07" / "manifest.json", manifest)
    (three_months.site / "2024-08" / "manifest.json").write_text("{}")
    july, august = (snapshot for snapshot, _ in all_snapshots(three_months))
    with flipped(three_months.current / "counts.parquet", 800):
        said = sitrep("status", "--root", three_months.root).stdout
    assert "  births: 3 files, 0.0 MB" in said
    assert "Damaged: edition 2024-08, counts.parquet not as published" in said
    assert f" edition 2024-07, build {july.fingerprint}: " in said
    assert f"* edition 2024-08, build {august.fingerprint}: 12 figures read, 0 refused" in said
    assert "Inputs changed since: data/raw/births/2024-08.csv" in said
    assert "Reports 2024-07: 2 areas, build b, by r" in said
    assert "Reports 2024-08: manifest.json is not as it was written" in said


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["build", "--root", "/nowhere"], "no such folder"),
        (["report", "--area", "123"], "codes of areas of the levels county"),
    ],
)
def test_a_mistake_is_answered_with_what_was_expected(three_months, words, message):
    root = [] if "--root" in words else ["--root", three_months.root, "--workers", 1]
    run = sitrep(*words, *root)
    assert run.returncode == 1
    assert message in run.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        (
            "[death_rate]",
            "[mortality]",
            "found no [death_rate]; expected an entry for it, as every report has a place for it",
        ),
    ],
)
def test_a_report_without_its_indicators_says_which_it_needs(tmp_path, right, wrong, message):
    root = only_births(tmp_path / "workspace", months=3)
    path = root / "data" / "reference" / "indicators.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    with pytest.raises(ProblemError, match=re.escape(message)):
        report(root, None, [], ["html"], "embedded", 1)


def test_a_path_with_a_quote_is_a_path(three_months):
    root = three_months.root.rename(three_months.root.with_name("the county's"))
    assert sitrep("build", "--root", root, "--workers", 1).returncode == 0
    assert sitrep("explain", "990101", "sex_ratio_at_birth", "2024-08", "--root", root).returncode == 0
    assert sitrep("diff", "2024-08", "2024-08", "--root", root).returncode == 0


@pytest.mark.parametrize("words", [["report", "--formats", "odt"], ["build", "--edition", "2026"], ["bake"]])
def test_wrong_use_is_2(words):
    assert sitrep(*words).returncode == 2


@pytest.fixture
def small(tmp_path):
    """A county in two languages, with templates and a note of its own."""
    root = tmp_path / "small"
    write_sample(root, counties=1, townships_per_county=4, months=14)
    shutil.copytree(CHECKOUT / "reports", root / "reports", ignore=shutil.ignore_patterns("pages"))
    note = root / "reports" / "notes" / "2026-06" / "990101.en.md"
    note.parent.mkdir(parents=True)
    note.write_text("June counts **both** months.", encoding="utf-8")
    return root


def test_verify_makes_the_same_bytes_again_in_both_languages_and_all_formats_on_other_workers(
    small, font_cache, monkeypatch
):
    """Built and rendered by one process, and again from nothing by two; of the fonts test_fonts.py says the same."""
    prepare = fonts.prepare
    monkeypatch.setattr(
        fonts, "prepare", lambda texts, common, _, own: prepare(texts, common, font_cache, own)
    )
    words = ("--area", "990101", "--formats", "html,pdf,docx", "--renderer", "embedded", "--workers", 1)
    assert sitrep("report", "--root", small, *words).returncode == 0
    site = small / "_site" / "2026-06"
    assert {path.name for path in site.iterdir() if path.is_file()} == {
        *(f"990101{language}.{kind}" for language in ("", ".en") for kind in ("html", "pdf", "docx")),
        *(f"index{language}.{kind}" for language in ("", ".en") for kind in ("html", "pdf")),
        "manifest.json",
    }
    run = sitrep("verify", "--root", small, "--workers", 2)
    assert run.returncode == 0, run.stdout[-2000:]
    assert " 0 differ" in run.stdout
