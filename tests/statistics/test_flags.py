"""Findings of the statistics: who is named, with which evidence, and in which words."""

import json
import re
from datetime import date

import numpy as np
import polars as pl
import pytest
from made_areas import areas_of, calendar, code, counts_of, vital_events

from pipeline.statistics import trends
from pipeline.statistics.flags import (
    DIFFERS,
    SHIFT,
    UNUSUAL,
    findings_of_areas,
    findings_of_months,
    findings_of_shifts,
)
from pipeline.statistics.rules import Rule
from pipeline.tables import TABLES, schema
from pipeline.words import finding_values as finding_figures
from pipeline.words import findings as finding_words
from pipeline.words.translations import read_translator

MONTH = date(2026, 6, 1)
ZH = read_translator("zh")
SRB = "sex_ratio_at_birth"
AREAS = pl.DataFrame(
    {
        "area_code": ["99", "9901", "990101", "990102"],
        "level": ["province", "prefecture", "county", "county"],
        "parent_code": [None, "99", "9901", "9901"],
    }
)
RULES = {SRB: Rule("sex_ratio", (103.0, 107.0)), "checkup_rate": Rule("proportion", decimals=2)}


def expectations(*rows):
    """Rows (area, series, observed, expected, q[, upper_998])."""
    empty = pl.from_arrow(schema("expectations").empty_table())
    table = [
        {
            "area_code": area, "month": MONTH, "series": series, "observed": observed, "expected": expected,
            "lower_95": 0.9 * expected, "upper_95": 1.1 * expected, "lower_998": 0.8 * expected,
            "upper_998": upper[0] if upper else 1.2 * expected, "p_value": q / 2, "q_value": q,
        }
        for area, series, observed, expected, q, *upper in rows
    ]  # fmt: skip
    return pl.DataFrame(table, schema=empty.schema)


def comparisons(*rows):
    """Rows (area, window, indicator, reference, verdict, value, is_flagged)."""
    empty = pl.from_arrow(schema("comparisons").empty_table())
    table = [
        {
            "area_code": area, "month": MONTH, "time_window": window, "indicator": indicator, "reference": reference,
            "reference_lower": 103.0, "reference_upper": 107.0, "value": value, "lower_95": value - 4.123,
            "upper_95": value + 4.456, "verdict": verdict, "p_value": 1e-4, "q_value": 0.00123456, "is_flagged": flag,
        }
        for area, window, indicator, reference, verdict, value, flag in rows
    ]  # fmt: skip
    return pl.DataFrame(table, schema=empty.schema)


def evidence_of(findings):
    return [json.loads(text) for text in findings["evidence"]]


def test_only_months_beyond_chance_with_their_numbers():
    findings = findings_of_months(
        expectations(("990101", "births", 400.0, 41.04, 1e-6), ("990102", "births", 50.0, 41.0, 0.06)), AREAS
    )
    (row,) = findings.iter_rows(named=True)
    assert (row["kind"], row["severity"], row["area_code"]) == (UNUSUAL, "warning", "990101")
    assert (row["month"], row["subject"]) == (MONTH, "births")
    (evidence,) = evidence_of(findings)
    # counts are whole: the limits are the first and the last count within 32.8 to 49.2
    assert evidence == {
        "observed": 400, "expected": 41, "lower_998": 33, "upper_998": 49, "deviation": 359, "decimals": 0,
    }  # fmt: skip


def test_the_largest_deviation_comes_first():
    findings = findings_of_months(
        expectations(
            ("990101", "births", 60.0, 40.0, 0.01),
            ("990102", "births", 3.0, 90.0, 0.04),
            ("990102", "deaths", 70.0, 40.0, 0.001),
        ),
        AREAS,
    )
    assert [evidence["deviation"] for evidence in evidence_of(findings)] == [-87, 30, 20]


def test_the_lowest_area_that_explains_it_is_named():
    """The county is 360 of the 400 too many in its prefecture, and that in the province; another county falls."""
    findings = findings_of_months(
        expectations(
            ("99", "births", 5_400.0, 5_000.0, 1e-3),
            ("9901", "births", 1_400.0, 1_000.0, 1e-4),
            ("990101", "births", 400.0, 40.0, 1e-6),
            ("990102", "births", 3.0, 90.0, 1e-3),
        ),
        AREAS,
    )
    assert findings["area_code"].to_list() == ["990101", "990102"]


