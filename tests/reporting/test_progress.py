"""Targets by the edition's verdict, tasks, grades and the outlook: with the right sign, in both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pipeline.reference import Target
from pipeline.reporting.area_page import grades, progress, year_end
from pipeline.reporting.text.wording import JOINER, NO_BREAK
from tests.reporting.examples import an_area, an_edition, an_outlook, judged
from tests.reporting.test_wording import estimate


def read(text: str) -> str:
    return text.replace(NO_BREAK, " ").replace(JOINER, "").replace("\\", "")


def rate(value, lower, upper, indicator="checkup_rate", **more):
    counts = {"numerator": 900, "denominator": 1000}
    return estimate(value, lower, upper, indicator=indicator, **(counts | more))


def task(done, lower, upper, outlook_target=400, verdict=""):
    found = estimate(done, lower, upper, indicator="checkups_done", numerator=done)
    outlook = an_outlook("checkups_done", target_lower=outlook_target)
    verdicts = judged("checkups_done", "target", verdict) if verdict else {}
    return an_area([found], outlook={"checkups_done": outlook}, verdicts=verdicts)


def conclusions(area, report) -> list[str]:
    """The cells of the verdict in the table of targets."""
    table = progress.targets_table(progress.progress_of(area, report), area, report, 1)
    return [line.strip(" |").split("|")[5].strip() for line in table.splitlines()[2:] if "{.verdict" in line]


def test_a_sex_ratio_of_125_5_against_107_is_a_gap_of_18_5():
    found = estimate(
        *(125.5, 113.3, 139.0),
        indicator="sex_ratio_at_birth",
        numerator=930,
        denominator=741,
        target_upper=107,
        target=107,
        gap=18.5,
    )
    area = an_area([found], verdicts=judged("sex_ratio_at_birth", "target", "likely_missed"))
    for report, cells in (
        (
            an_edition(),
            "出生人口性别比 | 125.5 | 113.3～139.0 | 不高于 107 | 高出目标 18.5 | [难以达标]{.verdict .missed}",
        ),
        (
            an_edition("en"),
            "Sex ratio at birth | 125.5 | 113.3–139.0 | At most 107 | 18.5 above | "
            "[Unlikely to be met]{.verdict .missed}",
        ),
    ):
        table = progress.targets_table(progress.progress_of(area, report), area, report, 3)
        assert f"| {cells} |" in read(table)


@pytest.mark.parametrize(
    ("verdict", "chinese", "english", "tone"),
    [
        ("met", "达标", "Met", "good"),
        ("likely_met", "可望达标", "On course", "good"),
        ("likely_missed", "难以达标", "Unlikely to be met", "missed"),
        ("missed", "未达标", "Not met", "missed"),
        ("unclear", "暂不能判定", "Inconclusive", "unclear"),
        ("", "不作比较", "Not compared", "unclear"),
    ],
)
def test_a_target_has_the_verdict_of_the_edition(verdict, chinese, english, tone):
    """Whatever its own interval says: this one lies below the target."""
    verdicts = judged("checkup_rate", "target", verdict) if verdict else {}
    area = an_area([rate(80.0, 77.0, 83.0, target_lower=85, target=85)], verdicts=verdicts)
    for language, word in (("zh", chinese), ("en", english)):
        assert conclusions(area, an_edition(language)) == [f"[{word}]{{.verdict .{tone}}}"]


@pytest.mark.parametrize(
    ("done", "limits", "verdict", "said"),
    [
        (206, (179, 236), "likely_missed", "[难以达标]{.verdict .missed}"),
        (206, (179, 236), "", "[与时序进度相当]{.verdict .unclear}"),
        (358, (322, 397), "", "[快于时序进度]{.verdict .unclear}"),
        (90, (72, 111), "", "[慢于时序进度]{.verdict .unclear}"),
        (90, (72, 111), "unclear", "[暂不能判定]{.verdict .unclear}"),
    ],
)
def test_a_task_without_a_verdict_has_its_pace(done, limits, verdict, said):
    assert conclusions(task(done, *limits, verdict=verdict), an_edition()) == [said]


@pytest.mark.parametrize(
    ("done", "limits", "chinese", "english"),
    [
        (358, (322, 397), "快于时序进度 50.0%。", "ahead of the pro-rated 50.0%."),
        (
            206,
            (179, 236),
            "与时序进度 50.0% 相当。",
            "in step with the pro-rated 50.0%.",
        ),
        (90, (72, 111), "慢于时序进度 50.0%。", "behind the pro-rated 50.0%."),
    ],
)
def test_a_task_is_held_against_the_share_of_the_year(done, limits, chinese, english):
    area = task(done, *limits)
    for report, said in ((an_edition(), chinese), (an_edition("en"), english)):
        sentences = progress.summary(progress.progress_of(area, report), area, report)
        assert read(sentences[-1]).endswith(said)
        assert f"{100 * done / 400:.1f}%" in sentences[-1]


@pytest.mark.parametrize(
    ("month", "done", "limits", "grade"),
    [
        (6, 250, (221, 282), grades.GOOD),  # good from 220 at half time
        (6, 200, (190, 215), grades.ACCEPTABLE),
        (6, 90, (72, 111), grades.BELOW),
        (6, 206, (179, 236), grades.BETWEEN),
        (12, 441, (401, 484), grades.GOOD),  # at the end what was counted, without an interval
        (12, 439, (399, 482), grades.ACCEPTABLE),
        (12, 359, (323, 398), grades.BELOW),
    ],
)
def test_a_task_is_graded_pro_rata_and_in_the_end_by_its_count(month, done, limits, grade):
    bands = Target("checkups_done", 2026, "county", "", 400, None, 440, 360)
    report, area = an_edition(targets=(bands,)), replace(task(done, *limits), month=date(2026, month, 1))
    (one,) = progress.progress_of(area, report)
    assert grades.grade_of(area, one.estimate, report) == grade
    word = grades.word(report.say, grade)
    assert f"| {word} |" in read(progress.targets_table([one], area, report, 1))


@pytest.mark.parametrize(
    ("done", "verdict", "said"),
    [
        (390, "missed", "全年完成 390 人，为全年目标的 97.5%，未达到目标。"),
        (400, "met", "全年完成 400 人，为全年目标的 100.0%，已达到目标。"),
    ],
)
def test_a_task_of_a_whole_year_is_done_or_not(done, verdict, said):
    area = replace(task(done, 352, 431, verdict=verdict), month=date(2026, 12, 1))
    found = progress.progress_of(area, an_edition())
    assert read(progress.summary(found, area, an_edition())[-1]).endswith(said)


def test_a_task_that_is_done_has_met_its_target():
    area, report = task(420, 380, 463, verdict="met"), an_edition()
    found = progress.progress_of(area, report)
    table = read(progress.targets_table(found, area, report, 1))
    assert "已超过 20（进度 105.0%） | [达标]{.verdict .good}" in table
    assert read(progress.summary(found, area, report)[-1]).endswith("为全年目标的 105.0%，已达到全年目标。")


def test_a_task_that_is_withheld_keeps_its_target():
    withheld = estimate(indicator="checkups_done", withheld="small")
    outlook = an_outlook("checkups_done", target_lower=400, withheld="small")
    area, report = an_area([withheld], outlook={"checkups_done": outlook}), an_edition()
    table = read(progress.targets_table(progress.progress_of(area, report), area, report, 1))
    dash = '[—]{.absent title="数值较小，不予公布"}'
    assert f"| 数值较小，不予公布 |  | 不低于 400 | {dash} | {dash} |" in table
    assert "[— 数值较小，不予公布。]{.small}" in table


def test_the_summary_counts_the_verdicts_of_the_edition():
    """Each kind a different number of times, and none as the intervals have it: all lie below the target."""
    target = {"target_lower": 85, "target": 85}
    said = {
        "checkup_rate": "met",
        "id_entry_rate": "likely_met",
        "case_handling_rate": "missed",
        "duplicate_rate": "likely_missed",
        "birth_rate": "likely_missed",
        "death_rate": "unclear",
    }
    rates = [
        rate(80.0, 77.0, 83.0, name, time_window=progress.window_of(an_edition().indicators[name]), **target)
        for name in said
    ]
    withheld = rate(None, None, None, "record_completeness_rate", withheld="incomplete", **target)
    verdicts = {key: one for name, word in said.items() for key, one in judged(name, "target", word).items()}
    area = an_area([*rates, withheld], verdicts=verdicts)
    for report, sentence in (
        (
            an_edition(),
            "本年度 7 项指标有目标：达标或可望达标 2 项，未达标或难以达标 3 项，暂不能判定 1 项。"
            "其中 1 项数据不全或不予公布。",
        ),
        (
            an_edition("en"),
            "7 indicators have targets this year: 2 met or on course, 3 missed or unlikely to be met, 1 open.",
        ),
    ):
        sentences = progress.summary(progress.progress_of(area, report), area, report)
        assert read("".join(sentences)).startswith(sentence)


def test_no_target_no_sentence():
    assert progress.summary([], an_area(), an_edition()) == []


@pytest.mark.parametrize(
    ("limits", "grade"),
    [
        ((90.0, 94.0), grades.GOOD),
        ((80.0, 89.9), grades.ACCEPTABLE),
        ((70.0, 79.9), grades.BELOW),
        ((88.0, 93.0), grades.BETWEEN),
        ((78.0, 93.0), grades.BETWEEN),
    ],
)
def test_a_grade_holds_the_whole_interval(limits, grade):
    bands = Target("checkup_rate", 2026, "county", "", 85, None, 90, 80)
    report = an_edition(targets=(bands,))
    assert grades.grade_of(an_area(), rate(sum(limits) / 2, *limits), report) == grade


@pytest.mark.parametrize(
    ("limits", "grade"),
    [
        ((0.2, 0.5), grades.GOOD),
        ((0.6, 1.0), grades.ACCEPTABLE),
        ((1.1, 1.4), grades.BELOW),
        ((0.4, 0.7), grades.BETWEEN),
    ],
)
def test_a_grade_of_what_should_be_low(limits, grade):
    bands = Target("duplicate_rate", 2026, "county", "", None, 1, 0.5, 1)
    report = an_edition(targets=(bands,))
    assert grades.grade_of(an_area(), rate(sum(limits) / 2, *limits, "duplicate_rate"), report) == grade


def test_an_areas_own_bands_go_before_those_of_its_level():
    bands = [
        Target("checkup_rate", 2026, "county", "", 85, None, 90, 80),
        Target("checkup_rate", 2026, "county", "990101", 75, None, 78, 70),
        Target("checkup_rate", 2025, "county", "", 85, None, 50, 40),
        Target("checkup_rate", 2026, "prefecture", "", 85, None, 50, 40),
    ]
    report = an_edition(targets=tuple(bands))
    found = rate(79, 78.5, 79.5)
    assert grades.grade_of(an_area(), found, report) == grades.GOOD
    assert grades.grade_of(an_area(area_code="990102"), found, report) == grades.BELOW


def test_areas_in_each_grade_are_counted():
    report = an_edition(targets=(Target("checkup_rate", 2026, "county", "", 85, None, 90, 80),))
    areas = [an_area([rate(v, v - 1, v + 1)]) for v in (95, 85, 86, 90)] + [
        an_area([rate(None, None, None, withheld="incomplete")])
    ]
    counted = grades.count_grades(areas, report, {"checkup_rate": "ytd"})
    assert counted == {"checkup_rate": {"good": 1, "acceptable": 2, "between": 1, "ungraded": 1}}
    assert "| 孕前优生健康检查率 | 1 | 2 | 0 | 1 | 1 |" in grades.grades_table(counted, report, 4)


def test_the_outlook_says_what_is_needed_and_what_is_expected():
    outlook = an_outlook(
        "sex_ratio_at_birth",
        projected=109.8,
        lower_80=101.7,
        upper_80=118.4,
        lower_95=97.7,
        upper_95=123.3,
        target_upper=107,
        probability_met=0.3339,
        expected_rest=110.5,
        needed_rest_upper=105.25,
    )
    found = estimate(109, 87, 136, indicator="sex_ratio_at_birth", numerator=158, denominator=145)
    area = an_area([found], outlook={"sex_ratio_at_birth": outlook})
    # a sex ratio is nothing to be brought about
    assert '| 109.8 | 101.7～118.4 | 97.7～123.3 | 33% | [—]{.absent title="不适用"} |' in read(
        year_end.outlook_table(area, an_edition(), 5)
    )
    rate = replace(outlook, indicator="case_handling_rate")
    known = estimate(88.6, 80.3, 93.7, indicator="case_handling_rate", numerator=158, denominator=178)
    area = an_area([known], outlook={"case_handling_rate": rate})
    assert "| 33% | 不高于 105.25%（110.50%） |" in read(year_end.outlook_table(area, an_edition(), 5))
    assert "| 33% | At most 105.25% (110.50%) |" in read(year_end.outlook_table(area, an_edition("en"), 5))


def test_no_outlook_of_what_is_withheld():
    outlook = an_outlook("sex_ratio_at_birth", projected=109.8, withheld="few_births")
    assert year_end.outlook_of(an_area(outlook={"sex_ratio_at_birth": outlook}), an_edition()) == []
