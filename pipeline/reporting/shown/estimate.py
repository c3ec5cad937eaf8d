"""An indicator over a window, and how it lies to a range: by its interval, never by its value."""

from dataclasses import dataclass
from typing import NamedTuple, final

from pipeline.reporting.shown.rule import INCOMPLETE, NO_LAST_YEAR, WITHOUT_COUNTS

HIGHER, LOWER, UNCLEAR = "higher", "lower", "unclear"
INSIDE, RISING, FALLING = "inside", "rising", "falling"
MET, MISSED, LIKELY_MET, LIKELY_MISSED = "met", "missed", "likely_met", "likely_missed"


class Known(NamedTuple):
    """A value with its 95 % limits, all of which are shown."""

    value: float
    lower: float
    upper: float


@final
@dataclass(frozen=True)
class Estimate:
    """An indicator over a window: value, 95 % and 99.8 % limits, counts behind it, a year earlier, and its target.

    `withheld` is the reason why it is not shown, empty where it is; the numbers it is about are None then.
    """

    indicator: str
    time_window: str
    value: float | None
    lower: float | None
    upper: float | None
    lower_998: float | None
    upper_998: float | None
    value_annualised: float | None
    numerator: float | None
    denominator: float | None
    months_missing: int
    is_denominator_estimated: bool
    numerator_last_year: float | None
    value_last_year: float | None
    change: float | None
    change_lower: float | None
    change_upper: float | None
    target_lower: float | None
    target_upper: float | None
    target: float | None
    gap: float | None
    withheld: str = ""
    is_uncertain: bool = False  # a ratio of few births, to be set in grey

    @property
    def known(self) -> Known | None:
        """Value and limits, where there are all three."""
        if self.value is None or self.lower is None or self.upper is None:
            return None
        return Known(self.value, self.lower, self.upper)

    @property
    def why_absent(self) -> str:
        """Why there is no value."""
        return self.withheld or INCOMPLETE

    @property
    def why_no_change(self) -> str:
        """Why there is no value of last year, or no change from it."""
        return self.withheld or NO_LAST_YEAR

    @property
    def is_counted(self) -> bool:
        """Whether there is a count, be it shown or not."""
        return self.numerator is not None or self.withheld in WITHOUT_COUNTS

    @property
    def births(self) -> float | None:
        """All births behind a sex ratio: males and females together."""
        if self.numerator is None or self.denominator is None:
            return None
        return self.numerator + self.denominator

    def against(self, low: float | None, high: float | None) -> str:
        """higher, lower or unclear: by the 95 % interval against a range, never by the value."""
        return verdict_of(self.lower, self.upper, low, high)

    def against_among_many(self, low: float | None, high: float | None) -> str:
        """The same by the 99.8 % interval, where many areas are looked at at once."""
        return verdict_of(self.lower_998, self.upper_998, low, high)


def verdict_of(lower: float | None, upper: float | None, low: float | None, high: float | None) -> str:
    """An interval against a range: higher or lower where it lies outside as a whole, else unclear."""
    if high is not None and lower is not None and lower > high:
        return HIGHER
    if low is not None and upper is not None and upper < low:
        return LOWER
    return UNCLEAR
