"""The analyst's tables as Arrow tables, in the shape that the SQL files join to."""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.reference import Formula, Reference

_PER_PERSON_YEAR = ("rate", "balance")
# the type of a column, whatever table it is in; those of any other name are text
_TYPES = {
    name: kind
    for kind, names in (
        (pl.Int64, "depth due_day due_months_after precedence number_of_parts formula terms coefficient"),
        (pl.Int64, "entry row column year"),
        (pl.Float64, "sources_may_differ_by factor tolerance value at_least at_most"),
        (pl.Date, "valid_from valid_to date"),
        (pl.Boolean, "is_per_person_year"),
    )
    for name in names.split()
}


def reference_tables(reference: Reference, levels: tuple[str, ...]) -> Iterator[tuple[str, pa.Table]]:
    """Name and content of each table; `levels` from the top down."""
    for name, (columns, rows) in _tables(reference, levels).items():
        schema = {column: _TYPES.get(column, pl.String) for column in columns.split()}
        yield name, pl.DataFrame(list(rows), schema=schema, orient="row").to_arrow()


def _tables(reference: Reference, levels: tuple[str, ...]) -> dict[str, tuple[str, Iterable[tuple]]]:
    """The columns and the rows of each table."""
    elements, indicators = reference.elements.values(), reference.indicators.values()
    printed = list(enumerate((each, each.equals) for each in elements if each.equals))
    area = "area_code valid_from name level parent_code valid_to"
    element, due = "name kind sources_may_differ_by", "day months_after"
    correction = "source path sheet row column element value reason author date"
    target = "indicator year level area_code at_least at_most"
    return {
        "reference_levels": ("level depth", ((level, depth) for depth, level in enumerate(levels))),
        "reference_areas": (
            f"{area} successor_codes name_en",
            (
                (*_of(each, area), "|".join(each.successor_codes), each.name_en or None)
                for each in reference.areas
            ),
        ),
        "elements": (
            "element kind sources_may_differ_by due_day due_months_after",
            ((*_of(each, element), *_of(each.due, due)) for each in elements),
        ),
        "element_sources": (
            "element source precedence",
            ((each.name, source, rank) for each in elements for rank, source in enumerate(each.sources)),
        ),
        "element_parts": (
            "element part number_of_parts",
            ((each.name, part, len(each.sum_of)) for each in elements for part in each.sum_of),
        ),
        "printed_formulas": (
            "formula element factor tolerance terms",
            (
                (n, each.name, formula.factor, each.tolerance, 1 + len(list(_terms(formula))))
                for n, (each, formula) in printed
            ),
        ),
        "printed_terms": (  # the printed figure itself is one of the terms
            "formula side part coefficient",
            (
                (n, *term)
                for n, (each, formula) in printed
                for term in (("printed", each.name, 1), *_terms(formula))
            ),
        ),
        "indicator_definitions": (
            "indicator method is_per_person_year factor concept",
            (
                (
                    *_of(each, "name method"),
                    each.method in _PER_PERSON_YEAR,
                    each.formula.factor,
                    each.concept or None,
                )
                for each in indicators
            ),
        ),
        "indicator_terms": (
            "indicator side element coefficient",
            ((each.name, *term) for each in indicators for term in _terms(each.formula)),
        ),
        "correction_entries": (
            f"entry {correction}",
            ((entry, *_of(each, correction)) for entry, each in enumerate(reference.corrections)),
        ),
        "targets": (target, (_of(each, target) for each in reference.targets)),
    }


def _of(entry: Any, names: str) -> tuple:
    """Attributes of an entry, which may be none."""
    return tuple(getattr(entry, name) if entry else None for name in names.split())


def _terms(formula: Formula) -> Iterator[tuple[str, str, int]]:
    """Side, element and coefficient of each."""
    for side in ("numerator", "denominator"):
        for element, coefficient in getattr(formula, side).items():
            yield side, element, coefficient
