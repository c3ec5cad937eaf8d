"""The analyst's own tables in data/reference: elements, indicators, areas, targets, corrections, receipts.

Read once, checked against each other, and handed to the wings as plain values. Nothing here is
computed; a slip is named with the file and the entry it stands in.
"""

from dataclasses import dataclass, field
from datetime import date

from pipeline.reference.area import Area
from pipeline.reference.areas import read_areas
from pipeline.reference.corrections import Correction, read_corrections
from pipeline.reference.csv_rows import parse_month
from pipeline.reference.elements import Due, Element, read_elements
from pipeline.reference.formulas import Formula, Terms, parse_terms
from pipeline.reference.indicators import Indicator, read_indicators
from pipeline.reference.receipts import read_receipts
from pipeline.reference.targets import Target, read_targets
from pipeline.workspace import Workspace

__all__ = [
    "Area", "Correction", "Due", "Element", "Formula", "Indicator", "Reference", "Target", "Terms",
    "parse_month", "parse_terms", "read_reference",
]  # fmt: skip


@dataclass(frozen=True)
class Reference:
    elements: dict[str, Element]
    indicators: dict[str, Indicator]
    areas: tuple[Area, ...]
    targets: tuple[Target, ...]
    corrections: tuple[Correction, ...]
    receipts: dict[tuple[str, str], date] = field(default_factory=dict)


def read_reference(workspace: Workspace, levels: tuple[str, ...]) -> Reference:
    """Read all reference tables and check that they agree with each other."""
    folder = workspace.reference
    elements = read_elements(folder / "elements.toml")
    indicators = read_indicators(folder / "indicators.toml", elements)
    areas = read_areas(folder / "areas.csv", levels)
    return Reference(
        elements=elements,
        indicators=indicators,
        areas=areas,
        targets=read_targets(folder / "targets.csv", indicators),
        corrections=read_corrections(folder / "corrections.csv", elements),
        receipts=read_receipts(folder / "receipts.csv"),
    )
