"""What the overview says beside the facts of the areas: returns by month, funnels, and changes since the last edition."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from pipeline.reporting.area_names import Names
from pipeline.reporting.edition import Edition
from pipeline.reporting.edition_changes import SEX_RATIO, Changes, areas_of_level, load_changes
from pipeline.reporting.fact_tables import load_funnels
from pipeline.reporting.facts import Funnel
from pipeline.reporting.returns import Returns, last_months, returns_by_month


@dataclass(frozen=True)
class Overview:
    """The last twelve months, the returns of every area in each of them, the funnels, and the changes."""

    months: list[date]
    returns: dict[str, dict[date, Returns]]
    funnels: dict[tuple[str, str], Funnel] = field(default_factory=dict)
    changes: Changes | None = None

    def renamed(self, names: Names) -> Overview:
        return replace(self, changes=self.changes.renamed(names)) if self.changes and names else self


def load_overview(snapshot: Path, previous: Path | None, edition: Edition) -> Overview:
    """Facts of the overview; `previous` is the snapshot of the edition before, if there is one."""
    level = edition.settings.report_level
    months = last_months(edition.month, 12)
    return Overview(
        months,
        returns_by_month(snapshot, areas_of_level(snapshot, edition.month, level), months),
        load_funnels(snapshot, edition.month, level),
        load_changes(snapshot, previous, edition.month, level, edition.indicators[SEX_RATIO], edition.parts),
    )
