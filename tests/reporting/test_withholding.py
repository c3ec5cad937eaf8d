"""What is withheld: the rule, what follows from it, and that nothing withheld stands in a page or a data file."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import polars as pl
import pytest

from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.facts.tables import read_tables
from pipeline.reporting.shown.areas import Areas
from pipeline.reporting.shown.peers import Peers, peers_of
from pipeline.reporting.shown.rule import VITAL, WITHOUT_COUNTS, Limits, with_reasons
from pipeline.reporting.shown.tables import withhold
from pipeline.reporting.site import data_files
from pipeline.reporting.text.wording import number, span
from tests.awkward_workspace import THREE_BIRTHS

LIMITS = Limits(5, {"sex_ratio_at_birth": 100}, {"sex_ratio_at_birth": 1000})
AREAS = pl.DataFrame({"area_code": list("abcdx"), "parent_code": ["p", "p", "p", "p", "q"]})
METHODS = {"sex_ratio_at_birth": "sex_ratio", "natural_growth_rate": "balance", "checkups": "proportion"}


def reasons(*rows: tuple, **more) -> dict[tuple[str, str], str]:
    """The reason by area and indicator; a row is (area, indicator, events) and perhaps last year's and the window."""
    judged = judge(*rows, **more)
    return dict(
        zip(zip(judged["area_code"], judged["indicator"], strict=True), judged["withheld"], strict=True)
    )


def judge(*rows: tuple, females: float = 0, **more) -> pl.DataFrame:
    table = pl.DataFrame(
        [
            {
                "area_code": code,
                "indicator": indicator,
                "time_window": rest[1] if len(rest) > 1 else "ytd",
                "method": METHODS.get(indicator, "rate"),
                "events": float(events),
                "events_last_year": rest[0] if rest else None,
                "numerator": float(events) - females,
                "denominator": females if indicator == "sex_ratio_at_birth" else 1000.0,
                **({"value": 1.0, "lower_95": 0.5, "upper_95": 2.0} | more),
            }
            for code, indicator, events, *rest in rows
        ],
        schema_overrides={"events_last_year": pl.Float64, "value": pl.Float64},
    )
    return with_reasons(table, AREAS, LIMITS)


@pytest.mark.parametrize(("count", "reason"), [(0, ""), (1, "small"), (4, "small"), (5, "")])
def test_a_count_from_one_to_below_the_threshold_is_small(count, reason):
    assert reasons(("x", "checkups", count)) == {("x", "checkups"): reason}
    assert reasons(("x", "checkups", 50, count)) == {("x", "checkups"): reason}, "last year's count too"


def test_the_only_small_area_of_a_parent_is_protected_by_the_next_in_size():
    rows = [(code, "checkups", count) for code, count in zip("abcdx", (3, 20, 9, 0, 6), strict=True)]
    found = reasons(*rows)
    assert [found[code, "checkups"] for code in "abcdx"] == ["small", "", "protecting", "", ""]
    two = reasons(("a", "checkups", 3), ("b", "checkups", 4), ("c", "checkups", 9))
    assert list(two.values()) == ["small", "small", ""], "two protect each other"


def test_births_deaths_and_what_is_made_of_them_are_withheld_together():
    counts = {"birth_rate": 3, "death_rate": 90, "natural_growth_rate": 93, "sex_ratio_at_birth": 3}
    found = reasons(*(("a", name, counts[name]) for name in VITAL), *(("b", name, 200) for name in VITAL))
    few = found.pop(("a", "sex_ratio_at_birth"))
    assert few == "few_births"
    assert set(found.values()) == {"small", "protecting"}
    assert {found["b", name] for name in VITAL} == {"protecting"}


def test_a_ratio_of_few_births_is_withheld_and_its_births_only_where_they_are():
    row = ("x", "sex_ratio_at_birth", 60, None, "rolling_12")
    assert judge(row, females=30.0).select("withheld", "hides_counts", "is_uncertain").row(0) == (
        *("few_births", False),
        True,
    )
    both = judge(row, ("x", "birth_rate", 3), females=30.0)
    assert both.filter(indicator="sex_ratio_at_birth")["hides_counts"].item()


def test_what_has_no_interval_is_incomplete_and_a_count_needs_none():
    assert reasons(("x", "checkups", 50), lower_95=None)["x", "checkups"] == "incomplete"
    table = judge(("x", "checkups", 50)).drop("withheld", "hides_counts", "is_uncertain")
    table = table.with_columns(method=pl.lit("count"), lower_95=None)
    assert with_reasons(table, AREAS, LIMITS)["withheld"].item() == ""


