"""The sample's own reference tables: areas, targets and an empty list of corrections."""

from collections.abc import Sequence
from pathlib import Path

from pipeline.sample.english_names import english_name
from pipeline.sample.months import Months
from pipeline.sample.places import PROVINCE_CODE, PROVINCE_NAME, Prefecture
from pipeline.sample.text_files import Row, write_csv

AREA_HEADER = (
    "area_code", "name", "level", "parent_code", "aliases", "valid_from", "valid_to", "successor_codes", "name_en",
)  # fmt: skip
TARGET_HEADER = (
    "indicator",
    "year",
    "level",
    "area_code",
    "at_least",
    "at_most",
    "note",
    "good",
    "acceptable",
)
CORRECTION_HEADER = (
    "source", "path", "sheet", "row", "column", "element", "expected", "value", "reason", "author", "date",
)  # fmt: skip

# Indicator, area (empty: every county), at least, at most, note, and from where on it is good and acceptable.
_TARGETS = (
    ("sex_ratio_at_birth", "", "", 107, "示例目标", "", ""),
    ("sex_ratio_at_birth", "990102", "", 110, "示例目标：该县单独下达", "", ""),
    ("natural_growth_rate", "", -2, 6, "示例目标", "", ""),
    ("checkup_rate", "", 85, "", "示例目标", 90, 80),
    ("checkups_done", "", 400, "", "示例目标：全年检查人数", 440, 360),
    ("record_completeness_rate", "", 95, "", "示例目标", 98, 95),
    ("id_entry_rate", "", 95, "", "示例目标", 97, 90),
    ("duplicate_rate", "", "", 1, "示例目标", 0.5, 1),
    ("case_handling_rate", "", 90, "", "示例目标", 95, 85),
)


def write_reference(folder: Path, prefectures: Sequence[Prefecture], months: Months) -> None:
    """Write areas.csv, targets.csv and corrections.csv."""
    write_csv(folder / "areas.csv", AREA_HEADER, _area_rows(prefectures))
    codes = {county.area_code for prefecture in prefectures for county in prefecture.counties}
    years = range(months[0].year, months[-1].year + 1)
    targets = [
        (indicator, year, "county", area_code, at_least, at_most, note, *grades)
        for indicator, area_code, at_least, at_most, note, *grades in _TARGETS
        for year in years
        if not area_code or area_code in codes
    ]
    write_csv(folder / "targets.csv", TARGET_HEADER, targets)
    write_csv(folder / "corrections.csv", CORRECTION_HEADER, [])


def _area_rows(prefectures: Sequence[Prefecture]) -> list[Row]:
    rows = [_area_row(PROVINCE_CODE, PROVINCE_NAME, "province", "")]
    for prefecture in prefectures:
        rows.append(_area_row(prefecture.area_code, prefecture.name, "prefecture", PROVINCE_CODE))
        for county in prefecture.counties:
            since = f"{county.valid_from:%Y-%m}" if county.valid_from else ""
            aliases = "|".join(county.aliases)
            rows.append(
                _area_row(county.area_code, county.name, "county", prefecture.area_code, aliases, since)
            )
            for township in county.townships:
                aliases = township.name + "办事处" if township.name.endswith("街道") else ""
                rows.append(
                    _area_row(township.area_code, township.name, "township", county.area_code, aliases, since)
                )
    return rows


def _area_row(code: str, name: str, level: str, parent: str, aliases: str = "", since: str = "") -> Row:
    return (code, name, level, parent, aliases, since, "", "", english_name(name))
