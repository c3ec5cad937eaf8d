"""`sitrep explain`: from a published indicator back to its counts and to the raw cells behind them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from pipeline.commands.setting import DONE, published, say
from pipeline.problems import Place, ProblemError
from pipeline.reference import Terms, read_reference
from pipeline.workspace import read_settings

_SHOWN = 40


def explain(root: Path, area: str, indicator: str, month: date | None) -> int:
    workspace, snapshot = published(root)
    month = month or snapshot.month
    reference = read_reference(workspace, read_settings(workspace).levels)
    if indicator not in reference.indicators:
        raise ProblemError("indicators.toml", indicator, f"one of {', '.join(reference.indicators)}")
    folder = workspace.current
    with duckdb.connect() as connection:
        for name in ("indicators", "counts", "areas", "files"):
            connection.read_parquet(str(folder / f"{name}.parquet")).create_view(name)
        connection.read_parquet(str(folder / "observations.parquet" / "*.parquet")).create_view(
            "observations"
        )
        _say_value(connection, area, indicator, month)
        formula = reference.indicators[indicator].formula
        parts = reference.elements
        wanted = _counted({**formula.numerator, **formula.denominator}, parts)
        for element in wanted:
            _say_counts(connection, area, element, month)
    return DONE


def _say_value(connection, area: str, indicator: str, month: date) -> None:
    rows = connection.execute(
        "select i.time_window, i.numerator, i.denominator, i.factor, i.year_share, i.value, i.lower_95, i.upper_95, "
        "a.name from indicators i join areas a using (area_code) "
        "where i.area_code = ? and i.indicator = ? and i.month = ? order by i.time_window",
        [area, indicator, month],
    ).fetchall()
    if not rows:
        raise ProblemError(
            "data/processed/current/indicators.parquet",
            f"no {indicator} of {area} in {month:%Y-%m}",
            "an area of areas.csv and a month of the edition",
        )
    say(f"{indicator}, {area} {rows[0][-1]}, {month:%Y-%m}")
    for window, numerator, denominator, factor, share, value, lower, upper, _ in rows:
        if value is None:
            say(f"  {window}: unknown (numerator {numerator}, denominator {denominator})")
        else:
            limits = "" if lower is None else f" [{lower:.4f}; {upper:.4f}]"
            yearly = "" if share == 1 else f" × {share:.6f} years"
            say(
                f"  {window}: {value:.4f}{limits} = {factor:g} × {numerator:,.10g} / ({denominator:,.10g}{yearly})"
            )


def _counted(terms: Terms, elements) -> list[str]:
    """The elements of a formula, sums resolved into the parts that offices report."""
    names: list[str] = []
    for name in terms:
        names += _counted(dict.fromkeys(elements[name].sum_of, 1), elements) or [name]
    return list(dict.fromkeys(names))


def _say_counts(connection, area: str, element: str, month: date) -> None:
    value, status, source = connection.execute(
        "select value, status, source from counts where area_code = ? and element = ? and month = ?",
        [area, element, month],
    ).fetchall()[0]
    shown = "unknown" if value is None else f"{value:,}"
    say(f"{element}, {month:%Y-%m}: {shown} ({f'{status}, {source}' if source else status})")
    cells = connection.execute(
        """
        with recursive within as (
            select ? as area_code
            union
            select areas.area_code from areas join within on areas.parent_code = within.area_code
        )
        select files.source, files.path, o.sheet, o."row", o."column", o.area_code, o.period, o.span, o.value
        from observations o
        join within using (area_code)
        join files using (file_id)
        where o.element = ? and (o.period = ? or (o.span = 'ytd' and o.period = ? and month(o.period) < 12))
        order by all
        """,
        [area, element, month, _previous(month)],
    ).fetchall()
    for source_name, path, sheet, row, column, code, period, span, cell in cells[:_SHOWN]:
        place = Place(f"{source_name}/{path}", sheet, row, column)
        say(f"  {place}: {cell:,.10g} ({code}, {period:%Y-%m}{' since January' if span == 'ytd' else ''})")
    if len(cells) > _SHOWN:
        say(f"  … and {len(cells) - _SHOWN:,} more cells")


def _previous(month: date) -> date:
    return date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
