"""Areas over time: figures of former areas in the areas of today, and the breaks this leaves in a series."""

from __future__ import annotations

from datetime import date

import pytest

from tests.warehouse.by_hand import area, monthly, value_of

ABOVE = (
    area("130000", "province", name="河北省"),
    area("130300", "prefecture", "130000", "秦皇岛市"),
    area("130200", "prefecture", "130000", "唐山市"),
)


def county(code, name, since=None, until=None, successors=(), parent="130300"):
    return area(code, "county", parent, name, since, until, successors)


def births(values, code, first=1, path=None):
    rows = monthly("register", code, "births_male", values, first=first)
    return [(row[0], f"{path or code}_{row[1]}", *row[2:]) for row in rows]


def series(tables, code):
    return tables["counts"].filter(area_code=code, element="births_male").sort("month")["value"].to_list()


def breaks(tables):
    columns = ("area_code", "month", "kind", "predecessors", "is_carried_over")
    return tables["breaks"].select(columns).rows()


RECODED = (
    *ABOVE,
    county("130223", "滦县", until="2024-02", successors=["130284"]),
    county("130284", "滦州市", since="2024-03"),
)


def test_a_renamed_area_goes_on_under_the_code_of_today(count):
    tables = count(births([3, 4], "130223") + births([5, 6], "130284", first=3), RECODED)
    assert series(tables, "130284") == [3, 4, 5, 6]
    assert breaks(tables) == [("130284", date(2024, 3, 1), "renamed", "130223 滦县", True)]
    assert value_of(tables["areas"], "current_code", area_code="130223") == "130284"


def test_a_rename_is_never_added_up_with_what_it_was(count):
    """An office sends the month before and the month after the change under both codes."""
    tables = count(births([3, 4, 5], "130223") + births([4, 5, 6], "130284", first=2), RECODED)
    assert series(tables, "130284") == [3, 4, 5, 6]


def test_an_old_code_counts_where_none_came_under_the_new_one(count):
    tables = count(births([3, 4, 5], "130223") + births([6], "130284", first=4), RECODED)
    assert series(tables, "130284") == [3, 4, 5, 6]
    (finding,) = tables["findings"].to_dicts()
    assert (finding["kind"], finding["severity"], finding["area_code"]) == (
        "area_code_out_of_use",
        "note",
        "130284",
    )
    assert '"code":"130223"' in finding["evidence"]


def test_a_code_that_is_not_yet_in_use_is_the_area_it_will_be(count):
    """The edition is February: 滦州市 is still called 滦县."""
    tables = count(births([3], "130223") + births([4], "130284", first=2), RECODED, edition=date(2024, 2, 1))
    assert series(tables, "130223") == [3, 4]
    assert "130284" not in set(tables["counts"]["area_code"])


def test_a_new_name_under_the_same_code_and_a_new_code_under_the_same_name(count):
    areas = (
        *ABOVE,
        county("130321", "青龙县", until="2024-01", successors=["130321"]),
        county("130321", "青龙满族自治县", since="2024-02"),
        county("130327", "昌黎县", until="2024-02", successors=["130322"]),
        county("130322", "昌黎县", since="2024-03"),
    )
    tables = count(
        births([3, 4, 5], "130321") + births([6, 7], "130327") + births([8], "130322", first=3), areas
    )
    assert (series(tables, "130321"), series(tables, "130322")) == ([3, 4, 5], [6, 7, 8])
    assert breaks(tables) == [
        ("130321", date(2024, 2, 1), "renamed", "130321 青龙县", True),
        ("130322", date(2024, 3, 1), "recoded", "130327 昌黎县", True),
    ]


MERGED = (
    *ABOVE,
    county("130305", "郊区", until="2024-02", successors=["130302"]),
    county("130306", "海滨区", until="2024-02", successors=["130302"]),
    county("130302", "海港区", since="2024-03"),
)


def test_merged_areas_are_added_up_from_their_own_files(count):
    rows = births([3, 4], "130305") + births([10, 11], "130306") + births([20], "130302", first=3)
    tables = count(rows, MERGED)
    assert series(tables, "130302") == [13, 15, 20]
    assert breaks(tables) == [("130302", date(2024, 3, 1), "merged", "130305 郊区|130306 海滨区", True)]


