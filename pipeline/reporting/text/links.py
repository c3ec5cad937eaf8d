"""Links between the pages of an edition: from the overview to every report, and from a report back up."""

from collections.abc import Sequence

from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.escaping import escape

INDEX = "index"
FORMAT_NAMES = {"pdf": "PDF", "docx": "Word"}


def breadcrumb(facts: ShownArea, report: ReportContext) -> str:
    """The line above the title of a report: the overview, the areas above, and the page in other languages."""
    _ = report.say
    above = [linked(code, name, report) for code, name in zip(facts.parent_codes, facts.parents, strict=True)]
    overview = linked(INDEX, _("overview.name"), report)
    steps = " › ".join([overview, *above])
    return "　".join([steps, *other_languages(facts.area_code, report)])


def linked(code: str, name: str, report: ReportContext) -> str:
    """A name linked to its page, such as that of an area that has a report."""
    return f"[{escape(name)}]({page_file(code, report)})"


def page_file(name: str, report: ReportContext) -> str:
    """The HTML file of a page in this language."""
    return f"{report.page_name(name)}.html"


def other_languages(name: str, report: ReportContext) -> list[str]:
    """Links to the page in the other languages of the edition."""
    return [
        _in_language(report.in_language(language), name)
        for language in report.settings.languages
        if language != report.language
    ]


def area_links(code: str, name: str, report: ReportContext, files: Sequence[str]) -> str:
    """The name linked to its report, and beside it the report's other formats and languages; only files there are."""
    here = report.page_name(code)
    text = escape(name)
    if page_file(code, report) in files:
        on_paper = f'{{pdf="{here}.pdf"}}' if f"{here}.pdf" in files else ""
        text = linked(code, name, report) + on_paper
    more = [f"[{label}]({here}.{kind})" for kind, label in FORMAT_NAMES.items() if f"{here}.{kind}" in files]
    for language in report.settings.languages:
        other = report.in_language(language)
        if language != report.language and page_file(code, other) in files:
            more.append(_in_language(other, code))
    return f"{text} [{' '.join(more)}]{{.range .files}}" if more else text


def _in_language(report: ReportContext, name: str) -> str:
    """The language by its own name, linked to the page in it."""
    tag = report.say.tag
    return f"[{report.say.name}]({page_file(name, report)}){{lang={tag} hreflang={tag}}}"
