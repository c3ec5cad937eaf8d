"""Reports of several runs put together: byte for byte those of one run."""

from __future__ import annotations

import shutil

import pytest

from pipeline.commands.merge import merge
from pipeline.commands.report import report
from pipeline.problems import ProblemError
from pipeline.stored import digests
from tests.reporting.conftest import AS_HTML


@pytest.fixture
def shards(reported, tmp_path):
    """Two workspaces with a half of the reports each, and a third without any."""
    roots = [tmp_path / name for name in ("first", "second", "whole")]
    for root in roots:
        shutil.copytree(reported, root, symlinks=True)
        shutil.rmtree(root / "_site")
        (root / "data" / "processed" / ".cache" / "last_run.json").unlink()
    for number, root in enumerate(roots[:2], start=1):
        assert report(root, *AS_HTML, shard=(number, 2)) == 0
    return roots


def pages_in(root):
    return {path.name for path in (root / "_site" / "2024-08").glob("99*.html")}


def test_each_area_is_in_one_shard(shards):
    assert pages_in(shards[0]) == {"990000.html"}
    assert pages_in(shards[1]) == {"990100.html"}


def test_merged_shards_are_one_run(shards, reported, capsys):
    first, second, whole = shards
    assert merge(whole, [first / "_site", second / "_site"], "embedded", 1) == 0
    said = capsys.readouterr().out
    assert "0 reports rendered, 2 unchanged" in said
    assert digests(whole / "_site") == digests(reported / "_site")


def test_a_damaged_page_is_named_and_made_again(shards, reported, capsys):
    first, second, whole = shards
    (second / "_site" / "2024-08" / "990100.html").write_text("<p>")
    assert merge(whole, [first / "_site", second / "_site"], "embedded", 1) == 0
    said = capsys.readouterr().out
    assert "made again: 990100.html" in said and "1 reports rendered" in said
    assert digests(whole / "_site") == digests(reported / "_site")


def test_a_shard_of_other_figures_is_told_and_made_again(shards, reported, capsys):
    first, second, whole = shards
    (second / "data" / "raw" / "births" / "2024-08.csv").write_text("乡镇,男,女\n城关镇,9,9\n柳溪乡,5,6\n")
    assert report(second, *AS_HTML, shard=(2, 2)) == 0
    assert merge(whole, [first / "_site", second / "_site"], "embedded", 1) == 0
    said = capsys.readouterr().out
    assert "By another build" in said and "1 reports rendered" in said
    assert digests(whole / "_site") == digests(reported / "_site")


def test_a_folder_without_reports_is_refused(shards, tmp_path):
    with pytest.raises(ProblemError, match="no reports that are as they were written"):
        merge(shards[2], [tmp_path], "embedded", 1)
