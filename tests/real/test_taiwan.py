"""The whole path on the household registration statistics of Taiwan (../shared/data/taiwan, not part of the project).

`make test` takes five months of births and deaths; `make real` takes all 147 files, compares the totals that
SOURCE.md states and every county and year, and measures time and memory against reading the files as text.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from pipeline.workspace import CHECKOUT
from tests.real.taiwan.assemble import assemble

DATA = CHECKOUT.parent / "shared" / "data" / "taiwan"
MONTHS = ["2014/04", "2015/12", "2018/01", "2020/09", "2026/06"]

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the data is not at hand: ../shared/data/taiwan")


@pytest.fixture(scope="module")
def is_whole(request) -> bool:
    return request.config.getoption("--whole")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory, is_whole) -> Path:
    root = tmp_path_factory.mktemp("taiwan") / "workspace"
    assemble(DATA, root, None if is_whole else MONTHS)
    return root


@pytest.fixture(scope="module")
def reading(workspace) -> float:
    """Seconds that reading the files as text takes, at best."""
    files = sorted((workspace / "data" / "raw" / "births_deaths").rglob("data.csv"))
    return min(_seconds(lambda: _read_all(files)) for _ in range(3))


@pytest.fixture(scope="module")
def build(workspace, is_whole) -> tuple[Path, float]:
    """The published folder, and the seconds it took as a process of its own, at best of two where they count."""
    seconds = min(_seconds_from_nothing("build", workspace) for _ in range(2 if is_whole else 1))
    return workspace / "data" / "processed" / "current", seconds


def _seconds_from_nothing(command: str, workspace: Path) -> float:
    shutil.rmtree(workspace / "data" / "processed", ignore_errors=True)
    return _seconds(lambda: _sitrep(command, workspace))


def _sitrep(command: str, workspace: Path) -> None:
    command = [sys.executable, "-m", "pipeline", command, "--root", str(workspace)]
    subprocess.run(command, check=True, cwd=CHECKOUT, capture_output=True)


def _read_all(files: list[Path]) -> None:
    for path in files:
        pl.read_csv(path, infer_schema=False, truncate_ragged_lines=True)


def _seconds(work) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def test_every_figure_is_read(build, is_whole):
    files = pl.read_parquet(build[0] / "files.parquet")
    assert files.height == (148 if is_whole else len(MONTHS) + 1)
    assert files["cells_refused"].sum() == 0
    assert files["cells_read"].sum() == files["cells_accepted"].sum() > 100_000


def test_areas_are_those_of_today(build):
    levels = pl.read_parquet(build[0] / "areas.parquet")["level"].value_counts().rows()
    assert dict(levels) == {"region": 1, "county": 22, "township": 368}


def test_male_and_female_add_up_in_every_row(build):
    """No finding but those of the model: data that contradict themselves there are none."""
    of_the_model = {"unusual_month", "level_shift", "outside_normal_range", "target_missed"}
    assert set(pl.read_parquet(build[0] / "findings.parquet")["kind"]) <= of_the_model


def test_each_county_and_year_as_computed_apart_from_the_pipeline(build, is_whole):
    elements = ["births_male", "births_female", "deaths_male", "deaths_female"]
    expected = pl.read_csv(DATA / "expected_county_year.csv")
    counts = (
        pl.read_parquet(build[0] / "counts.parquet")
        .join(
            pl.read_parquet(build[0] / "areas.parquet").select("area_code", "name", "level"), on="area_code"
        )
        .filter(pl.col("level") == "county", pl.col("element").is_in(elements))
        .group_by(
            pl.col("name").alias("county"), pl.col("month").dt.year().cast(pl.Int64).alias("year"), "element"
        )
        .agg(pl.col("value").sum(), pl.col("value").count().alias("known"))
        .pivot("element", index=["county", "year"], values="value")
    )
    both = expected.join(counts, on=["county", "year"], suffix="_found")
    assert both.height == expected.height or not is_whole
    if is_whole:
        for element in elements:
            assert (both[element] == both[f"{element}_found"]).all(), element
        totals = expected.select(elements[:2]).sum().row(0)
        assert totals == (1_046_684, 972_926)


def test_the_sex_ratio_of_the_whole(build, is_whole):
    counts = pl.read_parquet(build[0] / "counts.parquet").filter(pl.col("area_code") == "00000")
    male, female = (counts.filter(element=name)["value"].sum() for name in ("births_male", "births_female"))
    if is_whole:
        assert (male, female) == (1_046_684, 972_926)
        assert round(100 * male / female, 2) == 107.58
    assert 103 < 100 * male / female < 112


def test_trends_hold_every_county(build):
    trends = pl.read_parquet(build[0] / "trends.parquet")
    counties = pl.read_parquet(build[0] / "areas.parquet").filter(pl.col("level") == "county")["area_code"]
    assert set(counties) <= set(trends["area_code"])
    assert (trends["lower_95"] < trends["trend"]).all() and (trends["trend"] < trends["upper_95"]).all()


def test_time_against_reading_the_files_and_memory(build, reading, is_whole, record_property):
    building = build[1]
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    record_property("seconds", round(building, 1))
    print(
        f"\nbuild {building:.1f} s, {building / reading:.1f} times reading as text ({reading:.2f} s); peak {peak:,.0f} MB"
    )
    assert peak < 2048
    if is_whole:
        assert building < 40 * reading


def test_raw_to_warehouse_and_one_month_more(workspace, reading, is_whole, tmp_path):
    """`check` goes from the raw files to every published table of the warehouse; its third run reads one file only."""
    if not is_whole:
        pytest.skip("times of five months say nothing: make real")
    root = tmp_path / "workspace"
    shutil.copytree(workspace, root, ignore=shutil.ignore_patterns("processed"))
    last = max((root / "data" / "raw" / "births_deaths").rglob("data.csv"))
    last.rename(tmp_path / "held_back.csv")
    whole = min(_seconds_from_nothing("check", root) for _ in range(2))
    again = _seconds(lambda: _sitrep("check", root))
    (tmp_path / "held_back.csv").rename(last)
    one_more = _seconds(lambda: _sitrep("check", root))
    print(
        f"\ncheck {whole:.1f} s, {whole / reading:.1f} times reading as text ({reading:.2f} s); "
        f"again {again:.1f} s; with one file more {one_more:.1f} s"
    )
    assert whole < 15 * reading
    assert one_more < 1.3 * again
