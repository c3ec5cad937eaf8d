from datetime import date

import pytest

from pipeline.reporting.shown.estimate import Estimate
from pipeline.reporting.text import verdicts
from pipeline.reporting.text.wording import (
    JOINER,
    NO_BREAK,
    listed,
    month_list,
    number,
    people,
    probability,
    short_window,
    span,
    window_name,
)
from pipeline.words.names import population, whole
from pipeline.words.numbers import plain
from pipeline.words.translations import read_translator
from pipeline.workspace import CHECKOUT

ZH = read_translator("zh")
EN = read_translator("en")


def estimate(value=None, lower=None, upper=None, **more) -> Estimate:
    fields = dict.fromkeys(Estimate.__dataclass_fields__) | {
        "indicator": "x",
        "time_window": "ytd",
        "months_missing": 0,
        "is_denominator_estimated": False,
        "withheld": "",
        "is_uncertain": False,
        "value": value,
        "lower": lower,
        "upper": upper,
    }
    return Estimate(**(fields | more))


@pytest.mark.parametrize(
    ("value", "decimals", "text"),
    [
        (10052, 0, "10,052"),
        (118.04, 1, "118.0"),
        (-0.66, 2, "−0.66"),
        (2.5, 0, "3"),
        (0.125, 2, "0.13"),
        (-0.001, 2, "0.00"),
        (None, 1, "—"),
        (1.005, 2, "1.01"),
    ],
)
def test_numbers(value, decimals, text):
    assert number(value, decimals) == text


def test_spans_stay_on_one_line():
    assert span(ZH, 104.84, 118.16, 1) == f"104.8{JOINER}～{JOINER}118.2"
    assert span(EN, 104.84, 118.16, 1) == f"104.8{JOINER}–{JOINER}118.2"


def test_no_dash_stands_before_a_minus_sign():
    assert span(ZH, -1.13, -0.08, 2) == f"−1.13{JOINER}～{JOINER}−0.08"
    assert span(EN, -1.13, -0.08, 2) == f"−1.13{NO_BREAK}to{NO_BREAK}−0.08"


def test_plain_numbers_as_typed():
    assert [plain(value) for value in (107.0, 0.5, -2.0)] == ["107", "0.5", "−2"]


@pytest.mark.parametrize(
    ("window", "month", "chinese", "english"),
    [
        ("ytd", 8, "2026年1—8月", "January–August 2026"),
        ("ytd", 1, "2026年1月", "January 2026"),
        ("quarter", 6, "2026年第2季度", "Q2 2026"),
        ("half_year", 6, "2026年上半年", "the first half of 2026"),
        ("half_year", 12, "2026年下半年", "the second half of 2026"),
        ("ytd", 12, "2026年", "2026"),
        ("rolling_12", 12, "2026年", "2026"),
        ("rolling_12", 6, "截至2026年6月的近12个月", "the 12 months to June 2026"),
        ("year", 12, "2026年", "2026"),
        ("year", 5, "2025年", "2025"),
        ("month", 6, "2026年6月", "June 2026"),
    ],
)
def test_windows_name_their_months(window, month, chinese, english):
    assert window_name(ZH, window, date(2026, month, 1)) == chinese
    assert window_name(EN, window, date(2026, month, 1)) == english


def test_a_label_names_the_months_without_the_year():
    assert [short_window(_, "ytd", date(2026, 6, 1)) for _ in (ZH, EN)] == ["1—6月", "January–June"]
    assert [short_window(_, "ytd", date(2026, 1, 1)) for _ in (ZH, EN)] == ["1月", "January"]
    assert [short_window(_, "rolling_12", date(2026, 1, 1)) for _ in (ZH, EN)] == [
        "近12个月",
        "last 12 months",
    ]
    for window in ("ytd", "rolling_12", "year"):
        assert [short_window(_, window, date(2026, 12, 1)) for _ in (ZH, EN)] == ["2026年", "2026"]


