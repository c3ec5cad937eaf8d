"""Area names to area codes: by the names of the area and of the areas above it, in any spelling offices use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from difflib import get_close_matches
from functools import lru_cache

from pipeline.ingest.short_names import short_forms
from pipeline.ingest.text import normalised
from pipeline.reference import Area

Forms = Callable[[Area], tuple[str, ...]]


class AreaNames:
    """Finds the code for a written name such as 示例青禾县城关镇 or 城关镇, or says why there is none.

    `level` narrows the search to areas of one level. Short forms (北川县 for 北川羌族自治县) count only where no
    full name fits.
    """

    def __init__(self, areas: tuple[Area, ...], level: str = "") -> None:
        self._by_code: dict[str, list[Area]] = {}
        for area in areas:
            self._by_code.setdefault(area.area_code, []).append(area)
        self._areas = [area for area in areas if not level or area.level == level]
        self._resolved: dict[tuple[tuple[str | None, ...], date | None], tuple[str | None, str]] = {}
        self._index = {forms: self._by_form(forms) for forms in (_full_forms, _all_forms)}

    def resolve(self, parts: tuple[str | None, ...], month: date | None = None) -> tuple[str | None, str]:
        """The code for name parts from the top down, or None and what was expected instead.

        A name that former and present areas share is told apart by `month`.
        """
        if (parts, month) not in self._resolved:
            self._resolved[parts, month] = self._resolve(parts, month)
        return self._resolved[parts, month]

    def _resolve(self, parts: tuple[str | None, ...], month: date | None) -> tuple[str | None, str]:
        key = "".join(normalised(part) for part in parts if part)
        fitting = self._fitting(key, _full_forms) or self._fitting(key, _all_forms)
        codes = {area.area_code for area in fitting}
        if len(codes) > 1 and month:
            codes = {area.area_code for area in fitting if _is_valid(area, month)} or codes
        if len(codes) == 1:
            return next(iter(codes)), ""
        if codes:
            return None, (
                f"a name that fits one area only; this one fits {', '.join(sorted(codes))}: add the area above it"
            )
        near = self._nearest(key) if key else ()
        hint = f"; nearest: {', '.join(near)}" if near else ""
        return None, f"an area of areas.csv (add the name there, as an alias if it is another spelling){hint}"

    def level_of(self, written: str) -> str:
        """The level of the areas that a written name may mean; empty where it means none, or areas of several levels."""
        key = normalised(written)
        levels = {area.level for area in self._fitting(key, _full_forms) or self._fitting(key, _all_forms)}
        return next(iter(levels)) if len(levels) == 1 else ""

    def holding(self, codes: Iterable[str]) -> str:
        """Code of the lowest area that holds all of these areas (itself, for one)."""
        paths = [[code, *self._above(code)] for code in set(codes)]
        shared = [code for code in paths[0] if all(code in path for path in paths)]
        return shared[0] if shared else paths[0][-1]

    def _above(self, code: str) -> list[str]:
        """Codes of the areas above, from the bottom up."""
        found: list[str] = []
        parent = self._by_code[code][-1].parent_code
        while parent and parent not in found:
            found.append(parent)
            parent = self._by_code[parent][-1].parent_code
        return found

    def _by_form(self, forms: Forms) -> dict[str, list[Area]]:
        index: dict[str, list[Area]] = {}
        for area in self._areas:
            for form in (area.area_code, *forms(area)):
                index.setdefault(form, []).append(area)
        return index

    def _fitting(self, key: str, forms: Forms) -> list[Area]:
        """Areas whose form ends the key, where forms of areas above them, the upper ones first, make up the rest.

        A total row often repeats the name of its area in the column below: the same form twice is the area too.
        """
        index = self._index[forms]
        return [
            area
            for start in range(len(key))
            for area in index.get(key[start:], ())
            if any(
                self._leads_to(written, tuple(self._above(area.area_code)), forms)
                for written in dict.fromkeys((key[:start], key[:start].removesuffix(key[start:])))
            )
        ]

    def _leads_to(self, written: str, path: tuple[str, ...], forms: Forms) -> bool:
        """Whether forms along the path, from the bottom up and some left out, make up what is written."""
        if not written:
            return True
        for place, code in enumerate(path):
            for form in (code, *(form for area in self._by_code[code] for form in forms(area))):
                if written.endswith(form) and self._leads_to(written[: -len(form)], path[place + 1 :], forms):
                    return True
        return False

    @lru_cache(maxsize=1000)  # noqa: B019  one object a level lives as long as its process
    def _nearest(self, key: str) -> tuple[str, ...]:
        """Up to three areas, with the area above them, that read much like the end of what was written."""
        near: dict[str, str] = {}
        for area in self._areas:
            near |= {name: self._with_parent(area) for name in (*_full_forms(area), self._with_parent(area))}
        longest = max(map(len, near), default=0)
        return tuple(dict.fromkeys(near[name] for name in get_close_matches(key[-longest:], near, 5, 0.5)))[
            :3
        ]

    def _with_parent(self, area: Area) -> str:
        parent = self._by_code[area.parent_code][-1].name if area.parent_code else ""
        return normalised(parent + area.name)


def _is_valid(area: Area, month: date) -> bool:
    return area.valid_from <= month and (area.valid_to is None or month <= area.valid_to)


@lru_cache(maxsize=100_000)
def _full_forms(area: Area) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalised(name) for name in (area.name, *area.aliases)))


@lru_cache(maxsize=100_000)
def _all_forms(area: Area) -> tuple[str, ...]:
    full = _full_forms(area)
    return tuple(dict.fromkeys((*full, *(form for name in full for form in short_forms(name)))))
