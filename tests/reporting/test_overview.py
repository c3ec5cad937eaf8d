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

from pipeline.reporting.area_page.since_last import since_last
from pipeline.reporting.overview import changes as overview_changes
from pipeline.reporting.overview.completeness import completeness_grid
from pipeline.reporting.overview.page import write_index
from pipeline.reporting.overview.sparkline import common_scale, sparkline
from pipeline.reporting.overview.table import add_up, areas_table, percent
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.edition_changes import last_editions, load_changes
from pipeline.reporting.shown.overview import Overview, load_overview
from pipeline.reporting.shown.records import ShownArea, Trend, Verdict
from pipeline.reporting.shown.returns import Returns
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.links import area_links, breadcrumb
from tests.awkward_workspace import NEW
from tests.reporting.examples import an_area, an_edition
from tests.reporting.test_wording import estimate

BEFORE = date(2026, 5, 1)
COUNTY = "990101"


@pytest.fixture(scope="module")
def report(awkward_report) -> ReportContext:
    made = awkward_report
    return replace(made, settings=msgspec.structs.replace(made.settings, languages=("zh", "en")))


@pytest.fixture(scope="module")
def areas(levels) -> list[ShownArea]:
    return levels["county"]


@pytest.fixture
def previous(awkward, tmp_path) -> Callable[..., Path]:
    """The snapshot of the month before, as if it had been published and judged alike then; tables may be altered."""

    def made(**altered: Callable[[pl.DataFrame], pl.DataFrame]) -> Path:
        folder = tmp_path / "previous"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in ("areas", "files", "counts", "indicators", "completeness", "verdicts"):
            table = pl.read_parquet(awkward.current / f"{name}.parquet")
            if name == "verdicts":
                table = table.with_columns(month=pl.lit(BEFORE))
            if "month" in table.columns:
                table = table.filter(pl.col("month") <= BEFORE)
            altered.get(name, lambda same: same)(table).write_parquet(folder / f"{name}.parquet")
        return folder

    return made


def changes_of(awkward, report, folder: Path | None):
    return load_changes(awkward.current, folder, report)


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


def test_the_page_of_an_area_says_what_changed_of_it(awkward, report, previous, levels):
    """Its own revisions and verdicts in one line; another county's are none of its own."""
    month = date(2026, 3, 1)
    key = ("area_code", "indicator", "question")
    target = pl.struct(key).is_in([dict(zip(key, (COUNTY, "natural_growth_rate", "target"), strict=True))])

    def judged_otherwise(table: pl.DataFrame) -> pl.DataFrame:
        return table.with_columns(verdict=pl.when(target).then(pl.lit("missed")).otherwise("verdict"))

    folder = previous(counts=set_value(at(month, "births_male"), 7), verdicts=judged_otherwise)
    before = last_editions(awkward.current, folder, report)
    facts = {
        area.area_code: replace(area, last_edition=before[area.area_code])
        for level in report.settings.reported_levels
        for area in levels[level]
    }
    (said,) = since_last(facts[COUNTY], report)
    now = pl.read_parquet(awkward.current / "counts.parquet").filter(at(month, "births_male"))["value"][0]
    assert said.replace("\u00a0", " ") == (
        "**上期（2026年5月）以来**　人口自然增长率由“未达标”转为“可望达标”；"
        f"修订 1 个数字（最大的是2026年3月出生男婴，由 7 改为 {now}）。"
    )
    assert since_last(facts["990102"], report) == [
        "**上期（2026年5月）以来**　各项结论未变；以往各月数字未变。"
    ]
    assert since_last(replace(facts[COUNTY], last_edition=None), report) == []
    assert last_editions(awkward.current, None, report) == {}


def test_what_the_report_withholds_is_withheld_in_the_table(tmp_path):
    births, deaths, growth = (
        estimate(indicator=name, denominator=1500, withheld="small")
        for name in ("birth_rate", "death_rate", "natural_growth_rate")
    )
    table = areas_table([an_area([births, deaths, growth])], an_edition(), Overview([], {}), {}, tmp_path, 1)
    assert "1,500" not in table and "数值较小，不予公布" in table


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
    assert rows[1].count('[—]{.absent title="数值较小，不予公布"}') == 3


