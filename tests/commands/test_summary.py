"""`sitrep summary`: its numbers are those of the tables, and its text is text in Markdown."""

from __future__ import annotations

import shutil

import polars as pl
import pytest

from pipeline.audit.summary import summary_of
from pipeline.commands.summary import summary
from pipeline.snapshots import current_snapshot
from pipeline.workspace import open_workspace, read_settings
from tests.conftest import build_quietly
from tests.three_months import births, write_three_months


def summarised(root):
    workspace = open_workspace(root)
    return summary_of(workspace, read_settings(workspace), current_snapshot(workspace))


def test_numbers_are_those_of_the_tables(awkward):
    found, folder = summarised(awkward.root), awkward.current
    rejects = pl.read_parquet(folder / "rejects.parquet")
    assert sum(cells for _, cells, _ in found.refused) == rejects.height == found.cells_refused
    per_file = rejects.group_by("source", "path").len()
    assert {(path, cells) for path, cells, _ in found.refused} == {
        (f"data/raw/{source}/{path}", cells) for source, path, cells in per_file.iter_rows()
    }
    findings = pl.read_parquet(folder / "findings.parquet").group_by("severity", "kind").len()
    assert set(found.findings) == set(findings.iter_rows())
    county = pl.read_parquet(folder / "areas.parquet").filter(level="county")["area_code"].implode()
    completeness = pl.read_parquet(folder / "completeness.parquet").filter(
        pl.col("area_code").is_in(county), month=current_snapshot(awkward).month
    )
    due = (
        completeness.group_by("source")
        .agg(pl.col("expected", "actual").sum())
        .filter(pl.col("actual") < pl.col("expected"))
    )
    assert {row[:3] for row in found.missing} == set(due.iter_rows())


@pytest.fixture(scope="module")
def two_editions(tmp_path_factory):
    """July, then August with one cell that is no number; July's first file was sent again meanwhile."""
    root = tmp_path_factory.mktemp("editions")
    write_three_months(root)
    folder = root / "data" / "raw" / "births"
    august = (folder / "2024-08.csv").read_bytes()
    (folder / "2024-08.csv").unlink()
    build_quietly(root)
    (folder / "2024-08.csv").write_bytes(
        august.replace(b",5,6", "｜*a*,6".encode()).replace("｜".encode(), b",")
    )
    (folder / "2024-06.csv").write_bytes(births(14))
    (folder / "2024-07.csv").rename(folder / "2024-07 _x_.csv")
    build_quietly(root)
    return root


def test_what_is_new_gone_and_refused(two_editions):
    found = summarised(two_editions)
    assert found.previous == "2024-07"
    assert [path.rpartition("/")[2] for path in found.new_files] == [
        "2024-06.csv",
        "2024-07 _x_.csv",
        "2024-08.csv",
    ]
    assert found.gone_files == ["data/raw/births/2024-07.csv"]
    assert [(path, cells) for path, cells, _ in found.refused] == [("data/raw/births/2024-08.csv", 1)]
    assert found.unrendered == ["9901"] and found.pages == 0


def test_markdown_takes_text_as_text(two_editions, capsys):
    assert summary(two_editions, as_markdown=True) == 0
    said = capsys.readouterr().out
    assert "2024-07 \\_x\\_.csv" in said
    assert "| data/raw/births/2024-08.csv | 1 | expected " in said


def test_text_has_the_same_lines(two_editions, capsys):
    assert summary(two_editions, as_markdown=False) == 0
    assert "  new or changed since 2024-07: data/raw/births/2024-06.csv" in capsys.readouterr().out


def test_nothing_to_compare_with(tmp_path, built_three_months, capsys):
    shutil.copytree(built_three_months, tmp_path / "one", symlinks=True)
    assert summary(tmp_path / "one", as_markdown=False) == 0
    assert "no earlier edition" in capsys.readouterr().out
