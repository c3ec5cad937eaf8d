"""The analyst's tables as Arrow tables, in the shape that the SQL files join to."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
import pyarrow as pa

from pipeline.reference import Element, Reference

_PER_PERSON_YEAR = ("rate", "balance")


def reference_tables(reference: Reference, levels: tuple[str, ...]) -> Iterator[tuple[str, pa.Table]]:
    """Name and content of each table; `levels` from the top down."""
    for name, rows, columns in _rows_and_types(reference, levels):
        yield name, pl.DataFrame(rows, schema=columns, orient="row").to_arrow()


def _rows_and_types(reference: Reference, levels: tuple[str, ...]):
    """Name, rows and columns (with their types) of each table made from data/reference."""
    elements, indicators = reference.elements.values(), reference.indicators.values()
    text, number, whole, month, truth = pl.String, pl.Float64, pl.Int64, pl.Date, pl.Boolean
    yield (
        "reference_levels",
        [(level, depth) for depth, level in enumerate(levels)],
        {"level": text, "depth": whole},
    )
    yield (
        "reference_areas",
        [
            (
                a.area_code,
                a.valid_from,
                a.name,
                a.level,
                a.parent_code,
                a.valid_to,
                "|".join(a.successor_codes),
                a.name_en or None,
            )
            for a in reference.areas
        ],
        {
            "area_code": text,
            "valid_from": month,
            "name": text,
            "level": text,
            "parent_code": text,
            "valid_to": month,
            "successor_codes": text,
            "name_en": text,
        },
    )
    yield (
        "elements",
        [
            (
                e.name,
                e.kind,
                e.sources_may_differ_by,
                *((e.due.day, e.due.months_after) if e.due else (None, None)),
            )
            for e in elements
        ],
        {
            "element": text,
            "kind": text,
            "sources_may_differ_by": number,
            "due_day": whole,
            "due_months_after": whole,
        },
    )
    yield (
        "element_sources",
        [(e.name, source, rank) for e in elements for rank, source in enumerate(e.sources)],
        {"element": text, "source": text, "precedence": whole},
    )
    yield (
        "element_parts",
        [(e.name, part, len(e.sum_of)) for e in elements for part in e.sum_of],
        {"element": text, "part": text, "number_of_parts": whole},
    )
    printed = [element for element in elements if element.equals]
    yield (
        "printed_formulas",
        [
            (
                place,
                e.name,
                e.equals.factor,
                e.tolerance,
                1 + len(e.equals.numerator) + len(e.equals.denominator),
            )
            for place, e in enumerate(printed)
        ],
        {"formula": whole, "element": text, "factor": number, "tolerance": number, "terms": whole},
    )
    yield (
        "printed_terms",
        [(formula, *term) for formula, element in enumerate(printed) for term in _printed_terms(element)],
        {"formula": whole, "part": text, "side": text, "coefficient": whole},
    )
    yield (
        "indicator_definitions",
        [
            (i.name, i.method, i.formula.factor, i.method in _PER_PERSON_YEAR, i.concept or None)
            for i in indicators
        ],
        {
            "indicator": text,
            "method": text,
            "factor": number,
            "is_per_person_year": truth,
            "concept": text,
        },
    )
    yield (
        "indicator_terms",
        [
            (i.name, side, element, coefficient)
            for i in indicators
            for side, terms in (("numerator", i.formula.numerator), ("denominator", i.formula.denominator))
            for element, coefficient in terms.items()
        ],
        {"indicator": text, "side": text, "element": text, "coefficient": whole},
    )
    yield (
        "correction_entries",
        [
            (
                entry,
                c.source,
                c.path,
                c.sheet,
                c.row,
                c.column,
                c.element,
                c.value,
                c.reason,
                c.author,
                c.date,
            )
            for entry, c in enumerate(reference.corrections)
        ],
        {
            "entry": whole,
            "source": text,
            "path": text,
            "sheet": text,
            "row": whole,
            "column": whole,
            "element": text,
            "value": number,
            "reason": text,
            "author": text,
            "date": month,
        },
    )
    yield (
        "targets",
        [(t.indicator, t.year, t.level, t.area_code, t.at_least, t.at_most) for t in reference.targets],
        {
            "indicator": text,
            "year": whole,
            "level": text,
            "area_code": text,
            "at_least": number,
            "at_most": number,
        },
    )


def _printed_terms(element: Element) -> Iterator[tuple[str, str, int]]:
    """Part, side and coefficient of each term, the printed figure itself among them."""
    sides = (
        ("printed", {element.name: 1}),
        ("numerator", element.equals.numerator),
        ("denominator", element.equals.denominator),
    )
    for side, parts in sides:
        for part, coefficient in parts.items():
            yield part, side, coefficient
