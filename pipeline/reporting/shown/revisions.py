"""Figures of an area that later files have changed: each counted once, where it was reported.

A county that states its own figure and whose townships state theirs is revised once, by its own; and where male and
female births were revised, births as their sum are not named as well.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipeline.reporting.shown.records import Revision
from pipeline.reporting.shown.rule import Limits, is_small

Row = Mapping[str, Any]
Rows = Sequence[Row]
Figure = tuple[date, str, bool]  # month, element, since January


def revisions_of(
    code: str,
    rows_of: Mapping[str, Rows],
    children: Mapping[str, Sequence[str]],
    counts: Mapping[tuple[date, str], Row],
    parts: Mapping[str, Sequence[str]],
    limits: Limits,
    hides_counts: bool,
) -> list[Revision]:
    """By month and element; `rows_of` are the rows of `revisions` by area of today, `counts` those of this area.

    Withheld where the figure is or was small, and all of them where the area's births and deaths are.
    """
    found = _reported(code, rows_of, children)
    revisions = []
    for (month, element, is_since_january), rows in sorted(found.items()):
        if (month, element) not in counts:
            continue
        if any((month, part, is_since_january) in found for part in parts.get(element, ())):
            continue
        value = counts[month, element]["value_ytd" if is_since_january else "value"]
        change = sum(row["value"] - row["value_before"] for row in rows)
        paths = sorted({row["path"] for row in rows})
        is_withheld = value is not None and (
            hides_counts or any(is_small(count, limits) for count in (value, value - change))
        )
        if value is None or is_withheld:
            value = change = None
        revisions.append(Revision(element, month, is_since_january, value, change, paths, is_withheld))
    return revisions


def _reported(
    code: str, rows_of: Mapping[str, Rows], children: Mapping[str, Sequence[str]]
) -> dict[Figure, list[Row]]:
    """The rows of the area itself, and of the areas within for what it does not state itself."""
    below: dict[Figure, list[Row]] = {}
    for child in children.get(code, ()):
        for figure, rows in _reported(child, rows_of, children).items():
            below.setdefault(figure, []).extend(rows)
    own: dict[Figure, list[Row]] = {}
    for row in rows_of.get(code, ()):
        own.setdefault((row["period"], row["element"], row["span"] == "ytd"), []).append(row)
    return below | own