def test_lists_of_months():
    months = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 2, 1)]
    assert month_list(ZH, months) == "2025年11月、12月、2026年2月"
    assert month_list(EN, months) == "November, December 2025, February 2026"
    many = [date(2025, month, 1) for month in range(1, 10)]
    assert month_list(ZH, many).endswith("6月等9个月")
    assert month_list(EN, many).endswith("June 2025 and others, 9 months in all")
    assert month_list(ZH, []) == ""


@pytest.mark.parametrize(
    ("share", "chinese", "english"),
    [
        (0.833, "约为 83%", "about 83%"),
        (0.0, "不到1%", "less than 1%"),
        (1.0, "在99%以上", "more than 99%"),
        (0.99, "约为 99%", "about 99%"),
        (0.01, "约为 1%", "about 1%"),
    ],
)
def test_a_probability_is_never_printed_as_certain(share, chinese, english):
    assert [probability(_, share) for _ in (ZH, EN)] == [chinese, english]


def test_people_lists_and_populations():
    assert [people(_, 10052) for _ in (ZH, EN)] == [f"10,052{NO_BREAK}人", "10,052"]
    assert [listed(_, "ab") for _ in (ZH, EN)] == ["a、b", "a, b"]
    assert [population(_, "resident") for _ in (ZH, EN)] == ["常住人口", "resident population"]


def test_the_area_as_a_whole():
    assert [whole(ZH, name) for name in ("示例青禾县", "屏東縣", "示例东湖区", "示例市", "开发办")] == [
        "全县",
        "全县",
        "全区",
        "全市",
        "本地区",
    ]


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"),
    [
        (113.5, 122.7, "higher"),
        (98.5, 128.0, "unclear"),
        (90.0, 102.9, "lower"),
        (107.0, 112.0, "unclear"),
        (104.0, 106.0, "unclear"),
        (None, None, "unclear"),
    ],
)
def test_verdicts_are_by_interval_and_never_by_value(lower, upper, verdict):
    assert estimate(112.0, lower, upper).against(103, 107) == verdict


# The words for every answer of the `verdicts` table, in both languages.
WORDS = [
    (
        verdicts.word,
        {
            "higher": ("偏高", "Higher"),
            "lower": ("偏低", "Lower"),
            "inside": ("正常", "Within"),
            "unclear": ("差异不显著", "No clear difference"),
            "": ("不作比较", "Not compared"),
        },
    ),
    (
        verdicts.against_range,
        {
            "higher": ("高于正常范围", "Above the normal range"),
            "lower": ("低于正常范围", "Below the normal range"),
            "inside": ("在正常范围内", "Within the normal range"),
            "unclear": ("暂不能判定", "Inconclusive"),
            "": ("不作比较", "Not compared"),
        },
    ),
    (
        verdicts.changed,
        {
            "rising": ("比一年前上升", "Higher than a year ago"),
            "falling": ("比一年前下降", "Lower than a year ago"),
            "unclear": ("一年来未见明显变化", "No clear change in a year"),
            "": ("与此前12个月无从比较", "No comparison with the 12 months before"),
        },
    ),
    (
        verdicts.against_target,
        {
            "met": ("达标", "Met"),
            "likely_met": ("可望达标", "On course"),
            "likely_missed": ("难以达标", "Unlikely to be met"),
            "missed": ("未达标", "Not met"),
            "unclear": ("暂不能判定", "Inconclusive"),
            "": ("不作比较", "Not compared"),
        },
    ),
]


@pytest.mark.parametrize(("say", "words"), WORDS, ids=[say.__name__ for say, _words in WORDS])
def test_every_verdict_has_its_word(say, words):
    said = {verdict: (say(ZH, verdict), say(EN, verdict)) for verdict in words}
    assert said == words


def test_nothing_is_said_to_be_indistinguishable():
    """A difference that is not clear is called that: two areas are never told to be the same."""
    for language, words in (("zh", "无法区分"), ("en", "told apart")):
        assert words not in (CHECKOUT / "reports" / "translations" / f"{language}.po").read_text("utf-8")
