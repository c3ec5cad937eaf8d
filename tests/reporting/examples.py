"""Facts of an area and an edition, made by hand, for tests that look at one sentence or one table."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipeline.reference import read_reference
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.records import ShownArea, Verdict, YearOutlook
from pipeline.workspace import CHECKOUT, Words, open_workspace, read_settings


def an_edition(language: str = "zh", **changes) -> ReportContext:
    """An edition of the example that comes with the code."""
    workspace = open_workspace(CHECKOUT)
    settings = read_settings(workspace)
    reference = read_reference(workspace, settings.levels)
    report = ReportContext(
        month=date(2026, 6, 1),
        build="0123456789ab",
        version="0.1.0",
        settings=settings,
        indicators=reference.indicators,
        elements=reference.elements,
        sources={
            "hospital": Words("住院分娩直报", "Maternity hospitals"),
            "register": Words("公安户籍", "Register"),
        },
        preferred_sources={"births_male": "hospital"},
        templates=CHECKOUT / "reports",
    )
    return replace(report, **changes).in_language(language)


def an_area(estimates=(), **changes) -> ShownArea:
    """A county without any facts but those given; estimates are filed under their own indicator and window."""
    given = {
        "area_code": "990101",
        "name": "示例青禾县",
        "level": "county",
        "month": date(2026, 6, 1),
        "parents": ["示例省", "示例东州市"],
        "parent_codes": ["990000", "990100"],
    }
    filed = {(one.indicator, one.time_window): one for one in estimates}
    return ShownArea(**(given | {"estimates": filed} | changes))


def an_outlook(indicator: str, **changes) -> YearOutlook:
    fields = dict.fromkeys(YearOutlook.__dataclass_fields__) | {
        "indicator": indicator,
        "months_left": 6,
        "withheld": "",
    }
    return YearOutlook(**(fields | changes))


def judged(indicator: str, question: str, verdict: str) -> dict[tuple[str, str], Verdict]:
    """The edition's answer to one question, as `verdicts` of an area."""
    return {(indicator, question): Verdict(indicator, question, verdict, "", False)}
