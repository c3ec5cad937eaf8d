"""The sentences of reports/sentences/ against the patterns of the glossary, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from pipeline.reporting.area_page.quality import finding_in_words
from pipeline.reporting.shown.areas import in_order
from pipeline.reporting.shown.records import AreaBreak, Comparison, Finding, Revision
from pipeline.reporting.text import verdicts, wording
from pipeline.reporting.text.target_words import gap_text
from pipeline.reporting.text.templates import environment
from pipeline.workspace import CHECKOUT
from tests.reporting.test_wording import EN, ZH, estimate

SPEC = SimpleNamespace(normal_range=(103.0, 107.0), withhold_below=100, uncertain_below=1000)
NAMES = {"hospital": "住院分娩直报", "register": "公安户籍"}


def sentences(_) -> SimpleNamespace:
    """The macros of reports/sentences/, in the language of a translator."""
    context = {
        "_": _,
        "plural": _.plural,
        "withhold_below": 5,
        "element_labels": {"births_male": "出生男婴"},
        "source_names": NAMES,
        "units": {"natural_growth_rate": verdicts.points_of(_, "‰")},
    }
    templates = environment(CHECKOUT / "reports")
    macros: dict = {}
    for name in ("change", "growth", "quality", "sex_ratio"):
        macros |= vars(templates.get_template(f"sentences/{name}.j2").make_module(context)) | {
            f"{name}_trend": getattr(
                templates.get_template(f"sentences/{name}.j2").make_module(context), "trend", None
            )
        }
    return SimpleNamespace(**macros)


@pytest.fixture(scope="module")
def say():
    return sentences(ZH)


@pytest.fixture(scope="module")
def say_in_english():
    return sentences(EN)


def read(text: object) -> str:
    return str(text).replace(wording.NO_BREAK, " ").replace(wording.JOINER, "").replace("**", "")


def sex_ratio(males, females, value, lower, upper):
    few = males + females < 1000
    return estimate(value, lower, upper, numerator=males, denominator=females, is_uncertain=few)


def few_births(males, females):
    return estimate(numerator=males, denominator=females, withheld="few_births")


def test_a_conclusion_may_be_drawn(say):
    found = sex_ratio(5441, 4611, 118.0, 113.5, 122.7)
    assert read(say.sex_ratio(found, "全县", "1—8月", SPEC)) == (
        "1—8月，全县出生 10,052 人，出生人口性别比为 118.0（95%置信区间 113.5～122.7），"
        "高于正常范围上限 107，超出随机波动所能解释的程度。"
    )


def test_a_conclusion_may_be_drawn_in_english(say_in_english):
    found = sex_ratio(5441, 4611, 118.0, 113.5, 122.7)
    assert read(say_in_english.sex_ratio(found, "the county", "January–August 2026", SPEC)) == (
        "In January–August 2026, the county recorded 10,052 births with a sex ratio at birth of 118.0 "
        "(95% confidence interval 113.5–122.7), above the upper end of the normal range, 107, by more than chance "
        "variation explains."
    )


def test_no_conclusion_may_be_drawn(say):
    found = sex_ratio(476, 424, 112.3, 98.5, 128.0)
    assert read(say.sex_ratio(found, "全县", "1—8月", SPEC)) == (
        "1—8月，全县出生 900 人，出生人口性别比为 112.3（95%置信区间 98.5～128.0）。出生人数较少，"
        "与正常范围（103～107）无法区分，不宜据此判断偏高或偏低。"
    )


def test_too_few_births(say):
    assert read(say.sex_ratio(few_births(None, None), "全县", "1—8月", SPEC)) == (
        "1—8月，全县出生不足 100 人，出生人数过少，不计算出生人口性别比。"
    )
    assert "出生 30 人，出生人数过少" in read(say.sex_ratio(few_births(20, 10), "全县", "1—8月", SPEC))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("small", "全县出生或死亡人数不足 5 人，数值较小，不予公布。"),
        ("protecting", "由其可推算出其他地区较小的数值。"),
    ],
)
def test_withheld_births_are_said_with_the_reason(say, reason, said):
    assert read(say.withheld(reason, "全县", "1—8月")).endswith(said)
    assert read(say.sex_ratio(estimate(withheld=reason), "全县", "1—8月", SPEC)) == (
        "1—8月，全县的出生人口性别比不予公布。"
    )


def test_no_births_and_no_data_are_told_apart(say):
    assert "没有出生人口" in read(say.sex_ratio(few_births(0, 0), "全县", "1—8月", SPEC))
    missing = estimate(months_missing=2, withheld="incomplete")
    assert "出生数据缺 2 个月" in read(say.sex_ratio(missing, "全县", "1—8月", SPEC))


@pytest.mark.parametrize(
    ("interval", "band", "is_said"),
    [
        ((113.3, 137.4), (106.8, 108.9), True),
        ((113.3, 137.4), (107.2, 112.0), False),
        ((98, 120), (105, 109), False),
    ],
)
def test_a_period_that_differs_from_the_trend_is_explained(say, interval, band, is_said):
    found = sex_ratio(927, 743, 124.8, *interval)
    trend = SimpleNamespace(lower_95=[band[0]], upper_95=[band[1]])
    assert ("尚不足以说明" in read(say.trend_and_period(found, trend, SPEC))) == is_said


def test_changes_of_rates_are_in_points(say):
    found = estimate(4.85, 4.6, 5.1, value_last_year=4.19, change=0.66, change_lower=0.1, change_upper=1.2)
    assert read(say.change(found, 2, verdicts.points_of(ZH, "‰"))) == (
        "较上年同期（4.19‰）上升 0.66 个千分点（差值的95%置信区间 0.10～1.20），超出随机波动所能解释的程度。"
    )
    found = estimate(84.0, 80, 88, value_last_year=85.2, change=-1.2, change_lower=-3.0, change_upper=0.6)
    assert read(say.change(found, 1, verdicts.points_of(ZH, "%"))) == (
        "较上年同期（85.2%）低 1.2 个百分点（差值的95%置信区间 −3.0～0.6），与上年同期无法区分。"
    )


def test_changes_of_rates_in_english(say_in_english):
    found = estimate(4.85, 4.6, 5.1, value_last_year=4.19, change=0.66, change_lower=0.1, change_upper=1.2)
    assert read(say_in_english.change(found, 2, verdicts.points_of(EN, "‰"))) == (
        "It was 0.66 per mille points higher than in the same period last year (4.19‰; 95% confidence interval of the "
        "difference 0.10–1.20), more than chance variation explains."
    )
    found = estimate(84.0, 80, 88, value_last_year=85.2, change=-1.2, change_lower=-3.0, change_upper=0.6)
    assert read(say_in_english.change(found, 1, verdicts.points_of(EN, "%"))) == (
        "It was 1.2 percentage points lower than in the same period last year (85.2%); as the 95% confidence interval "
        "of the difference is −3.0 to 0.6, the two cannot be told apart."
    )


@pytest.mark.parametrize(
    ("value", "bounds", "target", "gap", "decimals", "unit", "chinese", "english"),
    [
        (125.5, (None, 107), 107, 18.5, 1, "女=100", "高出目标 18.5", "18.5 above"),
        (84.71, (95, None), 95, 10.29, 2, "%", "低于目标 10.29 个百分点", "10.29 percentage points below"),
        (0.86, (None, 1), 1, -0.14, 2, "%", "低于上限 0.14 个百分点", "0.14 percentage points to spare"),
        (97.0, (95, None), 95, -2.0, 2, "%", "高于下限 2.00 个百分点", "2.00 percentage points to spare"),
        (-0.69, (-2, 6), -2, -1.31, 2, "‰", "在目标范围之内", "Within the range"),
        (-2.5, (-2, 6), -2, 0.5, 2, "‰", "低于目标 0.50 个千分点", "0.50 per mille points below"),
    ],
)
def test_gaps_have_the_right_sign_and_word(value, bounds, target, gap, decimals, unit, chinese, english):
    found = estimate(value, target_lower=bounds[0], target_upper=bounds[1], target=target, gap=gap)
    for _, said in ((ZH, chinese), (EN, english)):
        assert read(gap_text(_, found, decimals, verdicts.points_of(_, unit)["points"])) == said


def test_numbers_are_kept_with_their_units():
    assert ZH.unbroken("出生 303 人，缺 2 个月") == "出生 303\u00a0人，缺 2\u00a0个月"
    assert EN.unbroken("303 births, 2.1 percentage points") == "303\u00a0births, 2.1\u00a0percentage points"


def test_no_sentence_blames_or_exhorts():
    files = [
        *(CHECKOUT / "reports").rglob("*.j2"),
        CHECKOUT / "reports" / "translations" / "zh.po",
    ]
    words = "".join(path.read_text(encoding="utf-8") for path in files)
    for word in ("异常", "应当加强", "必须", "责任", "由于", "导致", "严重", "整改"):
        assert word not in words


def revision(value, change, *, is_since_january=False, paths=("住院分娩月报_202603（更正）.csv",)):
    return Revision("births_male", date(2026, 3, 1), is_since_january, value, change, list(paths))


@pytest.mark.parametrize(
    ("revised", "said"),
    [
        (revision(87, 2), "2026年3月，出生男婴：由 85 修订为 87（+2），见 住院分娩月报_202603（更正）.csv。"),
        (
            revision(87, -3, is_since_january=True, paths="abc"),
            "2026年1—3月累计，出生男婴：由 90 修订为 87（−3），见 a、b等。",
        ),
        (replace(revision(None, None), is_withheld=True), "已修订，数值较小，不予公布"),
        (revision(87, 0), "各地有增有减，合计仍为 87"),
        (revision(None, None), "已修订，但该月数据不全"),
    ],
)
def test_a_revised_figure_is_said_with_what_it_was(say, revised, said):
    assert said in read(say.revision(revised)).replace("\\", "")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("renamed", "本区划自2021年1月起更名（原为 990105 示例雾川县），数据前后连贯。"),
        ("recoded", "变更代码（原为 990105 示例雾川县），数据前后连贯。"),
        ("merged", "由 990105 示例雾川县 合并而成，此前的数据为原各区划之和。"),
        ("enlarged", "990105 示例雾川县 并入本区划，此前的数据已按现区划合计。"),
        ("split", "由 990105 示例雾川县 分设，此前没有按现区划统计的数据。"),
    ],
)
def test_a_change_of_the_area_is_said(say, kind, said):
    change = AreaBreak(date(2021, 1, 1), kind, ["990105 示例雾川县"])
    assert said in read(say.area_break(change))


def test_a_finding_names_where_it_stands_and_asks_to_check(say):
    report = SimpleNamespace(
        source_names={},
        label={"births_printed": "出生合计"}.get,
        indicator_of={}.get,
        say=ZH,
    )
    evidence = {
        "source": "a",
        "path": "a.csv",
        "sheet": "",
        "row": 7,
        "column": 3,
        "printed": 30,
        "computed": 28,
    }
    finding = Finding("sum_differs", "warning", "示例青禾县", date(2026, 3, 1), "births_printed", evidence)
    words = finding_in_words(finding, report)
    assert read(say.finding(words)).replace("\\", "") == (
        "合计与分项不符　2026年3月，示例青禾县，出生合计：上报合计 30，同行分项相加为 28，相差 2。"
        "请核对（a.csv，第 7 行）。"
    )
    withheld = replace(finding, evidence={"path": "a.csv", "row": 7}, is_withheld=True)
    assert "数值较小，不予公布" in finding_in_words(withheld, report)["text"]


def test_larger_deviations_come_first():
    def finding(severity: str, deviation: float) -> Finding:
        return Finding(
            *("sum_differs", severity, "示例青禾县", date(2026, 3, 1), "births", {}), deviation=deviation
        )

    near, far, grave = finding("warning", 0.01), finding("warning", 0.9), finding("error", 0.01)
    assert in_order([near, far, grave]) == [grave, far, near]


@pytest.mark.parametrize(
    ("counts", "months", "chinese", "english"),
    [
        (
            (1450, 1463),
            12,
            "后者多 13（0.9%；可比 12 个月）。",
            "the latter is 13 higher (0.9%; 12 comparable months).",
        ),
        (
            (1450, 1400),
            9,
            "后者少 50（3.4%；可比 9 个月）。",
            "the latter is 50 lower (3.4%; 9 comparable months).",
        ),
        ((1450, 1450), 12, "两者一致（可比 12 个月）。", "they agree (12 comparable months)."),
        ((0, 7), 12, "后者多 7（—；可比 12 个月）。", "the latter is 7 higher (—; 12 comparable months)."),
    ],
)
def test_two_sources_are_compared(say, say_in_english, counts, months, chinese, english):
    compared = Comparison("births_male", "hospital", "register", months, *counts)
    assert read(say.comparison(compared)).endswith(chinese)
    assert read(say_in_english.comparison(compared)).endswith(english)
