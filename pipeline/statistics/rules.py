"""What an analyst has decided about an indicator and the statistics must know: references and thresholds."""

from dataclasses import dataclass

Range = tuple[float, float]


@dataclass(frozen=True)
class Rule:
    """References and thresholds of one indicator, in its unit; as written in indicators.toml.

    `withhold_below` is the least number of events (births of a sex ratio) for a figure to be compared at all;
    `false_discovery` the share of false ones that is allowed among all flags of a level; a difference below `minor`
    is of little weight, however certain.
    """

    method: str
    normal_range: Range | None = None
    baseline: Range | None = None
    withhold_below: int = 0
    false_discovery: float = 0.05
    decimals: int = 1
    minor: float = 0.0
