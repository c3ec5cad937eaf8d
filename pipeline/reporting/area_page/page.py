"""The page of one area: its figures drawn, its template filled, all in one folder ready to render."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.reporting.area_page.numbering import Numbering
from pipeline.reporting.area_page.page_context import page_context, tables_of
from pipeline.reporting.area_page.quality import in_order
from pipeline.reporting.facts.neighbourhood import Neighbourhood
from pipeline.reporting.facts.records import AreaFacts
from pipeline.reporting.overview.links import breadcrumb
from pipeline.reporting.renderers import Page
from pipeline.reporting.renderers.last_resort import without_controls
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.text.templates import environment, shared_context
from pipeline.reporting.text.typography import unbroken

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
    facts: AreaFacts,
    report: ReportContext,
    folder: Path,
    around: Neighbourhood | None = None,
    note: str = "",
    formats: Sequence[str] = ("html", "pdf"),
    draw: Callable | None = None,
) -> Page:
    """Write `folder/<name>/<name>.qmd` and its figures. `note` is the author's own, as Markdown that is safe."""
    if draw is None:
        from pipeline.reporting import figures  # half a second, which a run without a new page does not need

        draw = figures.draw

    around, facts = around or Neighbourhood(), replace(facts, findings=in_order(facts.findings))
    name = report.page_name(facts.area_code)
    page = Page(name, folder / name)
    drawn_in = page.folder / "figures"
    drawn_in.mkdir(parents=True, exist_ok=True)
    drawn = draw(facts, report, around.funnels, around.neighbours, drawn_in, formats)
    numbering = Numbering(report.say, drawn, tables_of(facts, report, around))
    context = shared_context(report) | page_context(facts, report)
    context |= {
        "sections": report.settings.sections or SECTIONS,
        "breadcrumb": breadcrumb(facts, report),
        "note": note.strip(),
        "heading": numbering.heading,
        "table": numbering.table,
        "figure": numbering.figure,
    }
    text = environment(report.templates).get_template("county.qmd.j2").render(context)
    (page.folder / f"{page.name}.qmd").write_text(
        without_controls(unbroken(text, report.say)), encoding="utf-8"
    )
    return page
