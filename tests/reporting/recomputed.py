"""The numbers of a page once more, from the published tables and the reference files, by queries of their own.

Nothing of pipeline.reporting is used. Rounding is decimal, half away from zero.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

SEX_RATIO, GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
REPORTED = (SEX_RATIO, GROWTH, "birth_rate", "death_rate")
NUMBER = re.compile(r"[−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?")


def printed(value: float | None, decimals: int = 0) -> str:
    """As a page prints it: `1,234`, `−0.53`; no sign before a zero."""
    if value is None:
        return "—"
    number = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)
    return f"{'−' if number < 0 else ''}{abs(number):,}"


def bare(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def chance(probability: float | None) -> str:
    """The number in `less than 1%`, `about 83%`, `more than 99%`."""
    return "—" if probability is None else printed(min(max(100 * probability, 1), 99))


def share(actual: float, expected: float, decimals: int = 1) -> str:
    """Per cent; all and nothing are said only where they are exact."""
    least, value = 10.0**-decimals, 100 * actual / expected
    return printed(min(max(value, least), 100 - least) if 0 < actual < expected else value, decimals)


def printings(numbers: list[float]) -> list[str]:
    """All that may be printed of some numbers and of the differences between two of them."""
    every = {*numbers, *(abs(this - that) for this in numbers for that in numbers)}
    return [text for one in every for text in (bare(one), *(printed(one, places) for places in range(5)))]


def squashed(text: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"[\W_]", "", text)


class Warehouse:
    """The tables of one snapshot and the reference files of its workspace, and what `recomputed.sql` makes of them."""

    def __init__(self, snapshot: Path, root: Path, month: date, *, views: str = "") -> None:
        self.snapshot, self.month = snapshot, month
        self.connection = duckdb.connect(config={"threads": 1})
        self.areas: dict[str, Area] = {}
        for function, types, result in (
            (printed, ["DOUBLE", "BIGINT"], "VARCHAR"),
            (bare, ["DOUBLE"], "VARCHAR"),
            (chance, ["DOUBLE"], "VARCHAR"),
            (share, ["DOUBLE", "DOUBLE", "BIGINT"], "VARCHAR"),
            (printings, ["DOUBLE[]"], "VARCHAR[]"),
        ):
            nulls = "special" if function in (printed, chance) else "default"
            self.connection.create_function(function.__name__, function, types, result, null_handling=nulls)
        for path in snapshot.glob("*.parquet"):
            self.connection.execute(f"create table {path.stem} as from '{path}'")
        reference = root / "data" / "reference"
        self.indicators, self.elements, settings = (
            tomllib.loads((reference / f"{name}.toml").read_text(encoding="utf-8"))
            for name in ("indicators", "elements", "workspace")
        )
        self.withhold_below = settings.get("withhold_counts_below", 5)
        self.sources = {
            path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))
            for path in (root / "data" / "raw").glob("*/source.toml")
        }
        keys = ("method", "decimals", "normal_range", "baseline", "withhold_below", "uncertain_below")
        specifications = [
            {"indicator": name} | {key: one.get(key) for key in keys} for name, one in self.indicators.items()
        ]
        self._add("spec", specifications)
        named = {"indicators": self.indicators, "elements": self.elements, "sources": self.sources}
        names = [
            {"kind": kind, "id": key, "name": text.lower()}
            for kind, entries in named.items()
            for key, one in entries.items()
            for text in one["name"].values()
        ]
        self._add("named", names)
        self.let(month=month, smallest=self.withhold_below, targets=str(reference / "targets.csv"))
        self.connection.execute(Path(__file__).with_name("recomputed.sql").read_text(encoding="utf-8"))
        self.connection.execute(views)

    def _add(self, name: str, rows: list[dict]) -> None:
        frame = pl.DataFrame(rows, infer_schema_length=None)  # noqa: F841  (the query reads it)
        self.connection.execute(f"create table {name} as from frame")

    def let(self, **variables: object) -> None:
        """Set variables of the queries."""
        for name, value in variables.items():
            if isinstance(value, dict):
                self.connection.execute(
                    f"set variable {name} = map(?::varchar[], ?::varchar[])", [[*value], [*value.values()]]
                )
            else:
                self.connection.execute(f"set variable {name} = ?", [value])

    def rows(self, query: str, *values: object) -> list[dict]:
        found = self.connection.execute(query, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def named(self, text: str, among: str = "indicators") -> str:
        """The indicator, element or source of this name, in either language; empty if there is none."""
        return self.rows("select named(?, ?) as id", among, text)[0]["id"] or ""

    def area(self, code: str) -> Area:
        return self.areas.setdefault(code, Area(self, code))


class Area:
    """One area: what its page may print in cells and cards, for the edition's month."""

    def __init__(self, warehouse: Warehouse, code: str) -> None:
        self.warehouse, self.code = warehouse, code
        for method in (self.members, self.answers, self.published):
            setattr(self, method.__name__, cache(method))

    def rows(self, query: str, *values: object) -> list[dict]:
        """Those of a query that goes on after `area_code = ...`."""
        before, _, after = query.partition(" of area")
        return self.warehouse.rows(f"{before} where area_code = ?{after}", self.code, *values)

    def verdict(self, indicator: str, question: str) -> str:
        """As in the table of verdicts; empty where the figure is not known or withheld."""
        found = self.rows(
            f"select judged_{question} as word from judged of area and indicator = ?", indicator
        )
        return (found[0]["word"] or "") if found else ""

    def members(self) -> dict[str, str]:
        """The codes of the areas just below by their names, of which letters and digits alone are taken."""
        rows = self.warehouse.rows(
            "select area_code, unnest([name, name_en]) as name from areas where parent_code = ?", self.code
        )
        return {squashed(row["name"]): row["area_code"] for row in rows if row["name"]}

    def answers(self, query: str, said: tuple[tuple[str, str], ...], **variables: str) -> list[dict]:
        """What a query of `statements.sql` finds for a message and its values."""
        self.warehouse.let(area=self.code, said=dict(said), **variables)
        return self.warehouse.rows(query)

    def published(self, *indicators: str, windows: tuple[str, ...], places: int | None = None) -> set[str]:
        """What the tables have of some indicators here, as it is printed in a cell."""
        condition = (
            "list_contains(?, indicator) and list_contains(?, time_window) and places is not distinct from ?"
        )
        found = self.rows(
            f"select number from published of area and {condition}", indicators, windows, places
        )
        return {row["number"] for row in found if row["number"]}
