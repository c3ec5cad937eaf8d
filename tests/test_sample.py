"""The example workspace: reproducible, plainly fictional, and true to its own truth."""

from __future__ import annotations

import csv
import hashlib
import unicodedata
import zipfile
from datetime import date
from pathlib import Path

import fastexcel
import polars as pl
import pytest

from pipeline.problems import ProblemError
from pipeline.sample import write_sample
from pipeline.sample.places import EMPTY_COUNTY_NAME, MARK, NEW_COUNTY_NAME, all_counties, make_places
from pipeline.sample.work_returns import COLUMNS, COUNTS, percent_in_hundredths
from pipeline.workspace import CHECKOUT

SMALL = {"counties": 6, "townships_per_county": 5, "months": 14}
LAST = date(2026, 6, 1)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sample")
    write_sample(root, **SMALL)
    return root / "data"


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("awkward")
    write_sample(root, **SMALL, awkward=True)
    return root / "data"


def read_table(path: Path) -> pl.DataFrame:
    return pl.read_csv(path, schema_overrides={"area_code": pl.String, "parent_code": pl.String})


def read_sheet(path: Path) -> list[list[str]]:
    """All cells from A1 as text."""
    sheet = fastexcel.read_excel(path).load_sheet(0, header_row=None, skip_rows=0, dtypes="string")
    return [[cell or "" for cell in row] for row in sheet.to_polars().rows()]


def number(cell: str) -> int:
    return int(unicodedata.normalize("NFKC", cell).removesuffix("人").replace(",", ""))


def true_counts(sample: Path, *months: str) -> pl.DataFrame:
    return read_table(sample / "truth" / "monthly_counts.csv").filter(pl.col("month").is_in(months))


def digests(root: Path) -> dict[str, str]:
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_two_runs_give_the_same_bytes(sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, **SMALL)
    assert digests(tmp_path / "data") == digests(sample)


def test_another_seed_gives_other_events_in_the_same_counties(sample: Path, tmp_path: Path) -> None:
    write_sample(tmp_path, **SMALL, seed=1)
    names = [
        read_table(data / "reference" / "areas.csv").filter(pl.col("level") == "county")["name"].to_list()
        for data in (sample, tmp_path / "data")
    ]
    assert names[0] == names[1]
    truth = "truth/monthly_counts.csv"
    assert digests(sample)[truth] != digests(tmp_path / "data")[truth]


def test_more_counties_leave_the_truth_of_the_others_as_it_is(sample: Path, awkward: Path) -> None:
    few, more = (
        data.joinpath("truth/monthly_counts.csv").read_text().splitlines() for data in (sample, awkward)
    )
    assert set(few) < set(more)


def test_areas_are_plainly_fictional_and_form_a_tree(awkward: Path) -> None:
    areas = read_table(awkward / "reference" / "areas.csv")
    assert areas["area_code"].str.starts_with("99").all()
    assert areas["area_code"].is_unique().all()
    assert areas.filter(pl.col("level") != "township")["name"].str.starts_with(MARK).all()
    assert areas.select("parent_code", "name").is_unique().all()
    assert set(areas["parent_code"].drop_nulls()) <= set(areas["area_code"])
    assert areas["level"].unique().sort().to_list() == ["county", "prefecture", "province", "township"]


@pytest.mark.parametrize("counties", [1, 14, 95, 3000])
def test_codes_and_county_names_are_unique_at_every_size(counties: int) -> None:
    prefectures = make_places(1, counties=counties, townships_per_county=4, last_month=LAST, awkward=True)
    made = all_counties(prefectures)
    assert len({county.area_code for county in made}) == len(made) == counties + 2
    assert len({county.name for county in made}) == len(made)
    assert all(
        county.area_code[:4] == prefecture.area_code[:4]
        for prefecture in prefectures
        for county in prefecture.counties
    )
    assert counties > 100 or max(len(prefecture.counties) for prefecture in prefectures) <= 33


def test_default_size_has_about_150_townships_and_names_that_recur() -> None:
    prefectures = make_places(20260710, counties=14, townships_per_county=11, last_month=LAST, awkward=False)
    names = [township.name for county in all_counties(prefectures) for township in county.townships]
    assert 140 <= len(names) <= 160
    assert names.count("城关镇") > 5
    assert [len(prefecture.counties) for prefecture in prefectures] == [5, 5, 4]


@pytest.mark.parametrize("month", ["2025-05", "2026-01", "2026-06"])
def test_hospital_births_equal_the_truth(sample: Path, month: str) -> None:
    text = (
        (sample / "raw/hospital_births" / f"住院分娩月报_{month.replace('-', '')}.csv")
        .read_bytes()
        .decode("gb18030")
    )
    assert text.endswith("\r\n")
    rows = list(csv.reader(text.splitlines()))
    assert rows[0][:5] == ["统计月份", "市（州）", "县（市、区）", "乡镇（街道）", "活产数"]
    truth = true_counts(sample, month)
    found = [[number(cell) for cell in row[4:7]] for row in rows[1:]]
    expected = truth.select(
        pl.col("births_male") + pl.col("births_female"), male="births_male", female="births_female"
    )
    assert [tuple(row) for row in found[:-1]] == expected.rows()
    assert found[-1] == [sum(column) for column in zip(*found[:-1], strict=True)]


