"""`sitrep diff`: each change of a count is put down to the input that is behind it."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from pipeline.audit.causes import Cause
from pipeline.audit.changes import ChangedCount, Comparison, by_cause
from pipeline.reference import read_reference
from pipeline.snapshots import all_snapshots, seal
from pipeline.workspace import Workspace, read_settings
from tests.commands.lived_in import FORMER, RECODED, RESENT
from tests.test_commands import sitrep

JANUARY, FEBRUARY, MARCH, APRIL, MAY = (date(2026, month, 1) for month in range(1, 6))
HOSPITAL = "hospital_births/住院分娩月报_"


def compared(workspace: Workspace) -> Comparison:
    earlier, later = all_snapshots(workspace)[-2:]
    return Comparison(earlier, later, read_reference(workspace, read_settings(workspace).levels).elements)


@pytest.fixture(scope="module")
def comparison(lived_in) -> Comparison:
    return compared(lived_in)


@pytest.fixture(scope="module")
def counts(comparison) -> dict[tuple[str, str, date], ChangedCount]:
    return {(count.area_code, count.element, count.month): count for count in comparison.counts}


@pytest.mark.parametrize(
    ("key", "kind", "what"),
    [
        (
            ("990101003", "births_male", MARCH),
            "revision",
            f"hospital_births/{RESENT}, which replaces {HOSPITAL}202603.csv",
        ),
        (("990104002", "births_female", FEBRUARY), "changed file", f"{HOSPITAL}202602.csv"),
        (("990102001", "births_female", MAY), "changed file", f"{HOSPITAL}202605.csv"),
        (("990103001", "births_male", JANUARY), "correction", f"added for {HOSPITAL}202601.csv"),
        (
            ("990101001", "population_male", APRIL),
            "file gone",
            "population_register/人口统计月报_2026年4月.xlsx",
        ),
        (("990101001", "deaths_male", APRIL), "file gone", "population_register/人口统计月报_2026年4月.xlsx"),
        (("990101001", "deaths_male", MAY), "file gone", "population_register/人口统计月报_2026年4月.xlsx"),
        ((FORMER, "births_male", FEBRUARY), "rules", "areas.csv"),
        ((RECODED, "records", MARCH), "rules", "areas.csv"),
        # sums, through what is below them
        (
            ("990101", "births", MARCH),
            "revision",
            f"hospital_births/{RESENT}, which replaces {HOSPITAL}202603.csv",
        ),
        (("990000", "births_male", JANUARY), "correction", f"added for {HOSPITAL}202601.csv"),
        (("990104", "births", FEBRUARY), "changed file", f"{HOSPITAL}202602.csv"),
    ],
)
def test_a_changed_count_has_its_cause(counts, key, kind, what):
    assert counts[key].causes == {Cause(kind, what)}


def test_nothing_else_differs(counts):
    """Away from the file that went and the area with a new code, only what was done on purpose."""
    done = {
        ("990101003", "births_male", MARCH),
        ("990104002", "births_female", FEBRUARY),
        ("990102001", "births_female", MAY),
        ("990103001", "births_male", JANUARY),
    }
    lowest = {key for key, count in counts.items() if count.is_lowest and key[0] not in (FORMER, RECODED)}
    of_the_file = {
        key for key in lowest if key[1].startswith(("deaths", "population")) and key[2] in (APRIL, MAY)
    }
    assert lowest - of_the_file == done
    assert counts["990101003", "births_male", MARCH].size == 1
    assert counts["990102001", "births_female", MAY].after is None


def test_an_area_under_a_new_code_changes_no_sum(counts):
    assert not any(
        {cause.kind for cause in count.causes} == {"rules"} and key[0] not in (FORMER, RECODED)
        for key, count in counts.items()
    )


def test_every_changed_count_stands_under_its_causes(comparison):
    grouped = by_cause(comparison.counts)
    assert set().union(*(map(id, counts) for counts in grouped.values())) == set(map(id, comparison.counts))
    assert {cause.kind for cause in grouped} == {
        "revision",
        "changed file",
        "correction",
        "file gone",
        "rules",
    }


def test_the_command_says_what_changed_and_what_it_does(lived_in, counts, comparison):
    names = comparison.names
    run = sitrep("diff", "2026-05", "2026-06", "--root", lived_in.root)
    assert run.returncode == 0, run.stderr
    said = run.stdout
    assert f"data/raw/hospital_births/{RESENT}" in said
    assert "Gone: 1 input\n  data/raw/population_register/人口统计月报_2026年4月.xlsx" in said
    assert f"{FORMER}: 胜利乡 in 990104 → 胜利乡 in 990104 until 2025-12 then {RECODED}" in said
    for key in (("990101003", "births_male", MARCH), ("990103001", "births_male", JANUARY)):
        count = counts[key]
        assert f"{key[0]} {names[key[0]]} {key[1]}: {count.before} → {count.after} (" in said
    assert re.search(r"990103 示例东湖区 sex_ratio_at_birth: \d+\.\d+ → \d+\.\d+\n", said)
    assert re.search(
        r"2026-02 990104002 云岭镇 births_printed: printed \d+, but its parts beside it add up", said
    )


def test_a_snapshot_is_found_by_its_folder(lived_in):
    earlier, later = (path.name for _, path in all_snapshots(lived_in)[-2:])
    assert sitrep("diff", earlier, later, "--root", lived_in.root).returncode == 0
    run = sitrep("diff", "2026-05", "2031-01", "--root", lived_in.root)
    assert run.returncode == 1
    assert later in run.stderr


def test_a_month_that_came_changes_no_month_before(copy):
    june = [*(copy / "data" / "raw").glob("*/*202606*"), *(copy / "data" / "raw").glob("*/*2026年6月*")]
    assert len(june) == 2
    for path in june:
        path.rename(copy / path.name)
    assert sitrep("build", "--root", copy, "--edition", "2026-05", "--workers", 1).returncode == 0
    for path in june:
        (copy / path.name).rename(path)
    sitrep("build", "--root", copy, "--workers", 1)
    run = sitrep("diff", "2026-05", "2026-06", "--root", copy)
    assert run.returncode == 0
    assert "New: 2 inputs" in run.stdout
    assert "Counts that differ in months of both, up to 2026-05: none" in run.stdout
    assert "Indicators of county areas, year to 2026-05: none differs" in run.stdout


def test_a_return_that_came_late_is_a_new_file(copy):
    late = min((copy / "data" / "raw" / "work_returns" / "2026-04").glob("*.xlsx"))
    late.rename(copy / late.name)
    assert sitrep("build", "--root", copy, "--edition", "2026-05", "--workers", 1).returncode == 0
    (copy / late.name).rename(late)
    sitrep("build", "--root", copy, "--workers", 1)
    comparison = compared(Workspace(copy))
    assert {(cause.kind, cause.what) for count in comparison.counts for cause in count.causes} == {
        ("new file", f"work_returns/2026-04/{late.name}")
    }
    assert {count.month for count in comparison.counts} == {APRIL}
    assert all(count.before is None and count.after is not None for count in comparison.counts)


def test_what_no_input_explains_is_put_down_to_the_code(copy):
    workspace = Workspace(copy)
    (snapshot, folder) = all_snapshots(workspace)[-1]
    twin = folder.with_name(f"{snapshot.edition}-ffffffffffff")
    shutil.copytree(folder, twin)
    counts = pl.read_parquet(twin / "counts.parquet")
    is_it = (
        (pl.col("area_code") == "990101001") & (pl.col("element") == "births_male") & (pl.col("month") == MAY)
    )
    other = counts.with_columns(value=pl.when(is_it).then(pl.col("value") + 5).otherwise(pl.col("value")))
    other.write_parquet(twin / "counts.parquet")
    seal(twin, replace(snapshot, fingerprint="ffffffffffff"))
    comparison = compared(workspace)
    (count,) = comparison.counts
    assert {cause.kind for cause in count.causes} == {"code"}
    run = sitrep("diff", folder.name, twin.name, "--root", copy)
    assert "Inputs: the same\nCode or installed packages: changed" in run.stdout


def test_an_edition_of_an_older_version_says_how_to_make_it_again(copy):
    (snapshot, folder) = all_snapshots(Workspace(copy))[-1]
    (folder / "figures.parquet").unlink()
    seal(folder, snapshot)
    run = sitrep("diff", "2026-06", "2026-06", "--root", copy)
    assert run.returncode == 1
    assert "sitrep build --edition 2026-06" in run.stderr
