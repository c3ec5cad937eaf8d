"""One sheet to observations and rejects: every cell of a figure ends in the one or in the other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.ingest.header import Columns, find_columns
from pipeline.ingest.names import AreaNames
from pipeline.ingest.numbers import parse_numbers
from pipeline.ingest.periods import parse_period
from pipeline.ingest.readers import Sheet
from pipeline.ingest.source import ElementColumn, SourceDescription, matches
from pipeline.problems import Place, ProblemError, shorten

_LARGEST = 10**12 - 1
_WHOLE = f"a whole number from 0 to {_LARGEST:,}"
_ONCE = 'each area and month once in a file (several_per_area = "sum" in source.toml adds rows up)'
_PERIOD = "a month such as 2024-08, 2024年8月 or 11308"


@dataclass(frozen=True)
class Extract:
    """What one sheet gave. `cells` has one row per figure that was not blank, with `reason` null if accepted."""

    cells: pl.DataFrame
    cells_blank: int
    rows_left_out: int
    columns_unread: tuple[str, ...]


def extract(sheet: Sheet, path: str, source: SourceDescription, names: AreaNames) -> Extract:
    """Read one sheet as source.toml describes it.

    `cells` has the columns row, column, element, kind, area_code, period, span, text, value, reason, expected.
    """
    place = Place(path, sheet.name)
    columns = find_columns(sheet, source, place)
    body = sheet.grid.filter(pl.col("row") >= columns.first_row)
    rows, left_out = _figures_rows(body, columns, source)
    rows = _with_areas(rows, columns, _area_of_sheet(sheet, path, source, columns, place), names)
    rows = _with_periods(rows, columns, _period_of_sheet(sheet, path, source, columns, place))
    figures = _melted(rows, columns)
    parsed = parse_numbers(figures["text"])
    cells = figures.with_columns(parsed["value"], parsed["is_blank"])
    blank = cells["is_blank"].sum()
    cells = _judged(cells.filter(~pl.col("is_blank")).drop("is_blank"))
    return Extract(cells, blank, left_out, columns.unread)


def _figures_rows(
    body: pl.DataFrame, columns: Columns, source: SourceDescription
) -> tuple[pl.DataFrame, int]:
    """Rows that hold figures of areas: not blank, not left out by rule; merged area names filled down."""
    if source.leave_out is not None:
        pattern = source.leave_out.pattern
        watched = dict.fromkeys((body.columns[1], *columns.area))
        marked = pl.any_horizontal(pl.col(name).str.contains(pattern).fill_null(False) for name in watched)
    else:
        marked = pl.lit(False)
    if source.fills_down:
        upper = columns.area[:-1]
        body = body.with_columns(is_left_out=marked).with_columns(
            pl.when(~pl.col("is_left_out")).then(pl.col(name)).alias(name) for name in upper
        )
        body = body.with_columns(pl.col(upper).forward_fill())
    else:
        body = body.with_columns(is_left_out=marked)
    figures = [column for _, column in columns.elements]
    is_blank = pl.all_horizontal(
        pl.col(name).is_null() for name in dict.fromkeys((columns.area[-1], *figures))
    )
    rows = body.filter(~is_blank)
    kept = rows.filter(~pl.col("is_left_out"))
    return kept, rows.height - kept.height


def _with_areas(rows: pl.DataFrame, columns: Columns, within: str | None, names: AreaNames) -> pl.DataFrame:
    keys = rows.select(columns.area).unique(maintain_order=True)
    found = [names.resolve((within, *parts)) for parts in keys.iter_rows()]
    keys = keys.with_columns(
        pl.Series("area_code", [code for code, _ in found], pl.String),
        pl.Series("area_expected", [expected for _, expected in found], pl.String),
    )
    return rows.join(
        keys, on=list(columns.area), how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(area_text=pl.concat_str(columns.area, separator=" ", ignore_nulls=True))


def _area_of_sheet(
    sheet: Sheet, path: str, source: SourceDescription, columns: Columns, place: Place
) -> str | None:
    """The area above all rows, where it stands in the name of the file or the sheet or in a title."""
    if source.within_pattern is None:
        return None
    texts = _texts_about(source.within_from, "*", sheet, path, columns)
    for text in texts:
        if match := source.within_pattern.search(text):
            return match.group(match.lastindex or 0)
    raise ProblemError(
        place,
        f"no area in the {source.within_from.replace('_', ' ')}: {shorten(' | '.join(texts))}",
        f"a text that fits {source.within_pattern.pattern} ([area] within in source.toml)",
        "area",
    )


def _period_of_sheet(
    sheet: Sheet, path: str, source: SourceDescription, columns: Columns, place: Place
) -> date | None:
    """The month all rows share, or None where each row names its own."""
    if source.period_from == "column":
        return None
    texts = _texts_about(source.period_from, source.period_pattern, sheet, path, columns)
    for text in texts:
        if period := parse_period(text):
            return period
    found = shorten(" | ".join(texts)) or f"no cell like {source.period_pattern!r} above the figures"
    raise ProblemError(
        place, f"no month in the {source.period_from.replace('_', ' ')}: {found}", _PERIOD, "period"
    )


def _texts_about(where: str, pattern: str, sheet: Sheet, path: str, columns: Columns) -> list[str]:
    """Texts that speak of the whole sheet: its name, the file's name or path, or cells above the figures."""
    if where != "cell":
        return [{"file_name": path.rpartition("/")[2], "path": path, "sheet_name": sheet.name}[where]]
    head = sheet.grid.filter(pl.col("row") < columns.first_row).drop("row")
    return [cell for row in head.iter_rows() for cell in row if cell and matches(pattern, cell)]