def test_what_an_area_below_does_not_explain_stays():
    """A tenth of the deviation, the other direction, another series or another month explain nothing."""
    other_month = expectations(("990101", "births", 400.0, 40.0, 1e-6)).with_columns(month=date(2026, 5, 1))
    table = expectations(
        ("9901", "births", 1_400.0, 1_000.0, 1e-4),
        ("990101", "births", 80.0, 40.0, 1e-3),
        ("990102", "births", 40.0, 440.0, 1e-3),
        ("990102", "deaths", 440.0, 40.0, 1e-3),
    )
    findings = findings_of_months(pl.concat([table, other_month]), AREAS)
    assert "9901" in findings["area_code"].to_list() and findings.height == 5


def test_identity_is_stable_and_changes_with_the_evidence():
    rows = [("990101", "births", 400.0, 41.0, 1e-6), ("990102", "births", 300.0, 41.0, 1e-6)]
    first, again = (findings_of_months(expectations(*order), AREAS) for order in (rows, rows[::-1]))
    assert first.sort("finding_id").equals(again.sort("finding_id"))
    assert first["finding_id"].n_unique() == 2 and first["finding_id"].str.len_chars().to_list() == [16, 16]
    other = findings_of_months(expectations(("990101", "births", 401.0, 41.0, 1e-6), rows[1]), AREAS)
    assert len(set(first["finding_id"]) & set(other["finding_id"])) == 1


def verdicts(*rows):
    """Rows of (area, question, verdict)."""
    columns = ("area_code", "question", "verdict")
    table = pl.DataFrame(
        [dict(zip(columns, row, strict=True)) for row in rows], dict.fromkeys(columns, pl.String)
    )
    return table.with_columns(indicator=pl.lit(SRB), q_value=pl.lit(0.0012))


def test_areas_are_named_where_the_edition_judges_them():
    findings = findings_of_areas(
        verdicts(
            ("990101", "normal_range", "higher"),
            ("990101", "target", "likely_missed"),
            ("990102", "normal_range", "lower"),
            ("9901", "normal_range", "unclear"),
            ("99", "target", "likely_missed"),  # its year so far does not miss it yet
        ),
        comparisons(
            ("990101", "rolling_12", SRB, "normal_range", "higher", 125.04, True),
            ("990101", "ytd", SRB, "normal_range", "higher", 126.0, True),
            ("990101", "ytd", SRB, "target", "higher", 126.0, True),
            ("990102", "rolling_12", SRB, "normal_range", "lower", 98.0, True),
            ("9901", "rolling_12", SRB, "normal_range", "higher", 112.0, True),
            ("99", "ytd", SRB, "target", "unclear", 108.0, False),
        ),
        RULES,
    )
    named = findings.select("kind", "area_code", "severity").rows()
    assert sorted(named) == [
        ("outside_normal_range", "990101", "note"),
        ("outside_normal_range", "990102", "note"),
        ("target_missed", "990101", "note"),
    ]
    evidence = {
        (r["kind"], r["area_code"]): json.loads(r["evidence"]) for r in findings.iter_rows(named=True)
    }
    assert evidence[("outside_normal_range", "990101")] == {
        "time_window": "rolling_12", "verdict": "higher", "bound": 107.0, "value": 125.0, "lower_95": 120.9,
        "upper_95": 129.5, "decimals": 1, "q_value": 0.0012,
    }  # fmt: skip
    assert evidence[("outside_normal_range", "990102")]["bound"] == 103.0


def test_contract():
    tables = [
        findings_of_months(expectations(("990101", "births", 400.0, 41.0, 1e-6)), AREAS),
        findings_of_areas(
            verdicts(("990101", "target", "missed")),
            comparisons(("990101", "ytd", SRB, "target", "higher", 126.0, True)),
            RULES,
        ),
        findings_of_months(expectations(), AREAS),
        findings_of_areas(verdicts(), comparisons(), RULES),
        findings_of_shifts(
            trends.fit_all(trends.vital_series(pl.from_arrow(schema("vital_events").empty_table())))
        ),
    ]
    for table in tables:
        table.to_arrow().cast(schema("findings"))
        assert table.columns == TABLES["findings"].column_names


