"""What findings say, in English and in Chinese; nothing is left unsaid."""

from __future__ import annotations

import pytest

from pipeline.words.finding_values import Measure, printed_evidence
from pipeline.words.findings import chinese, english, title

PLACE = {"source": "hospital_births", "path": "住院分娩月报_202606.csv", "sheet": "", "row": 9, "column": 6}
NAMES = {"hospital_births": "住院分娩直报", "population_register": "公安户籍"}
EVIDENCE = {
    "sum_differs": PLACE | {"printed": 31.0, "computed": 30.0, "factor": None},
    "rate_differs": PLACE | {"printed": 61.67, "computed": 66.6667, "factor": None},
    "unit_slip": PLACE | {"printed": 3.52, "computed": 0.352, "factor": 10.0},
    "total_row_differs": PLACE | {"label": "合计", "stated": 7874, "computed": 7784, "rows_added": 11},
    "cumulative_falls": {
        "source": "population_register",
        "previous_month": "2026-05",
        "previous": 158,
        "found": 131,
    },
    "cumulative_differs": {"source": "hospital_births", "span": "ytd", "stated": 31, "sum_of_months": 30},
    "children_differ": {"source": "population_register", "stated": 1310, "sum_of_areas": 1301, "areas": 11},
    "sources_disagree": {
        "source": "population_register",
        "preferred_source": "hospital_births",
        "time_window": "rolling_12",
        "months": 12,
        "preferred": 1204,
        "found": 1101,
    },
    "stuck": {"source": "hospital_births", "value": 12, "months": 6, "first_month": "2026-01"},
    "copied_month": {"source": "hospital_births", "previous_month": "2025-12", "areas": 11, "figures": 22},
    "zero_for_missing": {"source": "hospital_births", "figures": 2, "usual": 24.6},
    "blank_cell": PLACE | {"areas": None, "unknown": "0103 Castleton → 01 Northland", "elements": "births"},
    "duplicate_file": {"source": "hospital_births", "path": "二月.csv", "same_as": "一月.csv"},
    "long_silent": {"source": "hospital_births", "months_silent": 4, "last_return": "2026-02", "areas": 1},
    "nothing_for_years": {"first_month": "2004-04", "last_month": "2023-12", "figures": 2},
    "area_code_out_of_use": {
        "source": "hospital_births",
        "code": "510722",
        "first_month": "2016-07",
        "months": 3,
        "is_counted": True,
    },
}


@pytest.mark.parametrize(
    ("kind", "line", "sentence"),
    [
        (
            "sum_differs",
            "printed 31, but its parts beside it add up to 30",
            "上报合计 31，同行分项相加为 30，相差 1。",
        ),
        (
            "unit_slip",
            "printed 3.52, 10 times the 0.352 that follow from the counts beside it: another unit",
            "上报 3.52，按同行数字计算为 0.352，前者是后者的 10 倍，计量单位不一致。",
        ),
        (
            "total_row_differs",
            "the row 合计 states 7,874, the 11 rows it stands for add up to 7,784",
            "“合计”行为 7,874，所含 11 行相加为 7,784，相差 90。",
        ),
        (
            "cumulative_falls",
            "131 since January, but 158 already in 2026-05",
            "本月累计 131，小于2026年5月累计 158。",
        ),
        (
            "cumulative_differs",
            "31 stated for the year to date, but its months add up to 30",
            "1月至本月累计上报 31，各月相加为 30，相差 1。",
        ),
        (
            "sources_disagree",
            "1,204 in hospital_births, 1,101 in population_register, over the same 12 months",
            "12 个月，住院分娩直报为 1,204，公安户籍为 1,101，相差 103。",
        ),
        (
            "blank_cell",
            "left blank, so the sums and indicators that need it are unknown for 0103 Castleton → 01 Northland",
            "本月为空白，因此以下地区有关的合计和指标无从计算：0103 Castleton → 01 Northland。",
        ),
        (
            "long_silent",
            "no return to hospital_births for 4 months from 1 area, the last one in 2026-02",
            "住院分娩直报已连续 4 个月未报（1 个单位），最近一次为2026年2月。",
        ),
        (
            "nothing_for_years",
            "nothing from anyone from 2004-04 to 2023-12, and 2 figures before: is the year right?",
            "2004年4月至2023年12月没有任何数据，此前有 2 个数字。",
        ),
        (
            "area_code_out_of_use",
            "the code 510722 was not in use in 3 months since 2016-07; its figures are counted",
            "自2016年7月起，3 个月的数字使用了已停用的区划代码 510722，这些数字已计入。",
        ),
    ],
)
def test_a_finding_is_said_with_its_figures(kind, line, sentence):
    assert english(kind, EVIDENCE[kind]) == line
    assert chinese(kind, EVIDENCE[kind], NAMES).replace("\N{NO-BREAK SPACE}", " ") == sentence


@pytest.mark.parametrize(
    ("printed", "computed", "decimals", "said"),
    [
        (61.67, 66.6667, None, ("61.67", "66.67")),
        (88.9, 88.8889, None, ("88.90", "88.89")),  # one decimal more, or they would look the same
        (88.9, 84.0, 2, ("88.90", "84.00")),
        (7.4, 3.5179, 2, ("7.40", "3.52")),
    ],
)
def test_both_rates_have_the_same_decimals(printed, computed, decimals, said):
    figures = printed_evidence("rate_differs", {"printed": printed, "computed": computed}, Measure(decimals))
    assert (figures["printed"], figures["computed"]) == said


@pytest.mark.parametrize("kind", EVIDENCE)
def test_every_kind_has_words_in_both_languages(kind):
    assert title(kind) != kind
    assert not english(kind, EVIDENCE[kind]).startswith(kind)
    assert not chinese(kind, EVIDENCE[kind], NAMES).startswith(title(kind))


def test_a_sum_that_an_office_states_itself_has_words_of_its_own():
    evidence = {"source": "population_register", "span": "month", "stated": 31, "sum_of_parts": 30}
    assert "分项相加为\N{NO-BREAK SPACE}30，相差\N{NO-BREAK SPACE}1" in chinese(
        "sum_differs", evidence, NAMES
    )
    assert "31 stated for the month" in english("sum_differs", evidence)


def test_an_office_that_never_came_has_no_last_return():
    evidence = EVIDENCE["long_silent"] | {"last_return": None}
    assert chinese("long_silent", evidence, NAMES).endswith("未报（1\N{NO-BREAK SPACE}个单位）。")


@pytest.mark.parametrize("kind", ["implausible", "stuck"])
def test_what_has_no_words_is_shown_as_it_is(kind):
    evidence = {"source": "hospital_births", "path": "一月.csv", "surplus": 12.5}
    assert english(kind, evidence) == f"{kind}: surplus 12.5"
    assert chinese(kind, evidence, NAMES) == f"{title(kind)}: surplus 12.5"
