"""Trends as a report shows them: not from before there was an area."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.reporting.shown.areas import MOST_WITHOUT_RATE, trends_of

SERIES = "natural_growth_rate"


def rows(first_observed: int, months: int = 24) -> list[dict]:
    names = ("trend", "lower_80", "upper_80", "lower_95", "upper_95")
    return [
        {
            "series": SERIES,
            "month": date(2024 + place // 12, place % 12 + 1, 1),
            "observed": float(place) if place >= first_observed else None,
            "adjusted": None,
            "probability_above_reference": None,
            "change_12_months": -0.5,
            "probability_rising": 0.01,
            "is_borrowed": False,
            "own_share": place / 32,
            "own_share_of_change": place / 64,
            **dict.fromkeys(names, float(place)),
        }
        for place in range(months)
    ]


@pytest.mark.parametrize(
    ("first_observed", "shown"), [(0, 24), (1, 24), (MOST_WITHOUT_RATE, 24), (21, 3), (24, 0)]
)
def test_a_trend_begins_with_the_area(first_observed, shown):
    trend = trends_of(rows(first_observed)).get(SERIES)
    assert (len(trend.months) if trend else 0) == shown
    if trend:
        assert trend.trend[-1] == 23 and len(trend.lower_95) == len(trend.adjusted) == shown
        assert (trend.own_share, trend.own_share_of_change) == (23 / 32, 23 / 64), "those of the last month"
