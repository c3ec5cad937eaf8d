"""The awkward workspace as its reports see it, read once per run."""

from __future__ import annotations

import pytest

from pipeline.commands.report import report
from pipeline.reference import read_reference
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.areas import Areas, load_funnels
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.shown.tables import ShownTables, shown_tables
from pipeline.reporting.site.inputs import report_context_of
from pipeline.snapshots import current_snapshot
from pipeline.starter import write_workspace
from pipeline.workspace import Workspace, read_settings
from tests.starter.conftest import fill_in


@pytest.fixture(scope="session")
def awkward_report(awkward: Workspace) -> ReportContext:
    reference = read_reference(awkward, read_settings(awkward).levels)
    return report_context_of(awkward, current_snapshot(awkward), reference)


@pytest.fixture(scope="session")
def awkward_tables(awkward: Workspace, awkward_report: ReportContext) -> ShownTables:
    return shown_tables(awkward.current, awkward_report)


@pytest.fixture(scope="session")
def levels(awkward_tables: ShownTables, awkward_report: ReportContext) -> dict[str, list[ShownArea]]:
    """All areas with what their pages may say, by level."""
    areas = Areas(awkward_tables, awkward_report)
    return {level: areas.of_level(level) for level in awkward_report.settings.levels}


@pytest.fixture(scope="session")
def funnels(awkward: Workspace, awkward_report: ReportContext) -> dict:
    """The funnels by level."""
    month, levels = awkward_report.month, awkward_report.settings.levels
    return {level: load_funnels(awkward.current, month, level) for level in levels}


AS_HTML = (None, [], ["html"], "embedded", 1)


@pytest.fixture(scope="session")
def reported(tmp_path_factory, font_cache):
    """A county and its province, with their reports as HTML. Not to be written to."""
    root = tmp_path_factory.mktemp("reported") / "workspace"
    write_workspace(root)
    fill_in(root)
    settings = root / "data" / "reference" / "workspace.toml"
    settings.write_text(settings.read_text("utf-8").replace('["zh", "en"]', '["zh"]'), "utf-8")
    fonts = root / "data" / "processed" / ".cache" / "fonts"
    fonts.parent.mkdir(parents=True)
    fonts.symlink_to(font_cache, target_is_directory=True)
    assert report(root, *AS_HTML) == 0
    return root
