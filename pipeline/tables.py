"""The tables at which the four wings meet: name, grain, key, columns, units, and who writes each.

A wing reads and writes these tables and knows nothing else of the other wings. Every published
Parquet file is held against this contract by `check`, and the contract is printed in docs/tables.md.

Conventions: a period is the first day of its month; rates are in the unit of their indicator
(per mille, per cent, per 100 females) and never mixed; an unknown figure is null, never zero. The calendar has the months
from the first figure to the edition; where nobody reported anything for more than two years, only those within a year of a
month with a figure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

TEXT, INTEGER, REAL, DATE, YES_NO = "string", "int64", "double", "date32[day]", "bool"
SEVERITIES = ("error", "warning", "note")  # of findings, the gravest first


@dataclass(frozen=True)
class Column:
    """One column: its type, what it means (with the unit), and whether it may be null."""

    name: str
    type: str
    meaning: str
    nullable: bool = False


@dataclass(frozen=True)
class Table:
    """One table: what a row is, which columns identify it, and which wing writes it."""

    name: str
    grain: str
    key: tuple[str, ...]
    written_by: str
    columns: tuple[Column, ...]
    is_published: bool = True

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]


def _limits(meaning: str, prefix: str = "") -> tuple[Column, ...]:
    return tuple(
        Column(f"{prefix}{side}_{level}", REAL, f"{side} {percent} % limit of {meaning}", nullable=True)
        for level, percent in (("95", "95"), ("998", "99.8"))
        for side in ("lower", "upper")
    )


_PLACE = (
    Column("file_id", TEXT, "the raw file"),
    Column("sheet", TEXT, "sheet name; empty for CSV"),
    Column("row", INTEGER, "row in the file, from 1; 0 for the file as a whole"),
    Column("column", INTEGER, "column in the file, from 1; 0 for the file as a whole"),
)

_INDICATOR_VALUE = (
    Column("area_code", TEXT, "area of today"),
    Column("month", DATE, "last month of the window"),
    Column("time_window", TEXT, "month, quarter, half_year, ytd, rolling_12 or year"),
    Column("indicator", TEXT, "name in indicators.toml"),
    Column("method", TEXT, "kind of interval: proportion, sex_ratio, rate, balance or count"),
    Column("factor", REAL, "100, 1000, ...: value = factor × numerator / (denominator × year_share)"),
    Column("numerator", REAL, "count; births − deaths for a balance", nullable=True),
    Column("denominator", REAL, "count, or average population of the window", nullable=True),
    Column(
        "events", REAL, "counted events behind the numerator (births + deaths for a balance)", nullable=True
    ),
    Column("year_share", REAL, "share of a year the rate refers to; 1 where it is as counted"),
    Column("months_missing", INTEGER, "months of the window without a figure"),
    Column(
        "denominator_concept",
        TEXT,
        "population concept of the denominator: registered, resident, floating",
        nullable=True,
    ),
    Column("is_denominator_estimated", YES_NO, "population interpolated or carried forward"),
    Column("value", REAL, "in the unit of the indicator", nullable=True),
    Column("value_annualised", REAL, "a rate brought to a full year by days", nullable=True),
    Column("numerator_last_year", REAL, "same window a year earlier", nullable=True),
    Column("denominator_last_year", REAL, "same window a year earlier", nullable=True),
    Column("events_last_year", REAL, "same window a year earlier", nullable=True),
    Column("value_last_year", REAL, "same window a year earlier", nullable=True),
    Column("target_lower", REAL, "at least", nullable=True),
    Column("target_upper", REAL, "at most", nullable=True),
    Column("target", REAL, "the bound that decides", nullable=True),
    Column("gap", REAL, "positive: missed by so much; negative: so much is left", nullable=True),
)

_TABLES = (
    Table(
        "sources",
        "source of raw files",
        ("source",),
        "ingest",
        (
            Column("source", TEXT, "folder under data/raw"),
            Column("name", TEXT, "name in the reports"),
            Column("due_day", INTEGER, "day by which a return is due", nullable=True),
            Column("due_months_after", INTEGER, "in which month after its own; 0 is the same", nullable=True),
            Column(
                "due_level", TEXT, "level whose areas are all due; null: those that once came", nullable=True
            ),
            Column("every_months", INTEGER, "1 for a monthly source, 3 for a quarterly, 12 for a yearly"),
        ),
    ),
    Table(
        "files",
        "raw file",
        ("file_id",),
        "ingest",
        (
            Column("file_id", TEXT, "identifies path and content"),
            Column("source", TEXT, "folder under data/raw"),
            Column("path", TEXT, "relative to the source's folder"),
            Column("sha256", TEXT, "of the bytes"),
            Column("bytes", INTEGER, "size"),
            Column("received", DATE, "day of receipt; null where nobody noted it", nullable=True),
            Column(
                "sequence", INTEGER, "order of arrival within the source: by day of receipt, then by name"
            ),
            Column("encoding", TEXT, "of a text file; empty for a workbook"),
            Column(
                "columns_unread", TEXT, "headers of columns (labels of rows) that source.toml does not name"
            ),
            Column("rows_left_out", INTEGER, "titles, subtotals and footnotes named in source.toml"),
            Column(
                "hidden",
                TEXT,
                "figures that were read from hidden sheets, rows and columns; empty for none",
            ),
            Column("cells_checked", INTEGER, "cells of total rows, held against the rows they add up"),
            Column("cells_blank", INTEGER, "cells of figures that were empty or a dash"),
            Column("cells_read", INTEGER, "cells of figures that were not blank"),
            Column("cells_accepted", INTEGER, "of these, in observations"),
            Column("cells_refused", INTEGER, "of these, in rejects"),
        ),
    ),
    Table(
        "observations",
        "accepted number",
        ("file_id", "sheet", "row", "column", "element"),
        "ingest",
        (
            *_PLACE,
            Column("element", TEXT, "name in elements.toml"),
            Column("source", TEXT, "folder under data/raw"),
            Column("area_code", TEXT, "area the row was resolved to"),
            Column("period", DATE, "first day of the (last) month"),
            Column("span", TEXT, "month, ytd, quarter or year"),
            Column(
                "value", REAL, "as counted; a printed percentage as printed; a date as days since 1970-01-01"
            ),
            Column("text", TEXT, "the cell as it stood, where it was not the plain number", nullable=True),
        ),
    ),
    Table(
        "rejects",
        "refused cell",
        ("file_id", "sheet", "row", "column"),
        "ingest",
        (
            *_PLACE,
            Column("source", TEXT, "folder under data/raw"),
            Column("path", TEXT, "relative to the source's folder"),
            Column("found", TEXT, "the text as it stood, shortened"),
            Column("expected", TEXT, "what would have been accepted, and what to do"),
            Column(
                "reason",
                TEXT,
                "for counting: number, date, area, period, column, duplicate, personal data, changed (meanwhile) or file",
            ),
            Column("element", TEXT, "name in elements.toml, where it is known", nullable=True),
            Column("area_code", TEXT, "area of the row, where it is known", nullable=True),
            Column("period", DATE, "first day of the (last) month, where it is known", nullable=True),
            Column("span", TEXT, "month, ytd, quarter or year, where it is known", nullable=True),
        ),
    ),
    Table(
        "totals",
        "total cell that differs from the sum of the rows it stands for",
        ("file_id", "sheet", "row", "column", "element"),
        "ingest",
        (
            *_PLACE,
            Column("element", TEXT, "name in elements.toml"),
            Column("source", TEXT, "folder under data/raw"),
            Column("area_code", TEXT, "lowest area that holds all the rows added up"),
            Column("period", DATE, "first day of the (last) month"),
            Column("label", TEXT, "what the total row is called"),
            Column("stated", REAL, "the figure of the total row"),
            Column("computed", REAL, "sum of the rows"),
            Column("rows_added", INTEGER, "number of rows added up"),
        ),
        is_published=False,
    ),
    Table(
        "blanks",
        "blank cell of an area that has other figures in the same row",
        ("file_id", "sheet", "row", "column", "element"),
        "ingest",
        (
            *_PLACE,
            Column("element", TEXT, "name in elements.toml"),
            Column("source", TEXT, "folder under data/raw"),
            Column("path", TEXT, "relative to the source's folder"),
            Column("area_code", TEXT, "area of the row"),
            Column("period", DATE, "first day of the (last) month"),
            Column("span", TEXT, "month, ytd, quarter or year"),
        ),
        is_published=False,
    ),
    Table(
        "areas",
        "area and validity",
        ("area_code", "valid_from"),
        "warehouse",
        (
            Column("area_code", TEXT, "code"),
            Column("valid_from", DATE, "first month"),
            Column("name", TEXT, "official name"),
            Column("level", TEXT, "level of the hierarchy"),
            Column("parent_code", TEXT, "null for the top", nullable=True),
            Column("valid_to", DATE, "last month; null while in use", nullable=True),
            Column("successor_codes", TEXT, "separated by |", nullable=True),
            Column(
                "current_code",
                TEXT,
                "area of today in which its figures count: itself, its successor, or, after a split, the lowest "
                "area that holds all successors",
                nullable=True,
            ),
            Column("name_en", TEXT, "name on English pages; null: the official one", nullable=True),
        ),
    ),
    Table(
        "breaks",
        "area of today and month from which its series is another",
        ("area_code", "month"),
        "warehouse",
        (
            Column("area_code", TEXT, "area of today"),
            Column("month", DATE, "first month after the change"),
            Column("kind", TEXT, "renamed, recoded, merged, enlarged or split"),
            Column("predecessors", TEXT, "codes and names before the change, separated by |"),
            Column(
                "is_carried_over",
                YES_NO,
                "the series goes on from its predecessors; after a split it begins anew",
            ),
        ),
    ),
    Table(
        "corrections",
        "mended cell",
        ("file_id", "sheet", "row", "column", "element"),
        "warehouse",
        (
            *_PLACE,
            Column("element", TEXT, "name in elements.toml"),
            Column("found", TEXT, "what stood in the cell"),
            Column("was_refused", YES_NO, "the cell had been refused"),
            Column("value", REAL, "what counts instead"),
            Column("reason", TEXT, "why"),
            Column("author", TEXT, "who says so"),
            Column("date", DATE, "since when"),
        ),
    ),
    Table(
        "figures",
        "figure that counts: source, area, period, span and element",
        ("source", "area_code", "period", "span", "element"),
        "warehouse",
        (
            Column("source", TEXT, "folder under data/raw"),
            Column("area_code", TEXT, "area of today; an area that was split keeps its own code"),
            Column("period", DATE, "first day of the (last) month"),
            Column("span", TEXT, "month, ytd, quarter or year"),
            Column("element", TEXT, "name in elements.toml"),
            Column("value", INTEGER, "count; cells of one file and former areas added up"),
            Column("is_corrected", YES_NO, "a correction is in it"),
            Column("file_id", TEXT, "the file it was taken from; the last of several"),
            Column("files", INTEGER, "number of files that state it"),
        ),
    ),
    Table(
        "revisions",
        "figure that a later file changed",
        ("source", "area_code", "period", "span", "element", "file_id"),
        "warehouse",
        (
            Column("source", TEXT, "folder under data/raw"),
            Column("area_code", TEXT, "area as the files name it"),
            Column("period", DATE, "first day of the (last) month"),
            Column("span", TEXT, "month, ytd, quarter or year"),
            Column("element", TEXT, "name in elements.toml"),
            Column("file_id", TEXT, "the later file"),
            Column("previous_file_id", TEXT, "the file it replaces"),
            Column("value_before", INTEGER, "count in the file replaced"),
            Column("value", INTEGER, "count in the later file"),
        ),
    ),
    Table(
        "counts",
        "area of today, month and element",
        ("area_code", "month", "element"),
        "warehouse",
        (
            Column("area_code", TEXT, "area of today"),
            Column("month", DATE, "every month of the calendar"),
            Column("element", TEXT, "name in elements.toml"),
            Column("value", INTEGER, "count of the month, or stock at its end", nullable=True),
            Column("value_ytd", INTEGER, "count since January", nullable=True),
            Column("status", TEXT, "reported, differenced, summed, corrected or missing"),
            Column("source", TEXT, "the source taken; null where none or several", nullable=True),
        ),
    ),
    Table(
        "disagreements",
        "area of today, month, window, element and source other than the preferred",
        ("area_code", "month", "time_window", "element", "source"),
        "warehouse",
        (
            Column("area_code", TEXT, "area of today"),
            Column("month", DATE, "last month of the window"),
            Column("time_window", TEXT, "month, quarter, half_year, ytd, rolling_12 or year"),
            Column("element", TEXT, "name in elements.toml"),
            Column("source", TEXT, "the source compared"),
            Column("preferred_source", TEXT, "the first by precedence"),
            Column("months", INTEGER, "months of the window that both sources state"),
            Column("value_preferred", INTEGER, "count over these months, by the preferred source"),
            Column("value", INTEGER, "count over the same months, by the source compared"),
        ),
    ),
    Table(
        "vital_events",
        "area of today and month",
        ("area_code", "month"),
        "warehouse",
        (
            Column("area_code", TEXT, "area of today"),
            Column("month", DATE, "every month of the calendar"),
            Column("level", TEXT, "level of the area"),
            Column("parent_code", TEXT, "area above; null at the top", nullable=True),
            Column("births_male", REAL, "count", nullable=True),
            Column("births_female", REAL, "count", nullable=True),
            Column("births", REAL, "count", nullable=True),
            Column("deaths", REAL, "count", nullable=True),
            Column("person_years", REAL, "average population × share of the year", nullable=True),
        ),
        is_published=False,
    ),
    Table(
        "indicator_values",
        "area of today, month, window and indicator",
        ("area_code", "month", "time_window", "indicator"),
        "warehouse",
        _INDICATOR_VALUE,
        is_published=False,
    ),
    Table(
        "indicators",
        "area of today, month, window and indicator",
        ("area_code", "month", "time_window", "indicator"),
        "statistics",
        (
            *_INDICATOR_VALUE,
            *_limits("the value"),
            Column("change", REAL, "value − value_last_year", nullable=True),
            *_limits("the change", "change_"),
        ),
    ),
    Table(
        "trends",
        "area of today, month and series",
        ("area_code", "month", "series"),
        "statistics",
        (
            Column("area_code", TEXT, "area of today"),
            Column("month", DATE, "every month of the calendar"),
            Column(
                "series",
                TEXT,
                "sex_ratio_at_birth (per 100 females), natural_growth_rate (per mille of a year)",
            ),
            Column("observed", REAL, "the month's own figure", nullable=True),
            Column(
                "adjusted", REAL, "the month's own figure, the pattern of the year taken out", nullable=True
            ),
            Column("trend", REAL, "posterior median of the underlying level"),
            Column("lower_80", REAL, "10 % quantile"),
            Column("upper_80", REAL, "90 % quantile"),
            Column("lower_95", REAL, "2.5 % quantile"),
            Column("upper_95", REAL, "97.5 % quantile"),
            Column(
                "probability_above_reference",
                REAL,
                "that the level is above the upper reference",
                nullable=True,
            ),
            Column("change_12_months", REAL, "trend − trend twelve months earlier", nullable=True),
            Column("probability_rising", REAL, "that the change over 12 months is positive", nullable=True),
        ),
    ),
    Table(
        "comparisons",
        "area of today, month of the edition, window, indicator and reference",
        ("area_code", "month", "time_window", "indicator", "reference"),
        "statistics",
        (
            Column("area_code", TEXT, "area of today"),
            Column("month", DATE, "last month of the window"),
            Column("time_window", TEXT, "ytd or rolling_12"),
            Column("indicator", TEXT, "name in indicators.toml"),
            Column(
                "reference",
                TEXT,
                "normal_range, baseline, target, level (average of the areas of its level), parent (area above) "
                "or last_year",
            ),
            Column("reference_lower", REAL, "lower end of the reference; null: open", nullable=True),
            Column("reference_upper", REAL, "upper end of the reference; null: open", nullable=True),
            Column("value", REAL, "in the unit of the indicator", nullable=True),
            *_limits("the value"),
            Column("verdict", TEXT, "by the 95 % interval: higher, lower, unclear or not_comparable"),
            Column(
                "dispersion",
                REAL,
                "standard deviation between areas beyond chance, on the scale of the test; null where none is "
                "allowed for",
                nullable=True,
            ),
            Column("p_value", REAL, "two-sided, of no difference from the reference", nullable=True),
            Column(
                "q_value", REAL, "the same, false discovery held over all areas of a level", nullable=True
            ),
            Column("is_flagged", YES_NO, "q_value below the false discovery rate of indicators.toml"),
        ),
    ),
    Table(
        "funnels",
        "level, month of the edition, window, indicator and size",
        ("level", "month", "time_window", "indicator", "size"),
        "statistics",
        (
            Column("level", TEXT, "level of the areas"),
            Column("month", DATE, "last month of the window"),
            Column("time_window", TEXT, "ytd or rolling_12"),
            Column("indicator", TEXT, "name in indicators.toml"),
            Column(
                "size", REAL, "births of a sex ratio, denominator of a proportion, person-years of a rate"
            ),
            Column("centre", REAL, "average of the level"),
            *_limits("what chance makes of the average at this size"),
            Column("dispersion", REAL, "as in comparisons, by which the limits are widened"),
        ),
    ),
    Table(
        "ranks",
        "area of today, month of the edition, window, indicator and area above",
        ("area_code", "month", "time_window", "indicator", "among"),
        "statistics",
        (
            Column("area_code", TEXT, "area of today"),
            Column("month", DATE, "last month of the window"),
            Column("time_window", TEXT, "ytd or rolling_12"),
            Column("indicator", TEXT, "name in indicators.toml"),
            Column("among", TEXT, "the areas of the same level in this area; empty: all of the level"),
            Column("areas", INTEGER, "number of areas ranked"),
            Column("rank", INTEGER, "median rank; 1 is the highest value"),
            Column("rank_lower_95", INTEGER, "lower 95 % limit of the rank"),
            Column("rank_upper_95", INTEGER, "upper 95 % limit of the rank"),
            Column(
                "quarter", INTEGER, "quarter in which the rank is most probably; 1 has the highest values"
            ),
            Column("probability_quarter", REAL, "that it is in this quarter"),
        ),
    ),
    Table(
        "outlook",
        "area of today, month of the edition and indicator",
        ("area_code", "month", "indicator"),
        "statistics",
        (
            Column("area_code", TEXT, "area of today"),
            Column("month", DATE, "last month known"),
            Column("indicator", TEXT, "name in indicators.toml"),
            Column("months_left", INTEGER, "months of the year still to come"),
            Column("numerator_so_far", REAL, "since January"),
            Column("denominator_so_far", REAL, "since January", nullable=True),
            Column("value_so_far", REAL, "since January, in the unit of the indicator", nullable=True),
            Column("projected", REAL, "value of the whole year, median"),
            Column("lower_80", REAL, "10 % quantile"),
            Column("upper_80", REAL, "90 % quantile"),
            Column("lower_95", REAL, "2.5 % quantile"),
            Column("upper_95", REAL, "97.5 % quantile"),
            Column("target_lower", REAL, "at least", nullable=True),
            Column("target_upper", REAL, "at most", nullable=True),
            Column("probability_met", REAL, "that the year ends within the target", nullable=True),
            Column("expected_rest", REAL, "value of the remaining months alone, median", nullable=True),
            Column("needed_rest_lower", REAL, "what the remaining months must bring at least", nullable=True),
            Column("needed_rest_upper", REAL, "what the remaining months may bring at most", nullable=True),
            Column("progress", REAL, "of a counted task: share of the target reached", nullable=True),
            Column("progress_due", REAL, "share of the year gone by (pro-rated progress)"),
        ),
    ),
    Table(
        "expectations",
        "area of today, month and series",
        ("area_code", "month", "series"),
        "statistics",
        (
            Column("area_code", TEXT, "area of today"),
            Column("month", DATE, "one of the last 24 months"),
            Column("series", TEXT, "births, deaths (counts of the month) or sex_ratio_at_birth"),
            Column("observed", REAL, "the month's own figure"),
            Column("expected", REAL, "median, from the months before and the neighbours' same month"),
            *_limits("what is expected"),
            Column("p_value", REAL, "two-sided, of a month as far out as this"),
            Column("q_value", REAL, "the same, false discovery held over all areas, months and series"),
        ),
    ),
    Table(
        "findings",
        "finding",
        ("finding_id",),
        "warehouse",
        (
            Column("finding_id", TEXT, "stable while its evidence is the same"),
            Column("kind", TEXT, "what rule spoke, e.g. sum_differs; docs/your-own-data.md lists them"),
            Column("severity", TEXT, "error, warning or note"),
            Column("area_code", TEXT, "area concerned"),
            Column("month", DATE, "month concerned"),
            Column("subject", TEXT, "element concerned"),
            Column("evidence", TEXT, "the figures and where they stand, as JSON"),
        ),
    ),
    Table(
        "completeness",
        "area of today, source and month",
        ("area_code", "source", "month"),
        "warehouse",
        (
            Column("area_code", TEXT, "area of today"),
            Column("source", TEXT, "folder under data/raw"),
            Column("month", DATE, "every month the source is due"),
            Column("expected", INTEGER, "returns due from reporting areas at or below the area"),
            Column("actual", INTEGER, "returns that hold at least one figure"),
            Column(
                "on_time",
                INTEGER,
                "of these, by the due date; null where no date of receipt is known",
                nullable=True,
            ),
            Column("months_silent", INTEGER, "months in a row, up to this one, without any return"),
        ),
    ),
    Table(
        "deadlines",
        "area of today, element of kind date, and month",
        ("area_code", "element", "month"),
        "warehouse",
        (
            Column("area_code", TEXT, "area of today"),
            Column("element", TEXT, "name in elements.toml"),
            Column("month", DATE, "month of the item"),
            Column("due", DATE, "last day in time"),
            Column("done", DATE, "day on which it was done; null while open", nullable=True),
            Column("status", TEXT, "on_time, late or open"),
            Column(
                "days_late",
                INTEGER,
                "days past due, of an open item by the end of the edition; null if not due yet",
                nullable=True,
            ),
        ),
    ),
)

TABLES: dict[str, Table] = {table.name: table for table in _TABLES}
PUBLISHED: tuple[str, ...] = tuple(table.name for table in _TABLES if table.is_published)


def schema(name: str) -> pa.Schema:
    """The Arrow schema of a table, nullability included."""
    import pyarrow as pa

    return pa.schema(
        [pa.field(c.name, pa.type_for_alias(c.type), nullable=c.nullable) for c in TABLES[name].columns]
    )
