"""What is said once for a whole table, in the name of its file or sheet or in cells above: period, area, element."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from pipeline.ingest.periods import (
    FOLDER,
    PERIOD,
    FinancialYear,
    Period,
    expected_period,
    names_month,
    parse_period,
    parse_year,
)
from pipeline.ingest.source import Layout, Lookup, matches
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.near_misses import nearest_text
from pipeline.problems import Location, ProblemError, shorten

_SAID = {
    "file_name": "file name",
    "path": "path",
    "sheet_name": "sheet name",
    "cell": "cells above the figures",
}


@dataclass(frozen=True)
class TableContext:
    """Period, year, area and element of a whole table; None where its rows or its header name them."""

    period_text: str | None = None
    year: int | FinancialYear | None = None
    within: str | None = None
    area: tuple[str, ...] | None = None
    element: int | None = None


@dataclass(frozen=True)
class SheetTexts:
    """Texts about a table: where the file lies, the sheet's name, and the cells above, nearest rows first."""

    place: Location
    heads: tuple[tuple[tuple[str | None, ...], ...], ...]

    def about(self, lookup: Lookup) -> list[str]:
        """The texts a lookup asks for. Beside a cell stands the next one to its right: 统计月份： | 2024年8月."""
        path = self.place.file
        if lookup.place != "cell":
            name = path.rpartition("/")[2]
            return [{"file_name": name, "path": path, "sheet_name": self.place.sheet}[lookup.place]]
        heads = self.heads if lookup.contains else self.heads[-1:]
        texts: list[str] = []
        for head in heads:
            for row in head:
                filled = [cell for cell in row if cell]
                for position, cell in enumerate(filled):
                    if matches(lookup.contains or "*", cell):
                        texts += filled[position : position + 2]
        return list(dict.fromkeys(texts))

    def cells(self) -> list[str | None]:
        """All cells above the table."""
        return [cell for head in self.heads for row in head for cell in row]


def read_table_context(
    layout: Layout, texts: SheetTexts, names: AreaNames, element: int | None
) -> TableContext:
    """Look up period, year and area where the layout wants them outside the table; a gap is a ProblemError."""
    year = _year(layout, texts)
    period_text = _period_text(layout, texts, year)
    period = period_in_context(period_text, year, layout) if period_text else None
    within = _cut(layout.within, texts, "area", "[area] within") if layout.within else None
    area: tuple[str, ...] | None = None
    if layout.area_fixed:
        area = (layout.area_fixed,)
    elif layout.area is not None and layout.area.place != "header":
        area = (_area(layout.area, texts, names, within, period.month if period else None),)
    return TableContext(period_text, year, within, area, element)


def element_of_sheet(layout: Layout, texts: SheetTexts) -> int | None:
    """The element (position in the layout) that the sheet, the file or a cell names for the whole table."""
    if layout.element is None or layout.element.place == "column":
        return None
    found = [cut for text in texts.about(layout.element) if (cut := layout.element.cut(text))]
    for text in found:
        fitting = elements_named(text, layout)
        if len(fitting) > 1:
            raise _ambiguous(text, fitting, layout, texts.place)
        if fitting:
            return fitting[0]
    raise ProblemError(
        texts.place,
        f"no element in the {_SAID[layout.element.place]}: {_listed(found)}",
        "a text that fits an entry of [elements]; leave the sheet out with `sheets` if it holds none",
        "column",
    )


def elements_named(text: str, layout: Layout) -> list[int]:
    """Positions of the elements that a text names."""
    return [
        number
        for number, entry in enumerate(layout.elements)
        if any(matches(pattern, text) for pattern in entry.headers)
    ]


def _ambiguous(text: str, fitting: list[int], layout: Layout, place: Location) -> ProblemError:
    names = " and ".join(layout.elements[number].element.name for number in fitting)
    return ProblemError(
        place,
        f"{shorten(text)!r}, which fits {names}",
        "a text of one element: make the patterns narrower",
        "column",
    )


def refuse_ambiguous(text: str, fitting: list[int], layout: Layout, place: Location) -> None:
    if len(fitting) > 1:
        raise _ambiguous(text, fitting, layout, place)


