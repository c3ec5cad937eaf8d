"""All areas of a level as the funnel shows them. Apart from the drawing, which takes half a second to import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reporting.facts.records import AreaFacts
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.verdicts import has_sex_ratio

SERIES, WINDOWS = "sex_ratio_at_birth", ("rolling_12", "ytd")


@dataclass(frozen=True)
class Neighbour:
    """An area of the level with what the funnel needs: births, sex ratio and 95 % limits by window, if printed."""

    area_code: str
    name: str
    parent_code: str
    windows: dict[str, tuple[float, float, float, float]]


def neighbours_of(areas: Sequence[AreaFacts], report: ReportContext) -> tuple[Neighbour, ...]:
    """All areas of a level, small enough to be handed to every page of it."""
    spec = report.indicators[SERIES]
    return tuple(
        Neighbour(
            facts.area_code,
            facts.name,
            facts.parent_codes[-1] if facts.parent_codes else "",
            {
                window: (estimate.births, estimate.value, estimate.lower, estimate.upper)
                for window in WINDOWS
                if has_sex_ratio(estimate := facts.estimate(SERIES, window), spec)
            },
        )
        for facts in areas
    )