@pytest.fixture(scope="module")
def raw(awkward, awkward_report):
    settings = awkward_report.settings
    return read_tables(
        awkward.current, awkward_report.month, settings.reported_levels, awkward_report.preferred_sources
    )


def test_months_of_small_counts_are_not_shown(raw):
    code = "990101"
    wide = (pl.col("area_code") == code) & (pl.col("time_window") == "rolling_12")
    of_county = raw.monthly.filter(area_code=code, indicator="birth_rate")
    first = of_county["month"].min()
    three = (
        pl.when((pl.col("month") == first) & (pl.col("area_code") == code)).then(3.0).otherwise("numerator")
    )
    altered = replace(raw, monthly=raw.monthly.with_columns(numerator=three))
    shown = withhold(altered, LIMITS).monthly.filter(area_code=code, indicator="birth_rate")
    assert set(of_county["month"]) - set(shown["month"]) == {first}
    for twelve_months, months in ((60.0, of_county.height), (59.0, 0)):
        few = pl.when(wide).then(twelve_months).otherwise("numerator")
        altered = replace(raw, indicators=raw.indicators.with_columns(numerator=few))
        assert (
            withhold(altered, LIMITS).monthly.filter(area_code=code, indicator="birth_rate").height == months
        )


@pytest.mark.parametrize(("births", "is_said"), [(100.0, True), (99.0, False), (None, False)])
def test_a_change_over_twelve_months_is_said_where_there_are_births_to_show_it(
    raw, awkward_report, births, is_said
):
    rolling = (pl.col("time_window") == "rolling_12") & (pl.col("indicator") == "birth_rate")
    value = pl.when(rolling).then(pl.lit(births)).otherwise("numerator")
    tables = withhold(replace(raw, indicators=raw.indicators.with_columns(numerator=value)), LIMITS)
    trend = Areas(tables, awkward_report).area("990101").trends["natural_growth_rate"]
    assert (trend.change_12_months is not None) == is_said


def test_a_finding_with_a_small_count_keeps_only_where_it_stands(raw, awkward_report):
    evidence = '{"path": "a.csv", "row": 7, "printed": 30, "computed": 3}'
    finding = raw.findings.head(1).with_columns(
        area_code=pl.lit("990101"), kind=pl.lit("sum_differs"), evidence=pl.lit(evidence)
    )
    (shown,) = Areas(withhold(replace(raw, findings=finding), LIMITS), awkward_report).area("990101").findings
    assert shown.is_withheld and shown.evidence == {"path": "a.csv", "row": 7}


def test_a_flag_about_what_is_withheld_has_no_numbers(raw, awkward_report):
    evidence = '{"time_window": "ytd", "value": 2.1, "lower_95": 1.0, "upper_95": 3.0, "verdict": "lower", "bound": 4}'
    flag = raw.findings.head(1).with_columns(
        area_code=pl.lit(THREE_BIRTHS),
        kind=pl.lit("target_missed"),
        subject=pl.lit("natural_growth_rate"),
        evidence=pl.lit(evidence),
    )
    (shown,) = Areas(withhold(replace(raw, findings=flag), LIMITS), awkward_report).area(THREE_BIRTHS).flags
    assert shown.is_withheld and shown.evidence == {"time_window": "ytd"}


def test_nothing_withheld_is_left_in_a_record(levels):
    """Whatever is printed is taken from these: a number that is withheld is in none of them."""
    counted = 0
    for area in (one for areas in levels.values() for one in areas):
        for estimate in area.estimates.values():
            if estimate.withheld in ("", "incomplete"):
                continue
            kept = {"months_missing", "target", "target_lower", "target_upper", "denominator"}
            if estimate.withheld == "few_births":
                kept |= {"numerator", "numerator_last_year"}
            for field in fields(estimate):
                value = getattr(estimate, field.name)
                assert field.name in kept or isinstance(value, bool | str | None), (
                    area.name,
                    estimate,
                    field.name,
                )
            counted += 1
        for outlook in area.outlook.values():
            assert outlook.withheld in ("", "incomplete") or outlook.projected is None
    assert counted > 20


WINDOW_OF = {"target": "ytd", "normal_range": "rolling_12", "change": "rolling_12", "siblings": "rolling_12"}


