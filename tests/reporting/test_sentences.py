"""The sentences of reports/sentences/ against the patterns of the glossary, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from pipeline.reporting.area_page.key_figures import key_figures
from pipeline.reporting.area_page.quality import finding_in_words
from pipeline.reporting.shown.areas import in_order
from pipeline.reporting.shown.records import AreaBreak, Comparison, Finding, Revision
from pipeline.reporting.text import verdicts, wording
from pipeline.reporting.text.target_words import gap_text
from pipeline.reporting.text.templates import environment
from pipeline.workspace import CHECKOUT
from tests.reporting.examples import an_area, an_edition, judged
from tests.reporting.test_wording import EN, ZH, estimate

SPEC = SimpleNamespace(normal_range=(103.0, 107.0), withhold_below=100, uncertain_below=1000)
NAMES = {"hospital": "住院分娩直报", "register": "公安户籍"}


def sentences(_, parents=("示例省",)) -> SimpleNamespace:
    """The macros of reports/sentences/, in the language of a translator, on the page of an area that lies in others."""
    context = {
        "f": SimpleNamespace(parents=list(parents)),
        "_": _,
        "plural": _.plural,
        "sentence_gap": wording.sentences(_, ["", ""]),
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


# What the edition's verdict makes of the same figures: nothing is read from the interval.
RATIOS = [
    (
        "higher",
        "。综合近12个月数据和趋势，高于正常范围（103～107）。",
        ". The last 12 months and the trend together put it above the normal range (103–107).",
    ),
    (
        "lower",
        "。综合近12个月数据和趋势，低于正常范围（103～107）。",
        ". The last 12 months and the trend together put it below the normal range (103–107).",
    ),
    ("inside", "，在正常范围（103～107）之内。", ", within the normal range (103–107)."),
    (
        "unclear",
        "，是否超出正常范围（103～107）暂不能判定。",
        "; it is open whether it lies outside the normal range (103–107).",
    ),
    ("", "；不足12个月，不作判定。", "; with less than 12 months it is not judged."),
]


@pytest.mark.parametrize(("verdict", "chinese", "english"), RATIOS, ids=[one[0] or "none" for one in RATIOS])
def test_a_sex_ratio_is_said_with_the_verdict_of_the_edition(say, say_in_english, verdict, chinese, english):
    found = sex_ratio(5441, 4611, 118.0, 113.5, 122.7)
    assert read(say.sex_ratio(found, verdict, "全县", "近12个月", SPEC)) == (
        f"近12个月，全县出生 10,052 人，出生人口性别比为 118.0（95%置信区间 113.5～122.7）{chinese}"
    )
    assert read(
        say_in_english.sex_ratio(found, verdict, "the county", "the 12 months to June 2026", SPEC)
    ) == (
        "In the 12 months to June 2026, the county recorded 10,052 births with a sex ratio at birth of 118.0 "
        f"(95% confidence interval 113.5–122.7){english}"
    )


def test_of_few_births_that_are_open_it_is_said_that_they_are_few(say, say_in_english):
    found = sex_ratio(476, 424, 112.3, 98.5, 128.0)
    assert read(say.sex_ratio(found, "unclear", "全县", "1—8月", SPEC)) == (
        "1—8月，全县出生 900 人，出生人口性别比为 112.3（95%置信区间 98.5～128.0）。出生人数较少，"
        "是否超出正常范围（103～107）暂不能判定。"
    )
    assert read(say_in_english.sex_ratio(found, "unclear", "the county", "2026", SPEC)).endswith(
        "With so few births it is open whether it lies outside the normal range (103–107)."
    )
    assert "高于正常范围" in read(say.sex_ratio(found, "higher", "全县", "1—8月", SPEC))


def test_too_few_births(say):
    assert read(say.sex_ratio(few_births(None, None), "", "全县", "1—8月", SPEC)) == (
        "1—8月，全县出生不足 100 人，出生人数过少，不计算出生人口性别比。"
    )
    assert "出生 30 人，出生人数过少" in read(say.sex_ratio(few_births(20, 10), "", "全县", "1—8月", SPEC))


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("small", "全县出生或死亡人数不足 5 人，数值较小，不予公布。"),
        ("protecting", "由其可推算出其他地区较小的数值。"),
    ],
)
def test_withheld_births_are_said_with_the_reason(say, reason, said):
    assert read(say.withheld(reason, "全县", "1—8月")).endswith(said)
    assert read(say.sex_ratio(estimate(withheld=reason), "", "全县", "1—8月", SPEC)) == (
        "1—8月，全县的出生人口性别比不予公布。"
    )


@pytest.mark.parametrize(
    ("withheld", "said"),
    [
        ("small", "近12个月或上年同期，全县出生或死亡人数不足 5 人，数值较小，不予公布。"),
        ("protecting", "近12个月，全县的出生、死亡数字不予公布：由其可推算出其他地区较小的数值。"),
        ("incomplete", "近12个月，全县出生、死亡或人口数据不全，不计算人口自然增长率。"),
        (
            "",
            "近12个月，全县人口自然减少 37 人，人口自然增长率为 −0.39‰（95%置信区间 −1.14～0.37）。",
        ),
    ],
)
def test_growth_that_is_not_shown_has_the_reason_of_its_own_months(say, withheld, said):
    shown = (-0.39, -1.14, 0.37) if not withheld else ()
    found = estimate(*shown, withheld=withheld, numerator=-37 if shown else None)
    assert read(say.growth(found, "全县", "近12个月")) == said


def test_no_births_and_no_data_are_told_apart(say):
    assert "没有出生人口" in read(say.sex_ratio(few_births(0, 0), "", "全县", "1—8月", SPEC))
    missing = estimate(months_missing=2, withheld="incomplete")
    assert "出生数据缺 2 个月" in read(say.sex_ratio(missing, "", "全县", "1—8月", SPEC))


@pytest.mark.parametrize(
    ("interval", "verdict", "is_said"),
    [
        ((113.3, 137.4), "unclear", True),
        ((113.3, 137.4), "higher", False),
        ((113.3, 137.4), "inside", False),
        ((113.3, 137.4), "", False),
        ((98, 120), "unclear", False),
    ],
)
def test_twelve_months_outside_the_range_that_are_not_judged_so_are_explained(
    say, say_in_english, interval, verdict, is_said
):
    found = sex_ratio(927, 743, 124.8, *interval)
    assert ("因此不作判定" in read(say.trend_and_period(found, verdict, SPEC))) == is_said
    assert ("it is left open" in read(say_in_english.trend_and_period(found, verdict, SPEC))) == is_said


# (change, its limits), in Chinese, in English; the same where the interval has 0 in it.
CHANGES = [
    (
        *(4.85, 4.19, 0.66, (0.1, 1.2), 2, "‰"),
        "较上年同期（4.19‰）高 0.66 千分点（差值的95%置信区间 0.10～1.20）。",
        "It was 0.66 per 1,000 higher than in the same period last year (4.19‰; 95% confidence interval of the "
        "difference 0.10–1.20).",
    ),
    (
        *(84.0, 85.2, -1.2, (-3.0, 0.6), 1, "%"),
        "较上年同期（85.2%）低 1.2 个百分点（差值的95%置信区间 −3.0～0.6）。",
        "It was 1.2 percentage points lower than in the same period last year (85.2%; 95% confidence interval of the "
        "difference −3.0 to 0.6).",
    ),
    (
        *(84.0, 84.04, -0.04, (-3.0, 2.9), 1, "%"),
        "与上年同期（84.0%）持平（差值的95%置信区间 −3.0～2.9）。",
        "It was the same as in the same period last year (84.0%; 95% confidence interval of the difference "
        "−3.0 to 2.9).",
    ),
]


@pytest.mark.parametrize(
    ("value", "before", "change", "limits", "decimals", "unit", "chinese", "english"), CHANGES
)
def test_a_change_from_last_year_is_told_in_points_with_its_interval_and_not_judged(
    say, say_in_english, value, before, change, limits, decimals, unit, chinese, english
):
    changes = {"change": change, "change_lower": limits[0], "change_upper": limits[1]}
    found = estimate(value, value - 1, value + 1, value_last_year=before, **changes)
    assert read(say.change(found, decimals, verdicts.points_of(ZH, unit))) == chinese
    assert read(say_in_english.change(found, decimals, verdicts.points_of(EN, unit))) == english


@pytest.mark.parametrize(
    ("verdict", "chinese", "english"),
    [
        (
            "rising",
            "综合近12个月数据和趋势，比一年前上升。",
            "The last 12 months and the trend together show a rise from a year ago.",
        ),
        (
            "falling",
            "综合近12个月数据和趋势，比一年前下降。",
            "The last 12 months and the trend together show a fall from a year ago.",
        ),
        ("unclear", "与一年前相比，未见明显变化。", "There is no clear change from a year ago."),
        ("", "", ""),
    ],
)
def test_the_change_over_a_year_is_said_with_the_verdict_of_the_edition(
    say, say_in_english, verdict, chinese, english
):
    assert (read(say.over_a_year(verdict)), read(say_in_english.over_a_year(verdict))) == (chinese, english)


@pytest.mark.parametrize(
    ("verdict", "change", "said"),
    [
        ("falling", -0.53, "趋势水平比12个月前低 0.53 千分点。"),
        ("rising", 0.53, "趋势水平比12个月前高 0.53 千分点。"),
        ("unclear", -0.53, ""),
        ("", -0.53, ""),
        ("falling", None, ""),
    ],
)
def test_how_far_the_trend_has_moved_is_said_where_a_change_is_judged(say, verdict, change, said):
    trend = SimpleNamespace(
        trend=[1.2], lower_95=[0.8], upper_95=[1.6], change_12_months=change,
        own_share=0.95, own_share_of_change=0.85, is_yearly=False,
    )  # fmt: skip
    level = "经季节调整，当前人口自然增长率的趋势水平为年率 1.20‰（95%趋势区间 0.80～1.60）。"
    share = "这一估计约 85% 取自全县自身的数据，其余参照同级地区。"
    told = read(say.growth_trend(trend, verdict, "全县")).replace("\n", "")
    assert told == level + said + (share if verdict in ("rising", "falling") else "")


@pytest.mark.parametrize(("share", "said"), [(0.62, "62%"), (0.894, "89%"), (0.9, ""), (None, "")])
def test_an_estimate_that_leans_on_the_siblings_says_how_much_of_it_is_its_own(
    say, say_in_english, share, said
):
    trend = SimpleNamespace(trend=[109.7], lower_95=[108.2], upper_95=[111.3], own_share=share)
    chinese, english = (
        read(one.sex_ratio_trend(trend, where))
        for one, where in ((say, "全县"), (say_in_english, "the county"))
    )
    assert chinese.startswith(
        "综合全县历年数据和同级地区水平估计，目前约为 109.7（95%可能范围 108.2～111.3）。"
    )
    assert chinese.endswith(f"约 {said} 取自全县自身的数据，其余参照同级地区。" if said else "111.3）。")
    assert (f"About {said} of this estimate" in english) if said else ("of this estimate" not in english)


def test_an_estimate_of_what_lies_in_nothing_is_not_said_to_lean_on_areas_beside_it():
    trend = SimpleNamespace(trend=[109.7], lower_95=[108.2], upper_95=[111.3], own_share=0.62)
    chinese, english = (
        read(sentences(_, parents=()).sex_ratio_trend(trend, where))
        for _, where in ((ZH, "全国"), (EN, "the nation"))
    )
    assert chinese == "综合全国历年数据估计，目前约为 109.7（95%可能范围 108.2～111.3）。"
    assert english.startswith("From the past years of the nation, the level is now put at about 109.7 (")
    assert "level of the areas" not in english and "of this estimate" not in english


@pytest.mark.parametrize(
    ("value", "bounds", "target", "gap", "decimals", "unit", "chinese", "english"),
    [
        (125.5, (None, 107), 107, 18.5, 1, "女=100", "高出目标 18.5", "18.5 above"),
        (84.71, (95, None), 95, 10.29, 2, "%", "低于目标 10.29 个百分点", "10.29 percentage points below"),
        (0.86, (None, 1), 1, -0.14, 2, "%", "低于上限 0.14 个百分点", "0.14 percentage points to spare"),
        (97.0, (95, None), 95, -2.0, 2, "%", "高于下限 2.00 个百分点", "2.00 percentage points to spare"),
        (-0.69, (-2, 6), -2, -1.31, 2, "‰", "在目标范围之内", "Within the range"),
        (-2.5, (-2, 6), -2, 0.5, 2, "‰", "低于目标 0.50 千分点", "0.50 per 1,000 below"),
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


def a_headline(indicator: str, window: str = "rolling_12", **more):
    counts = {"numerator": 656, "value_last_year": 7.7, "numerator_last_year": 737, "change": -0.85}
    return estimate(6.85, 6.34, 7.4, **({"indicator": indicator, "time_window": window} | counts | more))


@pytest.mark.parametrize(
    ("verdict", "word", "tone"),
    [
        ("rising", "比一年前上升", "moved"),
        ("falling", "比一年前下降", "moved"),
        ("unclear", "一年来未见明显变化", "unclear"),
        ("", "与此前12个月无从比较", "unclear"),
    ],
)
def test_a_card_of_a_rate_has_its_twelve_months_and_the_change_of_the_edition(verdict, word, tone):
    """Not the year so far, and no verdict of its own, whatever the interval of the change."""
    years = [a_headline("birth_rate", change_lower=-9.0, change_upper=-8.0), a_headline("birth_rate", "ytd")]
    years[1] = replace(years[1], value=3.1, numerator=303)
    area = an_area(years, verdicts=judged("birth_rate", "change", verdict) if verdict else {})
    card = next(one for one in key_figures(area, an_edition()) if "出生人数" in one.label)
    assert (card.label, card.value, card.comparison) == ("近12个月出生人数", "656", "一年前 737")
    assert "6.85‰" in card.interval and (card.verdict, card.tone) == (word, tone)


@pytest.mark.parametrize(
    ("verdict", "word", "tone"),
    [
        ("higher", "高于正常范围", "higher"),
        ("lower", "低于正常范围", "lower"),
        ("inside", "在正常范围内", "good"),
        ("unclear", "暂不能判定", "unclear"),
        ("", "不作比较", "unclear"),
    ],
)
def test_a_card_of_the_sex_ratio_has_the_verdict_of_the_edition(verdict, word, tone):
    found = estimate(
        *(118.0, 113.5, 122.7),
        indicator="sex_ratio_at_birth", time_window="rolling_12", numerator=5441, denominator=4611,
    )  # fmt: skip
    verdicts = judged("sex_ratio_at_birth", "normal_range", verdict) if verdict else {}
    card = key_figures(an_area([found], verdicts=verdicts), an_edition())[0]
    assert (card.value, card.verdict, card.tone) == ("118.0", word, tone)


def test_a_card_falls_back_to_the_year_so_far_where_twelve_months_are_not_known():
    incomplete = replace(a_headline("birth_rate"), value=None, numerator=None, withheld="incomplete")
    area = an_area([incomplete, a_headline("birth_rate", "ytd", numerator=303)])
    card = next(one for one in key_figures(area, an_edition()) if "出生人数" in one.label)
    assert (card.label, card.value, card.verdict) == ("1—6月出生人数", "303", "与此前12个月无从比较")
    withheld = replace(incomplete, withheld="small")
    area = an_area([withheld, a_headline("birth_rate", "ytd", numerator=303)])
    card = next(one for one in key_figures(area, an_edition()) if "出生人数" in one.label)
    assert (card.label, card.value) == ("近12个月出生人数", "—"), (
        "what is withheld is no reason to show another"
    )
