"""English pages print the names of `name_en` where areas.csv has them, and the official ones elsewhere."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.reporting.area_page.quality import finding_in_words
from pipeline.reporting.shown.area_names import named, names_in
from pipeline.reporting.shown.records import Finding
from tests.reporting.examples import an_area, an_edition

NAMES = {"990100": "Example Dongzhou City", "990101": "Example Qinghe County", "990101001": "Chengguan Town"}
EVIDENCE = {"printed": 61.67, "computed": 66.6667}


def of_a_township(within=()) -> Finding:
    return Finding(
        *("rate_differs", "warning", "城关镇", date(2026, 3, 1), "checkup_rate_printed", EVIDENCE),
        area_code="990101001",
        within=within,
    )


def test_every_name_on_the_page_is_replaced_where_there_is_another():
    member = an_area(area_code="990101002", name="青禾镇", level="township")
    area = an_area(members=[member], findings=[of_a_township()])
    (renamed,) = named([area], NAMES)
    assert (renamed.name, renamed.official_name) == ("Example Qinghe County", "示例青禾县")
    assert renamed.parents == ["示例省", "Example Dongzhou City"]
    assert renamed.members[0].name == "青禾镇"
    assert renamed.findings[0].area_name == "Chengguan Town"
    assert named([area], {}) == [area]


def test_a_township_is_named_with_its_county_on_the_page_of_a_province():
    finding = of_a_township((("990101", "示例青禾县"),))
    assert finding_in_words(finding, an_edition())["area"] == "示例青禾县城关镇"
    (renamed,) = named([an_area(findings=[finding])], NAMES)
    english = finding_in_words(renamed.findings[0], an_edition("en"))
    assert english["area"] == "Chengguan Town, Example Qinghe County"


def test_a_printed_rate_has_the_decimals_and_the_unit_of_its_indicator():
    text = str(finding_in_words(of_a_township(), an_edition())["text"]).replace("\u00a0", " ")
    assert "上报 61.67%，按同行数字计算为 66.67%" in text


def test_names_are_those_of_the_latest_validity(tmp_path):
    areas = pl.DataFrame(
        {
            "area_code": ["1", "1", "2"],
            "valid_from": [date(1900, 1, 1), date(2025, 1, 1), date(1900, 1, 1)],
            "name_en": ["Old County", "New City", None],
        }
    )
    areas.write_parquet(tmp_path / "areas.parquet")
    assert names_in(tmp_path, "en") == {"1": "New City"}
    assert names_in(tmp_path, "zh") == {}