def test_hospital_header_changes_in_2023(tmp_path: Path) -> None:
    write_sample(tmp_path, counties=2, townships_per_county=4, months=2, last_month=date(2023, 1, 1))
    folder = tmp_path / "data/raw/hospital_births"
    old, new = (
        (folder / f"住院分娩月报_{month}.csv").read_bytes().decode("gb18030")
        for month in ("202212", "202301")
    )
    assert old.startswith("月份,市,县,乡镇,出生活产数,男婴,女婴")
    assert "示例柳溪县" in old
    assert "示例柳溪县" not in new


@pytest.mark.parametrize("month", ["2025-08", "2026-01", "2026-06"])
def test_population_register_equals_the_truth_cumulated_since_january(sample: Path, month: str) -> None:
    year, last = int(month[:4]), int(month[5:])
    rows = read_sheet(sample / "raw/population_register" / f"人口统计月报_{year}年{last}月.xlsx")
    span = "1月" if last == 1 else f"1—{last}月"
    assert rows[0][0] == f"示例省人口统计月报表（{year}年{last}月）（虚构数据）"
    assert [cell for cell in rows[2] if cell] == [
        "市（州）", "县（市、区）", "乡镇（街道）", "期末户籍人口",
        f"{span}累计出生", f"{span}累计死亡", "备注",
    ]  # fmt: skip
    assert rows[-2][0].startswith("注：1.")
    assert rows[-1][0].startswith("注：2.")

    since_january = true_counts(sample, *(f"{year}-{m:02d}" for m in range(1, last + 1)))
    flows = ["registered_male", "registered_female", "deaths_male", "deaths_female"]
    sums = since_january.group_by("area_code").agg(pl.col(flows).sum())
    truth = true_counts(sample, month).drop(flows).join(sums, on="area_code").sort("area_code")
    expected = truth.select(
        "population", "population_male", "population_female",
        births=pl.col("registered_male") + pl.col("registered_female"),
        births_male="registered_male",
        births_female="registered_female",
        deaths=pl.col("deaths_male") + pl.col("deaths_female"),
        deaths_male="deaths_male",
        deaths_female="deaths_female",
    )  # fmt: skip
    body = rows[4:-2]
    townships = [row for row in body if row[2] not in ("", "小计")]
    assert [tuple(number(cell) for cell in row[3:12]) for row in townships] == expected.rows()
    province = expected.sum().row(0)
    for level, column in (("小计", 2), ("合计", 1), ("总计", 0)):
        sums_of_level = [row[3:12] for row in body if row[column] == level]
        assert tuple(sum(map(number, cells)) for cells in zip(*sums_of_level, strict=True)) == province


def test_population_moves_by_births_deaths_and_little_migration(sample: Path) -> None:
    truth = read_table(sample / "truth" / "monthly_counts.csv").with_columns(
        growth=pl.col("population").diff().over("area_code"),
        natural=pl.col("births_male")
        + pl.col("births_female")
        - pl.col("deaths_male")
        - pl.col("deaths_female"),
    )
    county = truth.group_by(pl.col("area_code").str.head(6), "month").agg(
        migration=(pl.col("growth") - pl.col("natural")).sum(), population=pl.col("population").sum()
    )
    assert county.select((pl.col("migration").abs() <= 0.003 * pl.col("population") + 2).all()).item()


def test_work_returns_equal_the_truth_but_for_the_planted_percentages(sample: Path) -> None:
    counts = read_table(sample / "truth" / "work_counts.csv")
    planted = read_table(sample / "truth" / "planted.csv").filter(pl.col("kind") == "percentage_wrong")
    wrong = {(path, row, column) for path, row, column in planted.select("path", "row", "column").rows()}
    assert len(wrong) == 3
    differing = set()
    folder = sample / "raw/work_returns"
    for path in sorted(folder.glob("*/*.xlsx")):
        month, county = path.parent.name, path.name[:6]
        rows = read_sheet(path)
        truth = counts.filter(pl.col("month") == month, pl.col("area_code").str.starts_with(county))
        lines = [
            *truth.select(COUNTS).rows(named=True),
            truth.select(pl.col(COUNTS).sum()).row(0, named=True),
        ]
        for offset, line in enumerate(lines):
            for column, content in enumerate(COLUMNS, start=1):
                cell = rows[4 + offset][column]
                if isinstance(content, str):
                    assert int(cell) == line[content]
                elif not line[content[1]]:
                    assert cell == "—"
                elif round(float(cell) * 100) != percent_in_hundredths(*(line[name] for name in content)):
                    differing.add((str(path.relative_to(folder)), 5 + offset, column + 1))
    assert differing == wrong


