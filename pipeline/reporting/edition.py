"""What all pages of one edition share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.problems import ProblemError
from pipeline.reference import Indicator
from pipeline.workspace import Settings

REPORTED = ("sex_ratio_at_birth", "birth_rate", "death_rate", "natural_growth_rate")


@dataclass(frozen=True)
class Edition:
    """The month, the build it was made from, and the names that the pages print."""

    month: date
    build: str
    version: str
    settings: Settings
    indicators: dict[str, Indicator]
    element_labels: dict[str, str]
    source_names: dict[str, str]
    preferred_sources: dict[str, str]
    templates: Path

    def __post_init__(self) -> None:
        missing = [name for name in REPORTED if name not in self.indicators]
        if missing:
            raise ProblemError(
                "indicators.toml", f"no {', '.join(missing)}", f"the reports need {', '.join(REPORTED)}"
            )
        if self.indicators["sex_ratio_at_birth"].normal_range is None:
            raise ProblemError(
                "indicators.toml [sex_ratio_at_birth]", "no `normal_range`", "a lower and an upper bound"
            )

    def label(self, subject: str) -> str:
        """The name of an element or indicator in the reports."""
        if subject in self.indicators:
            return self.indicators[subject].labels.zh
        return self.element_labels.get(subject, subject)

    @property
    def name(self) -> str:
        return f"{self.month:%Y-%m}"
