"""`sitrep describe`: the sketch of a source.toml reads its file as the finished description would."""

from __future__ import annotations

import re
from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest import run as ingest
from pipeline.ingest.sketch.sketch import sketch
from pipeline.problems import ProblemError
from pipeline.reference import read_reference
from pipeline.workspace import open_workspace, read_settings
from tests.conftest import quiet
from tests.ingest.small_source import write_workbook

CELL = ["row", "column", "element", "area_code", "period", "span", "value"]


EXAMPLE = open_workspace(Path(__file__).parents[2])


@pytest.fixture(scope="module")
def reference():
    return read_reference(EXAMPLE, read_settings(EXAMPLE).levels)


@pytest.fixture
def observed(tmp_path, reference):
    """The accepted cells of one file as a source.toml describes it."""

    def run(name, source, path):
        folder = tmp_path / name / "raw" / path.name.partition(".")[0]
        folder.mkdir(parents=True)
        (folder / "source.toml").write_text(source, encoding="utf-8")
        (folder / path.name).write_bytes(path.read_bytes())
        staging = tmp_path / name / "staging"
        staging.mkdir()
        options = {"reference": reference, "code_version": "", "executor": None, "progress": quiet}
        ingest.run([folder], staging, tmp_path / name / "cache", **options)
        assert pl.read_parquet(staging / "rejects.parquet").is_empty()
        return pl.read_parquet(staging / "observations.parquet" / "*.parquet")

    return run


@pytest.fixture
def read(observed, reference):
    """Cells of one file read by the sketch of it, with nothing filled in but the name and what could not be guessed."""

    def run(path, unknown="# ?"):
        text = sketch(path, reference).replace("# ?", unknown)
        return text, observed("sketched", text.replace('name.zh = ""', 'name.zh = "试"'), path)

    return run


@pytest.mark.parametrize(
    "pattern",
    ["hospital_births/*202606.csv", "population_register/*2026年6月.xlsx", "work_returns/2026-06/*.xlsx"],
)
def test_the_sketch_of_a_file_of_the_example_reads_it_as_its_own_source_does(observed, read, pattern):
    path = min(EXAMPLE.raw.glob(pattern))
    _, cells = read(path)
    source = EXAMPLE.raw / pattern.split("/")[0] / "source.toml"
    own = observed("own", source.read_text(encoding="utf-8").replace("*/", ""), path)
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


def test_rows_of_villages_are_said_to_repeat_their_township(tmp_path, reference):
    """A row a village, under the names of the townships only: all but the first would be refused, as the sketch says."""
    county = next(area for area in reference.areas if area.level == "county")
    town = next(area.name for area in reference.areas if area.parent_code == county.area_code)
    rows = [
        f"2026年5月,{county.name},{town},{village}号村,{village},{village + 1}" for village in range(1, 6)
    ]
    path = tmp_path / "出生.csv"
    path.write_text("\n".join(["月份,县,乡镇,村,出生男婴,出生女婴", *rows]) + "\n", encoding="utf-8")
    first, *rest = sketch(path, reference).splitlines()
    assert first == "# A sketch to finish: 2 figures of 出生.csv would be read, 8 refused."
    assert 'several_per_area = "sum"' in rest[0]


def test_a_file_without_figures_is_said_to_have_none(tmp_path, reference):
    path = tmp_path / "说明.csv"
    path.write_text("说明\n本表由各乡镇填报\n", encoding="utf-8")
    with pytest.raises(ProblemError, match="no table with figures"):
        sketch(path, reference)


def test_names_that_are_not_in_areas_csv_are_still_names_of_areas(tmp_path, reference):
    path = tmp_path / "人口_202605.csv"
    lines = ["地區,期末人口,出生男,出生女", *(f"新{place}鄉,{45000 + place},3,4" for place in range(6))]
    path.write_text("\n".join(lines), encoding="utf-8")
    text = sketch(path, reference)
    assert '[area]\ncolumns = ["地区"]\n# check: of its 6 names 0 are in areas.csv' in text
    assert (
        '[period]\nfrom = "file_name"' in text
    )  # 45,003 is a number of people, though it could be a day in 2023
    assert "期末人口" in text[text.index("[elements]") :]


def test_months_by_name_and_the_year_in_the_title(read, tmp_path, reference):
    towns = [area for area in reference.areas if area.level == "township"]
    names = [town.name for town in towns if sum(other.name == town.name for other in towns) == 1][:3]
    rows = [
        ["2025年各乡镇出生情况"],
        ["月份", *(name for name in names for _ in "男女")],
        [None, *("男婴", "女婴") * 3],
        *([f"{month}月", *range(month, month + 6)] for month in range(1, 13)),
        ["合计", *(sum(range(1, 13)) + 12 * place for place in range(6))],
    ]
    path = tmp_path / "出生情况.xlsx"
    path.write_bytes(write_workbook(tmp_path / "book.xlsx", rows))
    text, cells = read(path)
    assert 'year = { from = "cell", contains = "*年各乡镇出生情况" }' in text
    assert cells.height == 12 * 3 * 2
    assert str(cells["period"].min()) == "2025-01-01"


def test_a_file_whose_elements_nobody_could_guess(tmp_path, reference):
    town = next(area for area in reference.areas if area.level == "township")
    path = tmp_path / "三轮车_202605.csv"
    path.write_text(f"乡镇,三轮车辆数,车棚数\n{town.name},3,4\n", encoding="utf-8")
    text = sketch(path, reference)
    assert text.startswith("# A sketch to finish: put elements of elements.toml in place of # ?")
    assert '# ? = "三轮车辆数"' in text