def test_what_is_missing_is_written_down(sample: Path) -> None:
    planted = read_table(sample / "truth" / "planted.csv")
    (county,) = planted.filter(pl.col("kind") == "county_missing").rows(named=True)
    text = (sample / "raw/hospital_births" / county["path"]).read_bytes().decode("gb18030")
    name = (
        read_table(sample / "reference/areas.csv")
        .filter(pl.col("area_code") == county["area_code"])["name"]
        .item()
    )
    assert name not in text.replace("\u3000", "")
    (workbook,) = planted.filter(pl.col("kind") == "workbook_missing").rows(named=True)
    assert not (sample / "raw/work_returns" / workbook["path"]).exists()
    assert len(list((sample / "raw/work_returns").glob("*/*.xlsx"))) == SMALL["counties"] * 12 - 1


def test_a_township_without_a_return_has_a_dash_or_nothing(tmp_path: Path) -> None:
    write_sample(tmp_path, counties=2, townships_per_county=4, months=34)
    planted = read_table(tmp_path / "data/truth/planted.csv").filter(pl.col("kind") == "township_missing")
    blanks = []
    for row in planted.rows(named=True):
        text = (tmp_path / "data/raw/hospital_births" / row["path"]).read_bytes().decode("gb18030")
        cells = list(csv.reader(text.splitlines()))[row["row"] - 1]
        assert len(set(cells[4:7])) == 1
        blanks.append(cells[4])
    assert sorted(blanks) == ["", "—"]


def test_awkward_adds_an_empty_and_a_brand_new_county(awkward: Path) -> None:
    areas = read_table(awkward / "reference" / "areas.csv").filter(pl.col("level") == "county")
    (empty,) = areas.filter(pl.col("name") == EMPTY_COUNTY_NAME).rows(named=True)
    (new,) = areas.filter(pl.col("name") == NEW_COUNTY_NAME).rows(named=True)
    assert new["valid_from"] == "2026-04"
    counts = read_table(awkward / "truth" / "monthly_counts.csv")
    months = {
        code: set(counts.filter(pl.col("area_code").str.starts_with(code))["month"])
        for code in (empty["area_code"], new["area_code"])
    }
    assert months == {empty["area_code"]: set(), new["area_code"]: {"2026-04", "2026-05", "2026-06"}}
    hospital = {
        path.stem[-6:]: path.read_bytes().decode("gb18030").replace("\u3000", "")
        for path in (awkward / "raw/hospital_births").glob("*.csv")
    }
    assert sorted(month for month, text in hospital.items() if NEW_COUNTY_NAME in text) == [
        "202604",
        "202605",
        "202606",
    ]
    assert not any(EMPTY_COUNTY_NAME in text for text in hospital.values())
    assert len(list((awkward / "raw/work_returns").glob(f"*/{new['area_code']}_*.xlsx"))) == 3


def test_targets_name_indicators_years_and_one_county_of_its_own(sample: Path) -> None:
    targets = read_table(sample / "reference" / "targets.csv")
    assert targets["year"].unique().sort().to_list() == [2025, 2026]
    own = targets.filter(pl.col("area_code") == "990102")
    assert own.select("indicator", "at_most").unique().rows() == [("sex_ratio_at_birth", 110)]
    assert (sample / "reference" / "corrections.csv").read_text().count("\n") == 1


def test_a_workspace_of_ones_own_is_left_alone(tmp_path: Path) -> None:
    areas = tmp_path / "data" / "reference" / "areas.csv"
    areas.parent.mkdir(parents=True)
    areas.write_text("area_code,name\n110000,某省\n")
    with pytest.raises(ProblemError, match="workspace of one's own"):
        write_sample(tmp_path, **SMALL)
    assert not (tmp_path / "data" / "raw").exists()


def test_the_committed_example_is_the_sample(tmp_path):
    """Byte for byte; of a workbook the bytes of its parts, because machines pack them differently."""
    write_sample(tmp_path)
    fresh = {path.relative_to(tmp_path).as_posix(): path for path in tmp_path.rglob("*") if path.is_file()}
    fresh = {
        name: path for name, path in fresh.items() if not name.startswith("data/truth/")
    }  # is not committed
    folders = [CHECKOUT / "data" / name for name in ("raw", "reference")]
    committed = {
        path.relative_to(CHECKOUT).as_posix(): path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert committed.keys() == fresh.keys()
    for name, path in committed.items():
        assert _content(path) == _content(fresh[name]), name


def _content(path: Path) -> bytes | dict[str, bytes]:
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name) for name in parts.namelist()}
