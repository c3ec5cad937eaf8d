"""Files to grids: every sheet as a table of texts, with the row and column numbers a spreadsheet shows."""

import io
from collections.abc import Callable, Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import BinaryIO

from pipeline.ingest.readers.damage import damage_told
from pipeline.ingest.readers.encodings import DETECT, SAMPLE, detect_encoding
from pipeline.ingest.readers.kinds import (
    EXCEL,
    EXCEL_97,
    LARGEST_WORKBOOK,
    OPEN_DOCUMENT,
    TEXT,
    is_of_office,
    is_workbook_by_bytes,
    kind_of,
)
from pipeline.ingest.readers.kinds import WORKBOOKS as WORKBOOKS
from pipeline.ingest.readers.passwords import opened_as_excel_does
from pipeline.ingest.readers.sheet import Content as Content
from pipeline.ingest.readers.sheet import Sheet as Sheet
from pipeline.ingest.readers.sheet import Workbook
from pipeline.ingest.readers.text_files import text_sheets
from pipeline.problems import ProblemError

ONLY_IN_RUST = (".xlsb",)  # nothing looks into these before a library does that may end the process


def read_content(path: Path, encoding: str, sheets: tuple[str, ...], sheets_at_most: int) -> Content:
    """Read the sheets of the file at a path, which must not change meanwhile."""
    return read_opened(io.BytesIO(path.read_bytes()), path.name, encoding, sheets, sheets_at_most)


def read_opened(
    file: BinaryIO, name: str, encoding: str, sheets: tuple[str, ...], sheets_at_most: int
) -> Content:
    """Read the sheets of a file one after the other; those that fit none of `sheets` are not wanted.

    Which reader a file is for, its first bytes say; a name that says otherwise is refused. A workbook is read whole, a text
    in blocks while its sheets are asked for.
    """
    head = file.read(SAMPLE)
    if is_workbook_by_bytes(head):
        head += file.read(LARGEST_WORKBOOK + 1)
        if len(head) > LARGEST_WORKBOOK:
            raise ProblemError(
                name, f"a workbook of {len(head) / 2**20:,.0f} MB", "the sheets that count, saved as CSV"
            )
    if is_of_office(head):
        head = opened_as_excel_does(head, name)
    kind = kind_of(head, name)
    if kind == TEXT:
        found = detect_encoding(head, name) if encoding == DETECT else encoding
        file.seek(0)
        return Content(found, text_sheets(file, found, name))
    return Content("", _workbook_sheets(kind, head, name, sheets, sheets_at_most))


def _workbook_sheets(
    kind: str, data: bytes, name: str, patterns: Sequence[str], at_most: int
) -> Iterator[Sheet]:
    """The sheets of a workbook in the order of their names."""
    open_workbook = _reader(kind)
    with damage_told(name):
        workbook = open_workbook(data, name)
    wanted = _wanted(list(workbook), patterns, at_most, name)
    for sheet in sorted(workbook):
        with damage_told(name, sheet):
            grid, marks = workbook[sheet]()
        yield Sheet(sheet, grid, is_wanted=sheet in wanted, marks=marks)


def _reader(kind: str) -> Callable[[bytes, str], Workbook]:
    """The reader of a kind of workbook, imported only when the first such file is read."""
    if kind == EXCEL_97:
        from pipeline.ingest.readers.excel_97 import open_excel_97

        return open_excel_97
    if kind == OPEN_DOCUMENT:
        from pipeline.ingest.readers.open_document import open_ods

        return open_ods
    from pipeline.ingest.readers.excel import open_excel, open_excel_binary

    return open_excel if kind == EXCEL else open_excel_binary


def _wanted(names: Sequence[str], patterns: Sequence[str], at_most: int, file: str) -> set[str]:
    """The sheets that source.toml asks for; a workbook without any, or with too many, is refused."""
    wanted = {name for name in names if any(fnmatchcase(name, pattern) for pattern in patterns)}
    if not wanted:
        wish = f"a sheet named like {' or '.join(map(repr, patterns))} (source.toml)"
        raise ProblemError(file, f"sheets {', '.join(names)}" if names else "no sheet with cells", wish)
    if len(wanted) > at_most:
        raise ProblemError(
            file,
            f"{len(wanted)} sheets to read",
            f"at most {at_most}; narrow `sheets` in source.toml, or raise [limits] sheets",
        )
    return wanted
