"""The sentences of reports/sentences.j2 against the patterns of the glossary."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pipeline.reporting import verdicts, wording
from pipeline.reporting.pages import _environment
from pipeline.workspace import CHECKOUT
from tests.reporting.test_wording import estimate

SPEC = SimpleNamespace(normal_range=(103.0, 107.0), withhold_below=100, uncertain_below=1000)


@pytest.fixture(scope="module")
def say():
    context = {"nbsp": wording.NO_BREAK, "withhold_below": 5}
    return _environment(CHECKOUT / "reports").get_template("sentences.j2").make_module(context)


def read(text: object) -> str:
    return str(text).replace(wording.NO_BREAK, " ").replace(wording.JOINER, "").replace("**", "")


def sex_ratio(males, females, value, lower, upper):
    return estimate(value, lower, upper, numerator=males, denominator=females)


def test_a_conclusion_may_be_drawn(say):
    found = sex_ratio(5441, 4611, 118.0, 113.5, 122.7)
    assert read(say.sex_ratio(found, "全县", "1—8月", SPEC)) == (
        "1—8月，全县出生 10,052 人，出生人口性别比为 118.0（95%置信区间 113.5～122.7），"
        "高于正常范围上限 107，超出随机波动所能解释的程度。"
    )


def test_no_conclusion_may_be_drawn(say):
    found = sex_ratio(476, 424, 112.3, 98.5, 128.0)
    assert read(say.sex_ratio(found, "全县", "1—8月", SPEC)) == (
        "1—8月，全县出生 900 人，出生人口性别比为 112.3（95%置信区间 98.5～128.0）。出生人数较少，"
        "与正常范围（103～107）无法区分，不宜据此判断偏高或偏低。"
    )


def test_too_few_births(say):
    assert read(say.sex_ratio(sex_ratio(2, 1, 200, 20, 900), "全县", "1—8月", SPEC)) == (
        "1—8月，全县出生不足 5 人，出生人数过少，不计算出生人口性别比。"
    )
    assert "出生 30 人，出生人数过少" in read(
        say.sex_ratio(sex_ratio(20, 10, 200, 90, 400), "全县", "1—8月", SPEC)
    )


def test_no_births_and_no_data_are_told_apart(say):
    assert "没有出生人口" in read(say.sex_ratio(sex_ratio(0, 0, None, None, None), "全县", "1—8月", SPEC))
    missing = estimate(months_missing=2)
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
    assert read(say.change(found, 2, verdicts.points_of("‰"))) == (
        "较上年同期（4.19‰）上升 0.66 个千分点（95%置信区间 0.10～1.20），超出随机波动所能解释的程度。"
    )
    found = estimate(84.0, 80, 88, value_last_year=85.2, change=-1.2, change_lower=-3.0, change_upper=0.6)
    assert read(say.change(found, 1, verdicts.points_of("%"))) == (
        "较上年同期（85.2%）下降 1.2 个百分点（95%置信区间 −3.0～0.6），与上年同期无法区分。"
    )


@pytest.mark.parametrize(
    ("value", "bounds", "target", "gap", "decimals", "unit", "text"),
    [
        (125.5, (None, 107), 107, 18.5, 1, "女=100", "高出 18.5"),
        (84.71, (95, None), 95, 10.29, 2, "%", "低于目标 10.29 个百分点"),
        (0.86, (None, 1), 1, -0.14, 2, "%", "尚余 0.14 个百分点"),
        (97.0, (95, None), 95, -2.0, 2, "%", "超出 2.00 个百分点"),
    ],
)
def test_gaps_have_the_right_sign_and_word(say, value, bounds, target, gap, decimals, unit, text):
    found = estimate(value, target_lower=bounds[0], target_upper=bounds[1], target=target, gap=gap)
    assert read(say.gap_text(found, decimals, verdicts.points_of(unit)["points"])) == text


def test_no_sentence_blames_or_exhorts():
    words = (CHECKOUT / "reports" / "sentences.j2").read_text(encoding="utf-8")
    words += (CHECKOUT / "reports" / "county.qmd.j2").read_text(encoding="utf-8")
    for word in ("异常", "应当加强", "必须", "责任", "由于", "导致", "严重", "整改"):
        assert word not in words
