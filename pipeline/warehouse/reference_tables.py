"""The analyst's tables as Arrow tables, in the shape that the SQL files join to."""

from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import pyarrow as pa

from pipeline.reference import Element, Formula, Indicator, Reference

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
    elements, indicators = tuple(reference.elements.values()), tuple(reference.indicators.values())
    tables: dict[str, tuple[str, Iterable[tuple]]] = {
        "reference_levels": ("level depth", ((level, depth) for depth, level in enumerate(levels))),
        "reference_areas": (
            "area_code valid_from name level parent_code valid_to successor_codes name_en",
            (
                (
                    *_of(area, "area_code valid_from name level parent_code valid_to"),
                    "|".join(area.successor_codes),
                    area.name_en or None,
                )
                for area in reference.areas
            ),
        ),
        "elements": (
            "element kind sources_may_differ_by due_day due_months_after",
            (
                (*_of(each, "name kind sources_may_differ_by"), *_of(each.due, "day months_after"))
                for each in elements
            ),
        ),
        "element_sources": (
            "element source precedence",
            ((each.name, source, rank) for each in elements for rank, source in enumerate(each.sources)),
        ),
        "element_parts": (
            "element part number_of_parts",
            ((each.name, part, len(each.sum_of)) for each in elements for part in each.sum_of),
        ),
        "printed_formulas": ("formula element factor tolerance terms", _printed_formulas(elements)),
        "printed_terms": ("formula part side coefficient", _printed_terms(elements)),
        "indicator_definitions": (
            "indicator method factor is_per_person_year concept",
            (
                (
                    each.name,
                    each.method,
                    each.formula.factor,
                    each.method in _PER_PERSON_YEAR,
                    each.concept or None,
                )
                for each in indicators
            ),
        ),
        "indicator_terms": ("indicator side element coefficient", _indicator_terms(indicators)),
        "correction_entries": (
            f"entry {_CORRECTION}",
            ((entry, *_of(each, _CORRECTION)) for entry, each in enumerate(reference.corrections)),
        ),
        "targets": (_TARGET, (_of(each, _TARGET) for each in reference.targets)),
    }
    for name, (columns, rows) in tables.items():
        schema = {column: _TYPES.get(column, pl.String) for column in columns.split()}
        yield name, pl.DataFrame(list(rows), schema=schema, orient="row").to_arrow()


_CORRECTION = "source path sheet row column element value reason author date"
_TARGET = "indicator year level area_code at_least at_most"


def _of(entry: Any, names: str) -> tuple:
    """Attributes of an entry, which may be none."""
    return tuple(getattr(entry, name) if entry else None for name in names.split())


def _printed_formulas(elements: Iterable[Element]) -> Iterator[tuple]:
    for number, (element, formula) in enumerate(_printed(elements)):
        terms = 1 + len(formula.numerator) + len(formula.denominator)
        yield number, element.name, formula.factor, element.tolerance, terms


def _printed_terms(elements: Iterable[Element]) -> Iterator[tuple]:
    """Formula, part, side and coefficient of each term, the printed figure itself among them."""
    for number, (element, formula) in enumerate(_printed(elements)):
        yield number, element.name, "printed", 1
        for side, part, coefficient in _terms(formula):
            yield number, part, side, coefficient


def _printed(elements: Iterable[Element]) -> Iterator[tuple[Element, Formula]]:
    return ((element, element.equals) for element in elements if element.equals)


def _indicator_terms(indicators: Iterable[Indicator]) -> Iterator[tuple]:
    return ((each.name, *term) for each in indicators for term in _terms(each.formula))


def _terms(formula: Formula) -> Iterator[tuple[str, str, int]]:
    """Side, element and coefficient of each."""
    for side in ("numerator", "denominator"):
        for element, coefficient in getattr(formula, side).items():
            yield side, element, coefficient
