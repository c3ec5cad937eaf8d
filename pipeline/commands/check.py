"""`sitrep check`: the raw files read, without touching what is published."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl

from pipeline.build import count, lock
from pipeline.commands.setting import DONE, REFUSED, at_work, say
from pipeline.problems import Place
from pipeline.reference import read_reference
from pipeline.workspace import read_settings

_SHOWN = 20


def check(root: Path, workers: int) -> int:
    with at_work(root, workers) as (workspace, executor, progress):
        settings = read_settings(workspace)
        reference = read_reference(workspace, settings.levels)
        staging = workspace.processed / ".check"
        workspace.processed.mkdir(parents=True, exist_ok=True)
        with lock(workspace.processed / ".lock"):
            month, _ = count(
                workspace, settings, reference, staging, edition=None, executor=executor, progress=progress
            )
            names = ("files", "rejects", "findings", "completeness", "areas")
            tables = {name: pl.read_parquet(staging / f"{name}.parquet") for name in names}
            shutil.rmtree(staging)
    _say_read(tables["files"])
    _say_refused(tables["rejects"])
    _say_missing(tables["completeness"], tables["areas"], settings.report_level, month)
    _say_findings(tables["findings"])
    return REFUSED if tables["rejects"].height else DONE


def _say_read(files: pl.DataFrame) -> None:
    say("Read")
    totals = files.group_by("source").agg(
        pl.len().alias("files"),
        pl.col("cells_read", "cells_accepted", "cells_refused", "cells_blank", "rows_left_out").sum(),
    )
    for row in totals.sort("source").iter_rows(named=True):
        say(
            f"  {row['source']}: {row['files']:,} files, {row['cells_read']:,} figures = "
            f"{row['cells_accepted']:,} accepted + {row['cells_refused']:,} refused; "
            f"{row['cells_blank']:,} blank, {row['rows_left_out']:,} rows left out by rule"
        )
    unread = (
        files.filter(pl.col("columns_unread") != "").group_by("source", "columns_unread").len().sort("source")
    )
    for source, columns, number in unread.iter_rows():
        say(f"  {source}: columns nobody asked for in {number} files: {columns}")


def _say_refused(rejects: pl.DataFrame) -> None:
    if rejects.is_empty():
        say("Refused: nothing")
        return
    say(f"Refused: {rejects.height:,} figures")
    alike = (
        rejects.sort("path", "sheet", "row", "column")
        .group_by("source", "path", "sheet", "found", "expected", maintain_order=True)
        .agg(pl.len(), pl.first("row", "column"))
    )
    for row in alike.head(_SHOWN).iter_rows(named=True):
        place = Place(f"{row['source']}/{row['path']}", row["sheet"], row["row"], row["column"])
        times = f" ({row['len']} figures)" if row["len"] > 1 else ""
        say(f"  {place}: found {row['found']}{times}; expected {row['expected']}")
    if alike.height > _SHOWN:
        say(f"  … and {alike.height - _SHOWN:,} more")


def _say_missing(completeness: pl.DataFrame, areas: pl.DataFrame, level: str, month) -> None:
    reported = areas.filter(pl.col("level") == level).select("area_code", "name")
    gaps = (
        completeness.join(reported, on="area_code")
        .filter(pl.col("actual") < pl.col("expected"))
        .with_columns(pl.col("month").dt.strftime("%Y-%m"))
        .sort("source", "area_code", "month")
        .group_by("source", "area_code", "name", maintain_order=True)
        .agg(pl.col("month"), (pl.col("expected") - pl.col("actual")).sum().alias("missing"))
    )
    silent = reported.join(completeness, on="area_code", how="anti").sort("area_code")
    if gaps.is_empty() and silent.is_empty():
        say(f"Missing up to {month:%Y-%m}: nothing")
        return
    say(f"Missing up to {month:%Y-%m}")
    for row in gaps.head(_SHOWN).iter_rows(named=True):
        months = ", ".join(row["month"][:6]) + (" …" if len(row["month"]) > 6 else "")
        say(
            f"  {row['source']}, {row['area_code']} {row['name']}: {_counted(row['missing'], 'return')}, in {months}"
        )
    if gaps.height > _SHOWN:
        say(f"  … and {gaps.height - _SHOWN:,} more")
    for code, name in silent.iter_rows():
        say(f"  {code} {name}: never reported to any source")


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _say_findings(findings: pl.DataFrame) -> None:
    say(f"Odd: {_counted(findings.height, 'finding')}" if findings.height else "Odd: nothing")
    latest = findings.sort("month", "area_code", descending=[True, False]).head(_SHOWN)
    for row in latest.iter_rows(named=True):
        say(f"  {row['month']:%Y-%m} {row['area_code']} {row['subject']}: {_worded(row)}")
    if findings.height > _SHOWN:
        say(f"  … and {findings.height - _SHOWN:,} more")


def _worded(finding: dict) -> str:
    evidence = json.loads(finding["evidence"])
    place = Place(
        f"{evidence['source']}/{evidence['path']}", evidence.get("sheet", ""), evidence.get("row", 0)
    )
    match finding["kind"]:
        case "printed_figure_differs":
            said = f"printed {evidence['printed']:g}, but {evidence['computed']:g} from the counts beside it"
        case "cumulative_falls":
            before = f"{evidence['previous']:g} already in {evidence['previous_month']}"
            said = f"{evidence['found']:g} since January, but {before}"
        case kind:
            said = kind
    return f"{said} ({place})"
