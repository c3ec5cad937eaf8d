"""The numbers in the evidence of a finding, each with the decimals it is printed with, and what follows from them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.words.numbers import figure, number

Evidence = Mapping[str, Any]

ABOUT_INDICATORS = ("outside_normal_range", "target_missed")
ABOUT_RATES = ("rate_differs", "unit_slip")
_DIFFERENCES = (
    ("printed", "computed"),
    *(("stated", other) for other in ("computed", "sum_of_parts", "sum_of_months", "sum_of_areas")),
    ("preferred", "found"),
)
_OF_ONE_MEASURE = ("value", "observed", "expected", "lower_95", "upper_95", "lower_998", "upper_998")
_WITH_UNIT = ("value", "bound", "printed", "computed")
_COUNTS = {"previous", "value", "usual", "observed", "expected"}.union(*_DIFFERENCES)
_MOST_DECIMALS = 4


@dataclass(frozen=True)
class Measure:
    """How the indicator is printed that a finding is about: decimals, and the unit behind a value."""

    decimals: int | None = None
    unit: str = ""


def printed_evidence(kind: str, evidence: Evidence, measure: Measure) -> dict[str, Any]:
    """The evidence without what is not known, and the difference of the two numbers it is about.

    Numbers that are printed with fixed decimals or with a unit are texts; others are left to the sentence.
    """
    values: dict[str, Any] = {key: value for key, value in evidence.items() if value is not None}
    for key, other in _DIFFERENCES:
        if _are_numbers(values, key, other):
            values["difference"] = abs(values[key] - values[other])
    if "decimals" in values:
        values |= _fixed(values, _OF_ONE_MEASURE, values["decimals"])
    if "change_percent" in values:
        values["change_percent"] = number(abs(values["change_percent"]), 1)
    if kind == "rate_differs" and _are_numbers(values, "printed", "computed"):
        decimals = _telling_apart(values["printed"], values["computed"], measure.decimals)
        values |= _fixed(values, ("printed", "computed"), decimals)
    if kind in ("rate_differs", *ABOUT_INDICATORS):  # with a slip of the unit, that is what is in doubt
        values |= {key: f"{figure(values[key])}{measure.unit}" for key in _WITH_UNIT if key in values}
    return values


def printed_counts(kind: str, evidence: Evidence) -> list[float]:
    """The counts of people that the sentence would print; rates and numbers of months are none."""
    if kind in (*ABOUT_RATES, *ABOUT_INDICATORS):
        return []
    return [evidence[key] for key in _COUNTS if _are_numbers(evidence, key)]


def deviation(evidence: Evidence) -> float:
    """How far the two numbers of a finding lie apart, as a share of the larger; 0 where there are no two."""
    for key, other in (*_DIFFERENCES, ("observed", "expected"), ("previous", "found")):
        if _are_numbers(evidence, key, other) and any(pair := (evidence[key], evidence[other])):
            return abs(pair[0] - pair[1]) / max(abs(value) for value in pair)
    return abs(evidence.get("change_percent") or 0) / 100


def _are_numbers(evidence: Evidence, *keys: str) -> bool:
    return all(isinstance(evidence.get(key), int | float) for key in keys)


def _fixed(values: Mapping[str, Any], keys: tuple[str, ...], decimals: int) -> dict[str, str]:
    """These numbers, all with as many decimals."""
    return {key: number(values[key], decimals) for key in keys if _are_numbers(values, key)}


def _telling_apart(one: float, other: float, decimals: int | None) -> int:
    """The decimals of the indicator, else of the number as it was printed; more where both would look the same."""
    if decimals is None:
        decimals = len(figure(one, _MOST_DECIMALS).partition(".")[2])
    while decimals < _MOST_DECIMALS and number(one, decimals) == number(other, decimals):
        decimals += 1
    return decimals
