"""Comparisons with areas around, ranks, and questions: what stands out is asked about, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.reporting.area_page import comparisons
from pipeline.reporting.area_page.attention import attention
from pipeline.reporting.area_page.questions import MOST, questions
from pipeline.reporting.shown.records import Against, AreaBreak, Comparison, Finding, Rank, SourceRecord
from pipeline.reporting.text.wording import JOINER, NO_BREAK
from tests.reporting.examples import an_area, an_edition, an_outlook, judged
from tests.reporting.test_wording import estimate

COMPLETE = SourceRecord("hospital", 132, 132, 132, [])


def read(text: str) -> str:
    return text.replace(NO_BREAK, " ").replace(JOINER, "").replace("\\", "")


def asked(language="zh", **facts) -> list[str]:
    area = an_area(facts.pop("estimates", ()), **({"completeness": [COMPLETE]} | facts))
    return [read(question) for question in questions(area, an_edition(language))]


def finding(kind: str, subject: str, **evidence) -> Finding:
    return Finding(kind, "warning", "示例青禾县", date(2026, 3, 1), subject, evidence)


def test_where_nothing_stands_out_nothing_is_asked():
    assert asked() == []


def test_an_area_outside_the_normal_range_is_asked_about_its_returns():
    limits = {"value": 116.7, "lower_95": 108.8, "upper_95": 125.2, "decimals": 1}
    flag = finding(
        "outside_normal_range",
        "sex_ratio_at_birth",
        time_window="rolling_12",
        verdict="higher",
        bound=107.0,
        **limits,
    )
    assert asked(flags=[flag]) == [
        "出生人口性别比：近12个月为 116.7（95%置信区间 108.8～125.2），高于正常范围上限 107。"
        "男婴、女婴的报送是否都完整，有无漏报、重报？"
    ]
    (english,) = asked("en", flags=[flag])
    assert english == (
        "Sex ratio at birth: 116.7 in the last 12 months (95% confidence interval 108.8–125.2), above the upper "
        "end of the normal range, 107. "
        "Are male and female births both reported in full, with none missed or counted twice?"
    )


def test_an_unusual_month_and_a_shift_are_asked_about():
    odd = finding("unusual_month", "births", observed=210, expected=130, lower_998=90, upper_998=180)
    shift = finding("level_shift", "births", change_percent=-31.0)
    first, second = asked(findings=[odd, shift])
    assert first.endswith("该月有无补报、迟报或登记方式的变化？") and "210" in first and "130" in first
    assert second.endswith("当月统计口径、来源或报送范围有无变化？")


def test_no_more_than_two_of_a_kind_and_ten_in_all():
    odd = [
        finding("unusual_month", "births", observed=n, expected=1, lower_998=0, upper_998=2)
        for n in range(9, 20)
    ]
    assert len(asked(findings=odd)) == 2
    sources = [SourceRecord(f"s{n}", 132, 60, None, [date(2026, 1, 1)]) for n in range(20)]
    assert len(asked(completeness=sources)) == MOST


@pytest.mark.parametrize(
    ("verdict", "share", "is_asked"),
    [
        ("likely_missed", 0.09, True),
        ("likely_missed", None, False),
        ("unclear", 0.09, False),
        ("likely_met", 0.09, False),
        ("", 0.09, False),
    ],
)
def test_a_target_is_asked_about_where_the_edition_says_it_is_unlikely_to_be_met(verdict, share, is_asked):
    known = estimate(92, 90, 94, indicator="checkup_rate", numerator=900, denominator=1000)
    facts = {
        "estimates": [known],
        "outlook": {"checkup_rate": an_outlook("checkup_rate", probability_met=share)},
        "verdicts": judged("checkup_rate", "target", verdict) if verdict else {},
    }
    assert len(asked(**facts)) == is_asked
    if is_asked:
        assert "可能性约为 9%" in asked(**facts)[0]
        missed = finding(
            "target_missed", "checkup_rate", time_window="ytd", verdict="lower", bound=95.0,
            value=92.0, lower_95=90.0, upper_95=94.0, decimals=1,
        )  # fmt: skip
        (question,) = asked(**facts, flags=[missed])
        assert "可能性" not in question, "it is missed already: asked about once"


def test_returns_missing_or_late_are_asked_about():
    missing = SourceRecord("hospital", 132, 110, 110, [date(2026, 2, 1)])
    by_month = [(date(2025, 12, 1), 11), (date(2026, 1, 1), 2), (date(2026, 2, 1), 8), (date(2026, 3, 1), 1)]
    late = SourceRecord("register", 132, 132, 110, [], by_month)
    assert asked(completeness=[missing, late]) == [
        "住院分娩直报：近12个月报送完整率为 83.3%（2026年2月未报齐），未报的单位能否补报？",
        "公安户籍：近12个月报送及时率为 83.3%，迟报的原因是什么？",
    ]
    assert "没有收到" in asked(completeness=[])[0]


@pytest.mark.parametrize(
    ("late_within", "said"),
    [
        ({}, ""),
        ({"a": 5}, "涉及的下级地区是甲镇（5 份）。"),
        (
            {"a": 2, "b": 9, "c": 3, "d": 1},
            "涉及 4 个下级地区，最多的是乙镇（9 份）、丙镇（3 份）、甲镇（2 份）。",
        ),
        ({"a": 2, "b": 2, "c": 2, "d": 2}, "涉及 4 个下级地区，份数相同。"),
    ],
)
def test_late_returns_are_named_by_month_and_by_area_within(late_within, said):
    """The three worst months in their order, the three worst areas the worst first; what is known is not asked."""
    by_month = [(date(2025, 12, 1), 11), (date(2026, 1, 1), 2), (date(2026, 2, 1), 8), (date(2026, 3, 1), 1)]
    late = SourceRecord("register", 132, 132, 110, [], by_month, late_within)
    members = [
        an_area(area_code=code, name=name)
        for code, name in zip("abcd", ("甲镇", "乙镇", "丙镇", "丁镇"), strict=True)
    ]
    (line,) = attention([], an_area(completeness=[late], members=members), an_edition())
    assert read(line) == (
        "**迟报**　公安户籍：近12个月 22 份，最多的是2025年12月（11 份）、2026年1月（2 份）、2026年2月（8 份）。"
        + said
    )
    assert (
        attention([], an_area(completeness=[replace(late, late=[(date(2026, 3, 1), 6)])]), an_edition()) == []
    )


def test_sources_that_differ_are_asked_about_unless_counts_are_small():
    differs = Comparison("births_male", "hospital", "register", 12, 1450, 1300)
    withheld = replace(differs, value_preferred=None, value=None)
    assert asked(comparisons=[differs]) == [
        "出生男婴：近12个月住院分娩直报与公安户籍相差 10.3%，差别来自哪些人群或哪些单位？"
    ]
    assert asked(comparisons=[withheld]) == []


@pytest.mark.parametrize(("since", "is_asked"), [(date(2025, 8, 1), True), (date(2025, 6, 1), False)])
def test_a_recent_change_of_the_area_is_asked_about(since, is_asked):
    change = AreaBreak(since, "merged", ["990105 示例雾川县"])
    assert bool(asked(breaks=[change])) == is_asked


def compared(verdict: str, areas: int = 13) -> dict:
    """What is known of a birth rate beside its siblings; by its own interval it is not told apart."""
    fields = dict.fromkeys(Against.__dataclass_fields__) | {
        "indicator": "birth_rate",
        "time_window": "rolling_12",
    }
    average = Against(**(fields | {"reference": "level", "reference_lower": 6.1, "verdict": "unclear"}))
    above = Against(**(fields | {"reference": "parent", "reference_lower": 5.0, "verdict": "higher"}))
    return {
        "against": {
            ("birth_rate", "level", "rolling_12"): average,
            ("birth_rate", "parent", "rolling_12"): above,
        },
        "ranks": {
            ("birth_rate", "", "rolling_12"): Rank("birth_rate", "rolling_12", "", areas, 2, 0.3),
        },
        "verdicts": judged("birth_rate", "siblings", verdict) if verdict else {},
    }


def an_area_with_births(**more):
    rate = estimate(6.73, 6.23, 7.27, indicator="birth_rate", time_window="rolling_12", numerator=647)
    return an_area([rate], **more)


@pytest.mark.parametrize(
    ("verdict", "word", "chinese", "english"),
    [
        (
            "higher",
            "偏高",
            "近12个月出生率为 6.73‰，高于同级其余地区的平均水平（6.10‰），差异显著。",
            "Over the last 12 months the crude birth rate was 6.73‰, clearly higher than the average of the siblings "
            "(6.10‰).",
        ),
        (
            "lower",
            "偏低",
            "近12个月出生率为 6.73‰，低于同级其余地区的平均水平（6.10‰），差异显著。",
            "Over the last 12 months the crude birth rate was 6.73‰, clearly lower than the average of the siblings "
            "(6.10‰).",
        ),
        (
            "unclear",
            "差异不显著",
            "所列人口指标与同级其余地区的平均水平相比，差异均不显著。",
            "None of the population indicators clearly differs from the average of the siblings.",
        ),
    ],
)
def test_an_area_beside_its_siblings_is_said_with_the_verdict_of_the_edition(verdict, word, chinese, english):
    """And not by the interval, nor against the area above."""
    area = an_area_with_births(**compared(verdict))
    assert [read(text) for text in comparisons.differences(area, an_edition())] == [chinese]
    assert [read(text) for text in comparisons.differences(area, an_edition("en"))] == [english]
    row = f"| 出生率（‰） | 6.73 | 6.23～7.27 | 6.10 | 12 | {word} |"
    assert row in read(comparisons.neighbours_table(area, an_edition(), 1))


def test_only_what_differs_is_said_of_several_indicators():
    facts = compared("unclear")
    facts["verdicts"] |= judged("death_rate", "siblings", "higher")
    rates = [
        estimate(value, value - 1, value + 1, indicator=name, time_window="rolling_12", numerator=647)
        for name, value in (("birth_rate", 6.73), ("death_rate", 8.0))
    ]
    (said,) = comparisons.differences(an_area(rates, **facts), an_edition())
    assert "死亡率" in said and "差异显著" in said


@pytest.mark.parametrize("withheld", ["small", "incomplete"])
def test_what_was_not_compared_is_not_said_to_be_alike(withheld):
    not_judged = an_area_with_births(**compared(""))
    rate = estimate(indicator="birth_rate", time_window="rolling_12", withheld=withheld)
    for area in (not_judged, an_area([rate], **compared("higher"))):
        assert comparisons.compared_indicators(area, an_edition()) == []
        (said,) = comparisons.differences(area, an_edition())
        assert said.endswith("不与周边地区比较。")


def test_an_indicator_is_asked_about_once():
    """Though its twelve months lie outside the range, its year so far misses the target, and the whole year may."""
    limits = {"value": 116.7, "lower_95": 108.8, "upper_95": 125.2, "decimals": 1}
    flags = [
        finding(kind, "sex_ratio_at_birth", time_window=window, verdict="higher", bound=107.0, **limits)
        for kind, window in (("target_missed", "ytd"), ("outside_normal_range", "rolling_12"))
    ]
    outlook = {"sex_ratio_at_birth": an_outlook("sex_ratio_at_birth", probability_met=0.01)}
    likely_missed = judged("sex_ratio_at_birth", "target", "likely_missed")
    (question,) = asked(flags=flags, outlook=outlook, verdicts=likely_missed)
    assert "正常范围" in question


def test_a_sex_ratio_is_nothing_to_be_brought_about():
    known = estimate(115, 110, 120, indicator="sex_ratio_at_birth", numerator=1070, denominator=930)
    outlook = {"sex_ratio_at_birth": an_outlook("sex_ratio_at_birth", probability_met=0.01)}
    verdicts = judged("sex_ratio_at_birth", "target", "likely_missed")
    (question,) = asked(estimates=[known], outlook=outlook, verdicts=verdicts)
    assert "所需" not in question and question.endswith("有无漏报、重报？")


@pytest.mark.parametrize(
    ("areas", "probability", "said"),
    [
        (13, 0.85, "出生率：在示例东州市的 13 个同级地区中，处于最高的四分之一（可能性约为 85%）。"),
        (13, 0.79, "各指标在同级各地中的位次都难以确定。"),
        (5, 0.99, None),
    ],
)
def test_a_rank_is_told_as_a_quarter_where_it_is_known(areas, probability, said):
    rank = Rank("birth_rate", "rolling_12", "990100", areas, 1, probability)
    facts = compared("unclear") | {"ranks": {("birth_rate", "990100", "rolling_12"): rank}}
    area = an_area_with_births(**facts)
    assert [read(line) for line in comparisons.rank_lines(area, an_edition())] == ([said] if said else [])
