"""Written names of areas to codes: spellings, areas above, short forms, former areas of the same name."""

import csv
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.ingest.values import nearest_names
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.short_names import short_forms
from pipeline.reference import Area
from pipeline.workspace import CHECKOUT

CHINA = CHECKOUT.parent / "shared" / "data" / "china-areas" / "areas.csv"
START = date(1900, 1, 1)


def area(code, name, level, parent=None, aliases=(), valid_from=START, valid_to=None, successors=()):
    return Area(code, name, level, parent, tuple(aliases), valid_from, valid_to, tuple(successors))


AREAS = (
    area("99", "示例省", "province"),
    area("9901", "青禾縣", "county", "99", ["青河县"]),
    area("9902", "柳溪县", "county", "99"),
    area("9903", "云岭彝族苗族自治县", "county", "99"),
    area("990101", "城关镇", "township", "9901"),
    area("990201", "城关镇", "township", "9902"),
    area("990202", "臺岭乡", "township", "9902"),
    area("990203", "三河乡", "township", "9902"),
    area("990204", "三河镇", "township", "9902"),
    area("990301", "石林瑶族乡", "township", "9903"),
)
NAMES = AreaNames(AREAS)


def test_names_are_found_with_or_without_the_areas_above():
    assert NAMES.resolve(("台岭乡",))[0] == "990202"
    assert NAMES.resolve(("示例省", "柳溪县", "台岭乡"))[0] == "990202"
    assert NAMES.resolve(("示例省", "台岭乡"))[0] == "990202"
    assert NAMES.resolve(("柳溪县", "城关镇"))[0] == "990201"


def test_spaces_variants_aliases_and_codes_are_one():
    assert NAMES.resolve(("青 河　县", "城关镇"))[0] == "990101"
    assert NAMES.resolve(("青禾县城关镇",))[0] == "990101"
    assert NAMES.resolve(("9901", "城关镇"))[0] == "990101"
    assert NAMES.resolve(("990101",))[0] == "990101"


def test_a_total_row_repeats_the_name_of_its_area():
    assert NAMES.resolve(("柳溪县", "柳溪县"))[0] == "9902"


def test_a_former_name_of_the_area_above_goes_before_a_repeated_name():
    names = AreaNames(
        (
            area("68", "桃園市", "county", aliases=["桃園縣"]),
            area("6801", "桃園區", "township", "68", ["桃園市"]),
        )
    )
    assert names.resolve(("桃園縣", "桃園市"))[0] == "6801"
    assert names.resolve(("桃園縣", "桃園縣"))[0] == "68"


def test_the_area_above_must_be_the_right_one():
    code, expected = NAMES.resolve(("青禾县", "台岭乡"))
    assert code is None
    assert "柳溪县台岭乡" in expected


def test_an_ambiguous_name_is_refused_with_the_candidates():
    code, expected = NAMES.resolve(("城关镇",))
    assert code is None
    assert "990101" in expected and "990201" in expected


def test_an_unknown_name_is_refused_with_the_nearest():
    code, expected = NAMES.resolve(("柳溪县", "台领乡"))
    assert code is None
    assert "柳溪县台岭乡" in expected


@pytest.mark.parametrize("written", ["云岭自治县", "云岭县", "云岭", "示例省云岭县", "示例云岭"])
def test_short_forms_of_an_autonomous_county(written):
    assert NAMES.resolve((written,))[0] == "9903"


def test_short_forms_count_for_the_areas_above_too_and_not_where_two_share_one():
    assert NAMES.resolve(("云岭县", "石林乡"))[0] == "990301"
    assert NAMES.resolve(("柳溪", "城关"))[0] == "990201"
    code, expected = NAMES.resolve(("柳溪县", "三河"))
    assert code is None
    assert "990203, 990204" in expected


@pytest.mark.parametrize(
    ("name", "shortest"),
    [
        ("双江拉祜族佤族布朗族傣族自治县", "双江"),
        ("东乡族自治县", "东乡"),
        ("鄂伦春自治旗", "鄂伦春"),
        ("巴里坤哈萨克自治县", "巴里坤"),
        ("积石山保安族东乡族撒拉族自治县", "积石山"),
        ("内蒙古自治区", "内蒙古"),
        ("福坝街道办事处", "福坝"),
    ],
)
def test_the_shortest_form(name, shortest):
    assert list(short_forms(name))[-1] == shortest


def test_a_name_of_one_character_has_no_short_form():
    assert list(short_forms("黎县")) == []


def test_former_and_present_areas_of_one_name_are_told_apart_by_the_month():
    names = AreaNames(
        (
            area("9911", "北山县", "county", valid_to=date(2020, 12, 1), successors=["9931"]),
            area("9931", "北山县", "county", valid_from=date(2021, 1, 1)),
        )
    )
    assert names.resolve(("北山县",))[0] is None
    assert names.resolve(("北山县",), date(2020, 12, 1))[0] == "9911"
    assert names.resolve(("北山县",), date(2021, 1, 1))[0] == "9931"


def test_the_lowest_area_that_holds_several():
    assert NAMES.holding(["990201", "990202"]) == "9902"
    assert NAMES.holding(["990101", "990202"]) == "99"
    assert NAMES.holding(["990101"]) == "990101"


