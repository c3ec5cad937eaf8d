"""The Jinja environment of the templates, and what every template is given."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context

from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.text import verdicts, wording
from pipeline.reporting.text.escaping import escape, without_controls
from pipeline.words.names import capital
from pipeline.words.numbers import number, plain


def shared_context(report: ReportContext) -> dict[str, Any]:
    """What every template may use: the translator `_`, and names and settings in its language."""
    settings = report.settings
    return {
        "_": report.say,
        "plural": report.say.plural,
        "language": report.language,
        "language_tag": report.say.tag,
        "settings": settings,
        "edition": report.name,
        "build": report.build,
        "version": report.version,
        "attribution": report.named(settings.attribution),
        "withhold_below": settings.withhold_counts_below,
        "sentence_gap": wording.sentences(report.say, ["", ""]),
        "element_labels": report.element_labels,
        "source_names": report.source_names,
        "units": {
            name: verdicts.points_of(report.say, spec.unit.zh) for name, spec in report.indicators.items()
        },
        "sources": sorted(report.source_names.values()),
        "has": {name: report.has(name) for name in REPORTED},
        "not_counted": report.not_counted,
        "not_computed": report.not_computed,
    }


def fill(template: str, report: ReportContext, context: dict[str, Any], path: Path) -> None:
    """Write a page: its template filled, no line to end between a number and its unit, no control characters."""
    text = environment(report.templates).get_template(template).render(shared_context(report) | context)
    path.write_text(without_controls(report.say.unbroken(text)), encoding="utf-8")


@cache
def environment(templates: Path) -> Environment:
    """The templates of a folder; what depends on the language takes `_` from what the template is given."""
    made = Environment(
        loader=FileSystemLoader(templates),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        autoescape=False,
        keep_trailing_newline=True,
        comment_start_string="<#",  # `{#id}` is left free for the names of headings
        comment_end_string="#>",
    )
    made.filters |= {
        "number": number,
        "plain": plain,
        "esc": escape,
        "capital": capital,
        "fromjson": json.loads,
        "yaml": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    }
    made.filters |= {
        name: _in_language(getattr(wording, name))
        for name in (
            "interval",
            "change_interval",
            "people",
            "probability",
            "listed",
            "month_name",
            "month_list",
        )
    }
    made.filters["ytd_name"] = pass_context(
        lambda context, month: wording.window_name(context["_"], "ytd", month)
    )
    made.globals["span"] = _in_language(wording.span)
    return made


def _in_language(function: Callable[..., str]) -> Callable[..., str]:
    @pass_context
    def filled(context: Context, *values: Any) -> str:
        return function(context["_"], *values)

    return filled
