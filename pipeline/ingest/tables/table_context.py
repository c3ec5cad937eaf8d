"""What is said once for a whole table, in the name of its file or sheet or in cells above: period, area, element."""

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
from pipeline.ingest.source import Layout, matches
from pipeline.ingest.source_toml import Lookup
from pipeline.ingest.values.area_names import AreaNames
from pipeline.ingest.values.near_misses import nearest_text
from pipeline.problems import Location, ProblemError, shorten


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

    location: Location
    heads: tuple[tuple[tuple[str | None, ...], ...], ...]

    def about(self, lookup: Lookup) -> list[str]:
        """The texts a lookup asks for. Beside a cell stands the next one to its right: 统计月份： | 2024年8月."""
        path = self.location.file
        if lookup.where != "cell":
            name = path.rpartition("/")[2]
            return [{"file_name": name, "path": path, "sheet_name": self.location.sheet}[lookup.where]]
        heads = self.heads if lookup.contains else self.heads[-1:]
        texts: list[str] = []
        for head in heads:
            for row in head:
                filled = [cell for cell in row if cell]
                for position, cell in enumerate(filled):
                    if matches(lookup.contains or "*", cell):
                        texts += filled[position : position + 2]
        return list(dict.fromkeys(texts))

    def lacking(
        self, lookup: Lookup, what: str, found: list[str], wish: str, reason: str, instead: str = ""
    ) -> ProblemError:
        """A problem with a text that names no month, area or element: what stood there, or `instead`."""
        place = "cells above the figures" if lookup.where == "cell" else lookup.where.replace("_", " ")
        told = shorten(" | ".join(found)) or instead
        return ProblemError(self.location, f"no {what} in the {place}: {told}", wish, reason)


def read_table_context(
    layout: Layout, texts: SheetTexts, names: AreaNames, element: int | None
) -> TableContext:
    """Look up period, year and area where the layout wants them outside the table; a gap is a ProblemError."""
    year = _year(layout, texts)
    period_text = _period_text(layout, texts, year)
    period = period_in_context(period_text, year, layout)[0] if period_text else None
    within = _area_candidates(layout.area.within, texts, "[area] within")[0] if layout.area.within else None
    area: tuple[str, ...] | None = None
    if layout.area.fixed:
        area = (layout.area.fixed,)
    elif layout.area.where and not layout.has_areas_in_header:
        area = (_area(layout.area, texts, names, within, period.month if period else None),)
    return TableContext(period_text, year, within, area, element)


def element_of_sheet(layout: Layout, texts: SheetTexts) -> int | None:
    """The element (position in the layout) that the sheet, the file or a cell names for the whole table."""
    if layout.element is None or layout.element.where == "column":
        return None
    found = [cut for text in texts.about(layout.element) if (cut := layout.element.cut(text))]
    for text in found:
        fitting = elements_named(text, layout)
        refuse_ambiguous(text, fitting, layout, texts.location)
        if fitting:
            return fitting[0]
    wish = "a text that fits an entry of [elements]; leave the sheet out with `sheets` if it holds none"
    raise texts.lacking(layout.element, "element", found, wish, "column")


def elements_named(text: str, layout: Layout) -> list[int]:
    """Positions of the elements that a text names."""
    return [
        number
        for number, entry in enumerate(layout.elements)
        if any(matches(pattern, text) for pattern in entry.headers)
    ]


def refuse_ambiguous(text: str, fitting: list[int], layout: Layout, location: Location) -> None:
    if len(fitting) > 1:
        names = " and ".join(layout.elements[number].element.name for number in fitting)
        wish = "a text of one element: make the patterns narrower"
        raise ProblemError(location, f"{shorten(text)!r}, which fits {names}", wish, "column")


def period_in_context(
    text: str, year: int | FinancialYear | None, layout: Layout
) -> tuple[Period | None, str]:
    """The period named in a text around the table, or None and what was expected in its place.

    Other words may stand beside it, unless `pattern` has cut it out.
    """
    told, title, rules = _told(text, layout.period), not layout.period.pattern, layout.period_rules
    period = parse_period(told, year, title=title, rules=rules)
    return period, "" if period else expected_period(told, year, title=title, rules=rules)


def _told(text: str, lookup: Lookup) -> str:
    """The text as the parser of periods reads it: in a path, 2010/11 is a folder in a folder and no financial year."""
    return text.replace("/", FOLDER) if lookup.where == "path" else text


def _year(layout: Layout, texts: SheetTexts) -> int | FinancialYear | None:
    if layout.period.year is None or layout.period.year.where == "column":
        return None
    found, is_title = texts.about(layout.period.year), not layout.period.year.pattern
    for text in found:
        told = _told(layout.period.year.cut(text) or "", layout.period.year)
        if told and (year := parse_year(told, title=is_title, rules=layout.period_rules)):
            return year
    wish = "one year, such as 2024年 ([period] year in source.toml)"
    raise texts.lacking(layout.period.year, "year", found, wish, "period")


def _period_text(layout: Layout, texts: SheetTexts, year: int | FinancialYear | None) -> str | None:
    lookup = layout.period
    if lookup.where in ("column", "header"):
        return None
    found = texts.about(lookup)
    cuts = [cut for text in found if (cut := lookup.cut(text))]
    for text in cuts:
        years = (year, layout.any_year) if layout.period.year else (year,)
        if any(period_in_context(text, each, layout)[0] for each in years):
            return text
        if names_month(text):
            break
    asked = "nothing"
    if lookup.where == "cell" and lookup.contains:
        above = (cell for head in texts.heads for row in head for cell in row)
        asked = f"no cell like {lookup.contains!r}{nearest_text([lookup.contains], above)}"
    wish = PERIOD
    if cuts:
        wish = period_in_context(next(filter(names_month, cuts), cuts[0]), year, layout)[1]
    elif found and lookup.pattern:
        wish = f"a text that fits {lookup.pattern} ([period] pattern in source.toml)"
    raise texts.lacking(lookup, "month", found, wish, "period", asked)


def _area_candidates(lookup: Lookup, texts: SheetTexts, section: str) -> list[str]:
    """The texts that may be the name of the area, of which there is at least one."""
    found = texts.about(lookup)
    if candidates := [candidate for text in found for candidate in _spellings(text, lookup)]:
        return candidates
    wish = f"fits {lookup.pattern}" if lookup.pattern else f"is like {lookup.contains!r}"
    wish = f"a text that {wish} ({section} in source.toml)"
    raise texts.lacking(lookup, "area", found, wish, "area")


def _area(lookup: Lookup, texts: SheetTexts, names: AreaNames, within: str | None, month: date | None) -> str:
    """The first text that is an area; where none is, the first text, which is then refused."""
    candidates = _area_candidates(lookup, texts, "[area]")
    for candidate in candidates:
        if names.resolve((within, candidate), month)[0] or names.resolve((within, candidate))[0]:
            return candidate
    return candidates[0]


def _spellings(text: str, lookup: Lookup) -> list[str]:
    """The parts of a text that may be the name: cut by the pattern, or without the label before a colon."""
    if lookup.pattern:
        cut = lookup.cut(text)
        return [cut] if cut else []
    if lookup.where == "file_name":
        text = re.sub(r"\.[^.]*$", "", text)
    after_colon = re.split("[:：]", text)[-1].strip()
    return list(dict.fromkeys(filter(None, (after_colon, text))))
