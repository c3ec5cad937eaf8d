"""`sitrep explain`: from a reported number back to every raw cell and every rule on the way."""

from datetime import date
from pathlib import Path

from pipeline.audit.explain import Explanation
from pipeline.commands.console import DONE, published, say
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import ProblemError
from pipeline.reference import Reference, read_reference
from pipeline.snapshots import changed_inputs
from pipeline.workspace import read_settings


def explain(root: Path, area: str, indicator: str, month: date | None, window: str, is_brief: bool) -> int:
    workspace, snapshot = published(root)
    reference = read_reference(workspace, read_settings(workspace).levels)
    if indicator not in reference.indicators:
        raise ProblemError("indicators.toml", indicator, f"one of {', '.join(reference.indicators)}")
    month = month or snapshot.month
    code = area_named(area, reference, month)
    explanation = Explanation(workspace.current, reference, code, indicator, month, window)
    if changed := changed_inputs(workspace, snapshot, lambda path: path.startswith("data/reference/")):
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
