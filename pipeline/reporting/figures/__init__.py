"""The figures of the reports: facts in, SVG and the words around it out, whose bytes depend on nothing else.

A figure is a module: its data, its drawing, its words. A finding as title, direct labels instead of legends,
uncertainty always drawn, and what a figure is held against always marked. Nothing is told apart by colour alone.
Every figure is drawn twice, for the desk and for the phone.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.reporting.figures.events import events
from pipeline.reporting.figures.funnel import funnel, overview_funnel
from pipeline.reporting.figures.members import members
from pipeline.reporting.figures.members_trend import members_trend
from pipeline.reporting.figures.outlook import outlook
from pipeline.reporting.figures.overview.map import where
from pipeline.reporting.figures.profile import profile
from pipeline.reporting.figures.sheet import Folder
from pipeline.reporting.figures.small_trends import small_trends
from pipeline.reporting.figures.trends import growth, sex_ratio
from pipeline.reporting.renderers.last_resort import fonts_of
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.peers import SERIES, Peer, Spread, peers_of
from pipeline.reporting.shown.records import Funnel, ShownArea
from pipeline.reporting.text.numbering import Drawn

__all__ = ["Drawn", "draw", "draw_overview"]


def draw(
    facts: ShownArea,
    report: ReportContext,
    funnels: Mapping[tuple[str, str], Funnel],
    neighbours: Sequence[Peer],
    folder: Path,
    formats: Sequence[str] = ("html", "pdf"),
    spreads: Mapping[str, Spread] | None = None,
) -> dict[str, Drawn]:
    """Draw the figures that the facts allow, in the order of the report; returns what the page says of each.

    `neighbours` are all areas of the level, `spreads` how far their indicators spread.
    Word (`docx` or `png` among the formats) gets each figure as PNG too.
    """
    into = _folder(folder, report, formats)
    made = {
        "small_trends": small_trends(facts, report, into),
        "profile": profile(facts, report, spreads or {}, into),
        "events": events(facts, report, into),
        "sex_ratio": sex_ratio(facts, report, into),
        "growth": growth(facts, report, into),
        "outlook": outlook(facts, report, into),
        "funnel": funnel(facts, report, funnels, neighbours, into),
        "members": members(facts, report, into),
        "members_trend": members_trend(facts, report, into),
    }
    return {name: drawn for name, drawn in made.items() if drawn}


def draw_overview(
    areas: Sequence[ShownArea],
    report: ReportContext,
    funnels: Mapping[tuple[str, str], Funnel],
    folder: Path,
    *,
    geometry: Path | None = None,
    formats: Sequence[str] = ("html", "pdf"),
) -> dict[str, Drawn]:
    """`map` (tiles where `geometry`, a GeoJSON or TopoJSON file, is not given) and `funnel` of all areas of a level."""
    folder.mkdir(parents=True, exist_ok=True)
    if not report.has(SERIES):
        return {}
    into = _folder(folder, report, formats)
    made = {
        "map": where(areas, report, into, geometry),
        "funnel": overview_funnel(report, funnels, peers_of(areas), into),
    }
    return {name: drawn for name, drawn in made.items() if drawn}


def _folder(folder: Path, report: ReportContext, formats: Sequence[str]) -> Folder:
    return Folder(folder, "docx" in formats or "png" in formats, fonts_of(report.templates / "theme"))
