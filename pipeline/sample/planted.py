"""What is wrong in the sample on purpose: few, small and honest slips, each one written down."""

from dataclasses import dataclass

from pipeline.sample.text_files import Row

HEADER = (
    "kind",
    "source",
    "path",
    "sheet",
    "row",
    "column",
    "area_code",
    "month",
    "true_value",
    "printed_value",
)


@dataclass(frozen=True)
class Planted:
    """One slip. `path` is relative to data/raw/<source>; row and column count from 1, 0 for all of them."""

    kind: str
    source: str
    path: str
    area_code: str
    month: str
    sheet: str = ""
    row: int = 0
    column: int = 0
    true_value: str = ""
    printed_value: str = ""

    def as_row(self) -> Row:
        return tuple(getattr(self, name) for name in HEADER)


@dataclass(frozen=True)
class Spot:
    """Where a slip is planted, at any size: county (by index, wrapping round), months before the last."""

    county: int
    months_back: int
    township: int = 0

    def hits(self, county_index: int, months_back: int, counties: int) -> bool:
        return county_index == self.county % counties and months_back == self.months_back
