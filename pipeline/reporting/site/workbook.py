"""The published tables as one workbook to read: what everything means on the first sheet, heads in Chinese and English.

A number is shown with the decimals of its indicator and stored in full. Texts are written as texts, so no name becomes a
formula. The same tables give the same bytes.
"""

import io
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

import polars as pl

from pipeline.reporting.renderers.interface import publish
from pipeline.reporting.report_context import ReportContext

LANGUAGES = ("zh", "en")
_OPTIONS = {
    "constant_memory": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
# Columns with a name of the reference tables in each cell, and those with a word of the reports.
_NAMED = ("indicator", "series", "source")
_WORDS = ("time_window", "reference", "verdict", "note", "question", "evidence")
_IN_UNITS = ("value", "lower", "upper", "target", "gap", "projected", "trend", "reference_")
_SHARES = ("probability", "progress", "own_share")


def write_workbook(tables: Mapping[str, pl.DataFrame], path: Path, report: ReportContext) -> None:
    """The sheet about the others, and a sheet a table."""
    import xlsxwriter

    words, written = _Words(report), io.BytesIO()
    with xlsxwriter.Workbook(written, _OPTIONS) as book:
        book.set_properties({"title": words.title, "created": datetime(2000, 1, 1)})
        _write_about(book, tables, words)
        for name, table in tables.items():
            _write_table(book, name, table, words)
    publish(path, written.getvalue())


class _Words:
    """What the sheets say, in Chinese and English: the one beside or above the other, once where both are alike."""

    def __init__(self, report: ReportContext) -> None:
        self.report = report
        self.both = [report.in_language(language) for language in LANGUAGES]
        self.title = self._joined(" ", [one.named(report.settings.name) for one in self.both])

    def text(self, message: str, between: str = " ") -> str:
        return self._joined(between, [one.say(message) for one in self.both])

    def filled(self, message: str, **values: str) -> list[str]:
        return [one.say(message, **values) for one in self.both]

    def head(self, column: str) -> str:
        return self.text(f"workbook.columns.{column}", "\n")

    def unit(self, subject: str) -> str:
        spec = self.report.indicators.get(subject)
        return self._joined(" / ", [one.named(spec.unit) for one in self.both]) if spec else ""

    def decimals(self, subject: str) -> int:
        spec = self.report.indicators.get(subject)
        return spec.decimals if spec else 2

    def cell(self, column: str, cell: object) -> object:
        """A code in words; everything else as it is."""
        if not cell or not isinstance(cell, str):
            return cell
        if column == "source":
            names = [one.source_names.get(cell, cell) for one in self.both]
            return self._joined(" ", names)
        if column in _NAMED:
            return self._joined(" ", [one.label(cell) for one in self.both])
        return self.text(f"workbook.{column}.{cell}") if column in _WORDS else cell

    @staticmethod
    def _joined(between: str, texts: list[str]) -> str:
        return between.join(dict.fromkeys(text for text in texts if text))


def _write_about(book, tables: Mapping[str, pl.DataFrame], words: _Words) -> None:
    """The edition, what cells and limits mean, and every sheet, column and indicator with its unit."""
    report = words.report
    sheet = book.add_worksheet(words.text("workbook.about"))
    title = book.add_format({"bold": True, "font_size": 14})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for place, width in enumerate((20, 26, 34, 44, 14)):
        sheet.set_column(place, place, width, wrapped)
    sheet.write(0, 0, words.title, title)
    lines = [
        *(words.filled("page.fictional") if report.settings.is_fictional else []),
        *words.filled("overview.provenance", edition=report.name, build=report.build, version=report.version),
        *dict.fromkeys(one.named(report.settings.attribution) for one in words.both),
        *(
            text
            for name in ("cells", "intervals", "origin")
            for text in words.filled(f"workbook.about_{name}")
        ),
    ]
    for row, line in enumerate(filter(None, lines), start=1):
        sheet.merge_range(row, 0, row, 4, line.replace("**", ""), wrapped)
        sheet.set_row(row, 15 * (1 + _letters(line) // 130))
    heads = {
        name: words.head(name) for name in ("sheet", "column", "indicator", "chinese", "english", "unit")
    }
    rows = [[heads[name] for name in ("sheet", "column", "chinese", "english", "unit")]]
    for name, table in tables.items():
        rows.append([name, "", *words.filled(f"workbook.sheets.{name}")])
        for column in table.columns:
            unit = words.text(f"workbook.units.{_unit_of(column)}") if _unit_of(column) else ""
            rows.append(["", column, *words.filled(f"workbook.columns.{column}"), unit])
    rows += [[], ["", *(heads[name] for name in ("indicator", "chinese", "english", "unit"))]]
    rows += [
        ["", name, *(one.label(name) for one in words.both), words.unit(name)]
        for name in report.reported_first
    ]
    for row, cells in enumerate(rows, start=len([*filter(None, lines)]) + 2):
        sheet.write_row(row, 0, cells, head if heads["unit"] in cells else wrapped)
    _set_paper(sheet)


def _write_table(book, name: str, table: pl.DataFrame, words: _Words) -> None:
    """Its head frozen and filtered, columns as wide as what they hold."""
    sheet = book.add_worksheet(name)
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "bottom"})
    subject = next((column for column in ("indicator", "series") if column in table.columns), "")
    decimals = [words.decimals(of) for of in table[subject]] if subject else [2] * table.height
    shaped = cache(lambda picture: book.add_format({"num_format": picture}))
    for place, column in enumerate(table.columns):
        known = f"workbook.columns.{column}" in words.report.say.messages
        title = words.head(column) if known else column
        cells = [words.cell(column, cell) for cell in table[column].to_list()]
        sheet.write(0, place, title, head)
        sheet.set_column(place, place, _width(title, cells[:1000], table.schema[column]))
        for row, (cell, digits) in enumerate(zip(cells, decimals, strict=True), start=1):
            if isinstance(cell, str | bool):
                sheet.write(row, place, cell)
            elif cell is not None:
                sheet.write(row, place, cell, shaped(_picture(column, digits)))
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, table.height, table.width - 1)
    sheet.repeat_rows(0)
    _set_paper(sheet)


def _picture(column: str, decimals: int) -> str:
    """How numbers of a column look in a row of an indicator with so many decimals."""
    if column == "month":
        return "yyyy-mm"
    match _unit_of(column):
        case "share":
            return "0%"
        case "q_value":
            return "0.000"
        case "indicator":
            return "#,##0" + ("." + "0" * decimals if decimals else "")
    return "#,##0"


def _unit_of(column: str) -> str:
    """What the numbers of a column are in: `indicator` for its own unit, `share`, `count`; empty for texts."""
    if column == "q_value":
        return "q_value"
    if column.startswith(_SHARES):
        return "share"
    if column.startswith(_IN_UNITS):
        return "indicator"
    return "count" if column.startswith(("numerator", "denominator", "expected", "actual", "on_time")) else ""


def _set_paper(sheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _width(title: str, cells: list[object], kind: pl.DataType) -> float:
    """Width in characters; the longer line of the head may take two lines more, as it wraps at blanks."""
    of_head = max(_letters(word) for line in title.split("\n") for word in line.split(" "))
    widest = max((_letters(str(cell)) for cell in cells if cell), default=0) if kind == pl.String else 0
    return min(44, max(of_head + 2, widest + 2, 11))


def _letters(text: str) -> int:
    """Its width in characters; a Chinese one takes two."""
    return sum(2 if ord(char) > 0x2E80 else 1 for char in text)
