"""Comparisons with areas around, ranks, and questions: what stands out is asked about, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.reporting.area_page import comparisons
from pipeline.reporting.area_page.questions import MOST, questions
from pipeline.reporting.shown.records import Against, AreaBreak, Comparison, Finding, Rank, SourceRecord
from pipeline.reporting.text.wording import JOINER, NO_BREAK
from tests.reporting.examples import an_area, an_edition, an_outlook
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
        time_window="ytd",
        verdict="higher",
        bound=107.0,
        **limits,
    )
    assert asked(flags=[flag]) == [
        "出生人口性别比：1—3月累计为 116.7（95%置信区间 108.8～125.2），高于正常范围上限 107，超出随机波动所能解释的程度。"
        "男婴、女婴的报送是否都完整，有无漏报、重报？"
    ]
    (english,) = asked("en", flags=[flag])
    assert english == (
        "Sex ratio at birth: 116.7 in January–March (95% confidence interval 108.8–125.2), above the upper "
        "end of the normal range, 107, by more than chance variation explains. "
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


@pytest.mark.parametrize(("share", "is_asked"), [(0.19, True), (0.2, False), (None, False)])
def test_a_target_that_is_unlikely_to_be_met(share, is_asked):
    known = estimate(92, 90, 94, indicator="checkup_rate", numerator=900, denominator=1000)
    outlook = {"checkup_rate": an_outlook("checkup_rate", probability_met=share)}
    assert bool(asked(estimates=[known], outlook=outlook)) == is_asked


def test_returns_missing_or_late_are_asked_about():
    missing = SourceRecord("hospital", 132, 110, 110, [date(2026, 2, 1)])
    late = SourceRecord("register", 132, 132, 110, [])
    assert asked(completeness=[missing, late]) == [
        "住院分娩直报：近12个月报送完整率为 83.3%（2026年2月未报齐），未报的单位能否补报？",
        "公安户籍：近12个月报送及时率为 83.3%，迟报集中在哪些月份和单位？",
    ]
    assert "没有收到" in asked(completeness=[])[0]


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


def compared(verdict: str, other: float = 6.10) -> dict:
    fields = dict.fromkeys(Against.__dataclass_fields__) | {
        "indicator": "birth_rate",
        "time_window": "rolling_12",
    }
    return {
        ("birth_rate", reference, "rolling_12"): Against(
            **(fields | {"reference": reference, "reference_lower": value, "verdict": said})
        )
        for reference, value, said in (("parent", other, verdict), ("level", 6.32, "unclear"))
    }


def an_area_with_births(**more):
    rate = estimate(6.73, 6.23, 7.27, indicator="birth_rate", time_window="rolling_12", numerator=647)
    return an_area([rate], **more)


def test_what_can_be_told_apart_is_said():
    area = an_area_with_births(against=compared("higher"))
    assert [read(text) for text in comparisons.differences(area, an_edition())] == [
        "近12个月出生率为 6.73‰，高于示例东州市其余地区（6.10‰），超出随机波动所能解释的程度。"
    ]
    assert [read(text) for text in comparisons.differences(area, an_edition("en"))] == [
        "Over the last 12 months, the crude birth rate was 6.73‰, higher than in the rest of 示例东州市 (6.10‰) by more "
        "than chance variation explains."
    ]
    row = "| 出生率（‰） | 6.73 | 6.23～7.27 | 6.10 | 偏高 | 6.32 | {} |"
    assert row.format("不作比较") in read(comparisons.neighbours_table(area, an_edition(), 1))
    rank = Rank("birth_rate", "rolling_12", "", 13, 2, 0.3)
    area = replace(area, ranks={("birth_rate", "", "rolling_12"): rank})
    assert row.format("无法区分") in read(comparisons.neighbours_table(area, an_edition(), 1))


@pytest.mark.parametrize(("areas", "sentences"), [(8, 1), (7, 0)])
def test_among_few_areas_nobody_knows_how_far_they_usually_differ(areas, sentences):
    against = {key: replace(one, verdict="higher") for key, one in compared("higher").items()}
    rank = Rank("birth_rate", "rolling_12", "", areas, 1, 0.9)
    area = an_area_with_births(against=against, ranks={("birth_rate", "", "rolling_12"): rank})
    said = comparisons.differences(area, an_edition())
    assert sum("同级各地平均水平" in one for one in said) == sentences


def test_what_cannot_be_told_apart_is_said_once_for_all():
    area = an_area_with_births(against=compared("unclear"))
    assert comparisons.differences(area, an_edition()) == [
        "所列指标与上级其余地区、同级各地平均水平均无法区分。"
    ]


def test_what_was_not_compared_is_not_said_to_be_alike():
    against = {key: replace(one, verdict="not_comparable") for key, one in compared("unclear").items()}
    area = an_area_with_births(against=against)
    assert comparisons.compared_indicators(area, an_edition()) == []
    (said,) = comparisons.differences(area, an_edition())
    assert said.endswith("不与周边地区比较。")


def test_the_same_figure_is_asked_about_once():
    limits = {"value": 116.7, "lower_95": 108.8, "upper_95": 125.2, "decimals": 1}
    flags = [
        finding(kind, "sex_ratio_at_birth", time_window=window, verdict="higher", bound=107.0, **limits)
        for kind, window in (
            ("outside_normal_range", "ytd"),
            ("target_missed", "ytd"),
            ("target_missed", "rolling_12"),
        )
    ]
    assert len(asked(flags=flags[:2])) == 1 and len(asked(flags=flags)) == 2
    assert "正常范围" in asked(flags=flags[:2])[0]


def test_a_sex_ratio_is_nothing_to_be_brought_about():
    known = estimate(115, 110, 120, indicator="sex_ratio_at_birth", numerator=1070, denominator=930)
    outlook = {"sex_ratio_at_birth": an_outlook("sex_ratio_at_birth", probability_met=0.01)}
    (question,) = asked(estimates=[known], outlook=outlook)
    assert "所需" not in question and question.endswith("有无漏报、重报？")


@pytest.mark.parametrize(
    ("areas", "probability", "said"),
    [
        (13, 0.85, "出生率：在示例东州市的 13 个同级地区中，按数值由高到低居前四分之一（可能性约为 85%）。"),
        (13, 0.79, "各指标在同级各地中的位次均无法区分。"),
        (5, 0.99, None),
    ],
)
def test_a_rank_is_told_as_a_quarter_where_it_is_known(areas, probability, said):
    rank = Rank("birth_rate", "rolling_12", "990100", areas, 1, probability)
    area = an_area_with_births(
        against=compared("unclear"), ranks={("birth_rate", "990100", "rolling_12"): rank}
    )
    assert comparisons.rank_lines(area, an_edition()) == ([said] if said else [])
