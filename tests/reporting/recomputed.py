"""The numbers of a report once more, from the published Parquet files by queries of their own.

Nothing of pipeline.reporting is used: counts are summed over their months, rates and their limits are calculated from
counts and population, and what only a model can say is read from its table. Rounding is decimal, half away from zero.
"""

# ruff: noqa: B019  (warehouse and areas live as long as the tests)

from __future__ import annotations

import csv
import json
import math
import tomllib
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path

import duckdb

TABLES = (
    *("areas", "counts", "indicators", "trends", "outlook", "comparisons", "ranks"),
    *("completeness", "disagreements", "revisions", "findings"),
)
Z = 1.959963984540054
RATES = {"birth_rate": "births", "death_rate": "deaths"}


def rounded(value: float, decimals: int) -> Decimal:
    return Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def printed(value: float | None, decimals: int = 0) -> str:
    """As a page prints it: `1,234`, `−0.53`; no sign before a zero."""
    if value is None:
        return "—"
    number = rounded(value, decimals)
    return f"{'−' if number < 0 else ''}{abs(number):,}"


class Warehouse:
    """The tables of one snapshot, and what the reference files of its workspace say."""

    def __init__(self, snapshot: Path, root: Path, month: date) -> None:
        self.connection, self.month = duckdb.connect(config={"threads": 1}), month
        for name in TABLES:
            self.connection.execute(f"create table {name} as from '{snapshot / name}.parquet'")
        reference = root / "data/reference"
        self.indicators = tomllib.loads((reference / "indicators.toml").read_text(encoding="utf-8"))
        self.elements = tomllib.loads((reference / "elements.toml").read_text(encoding="utf-8"))
        settings = tomllib.loads((reference / "workspace.toml").read_text(encoding="utf-8"))
        self.withhold_below = settings.get("withhold_counts_below", 5)
        self.sources = {
            path.parent.name: tomllib.loads(path.read_text(encoding="utf-8"))["name"]
            for path in sorted((root / "data/raw").glob("*/source.toml"))
        }
        with (reference / "targets.csv").open(encoding="utf-8-sig", newline="") as lines:
            self.targets = [row for row in csv.DictReader(lines) if row["year"] == str(month.year)]

    def rows(self, query: str, *values: object) -> list[dict]:
        found = self.connection.execute(query, values)
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]

    @cache
    def area(self, code: str) -> Area:
        return Area(self, code)

    def named(self, text: str, among: str = "indicators") -> str:
        """The indicator, element or source of this name, in either language; empty if there is none."""
        texts = {key: one if among == "sources" else one["name"] for key, one in getattr(self, among).items()}
        return next((k for k, one in texts.items() if text.lower() in (one["zh"], one["en"].lower())), "")


