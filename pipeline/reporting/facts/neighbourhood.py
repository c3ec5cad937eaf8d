"""What the pages of a level need of all its areas: made once, small enough to go with every page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.reporting.area_page.grades import count_grades
from pipeline.reporting.area_page.progress import window_of
from pipeline.reporting.facts.neighbours import neighbours_of
from pipeline.reporting.facts.records import AreaFacts, Funnel
from pipeline.reporting.report_context import ReportContext


@dataclass(frozen=True)
class Neighbourhood:
    """Funnels of the level, its areas as dots, and how many of them are in each grade, by indicator."""

    funnels: dict[tuple[str, str], Funnel] = field(default_factory=dict)
    neighbours: tuple = ()
    grades: dict[str, dict[str, int]] = field(default_factory=dict)


def neighbourhood_of(
    areas: Sequence[AreaFacts], report: ReportContext, funnels: dict[tuple[str, str], Funnel]
) -> Neighbourhood:
    """`areas` are all areas of one level."""
    windows = {name: window_of(spec) for name, spec in report.indicators.items()}
    return Neighbourhood(funnels, tuple(neighbours_of(areas, report)), count_grades(areas, report, windows))
