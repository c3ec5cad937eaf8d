"""What a report says of an area, queried once for all areas of an edition and sliced: no model, no join."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.finding_words import ABOUT_INDICATORS
from pipeline.reporting.estimate import Estimate

# Trends of the areas within are read for so many of them; a whole country's townships would not fit in memory.
MOST_SMALL_MULTIPLES = 2000


@dataclass(frozen=True)
class Trend:
    """A smoothed series with its limits, all lists of the same length, one entry a month."""

    months: list[date]
    observed: list[float | None]
    trend: list[float]
    lower_80: list[float]
    upper_80: list[float]
    lower_95: list[float]
    upper_95: list[float]
    probability_above_reference: float | None = None
    change_12_months: float | None = None
    probability_rising: float | None = None
    adjusted: list[float | None] = field(default_factory=list)


@dataclass(frozen=True)
class SourceRecord:
    """How completely one source has reported over the last twelve months."""

    source: str
    expected: int
    actual: int
    on_time: int | None
    months_incomplete: list[date]


@dataclass(frozen=True)
class Revision:
    """A month's figure of an area that later files have changed: what it is now, and by how much it changed."""

    element: str
    month: date
    is_since_january: bool
    value: int | None
    change: int
    paths: list[str]

    @property
    def value_before(self) -> int | None:
        return None if self.value is None else self.value - self.change


@dataclass(frozen=True)
class Comparison:
    """One element over the last twelve months by two sources, counted in the months that both state."""

    element: str
    preferred_source: str
    source: str
    months: int
    value_preferred: int
    value: int


@dataclass(frozen=True)
class AreaBreak:
    """A change of the area itself: the first month after it, its kind, and what came before."""

    month: date
    kind: str
    predecessors: list[str]
    is_carried_over: bool


@dataclass(frozen=True)
class Finding:
    kind: str
    severity: str
    area_name: str
    month: date
    subject: str
    evidence: str


@dataclass(frozen=True)
class Against:
    """An area against a reference (normal_range, baseline, target, level, parent, last_year), as in `comparisons`."""

    reference: str
    indicator: str
    time_window: str
    reference_lower: float | None
    reference_upper: float | None
    value: float | None
    verdict: str
    q_value: float | None
    is_flagged: bool


@dataclass(frozen=True)
class Rank:
    """The rank of an area among those of its level in the area `among` (empty: all), as in `ranks`."""

    indicator: str
    time_window: str
    among: str
    areas: int
    rank: int
    rank_lower_95: int
    rank_upper_95: int
    quarter: int
    probability_quarter: float


@dataclass(frozen=True)
class YearOutlook:
    """Where the year of an indicator will end, as in `outlook`."""

    indicator: str
    months_left: int
    numerator_so_far: float
    denominator_so_far: float | None
    value_so_far: float | None
    projected: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float
    target_lower: float | None
    target_upper: float | None
    probability_met: float | None
    expected_rest: float | None
    needed_rest_lower: float | None
    needed_rest_upper: float | None
    progress: float | None
    progress_due: float


@dataclass(frozen=True)
class Funnel:
    """What chance makes of the average of a level at every size, as in `funnels`; lists of one length, by size."""

    sizes: list[float]
    centre: float
    lower_95: list[float]
    upper_95: list[float]
    lower_998: list[float]
    upper_998: list[float]


