"""Trends as a report shows them: not from before there was an area, and no change that is only its neighbours'."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.reporting.area_page.page_context import page_context
from pipeline.reporting.facts.rows import MOST_WITHOUT_RATE, trends_of
from tests.reporting.examples import an_area, an_edition
from tests.reporting.test_wording import estimate

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


@pytest.mark.parametrize(("births", "is_said"), [(100, True), (99, False), (None, False)])
def test_a_change_over_twelve_months_is_said_where_there_are_births_to_show_it(births, is_said):
    rolling = estimate(5, 4, 6, indicator="birth_rate", time_window="rolling_12", numerator=births)
    area = an_area([rolling] if births else [], trends=trends_of(rows(0)))
    shown = page_context(area, an_edition())["f"].trends[SERIES]
    assert (shown.change_12_months is not None) == is_said
    assert shown.trend == area.trends[SERIES].trend
