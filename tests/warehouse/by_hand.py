"""Areas, elements, indicators and figures written by hand, and how the tables made of them are read."""

from __future__ import annotations

from datetime import date

from pipeline.reference import Area, Due, Element, Formula, Indicator
from pipeline.workspace import Words

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

TWO_SOURCES = ("hospital", "register")


def element(name, kind="flow", **more):
    return Element(name, Words(name), kind, **more)


ELEMENTS = {
    entry.name: entry
    for entry in (
        element("births_male", sources=TWO_SOURCES),
        element("births_female", sources=TWO_SOURCES),
        element("births", sum_of=("births_male", "births_female")),
        element("deaths"),
        element("population", "stock", concept="registered"),
        element("records", "stock"),
        element("complete", "stock"),
        element("done"),
        element("due"),
        element("births_printed", "printed", equals=Formula({"births_male": 1, "births_female": 1})),
        element("rate_printed", "printed", equals=Formula({"done": 1}, {"due": 1}, 100), tolerance=0.005),
        element(
            "death_rate_printed",
            "printed",
            equals=Formula({"deaths": 1}, {"population": 1}, 1000),
            tolerance=0.005,
        ),
        element("subsidies_paid_on", "date", due=Due(day=31, months_after=1)),
    )
}


def indicator(name, method, numerator, denominator, factor, concept=""):
    formula = Formula(numerator, denominator, factor)
    return Indicator(name, Words(name), method, formula, Words(""), 1, concept=concept)


INDICATORS = {
    entry.name: entry
    for entry in (
        indicator("sex_ratio", "sex_ratio", {"births_male": 1}, {"births_female": 1}, 100),
        indicator("growth", "balance", {"births": 1, "deaths": -1}, {"population": 1}, 1000, "registered"),
        indicator("completeness", "proportion", {"complete": 1}, {"records": 1}, 100),
        indicator("share", "proportion", {"done": 1}, {"due": 1}, 100),
    )
}


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
