"""Areas as `sitrep check` names them: by their present names, and by the office whose report they belong to."""

import polars as pl


class Places:
    """Areas by code: their present names, the areas above them, and how they are written out."""

    def __init__(self, areas: pl.DataFrame, levels: tuple[str, ...], report_level: str) -> None:
        self._areas = {row["area_code"]: row for row in areas.sort("valid_from").iter_rows(named=True)}
        self._depths = {level: depth for depth, level in enumerate(levels)}
        self._report_depth = self._depths[report_level]

    def name(self, code: str) -> str:
        return self._areas[code]["name"] if code in self._areas else ""

    def parent(self, code: str) -> str | None:
        return self._areas[code]["parent_code"] if code in self._areas else None

    def is_reported(self, code: str) -> bool:
        return self._depth(code) == self._report_depth

    def reported_codes(self) -> list[str]:
        """Areas of today that get reports."""
        return sorted(
            code for code, area in self._areas.items() if self.is_reported(code) and area["valid_to"] is None
        )

    def office(self, code: str) -> str:
        """The area that gets the report the area belongs to; the area itself above that level."""
        above: str | None = code
        while above and not self.is_reported(above):
            above = self.parent(above)
        return above or code

    def full_name(self, code: str) -> str:
        """The names from the area that gets a report downwards: 示例青禾县城关镇."""
        names = [self.name(code)]
        above = code
        while self._depth(above) > self._report_depth and (parent := self.parent(above)):
            names.insert(0, self.name(parent))
            above = parent
        return "".join(names)

    def _depth(self, code: str) -> int:
        return self._depths.get(self._areas[code]["level"], -1) if code in self._areas else -1
