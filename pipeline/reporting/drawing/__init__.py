"""Which figures the facts of an area allow, and the words in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.reporting.drawing import by_month, outlook, within
from pipeline.reporting.drawing.drawn import Drawn, Folder
from pipeline.reporting.drawing.funnel import funnel
from pipeline.reporting.drawing.overview import draw_overview
from pipeline.reporting.renderers.last_resort import fonts_of
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.peers import Peer
from pipeline.reporting.shown.records import Funnel, ShownArea

__all__ = ["Drawn", "draw", "draw_overview"]


def draw(
    facts: ShownArea,
    report: ReportContext,
    funnels: Mapping[tuple[str, str], Funnel],
    neighbours: Sequence[Peer],
    folder: Path,
    formats: Sequence[str] = ("html", "pdf"),
) -> dict[str, Drawn]:
    """Draw the figures that the facts allow, in the order of the report; returns what the page says of each.

    `neighbours` are all areas of the level. Word (`docx` or `png` among the formats) gets each figure as PNG too.
    """
    place = Folder(folder, "docx" in formats or "png" in formats, fonts_of(report.templates / "theme"))
    made = {
        "events": by_month.events(facts, report, place),
        "sex_ratio": by_month.sex_ratio(facts, report, place),
        "growth": by_month.growth(facts, report, place),
        "outlook": outlook.outlook(facts, report, place),
        "funnel": funnel(facts, report, funnels, neighbours, place),
        "members": within.members(facts, report, place),
        "members_trend": within.members_trend(facts, report, place),
    }
    return {name: drawn for name, drawn in made.items() if drawn}
