"""Two builds of a workspace held against each other: every change is explained by what the tables show, or silent.

The rules stand in `verdict.sql`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from pipeline.reference import Reference
from tests.staged import read

COUNTED = ("figures", "revisions", "counts", "completeness", "findings")
_READ = ("files", "observations", "rejects", *COUNTED)
_RULES = Path(__file__).with_name("verdict.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Verdict:
    """By what the changes show themselves (`harmless` where there is none), the changes that do not, and whether
    counts, figures and completeness are equal, whichever files they come from."""

    told_by: frozenset[str]
    silent: tuple[str, ...]
    is_same: bool


class Judge:
    """Holds builds against a good one, by the tables that each has staged."""

    def __init__(self, good: Path, reference: Reference) -> None:
        self._good = {name: read(good, name).with_columns(side=pl.lit("was")) for name in _READ}
        self._connection = duckdb.connect(config={"threads": 1})
        for name, rows in _of_reference(reference).items():
            self._connection.register(name, pl.DataFrame(rows))

    def verdict(self, staging: Path, touched: set[str]) -> Verdict:
        """Explain every figure and count that is another after the damage.

        `touched` are paths below data/raw: no figure of another file may change.
        """
        for name, good in self._good.items():
            both = pl.concat([good, read(staging, name).with_columns(side=pl.lit("now"))])
            self._connection.register(name, both)
        self._connection.execute("set variable touched = ?", [sorted(touched)])
        self._connection.execute(_RULES)
        told = {reason for (reason,) in self._rows("select distinct reason from told")}
        silent = self._rows(
            "from changes anti join told using (is_printed, source, area_code, period, span, element)"
        )
        silent += self._rows("from silent_counts")
        is_same = not self._rows("from differences")
        if not told and not silent:
            news = {"refused": "struck_rejects", "found": "new_findings"}
            told = {name for name, table in news.items() if self._rows(f"from {table}")}
            if not told and not is_same:
                silent = [("status or completeness",)]
            told = told or {"harmless"}
        return Verdict(frozenset(told), tuple(map(str, silent)), is_same)

    def _rows(self, query: str) -> list[tuple]:
        return self._connection.execute(query).fetchall()


def _of_reference(reference: Reference) -> dict[str, list[dict]]:
    terms = []
    for name, element in reference.elements.items():
        held = [*element.equals.numerator, *element.equals.denominator] if element.equals else []
        terms += [{"element": name, "term": term, "is_part": True} for term in element.sum_of]
        terms += [{"element": name, "term": term, "is_part": False} for term in held]
    return {
        "terms": terms,
        "elements": [{"element": name, "kind": one.kind} for name, one in reference.elements.items()],
        "parents": [
            {"area_code": area.area_code, "parent_code": area.parent_code} for area in reference.areas
        ],
    }
