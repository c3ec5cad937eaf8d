"""What a report says of an area, as plain records; `fact_tables.py` reads them from the warehouse."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipeline.reporting.facts.estimate import Estimate


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
    """As in `findings`; `within` are codes and names of the areas between that of the page and its own."""

    kind: str
    severity: str
    area_name: str
    month: date
    subject: str
    evidence: str
    area_code: str = ""
    within: tuple[tuple[str, str], ...] = ()


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
    official_name: str = ""

    def estimate(self, indicator: str, time_window: str = "ytd") -> Estimate | None:
        return self.estimates.get((indicator, time_window))
