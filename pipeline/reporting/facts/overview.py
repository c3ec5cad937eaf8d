"""What the overview says beside the facts of the areas: returns by month, funnels, and changes since the last edition."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pipeline.reporting.facts.area_names import Names
from pipeline.reporting.facts.edition_changes import SEX_RATIO, Changes, areas_of_level, load_changes
from pipeline.reporting.facts.read import load_funnels
from pipeline.reporting.facts.records import Funnel
from pipeline.reporting.facts.returns import Returns, last_months, returns_by_month
from pipeline.reporting.report_context import ReportContext


@dataclass(frozen=True)
class Overview:
    """The last twelve months, the returns of every area in each of them, the funnels, and the changes."""

    months: list[date]
    returns: dict[str, dict[date, Returns]]
    funnels: dict[tuple[str, str], Funnel] = field(default_factory=dict)
    changes: Changes | None = None

    def renamed(self, names: Names) -> Overview:
        return replace(self, changes=self.changes.renamed(names)) if self.changes and names else self


def load_overview(snapshot: Path, previous: Path | None, report: ReportContext) -> Overview:
    """Facts of the overview; `previous` is the snapshot of the edition before, if there is one."""
    level = report.settings.report_level
    months = last_months(report.month, 12)
    return Overview(
        months,
        returns_by_month(snapshot, areas_of_level(snapshot, report.month, level), months),
        load_funnels(snapshot, report.month, level),
        load_changes(snapshot, previous, report.month, level, report.indicators[SEX_RATIO], report.parts),
    )
