"""What all pages of one edition share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.reference import Indicator
from pipeline.workspace import Settings


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

    @property
    def name(self) -> str:
        return f"{self.month:%Y-%m}"
