"""No step grows faster than areas × months that hold data: two returns years apart, a year that is mistyped."""

from __future__ import annotations

import json
import time

import pytest

from tests.warehouse.by_hand import ELEMENTS, INDICATORS, area, value_of

PARTS = 30


def a_country(parts):
    """So many counties of as many townships as PARTS, below one country."""
    areas = [area("0", "country")]
    for county in range(parts):
        code = f"{county:03d}"
        areas.append(area(code, "county", "0"))
        areas += [area(f"{code}{town:03d}", "township", code) for town in range(PARTS)]
    return tuple(areas)


def returns(areas, months):
    towns = [entry.area_code for entry in areas if entry.level == "township"]
    return [
        ("register", f"{month}.csv", code, month, element, 3)
        for month, of_which in months.items()
        for place, code in enumerate(towns)
        for element in ("births_male", "births_female")
        if of_which is None or place % 2 == of_which
    ]


FAR_APART = {
    "two returns ten years apart": {"2014-01": None, "2024-01": None},
    "half of the areas silent for ten years": {"2014-01": 0, "2024-01": 1},
    "a year that is mistyped": {"1924-03": None, "2024-01": None, "2024-02": None, "2024-03": None},
}
COUNTED = ("births_male", "births_female", "births", "deaths", "population")


@pytest.mark.parametrize("months", FAR_APART.values(), ids=FAR_APART)
def test_no_month_is_laid_out_far_from_any_figure(count, months):
    areas = a_country(2)
    tables = count(returns(areas, months), areas, elements={name: ELEMENTS[name] for name in COUNTED})
    near = 12 + 13 + len(months)  # a year after the first, a year before those that follow
    assert tables["counts"]["month"].n_unique() <= near
    assert tables["counts"].height <= len(areas) * near * len(COUNTED)
    assert tables["indicator_values"].height <= len(areas) * near * 6 * len(INDICATORS)
    assert tables["completeness"].height <= len(areas) * near


def test_four_times_the_areas_cost_four_times_as_much(count):
    def seconds(parts):
        areas = a_country(parts)
        before = time.process_time()
        count(returns(areas, FAR_APART["half of the areas silent for ten years"]), areas)
        return time.process_time() - before

    seconds(1)
    assert seconds(16) < 2 * 4 * seconds(4)


def test_a_year_that_is_mistyped_is_told(count):
    areas = a_country(1)
    rows = returns(areas, {"2024-01": None, "2024-02": None})
    rows.append(("register", "2024-02.csv", "000001", "2004-02", "deaths", 2))
    tables = count(rows, areas)
    evidence = json.loads(value_of(tables["findings"], "evidence", kind="nothing_for_years"))
    assert evidence == {
        "source": "register",
        "path": "2024-02.csv",
        "first_month": "2004-03",
        "last_month": "2023-12",
        "figures": 1,
    }


def test_what_lies_behind_empty_years_is_in_no_window_after_them(count):
    """A stock of ten years ago is not carried into this year, and its events are in none of the sums."""
    areas = a_country(1)[:3]
    rows = returns(areas, {"2014-01": None, "2024-01": None})
    rows += [
        ("register", f"{month}.csv", "000000", month, "population", 1_000) for month in ("2014-01", "2024-01")
    ]
    tables = count(rows, areas)
    counts = tables["counts"].filter(area_code="000000", element="births_male")
    assert counts.filter(counts["value"].is_not_null())["value"].to_list() == [3, 3]
    assert tables["completeness"].filter(area_code="000000", actual=1)["months_silent"].to_list() == [0, 0]
    before = tables["completeness"].filter(area_code="000000").sort("month")
    assert value_of(before, "months_silent", month=before["month"].to_list()[-2]) == 119


def test_thousands_of_silent_areas(count, request):
    """Half of 3,600 townships reported once, ten years ago: with every one held against every other it never ended."""
    if not request.config.getoption("--whole"):
        pytest.skip("takes half a minute; --whole")
    areas = a_country(120)
    before = time.process_time()
    tables = count(returns(areas, FAR_APART["half of the areas silent for ten years"]), areas)
    assert time.process_time() - before < 120
    assert tables["findings"].filter(kind="long_silent").height == 1_800