class Area:
    """One area: its figures of the edition's month, by query."""

    def __init__(self, warehouse: Warehouse, code: str) -> None:
        self.warehouse, self.code, self.month = warehouse, code, warehouse.month
        self.level, self.parent = self.query(
            "select level, parent_code from areas where area_code = ? and valid_from <= ? "
            "and coalesce(valid_to, ?) >= ?",
            *(code, self.month, self.month, self.month),
        )[0].values()

    def __hash__(self) -> int:
        return hash(self.code)

    def __eq__(self, other: object) -> bool:
        return self is other

    def query(self, text: str, *values: object) -> list[dict]:
        return self.warehouse.rows(text, *values)

    def months(self, window: str, back: int = 0) -> tuple[date, date]:
        """First and last month of a window, `back` years ago; a year is named by its number."""
        last = self.month.replace(year=self.month.year - back)
        if window.isdigit():
            return date(int(window), 1, 1), date(int(window), 12, 1)
        if window == "ytd" or last.month == 12:
            return last.replace(month=1), last
        return last.replace(year=last.year - 1, month=last.month + 1), last

    def siblings(self) -> list[Area]:
        """The areas of the same parent, itself among them."""
        rows = self.query(
            "select area_code from areas where parent_code = ? and valid_from <= ? and coalesce(valid_to, ?) >= ?",
            *(self.parent, self.month, self.month, self.month),
        )
        return [self.warehouse.area(row["area_code"]) for row in rows]

    @cache
    def count(self, element: str, window: str, back: int = 0) -> float | None:
        """Sum of the months; unknown where one of them is."""
        first, last = self.months(window, back)
        row = self.query(
            "select sum(value) total, count(value) known, datediff('month', ?, ?) + 1 as span from counts "
            "where area_code = ? and element = ? and month between ? and ?",
            *(first, last, self.code, element, first, last),
        )[0]
        if row["known"] == row["span"]:
            return float(row["total"])
        so_far, year, before = (
            self.since_january(element, month)
            for month in (last, date(last.year - 1, 12, 1), last.replace(year=last.year - 1))
        )
        if first.month == 1:
            return so_far
        return None if None in (so_far, year, before) else so_far + year - before

    def since_january(self, element: str, month: date) -> float | None:
        """Where a month was not reported, its cumulative count may still be known."""
        rows = self.query(
            "select value_ytd from counts where area_code = ? and element = ? and month = ?",
            *(self.code, element, month),
        )
        return rows[0]["value_ytd"] if rows else None

    @cache
    def stock(self, element: str) -> float | None:
        rows = self.query(
            "select value from counts where area_code = ? and element = ? and month = ?",
            *(self.code, element, self.month),
        )
        return rows[0]["value"] if rows else None

    @cache
    def population(self, window: str, back: int = 0) -> float | None:
        """Mean of the months, each that of its beginning and end; where one is unknown, as published."""
        first, last = self.months(window, back)
        row = self.query(
            "with ends as (select month, value, lag(value) over (order by month) before from counts "
            "where area_code = ? and element = 'population' and month between ? - interval 1 month and ?) "
            "select avg((value + before) / 2) as mean, "
            "count(value + before) known, datediff('month', ?, ?) + 1 as span from ends where month >= ?",
            *(self.code, first, last, first, last, first),
        )[0]
        if row["known"] == row["span"]:
            return row["mean"]
        return self.published("birth_rate", window).get("denominator_last_year" if back else "denominator")

    @cache
    def published(self, indicator: str, window: str) -> dict:
        month = date(int(window), 12, 1) if window.isdigit() else self.month
        rows = self.query(
            "from indicators where area_code = ? and indicator = ? and time_window = ? and month = ?",
            *(self.code, indicator, "year" if window.isdigit() else window, month),
        )
        return rows[0] if rows else {}

    @cache
    def value(self, indicator: str, window: str = "ytd", back: int = 0) -> float | None:
        """From counts and population."""
        spec = self.warehouse.indicators[indicator]
        if indicator == "natural_growth_rate":
            events = self.increase(window, back)
        elif spec["method"] in ("proportion", "sex_ratio", "count"):
            is_stock = self.warehouse.elements[spec["numerator"]].get("kind") == "stock"
            events = (
                self.stock(spec["numerator"]) if is_stock else self.count(spec["numerator"], window, back)
            )
            if spec["method"] == "count":
                return events
            below = (
                self.stock(spec["denominator"]) if is_stock else self.count(spec["denominator"], window, back)
            )
            return None if events is None or not below else spec["factor"] * events / below
        else:
            events = self.count(RATES[indicator], window, back)
        people = self.population(window, back)
        return None if events is None or not people else 1000 * events / people

    def increase(self, window: str, back: int = 0) -> float | None:
        """Natural increase: births − deaths."""
        births, deaths = self.count("births", window, back), self.count("deaths", window, back)
        return None if births is None or deaths is None else births - deaths

    def annual(self, window: str = "ytd") -> float:
        """The natural growth rate brought to a full year by days."""
        first, last = self.months(window)
        share = self.query(
            "select (last_day(?) - ? + 1)::double / (make_date(year(?) + 1, 1, 1) - make_date(year(?), 1, 1)) share",
            *(last, first, last, last),
        )[0]["share"]
        return self.value("natural_growth_rate", window) / share

    @cache
    def limits(self, indicator: str, window: str = "ytd") -> tuple[float, float]:
        """95 % limits: Wilson of a ratio or proportion, Byar or exact of a rate; else as published."""
        spec = self.warehouse.indicators[indicator]
        if indicator == "sex_ratio_at_birth":
            males, females = self.count("births_male", window), self.count("births_female", window)
            return tuple(100 * p / (1 - p) for p in wilson(males, males + females))
        if indicator in RATES:
            people = self.population(window)
            return tuple(1000 * e / people for e in poisson(self.count(RATES[indicator], window)))
        row = self.published(indicator, window)
        if spec["method"] == "proportion" and row.get("numerator") is not None:
            return tuple(100 * p for p in wilson(row["numerator"], row["denominator"]))
        return row.get("lower_95"), row.get("upper_95")

    @cache
    def one(self, table: str, condition: str, *values: object) -> dict:
        rows = self.query(
            f"from {table} where area_code = ? and month = ? and {condition}", self.code, self.month, *values
        )
        return rows[0] if rows else {}

    @cache
    def within(self) -> list[str]:
        """The area itself and all below it."""
        return [
            row["area_code"]
            for row in self.query(
                "with recursive below as (select ?::varchar area_code union all select a.area_code from areas a "
                "join below b on a.parent_code = b.area_code) select distinct area_code from below order by 1",
                self.code,
            )
        ]

    @cache
    def former(self) -> set[str]:
        """Codes of the areas that this one was made of."""
        rows = self.query(
            "select area_code from areas where list_contains(string_split(successor_codes, '|'), ?)",
            self.code,
        )
        return {row["area_code"] for row in rows}

    @cache
    def target(self, indicator: str) -> tuple[float | None, float | None]:
        rows = [
            row
            for row in self.warehouse.targets
            if row["indicator"] == indicator
            and row["level"] == self.level
            and row["area_code"] in ("", self.code)
        ]
        if not rows:
            return None, None
        row = max(rows, key=lambda row: row["area_code"])
        return tuple(float(row[side]) if row[side] else None for side in ("at_least", "at_most"))

    @cache
    def returns(self) -> dict[str, dict]:
        """Returns of the last twelve months by source."""
        first, last = self.months("rolling_12")
        rows = self.query(
            "select source, sum(expected)::int expected, sum(actual)::int actual, sum(on_time)::int on_time, "
            "count(*) = count(on_time) is_timed from completeness where area_code = ? and month between ? and ? group by 1",
            *(self.code, first, last),
        )
        return {row["source"]: row for row in rows}

    @cache
    def evidence(self) -> list[dict]:
        """What the findings of the last twelve months, here and below, were found by."""
        first, last = self.months("rolling_12")
        return [
            {
                "kind": row["kind"],
                "subject": row["subject"],
                "area": row["area_code"],
                **json.loads(row["evidence"]),
            }
            for row in self.query("from findings where month between ? and ?", first, last)
            if row["area_code"] in self.within()
        ]


def wilson(events: float, of: float) -> tuple[float, float]:
    share, half = events / of, Z * math.sqrt(events / of * (1 - events / of) / of + Z * Z / (4 * of * of))
    return tuple((share + Z * Z / (2 * of) + side * half) / (1 + Z * Z / of) for side in (-1, 1))


def poisson(events: float) -> tuple[float, float]:
    """Byar's limits of a count; the exact ones below ten."""
    if events >= 10:
        more = events + 1
        return (
            events * (1 - 1 / (9 * events) - Z / (3 * math.sqrt(events))) ** 3,
            more * (1 - 1 / (9 * more) + Z / (3 * math.sqrt(more))) ** 3,
        )
    upper = _mean_with(int(events), 0.025)
    return (0.0 if not events else _mean_with(int(events) - 1, 0.975)), upper


def _mean_with(most: int, probability: float) -> float:
    """The mean of which `most` events or fewer have this probability."""
    low, high = 0.0, 100.0
    for _ in range(100):
        mean = (low + high) / 2
        share = sum(math.exp(-mean) * mean**k / math.factorial(k) for k in range(most + 1))
        low, high = (mean, high) if share > probability else (low, mean)
    return low