def test_a_merged_area_is_unknown_and_not_partial_where_one_of_its_parts_is_missing(count):
    rows = births([3, 4], "130305") + births([10, None], "130306") + births([20], "130302", first=3)
    assert series(count(rows, MERGED), "130302") == [13, None, 20]


def test_a_part_that_never_reported_is_not_waited_for(count):
    assert series(count(births([3, 4], "130305") + births([20], "130302", first=3), MERGED), "130302") == [
        3,
        4,
        20,
    ]


def test_one_of_two_old_codes_after_the_merger_is_not_the_whole(count):
    rows = births([3, 4, 5], "130305") + births([10, 11], "130306") + births([20], "130302", first=4)
    assert series(count(rows, MERGED), "130302") == [13, 15, None, 20]


def test_an_area_that_takes_in_another_is_enlarged(count):
    areas = (
        *ABOVE,
        county("130302", "海港区"),
        county("130305", "郊区", until="2024-02", successors=["130302"]),
    )
    tables = count(births([10, 11, 15], "130302") + births([3, 4], "130305"), areas)
    assert series(tables, "130302") == [13, 15, 15]
    assert breaks(tables) == [("130302", date(2024, 3, 1), "enlarged", "130305 郊区", True)]


SPLIT = (
    *ABOVE,
    county("130302", "海港区"),
    county("130323", "抚宁县", until="2024-02", successors=["130302", "130306"]),
    county("130306", "抚宁区", since="2024-03"),
)


def test_a_split_area_counts_in_its_home_up_to_its_end_and_its_successors_begin_anew(count):
    rows = births([10, 11, 14, 15], "130302") + births([7, 8], "130323") + births([5, 6], "130306", first=3)
    tables = count(rows, SPLIT)
    assert series(tables, "130306") == [None, None, 5, 6]
    assert series(tables, "130302") == [10, 11, 14, 15]
    assert series(tables, "130300") == [17, 19, 19, 21]
    assert series(tables, "130000") == [17, 19, 19, 21]
    assert value_of(tables["areas"], "current_code", area_code="130323") == "130300"
    assert tables["figures"].filter(area_code="130323")["value"].to_list() == [7, 8]
    assert breaks(tables) == [
        ("130302", date(2024, 3, 1), "enlarged", "130323 抚宁县", False),
        ("130306", date(2024, 3, 1), "split", "130323 抚宁县", False),
    ]


def test_the_home_is_unknown_where_the_split_area_or_what_came_of_it_is_missing(count):
    rows = births([10, 11, 14, 15], "130302") + births([7, None], "130323") + births([6], "130306", first=4)
    assert series(count(rows, SPLIT), "130300") == [17, None, None, 21]


def test_figures_sent_back_in_time_under_a_successor_are_not_counted_beside_the_split_area(count):
    rows = births([10, 11, 14], "130302") + births([7, 8], "130323") + births([4, 4, 5], "130306")
    tables = count(rows, SPLIT)
    assert series(tables, "130306") == [None, None, 5]
    assert series(tables, "130300") == [17, 19, 19]


def test_a_figure_under_the_code_of_a_split_area_after_its_end_is_not_counted_and_told(count):
    rows = births([10, 11, 14], "130302") + births([7, 8, 9], "130323") + births([5], "130306", first=3)
    tables = count(rows, SPLIT)
    assert series(tables, "130300") == [17, 19, 19]
    (finding,) = tables["findings"].filter(kind="area_code_out_of_use").to_dicts()
    assert '"code":"130323"' in finding["evidence"]
    assert '"is_counted":false' in finding["evidence"]


def test_an_area_split_between_two_prefectures_counts_in_the_province(count):
    areas = (
        *ABOVE,
        county("130302", "海港区"),
        county("130209", "曹妃甸区", parent="130200"),
        county("130230", "唐海县", until="2024-01", successors=["130302", "130209"], parent="130200"),
    )
    rows = births([10, 11], "130302") + births([20, 21], "130209") + births([7], "130230")
    tables = count(rows, areas)
    assert (series(tables, "130300"), series(tables, "130200")) == ([10, 11], [20, 21])
    assert series(tables, "130000") == [37, 32]


