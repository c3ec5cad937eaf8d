"""Areas and figures written by hand, elements and indicators from the files beside this module, and how tables are read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipeline.reference import Area
from pipeline.reference.elements import read_elements
from pipeline.reference.indicators import read_indicators

LEVELS = ("country", "province", "prefecture", "county", "township")
LONG_AGO = date(1900, 1, 1)


def area(code, level, parent=None, name=None, since=None, until=None, successors=()):
    """An area; `since` and `until` are months like 2016-01."""
    return Area(
        code,
        name or f"area {code}",
        level,
        parent,
        (),
        month_of(since) if since else LONG_AGO,
        month_of(until) if until else None,
        tuple(successors),
    )


def month_of(text):
    return date.fromisoformat(text + "-01")


AREAS = (area("1", "county"), area("11", "township", "1"), area("12", "township", "1"))

ELEMENTS = read_elements(Path(__file__).with_name("elements.toml"))
INDICATORS = read_indicators(Path(__file__).with_name("indicators.toml"), ELEMENTS)


def value_of(table, column="value", **where):
    found = table.filter(**where)
    assert found.height == 1, found
    return found[column][0]


def monthly(source, code, name, values, year=2024, span="month", first=1):
    """A figure a month, each in the file of its month; None is no figure. More than twelve run on into the next year."""
    months = [
        f"{year + (first - 1 + i) // 12}-{(first - 1 + i) % 12 + 1:02d}" for i in range(len(list(values)))
    ]
    return [
        (source, f"{month}.csv", code, month, name, value, span)
        for month, value in zip(months, values, strict=True)
        if value is not None
    ]
