"""What the pages of a level say of all its areas together: made once, small enough to go with every page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import quantiles

from pipeline.reporting.shown.records import Funnel, ShownArea

SERIES, WINDOWS = "sex_ratio_at_birth", ("rolling_12", "year", "ytd")
FEWEST = 3  # areas that make a spread


@dataclass(frozen=True)
class Peer:
    """An area of the level with what the funnel needs: births, sex ratio and 95 % limits by window, where shown."""

    area_code: str
    name: str
    parent_code: str
    windows: dict[str, tuple[float, float, float, float]]


@dataclass(frozen=True)
class Spread:
    """How the shown values of an indicator spread over the areas of a level: ends, quarters and middle."""

    areas: int
    lowest: float
    lower_quarter: float
    middle: float
    upper_quarter: float
    highest: float


@dataclass(frozen=True)
class Peers:
    """Funnels of a level, its areas, how many are in each grade, and how far they spread, by indicator."""

    funnels: Mapping[tuple[str, str], Funnel] = field(default_factory=dict)
    areas: tuple[Peer, ...] = ()
    grades: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    spreads: Mapping[str, Spread] = field(default_factory=dict)


def spreads_of(areas: Sequence[ShownArea], indicators: Iterable[str]) -> dict[str, Spread]:
    """The spread of the headline values of each indicator that at least `FEWEST` areas show."""
    spreads = {}
    for name in indicators:
        headlines = (area.headline(name) for area in areas)
        values = sorted(one.known.value for one in headlines if one and one.known)
        if len(values) >= FEWEST:
            lower, middle, upper = quantiles(values, n=4, method="inclusive")
            spreads[name] = Spread(len(values), values[0], lower, middle, upper, values[-1])
    return spreads


def peers_of(areas: Sequence[ShownArea]) -> tuple[Peer, ...]:
    """All areas of a level as the funnel shows them."""
    return tuple(
        Peer(
            area.area_code,
            area.name,
            area.parent_codes[-1] if area.parent_codes else "",
            {
                window: (estimate.births, *estimate.known)
                for window in WINDOWS
                if (estimate := area.estimate(SERIES, window)) and estimate.births and estimate.known
            },
        )
        for area in areas
    )
