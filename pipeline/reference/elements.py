"""elements.toml: what is counted, by whom, and how it is made of parts."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from pipeline.problems import ProblemError
from pipeline.reference.formulas import Formula, WrittenFormula
from pipeline.toml_files import read_toml
from pipeline.workspace import Words

Kind = Literal["flow", "stock", "printed", "date"]


class Due(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last day in time: a day of the month that lies so many months after the month concerned."""

    day: Annotated[int, msgspec.Meta(ge=1, le=31)]
    months_after: Annotated[int, msgspec.Meta(ge=0, le=24)] = 1


@dataclass(frozen=True)
class Element:
    """A counted thing (数据元); with kind `printed` a figure that offices print beside the counts; with kind
    `date` the day on which something due was done.
    """

    name: str
    labels: Words
    kind: Kind
    concept: str = ""
    sources: tuple[str, ...] = ()
    sum_of: tuple[str, ...] = ()
    equals: Formula | None = None
    tolerance: float = 0.0
    sources_may_differ_by: float = 5.0
    due: Due | None = None


class _WrittenElement(msgspec.Struct, forbid_unknown_fields=True):
    name: Words
    kind: Kind = "flow"
    concept: str = ""
    sources: tuple[str, ...] = ()
    sum_of: tuple[str, ...] = ()
    equals: WrittenFormula | None = None
    tolerance: float = 0.0
    sources_may_differ_by: Annotated[float, msgspec.Meta(ge=0)] = 5.0
    due: Due | None = None


def read_elements(path: Path) -> dict[str, Element]:
    written = read_toml(path, dict[str, _WrittenElement])
    elements: dict[str, Element] = {}
    for name, entry in written.items():
        location = f"{path} [{name}]"
        for part in entry.sum_of:
            if part not in written:
                raise ProblemError(location, f"sum_of names {part!r}", "elements of this file")
        formula = entry.equals.parsed(written, location) if entry.equals else None
        own = {"name": name, "labels": entry.name, "equals": formula}
        elements[name] = Element(**msgspec.structs.asdict(entry) | own)
        if entry.due and entry.kind != "date":
            raise ProblemError(location, f"`due` with kind {entry.kind!r}", 'kind = "date"')
    return elements
