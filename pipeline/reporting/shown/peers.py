"""What the pages of a level say of all its areas together: made once, small enough to go with every page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.reporting.shown.records import Funnel, ShownArea

SERIES, WINDOWS = "sex_ratio_at_birth", ("rolling_12", "ytd")


@dataclass(frozen=True)
class Peer:
    """An area of the level with what the funnel needs: births, sex ratio and 95 % limits by window, where shown."""

    area_code: str
    name: str
    parent_code: str
    windows: dict[str, tuple[float, float, float, float]]


@dataclass(frozen=True)
class Peers:
    """Funnels of a level, its areas, and how many of them are in each grade, by indicator."""

    funnels: Mapping[tuple[str, str], Funnel] = field(default_factory=dict)
    areas: tuple[Peer, ...] = ()
    grades: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


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
