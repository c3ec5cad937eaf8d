"""`sitrep summary`: the published edition in a few lines, for the page of a job that ran unattended."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.audit.summary import Summary, summary_of
from pipeline.commands.console import DONE, published, say
from pipeline.problems import printable
from pipeline.words.findings import title
from pipeline.words.numbers import counted, some
from pipeline.words.translations import read_translator
from pipeline.workspace import read_settings

_SHOWN = 10


def summary(root: Path, as_markdown: bool) -> int:
    workspace, snapshot = published(root)
    settings = read_settings(workspace)
    found = summary_of(workspace, settings, snapshot)
    heading = f"{settings.name.en or settings.name.zh}, edition {found.edition}"
    say(f"## {heading}\n" if as_markdown else heading)
    for line in _lines(found):
        say(f"- {_plain(line)}" if as_markdown else f"  {line}")
    for name, header, rows in _tables(found):
        say()
        say(f"### {name}\n" if as_markdown else name)
        for line in _as_markdown(header, rows) if as_markdown else _as_text(rows):
            say(line)
    return DONE


def _lines(found: Summary) -> Iterator[str]:
    yield f"build {found.build}: {found.cells_read:,} figures read, {found.cells_refused:,} refused"
    if found.new_files is None:
        yield "no earlier edition is here to compare with"
    else:
        yield f"new or changed since {found.previous}: {some(found.new_files) or 'no raw file'}"
    if found.gone_files:
        yield f"gone since {found.previous}: {some(found.gone_files)}"
    yield f"reports of {counted(found.pages, 'area')}"
    if found.unrendered:
        yield f"without a report: {some(found.unrendered)}"


def _tables(found: Summary) -> Iterator[tuple[str, Sequence[str], list[list[str]]]]:
    """Name, header and rows of each table that has any."""
    _ = read_translator("en")
    refused = [
        [str(path), f"{cells:,}", f"expected {expected}"] for path, cells, expected in found.refused[:_SHOWN]
    ]
    if refused:
        yield "Refused", ("file", "cells", "first of them"), refused
    missing = [
        [str(source), f"{actual:,} of {due:,}", str(areas) or "-"]
        for source, due, actual, areas in found.missing
    ]
    if missing:
        yield "Returns missing this month", ("source", "returns", "areas without any"), missing
    findings = [
        [str(severity), title(str(kind), _), f"{number:,}"] for severity, kind, number in found.findings
    ]
    if findings:
        yield "Findings", ("severity", "kind", "number"), findings


def _as_markdown(header: Sequence[str], rows: list[list[str]]) -> Iterator[str]:
    for cells in (header, ["---"] * len(header), *rows):
        yield f"| {' | '.join(map(_plain, cells))} |"


def _as_text(rows: list[list[str]]) -> Iterator[str]:
    for row in rows:
        yield "  " + "; ".join(row)


def _plain(text: str) -> str:
    """Text of a file in Markdown: no mark-up, no cell and no line of its own."""
    escaped = "".join(f"\\{char}" if char in "\\`*_[]<>|#~" else char for char in printable(text))
    return " ".join(escaped.split())