def test_a_shift_is_named_with_its_month_and_size():
    """Births of one county 40 % up from March 2024 on: one finding, in that month; one of 2022 is over."""
    own = np.zeros((48, 5))
    own[38:, 1] = np.log(1.4)
    own[14:, 3] = np.log(0.6)
    table = vital_events(counts_of([2_000] * 5, log_factor=own))
    findings = findings_of_shifts(trends.fit_all(trends.vital_series(table)))
    births = findings.filter(pl.col("subject") == "births")
    (row,) = births.iter_rows(named=True)
    assert (row["kind"], row["area_code"], row["month"]) == (SHIFT, code(1), calendar(48)[38])
    assert json.loads(row["evidence"])["change_percent"] == pytest.approx(40, abs=5)
    assert areas_of(table).height == 6


EVIDENCE = {
    UNUSUAL: {"observed": 400.0, "expected": 41.0, "lower_998": 20.0, "upper_998": 66.0, "deviation": 359.0},
    SHIFT: {"change_percent": 8.1},
    **{
        kind: {
            "time_window": window, "verdict": verdict, "bound": 107.0, "value": 125.0, "lower_95": 112.1,
            "upper_95": 130.0, "decimals": 1, "q_value": 0.001,
        }
        for kind, window, verdict in (("outside_normal_range", "ytd", "higher"), ("target_missed", "rolling_12", "lower"))
    },
}  # fmt: skip


@pytest.mark.parametrize("kind", EVIDENCE)
def test_every_kind_has_a_sentence(kind):
    """Whole sentences of words: neither the name of the kind nor those of columns stand in them."""
    chinese = finding_words.sentence(kind, EVIDENCE[kind], {}, ZH)
    english = finding_words.english(kind, EVIDENCE[kind])
    assert chinese.endswith("。") and finding_words.title(kind, ZH) != kind
    for sentence in (chinese, english):
        assert kind not in sentence and "{" not in sentence and "None" not in sentence
        assert not re.search(r"[a-z]+_[a-z0-9]+|ytd|rolling", sentence)
    assert not re.search(r"[A-Za-z]{3}", chinese)


@pytest.mark.parametrize("kind", DIFFERS.values())
def test_figures_have_their_decimals(kind):
    for sentence in (
        finding_words.sentence(kind, EVIDENCE[kind], {}, ZH),
        finding_words.english(kind, EVIDENCE[kind]),
    ):
        assert "125.0" in sentence and "130.0" in sentence and "112.1" in sentence and "107" in sentence
    two_decimals = EVIDENCE[kind] | {"value": 90.5, "lower_95": 88.0, "decimals": 2}
    assert "90.50" in finding_words.sentence(kind, two_decimals, {}, ZH)


def test_a_flag_about_a_percentage_says_so():
    evidence = EVIDENCE["target_missed"] | {"bound": 95.0, "value": 91.5, "decimals": 2}
    measure = finding_figures.Measure(2, "%")
    said = finding_words.sentence("target_missed", evidence, {}, ZH, MONTH, measure)
    assert "为\N{NO-BREAK SPACE}91.50%（" in said and said.count("%") == 3 and said.endswith("95%。")


def test_unusual_counts_are_whole_and_ratios_are_not_cut():
    sentence = finding_words.sentence(UNUSUAL, EVIDENCE[UNUSUAL], {}, ZH)
    assert "400" in sentence and ".0" not in sentence
    ratio = {"observed": 212.5, "expected": 106.3, "lower_998": 61.2, "upper_998": 180.0, "deviation": 106.2}
    assert "212.5" in finding_words.sentence(UNUSUAL, ratio, {}, ZH) and "106.3" in finding_words.english(
        UNUSUAL, ratio
    )


def test_a_month_without_an_upper_limit_is_still_a_finding():
    """Of ten births the 99.8 % limit may be boys alone, which has no ratio."""
    table = expectations(("990101", SRB, 0.0, 106.0, 1e-3, None))
    findings = findings_of_months(table, AREAS)
    (evidence,) = evidence_of(findings)
    assert evidence["upper_998"] is None and evidence["lower_998"] == 84.8
