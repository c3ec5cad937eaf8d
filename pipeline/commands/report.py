"""`sitrep build`, `report` and `pages`: the main job."""

from datetime import date
from pathlib import Path

from pipeline.build import build_edition, code_version, lock
from pipeline.commands.console import DONE, REFUSED, at_work, say
from pipeline.problems import ProblemError
from pipeline.reference import Reference, read_reference
from pipeline.snapshots import Snapshot
from pipeline.workspace import read_settings

WHOLE = (1, 1)


def build(root: Path, edition: date | None, workers: int) -> int:
    with at_work(root, workers) as (workspace, executor, progress):
        snapshot, is_new = build_edition(workspace, edition=edition, executor=executor, progress=progress)
    say(f"{'Built' if is_new else 'Up to date'}: edition {snapshot.edition}, {workspace.current}")
    return _status_of(snapshot)


def report(
    root: Path,
    edition: date | None,
    codes: list[str],
    formats: list[str],
    renderer: str,
    workers: int,
    shard: tuple[int, int] = WHOLE,
) -> int:
    """Render what is stale; `shard` (3, 16) is the third sixteenth of the areas, each of which is in one of them."""
    from pipeline.reporting.renderers import choose
    from pipeline.reporting.site.last_run import LastRun, last_run, note_run, request_of

    with at_work(root, workers) as (workspace, executor, progress):
        snapshot, _ = build_edition(workspace, edition=edition, executor=executor, progress=progress)
        chosen, version = choose(renderer), code_version("reporting")
        request = request_of(
            workspace,
            snapshot,
            asked=(codes, formats, shard),
            renderer=chosen.name,
            code_version=version,
        )
        if run := last_run(workspace, snapshot, request):
            _say_reports(snapshot, chosen.why, 0, run.reports, workspace.site / run.index)
            return _status_of(snapshot)

        from pipeline.reporting.site import run as reporting
        from pipeline.reporting.site.inputs import beside_snapshot, report_context_of

        settings = read_settings(workspace)
        reference = read_reference(workspace, settings.levels)
        areas = _codes_of(codes, shard, reference, settings.reported_levels)
        with lock(workspace.processed / ".reports.lock"):
            outcome = reporting.run(
                workspace.processed / snapshot.folder_name,
                workspace.site,
                report_context_of(workspace, snapshot, reference),
                beside_snapshot(workspace, snapshot),
                codes=areas,
                formats=formats,
                renderer=chosen,
                code_version=version,
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
    _say_reports(snapshot, chosen.why, outcome.rendered, outcome.kept, outcome.index)
    if outcome.failures:
        return REFUSED
    if not outcome.misplaced_notes:
        index = outcome.index.relative_to(workspace.site).as_posix()
        note_run(workspace, LastRun(request, outcome.rendered + outcome.kept, index))
    return _status_of(snapshot)


def _say_reports(snapshot: Snapshot, renderer: str, rendered: int, kept: int, index: Path) -> None:
    say(f"Renderer: {renderer}")
    say(f"Edition {snapshot.edition}: {rendered} reports rendered, {kept} unchanged. Open {index}")


def pages(root: Path, edition: date | None, codes: list[str], workers: int) -> int:
    from pipeline.reporting.site import run as reporting
    from pipeline.reporting.site.inputs import beside_snapshot, report_context_of

    with at_work(root, workers) as (workspace, executor, progress):
        snapshot, _ = build_edition(workspace, edition=edition, executor=executor, progress=progress)
        settings = read_settings(workspace)
        reference = read_reference(workspace, settings.levels)
        written, failures, unknown_letters = reporting.write_project(
            workspace.processed / snapshot.folder_name,
            workspace.root,
            report_context_of(workspace, snapshot, reference),
            beside_snapshot(workspace, snapshot),
            codes=codes,
            code_version=code_version("reporting"),
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


def _codes_of(
    codes: list[str], shard: tuple[int, int], reference: Reference, levels: tuple[str, ...]
) -> list[str]:
    """The areas asked for, by code; none where all are."""
    known = sorted({area.area_code for area in reference.areas if area.level in levels})
    if unknown := [code for code in codes if code not in known]:
        raise ProblemError(
            "--area", ", ".join(unknown), f"codes of areas of the levels {', '.join(levels)}, as in areas.csv"
        )
    if shard == WHOLE:
        return codes
    number, shards = shard
    return [code for code in known if not codes or code in codes][number - 1 :: shards]


def _status_of(snapshot: Snapshot) -> int:
    refused = snapshot.cells_refused - snapshot.cells_mended
    if refused:
        say(f"{refused:,} of {snapshot.cells_read:,} figures were refused: `sitrep check` says which and why")
        return REFUSED
    return DONE
