"""The sample's own reference tables: areas and targets."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.sample.english_names import english_name
from pipeline.sample.months import Months
from pipeline.sample.places import PROVINCE_CODE, PROVINCE_NAME, Prefecture, all_counties
from pipeline.sample.text_files import write_csv

AREA_HEADER = (
    "area_code", "name", "level", "parent_code", "aliases", "valid_from", "valid_to", "successor_codes", "name_en",
)  # fmt: skip
TARGET_HEADER = (
    "indicator", "year", "level", "area_code", "at_least", "at_most", "note", "good", "acceptable",
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
    """Write areas.csv and targets.csv."""
    areas = ((*row, "", "", english_name(row[1])) for row in _areas(prefectures))
    write_csv(folder / "areas.csv", AREA_HEADER, areas)
    codes = {"", *(county.area_code for county in all_counties(prefectures))}
    targets = [
        (indicator, year, "county", area_code, *rest)
        for indicator, area_code, *rest in _TARGETS
        for year in range(months[0].year, months[-1].year + 1)
        if area_code in codes
    ]
    write_csv(folder / "targets.csv", TARGET_HEADER, targets)


def _areas(prefectures: Sequence[Prefecture]) -> Iterator[tuple[str, str, str, str, str, str]]:
    """Code, name, level, parent, aliases and first month of each area."""
    yield PROVINCE_CODE, PROVINCE_NAME, "province", "", "", ""
    for prefecture in prefectures:
        yield prefecture.area_code, prefecture.name, "prefecture", PROVINCE_CODE, "", ""
        for county in prefecture.counties:
            code, since = county.area_code, f"{county.valid_from:%Y-%m}" if county.valid_from else ""
            yield code, county.name, "county", prefecture.area_code, "|".join(county.aliases), since
            for township in county.townships:
                alias = township.name + "办事处" if township.name.endswith("街道") else ""
                yield township.area_code, township.name, "township", code, alias, since
