"""`sitrep diff`: what changed between two published editions, in inputs, code and counts."""

from __future__ import annotations

from pathlib import Path

import duckdb

from pipeline.build import Snapshot, all_snapshots
from pipeline.commands.setting import DONE, say
from pipeline.problems import ProblemError
from pipeline.workspace import Workspace, open_workspace

_SHOWN = 40


def diff(root: Path, earlier: str, later: str) -> int:
    workspace = open_workspace(root)
    (old, old_folder), (new, new_folder) = _find(workspace, earlier), _find(workspace, later)
    say(f"{old.edition} (build {old.fingerprint}) → {new.edition} (build {new.fingerprint})")
    _say_inputs(old, new)
    if old.version != new.version:
        say(f"Version: {old.version} → {new.version}")
    _say_counts(old_folder, new_folder)
    return DONE


def _find(workspace: Workspace, edition: str) -> tuple[Snapshot, Path]:
    snapshots = all_snapshots(workspace)
    found = [pair for pair in snapshots if pair[0].edition == edition]
    if not found:
        known = ", ".join(snapshot.edition for snapshot, _ in snapshots) or "none"
        raise ProblemError(
            str(workspace.processed), f"no edition {edition}", f"one of: {known}; `sitrep build` makes one"
        )
    return found[-1]


def _say_inputs(old: Snapshot, new: Snapshot) -> None:
    for what, paths in (
        ("new", new.inputs.keys() - old.inputs.keys()),
        ("gone", old.inputs.keys() - new.inputs.keys()),
        (
            "changed",
            {path for path in new.inputs.keys() & old.inputs.keys() if new.inputs[path] != old.inputs[path]},
        ),
    ):
        for path in sorted(paths)[:_SHOWN]:
            say(f"  {what} file: {path}")


def _say_counts(old: Path, new: Path) -> None:
    """Counts of months that both editions hold and that differ, the largest difference first."""
    with duckdb.connect() as connection:
        for name, folder in (("old", old), ("new", new)):
            connection.read_parquet(str(folder / "counts.parquet")).create_view(name)
        rows = connection.execute(
            f"""
            select area_code, month, element, old.value, new.value, count(*) over () as changes
            from old
            join new using (area_code, month, element)
            where old.value is distinct from new.value
            order by abs(coalesce(new.value, 0) - coalesce(old.value, 0)) desc, area_code, month, element
            limit {_SHOWN}
            """
        ).fetchall()
    say(f"Counts revised in months of both: {rows[0][-1] if rows else 'none'}")
    for area, month, element, before, after, _ in rows:
        say(f"  {area} {month:%Y-%m} {element}: {_shown(before)} → {_shown(after)}")


def _shown(value: int | None) -> str:
    return "unknown" if value is None else f"{value:,}"
