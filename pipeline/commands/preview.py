"""`sitrep preview`: one page rendered again whenever something that it is made from is saved."""

from datetime import date
from pathlib import Path

from pipeline.build import build_edition
from pipeline.commands.console import DONE, at_work, say
from pipeline.reference import read_reference
from pipeline.reporting.site.inputs import beside_snapshot, report_context_of
from pipeline.reporting.site.preview import Preview, rendered_on_change, watched_files
from pipeline.workspace import read_settings


def preview(root: Path, edition: date | None, area: str, language: str) -> int:
    """Render, then watch until Ctrl-C."""
    with at_work(root, 1) as (workspace, _, progress):
        snapshot, _ = build_edition(workspace, edition=edition, executor=None, progress=progress)
        progress.close()
        reference = read_reference(workspace, read_settings(workspace).levels)
        report = report_context_of(workspace, snapshot, reference)
        page = Preview(workspace, report, beside_snapshot(workspace, snapshot), area, language)
        try:
            for seconds, said in rendered_on_change(page.render, lambda: watched_files(workspace)):
                say(f"{said} ({seconds:.1f} s)")
        except KeyboardInterrupt:
            say()
    return DONE
