"""Area names to area codes: by the names of the area and of the areas above it, in any spelling offices use."""

from __future__ import annotations

from difflib import get_close_matches
from itertools import product

from pipeline.ingest.text import normalised
from pipeline.reference import Area


class AreaNames:
    """Finds the code for a written name such as 示例青禾县城关镇 or 城关镇, or says why there is none."""

    def __init__(self, areas: tuple[Area, ...], level: str = "") -> None:
        by_code = {area.area_code: area for area in areas}
        self._codes: dict[str, set[str]] = {}
        for area in areas:
            if level and area.level != level:
                continue
            for key in (area.area_code, *_written_forms(area, by_code)):
                self._codes.setdefault(key, set()).add(area.area_code)

    def resolve(self, parts: tuple[str | None, ...]) -> tuple[str | None, str]:
        """The code for name parts from the top down, or None and what was expected instead."""
        key = "".join(normalised(part) for part in parts if part)
        codes = self._codes.get(key, set())
        if len(codes) == 1:
            return next(iter(codes)), ""
        if codes:
            return (
                None,
                f"a name that fits one area only; this one fits {', '.join(sorted(codes))}: add the area above it",
            )
        near = get_close_matches(key, self._codes, n=3, cutoff=0.6) if key else []
        hint = f"; nearest: {', '.join(near)}" if near else ""
        return None, f"an area of areas.csv (add the name there, as an alias if it is another spelling){hint}"


def _written_forms(area: Area, by_code: dict[str, Area]) -> set[str]:
    """The area's names, alone and behind the names or codes of areas above it, the upper ones first.

    A total row often repeats the name of its area in the column below: that form is the area itself too.
    """
    above: list[tuple[str, ...]] = []
    parent = by_code.get(area.parent_code or "")
    while parent:
        above.insert(0, ("", parent.area_code, *_names(parent)))
        parent = by_code.get(parent.parent_code or "")
    names = _names(area)
    own = (*names, *(name + name for name in names))
    return {"".join(parts) for parts in product(*above, own)}


def _names(area: Area) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalised(name) for name in (area.name, *area.aliases)))
