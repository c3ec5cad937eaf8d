"""The commands as a person runs them: what they say, their exit status, and never a traceback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from pipeline.sample import write_sample
from pipeline.workspace import CHECKOUT


def sitrep(*words: str) -> subprocess.CompletedProcess[str]:
    run = subprocess.run(
        [sys.executable, "-m", "pipeline", *map(str, words)],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        env=os.environ | {"NO_COLOR": "1", "COLUMNS": "100"},
        check=False,
    )
    assert "Traceback" not in run.stderr + run.stdout, run.stderr
    return run


def test_status(awkward):
    run = sitrep("status", "--root", awkward.root)
    assert "edition 2026-06" in run.stdout
    assert "Inputs changed since: none" in run.stdout


def test_status_counts_areas_whatever_their_languages(awkward, site):
    """An area is one, in however many languages it has a report; the overview is none."""
    pages = json.loads((site / "manifest.json").read_text(encoding="utf-8"))["pages"]
    assert len(pages) == 26, "twelve areas and the overview in two languages"
    assert "Reports 2026-06: 12 areas, build " in sitrep("status", "--root", awkward.root).stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["build", "--root", "/nowhere"], "no such folder"),
        (["report", "--area", "123"], "codes of areas of the levels province, prefecture, county"),
    ],
)
def test_a_mistake_is_answered_with_what_was_expected(awkward, words, message):
    root = [] if "--root" in words else ["--root", awkward.root, "--workers", 1]
    run = sitrep(*words, *root)
    assert run.returncode == 1
    assert message in run.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "message"),
    [
        ("normal_range =", "# normal_range =", "found no `normal_range`"),
        (
            "[death_rate]",
            "[mortality]",
            "found no [death_rate]; expected an entry for it, as every report has a place for it",
        ),
    ],
)
def test_a_report_without_its_indicators_says_which_it_needs(tmp_path, right, wrong, message):
    write_sample(tmp_path, counties=1, townships_per_county=4, months=3)
    path = tmp_path / "data" / "reference" / "indicators.toml"
    path.write_text(path.read_text(encoding="utf-8").replace(right, wrong), encoding="utf-8")
    run = sitrep("report", "--root", tmp_path, "--workers", 1)
    assert run.returncode == 1
    assert message in run.stderr


def test_a_path_with_a_quote_is_a_path(awkward, tmp_path):
    root = tmp_path / "the county's"
    shutil.copytree(awkward.root / "data", root / "data", symlinks=True)
    assert sitrep("build", "--root", root, "--workers", 1).returncode == 0
    assert sitrep("explain", "990101", "birth_rate", "2026-06", "--root", root).returncode == 0
    assert sitrep("diff", "2026-06", "2026-06", "--root", root).returncode == 0


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


def test_verify_makes_the_same_bytes_again_in_both_languages_and_all_formats_on_other_workers(small):
    """Built and rendered by one process, and again from nothing by two."""
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
