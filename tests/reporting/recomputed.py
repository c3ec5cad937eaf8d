"""The numbers of a page once more, from the published tables and the reference files, by queries of their own.

Nothing of pipeline.reporting is used. Rounding is decimal, half away from zero.
"""

# ruff: noqa: B019  (warehouse and areas live as long as the tests)

from __future__ import annotations

import csv
import json
import re
import tomllib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import duckdb

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


def squashed(text: str) -> str:
    """Letters and digits alone."""
    return re.sub(r"[\W_]", "", text)


class Warehouse:
    """The tables of one snapshot, and the reference files of its workspace; `before`: those of the last edition."""

    def __init__(self, snapshot: Path, root: Path, month: date, before: Path | None = None) -> None:
        self.connection, self.month = duckdb.connect(config={"threads": 1}), month
        for prefix, folder in (("", snapshot), ("before_", before)):
            for path in sorted(folder.glob("*.parquet")) if folder else ():
                self.connection.execute(f"create table {prefix}{path.stem} as from '{path}'")
        reference = root / "data/reference"
        self.indicators, self.elements, settings = (
            tomllib.loads((reference / f"{name}.toml").read_text(encoding="utf-8"))
            for name in ("indicators", "elements", "workspace")
        )
        self.withhold_below = settings.get("withhold_counts_below", 5)
        self.sources = {
            path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))
            for path in sorted((root / "data/raw").glob("*/source.toml"))
        }
        with (reference / "targets.csv").open(encoding="utf-8-sig", newline="") as lines:
            self.targets = [row for row in csv.DictReader(lines) if row["year"] == str(month.year)]

    def rows(self, query: str, *values: object) -> list[dict]:
        found = self.connection.execute(query, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    def months(self, count: int = 12) -> tuple[date, date]:
        first = self.month.year * 12 + self.month.month - count
        return date(first // 12, first % 12 + 1, 1), self.month

    @cache
    def area(self, code: str) -> Area:
        return Area(self, code)

    def named(self, text: str, among: str = "indicators") -> str:
        """The indicator, element or source of this name, in either language; empty if there is none."""
        known = getattr(self, among).items()
        return next((k for k, one in known if text.lower() in map(str.lower, one["name"].values())), "")


class Area:
    """One area: its numbers of the edition's month, as they are published."""

    def __init__(self, warehouse: Warehouse, code: str) -> None:
        self.warehouse, self.code = warehouse, code
        row = self.query("from areas where area_code = ? order by valid_from desc", code)[0]
        self.level, self.parent = row["level"], row["parent_code"]

    def siblings(self) -> list[Area]:
        """The areas of the same parent, itself among them."""
        month = self.warehouse.month
        rows = self.query(
            "select area_code from areas where parent_code = ? and valid_from <= ? and coalesce(valid_to, ?) >= ?",
            *(self.parent, month, month, month),
        )
        return [self.warehouse.area(row["area_code"]) for row in rows]

    def query(self, text: str, *values: object) -> list[dict]:
        return self.warehouse.rows(text, *values)

    @cache
    def one(self, table: str, condition: str, *values: object) -> dict:
        text = f"from {table} where area_code = ? and month = ? and {condition}"
        rows = self.query(text, self.code, self.warehouse.month, *values)
        return rows[0] if rows else {}

    def row(self, indicator: str, window: str = "ytd") -> dict:
        return self.one("indicators", "indicator = ? and time_window = ?", indicator, window)

    def decimals(self, indicator: str) -> int:
        return self.warehouse.indicators[indicator]["decimals"]

    def births(self, window: str = "ytd") -> float:
        row = self.row(SEX_RATIO, window)
        return row["numerator"] + row["denominator"]

    @cache
    def within(self) -> set[str]:
        """The area itself and all below it."""
        rows = self.query(
            "with recursive below as (select ?::varchar area_code union all select a.area_code from areas a "
            "join below b on a.parent_code = b.area_code) select distinct area_code from below",
            self.code,
        )
        return {row["area_code"] for row in rows}

    @cache
    def target(self, indicator: str) -> tuple[float | None, float | None]:
        """At least, at most: of the area itself, else of its level."""
        found = {
            row["area_code"]: row
            for row in self.warehouse.targets
            if (row["indicator"], row["level"]) == (indicator, self.level)
            and row["area_code"] in ("", self.code)
        }
        row = found.get(self.code) or found.get("") or {}
        return tuple(float(row[side]) if row.get(side) else None for side in ("at_least", "at_most"))

    @cache
    def returns(self) -> dict[str, dict]:
        """Returns of the last twelve months by source."""
        rows = self.query(
            "select source, sum(expected)::int expected, sum(actual)::int actual, sum(on_time)::int on_time "
            "from completeness where area_code = ? and month between ? and ? group by 1",
            *(self.code, *self.warehouse.months()),
        )
        return {row["source"]: row for row in rows}

    @cache
    def evidence(self) -> list[dict]:
        """What the findings of the last twelve months, here and below, were found by."""
        return [
            {"kind": row["kind"], "subject": row["subject"], **json.loads(row["evidence"])}
            for row in self.query("from findings where month between ? and ?", *self.warehouse.months())
            if row["area_code"] in self.within()
        ]

    @cache
    def members(self) -> dict[str, str]:
        """The codes of the areas just below by their names, of which letters and digits alone are taken."""
        rows = self.query("select area_code, name, name_en from areas where parent_code = ?", self.code)
        return {
            squashed(row[key]): row["area_code"] for row in rows for key in ("name", "name_en") if row[key]
        }

    @cache
    def revisions(self) -> list[dict]:
        return [row for row in self.query("from revisions") if row["area_code"] in self.within()]

    @cache
    def published(self, indicator: str, *windows: str, decimals: int | None = None) -> set[str]:
        """What the tables have of an indicator here, as it is printed in a cell, and what follows from its target."""
        decimals = self.decimals(indicator) if decimals is None else decimals
        rows = [
            row
            for table in ("indicators", "comparisons", "outlook")
            for row in self.query(f"from {table} where area_code = ? and indicator = ?", self.code, indicator)
            if row.get("time_window", "ytd") in windows
            if row["month"] == self.warehouse.month or row.get("time_window") == "year"
        ]
        counts, values, spec = [], [], self.warehouse.indicators[indicator]
        for row in rows:
            known = {key: value for key, value in row.items() if isinstance(value, int | float)}
            counts += [value for key, value in known.items() if "ator" in key]
            values += [value for key, value in known.items() if "ator" not in key]
            if {"numerator", "numerator_last_year"} <= known.keys():
                counts.append(row["numerator"] - row["numerator_last_year"])
            if spec["method"] == "sex_ratio" and {"numerator", "denominator"} <= known.keys():
                counts.append(row["numerator"] + row["denominator"])
        limits = [self.warehouse.withhold_below, spec.get("withhold_below", 0)]
        bounds = [bound for bound in self.target(indicator) if bound is not None]
        value = self.row(indicator).get("value")
        values += [
            abs(row["value"] - bound) for row in rows if row.get("value") is not None for bound in bounds
        ]
        shown = {printed(one) for one in counts + limits} | {bare(bound) for bound in bounds}
        shown |= {printed(one, decimals) for one in values}
        shown |= {chance(row["probability_met"]) for row in rows if "probability_met" in row}
        return shown | {printed(100 * value / bound, 1) for bound in bounds if bound and value is not None}
