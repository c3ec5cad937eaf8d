from datetime import date

import pytest

from pipeline.reporting.estimate import Estimate
from pipeline.reporting.wording import JOINER, month_list, number, plain, span, whole, window_name, withheld


def estimate(value=None, lower=None, upper=None, **more) -> Estimate:
    fields = dict.fromkeys(Estimate.__dataclass_fields__) | {
        "indicator": "x",
        "time_window": "ytd",
        "months_missing": 0,
        "is_denominator_estimated": False,
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
    assert span(104.84, 118.16, 1) == f"104.8{JOINER}～{JOINER}118.2"


def test_plain_numbers_as_typed():
    assert [plain(value) for value in (107.0, 0.5, -2.0)] == ["107", "0.5", "−2"]


@pytest.mark.parametrize(
    ("window", "month", "text"),
    [
        ("ytd", 8, "2026年1—8月"),
        ("ytd", 1, "2026年1月"),
        ("quarter", 6, "2026年第2季度"),
        ("half_year", 12, "2026年下半年"),
        ("rolling_12", 6, "截至2026年6月的近12个月"),
        ("year", 12, "2026年"),
        ("month", 6, "2026年6月"),
    ],
)
def test_windows_name_their_months(window, month, text):
    assert window_name(window, date(2026, month, 1)) == text


def test_lists_of_months():
    months = [date(2025, 11, 1), date(2025, 12, 1), date(2026, 2, 1)]
    assert month_list(months) == "2025年11月、12月、2026年2月"
    assert month_list([date(2025, month, 1) for month in range(1, 10)]).endswith("6月等9个月")
    assert month_list([]) == ""


def test_the_area_as_a_whole():
    assert [whole(name) for name in ("示例青禾县", "屏東縣", "示例东湖区", "示例市", "开发办")] == [
        "全县",
        "全縣",
        "全区",
        "全市",
        "本地区",
    ]


def test_small_counts_are_withheld_and_cannot_be_subtracted_out():
    assert withheld([0, 7, 20, None], 5) == [False] * 4
    assert withheld([3, 7, 20, 0], 5) == [True, True, False, False]
    assert withheld([3, 4, 20], 5) == [True, True, False]


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


@pytest.mark.parametrize(
    ("lower", "upper", "bounds", "verdict"),
    [
        (84.0, 85.4, (95, None), "missed"),
        (96.0, 97.0, (95, None), "met"),
        (94.0, 97.0, (95, None), "unclear"),
        (108.0, 119.0, (None, 107), "missed"),
        (0.7, 0.9, (None, 1), "met"),
        (41.0, 59.0, (40, 60), "met"),
        (39.0, 59.0, (40, 60), "unclear"),
    ],
)
def test_a_target_is_met_or_missed_by_the_whole_interval(lower, upper, bounds, verdict):
    low, high = bounds
    found = estimate(
        90.0, lower, upper, target_lower=low, target_upper=high, target=high if low is None else low
    )
    assert found.against_target == verdict
