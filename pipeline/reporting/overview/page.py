"""The overview of an edition: what changed, where things stand, how complete the data are, and all the reports."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from pipeline.reporting.overview import changes as overview_changes
from pipeline.reporting.overview.completeness import completeness_grid
from pipeline.reporting.overview.table import add_up, areas_table, percent
from pipeline.reporting.renderers import Page
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import HIGHER, LOWER
from pipeline.reporting.shown.overview import Overview
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text import wording
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.links import INDEX, area_links, other_languages, page_file
from pipeline.reporting.text.numbering import Numbering
from pipeline.reporting.text.templates import fill
from pipeline.words.months import month_name
from pipeline.words.numbers import number

_SEX_RATIO = "sex_ratio_at_birth"


def write_index(
    areas: Sequence[ShownArea],
    report: ReportContext,
    folder: Path,
    links: Mapping[str, Sequence[str]],
    *,
    overview: Overview | None = None,
    above: Sequence[ShownArea] = (),
    geometry: Path | None = None,
    data_files: Sequence[str] = (),
    formats: Sequence[str] = ("html", "pdf"),
) -> Page:
    """Write `index.qmd` in a folder of its own, the page that links all reports of the edition.

    `areas` are those of the report level, `above` those of the levels above, `links` the files of each by its code.
    """
    from pipeline.reporting.figures import draw_overview  # half a second, needed by a new page only

    name = report.page_name(INDEX)
    page = Page(name, folder / name)
    page.folder.mkdir(parents=True, exist_ok=True)
    overview = overview or Overview([], {})
    _ = report.say
    pictures = page.folder / "figures"
    drawn = draw_overview(areas, report, overview.funnels, pictures, geometry=geometry, formats=formats)
    numbering = Numbering(_, drawn, _tables(areas, report, overview, links, page.folder))
    changes = overview.changes
    context = {
        "name": report.named(report.settings.name),
        "kicker": "　".join(other_languages(INDEX, report)),
        "period": wording.window_name(_, "ytd", report.month),
        "srb_spec": report.indicators[_SEX_RATIO],
        "verdicts": _count_verdicts(areas, report),
        "previous": month_name(_, changes.previous) if changes else "",
        "changes": overview_changes.sentences(changes, report) if changes else [],
        "completeness": _completeness(overview),
        "above": [
            area_links(facts.area_code, facts.name, report, links.get(facts.area_code, ())) for facts in above
        ],
        "data_files": [(file, _(f"overview.file_{Path(file).stem}")) for file in data_files],
        "drawn": drawn,
        "table": numbering.table,
        "figure": numbering.figure,
    }
    fill("index.qmd.j2", report, context, page.source)
    return page


def _tables(
    areas: Sequence[ShownArea],
    report: ReportContext,
    overview: Overview,
    links: Mapping[str, Sequence[str]],
    folder: Path,
) -> dict[str, Callable[[int], str]]:
    """Each table, given its number."""
    changes = overview.changes
    with_pages = {code for code, files in links.items() if page_file(code, report) in files}
    return {
        "verdicts": lambda n: overview_changes.verdicts_table(changes, report, n) if changes else "",
        "figures": lambda n: overview_changes.figures_table(changes, report, n) if changes else "",
        "areas": lambda n: areas_table(areas, report, overview, links, folder, n),
        "completeness": lambda n: completeness_grid(areas, report, overview, with_pages, n),
    }


def _count_verdicts(areas: Sequence[ShownArea], report: ReportContext) -> dict[str, int | str]:
    """How many areas there are, and how many and which of them are higher, and lower."""
    named = {
        verdict: [
            escape(facts.name) for facts in areas if facts.verdict(_SEX_RATIO, "normal_range") == verdict
        ]
        for verdict in (HIGHER, LOWER)
    }
    return {"areas": len(areas)} | {
        key: value
        for verdict, names in named.items()
        for key, value in ((verdict, len(names)), (f"names_{verdict}", wording.listed(report.say, names)))
    }


def _completeness(overview: Overview) -> dict[str, str]:
    """Returns of all areas and sources over the twelve months, as numbers in words."""
    total = add_up(returns for of_area in overview.returns.values() for returns in of_area.values())
    if total is None:
        return {}
    return {
        "expected": number(total.expected),
        "actual": number(total.actual),
        "share": percent(total.actual, total.expected),
        "on_time": "" if total.on_time is None else percent(total.on_time, total.expected),
    }