def _with_periods(rows: pl.DataFrame, columns: Columns, shared: date | None) -> pl.DataFrame:
    if columns.period is None:
        return rows.with_columns(period=pl.lit(shared, pl.Date), period_text=pl.lit(None, pl.String))
    texts = rows.select(period_text=columns.period).unique()
    texts = texts.with_columns(
        pl.Series("period", [parse_period(text or "") for text in texts["period_text"]], pl.Date)
    )
    return rows.with_columns(period_text=pl.col(columns.period)).join(
        texts, on="period_text", how="left", nulls_equal=True, maintain_order="left"
    )


def _melted(rows: pl.DataFrame, columns: Columns) -> pl.DataFrame:
    shared = ("row", "area_code", "area_text", "area_expected", "period", "period_text")
    return pl.concat(
        rows.select(
            *shared,
            column=pl.lit(int(column), pl.Int64),
            element=pl.lit(wanted.element.name),
            kind=pl.lit(wanted.element.kind),
            span=pl.lit(_span(wanted)),
            text=column,
        )
        for wanted, column in columns.elements
    )


def _span(wanted: ElementColumn) -> str:
    return "month" if wanted.element.kind == "stock" else wanted.span


def _judged(cells: pl.DataFrame) -> pl.DataFrame:
    """Add `reason`, `found` and `expected`: null where the cell is accepted."""
    counted = pl.col("kind") != "printed"
    value = pl.col("value")
    is_count = value.is_between(0, _LARGEST) & (value == value.floor())
    is_number = value.is_not_null() & (is_count | ~counted)
    wanted = pl.when(counted).then(pl.lit(_WHOLE)).otherwise(pl.lit("a number"))
    rules = (
        (pl.col("period").is_null(), "period", pl.col("period_text").fill_null("nothing"), pl.lit(_PERIOD)),
        (
            pl.col("area_code").is_null(),
            "area",
            pl.col("area_text").fill_null("nothing"),
            pl.col("area_expected"),
        ),
        (~is_number, "number", pl.col("text"), wanted),
    )
    reason = found = expected = pl.lit(None, pl.String)
    for broken, name, what, wish in reversed(rules):
        reason = pl.when(broken).then(pl.lit(name)).otherwise(reason)
        found = pl.when(broken).then(what).otherwise(found)
        expected = pl.when(broken).then(wish).otherwise(expected)
    return cells.with_columns(reason=reason, found=found, expected=expected)


def refuse_repeats(cells: pl.DataFrame) -> pl.DataFrame:
    """Refuse every accepted cell whose area, period, element and span stood before in the same file."""
    accepted = cells.filter(pl.col("reason").is_null())
    is_repeat = ~pl.struct("area_code", "period", "element", "span").is_first_distinct()
    judged = accepted.with_columns(
        reason=pl.when(is_repeat).then(pl.lit("duplicate")),
        found=pl.when(is_repeat).then(pl.col("text")),
        expected=pl.when(is_repeat).then(pl.lit(_ONCE)),
    )
    return pl.concat([judged, cells.filter(pl.col("reason").is_not_null())])
