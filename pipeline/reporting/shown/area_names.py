"""Areas by the names that a page prints: the official ones, or on English pages those of `name_en` where given."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from pipeline.reporting.shown.records import Finding, ShownArea

Names = Mapping[str, str]


def names_in(snapshot: Path, language: str) -> dict[str, str]:
    """The names in another language than the official one, by code, as far as areas.csv has them."""
    areas = pl.scan_parquet(snapshot / "areas.parquet")
    column = f"name_{language}"
    if column not in areas.collect_schema().names():
        return {}
    latest = areas.sort("area_code", "valid_from").group_by("area_code").agg(pl.col(column).last())
    return dict(latest.drop_nulls().sort("area_code").collect().iter_rows())


def named(areas: Sequence[ShownArea], names: Names) -> list[ShownArea]:
    """The same facts with other names, those of the areas above, within and in findings among them."""
    return [_named(facts, names) for facts in areas] if names else list(areas)


def _named(facts: ShownArea, names: Names) -> ShownArea:
    return replace(
        facts,
        name=names.get(facts.area_code, facts.name),
        official_name=facts.name,
        parents=[names.get(code, name) for code, name in zip(facts.parent_codes, facts.parents, strict=True)],
        members=[_named(member, names) for member in facts.members],
        findings=[_of_area(finding, names) for finding in facts.findings],
        flags=[_of_area(flag, names) for flag in facts.flags],
    )


def _of_area(finding: Finding, names: Names) -> Finding:
    within = tuple((code, names.get(code, name)) for code, name in finding.within)
    return replace(finding, area_name=names.get(finding.area_code, finding.area_name), within=within)
