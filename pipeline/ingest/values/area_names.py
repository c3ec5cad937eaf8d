"""Area names to area codes: by the names of the area and of the areas above it, in any spelling offices use."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import copy
from datetime import date
from functools import cached_property, lru_cache

from pipeline.ingest.values.nearest_names import NearestNames
from pipeline.ingest.values.short_names import short_forms
from pipeline.ingest.values.spelling import normalised
from pipeline.problems import Expected
from pipeline.reference import Area

Forms = Callable[[Area], tuple[str, ...]]
Parts = tuple[str | None, ...]

_SEARCHED_A_FILE = 100
_NEAREST = 3
_FIRST_CJK = "\u2e80"


class AreaNames:
    """Finds the code for a written name such as 示例青禾县城关镇 or 城关镇, or says why there is none.

    `level` narrows the search to areas of one level. Capitals and small letters are one. Short forms (北川县 for
    北川羌族自治县) count only where no full name fits.
    """

    def __init__(self, areas: tuple[Area, ...], level: str = "") -> None:
        self._shared = self
        self._every = areas
        self._level = level
        self._by_code: dict[str, list[Area]] = {}
        for area in areas:
            self._by_code.setdefault(area.area_code, []).append(area)
        self._areas = [area for area in areas if not level or area.level == level]
        self._resolved: dict[tuple[Parts, date | None], tuple[str | None, str]] = {}
        self._searched: dict[str, list[str]] | None = None
        self._index: dict[Forms, dict[str, list[Area]]] = {
            forms: self._by_form(forms) for forms in (_full_forms, _all_forms)
        }

    def of_a_file(self) -> AreaNames:
        """The same names for use with one file, with a limit to how many unknown names are searched for similar ones."""
        own = copy(self)  # what is made on demand is made by `_shared`, once for all files
        own._searched = {}
        return own

    def resolve(self, parts: Parts, month: date | None = None) -> tuple[str | None, str]:
        """The code for name parts from the top down, or None and what was expected instead.

        A name that former and present areas share is told apart by `month`.
        """
        if (parts, month) not in self._resolved:
            self._resolved[parts, month] = self._resolve(parts, month)
        code, expected = self._resolved[parts, month]
        if code or expected:
            return code, expected
        near = self._resembling(_joined(parts))
        listed = f"; nearest: {', '.join(near)}" if near else ""
        return None, Expected(_UNKNOWN + listed, "area.nearest", names=near) if near else _UNKNOWN

    def _resolve(self, parts: Parts, month: date | None) -> tuple[str | None, str]:
        """The code, or what was expected instead; neither where nothing is known of the name."""
        codes = self._codes(parts, month)
        if len(codes) == 1:
            return codes[0], ""
        return None, self._too_many(codes) if codes else self._elsewhere(parts, month)

    def _codes(self, parts: Parts, month: date | None) -> list[str]:
        """The areas that the name may mean."""
        fitting = self._meant(_joined(parts))
        valid = [area for area in fitting if month and _is_valid(area, month)]
        codes = sorted({area.area_code for area in fitting})
        return sorted({area.area_code for area in valid}) or codes if len(codes) > 1 else codes

    def _too_many(self, codes: list[str]) -> str:
        areas = [self._by_code[code][-1] for code in codes]
        if len({area.level for area in areas}) > 1:
            fitting = ", ".join(f"{area.area_code} ({area.level})" for area in areas)
            lowest = max(areas, key=lambda area: len(self._above(area.area_code)))
            return Expected(
                f"a name that fits one area only; this one fits {fitting}: "
                f'say which level is meant, such as level = "{lowest.level}" in [area] of source.toml',
                "area.several",
                codes=codes,
            )
        is_below_one = len({area.parent_code for area in areas}) == 1
        advice = "write its name in full" if is_below_one else "add the area above it"
        return Expected(
            f"a name that fits one area only; this one fits {', '.join(codes)}: {advice}",
            "area.several",
            codes=codes,
        )

    def _elsewhere(self, parts: Parts, month: date | None) -> str:
        """What was expected, for a name known at another level or a code that lost its leading zero; else empty."""
        if codes := self._shared._all_levels._codes(parts, month) if self._level else []:
            levels = list(dict.fromkeys(self._by_code[code][-1].level for code in codes))
            return Expected(
                f"an area of level {self._level}; this one is in areas.csv at level {' and '.join(levels)}, not "
                f"{self._level} (level in [area] of source.toml, or leave such rows out)",
                "area.level",
                levels=levels,
                wanted=self._level,
            )
        restored = tuple(self._shared._zero_led.get(part.strip(), part) if part else part for part in parts)
        if restored != parts and (codes := self._codes(restored, month)):
            return Expected(
                f"an area of areas.csv, which has {' and '.join(codes)}: the leading zero was lost; format the "
                "column as text, or add the code without its zero as an alias",
                "area.leading_zero",
                codes=codes,
            )
        return ""

    @cached_property
    def _all_levels(self) -> AreaNames:
        return AreaNames(self._every)

    @cached_property
    def _zero_led(self) -> dict[str, str]:
        """Codes that begin with 0, by what is left of them in a spreadsheet that takes them for numbers."""
        return {code.lstrip("0"): code for code in self._by_code if code.startswith("0") and code.isdecimal()}

    def _resembling(self, key: str) -> list[str]:
        if self._searched is None:
            return self._shared._nearest(key)
        if key not in self._searched and len(self._searched) < _SEARCHED_A_FILE:
            self._searched[key] = self._shared._nearest(key)
        return self._searched.get(key, [])

    def level_of(self, written: str) -> str:
        """The level of the areas that a written name may mean; empty where it means none, or areas of several levels."""
        levels = {area.level for area in self._meant(_joined((written,)))}
        return next(iter(levels)) if len(levels) == 1 else ""

    def holding(self, codes: Iterable[str]) -> str:
        """Code of the lowest area that holds all of these areas (itself, for one)."""
        paths = [[code, *self._above(code)] for code in set(codes)]
        shared = [code for code in paths[0] if all(code in path for path in paths)]
        return shared[0] if shared else paths[0][-1]

    def holds(self, one: str, other: str) -> bool:
        """Whether the first name is that of an area that holds the area of the second, or is it."""
        above, below = (self.resolve((name,))[0] for name in (one, other))
        return above is not None and below is not None and self.holding([above, below]) == above

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
            for form in (area.area_code.casefold(), *forms(area)):
                index.setdefault(form, []).append(area)
        return index

    def _meant(self, key: str) -> list[Area]:
        """The areas that a joined name may mean: by full names if any fit, else by short forms.

        A total row often repeats the name of its area in the column below: the same form twice is the area too, unless
        an area below it is called the same (the capital of a province).
        """
        readings = (
            (forms, is_repeated) for forms in (_full_forms, _all_forms) for is_repeated in (False, True)
        )
        return next((found for reading in readings if (found := self._fitting(key, *reading))), [])

    def _fitting(self, key: str, forms: Forms, is_repeated: bool) -> list[Area]:
        """Areas whose name ends the joined name, once or twice, where names of areas above them make up the rest."""
        found = []
        for start in range(len(key)):
            form, rest = key[start:], key[:start]
            if is_repeated and not rest.endswith(form):
                continue
            rest = rest.removesuffix(form) if is_repeated else rest
            found += [
                area
                for area in self._index[forms].get(form, ())
                if self._leads_to(rest, tuple(self._above(area.area_code)), forms)
            ]
        return found

    def _leads_to(self, written: str, path: tuple[str, ...], forms: Forms) -> bool:
        """Whether a text is made up of names of the areas on a path, from the bottom up, some of which may be left out."""
        if not written:
            return True
        for index, code in enumerate(path):
            for form in (code.casefold(), *(form for area in self._by_code[code] for form in forms(area))):
                if written.endswith(form) and self._leads_to(written[: -len(form)], path[index + 1 :], forms):
                    return True
        return False

    @lru_cache(maxsize=1000)  # noqa: B019  one object a level lives as long as its process
    def _nearest(self, key: str) -> list[str]:
        """Up to three areas, with the area above them, that read much like the end of what was written."""
        shown, names = self._shown_by_form
        return list(dict.fromkeys(shown[form] for form in names.like(key)))[:_NEAREST]

    @cached_property
    def _shown_by_form(self) -> tuple[dict[str, str], NearestNames]:
        shown: dict[str, str] = {}
        for area in self._areas:
            full = self._with_parent(area)
            shown |= dict.fromkeys((*_full_forms(area), _joined((full,))), full)
        return shown, NearestNames(shown)

    def _with_parent(self, area: Area) -> str:
        """The name of an area after that of the area above it, as messages show it: 柳溪县台岭乡, Northland Córdoba."""
        parent = self._by_code[area.parent_code][-1].name if area.parent_code else ""
        written = f"{parent} {area.name}".strip()
        return written if max(written) < _FIRST_CJK else normalised(written)


_UNKNOWN = "an area of areas.csv (add the name there, as an alias if it is another spelling)"


def _joined(parts: Parts) -> str:
    """The parts as one text in one spelling."""
    return "".join(normalised(part) for part in parts if part).casefold()


def _is_valid(area: Area, month: date) -> bool:
    return area.valid_from <= month and (area.valid_to is None or month <= area.valid_to)


@lru_cache(maxsize=100_000)
def _full_forms(area: Area) -> tuple[str, ...]:
    return tuple(dict.fromkeys(normalised(name).casefold() for name in (area.name, *area.aliases)))


@lru_cache(maxsize=100_000)
def _all_forms(area: Area) -> tuple[str, ...]:
    full = _full_forms(area)
    return tuple(dict.fromkeys((*full, *(form for name in full for form in short_forms(name)))))
