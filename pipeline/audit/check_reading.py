"""The facts of `sitrep check`, gathered from the tables."""

from __future__ import annotations

import json
from collections import defaultdict
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
    files = tuple(
        file for _, file in sorted(by_file.items()) if file.refusals or file.mended or file.findings
    )
    completeness = tables["completeness"]
    of_no_file = [
        finding
        for finding in findings
        if (finding.evidence.get("source"), finding.evidence.get("path")) not in by_file
    ]
    return Checked(
        month=month,
        sources=tuple(_sources(tables, findings)),
        files=files,
        shared=share_alike(files),
        hidden=tuple(_hidden(tables["files"])),
        silent=tuple(finding for finding in of_no_file if finding.kind == "long_silent"),
        elsewhere=tuple(finding for finding in of_no_file if finding.kind != "long_silent"),
        missing=tuple(
            _gaps(completeness, places, (pl.col("actual") == 0) & (pl.col("expected") > 0), "expected")
        ),
        late=tuple(
            _gaps(
                completeness,
                places,
                (pl.col("actual") == pl.col("expected")) & (pl.col("on_time") == 0) & (pl.col("actual") > 0),
                "actual",
            )
        ),
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
    mended = set()
    for row in (
        tables["corrections"].sort("file_id", "sheet", "row", "column", "element").iter_rows(named=True)
    ):
        mended.add((row["file_id"], row["sheet"], row["row"], row["column"]))
        by_id[row["file_id"]].mended.append(Mended(**{name: row[name] for name in Mended.__annotations__}))
    alike: dict[tuple, list[tuple[int, int]]] = defaultdict(list)
    order = ("file_id", "sheet", "row", "column")
    for row in tables["rejects"].sort(order).iter_rows(named=True):
        if tuple(row[name] for name in order) not in mended:
            key = (row["file_id"], row["sheet"], row["found"], row["expected"], row["reason"], row["hint"])
            alike[key].append((row["row"], row["column"]))
    for (file_id, sheet, found, expected, reason, hint), cells in alike.items():
        told = json.loads(hint) if hint else {}
        by_id[file_id].refusals.append(Refusal(sheet, found, expected, reason, told, tuple(cells)))
    for finding in findings:
        place = (finding.evidence.get("source"), finding.evidence.get("path"))
        if place in by_file:
            by_file[place].findings.append(finding)
    return by_file


def _sources(tables: Mapping[str, pl.DataFrame], findings: Iterable[Finding]) -> Iterator[SourceRead]:
    files = tables["files"]
    mended = tables["corrections"].filter("was_refused").unique(("file_id", "sheet", "row", "column"))
    mended_in = dict(mended.join(files, on="file_id").group_by("source").len().iter_rows())
    found_in: dict[str, int] = defaultdict(int)
    for finding in findings:
        found_in[finding.evidence.get("source", "")] += 1
    for source, name in tables["sources"].sort("source").select("source", "name").iter_rows():
        own = files.filter(pl.col("source") == source)
        unread = (
            own.filter(pl.col("columns_unread") != "").group_by("columns_unread").len().sort("columns_unread")
        )
        sums = {
            column: int(own[column].sum())
            for column in SourceRead.__annotations__
            if column in own.columns and column.startswith(("cells_", "rows_"))
        }
        yield SourceRead(
            source=source,
            name=name,
            files=own.height,
            cells_mended=mended_in.get(source, 0),
            findings=found_in[source],
            columns_unread=tuple(unread.iter_rows()),
            encodings=tuple(_encodings(own)),
            **sums,
        )


def _encodings(files: pl.DataFrame) -> Iterator[tuple[str, int]]:
    """The encodings of text files that are not UTF-8, and how many files have them, the most first."""
    foreign = files.filter((pl.col("encoding") != "") & ~pl.col("encoding").str.to_lowercase().is_in(_UTF_8))
    yield from (
        foreign.group_by("encoding").len().sort("len", "encoding", descending=[True, False]).iter_rows()
    )


def _hidden(files: pl.DataFrame) -> Iterator[HiddenValues]:
    told = files.filter(pl.col("hidden") != "").sort("source", "path")
    for source, path, parts in told.select("source", "path", "hidden").iter_rows():
        yield HiddenValues(source, path, tuple(tuple(part) for part in json.loads(parts)))


def _gaps(completeness: pl.DataFrame, places: Places, predicate: pl.Expr, returns: str) -> Iterator[Gap]:
    """Where the predicate holds for an area but not for the area above it: a county, not each of its townships."""
    held = {
        (row["source"], row["month"], row["area_code"]): row[returns]
        for row in completeness.filter(predicate).iter_rows(named=True)
    }
    months: dict[tuple[str, str], list[date]] = defaultdict(list)
    numbers: dict[tuple[str, str], int] = defaultdict(int)
    for (source, month, code), number in held.items():
        if (source, month, places.parent(code)) not in held:
            months[source, code].append(month)
            numbers[source, code] += number
    for source, code in sorted(months, key=lambda key: (key[0], places.office(key[1]), key[1])):
        yield Gap(source, code, tuple(sorted(months[source, code])), numbers[source, code])


def _never_reported(completeness: pl.DataFrame, places: Places) -> list[str]:
    came = set(completeness.filter(pl.col("actual") > 0)["area_code"].unique())
    return [code for code in places.reported_codes() if code not in came]


def _unasked(workspace: Workspace, files: pl.DataFrame) -> Iterator[str]:
    """Files in the folder of a source that no pattern of its source.toml takes in."""
    read = set(files.select("source", "path").iter_rows())
    for folder in workspace.source_folders():
        for path in sorted(folder.rglob("*")):
            relative = printable(path.relative_to(folder).as_posix())
            is_hidden = path.name.startswith((".", "~$"))
            if (
                path.is_file()
                and relative != "source.toml"
                and not is_hidden
                and (folder.name, relative) not in read
            ):
                yield f"{folder.name}/{relative}"


def _undescribed(workspace: Workspace) -> list[str]:
    """What lies below data/raw outside any folder with a source.toml."""
    described = set(workspace.source_folders())
    return sorted(
        f"{printable(path.name)}/" if path.is_dir() else printable(path.name)
        for path in workspace.raw.iterdir()
        if path not in described and not path.name.startswith(".")
    )
