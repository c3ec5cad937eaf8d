"""The Jinja environment of the templates, and what every template is given."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context

from pipeline.reporting.renderers import escape
from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.shown import verdicts
from pipeline.reporting.text import wording
from pipeline.words.numbers import number, plain

# How a template is told from its text; `{#id}` is left free for the names of headings.
DELIMITERS = {"comment_start_string": "<#", "comment_end_string": "#>"}


def shared_context(report: ReportContext) -> dict:
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
        "nbsp": wording.NO_BREAK,
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
        **DELIMITERS,
    )
    made.filters |= {
        "number": number,
        "plain": plain,
        "esc": escape,
        "capital": lambda text: text[:1].upper() + text[1:],
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
    def filled(context, *values):
        return function(context["_"], *values)

    return filled