CAPITAL = (
    area("28", "Dalby", "province"),
    area("28079", "Dalby", "county", "28"),
    area("28006", "San Ekeby", "county", "28"),
    area("010203", "Norrby", "county", "28"),
    area("2807901", "Sjöholm", "township", "28079"),
)


def test_a_capital_named_like_its_province_is_meant_where_both_are_written():
    names = AreaNames(CAPITAL)
    assert names.resolve(("Dalby", "Dalby"))[0] == "28079"
    assert AreaNames(CAPITAL, "province").resolve(("Dalby", "Dalby"))[0] == "28"
    code, expected = names.resolve(("Dalby",))
    assert code is None
    assert (
        'fits 28 (province), 28079 (county): say which level is meant, such as level = "county"' in expected
    )
    assert AreaNames(CAPITAL, "county").resolve(("Dalby",))[0] == "28079"


def test_a_name_of_another_level_is_said_to_be_one():
    code, expected = AreaNames(CAPITAL, "county").resolve(("Dalby", "Sjöholm"))
    assert code is None
    assert "is in areas.csv at level township, not county" in expected


def test_a_code_that_lost_its_leading_zero_is_recognised_and_not_guessed():
    for names in (AreaNames(CAPITAL), AreaNames(CAPITAL, "county")):
        for parts in (("10203",), ("28", "10203")):
            code, expected = names.resolve(parts)
            assert code is None
            assert "has 010203: the leading zero was lost" in expected
    assert "leading zero" not in AreaNames(CAPITAL).resolve(("10204",))[1]


def test_capitals_and_small_letters_are_one_and_the_nearest_are_found_in_any():
    names = AreaNames(CAPITAL)
    assert names.resolve(("SAN EKEBY",))[0] == "28006"
    assert names.resolve(("dalby", "dalby"))[0] == "28079"
    assert names.resolve(("SJOHOLM",))[1].endswith("nearest: Dalby Sjöholm")


def test_two_short_forms_below_one_area_ask_for_the_whole_name():
    assert NAMES.resolve(("柳溪县", "三河"))[1].endswith("write its name in full")
    assert NAMES.resolve(("城关镇",))[1].endswith("add the area above it")


@settings(max_examples=200)
@given(st.sampled_from(AREAS), st.sampled_from(AREAS), st.data())
def test_a_name_in_another_spelling_is_its_area_or_none(one, other, data):
    """Cut, doubled, spaced, widened or capitalised: never the area of another name."""
    name = data.draw(st.sampled_from((one.name, other.name + one.name, one.area_code)))
    at = data.draw(st.integers(0, len(name)))
    change = data.draw(st.sampled_from(("", " ", "　", "\n", name[:at])))
    written = name[:at] + change + name[at:]
    code, expected = NAMES.resolve((written,))
    allowed = {area.area_code for area in AREAS if area.name in (one.name, other.name)}
    assert (code is None and expected) or code in allowed


def test_many_unknown_names_are_searched_once_a_file_and_up_to_a_number(monkeypatch):
    """300 unknown among 4,700 areas: a few compared for each, and none again in the next block of the file."""
    towns = (
        area(f"7{place:04d}", f"{chr(0x4E00 + place % 97)}{chr(0x5E00 + place)}镇", "township")
        for place in range(4700)
    )
    names = AreaNames(tuple(towns))
    compared = []
    like = nearest_names.NearestNames.like
    monkeypatch.setattr(
        nearest_names.NearestNames,
        "like",
        lambda self, written: compared.append(written) or like(self, written),
    )
    first, second = names.of_a_file(), names.of_a_file()
    for own in (first, first, second):
        for place in range(300):
            assert own.resolve((f"未{chr(0x6E00 + place)}镇",))[0] is None
    assert len(compared) == 100
    said = [own.resolve(("未知镇",))[1] for own in (first, second)]
    assert said[0] == said[1]


def test_the_nearest_are_those_that_comparing_all_would_find():
    names = [
        f"{chr(0x4E00 + place % 31)}{chr(0x4F00 + place % 83)}{'乡镇'[place % 2]}" for place in range(600)
    ]
    assert nearest_names.NearestNames(names).like(names[77][0] + "口" + names[77][2])[0][0] == names[77][0]
    assert nearest_names.NearestNames([]).like("城关镇") == []


@pytest.mark.skipif(not CHINA.exists(), reason="the data is not at hand: ../shared/data/china-areas")
def test_every_county_of_china_is_found_by_its_parent_and_any_short_form():
    with CHINA.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["状态"] == "在用"]
    codes = {row["代码"] for row in rows}
    counties = [row for row in rows if row["级别"] == "县级"]
    parents = {
        row["代码"]: next(
            code for code in (row["代码"][:4] + "00", row["代码"][:2] + "0000") if code in codes
        )
        for row in counties
    }
    above = [area(row["代码"], row["名称"], "above") for row in rows if row["级别"] != "县级"]
    named = {one.area_code: one.name for one in above}
    names = AreaNames(
        (*above, *(area(row["代码"], row["名称"], "county", parents[row["代码"]]) for row in counties)),
        "county",
    )
    assert len(counties) == 2846
    for row in counties:
        for form in (row["名称"], *(short_forms(row["名称"]) if "自治" in row["名称"] else ())):
            assert names.resolve((named[parents[row["代码"]]], form))[0] == row["代码"], form
