"""indicators.toml: the indicators, which are computed from elements and never typed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from pipeline.problems import ProblemError
from pipeline.reference.elements import Element
from pipeline.reference.formulas import Formula, WrittenFormula
from pipeline.toml_files import read_toml
from pipeline.workspace import Words

Method = Literal["proportion", "sex_ratio", "rate", "balance", "count"]


@dataclass(frozen=True)
class Indicator:
    """A computed figure (指标): formula, kind of interval, unit, references and thresholds."""

    name: str
    labels: Words
    method: Method
    formula: Formula
    unit: Words
    decimals: int
    normal_range: tuple[float, float] | None = None
    withhold_below: int = 0
    uncertain_below: int = 0
    concept: str = ""
    baseline: tuple[float, float] | None = None
    false_discovery: float = 0.05


class _WrittenIndicator(WrittenFormula, forbid_unknown_fields=True, kw_only=True):
    method: Method
    unit: Words
    name: Words
    decimals: Annotated[int, msgspec.Meta(ge=0, le=6)] = 1
    normal_range: tuple[float, float] | None = None
    withhold_below: int = 0
    baseline: tuple[float, float] | None = None
    false_discovery: float = 0.05
    uncertain_below: int = 0


def read_indicators(path: Path, elements: dict[str, Element]) -> dict[str, Indicator]:
    indicators: dict[str, Indicator] = {}
    for name, entry in read_toml(path, dict[str, _WrittenIndicator]).items():
        location = f"{path} [{name}]"
        _check_indicator(entry, location)
        formula = entry.parsed(elements, location)
        given = msgspec.structs.asdict(entry)
        shared = {key: given[key] for key in given.keys() - set(WrittenFormula.__struct_fields__) - {"name"}}
        concept = _concept(formula, elements, location)
        indicators[name] = Indicator(name=name, labels=entry.name, formula=formula, concept=concept, **shared)
    return indicators


def _check_indicator(entry: _WrittenIndicator, location: str) -> None:
    """A count has no denominator, all else has one; a range begins with its lower end; a rate is below 1."""
    if entry.method == "count" and entry.denominator.strip():
        wish = 'no denominator: a count is held against its target as it is; for a share take "proportion"'
        raise ProblemError(location, f'denominator {entry.denominator!r} with method "count"', wish)
    if entry.method != "count" and not entry.denominator.strip():
        raise ProblemError(
            location, f'no denominator with method "{entry.method}"', 'a denominator, or method "count"'
        )
    if not 0 < entry.false_discovery < 1:
        raise ProblemError(
            location,
            f"false_discovery {entry.false_discovery:g}",
            "a share above 0 and below 1, like 0.05 for one false flag in twenty",
        )
    for name in ("normal_range", "baseline"):
        ends = getattr(entry, name)
        if ends and ends[0] > ends[1]:
            raise ProblemError(location, f"{name} from {ends[0]:g} to {ends[1]:g}", "the lower end first")


def _concept(formula: Formula, elements: dict[str, Element], location: str) -> str:
    """The population concept of the denominator; a sum of several concepts would be of none."""
    concepts = sorted({elements[name].concept for name in formula.denominator})
    if len(concepts) > 1:
        found = ", ".join(concept or "none" for concept in concepts)
        raise ProblemError(location, f"a denominator of several population concepts: {found}", "one concept")
    return concepts[0] if concepts else ""