def test_a_chain_of_changes_is_followed_to_its_end(count):
    """Renamed, split in two, and the two merged again years later: carried over to the one area of today."""
    areas = (
        *ABOVE,
        county("130321", "临榆县", until="2024-01", successors=["130322"]),
        county("130322", "山海县", since="2024-02", until="2024-02", successors=["130303", "130304"]),
        county("130303", "山海关区", since="2024-03", until="2024-03", successors=["130305"]),
        county("130304", "北戴河区", since="2024-03", until="2024-03", successors=["130305"]),
        county("130305", "滨海新区", since="2024-04"),
    )
    rows = births([3], "130321") + births([4], "130322", first=2)
    rows += births([1], "130303", first=3) + births([2], "130304", first=3) + births([5], "130305", first=4)
    assert series(count(rows, areas), "130305") == [3, 4, 3, 5]


def test_areas_that_succeed_each_other_in_a_circle_end_nowhere(count):
    areas = (
        *ABOVE,
        county("130302", "海港区"),
        county("130321", "甲县", until="2024-01", successors=["130322"]),
        county("130322", "乙县", until="2024-02", successors=["130321"]),
    )
    tables = count(births([3, 4], "130321") + births([10, 11, 12], "130302"), areas)
    assert value_of(tables["areas"], "current_code", area_code="130321") is None
    assert series(tables, "130000") == [10, 11, 12]


def test_a_code_given_to_another_area_later_is_the_one_valid_in_the_month(count):
    areas = (
        *ABOVE,
        county("130302", "旧海港区", until="2024-01", successors=["130303"]),
        county("130302", "新区", since="2024-03"),
        county("130303", "海港区", since="2024-02"),
    )
    rows = births([3, None, 9], "130302") + births([4, 5], "130303", first=2)
    tables = count(rows, areas)
    assert (series(tables, "130302"), series(tables, "130303")) == ([None, None, 9], [3, 4, 5])


def test_a_split_area_whose_code_another_bears_today_is_kept_apart_from_it(count):
    areas = (
        *ABOVE,
        county("130302", "城区", until="2024-01", successors=["130303", "130304"]),
        county("130303", "海港区", since="2024-02"),
        county("130304", "北戴河区", since="2024-02"),
        county("130302", "新区", since="2024-03"),
    )
    rows = (
        births([7, None, 2], "130302") + births([3, 3], "130303", first=2) + births([4, 4], "130304", first=2)
    )
    tables = count(rows, areas)
    assert series(tables, "130302") == [None, None, 2]
    assert series(tables, "130300") == [7, 7, 9]


def test_a_city_that_became_a_prefecture_was_only_a_part_of_it(count):
    areas = (
        *ABOVE,
        county("222201", "通化市", until="2024-01", successors=["130300"]),
        county("130302", "东昌区", since="2024-02"),
        county("130304", "通化县"),
    )
    rows = births([5], "222201") + births([5, 6], "130302", first=2) + births([8, 8, 8], "130304")
    assert series(count(rows, areas), "130300") == [13, 13, 14]


@pytest.mark.parametrize("span", ["month", "ytd"])
def test_a_former_prefecture_is_not_counted_beside_its_counties(count, span):
    """The prefecture reported itself, as did its county; it was split, and the county moved to another prefecture."""
    areas = (
        *ABOVE,
        area("132700", "prefecture", "130000", "唐山地区", until="2024-02", successors=["130200", "130300"]),
        county("130209", "曹妃甸区", parent="132700", until="2024-02", successors=["130209"]),
        county("130209", "曹妃甸区", parent="130200", since="2024-03"),
        county("130302", "海港区"),
    )
    rows = monthly("register", "132700", "births_male", [20, 40], span=span)
    rows += births([20, 21, 22], "130209") + births([1, 1, 1], "130302")
    assert series(count(rows, areas), "130000") == [21, 22, 23]
