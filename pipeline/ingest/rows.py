"""The rows below a header: figures, totals, and titles, footnotes and the like that are left out."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from pipeline.ingest.header import Table


@dataclass(frozen=True)
class SortedRows:
    """Rows by what they are. `totals` has a column `label` more: what the total row is called."""

    figures: pl.DataFrame
    totals: pl.DataFrame
    left_out: int
    names_above: dict[str, str | None]


def sort_rows(body: pl.DataFrame, table: Table, names_above: dict[str, str | None]) -> SortedRows:
    """Sort the rows of a table, and fill names that stand once on a merged block down over it.

    `names_above` are the names last seen in the rows before, by column.
    """
    layout = table.layout
    labelled = list(dict.fromkeys(filter(None, (body.columns[1], *table.area, table.period))))
    named = [name for name in (*table.area[-1:], table.element) if name] or labelled
    figures = [figure.column for figure in table.figures]
    needed = dict.fromkeys((*named, *figures))
    filled_down = _filled_down(table)
    if layout.rows_left_out is None and layout.totals is None and not filled_down:
        return SortedRows(_filled(body, needed), body.clear(), 0, {})
    marked = body.with_columns(
        is_left_out=_any_fits(labelled, layout.rows_left_out),
        is_total=_any_fits(labelled, layout.totals),
    )
    names_above = {name: names_above.get(name) for name in filled_down}
    if filled_down:
        is_figure = ~pl.col("is_left_out") & ~pl.col("is_total")
        first = pl.DataFrame([names_above], schema=dict.fromkeys(filled_down, pl.String))
        written = marked.select(pl.when(is_figure).then(pl.col(name)).alias(name) for name in filled_down)
        filled = _fill_down(pl.concat([first, written]), filled_down)
        names_above = filled.row(-1, named=True)
        kept_as_written = marked.select(filled_down)
        marked = marked.with_columns(filled.slice(1)).with_columns(
            pl.when(is_figure).then(pl.col(name)).otherwise(kept_as_written[name]).alias(name)
            for name in filled_down
        )
    marked = _filled(marked, needed)
    is_left_out, is_total = marked["is_left_out"], marked["is_total"] & ~marked["is_left_out"]
    totals = marked.filter(is_total)
    if layout.totals is not None:
        totals = totals.with_columns(
            label=pl.coalesce(
                pl.when(_fits(name, layout.totals.pattern)).then(pl.col(name)) for name in labelled
            )
        )
    helpers = ["is_left_out", "is_total"]
    return SortedRows(
        figures=marked.filter(~is_left_out & ~is_total).drop(helpers),
        totals=totals.drop(helpers),
        left_out=int(is_left_out.sum()),
        names_above=names_above,
    )


def _filled(rows: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """The rows in which not all of the columns are empty."""
    if any(not rows[name].null_count() for name in columns):
        return rows
    return rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in columns))


def _filled_down(table: Table) -> list[str]:
    """Columns whose texts stand once on a merged block; with several area columns the last is each row's own."""
    layout = table.layout
    columns: list[str] = []
    if layout.area_filled_down:
        is_every = layout.area_filled_down == "all" or len(table.area) == 1
        columns += table.area if is_every else table.area[:-1]
    if layout.is_period_filled_down and table.period:
        columns.append(table.period)
    if layout.is_element_filled_down and table.element:
        columns.append(table.element)
    return list(dict.fromkeys(columns))


def _fill_down(texts: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
    """Each column filled down as far as the columns before it stay the same."""
    for number, name in enumerate(columns):
        above = columns[:number]
        if not above:
            texts = texts.with_columns(pl.col(name).forward_fill())
            continue
        changes = pl.any_horizontal(pl.col(other).ne_missing(pl.col(other).shift()) for other in above)
        texts = texts.with_columns(pl.col(name).forward_fill().over(changes.cum_sum()))
    return texts


def _any_fits(columns: list[str], pattern: re.Pattern[str] | None) -> pl.Expr:
    if pattern is None:
        return pl.lit(False)
    return pl.any_horizontal(_fits(name, pattern.pattern) for name in columns)


def _fits(name: str, pattern: str) -> pl.Expr:
    """Whether the text, as it stands or without its spaces (合　计), fits."""
    text = pl.col(name)
    fits = text.str.contains(pattern) | text.str.replace_all(r"\s+", "").str.contains(pattern)
    return fits.fill_null(False)
