"""The build as a whole: nothing lost, truth found again published whole or not at all."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline import build as building
from pipeline.problems import ProblemError
from pipeline.snapshots import all_snapshots, current_snapshot
from pipeline.words.finding_values import ABOUT_INDICATORS
from pipeline.workspace import open_workspace
from tests.conftest import build_quietly
from tests.three_months import births


def hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def small(three_months) -> Path:
    return three_months.root


def test_cells_read_are_accepted_or_refused(awkward):
    files = pl.read_parquet(awkward.current / "files.parquet")
    assert (files["cells_read"] == files["cells_accepted"] + files["cells_refused"]).all()
    observations = pl.read_parquet(awkward.current / "observations.parquet" / "*.parquet")
    rejects = pl.read_parquet(awkward.current / "rejects.parquet")
    assert files["cells_accepted"].sum() == observations.height
    assert files["cells_refused"].sum() == rejects.height


def test_the_known_truth_comes_out_of_the_raw_files(awkward):
    """Births as the hospitals sent them, deaths as differences of the register's cumulative figures."""
    truth = (
        pl.read_csv(
            awkward.root / "data" / "truth" / "monthly_counts.csv", schema_overrides={"area_code": pl.String}
        )
        .with_columns(pl.col("month").str.to_date("%Y-%m"))
        .unpivot(
            ["births_male", "births_female", "deaths_male", "deaths_female", "population"],
            index=["area_code", "month"],
            variable_name="element",
            value_name="true_value",
        )
    )
    counts = pl.read_parquet(awkward.current / "counts.parquet").filter(
        pl.col("value").is_not_null()
        & (pl.col("source").is_null() | (pl.col("source") != "population_register"))
        | pl.col("status").is_in(["differenced"]) & pl.col("element").str.starts_with("deaths")
    )
    both = counts.join(truth, on=["area_code", "month", "element"])
    assert set(both["element"]) == {
        "births_male",
        "births_female",
        "deaths_male",
        "deaths_female",
        "population",
    }
    assert both.height > 1000
    assert both.filter(pl.col("value") != pl.col("true_value")).is_empty()


def test_planted_errors_are_found_and_nothing_else(awkward):
    planted = pl.read_csv(awkward.root / "data" / "truth" / "planted.csv", infer_schema=False)
    findings = pl.read_parquet(awkward.current / "findings.parquet")
    findings = findings.filter(~pl.col("kind").is_in(ABOUT_INDICATORS))
    wrong = planted.filter(pl.col("kind").str.contains("percentage"))
    assert findings["kind"].unique().to_list() == ["rate_differs"]
    assert findings.height == wrong.height
    revised = planted.filter(kind="revised").row(0, named=True)
    revisions = pl.read_parquet(awkward.current / "revisions.parquet")
    girls = revisions.filter(element="births_female").row(0, named=True)
    assert revisions["area_code"].unique().to_list() == [revised["area_code"]]
    assert (f"{girls['value_before']}", f"{girls['value']}") == (
        revised["printed_value"],
        revised["true_value"],
    )


def test_an_empty_a_tiny_and_a_new_county_are_in_the_counts(awkward):
    areas = pl.read_parquet(awkward.current / "areas.parquet")
    counts = pl.read_parquet(awkward.current / "counts.parquet")
    empty, new = (areas.filter(name=name)["area_code"][0] for name in ("示例空白县", "示例新设县"))
    assert counts.filter(area_code=empty)["status"].unique().to_list() == ["missing"]
    births = counts.filter(pl.col("value").is_not_null(), area_code=new, element="births")
    assert births.height == 3


def test_a_second_build_does_nothing_and_an_earlier_edition_stays(small):
    latest = build_quietly(small)
    assert build_quietly(small) == latest
    earlier = build_quietly(small, date(2024, 7, 1))
    assert [snapshot.edition for snapshot, _ in all_snapshots(open_workspace(small))] == [
        "2024-07",
        "2024-08",
    ]
    assert current_snapshot(open_workspace(small)) == earlier
    assert build_quietly(small) == latest


def test_a_build_that_dies_leaves_what_was_published(small, monkeypatch):
    published = build_quietly(small)
    before = hashes(open_workspace(small).current)
    (small / "data" / "raw" / "births" / "2024-06.csv").unlink()
    with monkeypatch.context() as patched:
        patched.setattr(building, "publish", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            build_quietly(small)
    assert current_snapshot(open_workspace(small)) == published
    assert hashes(open_workspace(small).current) == before
    assert build_quietly(small) != published


def test_a_new_file_costs_only_itself(small, monkeypatch):
    build_quietly(small)
    read = []
    from pipeline.ingest import run as ingest

    write = ingest.write_file_tables
    monkeypatch.setattr(
        ingest, "write_file_tables", lambda file, *rest: read.append(file.path) or write(file, *rest)
    )
    (small / "data" / "raw" / "births" / "2024-09.csv").write_bytes(births(5))
    build_quietly(small)
    assert read == ["2024-09.csv"]


def test_a_slip_in_a_reference_table_is_named(small):
    indicators = small / "data" / "reference" / "indicators.toml"
    indicators.write_text(
        indicators.read_text(encoding="utf-8").replace('"births_male"', '"birth_male"'), encoding="utf-8"
    )
    with pytest.raises(ProblemError, match=r"indicators.toml \[sex_ratio_at_birth\]: found 'birth_male'"):
        build_quietly(small)


def test_where_links_need_rights_a_file_names_the_snapshot(small, monkeypatch):
    def refused(*_, **__):
        raise OSError("a required privilege is not held by the client")

    monkeypatch.setattr(Path, "symlink_to", refused)
    pointer = small / "data" / "processed" / "current"
    snapshot = build_quietly(small)
    assert pointer.is_file() and pointer.read_text() == snapshot.folder_name
    assert current_snapshot(open_workspace(small)) == snapshot
    monkeypatch.undo()
    (small / "data" / "raw" / "births" / "2024-08.csv").write_bytes(births(50))
    later = build_quietly(small)
    assert pointer.is_symlink() and current_snapshot(open_workspace(small)) == later != snapshot


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"../../elsewhere", b"2024-08-nowhere", b"a\0b"])
def test_a_pointer_that_leads_nowhere_is_set_again(small, content):
    snapshot = build_quietly(small)
    workspace = open_workspace(small)
    workspace.pointer.unlink()
    workspace.pointer.write_bytes(content)
    assert current_snapshot(workspace) is None
    build_quietly(small)
    assert current_snapshot(workspace) == snapshot
