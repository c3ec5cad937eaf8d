"""Workspaces that have less than the example: `check` and `build` say what can be said of each."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.commands.check import check
from pipeline.problems import ProblemError
from pipeline.snapshots import current_snapshot
from pipeline.workspace import open_workspace
from tests.conftest import build_quietly
from tests.small_workspaces import (
    ALL,
    COUNTIES,
    NATION,
    one_nation,
    only_births,
    only_stocks,
    only_yearly,
    table,
    write_workspace,
    years_of_ten,
)


def counts_of(root: Path) -> pl.DataFrame:
    return pl.read_parquet(open_workspace(root).current / "counts.parquet")


def known(root: Path, element: str, area: str = "1") -> dict[str, int]:
    of_area = counts_of(root).filter(area_code=area, element=element)
    value = pl.coalesce("value", "value_ytd")
    rows = of_area.filter(value.is_not_null()).select(pl.col("month").dt.strftime("%Y-%m"), value).iter_rows()
    return dict(rows)


@pytest.mark.parametrize("write", ALL, ids=lambda write: write.__name__)
def test_check_reads_all_and_finds_nothing_wrong(write, tmp_path, capsys):
    assert check(write(tmp_path / "ws"), workers=1) == 0
    said = capsys.readouterr().out
    assert said.startswith("Read, up to")
    assert "Refused: nothing" in said
    assert "Odd: nothing" in said


def test_a_population_alone_is_built(tmp_path):
    root = only_stocks(tmp_path / "ws")
    assert build_quietly(root).edition == "2023-01"
    assert known(root, "population") == {"2023-01": 180_009}
    assert known(root, "births") == {}


def test_births_alone_are_built(tmp_path):
    root = only_births(tmp_path / "ws")
    assert build_quietly(root).edition == "2024-06"
    assert len(known(root, "births")) == 18
    indicators = pl.read_parquet(open_workspace(root).current / "indicators.parquet")
    assert set(indicators.filter(pl.col("value").is_not_null())["indicator"]) == {"sex_ratio_at_birth"}


def test_years_alone_are_built(tmp_path):
    root = only_yearly(tmp_path / "ws")
    assert build_quietly(root).edition == "2023-12"
    assert list(known(root, "births")) == ["2021-12", "2022-12", "2023-12"]
    assert len(known(root, "population")) == 3


def test_whole_years_are_judged_compared_and_ranked_like_twelve_months(tmp_path):
    root = years_of_ten(tmp_path / "ws")
    build_quietly(root)
    of = {
        name: pl.read_parquet(open_workspace(root).current / f"{name}.parquet")
        for name in ("verdicts", "comparisons", "ranks", "funnels")
    }
    asked = of["verdicts"].filter(area_code="11").select("indicator", "question").rows()
    assert {question for _, question in asked} == {"normal_range", "change", "siblings"}
    for name in ("ranks", "funnels"):
        assert of[name].filter(time_window="rolling_12")["indicator"].n_unique() == 4, name
    last_year = of["comparisons"].filter(reference="last_year", time_window="rolling_12")
    assert "not_comparable" not in last_year["verdict"]


def test_one_area_alone_is_built(tmp_path):
    root = one_nation(tmp_path / "ws")
    build_quietly(root)
    assert len(known(root, "births")) == 18
    assert set(counts_of(root)["area_code"]) == {"1"}


def test_what_reports_need_is_told_first(tmp_path, capsys):
    root = only_births(tmp_path / "ws")
    path = root / "data" / "reference" / "indicators.toml"
    path.write_text(path.read_text(encoding="utf-8").partition("[birth_rate]")[0], encoding="utf-8")
    assert check(root, workers=1) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert "`sitrep report` does not yet" in first
    assert "birth_rate" in first
    assert "death_rate" in first


@pytest.mark.parametrize(
    "edition", [date(2001, 1, 1), date(2022, 12, 1), date(2024, 7, 1), date(9999, 12, 1)]
)
def test_an_edition_lies_within_the_months_of_data(tmp_path, edition):
    root = only_births(tmp_path / "ws")
    latest = build_quietly(root)
    with pytest.raises(ProblemError, match="which begin 2023-01 and end 2024-06") as problem:
        build_quietly(root, edition)
    assert f"found {edition:%Y-%m}" in str(problem.value)
    assert current_snapshot(open_workspace(root)) == latest


def test_a_lone_blank_is_told_up_to_the_top(tmp_path, capsys):
    rows = table(("births_male", "births_female"), ["2024-07", "2024-08"])
    rows[-1][2] = "-"
    assert check(write_workspace(tmp_path / "ws", rows), workers=1) == 0
    said = capsys.readouterr().out
    assert "returns/returns.csv: 1 odd" in said
    assert (
        "odd: row 7, column C: 2024-08 13 望江县 births_male: left blank, so the sums and indicators that need it are "
        "unknown for 13 望江县 → 1 示例国 (births, births_male; sex_ratio_at_birth)"
    ) in said


def test_areas_in_a_circle_are_refused_before_any_file_is_read(tmp_path):
    circle = [(*NATION[:3], "11"), *COUNTIES]
    root = write_workspace(tmp_path / "ws", table(("births_male",), ["2024-07"]), areas=circle)
    for run in (lambda: check(root, workers=1), lambda: build_quietly(root)):
        with pytest.raises(
            ProblemError, match=r"areas.csv, row 2: found a circle of parents: 1 示例国 \(row 2\)"
        ):
            run()
