"""The overview of an edition: its table, its grid, and what it says has changed since the edition before."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import accumulate
from pathlib import Path

import msgspec
import polars as pl
import pytest

from pipeline.commands.report import edition_of
from pipeline.reference import read_reference
from pipeline.reporting.facts.edition_changes import load_changes
from pipeline.reporting.facts.overview import Overview, load_overview
from pipeline.reporting.facts.read import load_facts
from pipeline.reporting.facts.records import AreaFacts, Trend
from pipeline.reporting.facts.returns import Returns
from pipeline.reporting.overview import changes as overview_changes
from pipeline.reporting.overview.completeness import completeness_grid
from pipeline.reporting.overview.links import area_links, breadcrumb
from pipeline.reporting.overview.page import write_index
from pipeline.reporting.overview.sparkline import common_scale, sparkline
from pipeline.reporting.overview.table import add_up, areas_table, percent
from pipeline.reporting.renderers import escape
from pipeline.reporting.report_context import ReportContext
from pipeline.snapshots import current_snapshot
from pipeline.workspace import read_settings
from tests.reporting.examples import an_area, an_edition
from tests.reporting.test_wording import estimate

BEFORE = date(2026, 5, 1)
COUNTY = "990101"


@pytest.fixture(scope="module")
def report(awkward) -> ReportContext:
    reference = read_reference(awkward, read_settings(awkward).levels)
    made = edition_of(awkward, current_snapshot(awkward), reference)
    return replace(made, settings=msgspec.structs.replace(made.settings, languages=("zh", "en")))


@pytest.fixture(scope="module")
def areas(awkward, report) -> list[AreaFacts]:
    return load_facts(awkward.current, report.month, "county", report.preferred_sources)


@pytest.fixture
def previous(awkward, tmp_path) -> Callable[..., Path]:
    """The snapshot of the month before, as if it had been published then; tables may be altered."""

    def made(**altered: Callable[[pl.DataFrame], pl.DataFrame]) -> Path:
        folder = tmp_path / "previous"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in ("areas", "files", "counts", "indicators", "completeness"):
            table = pl.read_parquet(awkward.current / f"{name}.parquet")
            if "month" in table.columns:
                table = table.filter(pl.col("month") <= BEFORE)
            altered.get(name, lambda same: same)(table).write_parquet(folder / f"{name}.parquet")
        return folder

    return made


def changes_of(awkward, report, folder: Path | None):
    spec = report.indicators["sex_ratio_at_birth"]
    return load_changes(awkward.current, folder, report.month, "county", spec, report.parts)


def at(month: date, element: str, code: str = COUNTY) -> pl.Expr:
    return (pl.col("area_code") == code) & (pl.col("month") == month) & (pl.col("element") == element)


def set_value(where: pl.Expr, value: int | None) -> Callable[[pl.DataFrame], pl.DataFrame]:
    return lambda table: table.with_columns(
        value=pl.when(where).then(pl.lit(value, pl.Int64)).otherwise(pl.col("value"))
    )


# Changes


def test_without_an_edition_before_nothing_is_compared(awkward, report):
    assert changes_of(awkward, report, None) is None
    assert changes_of(awkward, report, awkward.current) is None, "the same month is no edition before"


def test_the_same_figures_are_no_change(awkward, report, previous):
    changes = changes_of(awkward, report, previous())
    assert (changes.revised, changes.late, changes.lost) == ([], [], [])
    assert "2026年5月及以前各月的数字没有变化。" in overview_changes.sentences(changes, report)


def test_a_figure_that_differs_was_revised(awkward, report, previous):
    month = date(2026, 3, 1)
    changes = changes_of(awkward, report, previous(counts=set_value(at(month, "births_male"), 7)))
    (one,) = changes.revised
    now = pl.read_parquet(awkward.current / "counts.parquet").filter(at(month, "births_male"))["value"][0]
    assert (one.area_code, one.month, one.before, one.now) == (COUNTY, month, 7, now)
    table = overview_changes.figures_table(changes, report, 1)
    assert f"| 7 | {now:,} | +{now - 7:,} |" in table


def test_a_revision_is_not_counted_again_in_the_sum(awkward, report, previous):
    """Male births and with them all births are others: one figure was revised."""
    month = date(2026, 3, 1)

    def altered(table: pl.DataFrame) -> pl.DataFrame:
        return set_value(at(month, "births_male"), 7)(set_value(at(month, "births"), 14)(table))

    changes = changes_of(awkward, report, previous(counts=altered))
    assert [one.element for one in changes.revised] == ["births_male"]
    assert "有 1 个数字经修订" in "".join(overview_changes.sentences(changes, report)).replace("\u00a0", " ")


def test_what_the_report_withholds_for_last_years_count_is_withheld_in_the_table(tmp_path):
    births = estimate(4, 2, 8, indicator="birth_rate", numerator=6, denominator=1500, numerator_last_year=3)
    deaths = estimate(5, 2, 9, indicator="death_rate", numerator=7, denominator=1500, numerator_last_year=8)
    growth = estimate(-1, -5, 4, indicator="natural_growth_rate", numerator=-1, denominator=1500)
    table = areas_table([an_area([births, deaths, growth])], an_edition(), Overview([], {}), {}, tmp_path, 1)
    assert "1,500" not in table and "−1.00" not in table and "数值较小，不予公布" in table


def test_a_figure_that_came_later_and_one_that_went(awkward, report, previous):
    month = date(2026, 3, 1)
    late = changes_of(awkward, report, previous(counts=set_value(at(month, "births_male"), None)))
    assert [(each.before, each.element) for each in late.late] == [(None, "births_male")]
    now_missing = pl.read_parquet(awkward.current / "counts.parquet").filter(
        pl.col("value").is_null(), pl.col("month") <= BEFORE, pl.col("area_code") == "990102"
    )
    row = now_missing.row(0, named=True)
    where = at(row["month"], row["element"], row["area_code"])
    lost = changes_of(awkward, report, previous(counts=set_value(where, 99)))
    assert [(each.before, each.now) for each in lost.lost] == [(99, None)]


def test_the_largest_revisions_come_first_and_small_counts_are_withheld(awkward, report, previous):
    march, april = date(2026, 3, 1), date(2026, 4, 1)

    def altered(table: pl.DataFrame) -> pl.DataFrame:
        return set_value(at(april, "births_male"), 900)(set_value(at(march, "births_male"), 3)(table))

    changes = changes_of(awkward, report, previous(counts=altered))
    assert [each.month for each in changes.revised] == [april, march]
    rows = overview_changes.figures_table(changes, report, 1).splitlines()[2:4]
    assert "900" in rows[0]
    assert rows[1].endswith("| — | — | — |")


def test_an_area_that_is_judged_otherwise_is_named_with_both_values(awkward, report, previous):
    is_judged = (
        (pl.col("area_code") == COUNTY)
        & (pl.col("month") == BEFORE)
        & (pl.col("time_window") == "ytd")
        & (pl.col("indicator") == "sex_ratio_at_birth")
    )

    def altered(table: pl.DataFrame) -> pl.DataFrame:
        values = {
            "value": 140.0,
            "lower_95": 120.0,
            "upper_95": 160.0,
            "numerator": 700.0,
            "denominator": 500.0,
        }
        return table.with_columns(
            pl.when(is_judged).then(value).otherwise(pl.col(name)).alias(name)
            for name, value in values.items()
        )

    changes = changes_of(awkward, report, previous(indicators=altered))
    assert COUNTY in [each.area_code for each in changes.verdicts]
    one = next(each for each in changes.verdicts if each.area_code == COUNTY)
    assert (one.before.verdict, one.before.value, one.now.verdict) == ("higher", 140.0, "unclear")
    table = overview_changes.verdicts_table(changes, report, 1)
    assert "140.0" in table and "2026年1—5月" in table and "2026年1—6月" in table
    assert not any("首次" in said or "恶化" in said for said in overview_changes.sentences(changes, report))


def test_in_a_new_year_conclusions_are_not_compared(awkward, report, previous):
    changes = replace(changes_of(awkward, report, previous()), previous=date(2025, 12, 1))
    assert overview_changes.verdicts_table(changes, report, 1) == ""
    assert any("重新起算" in said for said in overview_changes.sentences(changes, report))


def test_returns_that_came_later_raise_completeness(awkward, report, previous):
    def altered(table: pl.DataFrame) -> pl.DataFrame:
        missed = (pl.col("month") == BEFORE) & (pl.col("area_code") == COUNTY)
        return table.with_columns(actual=pl.when(missed).then(0).otherwise(pl.col("actual")))

    changes = changes_of(awkward, report, previous(completeness=altered))
    assert changes.returns_before.expected == changes.returns_now.expected
    assert changes.returns_before.actual < changes.returns_now.actual
    assert any("变为" in said for said in overview_changes.sentences(changes, report))


def test_an_area_that_is_new_is_named_and_not_judged(awkward, report, previous):
    changes = changes_of(
        awkward, report, previous(areas=lambda table: table.filter(pl.col("area_code") != COUNTY))
    )
    assert len(changes.areas_new) == 1
    assert COUNTY not in [each.area_code for each in changes.verdicts]


# Table and grid


def test_every_area_has_a_row_with_keys_to_sort_by(awkward, report, areas, tmp_path):
    overview = load_overview(awkward.current, None, report)
    table = areas_table(areas, report, overview, {}, tmp_path, 1)
    rows = [line for line in table.splitlines() if 'sort="99' in line]
    assert len(rows) == len(areas)
    for facts, row in zip(areas, rows, strict=True):
        assert f'sort="{facts.area_code}"' in row
        estimate = facts.estimate("sex_ratio_at_birth")
        if estimate and estimate.is_known and estimate.births >= 100:
            assert f'sort="{round(estimate.value, 6)}"' in row
        rolling = facts.estimate("sex_ratio_at_birth", "rolling_12")
        has_births = rolling is not None and rolling.is_known and rolling.births >= 100
        assert (tmp_path / "figures" / f"trend-{facts.area_code}.svg").is_file() == (
            has_births and "sex_ratio_at_birth" in facts.trends
        )


def test_only_files_that_are_there_are_linked(report):
    files = ["990101.html", "990101.pdf", "990101.en.html"]
    linked = area_links("990101", "示例县", report, files)
    assert linked.startswith('[示例县](990101.html){pdf="990101.pdf"}')
    assert "990101.en.html" in linked and "docx" not in linked
    assert area_links("990101", "示例县", report, []) == "示例县"
    assert "(990101.en.html)" in area_links("990101", "示例县", report.in_language("en"), files)


def test_a_report_leads_back_to_the_overview_and_the_areas_above(report, areas):
    line = breadcrumb(areas[0], report)
    assert "(index.html)" in line and "(990000.html)" in line and "(990100.html)" in line
    assert "(990101.en.html)" in line
    assert "(index.en.html)" in breadcrumb(areas[0], report.in_language("en"))


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(10, 10, "100.0"), (9999, 10000, "99.9"), (1, 100000, "0.1"), (0, 5, "0.0"), (1, 3, "33.3")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part, whole, shown):
    assert percent(part, whole) == shown


def test_the_grid_names_gaps_by_shade_and_number(report, areas):
    month = date(2026, 6, 1)
    returns = {
        areas[0].area_code: {month: Returns(9, 9, 9)},
        areas[1].area_code: {month: Returns(9, 3, None)},
    }
    grid = completeness_grid(areas[:2], report, Overview([month], returns), set(), 3)
    assert "[100]{.cell .full}" in grid and "[33]{.cell .partly}" in grid and "[67]{.cell .partly}" in grid
    assert add_up(returns[areas[1].area_code].values()).on_time is None


# Page


def test_the_page_is_whole_in_both_languages(awkward, report, areas, tmp_path):
    overview = load_overview(awkward.current, None, report)
    names = {facts.name for facts in areas} | {name for facts in areas for name in facts.parents}
    for language in ("zh", "en"):
        page = write_index(areas, report.in_language(language), tmp_path, {}, overview=overview)
        text = page.text()
        assert page.name == ("index" if language == "zh" else "index.en")
        assert not re.search(r"\b(None|nan|inf)\b", text)
        assert text.count("sort=") > len(areas)
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(escape(name), "")
    assert re.findall(r"[\u4e00-\u9fff]+", text.replace("[中文]", "")) == []


def test_the_same_overview_is_written_twice_alike(awkward, report, areas, tmp_path):
    overview = load_overview(awkward.current, None, report)
    once, again = (
        write_index(areas, report, tmp_path / name, {}, overview=overview) for name in ("once", "again")
    )
    for path in once.folder.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (again.folder / path.relative_to(once.folder)).read_bytes()


# Small trends


def trend_of(*levels: float) -> Trend:
    months = [date(2021 + place // 12, place % 12 + 1, 1) for place in range(len(levels))]
    low, high = [level - 5 for level in levels], [level + 5 for level in levels]
    nothing = [None] * len(levels)
    values = {"months": months, "observed": nothing, "trend": list(levels)}
    values |= {"lower_80": low, "upper_80": high, "lower_95": low, "upper_95": high}
    known = {name: value for name, value in values.items() if name in Trend.__dataclass_fields__}
    missing = {
        name: nothing
        for name, each in Trend.__dataclass_fields__.items()
        if name not in known and each.default is not None and "list" in str(each.type)
    }
    return Trend(**known, **missing)


def test_all_small_trends_share_one_scale_and_stay_inside():
    trends = [trend_of(*[105 + place / 10 for place in range(70)]), trend_of(118, 119), trend_of(100)]
    scale = common_scale(trends, (103, 107))
    assert scale.low <= 100 and scale.high >= 119
    for trend in trends:
        svg = ElementTree.fromstring(sparkline(trend, scale, (103, 107)))
        paths = [path.get("d") for path in svg.iter() if path.get("d")]
        for path in paths:
            steps = [float(number) for number in re.findall(r"-?[\d.]+", path)]
            assert all(0 <= x <= 96 for x in accumulate(steps[::2]))
            assert all(0 <= y <= 24 for y in accumulate(steps[1::2]))
        last = [sum(float(n) for n in re.findall(r"-?[\d.]+", paths[1])[place::2]) for place in (0, 1)]
        circle = next(one for one in svg.iter() if one.get("class") == "last")
        assert last == pytest.approx([float(circle.get("cx")), float(circle.get("cy"))], abs=0.05)
        assert len(sparkline(trend, scale, (103, 107))) < 1000


def test_without_any_trend_the_scale_is_the_normal_range():
    scale = common_scale([], (103, 107))
    assert (scale.low, scale.high) == (103, 107)
