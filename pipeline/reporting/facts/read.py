"""The facts of all areas of an edition: each published table read once and sliced; no model, no join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType

import polars as pl

from pipeline.reporting.facts.records import (
    Against,
    AreaBreak,
    AreaFacts,
    Comparison,
    Finding,
    Funnel,
    Rank,
    YearOutlook,
)
from pipeline.reporting.facts.returns import last_months
from pipeline.reporting.facts.revisions import revisions_of
from pipeline.reporting.facts.rows import completeness_of, estimate_of, monthly_of, record_of, trends_of
from pipeline.words.finding_values import ABOUT_INDICATORS

# Trends of the areas within are read for so many of them; a whole country's townships would not fit in memory.
MOST_SMALL_MULTIPLES = 2000


def load_facts(
    snapshot: Path,
    month: date,
    level: str,
    preferred: dict[str, str],
    parts: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> list[AreaFacts]:
    """Facts of every area of a level, ordered by code.

    `preferred` is the first source of each element: months taken from another one are named; `parts` are the elements
    that an element is the sum of.
    """
    areas = pl.read_parquet(snapshot / "areas.parquet")
    areas_of_today = areas.filter(
        (pl.col("valid_from") <= month) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= month))
    )
    wanted = areas_of_today.filter(pl.col("level") == level).sort("area_code")["area_code"].to_list()
    tables = _Tables(snapshot, month, areas_of_today, preferred, wanted)
    tables.read_revisions(snapshot, areas, preferred, parts)
    return [tables.facts(code) for code in wanted]


def counted_elements(snapshot: Path, month: date) -> tuple[str, ...]:
    """The elements of which any area has a figure in any month so far."""
    is_known = pl.col("value").is_not_null() | pl.col("value_ytd").is_not_null()
    counts = pl.scan_parquet(snapshot / "counts.parquet").filter(pl.col("month") <= month, is_known)
    return tuple(sorted(counts.select(pl.col("element").unique()).collect()["element"]))


class _Tables:
    """The published tables, each read once and split by area."""

    def __init__(
        self, snapshot: Path, month: date, areas: pl.DataFrame, preferred: dict[str, str], reported: list[str]
    ) -> None:
        self.month = month
        self.areas = {row["area_code"]: row for row in areas.iter_rows(named=True)}
        self.children: dict[str, list[str]] = {}
        for code, row in sorted(self.areas.items()):
            self.children.setdefault(row["parent_code"], []).append(code)
        is_reported = pl.col("area_code").is_in(reported)
        indicators = pl.scan_parquet(snapshot / "indicators.parquet")
        self.estimates = _split(indicators.filter(pl.col("month") == month).collect())
        self.monthly = _split(
            indicators.filter(
                is_reported
                & (pl.col("time_window") == "month")
                & pl.col("indicator").is_in(["birth_rate", "death_rate"])
            )
            .select("area_code", "indicator", "month", "value", "lower_95", "upper_95")
            .collect()
        )
        self.years = _split(
            indicators.filter(
                is_reported
                & (pl.col("time_window") == "year")
                & (pl.col("indicator") == "sex_ratio_at_birth")
            ).collect()
        )
        within = [child for code in reported for child in self.children.get(code, [])]
        has_trend = is_reported | pl.col("area_code").is_in(
            within if len(within) <= MOST_SMALL_MULTIPLES else []
        )
        self.trends = _split(pl.scan_parquet(snapshot / "trends.parquet").filter(has_trend).collect())
        recent = last_months(month, 12)[0]
        self.comparisons = _split(
            pl.scan_parquet(snapshot / "disagreements.parquet")
            .filter(is_reported, pl.col("month") == month, pl.col("time_window") == "rolling_12")
            .collect()
        )
        self.breaks = _split(pl.read_parquet(snapshot / "breaks.parquet").filter(is_reported))
        self.completeness = _split(
            pl.scan_parquet(snapshot / "completeness.parquet")
            .filter(is_reported & pl.col("month").is_between(recent, month))
            .collect()
        )
        self.findings = _split(
            pl.read_parquet(snapshot / "findings.parquet").filter(pl.col("month").is_between(recent, month))
        )
        counts = pl.scan_parquet(snapshot / "counts.parquet").filter(
            pl.col("month").is_between(recent, month)
        )
        self.counts = _split(counts.filter(is_reported | (pl.col("month") == month)).collect())
        self.against, self.ranks, self.outlook = (
            _split(pl.read_parquet(snapshot / f"{name}.parquet").filter(pl.col("month") == month))
            for name in ("comparisons", "ranks", "outlook")
        )
        self.substitutes = _split(
            counts.filter(
                pl.col("source") != pl.col("element").replace_strict(preferred, default=pl.col("source"))
            ).collect()
        )

    def read_revisions(
        self,
        snapshot: Path,
        areas: pl.DataFrame,
        preferred: dict[str, str],
        parts: Mapping[str, Sequence[str]],
    ) -> None:
        """Revisions of the last twelve months by area of today, of the sources that count."""
        self.parts = parts
        today = dict(areas.sort("valid_from").select("area_code", "current_code").iter_rows())
        paths = dict(pl.read_parquet(snapshot / "files.parquet").select("file_id", "path").iter_rows())
        self.revisions = _split(
            pl.read_parquet(snapshot / "revisions.parquet")
            .filter(
                pl.col("period").is_between(last_months(self.month, 12)[0], self.month),
                pl.col("source") == pl.col("element").replace_strict(preferred, default=pl.col("source")),
            )
            .with_columns(
                pl.col("area_code").replace_strict(today, default=None),
                path=pl.col("file_id").replace_strict(paths, default=""),
            )
            .drop_nulls("area_code")
        )

    def facts(self, code: str, with_members: bool = True) -> AreaFacts:
        area = self.areas[code]
        within = self._within(code)
        estimates = [estimate_of(row) for row in self.estimates.get(code, [])]
        return AreaFacts(
            area_code=code,
            name=area["name"],
            level=area["level"],
            month=self.month,
            parents=self._parents(code),
            estimates={(estimate.indicator, estimate.time_window): estimate for estimate in estimates},
            monthly=monthly_of(self.monthly.get(code, [])),
            years=[
                (row["month"].year, estimate_of(row))
                for row in sorted(self.years.get(code, []), key=lambda row: row["month"])
                if row["value"] is not None
            ],
            trends=trends_of(self.trends.get(code, [])),
            members=[self.facts(child, False) for child in self.children.get(code, [])]
            if with_members
            else [],
            completeness=completeness_of(self.completeness.get(code, [])),
            substitutes=self._substitutes(within),
            findings=[f for f in self._findings(within, code) if f.kind not in ABOUT_INDICATORS],
            flags=[f for f in self._findings([code], code) if f.kind in ABOUT_INDICATORS],
            revisions=revisions_of(
                code,
                self.revisions,
                self.children,
                {(row["month"], row["element"]): row for row in self.counts.get(code, [])},
                self.parts,
            )
            if with_members
            else [],
            comparisons=[
                Comparison(**{name: row[name] for name in Comparison.__dataclass_fields__})
                for row in self.comparisons.get(code, [])
                if row["months"]
            ],
            breaks=[
                AreaBreak(row["month"], row["kind"], row["predecessors"].split("|"), row["is_carried_over"])
                for row in self.breaks.get(code, [])
            ],
            counts={
                (row["element"], key): row[column]
                for row in self.counts.get(code, [])
                for key, column in (("month", "value"), ("ytd", "value_ytd"))
                if row["month"] == self.month
            },
            parent_codes=self._parent_codes(code),
            against={
                (row["indicator"], row["reference"], row["time_window"]): record_of(Against, row)
                for row in self.against.get(code, [])
            },
            ranks={
                (row["indicator"], row["among"], row["time_window"]): record_of(Rank, row)
                for row in self.ranks.get(code, [])
            },
            outlook={row["indicator"]: record_of(YearOutlook, row) for row in self.outlook.get(code, [])},
        )

    def _parent_codes(self, code: str) -> list[str]:
        parent = self.areas[code]["parent_code"]
        return [*self._parent_codes(parent), parent] if parent in self.areas else []

    def _within(self, code: str) -> list[str]:
        return [code, *(inner for child in self.children.get(code, []) for inner in self._within(child))]

    def _parents(self, code: str) -> list[str]:
        parent = self.areas[code]["parent_code"]
        return [*self._parents(parent), self.areas[parent]["name"]] if parent in self.areas else []

    def _substitutes(self, codes: list[str]) -> list[tuple[str, str, date]]:
        rows = [row for code in codes for row in self.substitutes.get(code, [])]
        return sorted({(row["element"], row["source"], row["month"]) for row in rows})

    def _between(self, page: str, code: str) -> tuple[tuple[str, str], ...]:
        """The areas between that of the page and one within it, from above."""
        above = self._parent_codes(code)
        inner = above[above.index(page) + 1 :] if page in above else []
        return tuple((one, self.areas[one]["name"]) for one in inner)

    def _findings(self, codes: list[str], page: str) -> list[Finding]:
        return [
            Finding(
                row["kind"],
                row["severity"],
                self.areas[code]["name"],
                row["month"],
                row["subject"],
                row["evidence"],
                code,
                self._between(page, code),
            )
            for code in codes
            for row in self.findings.get(code, [])
        ]


def _split(table: pl.DataFrame) -> dict[str, list[dict]]:
    """Rows by area, in the order of the published table."""
    return {code: part.to_dicts() for (code,), part in table.partition_by("area_code", as_dict=True).items()}


def load_funnels(snapshot: Path, month: date, level: str) -> dict[tuple[str, str], Funnel]:
    """The funnels of a level by indicator and window."""
    table = pl.read_parquet(snapshot / "funnels.parquet").filter(
        pl.col("month") == month, pl.col("level") == level
    )
    limits = ("lower_95", "upper_95", "lower_998", "upper_998")
    return {
        key: Funnel(part["size"].to_list(), part["centre"][0], *(part[name].to_list() for name in limits))
        for key, part in table.sort("size").partition_by("indicator", "time_window", as_dict=True).items()
    }
