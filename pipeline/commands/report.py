"""`sitrep build`, `report` and `pages`: the main job."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pipeline
from pipeline.build import Snapshot, code_version, lock
from pipeline.build import build as build_warehouse
from pipeline.commands.setting import DONE, REFUSED, at_work, say
from pipeline.problems import ProblemError
from pipeline.reference import Reference, read_reference
from pipeline.workspace import Workspace, read_settings, read_toml


def build(root: Path, edition: date | None, workers: int) -> int:
    with at_work(root, workers) as (workspace, executor, progress):
        snapshot, is_new = build_warehouse(workspace, edition=edition, executor=executor, progress=progress)
    say(f"{'Built' if is_new else 'Up to date'}: edition {snapshot.edition}, {workspace.current}")
    return _status_of(snapshot)


def report(
    root: Path, edition: date | None, codes: list[str], formats: list[str], renderer: str, workers: int
) -> int:
    from pipeline.reporting import run as reporting

    with at_work(root, workers) as (workspace, executor, progress):
        snapshot, _ = build_warehouse(workspace, edition=edition, executor=executor, progress=progress)
        reference = read_reference(workspace, read_settings(workspace).levels)
        _check_codes(codes, reference, read_settings(workspace).report_level)
        with lock(workspace.processed / ".reports.lock"):
            outcome = reporting.run(
                workspace.current,
                workspace.site,
                _edition(workspace, snapshot, reference),
                codes=codes,
                formats=formats,
                renderer_name=renderer,
                code_version=code_version("reporting"),
                cache=workspace.cache / "fonts",
                executor=executor,
                workers=workers,
                progress=progress,
            )
    for name, error in outcome.failures.items():
        say(f"Not rendered: {name}: {error}")
    say(
        f"Edition {snapshot.edition}: {outcome.rendered} areas rendered, {outcome.kept} unchanged. Open {outcome.index}"
    )
    return REFUSED if outcome.failures else _status_of(snapshot)


def pages(root: Path, edition: date | None, codes: list[str], workers: int) -> int:
    from pipeline.reporting import run as reporting

    with at_work(root, workers) as (workspace, executor, progress):
        snapshot, _ = build_warehouse(workspace, edition=edition, executor=executor, progress=progress)
        reference = read_reference(workspace, read_settings(workspace).levels)
        written = reporting.write_project(
            workspace.current,
            workspace.root,
            _edition(workspace, snapshot, reference),
            codes=codes,
            cache=workspace.cache / "fonts",
            executor=executor,
            progress=progress,
        )
    say(f"{len(written)} pages in {workspace.root / 'reports' / 'pages'}")
    return DONE


def _edition(workspace: Workspace, snapshot: Snapshot, reference: Reference):
    from pipeline.reporting.edition import Edition

    sources = {folder.name: read_toml(folder / "source.toml", dict) for folder in workspace.source_folders()}
    return Edition(
        month=snapshot.month,
        build=snapshot.fingerprint,
        version=pipeline.__version__,
        settings=read_settings(workspace),
        indicators=reference.indicators,
        element_labels={name: element.labels.zh for name, element in reference.elements.items()},
        source_names={name: table["name"]["zh"] for name, table in sources.items()},
        preferred_sources={name: e.sources[0] for name, e in reference.elements.items() if e.sources},
        templates=workspace.templates,
    )


def _check_codes(codes: list[str], reference: Reference, level: str) -> None:
    known = {area.area_code for area in reference.areas if area.level == level}
    if unknown := [code for code in codes if code not in known]:
        raise ProblemError(
            "--area", ", ".join(unknown), f"codes of areas of the level {level}, as in areas.csv"
        )


def _status_of(snapshot: Snapshot) -> int:
    refused = snapshot.cells_refused - snapshot.cells_mended
    if refused:
        say(f"{refused:,} of {snapshot.cells_read:,} figures were refused: `sitrep check` says which and why")
        return REFUSED
    return DONE
