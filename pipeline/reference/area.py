"""An area as areas.csv describes it."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Area:
    area_code: str
    name: str
    level: str
    parent_code: str | None
    aliases: tuple[str, ...]
    valid_from: date
    valid_to: date | None
    successor_codes: tuple[str, ...]
    name_en: str = ""