def period_in_context(text: str, year: int | FinancialYear | None, layout: Layout) -> Period | None:
    """The period named in a text around the table, beside other words unless `pattern` has cut it out."""
    return parse_period(
        _told(text, layout.period), year, title=layout.period.pattern is None, rules=layout.period_rules
    )


def expected_in_context(text: str, year: int | FinancialYear | None, layout: Layout) -> str:
    """What would have been accepted in place of a text around the table."""
    return expected_period(
        _told(text, layout.period), year, title=layout.period.pattern is None, rules=layout.period_rules
    )


def _told(text: str, lookup: Lookup) -> str:
    """The text as the parser of periods reads it: in a path, 2010/11 is a folder in a folder and no financial year."""
    return text.replace("/", FOLDER) if lookup.place == "path" else text


def _year(layout: Layout, texts: SheetTexts) -> int | FinancialYear | None:
    if layout.year is None or layout.year.place == "column":
        return None
    found = texts.about(layout.year)
    for text in found:
        if (cut := layout.year.cut(text)) and (
            year := parse_year(
                _told(cut, layout.year), title=layout.year.pattern is None, rules=layout.period_rules
            )
        ):
            return year
    raise ProblemError(
        texts.place,
        f"no year in the {_SAID[layout.year.place]}: {_listed(found)}",
        "one year, such as 2024年 ([period] year in source.toml)",
        "period",
    )


def _period_text(layout: Layout, texts: SheetTexts, year: int | FinancialYear | None) -> str | None:
    lookup = layout.period
    if lookup.place in ("column", "header"):
        return None
    found = texts.about(lookup)
    cuts = [cut for text in found if (cut := lookup.cut(text))]
    for text in cuts:
        is_with_another_year = layout.year is not None and period_in_context(text, layout.any_year, layout)
        if period_in_context(text, year, layout) or is_with_another_year:
            return text
        if names_month(text):
            break
    near = nearest_text([lookup.contains], texts.cells()) if lookup.place == "cell" else ""
    asked = (
        f"no cell like {lookup.contains!r}{near}" if lookup.place == "cell" and lookup.contains else "nothing"
    )
    wish = expected_in_context(next(filter(names_month, cuts), cuts[0]), year, layout) if cuts else PERIOD
    if found and not cuts and lookup.pattern is not None:
        wish = f"a text that fits {lookup.pattern.pattern} ([period] pattern in source.toml)"
    raise ProblemError(
        texts.place, f"no month in the {_SAID[lookup.place]}: {_listed(found) or asked}", wish, "period"
    )


def _cut(lookup: Lookup, texts: SheetTexts, reason: str, section: str) -> str:
    found = texts.about(lookup)
    for text in found:
        for candidate in _spellings(text, lookup):
            return candidate
    wish = f"fits {lookup.pattern.pattern}" if lookup.pattern else f"is like {lookup.contains!r}"
    raise ProblemError(
        texts.place,
        f"no area in the {_SAID[lookup.place]}: {_listed(found)}",
        f"a text that {wish} ({section} in source.toml)",
        reason,
    )


def _area(lookup: Lookup, texts: SheetTexts, names: AreaNames, within: str | None, month: date | None) -> str:
    """The first text that is an area; where none is, the first text, which is then refused."""
    first = _cut(lookup, texts, "area", "[area]")
    for text in texts.about(lookup):
        for candidate in _spellings(text, lookup):
            if names.resolve((within, candidate), month)[0] or names.resolve((within, candidate))[0]:
                return candidate
    return first


def _spellings(text: str, lookup: Lookup) -> list[str]:
    """The parts of a text that may be the name: cut by the pattern, or without the label before a colon."""
    if lookup.pattern is not None:
        cut = lookup.cut(text)
        return [cut] if cut else []
    if lookup.place == "file_name":
        text = re.sub(r"\.[^.]*$", "", text)
    after_colon = re.split("[:：]", text)[-1].strip()
    return list(dict.fromkeys(filter(None, (after_colon, text))))


def _listed(texts: list[str]) -> str:
    return shorten(" | ".join(texts))