def of_sex_ratio(code: str) -> pl.Expr:
    return (pl.col("area_code") == code) & (pl.col("indicator") == "sex_ratio_at_birth")


def judged(code: str, verdict: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    where = of_sex_ratio(code) & (pl.col("question") == "normal_range")
    return lambda table: table.with_columns(
        verdict=pl.when(where).then(pl.lit(verdict)).otherwise(pl.col("verdict"))
    )


def with_ratio(code: str, time_window: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """The sex ratio of the month before, with a value whose interval lies outside the normal range."""
    values = {"value": 140.0, "lower_95": 120.0, "upper_95": 160.0, "numerator": 700.0, "denominator": 500.0}
    where = of_sex_ratio(code) & (pl.col("month") == BEFORE) & (pl.col("time_window") == time_window)
    return lambda table: table.with_columns(
        pl.when(where).then(value).otherwise(pl.col(name)).alias(name) for name, value in values.items()
    )


def test_an_area_that_is_judged_otherwise_is_named_with_both_values(awkward, report, previous):
    """By the verdicts of both editions, beside the value of twelve months."""
    folder = previous(verdicts=judged(COUNTY, "higher"), indicators=with_ratio(COUNTY, "rolling_12"))
    changes = changes_of(awkward, report, folder)
    (one,) = changes.verdicts
    assert one.area_code == COUNTY
    assert (one.before.verdict, one.before.value, one.now.verdict) == ("higher", 140.0, "unclear")
    table = overview_changes.verdicts_table(changes, report, 1)
    (row,) = (line for line in table.splitlines() if "140.0" in line)
    assert "[偏高]{.verdict .higher}" in row and "[暂不能判定]{.verdict .unclear}" in row
    assert "截至2026年5月的近12个月" in table and "截至2026年6月的近12个月" in table
    said = overview_changes.sentences(changes, report)
    assert any(
        f"1 个地区出生人口性别比的结论与上期不同：{one.name}。" in each.replace("\u00a0", " ")
        for each in said
    )
    assert not any("首次" in each or "恶化" in each for each in said)


@pytest.mark.parametrize("time_window", ["ytd", "rolling_12"])
def test_a_value_alone_is_no_verdict(awkward, report, previous, time_window):
    """An interval outside the range changes nothing: the edition before has judged, and judged the same."""
    changes = changes_of(awkward, report, previous(indicators=with_ratio(COUNTY, time_window)))
    assert changes.verdicts == []
    assert "各地出生人口性别比的结论与上期相同。" in overview_changes.sentences(changes, report)


def test_conclusions_are_compared_across_the_new_year(awkward, report, previous):
    """Twelve months do not begin anew in January."""
    folder = previous(verdicts=judged(COUNTY, "higher"))
    changes = replace(changes_of(awkward, report, folder), previous=date(2025, 12, 1))
    assert "2025年" in overview_changes.verdicts_table(changes, report, 1)


def test_an_edition_without_a_table_of_verdicts_is_not_compared_by_them(awkward, report, previous):
    """As older programs have made it: nothing is read into what they have not judged."""
    folder = previous(counts=set_value(at(date(2026, 3, 1), "births_male"), 7))
    (folder / "verdicts.parquet").unlink()
    changes = changes_of(awkward, report, folder)
    assert changes.verdicts == [] and len(changes.revised) == 1
    said = overview_changes.sentences(changes, report)
    assert any("没有结论表" in each for each in said) and not any("与上期相同" in each for each in said)
    assert overview_changes.verdicts_table(changes, report, 1) == ""


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
        for name in ("sex_ratio_at_birth", "natural_growth_rate"):
            of_year, so_far = facts.estimate(name, "rolling_12"), facts.estimate(name)
            if of_year and not of_year.withheld:
                assert f'sort="{round(of_year.value, 6)}"' in row
                if so_far and not so_far.withheld:
                    assert f'sort="{round(so_far.value, 6)}"' not in row
        assert (tmp_path / "figures" / f"trend-{facts.area_code}.svg").is_file() == (
            "sex_ratio_at_birth" in facts.trends
        )


def test_a_figure_of_fewer_months_says_of_which(awkward, report, areas, tmp_path):
    """The table is of twelve months; an area that has not reported so long has the year so far instead, unjudged."""
    table = areas_table(areas, report, load_overview(awkward.current, None, report), {}, tmp_path, 1)
    rows = [line for line in table.splitlines() if 'sort="99' in line]
    assert "近12个月" in table
    for facts, row in zip(areas, rows, strict=True):
        ratio, so_far = facts.headline("sex_ratio_at_birth"), "[2026年1—6月]{.range}]{sort="
        is_new = facts.area_code == NEW
        assert (so_far in row) == is_new == (ratio.time_window == "ytd" and ratio.value is not None)
        assert not (is_new and ".verdict" in row)


VERDICTS = ("higher", "lower", "inside", "unclear", "")


def judged_as(areas: list[ShownArea], verdicts: tuple[str, ...]) -> list[ShownArea]:
    """The areas with other verdicts on their sex ratios, from the first on; the last for all that are left."""
    key = ("sex_ratio_at_birth", "normal_range")
    given = [*verdicts, *[verdicts[-1]] * (len(areas) - len(verdicts))]
    made = {
        one: {key: Verdict(*key, one, "twelve_months", is_minor=False)} if one else {} for one in verdicts
    }
    return [replace(facts, verdicts=made[one]) for facts, one in zip(areas, given, strict=True)]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    "verdicts",
    [
        ("higher", "lower", "inside", "unclear", "higher", "lower", "higher", ""),
        ("unclear", "higher", "higher", "inside"),
        ("lower", "unclear", ""),
        ("inside", "unclear", ""),
    ],
)
def test_the_lead_names_every_area_that_is_judged_outside_and_no_other(
    awkward, report, areas, tmp_path, language, verdicts
):
    """By its verdict alone, whatever its value: counted, named, and the others counted."""
    own = judged_as(areas, verdicts)
    overview = load_overview(awkward.current, None, report)
    page = write_index(own, report.in_language(language), tmp_path, {}, overview=overview)
    lead = re.search(r"::: \{\.lead\}\n(.*?)\n:::", page.text(), re.DOTALL)[1].replace("\u00a0", " ")
    names = {
        verdict: [
            escape(one.name) for one in own if one.verdict("sex_ratio_at_birth", "normal_range") == verdict
        ]
        for verdict in VERDICTS
    }
    stop, comma = ("；。", "、") if language == "zh" else (";.", ", ")
    for verdict in ("higher", "lower"):
        number, listed = len(names[verdict]), names[verdict]
        if not listed:
            continue
        (said,) = re.findall(rf"(?<!\d){number}(?: 个：|: )(.*?)[{stop}](?:\s|$|没有|低|it )", lead)
        assert re.split(f"{comma}| and |和", said) == listed
    assert not any(name in lead for verdict in ("inside", "unclear", "") for name in names[verdict])
    others = len(own) - len(names["higher"]) - len(names["lower"])
    if others < len(own):
        assert ("其余 {} 个" if language == "zh" else "The other {} are").format(others) in lead
    else:
        assert ("没有地区" if language == "zh" else "In no area") in lead


def test_the_table_says_the_verdict_and_nothing_where_there_is_none(awkward, report, areas, tmp_path):
    own = judged_as(areas, VERDICTS)
    table = areas_table(own, report, load_overview(awkward.current, None, report), {}, tmp_path, 1)
    rows = [line for line in table.splitlines() if 'sort="99' in line]
    found = [re.findall(r"\[([^\[\]]*)\]\{\.verdict \.(\w+)", row) for row in rows]
    words = [[("偏高", "higher")], [("偏低", "lower")], [("正常", "good")], [("暂不能判定", "unclear")]]
    assert found == [*words, *[[]] * (len(own) - len(words))]


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
