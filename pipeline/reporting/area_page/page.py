"""The page of one area: its figures drawn, its template filled, all in one folder ready to render."""

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.reporting.area_page.page_context import page_context, tables_of
from pipeline.reporting.renderers import Page
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.peers import Peers
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.links import breadcrumb
from pipeline.reporting.text.numbering import Numbering
from pipeline.reporting.text.templates import fill

# The order of a situation analysis; `sections` in workspace.toml gives another.
SECTIONS = (
    "headline",
    "situation",
    "sex_ratio",
    "growth",
    "targets",
    "neighbours",
    "members",
    "quality",
    "questions",
    "method",
    "provenance",
)


def write_page(
    facts: ShownArea,
    report: ReportContext,
    folder: Path,
    peers: Peers | None = None,
    note: str = "",
    formats: Sequence[str] = ("html", "pdf"),
    draw: Callable | None = None,
) -> Page:
    """Write `folder/<name>/<name>.qmd` and its figures. `note` is the author's own, as Markdown that is safe."""
    if draw is None:
        from pipeline.reporting import figures  # half a second, which a run without a new page does not need

        draw = figures.draw

    peers = peers or Peers()
    name = report.page_name(facts.area_code)
    page = Page(name, folder / name)
    drawn_in = page.folder / "figures"
    drawn_in.mkdir(parents=True, exist_ok=True)
    drawn = draw(facts, report, peers.funnels, peers.areas, drawn_in, formats, peers.spreads)
    numbering = Numbering(report.say, drawn, tables_of(facts, report, peers))
    context = page_context(facts, report) | {
        "sections": report.settings.sections or SECTIONS,
        "breadcrumb": breadcrumb(facts, report),
        "note": note.strip(),
        "heading": numbering.heading,
        "table": numbering.table,
        "figure": numbering.figure,
    }
    fill("county.qmd.j2", report, context, page.source)
    return page
