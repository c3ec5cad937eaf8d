from datetime import date

from pipeline.ingest.names import AreaNames
from pipeline.reference import Area

START = date(1900, 1, 1)


def area(code, name, level, parent=None, aliases=()):
    return Area(code, name, level, parent, tuple(aliases), START, None, ())


AREAS = (
    area("99", "示例省", "province"),
    area("9901", "青禾縣", "county", "99", ["青河县"]),
    area("9902", "柳溪县", "county", "99"),
    area("990101", "城关镇", "township", "9901"),
    area("990201", "城关镇", "township", "9902"),
    area("990202", "臺岭乡", "township", "9902"),
)
NAMES = AreaNames(AREAS)


def test_names_are_found_with_or_without_the_areas_above():
    assert NAMES.resolve(("台岭乡",))[0] == "990202"
    assert NAMES.resolve(("示例省", "柳溪县", "台岭乡"))[0] == "990202"
    assert NAMES.resolve(("柳溪县", "城关镇"))[0] == "990201"


def test_spaces_variants_aliases_and_codes_are_one():
    assert NAMES.resolve(("青 河　县", "城关镇"))[0] == "990101"
    assert NAMES.resolve(("青禾县城关镇",))[0] == "990101"
    assert NAMES.resolve(("9901", "城关镇"))[0] == "990101"
    assert NAMES.resolve(("990101",))[0] == "990101"


def test_a_total_row_repeats_the_name_of_its_area():
    assert NAMES.resolve(("柳溪县", "柳溪县"))[0] == "9902"


def test_an_ambiguous_name_is_refused_with_the_candidates():
    code, expected = NAMES.resolve(("城关镇",))
    assert code is None
    assert "990101" in expected and "990201" in expected


def test_an_unknown_name_is_refused_with_the_nearest():
    code, expected = NAMES.resolve(("柳溪县", "台领乡"))
    assert code is None
    assert "柳溪县台岭乡" in expected
