"""What the overview says beside the areas: returns by month, funnels, and changes since the last edition."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pipeline.months import last_months
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.area_names import Names
from pipeline.reporting.shown.areas import load_funnels
from pipeline.reporting.shown.edition_changes import Changes, load_changes, names_of_level
from pipeline.reporting.shown.records import Funnel
from pipeline.reporting.shown.returns import Returns, returns_by_month


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
    """`previous` is the snapshot of the edition before, if there is one."""
    level, months = report.settings.report_level, last_months(report.month, 12)
    return Overview(
        months,
        returns_by_month(snapshot, names_of_level(snapshot, report.month, level), months),
        load_funnels(snapshot, report.month, level),
        load_changes(snapshot, previous, report),
    )
