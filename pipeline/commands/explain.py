"""`sitrep explain`: from a reported number back to every raw cell and every rule on the way."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipeline.audit.explain import Explanation
from pipeline.commands.console import DONE, published, say
from pipeline.hashing import file_hash
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import ProblemError
from pipeline.reference import Reference, read_reference
from pipeline.snapshots import Snapshot
from pipeline.workspace import Workspace, read_settings


def explain(root: Path, area: str, indicator: str, month: date | None, window: str, is_brief: bool) -> int:
    workspace, snapshot = published(root)
    reference = read_reference(workspace, read_settings(workspace).levels)
    if indicator not in reference.indicators:
        raise ProblemError("indicators.toml", indicator, f"one of {', '.join(reference.indicators)}")
    month = month or snapshot.month
    code = area_named(area, reference, month)
    explanation = Explanation(workspace.current, reference, code, indicator, month, window)
    if changed := _changed_reference_tables(workspace, snapshot):
        say(f"Changed since this was built, so the rules below may be others: {', '.join(changed)}")
    for line in explanation.lines(is_brief):
        say(line)
    return DONE


def area_named(text: str, reference: Reference, month: date) -> str:
    """The code of an area by its code, its name, or its name behind that of the area above."""
    code, expected = AreaNames(reference.areas).resolve((text,), month)
    if code is None:
        raise ProblemError("AREA", text, expected)
    return code


def _changed_reference_tables(workspace: Workspace, snapshot: Snapshot) -> list[str]:
    """The tables of data/reference that are not as they were when the snapshot was built."""
    built = {path: sha256 for path, sha256 in snapshot.inputs.items() if path.startswith("data/reference/")}
    return [path for path, sha256 in built.items() if not _is_file_with(workspace.root / path, sha256)]


def _is_file_with(path: Path, sha256: str) -> bool:
    return path.is_file() and file_hash(path) == sha256
