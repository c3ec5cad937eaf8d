"""Areas of a snapshot as the counts are added up: which lie within which, and where former ones count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable


class AreaTree:
    """Built from rows of `areas` in the order of their validity and from the areas and elements of `figures`.

    Each row of `areas`: area_code, name, parent_code, current_code, successor_codes, whether it is of today.
    """

    def __init__(self, areas: Iterable[tuple], stated: Iterable[tuple[str, str]]) -> None:
        rows = list(areas)
        self._stated = set(stated)
        self.names = {code: name for code, name, *_ in rows}
        self.current = {code: current or code for code, _, _, current, _, _ in rows}
        self.successors: dict[str, list[str]] = defaultdict(list)
        for code, _, _, _, successors, _ in rows:
            self.successors[code] += [to for to in (successors or "").split("|") if to]
        of_today = {code: parent for code, _, parent, _, _, is_of_today in rows if is_of_today}
        self._below: dict[str, list[str]] = defaultdict(list)
        for code, parent in of_today.items():
            if parent:
                self._below[parent].append(code)
        self._split: dict[str, list[str]] = defaultdict(list)
        for code in sorted({code for code, _ in self._stated} - of_today.keys()):
            self._split[self.current.get(code, code)].append(code)

    def within(self, area_code: str) -> list[str]:
        """The area and all areas, of today or split, whose figures may be part of its counts."""
        found, waiting = [], [area_code]
        while waiting:
            code = waiting.pop()
            found.append(code)
            waiting += self.children(code)
        return found

    def children(self, area_code: str) -> list[str]:
        """Areas directly below, and areas that were split and count here with a series of their own."""
        return [*self._below.get(area_code, ()), *self._split.get(area_code, ())]

    def lowest(self, area_code: str, element: str) -> set[str]:
        """The areas whose figures of an element are added up: those that state it with none below that does."""
        if self._lowest_of_today(area_code, element) == {area_code}:
            return {area_code}
        below = [self.lowest(code, element) for code in self._below.get(area_code, ())]
        split = {code for code in self._split.get(area_code, ()) if (code, element) in self._stated}
        return split.union(*below)

    def _lowest_of_today(self, area_code: str, element: str) -> set[str]:
        below = [self._lowest_of_today(code, element) for code in self._below.get(area_code, ())]
        return set().union(*below) or ({area_code} if (area_code, element) in self._stated else set())

    def written_as(self, area_codes: Iterable[str]) -> list[str]:
        """Codes under which files may name these areas."""
        codes = set(area_codes)
        return sorted(codes | {code for code, current in self.current.items() if current in codes})
