"""What the reports of a workspace are made from: what all pages share, and what lies beside the snapshot."""

from pipeline import __version__
from pipeline.reference import Reference
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.site.edition_pages import Beside
from pipeline.reporting.site.templates import templates_of
from pipeline.snapshots import Snapshot, edition_before
from pipeline.toml_files import read_toml
from pipeline.workspace import Words, Workspace, read_settings


def report_context_of(workspace: Workspace, snapshot: Snapshot, reference: Reference) -> ReportContext:
    """What all pages of a snapshot share."""
    sources = {folder.name: read_toml(folder / "source.toml", dict) for folder in workspace.source_folders()}
    return ReportContext(
        month=snapshot.month,
        build=snapshot.fingerprint,
        version=__version__,
        settings=read_settings(workspace),
        indicators=reference.indicators,
        elements=reference.elements,
        sources={name: Words(**table["name"]) for name, table in sources.items()},
        preferred_sources={name: e.sources[0] for name, e in reference.elements.items() if e.sources},
        templates=templates_of(workspace),
        translations=workspace.translations,
        targets=tuple(reference.targets),
    )


def beside_snapshot(workspace: Workspace, snapshot: Snapshot) -> Beside:
    """What the reports are made from besides the snapshot."""
    return Beside(edition_before(workspace, snapshot), workspace.notes, workspace.geometry)
