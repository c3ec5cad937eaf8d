"""`sitrep describe`: the sketch of a source.toml reads its file as the finished description would."""

from __future__ import annotations

import re

import polars as pl
import pytest

from pipeline.ingest import run as ingest
from pipeline.ingest.sketch import sketch
from pipeline.problems import ProblemError
from pipeline.reference import read_reference
from pipeline.workspace import read_settings
from tests.conftest import quiet
from tests.ingest.small_source import write_workbook

CELL = ["row", "column", "element", "area_code", "period", "span", "value"]


@pytest.fixture
def reference(awkward):
    return read_reference(awkward, read_settings(awkward).levels)


@pytest.fixture
def read(tmp_path, reference):
    """Cells of one file read by the sketch of it, with nothing filled in but the name and what could not be guessed."""

    def run(path, unknown="# ?"):
        text = sketch(path, reference).replace("# ?", unknown)
        folder = tmp_path / "raw" / "sketched"
        folder.mkdir(parents=True)
        (folder / "source.toml").write_text(text.replace('name.zh = ""', 'name.zh = "试"'), encoding="utf-8")
        (folder / path.name).write_bytes(path.read_bytes())
        staging = tmp_path / "staging"
        staging.mkdir()
        options = {"reference": reference, "code_version": "", "executor": None, "progress": quiet}
        ingest.run([folder], staging, tmp_path / "cache", **options)
        assert pl.read_parquet(staging / "rejects.parquet").is_empty()
        return text, pl.read_parquet(staging / "observations.parquet" / "*.parquet")

    return run


@pytest.mark.parametrize(
    "pattern",
    ["hospital_births/*202606.csv", "population_register/*2026年6月.xlsx", "work_returns/2026-06/*.xlsx"],
)
def test_the_sketch_of_a_file_of_the_example_reads_it_as_its_own_source_does(awkward, read, pattern):
    path = min(awkward.raw.glob(pattern))
    _, cells = read(path)
    files = pl.read_parquet(awkward.current / "files.parquet")
    relative = path.relative_to(awkward.raw / pattern.split("/")[0]).as_posix()
    (file_id,) = files.filter(path=relative)["file_id"]
    own = pl.read_parquet(awkward.current / "observations.parquet" / f"{file_id}.parquet")
    assert cells.select(CELL).sort(CELL).equals(own.select(CELL).sort(CELL))


def test_a_sheet_that_is_wide_by_month(read, tmp_path, reference):
    county = next(area for area in reference.areas if area.level == "county")
    towns = [area.name for area in reference.areas if area.parent_code == county.area_code]
    rows = [
        [f"{county.name}2025年出生人口统计表"],
        ["乡镇", *(f"2025年{month}月" for month in range(1, 13)), "全年合计"],
        *([town, *range(1, 13), 78] for town in towns),
        ["合计", *(month * len(towns) for month in range(1, 13)), 78 * len(towns)],
    ]
    path = tmp_path / f"{county.name}出生2025.xlsx"
    path.write_bytes(write_workbook(tmp_path / "book.xlsx", rows))
    text, cells = read(path, unknown="births_male")
    assert '[period]\nfrom = "header"' in text
    assert 'totals = "^(合计)"' in text
    assert cells["period"].n_unique() == 12
    assert cells.height == 12 * len(towns)


def test_a_long_table_with_the_items_in_a_column(read, tmp_path, reference):
    county = next(area for area in reference.areas if area.level == "county")
    towns = [area.name for area in reference.areas if area.parent_code == county.area_code]
    lines = ["月份,县,乡镇,项目,人数"]
    for item in ("出生男婴", "出生女婴", "男性死亡"):
        lines += [
            f"2026年5月,{county.name},{town},{item},{len(item) + place}" for place, town in enumerate(towns)
        ]
    path = tmp_path / "人口变动.csv"
    path.write_text("\n".join(lines), encoding="gb18030")
    text, cells = read(path)
    assert 'encoding = "gb18030"' in text
    assert re.search(r'\[element\]\nfrom = "column"\ncolumn = "项目"\nvalue = "人数"', text)
    assert sorted(cells["element"].unique()) == ["births_female", "births_male", "deaths_male"]
    assert cells.height == 3 * len(towns)


def test_a_file_without_figures_is_said_to_have_none(tmp_path, reference):
    path = tmp_path / "说明.csv"
    path.write_text("说明\n本表由各乡镇填报\n", encoding="utf-8")
    with pytest.raises(ProblemError, match="no table with figures"):
        sketch(path, reference)
