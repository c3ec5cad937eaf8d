"""The facts of `sitrep check`, gathered from the tables."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

import polars as pl

from pipeline.audit.check_alike import share_alike
from pipeline.audit.check_facts import (
    Checked,
    Deadline,
    FileSaid,
    Finding,
    Gap,
    HiddenValues,
    Mended,
    Refusal,
    SourceRead,
)
from pipeline.audit.check_places import Places
from pipeline.problems import printable
from pipeline.tables import SEVERITIES
from pipeline.workspace import Settings, Workspace

TABLES = ("areas", "completeness", "corrections", "deadlines", "files", "findings", "rejects", "sources")
_CELL = ("file_id", "sheet", "row", "column")
_SUMMED = ("cells_read", "cells_accepted", "cells_refused", "cells_blank", "cells_checked", "rows_left_out")
_UTF_8 = ("utf-8", "utf-8-sig", "utf8", "ascii")


def gather(
    workspace: Workspace,
    settings: Settings,
    tables: Mapping[str, pl.DataFrame],
    month: date,
) -> Checked:
    """The facts of a workspace from the tables named in `TABLES`."""
    places = Places(tables["areas"], settings.levels, settings.report_level)
    findings = list(_findings(tables["findings"]))
    by_file = _files(tables, findings)
    told = (file for _, file in sorted(by_file.items()))
    files = tuple(file for file in told if file.refusals or file.mended or file.findings)
    completeness = tables["completeness"]
    of_no_file = [finding for finding in findings if finding.file not in by_file]
    never_came = (pl.col("actual") == 0) & (pl.col("expected") > 0)
    came_late = (pl.col("actual") == pl.col("expected")) & (pl.col("on_time") == 0) & (pl.col("actual") > 0)
    return Checked(
        month=month,
        sources=tuple(_sources(tables, findings)),
        files=files,
        shared=share_alike(files),
        hidden=tuple(_hidden(tables["files"])),
        silent=tuple(finding for finding in of_no_file if finding.kind == "long_silent"),
        elsewhere=tuple(finding for finding in of_no_file if finding.kind != "long_silent"),
        missing=tuple(_gaps(completeness.filter(never_came), places, "expected")),
        late=tuple(_gaps(completeness.filter(came_late), places, "actual")),
        is_receipt_known=completeness["on_time"].is_not_null().any(),
        deadlines=tuple(
            Deadline(**{name: row[name] for name in Deadline.__annotations__})
            for row in tables["deadlines"].sort("element", "area_code", "month").iter_rows(named=True)
        ),
        never_reported=tuple(_never_reported(completeness, places)),
        unasked=tuple(_unasked(workspace, tables["files"])),
        undescribed=tuple(_undescribed(workspace)),
        places=places,
    )


def _findings(table: pl.DataFrame) -> Iterator[Finding]:
    """The gravest first, then the latest."""
    gravest_first = pl.col("severity").cast(pl.Enum(SEVERITIES))
    order = (gravest_first, "month", "area_code", "finding_id")
    for row in table.sort(order, descending=[False, True, False, False]).iter_rows(named=True):
        yield Finding(**row | {"evidence": json.loads(row["evidence"])})


def _files(
    tables: Mapping[str, pl.DataFrame], findings: Iterable[Finding]
) -> dict[tuple[str, str], FileSaid]:
    rows = tables["files"].select("file_id", "source", "path").iter_rows()
    by_id = {file_id: FileSaid(source, path) for file_id, source, path in rows}
    by_file = {(file.source, file.path): file for file in by_id.values()}
    corrections = tables["corrections"].sort(*_CELL, "element")
    for row in corrections.iter_rows(named=True):
        by_id[row["file_id"]].mended.append(Mended(**{name: row[name] for name in Mended.__annotations__}))
    refused = tables["rejects"].join(corrections, on=_CELL, how="anti").sort(_CELL)
    kinds = ("file_id", "sheet", "found", "expected", "reason", "hint")
    alike = refused.group_by(kinds, maintain_order=True).agg("row", "column")
    for file_id, sheet, found, expected, reason, hint, rows, columns in alike.iter_rows():
        told, cells = json.loads(hint) if hint else {}, tuple(zip(rows, columns, strict=True))
        by_id[file_id].refusals.append(Refusal(sheet, found, expected, reason, told, cells))
    for finding in findings:
        if finding.file in by_file:
            by_file[finding.file].findings.append(finding)
    return by_file


def _sources(tables: Mapping[str, pl.DataFrame], findings: Iterable[Finding]) -> Iterator[SourceRead]:
    files = tables["files"]
    mended = tables["corrections"].filter("was_refused").unique(_CELL).join(files, on="file_id")
    found_in = Counter(finding.file[0] for finding in findings)
    for source, name in tables["sources"].sort("source").select("source", "name").iter_rows():
        own = files.filter(source=source)
        unread = own.filter(pl.col("columns_unread") != "").group_by("columns_unread").len()
        yield SourceRead(
            source=source,
            name=name,
            files=own.height,
            cells_mended=mended.filter(source=source).height,
            findings=found_in[source],
            columns_unread=tuple(unread.sort("columns_unread").iter_rows()),
            encodings=tuple(_encodings(own)),
            **own.select(_SUMMED).sum().row(0, named=True),
        )


def _encodings(files: pl.DataFrame) -> Iterator[tuple[str, int]]:
    """The encodings of text files that are not UTF-8, and how many files have them, the most first."""
    foreign = files.filter((pl.col("encoding") != "") & ~pl.col("encoding").str.to_lowercase().is_in(_UTF_8))
    numbers = foreign.group_by("encoding").len()
    yield from numbers.sort("len", "encoding", descending=[True, False]).iter_rows()


def _hidden(files: pl.DataFrame) -> Iterator[HiddenValues]:
    told = files.filter(pl.col("hidden") != "").sort("source", "path")
    for source, path, parts in told.select("source", "path", "hidden").iter_rows():
        yield HiddenValues(source, path, tuple(tuple(part) for part in json.loads(parts)))


def _gaps(rows: pl.DataFrame, places: Places, returns: str) -> Iterator[Gap]:
    """Those of an area, but not of the area above it, are gaps: a county, not each of its townships."""
    held = set(rows.select("source", "month", "area_code").iter_rows())
    found: dict[tuple[str, str, str], dict[date, int]] = defaultdict(dict)
    for source, month, code, number in rows.select("source", "month", "area_code", returns).iter_rows():
        if (source, month, places.parent(code)) not in held:
            found[source, places.office(code), code][month] = number
    for (source, _, code), by_month in sorted(found.items()):
        yield Gap(source, code, tuple(sorted(by_month)), sum(by_month.values()))


def _never_reported(completeness: pl.DataFrame, places: Places) -> list[str]:
    came = set(completeness.filter(pl.col("actual") > 0)["area_code"].unique())
    return [code for code in places.reported_codes() if code not in came]


def _unasked(workspace: Workspace, files: pl.DataFrame) -> Iterator[str]:
    """Files in the folder of a source that no pattern of its source.toml takes in."""
    read = set(files.select("source", "path").iter_rows())
    for folder in workspace.source_folders():
        for path in sorted(folder.rglob("*")):
            relative = printable(path.relative_to(folder).as_posix())
            is_left_out = relative == "source.toml" or path.name.startswith((".", "~$"))
            if path.is_file() and not is_left_out and (folder.name, relative) not in read:
                yield f"{folder.name}/{relative}"


def _undescribed(workspace: Workspace) -> list[str]:
    """What lies below data/raw outside any folder with a source.toml."""
    described = set(workspace.source_folders())
    return sorted(
        f"{printable(path.name)}/" if path.is_dir() else printable(path.name)
        for path in workspace.raw.iterdir()
        if path not in described and not path.name.startswith(".")
    )
