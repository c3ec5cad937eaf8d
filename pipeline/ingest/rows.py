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
    headings = _headings(table)
    is_as_written = not filled_down and not headings and not table.element_above
    if layout.rows_left_out is None and layout.totals is None and is_as_written:
        return SortedRows(_filled(body, needed), body.clear(), 0, {})
    marked = body.with_columns(
        is_left_out=_any_fits(labelled, layout.rows_left_out),
        is_total=_any_fits(labelled, layout.totals),
    )
    heads_above = {name: names_above.get(name) for name in headings}
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
    marked, heads_above = _below_headings(marked, headings, heads_above)
    if table.element_above:
        levels = [pl.col(name).str.strip_chars() for name in (*table.element_above, table.element)]
        is_named = pl.col(table.element).is_not_null() | pl.any_horizontal(
            body[name].is_not_null() for name in table.element_above
        )
        joined = pl.when(is_named).then(pl.concat_str(levels, separator="/", ignore_nulls=True))
        marked = marked.with_columns(joined.alias(table.element))
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
        names_above=names_above | heads_above,
    )


def _filled(rows: pl.DataFrame, columns: Iterable[str]) -> pl.DataFrame:
    """The rows in which not all of the columns are empty."""
    if any(not rows[name].null_count() for name in columns):
        return rows
    return rows.filter(pl.any_horizontal(pl.col(name).is_not_null() for name in columns))


def _filled_down(table: Table) -> list[str]:
    """Columns whose texts stand once on a merged block, from left to right: a block ends where one to its left does.

    With several columns of areas, or of the element, the last is each row's own.
    """
    layout = table.layout
    columns: list[str] = []
    if layout.area_filled_down:
        is_every = layout.area_filled_down == "all" or len(table.area) == 1
        columns += table.area if is_every else table.area[:-1]
    if layout.is_period_filled_down and table.period:
        columns.append(table.period)
    if layout.is_element_filled_down and table.element:
        columns += table.element_above or [table.element]
    return sorted(dict.fromkeys(columns), key=int)


def _headings(table: Table) -> dict[str, tuple[re.Pattern[str], str]]:
    """Columns in which a text stands above the rows that follow: how it looks, and what joins it to theirs."""
    layout = table.layout
    found = {}
    if layout.area_heading is not None:
        found[table.area[0]] = (layout.area_heading, "")
    if layout.element_heading is not None:
        found[table.element] = (layout.element_heading, "/")
    return found


def _below_headings(
    rows: pl.DataFrame,
    headings: dict[str, tuple[re.Pattern[str], str]],
    heads_above: dict[str, str | None],
) -> tuple[pl.DataFrame, dict[str, str | None]]:
    """The rows with each text below a heading joined to it, and the last heading of each column."""
    for name, (pattern, joint) in headings.items():
        is_heading = _fits(name, pattern.pattern)
        heads = rows.select(pl.when(is_heading).then(pl.col(name)).forward_fill()).to_series()
        heads = heads.fill_null(heads_above[name]) if heads_above[name] else heads
        is_below = ~is_heading & heads.is_not_null() & ~pl.col("is_left_out") & ~pl.col("is_total")
        is_below &= ~pl.col(name).str.starts_with(heads)
        joined = pl.when(is_below).then(heads + joint + pl.col(name)).otherwise(pl.col(name))
        rows = rows.with_columns(joined.alias(name))
        heads_above = heads_above | {name: heads[-1]}
    return rows, heads_above


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