def test_the_verdicts_of_a_record_are_those_of_the_table_without_those_on_what_is_withheld(awkward, levels):
    table = pl.read_parquet(awkward.current / "verdicts.parquet").filter(month=date(2026, 6, 1))
    published = {(row["area_code"], row["indicator"], row["question"]): row for row in table.to_dicts()}
    kept, withheld = 0, set()
    for area in (one for areas in levels.values() for one in areas):
        for (code, indicator, question), row in published.items():
            if code != area.area_code:
                continue
            estimate = area.estimate(indicator, WINDOW_OF[question])
            if estimate is None or estimate.withheld:
                assert area.verdict(indicator, question) == ""
                withheld.add(question)
                continue
            assert area.verdict(indicator, question) == row["verdict"], (area.name, indicator, question)
            kept += 1
        assert {(area.area_code, *key) for key in area.verdicts} <= published.keys()
    assert kept > 200 and withheld == {"target", "change", "siblings"}


@pytest.fixture(scope="module")
def printed(levels, funnels, awkward_report, tmp_path_factory) -> dict[str, str]:
    """The source of pages with their figures, alternative texts and the tables behind the figures."""
    folder, sources = tmp_path_factory.mktemp("pages"), {}
    for level in ("prefecture", "county"):
        peers = Peers(funnels[level], peers_of(levels[level]))
        for area in levels[level]:
            hides = [one.hides_counts for one in (area, *area.members)]
            if any(hides):
                page = write_page(area, awkward_report, folder, peers, formats=("html",))
                figures = "".join(path.read_text("utf-8") for path in page.folder.rglob("*.svg"))
                sources[area.area_code] = page.text() + figures
    return sources


def test_no_interval_of_what_is_withheld_stands_in_a_page_or_a_figure(printed, levels, raw, awkward_report):
    """Each withheld figure is looked for as it would be printed: as an interval, and births and deaths as counts."""
    assert THREE_BIRTHS in printed
    raw_rows = {
        (row["area_code"], row["indicator"], row["time_window"]): row
        for row in raw.indicators.iter_rows(named=True)
    }
    looked_for = 0
    for level in ("prefecture", "county"):
        for area in levels[level]:
            if area.area_code not in printed:
                continue
            for one in (area, *area.members):
                for (name, window), estimate in one.estimates.items():
                    if estimate.withheld not in WITHOUT_COUNTS or window not in ("ytd", "rolling_12"):
                        continue
                    row = raw_rows[one.area_code, name, window]
                    if row["lower_95"] is None or row["upper_95"] < 1:
                        continue
                    for decimals in (1, 2):
                        interval = span(awkward_report.say, row["lower_95"], row["upper_95"], decimals)
                        assert interval not in printed[area.area_code], (one.name, name, window)
                    looked_for += 1
    assert looked_for > 10
    births = raw_rows[THREE_BIRTHS, "birth_rate", "ytd"]["numerator"]
    assert f"出生\u00a0{number(births)}\u00a0人" not in printed[THREE_BIRTHS]


def test_no_withheld_number_stands_in_a_data_file(awkward, awkward_tables, awkward_report):
    tables = data_files.published_tables(awkward.current, awkward_tables, awkward_report)
    raw = pl.read_parquet(awkward.current / "indicators.parquet").filter(month=date(2026, 6, 1))
    small = raw.filter(pl.col("events").is_between(1, 4)).select("area_code", "time_window", "indicator")
    shown = tables["indicators"].join(small, on=["area_code", "time_window", "indicator"])
    assert shown.height
    for column in ("numerator", "value", "lower_95", "upper_95", "gap"):
        assert shown[column].null_count() == shown.height
    for name, columns in (
        ("comparisons", ("value", "verdict", "reference_lower")),
        ("ranks", ("rank", "quarter")),
    ):
        again = tables[name].join(small, on=["area_code", "time_window", "indicator"])
        for column in columns:
            assert again[column].null_count() == again.height
    window = pl.col("question").replace_strict(WINDOW_OF, return_dtype=small.schema["time_window"])
    on_small = pl.read_parquet(awkward.current / "verdicts.parquet").with_columns(time_window=window)
    on_small = on_small.join(small, on=["area_code", "time_window", "indicator"])
    assert on_small.height
    assert tables["verdicts"].join(on_small, on=["area_code", "indicator", "question"]).is_empty()
    few = raw.filter(pl.col("numerator") + pl.col("denominator") < 100, indicator="sex_ratio_at_birth")
    shown = tables["indicators"].join(few.select("area_code", "time_window", "indicator"),
                                      on=["area_code", "time_window", "indicator"])  # fmt: skip
    assert shown.height and shown["value"].null_count() == shown.height
