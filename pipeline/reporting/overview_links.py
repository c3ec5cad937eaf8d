"""Links between the pages of an edition: from the overview to every report, and from a report back up."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reporting.edition import Edition
from pipeline.reporting.facts import AreaFacts
from pipeline.reporting.renderers import escape

INDEX = "index"
LANGUAGE_NAMES = {"zh": "中文", "en": "English"}  # each in its own language, whatever the page's
LANGUAGE_TAGS = {"zh": "zh-Hans", "en": "en"}
FORMAT_NAMES = {"pdf": "PDF", "docx": "Word"}


def breadcrumb(facts: AreaFacts, edition: Edition) -> str:
    """The line above the title of a report: the overview, the areas above, and the page in other languages."""
    _ = edition.say
    above = [
        linked(code, name, edition) for code, name in zip(facts.parent_codes, facts.parents, strict=True)
    ]
    overview = linked(INDEX, _("概览"), edition)
    steps = " › ".join([overview, *above])
    return "　".join([steps, *other_languages(facts.area_code, edition)])


def linked(code: str, name: str, edition: Edition) -> str:
    """A name linked to its page, such as that of an area that has a report."""
    return f"[{escape(name)}]({page_file(code, edition)})"


def page_file(name: str, edition: Edition) -> str:
    """The HTML file of a page in this language."""
    return f"{edition.page_name(name)}.html"


def other_languages(name: str, edition: Edition) -> list[str]:
    """Links to the page in the other languages of the edition."""
    return [
        _in_language(language, page_file(name, edition.in_language(language)))
        for language in edition.settings.languages
        if language != edition.language
    ]


def area_links(code: str, name: str, edition: Edition, files: Sequence[str]) -> str:
    """The name linked to its report, and beside it the report's other formats and languages; only files there are."""
    here = edition.page_name(code)
    text = escape(name)
    if page_file(code, edition) in files:
        on_paper = f'{{pdf="{here}.pdf"}}' if f"{here}.pdf" in files else ""
        text = linked(code, name, edition) + on_paper
    more = [f"[{label}]({here}.{kind})" for kind, label in FORMAT_NAMES.items() if f"{here}.{kind}" in files]
    for language in edition.settings.languages:
        file = page_file(code, edition.in_language(language))
        if language != edition.language and file in files:
            more.append(_in_language(language, file))
    return f"{text} [{' '.join(more)}]{{.range .files}}" if more else text


def _in_language(language: str, file: str) -> str:
    return f"[{LANGUAGE_NAMES[language]}]({file}){{lang={LANGUAGE_TAGS[language]} hreflang={LANGUAGE_TAGS[language]}}}"
