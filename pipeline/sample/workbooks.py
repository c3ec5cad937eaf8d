"""The look shared by the sample's workbooks, and what makes their bytes the same on every run."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

_CREATED = datetime(2021, 1, 1)


@dataclass(frozen=True)
class Sheet:
    """A worksheet with the four formats in use; rows and columns count from 0, as in xlsxwriter."""

    page: Worksheet
    title: Format
    header: Format
    cell: Format
    percent: Format

    def merge(
        self, top: int, left: int, bottom: int, right: int, text: str, style: Format | None = None
    ) -> None:
        if (top, left) == (bottom, right):
            self.page.write_string(top, left, text, style)
        else:
            self.page.merge_range(top, left, bottom, right, text, style)

    def write_header(self, top: int, groups: tuple[tuple[str, str], ...]) -> None:
        """Two header rows: a group over its columns, or a single column merged over both rows."""
        left = 0
        for name, text in groups:
            columns = text.split()
            right = left + max(len(columns), 1) - 1
            self.merge(top, left, top if columns else top + 1, right, name, self.header)
            self.page.write_row(top + 1, left, columns, self.header)
            left = right + 1


@contextmanager
def open_sheet(path: Path, name: str) -> Iterator[Sheet]:
    """A new workbook of one sheet, written when the block ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED, "comments": "虚构数据"})
        middle = {"align": "center", "valign": "vcenter", "border": 1}
        yield Sheet(
            page=book.add_worksheet(name),
            title=book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
            header=book.add_format({**middle, "bold": True, "text_wrap": True}),
            cell=book.add_format({"valign": "vcenter", "border": 1}),
            percent=book.add_format({"valign": "vcenter", "border": 1, "num_format": "0.00"}),
        )
