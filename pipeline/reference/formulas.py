"""Formulas of elements: `births - deaths` over `population`."""

import re
from dataclasses import dataclass, field
from typing import Any

import msgspec

from pipeline.problems import ProblemError

Terms = dict[str, int]


@dataclass(frozen=True)
class Formula:
    """factor × numerator / denominator, each a sum of elements with signs; a count has no denominator."""

    numerator: Terms
    denominator: Terms = field(default_factory=dict)
    factor: float = 1.0


class WrittenFormula(msgspec.Struct, forbid_unknown_fields=True):
    numerator: str
    denominator: str = ""
    factor: float = 1.0

    def parsed(self, elements: dict[str, Any], location: str) -> Formula:
        return Formula(
            parse_terms(self.numerator, elements, location),
            parse_terms(self.denominator, elements, location),
            self.factor,
        )


def parse_terms(text: str, elements: dict[str, Any], location: str) -> Terms:
    """`"births - deaths"` as {"births": 1, "deaths": -1}; every word must be an element."""
    tokens = re.findall(r"[+-]|[^\s+-]+", text)
    terms: Terms = {}
    sign = 1
    for token in tokens:
        if token in "+-":
            sign = 1 if token == "+" else -1
            continue
        if token not in elements:
            raise ProblemError(
                location, f"{token!r} in {text!r}", f"an element of elements.toml: {', '.join(elements)}"
            )
        terms[token] = terms.get(token, 0) + sign
        sign = 1
    return terms
