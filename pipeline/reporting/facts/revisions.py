"""Figures of an area that later files have changed: each counted once, where it was reported.

A county that states its own figure and whose townships state theirs is revised once, by its own; and where male and
female births were revised, births as their sum are not named as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.reporting.facts.records import Revision

Rows = Sequence[Mapping]
Figure = tuple[date, str, bool]  # month, element, since January


def revisions_of(
    code: str,
    rows_of: Mapping[str, Rows],
    children: Mapping[str, Sequence[str]],
    counts: Mapping[tuple[date, str], Mapping],
    parts: Mapping[str, Sequence[str]],
) -> list[Revision]:
    """By month and element; `rows_of` are the rows of `revisions` by area of today, `counts` those of this area."""
    found = _reported(code, rows_of, children)
    return [
        Revision(
            element,
            month,
            is_since_january,
            counts[month, element]["value_ytd" if is_since_january else "value"],
            sum(row["value"] - row["value_before"] for row in rows),
            sorted({row["path"] for row in rows}),
        )
        for (month, element, is_since_january), rows in sorted(found.items())
        if (month, element) in counts
        and not any((month, part, is_since_january) in found for part in parts.get(element, ()))
    ]


def _reported(
    code: str, rows_of: Mapping[str, Rows], children: Mapping[str, Sequence[str]]
) -> dict[Figure, list[Mapping]]:
    """The rows of the area itself, and of the areas within for what it does not state itself."""
    below: dict[Figure, list[Mapping]] = {}
    for child in children.get(code, ()):
        for figure, rows in _reported(child, rows_of, children).items():
            below.setdefault(figure, []).extend(rows)
    own: dict[Figure, list[Mapping]] = {}
    for row in rows_of.get(code, ()):
        own.setdefault((row["period"], row["element"], row["span"] == "ytd"), []).append(row)
    return below | own
