"""`sitrep build`, `report` and `pages`: the main job."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pipeline
from pipeline.build import build_edition, code_version, lock
from pipeline.commands.console import DONE, REFUSED, at_work, say
from pipeline.problems import ProblemError
from pipeline.reference import Reference, read_reference
from pipeline.snapshots import Snapshot, damage, snapshot_folders
from pipeline.toml_files import read_toml
from pipeline.words.numbers import some
from pipeline.workspace import Words, Workspace, read_settings


def build(root: Path, edition: date | None, workers: int) -> int:
    with at_work(root, workers) as (workspace, executor, progress):
        snapshot, is_new = build_edition(workspace, edition=edition, executor=executor, progress=progress)
    say(f"{'Built' if is_new else 'Up to date'}: edition {snapshot.edition}, {workspace.current}")
    return _status_of(snapshot)


def report(
    root: Path, edition: date | None, codes: list[str], formats: list[str], renderer: str, workers: int
) -> int:
    from pipeline.reporting.site import run as reporting

    with at_work(root, workers) as (workspace, executor, progress):
        snapshot, _ = build_edition(workspace, edition=edition, executor=executor, progress=progress)
        reference = read_reference(workspace, read_settings(workspace).levels)
        _check_codes(codes, reference, read_settings(workspace).reported_levels)
        with lock(workspace.processed / ".reports.lock"):
            outcome = reporting.run(
                workspace.current,
                workspace.site,
                edition_of(workspace, snapshot, reference),
                surroundings_of(workspace, snapshot),
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
    for line in outcome.unknown_letters:
        say(line)
    for path in outcome.misplaced_notes:
        say(f"Not used: {path}: no page of that name; a note is called <area code>.md or <area code>.en.md")
    say(
        f"Edition {snapshot.edition}: {outcome.rendered} reports rendered, {outcome.kept} unchanged. Open {outcome.index}"
    )
    return REFUSED if outcome.failures else _status_of(snapshot)


def pages(root: Path, edition: date | None, codes: list[str], workers: int) -> int:
    from pipeline.reporting.site import run as reporting

    with at_work(root, workers) as (workspace, executor, progress):
        snapshot, _ = build_edition(workspace, edition=edition, executor=executor, progress=progress)
        reference = read_reference(workspace, read_settings(workspace).levels)
        written, failures, unknown_letters = reporting.write_project(
            workspace.current,
            workspace.root,
            edition_of(workspace, snapshot, reference),
            surroundings_of(workspace, snapshot),
            codes=codes,
            cache=workspace.cache / "fonts",
            executor=executor,
            progress=progress,
        )
    for name, error in failures.items():
        say(f"Not written: {name}: {error}")
    for line in unknown_letters:
        say(line)
    say(f"{len(written)} pages in {workspace.root / 'reports' / 'pages'}")
    return REFUSED if failures else DONE


def edition_of(workspace: Workspace, snapshot: Snapshot, reference: Reference):
    """What all pages of a snapshot share."""
    from pipeline.reporting.report_context import ReportContext

    sources = {folder.name: read_toml(folder / "source.toml", dict) for folder in workspace.source_folders()}
    return ReportContext(
        month=snapshot.month,
        build=snapshot.fingerprint,
        version=pipeline.__version__,
        settings=read_settings(workspace),
        indicators=reference.indicators,
        elements=reference.elements,
        sources={name: Words(**table["name"]) for name, table in sources.items()},
        preferred_sources={name: e.sources[0] for name, e in reference.elements.items() if e.sources},
        templates=workspace.templates,
        translations=workspace.translations,
        targets=tuple(reference.targets),
    )


def surroundings_of(workspace: Workspace, snapshot: Snapshot):
    """What the reports are made from besides the snapshot."""
    from pipeline.reporting.site.publication import Surroundings

    return Surroundings(_edition_before(workspace, snapshot), workspace.notes, workspace.geometry)


def _edition_before(workspace: Workspace, snapshot: Snapshot) -> Path | None:
    """The last edition before this one that is still as it was published."""
    for folder in reversed(snapshot_folders(workspace)):
        if folder.name[:7] >= snapshot.edition:
            continue
        if not (names := damage(folder)):
            return folder
        say(
            f"Not compared with edition {folder.name[:7]}: {some(names, 3)} not as published; "
            f"`sitrep build --edition {folder.name[:7]}` makes it from what is there now"
        )
    return None


def _check_codes(codes: list[str], reference: Reference, levels: tuple[str, ...]) -> None:
    known = {area.area_code for area in reference.areas if area.level in levels}
    if unknown := [code for code in codes if code not in known]:
        raise ProblemError(
            "--area", ", ".join(unknown), f"codes of areas of the levels {', '.join(levels)}, as in areas.csv"
        )


def _status_of(snapshot: Snapshot) -> int:
    refused = snapshot.cells_refused - snapshot.cells_mended
    if refused:
        say(f"{refused:,} of {snapshot.cells_read:,} figures were refused: `sitrep check` says which and why")
        return REFUSED
    return DONE
