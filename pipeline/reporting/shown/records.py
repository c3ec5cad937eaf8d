"""What a report may say of an area, as plain records. A number that is withheld is None, and the record says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple, final

from pipeline.reporting.shown.estimate import Estimate
from pipeline.reporting.shown.rule import INCOMPLETE, WITHOUT_COUNTS

MOST_SHORT = 0.05  # of the returns due: so many may be missing or late without a question


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
    is_borrowed: bool = False  # its change over twelve months is that of the areas around
    own_share: float | None = None  # of what is known of the level beside theirs, what its own figures tell
    own_share_of_change: float | None = None

    @property
    def is_yearly(self) -> bool:
        """Whether it is made of one figure a year, and so has no season."""
        return (
            len(
                {
                    month.month
                    for month, one in zip(self.months, self.observed, strict=True)
                    if one is not None
                }
            )
            == 1
        )


@dataclass(frozen=True)
class SourceRecord:
    """How completely one source has reported over the last twelve months."""

    source: str
    expected: int
    actual: int
    on_time: int | None
    months_incomplete: list[date]
    late: list[tuple[date, int]] = field(default_factory=list)  # months with late returns, and how many
    late_within: dict[str, int] = field(
        default_factory=dict
    )  # the same of twelve months, by code of the area within
    missing_within: dict[str, int] = field(default_factory=dict)

    @property
    def is_incomplete(self) -> bool:
        return self.actual < (1 - MOST_SHORT) * self.expected

    @property
    def is_late(self) -> bool:
        """Whether more came late than may be passed over."""
        return sum(count for _month, count in self.late) > MOST_SHORT * self.expected


@dataclass(frozen=True)
class Revision:
    """A month's figure of an area that later files have changed: what it is now, and by how much it changed.

    Without a value where it is withheld, or where it cannot be added up as others are missing.
    """

    element: str
    month: date
    is_since_january: bool
    value: int | None
    change: int | None
    paths: list[str]
    is_withheld: bool = False

    @property
    def value_before(self) -> int | None:
        return None if self.value is None or self.change is None else self.value - self.change


@dataclass(frozen=True)
class Comparison:
    """One element over the last twelve months by two sources, counted in the months that both state.

    Without values where they are withheld: for all elements of an area or for none.
    """

    element: str
    preferred_source: str
    source: str
    months: int
    value_preferred: int | None
    value: int | None

    @property
    def is_withheld(self) -> bool:
        return self.value is None


@dataclass(frozen=True)
class AreaBreak:
    """A change of the area itself: the first month after it, its kind, and what came before."""

    month: date
    kind: str
    predecessors: list[str]


@dataclass(frozen=True)
class Finding:
    """As in `findings`; `within` are codes and names of the areas between that of the page and its own.

    Where it is withheld, its evidence has no numbers, only the file that it is about. `deviation` is how far its two
    figures lie apart, as a share of the larger.
    """

    kind: str
    severity: str
    area_name: str
    month: date
    subject: str
    evidence: Mapping[str, Any]
    area_code: str = ""
    within: tuple[tuple[str, str], ...] = ()
    deviation: float = 0.0
    is_withheld: bool = False


@dataclass(frozen=True)
class Against:
    """An area against a reference (normal_range, baseline, target, level, parent, last_year), as in `comparisons`."""

    reference: str
    indicator: str
    time_window: str
    reference_lower: float | None
    verdict: str | None


@dataclass(frozen=True)
class Verdict:
    """What the edition says of one indicator to one question, as in `verdicts`."""

    indicator: str
    question: str
    verdict: str
    evidence: str
    is_minor: bool


@dataclass(frozen=True)
class Rank:
    """The rank of an area among those of its level in the area `among` (empty: all), as in `ranks`."""

    indicator: str
    time_window: str
    among: str
    areas: int
    quarter: int | None
    probability_quarter: float | None


class Projection(NamedTuple):
    """The median of a whole year with its 80 % and 95 % limits, all of which are shown."""

    median: float
    lower_80: float
    upper_80: float
    lower_95: float
    upper_95: float


@final
@dataclass(frozen=True)
class YearOutlook:
    """Where the year of an indicator will end, as in `outlook`; `withheld` as that of its estimate since January."""

    indicator: str
    months_left: int
    value_so_far: float | None
    projected: float | None
    lower_80: float | None
    upper_80: float | None
    lower_95: float | None
    upper_95: float | None
    target_lower: float | None
    target_upper: float | None
    probability_met: float | None
    expected_rest: float | None
    needed_rest_lower: float | None
    needed_rest_upper: float | None
    withheld: str = ""

    @property
    def projection(self) -> Projection | None:
        """Where there is one, and it is shown."""
        numbers = (self.projected, self.lower_80, self.upper_80, self.lower_95, self.upper_95)
        known = [number for number in numbers if number is not None]
        return Projection(*known) if len(known) == len(numbers) and not self.withheld else None


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
class FigureChange:
    """A count of a month that both editions cover: None is unknown, or withheld as one of the two is small."""

    area_code: str
    name: str
    element: str
    month: date
    before: int | None
    now: int | None

    @property
    def difference(self) -> int | None:
        return None if self.before is None or self.now is None else self.now - self.before


@dataclass(frozen=True)
class LastEdition:
    """What the edition before said of an area: its answers by indicator and question, and figures that differ since.

    `verdicts` is None where it was made by an older program, which did not judge.
    """

    month: date
    verdicts: dict[tuple[str, str], str] | None
    revised: list[FigureChange] = field(default_factory=list)
    late: list[FigureChange] = field(default_factory=list)
    lost: list[FigureChange] = field(default_factory=list)


@dataclass(frozen=True)
class ShownArea:
    """Everything a report of one area is written from: `people` is its population at the end of the month."""

    area_code: str
    name: str
    level: str
    month: date
    parents: list[str]
    estimates: dict[tuple[str, str], Estimate]
    monthly: dict[str, list[tuple[date, float, float, float]]] = field(default_factory=dict)
    years: list[tuple[int, Estimate]] = field(default_factory=list)
    trends: dict[str, Trend] = field(default_factory=dict)
    members: list[ShownArea] = field(default_factory=list)
    completeness: list[SourceRecord] = field(default_factory=list)
    substitutes: list[tuple[str, str, date]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    flags: list[Finding] = field(default_factory=list)
    revisions: list[Revision] = field(default_factory=list)
    comparisons: list[Comparison] = field(default_factory=list)
    breaks: list[AreaBreak] = field(default_factory=list)
    people: int | None = None
    has_figures: bool = True
    parent_codes: list[str] = field(default_factory=list)
    against: dict[tuple[str, str, str], Against] = field(default_factory=dict)
    verdicts: dict[tuple[str, str], Verdict] = field(default_factory=dict)
    ranks: dict[tuple[str, str, str], Rank] = field(default_factory=dict)
    outlook: dict[str, YearOutlook] = field(default_factory=dict)
    official_name: str = ""
    # indicators that no area of the level has over twelve months, only by year
    yearly: frozenset[str] = frozenset()
    last_edition: LastEdition | None = None

    def estimate(self, indicator: str, time_window: str = "ytd") -> Estimate | None:
        return self.estimates.get((indicator, time_window))

    def headline(self, indicator: str) -> Estimate | None:
        """The one value that leads: of the last twelve months, of the year so far where these are not known.

        Between them comes the last whole year, where that stands in for twelve months that no area of the level has.
        Where none has a value, it is the count that leads, in the same order.
        """
        windows = ("rolling_12", "year", "ytd") if indicator in self.yearly else ("rolling_12", "ytd")
        known = [one for window in windows if (one := self.estimate(indicator, window)) is not None]
        with_value = (one for one in known if one.withheld != INCOMPLETE)
        with_count = (one for one in known if one.numerator is not None)
        return next(with_value, None) or next(with_count, None) or self.estimate(indicator)

    def verdict(self, indicator: str, question: str) -> str:
        """The edition's one answer to `normal_range`, `change`, `siblings` or `target`; empty where there is none."""
        found = self.verdicts.get((indicator, question))
        return found.verdict if found else ""

    @property
    def hides_counts(self) -> str:
        """Why births and deaths of the year so far, or of the last whole year, are not shown; empty where they are."""
        names = ("birth_rate", "death_rate")
        vital = [self.estimate(name) for name in names]
        vital += [self.estimate(name, "year") for name in names if name in self.yearly]
        return next((one.withheld for one in vital if one and one.withheld in WITHOUT_COUNTS), "")

    @property
    def hides_comparisons(self) -> bool:
        """Whether there are sources to be compared, and their numbers are withheld."""
        return any(one.is_withheld for one in self.comparisons)
