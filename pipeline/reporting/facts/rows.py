"""Rows of the published tables as the records of a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.reporting.facts.estimate import Estimate
from pipeline.reporting.facts.records import SourceRecord, Trend

Rows = Sequence[dict]
MOST_WITHOUT_RATE = (
    6  # months at the beginning: a rate needs the population of the month before, a ratio some births
)


def monthly_of(rows: Rows) -> dict[str, list[tuple[date, float, float, float]]]:
    series: dict[str, list[tuple[date, float, float, float]]] = {}
    for row in rows:
        if row["value"] is not None and row["lower_95"] is not None:
            point = (row["month"], row["value"], row["lower_95"], row["upper_95"])
            series.setdefault(row["indicator"], []).append(point)
    return {name: sorted(points) for name, points in series.items()}


def trends_of(rows: Rows) -> dict[str, Trend]:
    names = ("observed", "trend", "lower_80", "upper_80", "lower_95", "upper_95")
    last = ("probability_above_reference", "change_12_months", "probability_rising")
    by_series: dict[str, list[dict]] = {}
    for row in rows:
        by_series.setdefault(row["series"], []).append(row)
    by_series = {series: _since_first(points) for series, points in by_series.items()}
    return {
        series: Trend(
            [row["month"] for row in points],
            *([row[name] for row in points] for name in names),
            **{name: points[-1][name] for name in last},
            adjusted=[row["adjusted"] for row in points],
        )
        for series, points in by_series.items()
        if points
    }


def _since_first(points: list[dict]) -> list[dict]:
    """From the first month that was observed: what a model says of an area before there was one is not shown."""
    first = next((place for place, row in enumerate(points) if row["observed"] is not None), len(points))
    return points[first:] if first > MOST_WITHOUT_RATE else points


def completeness_of(rows: Rows) -> list[SourceRecord]:
    by_source: dict[str, list[dict]] = {}
    for row in rows:
        by_source.setdefault(row["source"], []).append(row)
    return [
        SourceRecord(
            source,
            sum(row["expected"] for row in rows),
            sum(row["actual"] for row in rows),
            None if any(row["on_time"] is None for row in rows) else sum(row["on_time"] for row in rows),
            [row["month"] for row in rows if row["actual"] < row["expected"]],
        )
        for source, rows in sorted(by_source.items())
    ]


def record_of(kind: type, row: dict):
    """A record whose fields are named like the columns."""
    return kind(**{name: row[name] for name in kind.__dataclass_fields__})


def estimate_of(row: dict) -> Estimate:
    renamed = {
        "lower": "lower_95",
        "upper": "upper_95",
        "change_lower": "change_lower_95",
        "change_upper": "change_upper_95",
    }
    return Estimate(**{name: row[renamed.get(name, name)] for name in Estimate.__dataclass_fields__})
