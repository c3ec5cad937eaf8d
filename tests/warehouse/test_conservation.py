"""The build's own check that nothing went astray: it is quiet over right rules, and speaks where one is broken."""

from __future__ import annotations

import shutil

import pytest

from pipeline.problems import ProblemError
from pipeline.warehouse import run as warehouse
from tests.warehouse.by_hand import area, monthly

AREAS = (
    area("0", "province"),
    area("1", "county", "0"),
    area("2", "county", "0"),
    area("3", "county", "0", until="2024-01", successors=["4"]),
    area("4", "county", "0", until="2024-01", successors=["4"]),
    area("4", "county", "0", since="2024-02"),
    area("5", "county", "0", until="2024-01", successors=["6", "7"]),
    area("6", "county", "0", since="2024-02"),
    area("7", "county", "0", since="2024-02"),
)
ROWS = [
    row
    for code, values in {
        "1": [5, 6, 7], "2": [1, None, 2], "3": [4], "4": [2, 9, 9], "5": [8], "6": [None, 3, 4], "7": [None, 5, 5],
    }.items()
    for row in monthly("register", code, "births_male", values)
]  # fmt: skip

BROKEN = {
    "a sum doubled": (
        "08_counts.sql",
        "then sum(reported_counts.value)::bigint end as value,",
        "then 2 * sum(reported_counts.value)::bigint end as value,",
    ),
    "areas that were split left out": (
        "026_members.sql",
        "where series.is_split;",
        "where series.is_split and false;",
    ),
    "one of two merged areas left out": (
        "06_figures.sql",
        "sum(counted.value)::bigint as value",
        "max(counted.value)::bigint as value",
    ),
    "an area counted beside those within it": (
        "08_counts.sql",
        "= reporters.area_code\n                and area_descendants.distance > 0",
        "= reporters.area_code\n                and area_descendants.distance > 99",
    ),
    "the first month of each area dropped": (
        "08_counts.sql",
        "on calendar.month between due.first_month and due.last_month",
        "on calendar.month > due.first_month and calendar.month <= due.last_month",
    ),
    "the top published as something else": (
        "08_counts.sql",
        "coalesce(own_or_summed.value, added.value)::bigint as value,",
        "coalesce(own_or_summed.value + 1, added.value)::bigint as value,",
    ),
}


def test_right_rules_let_nothing_go_astray(count):
    shown = count(ROWS, AREAS)["counts"].filter(area_code="0", element="births_male").sort("month")
    assert shown["value"].to_list() == [5 + 1 + 4 + 2 + 8, None, 7 + 2 + 9 + 4 + 5]


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_rule_stops_the_build(count, tmp_path, monkeypatch, name):
    file, right, wrong = BROKEN[name]
    folder = tmp_path / "sql"
    shutil.copytree(warehouse._SQL, folder)
    text = (folder / file).read_text(encoding="utf-8")
    assert right in text
    (folder / file).write_text(text.replace(right, wrong), encoding="utf-8")
    monkeypatch.setattr(warehouse, "_SQL", folder)
    rows = ROWS + monthly("register", "0", "births_male", [99, 99, 99]) if "within" in name else ROWS
    with pytest.raises(ProblemError, match=r"births_male, 2024-0\d, .* sent and .* counted"):
        count(rows, AREAS)
