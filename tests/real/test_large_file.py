"""One text file of 500 MB through ingest and warehouse, in less than 2 GB of memory; only in `make real`."""

from __future__ import annotations

import itertools
import resource
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.sample import write_sample
from pipeline.workspace import CHECKOUT

MEGABYTES = 500
SOURCE = """
name.zh = "村级出生登记"
files = "*.csv"
[header]
contains = "乡镇"
[period]
from = "column"
column = "月份"
[area]
columns = ["县", "乡镇"]
level = "township"
[rows]
several_per_area = "sum"
[elements]
births_male = "男"
births_female = "女"
deaths_male = "死亡男"
deaths_female = "死亡女"
"""


@pytest.fixture
def workspace(tmp_path, request) -> tuple[Path, int]:
    """A workspace with a single file, and the number of its rows."""
    if not request.config.getoption("--whole"):
        pytest.skip("half a gigabyte: make real")
    write_sample(tmp_path, counties=6, townships_per_county=8, months=12)
    areas = pl.read_csv(tmp_path / "data" / "reference" / "areas.csv", infer_schema=False)
    names = dict(areas.select("area_code", "name").iter_rows())
    townships = [
        f"{names[parent]},{name}"
        for name, parent in areas.filter(level="township").select("name", "parent_code").iter_rows()
    ]
    for folder in (tmp_path / "data" / "raw").iterdir():
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder.rmdir()
    target = tmp_path / "data" / "raw" / "villages"
    target.mkdir()
    (target / "source.toml").write_text(SOURCE, encoding="utf-8")
    months = [f"{year}年{month}月" for year in range(2016, 2026) for month in range(1, 13)]
    rows = 0
    with (target / "villages.csv").open("w", encoding="gb18030") as file:
        file.write("月份,县,乡镇,村,男,女,死亡男,死亡女\n")
        for village in itertools.count():
            lines = [
                f"{month},{town},第{village}村民委员会,{(village + place) % 37},{village % 31},{place % 11},{village % 7}\n"
                for place, (month, town) in enumerate(itertools.product(months, townships))
            ]
            file.writelines(lines)
            rows += len(lines)
            if file.tell() > MEGABYTES * 2**20:
                break
    return tmp_path, rows


def test_half_a_gigabyte_needs_less_than_two(workspace, record_property):
    root, rows = workspace
    command = [sys.executable, "-m", "pipeline", "check", "--root", str(root), "--workers", "1"]
    run = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    record_property("peak_megabytes", round(peak))
    print(f"\n{rows:,} rows, peak {peak:,.0f} MB")
    assert run.returncode == 0, run.stdout + run.stderr
    assert f"{4 * rows:,} accepted + 0 refused" in run.stdout.replace("figures = ", "")
    assert peak < 2048
