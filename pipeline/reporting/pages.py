"""The page of one area: its figures drawn, its template filled, all in one folder ready to render."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.reporting.edition import Edition
from pipeline.reporting.facts import AreaFacts
from pipeline.reporting.last_resort import without_controls
from pipeline.reporting.neighbourhood import Neighbourhood
from pipeline.reporting.numbering import Numbering
from pipeline.reporting.overview_links import breadcrumb
from pipeline.reporting.page_context import page_context, tables_of
from pipeline.reporting.page_templates import environment, shared_context
from pipeline.reporting.quality import in_order
from pipeline.reporting.renderers import Page
from pipeline.reporting.typography import unbroken

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
    edition: Edition,
    folder: Path,
    around: Neighbourhood | None = None,
    note: str = "",
    formats: Sequence[str] = ("html", "pdf"),
    draw: Callable | None = None,
) -> Page:
    """Write `folder/<name>/<name>.qmd` and its figures. `note` is the author's own, as Markdown that is safe."""
    if draw is None:
        from pipeline.reporting import drawing  # half a second, which a run without a new page does not need

        draw = drawing.draw

    around, facts = around or Neighbourhood(), replace(facts, findings=in_order(facts.findings))
    name = edition.page_name(facts.area_code)
    page = Page(name, folder / name)
    drawn_in = page.folder / "figures"
    drawn_in.mkdir(parents=True, exist_ok=True)
    drawn = draw(facts, edition, around.funnels, around.neighbours, drawn_in, formats)
    numbering = Numbering(edition.say, drawn, tables_of(facts, edition, around))
    context = shared_context(edition) | page_context(facts, edition)
    context |= {
        "sections": edition.settings.sections or SECTIONS,
        "breadcrumb": breadcrumb(facts, edition),
        "note": note.strip(),
        "heading": numbering.heading,
        "table": numbering.table,
        "figure": numbering.figure,
    }
    text = environment(edition.templates).get_template("county.qmd.j2").render(context)
    (page.folder / f"{page.name}.qmd").write_text(
        without_controls(unbroken(text, edition.language)), encoding="utf-8"
    )
    return page