@dataclass(frozen=True)
class AreaFacts:
    """Everything a report of one area is written from."""

    area_code: str
    name: str
    level: str
    month: date
    parents: list[str]
    estimates: dict[tuple[str, str], Estimate]
    monthly: dict[str, list[tuple[date, float, float, float]]]
    years: list[tuple[int, Estimate]]
    trends: dict[str, Trend]
    members: list[AreaFacts]
    completeness: list[SourceRecord] = field(default_factory=list)
    substitutes: list[tuple[str, str, date]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    flags: list[Finding] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    breaks: list[AreaBreak] = field(default_factory=list)
    counts: dict[tuple[str, str], int | None] = field(default_factory=dict)
    parent_codes: list[str] = field(default_factory=list)
    against: dict[tuple[str, str, str], Against] = field(default_factory=dict)
    ranks: dict[tuple[str, str, str], Rank] = field(default_factory=dict)
    outlook: dict[str, YearOutlook] = field(default_factory=dict)

    def estimate(self, indicator: str, time_window: str = "ytd") -> Estimate | None:
        return self.estimates.get((indicator, time_window))


def load_facts(snapshot: Path, month: date, level: str, preferred: dict[str, str]) -> list[AreaFacts]:
    """Facts of every area of a level, ordered by code.

    `preferred` is the first source of each element: months taken from another one are named.
    """
    areas = pl.read_parquet(snapshot / "areas.parquet")
    areas_of_today = areas.filter(
        (pl.col("valid_from") <= month) & (pl.col("valid_to").is_null() | (pl.col("valid_to") >= month))
    )
    wanted = areas_of_today.filter(pl.col("level") == level).sort("area_code")["area_code"].to_list()
    tables = _Tables(snapshot, month, areas_of_today, preferred, wanted)
    tables.read_revisions(snapshot, areas, preferred)
    return [tables.facts(code) for code in wanted]


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
        recent = _months_before(month, 11)
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

    def read_revisions(self, snapshot: Path, areas: pl.DataFrame, preferred: dict[str, str]) -> None:
        """Revisions of the last twelve months by area of today, of the sources that count."""
        today = dict(areas.sort("valid_from").select("area_code", "current_code").iter_rows())
        paths = dict(pl.read_parquet(snapshot / "files.parquet").select("file_id", "path").iter_rows())
        self.revisions = _split(
            pl.read_parquet(snapshot / "revisions.parquet")
            .filter(
                pl.col("period").is_between(_months_before(self.month, 11), self.month),
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
        estimates = [_estimate(row) for row in self.estimates.get(code, [])]
        return AreaFacts(
            area_code=code,
            name=area["name"],
            level=area["level"],
            month=self.month,
            parents=self._parents(code),
            estimates={(estimate.indicator, estimate.time_window): estimate for estimate in estimates},
            monthly=self._monthly(code),
            years=[
                (row["month"].year, _estimate(row))
                for row in sorted(self.years.get(code, []), key=lambda row: row["month"])
                if row["value"] is not None
            ],
            trends=self._trends(code),
            members=[self.facts(child, False) for child in self.children.get(code, [])]
            if with_members
            else [],
            completeness=self._completeness(code),
            substitutes=self._substitutes(within),
            findings=[f for f in self._findings(within) if f.kind not in ABOUT_INDICATORS],
            flags=[f for f in self._findings([code]) if f.kind in ABOUT_INDICATORS],
            revisions=self._revisions(code, within) if with_members else [],
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
                (row["indicator"], row["reference"], row["time_window"]): _named(Against, row)
                for row in self.against.get(code, [])
            },
            ranks={
                (row["indicator"], row["among"], row["time_window"]): _named(Rank, row)
                for row in self.ranks.get(code, [])
            },
            outlook={row["indicator"]: _named(YearOutlook, row) for row in self.outlook.get(code, [])},
        )

    def _parent_codes(self, code: str) -> list[str]:
        parent = self.areas[code]["parent_code"]
        return [*self._parent_codes(parent), parent] if parent in self.areas else []

    def _within(self, code: str) -> list[str]:
        return [code, *(inner for child in self.children.get(code, []) for inner in self._within(child))]

    def _parents(self, code: str) -> list[str]:
        parent = self.areas[code]["parent_code"]
        return [*self._parents(parent), self.areas[parent]["name"]] if parent in self.areas else []

    def _monthly(self, code: str) -> dict[str, list[tuple[date, float, float, float]]]:
        series: dict[str, list[tuple[date, float, float, float]]] = {}
        for row in self.monthly.get(code, []):
            if row["value"] is not None and row["lower_95"] is not None:
                point = (row["month"], row["value"], row["lower_95"], row["upper_95"])
                series.setdefault(row["indicator"], []).append(point)
        return {name: sorted(points) for name, points in series.items()}

    def _trends(self, code: str) -> dict[str, Trend]:
        names = ("observed", "trend", "lower_80", "upper_80", "lower_95", "upper_95")
        last = ("probability_above_reference", "change_12_months", "probability_rising")
        rows: dict[str, list[dict]] = {}
        for row in self.trends.get(code, []):
            rows.setdefault(row["series"], []).append(row)
        return {
            series: Trend(
                [row["month"] for row in points],
                *([row[name] for row in points] for name in names),
                **{name: points[-1][name] for name in last},
                adjusted=[row["adjusted"] for row in points],
            )
            for series, points in rows.items()
        }

    def _completeness(self, code: str) -> list[SourceRecord]:
        records: dict[str, list[dict]] = {}
        for row in self.completeness.get(code, []):
            records.setdefault(row["source"], []).append(row)
        return [
            SourceRecord(
                source,
                sum(row["expected"] for row in rows),
                sum(row["actual"] for row in rows),
                None if any(row["on_time"] is None for row in rows) else sum(row["on_time"] for row in rows),
                [row["month"] for row in rows if row["actual"] < row["expected"]],
            )
            for source, rows in sorted(records.items())
        ]

    def _substitutes(self, codes: list[str]) -> list[tuple[str, str, date]]:
        rows = [row for code in codes for row in self.substitutes.get(code, [])]
        return sorted({(row["element"], row["source"], row["month"]) for row in rows})

    def _revisions(self, code: str, within: list[str]) -> list[Revision]:
        rows: dict[tuple[date, str, bool], list[dict]] = {}
        for row in (row for inner in within for row in self.revisions.get(inner, [])):
            rows.setdefault((row["period"], row["element"], row["span"] == "ytd"), []).append(row)
        counts = {(row["month"], row["element"]): row for row in self.counts.get(code, [])}
        return [
            Revision(
                element,
                month,
                is_since_january,
                counts[month, element]["value_ytd" if is_since_january else "value"],
                sum(row["value"] - row["value_before"] for row in of_figure),
                sorted({row["path"] for row in of_figure}),
            )
            for (month, element, is_since_january), of_figure in sorted(rows.items())
            if (month, element) in counts
        ]

    def _findings(self, codes: list[str]) -> list[Finding]:
        return [
            Finding(
                row["kind"],
                row["severity"],
                self.areas[code]["name"],
                row["month"],
                row["subject"],
                row["evidence"],
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


def _named(kind: type, row: dict):
    return kind(**{name: row[name] for name in kind.__dataclass_fields__})


def _estimate(row: dict) -> Estimate:
    renamed = {
        "lower": "lower_95",
        "upper": "upper_95",
        "change_lower": "change_lower_95",
        "change_upper": "change_upper_95",
    }
    return Estimate(**{name: row[renamed.get(name, name)] for name in Estimate.__dataclass_fields__})


def _months_before(month: date, number: int) -> date:
    index = month.year * 12 + month.month - 1 - number
    return date(index // 12, index % 12 + 1, 1)
