"""Damage to whole files: cut, saved otherwise, misnamed, sent twice, or with what must not be in them."""

from __future__ import annotations

import re

import pytest

from tests.damage.good_files import MONTHS
from tests.damage.kinds import (
    Damage,
    Hit,
    Kinds,
    later_files,
    later_workbooks,
    text_files,
    workbooks,
)
from tests.damage.struck import PERSONS
from tests.damage.table_file import Table, workbook

KINDS = Kinds("files")
IDENTITY_NUMBER, MOBILE_NUMBER, PERSON = PERSONS


def _monthly(table: Table) -> bool:
    return re.search(r"\d{6}", table.path) is not None


def _with_text(hit: Hit, change) -> bytes:
    """The bytes of a text file whose text is changed."""
    return change(hit.table.text()).encode(hit.table.encoding)


def _beside(hit: Hit, ending: str) -> str:
    """The path of a file beside it, whose name goes on with this ending."""
    stem, suffix = hit.table.path.rsplit(".", 1)
    return f"{stem}{ending}.{suffix}"


def _into_any_cell(hit: Hit, text: str) -> None:
    hit.grid[hit.choose(range(len(hit.grid)))][hit.choose(range(len(hit.grid[0])))] = text


@KINDS.kind()
def cut_at_a_byte(hit: Hit) -> bytes:
    """The file ends at some byte."""
    content = hit.table.content()
    return content[: hit.choose(range(len(content)))]


@KINDS.kind(files=text_files)
def cut_in_the_figures(hit: Hit) -> bytes:
    """A text file ends in the middle of its figures."""
    row = hit.row()
    lines = hit.table.text().splitlines(keepends=True)
    return _with_text(hit, lambda _: "".join(lines[:row]) + lines[row][: hit.choose(range(len(lines[row])))])


@KINDS.kind()
def last_rows_missing(hit: Hit) -> None:
    """The last rows are missing."""
    del hit.grid[hit.choose(range(hit.table.body[0], len(hit.grid))) :]


@KINDS.kind()
def byte_changed(hit: Hit) -> bytes:
    """One byte is another."""
    content = bytearray(hit.table.content())
    at = hit.choose(range(len(content)))
    content[at] = hit.choose([byte for byte in range(256) if byte != content[at]])
    return bytes(content)


@KINDS.kind(files=text_files)
def character_changed(hit: Hit) -> bytes:
    """One character of a text file is another, or is lost."""
    at, other = hit.choose(range(len(hit.table.text()))), hit.choose(["", *'0123456789,."\n-县镇 '])
    return _with_text(hit, lambda text: text[:at] + other + text[at + 1 :])


@KINDS.kind(must_be="harmless", files=text_files)
def other_encoding(hit: Hit) -> bytes:
    """A text file is saved in another encoding."""
    return hit.table.text().encode(hit.choose(["utf-8", "utf-8-sig", "utf-16", "gb18030", "utf-16-le"]))


@KINDS.kind(must_be="harmless", files=text_files)
def byte_order_mark(hit: Hit) -> bytes:
    """A byte order mark stands before the text."""
    return ("\ufeff" + hit.table.text()).encode(hit.choose(["utf-8", "gb18030"]))


@KINDS.kind(must_be="harmless", files=text_files)
def line_ends(hit: Hit) -> bytes:
    """Lines end otherwise, the last one not at all."""
    text = hit.table.text().replace("\r\n", hit.choose(["\n", "\r", "\r\n"]))
    return _with_text(hit, lambda _: hit.choose([text, text.rstrip("\r\n"), text + text[-1] * 2]))


@KINDS.kind(must_be="harmless", files=text_files)
def other_separator(hit: Hit) -> bytes:
    """Semicolons or tabs stand for commas."""
    return _with_text(hit, lambda text: text.replace(",", hit.choose(";\t")))


@KINDS.kind(files=text_files)
def unbalanced_quotation_mark(hit: Hit) -> bytes:
    """A quotation mark stands somewhere in a text file."""
    at = hit.choose(range(len(hit.table.text())))
    return _with_text(hit, lambda text: text[:at] + '"' + text[at:])


@KINDS.kind(must_be="refused", files=text_files)
def zero_bytes(hit: Hit) -> bytes:
    """Zero bytes stand in a text file."""
    content = hit.table.content()
    at = hit.choose(range(len(content)))
    return content[:at] + b"\0" * hit.choose([1, 2, 16, 512]) + content[at:]


@KINDS.kind(must_be="refused")
def emptied(_: Hit) -> bytes:
    """The file is empty."""
    return b""


@KINDS.kind()
def deleted(hit: Hit) -> Damage:
    """The file has not come."""
    return {hit.table.path: None}


@KINDS.kind()
def replaced_by_another_kind_of_file(hit: Hit) -> bytes:
    """A workbook is named like a text file, or the other way round."""
    other = text_files if hit.table.is_workbook else workbooks
    return hit.choose(list(filter(other, hit.tables.values()))).content()


@KINDS.kind(files=_monthly)
def renamed_to_another_month(hit: Hit) -> Damage:
    """The file bears the name of another month."""
    month = hit.choose(["202409", "202412", "202312", "2024-8", "202413", "2024", "8"])
    return {hit.table.path: None, re.sub(r"\d{6}", month, hit.table.path): hit.table.content()}


@KINDS.kind(files=_monthly)
def named_like_a_month_that_came(hit: Hit) -> Damage:
    """The file bears the name of another month that came, with 修正 behind it."""
    month = hit.choose([month for month in MONTHS if month not in hit.table.path])
    return {hit.table.path: None, re.sub(r"\d{6}", f"{month}修正", hit.table.path): hit.table.content()}


@KINDS.kind(files=lambda table: "统计月份" in str(table.grid[1][0]))
def other_month_in_the_title(hit: Hit) -> None:
    """The title names another month."""
    written = [f"2024年{month}月" for month in (1, 2, 3, 7, 8, 9, 12, 13)]
    written += ["2023年8月", "2025年8月", "2042年8月", "8月", "2024年"]
    title = str(hit.grid[1][0])
    hit.grid[1][0] = "统计月份：" + hit.choose([text for text in written if text not in title])


@KINDS.kind(files=later_files)
def content_of_last_month(hit: Hit) -> bytes:
    """Last month's file is sent under this month's name."""
    return hit.previous.content()


@KINDS.kind(files=later_files)
def figures_of_last_month(hit: Hit) -> None:
    """Last month's figures stand under this month's title."""
    top = hit.table.header[-1] + 1
    hit.grid[top:] = hit.previous.grid[top:]


@KINDS.kind(files=later_files)
def figures_of_a_county_of_last_month(hit: Hit) -> None:
    """The figures of the areas of half the table are last month's, the totals are right."""
    half = len(hit.table.body) // 2
    for row in hit.choose([hit.table.body[:half], hit.table.body[half:]]):
        hit.grid[row] = hit.previous.grid[row]


@KINDS.kind(must_be="found")
def sent_twice(hit: Hit) -> Damage:
    """The file comes again under another name."""
    return {_beside(hit, hit.choose(["(2)", "_终稿", "-副本"])): hit.table.content()}


@KINDS.kind(must_be="revision")
def sent_again_with_another_figure(hit: Hit) -> Damage:
    """The file comes again, with one figure changed."""
    table = hit.table
    column = hit.choose(table.figures[1:3] if table.rows_of_area == 1 else table.figures)
    hit.grid[hit.row()][column] += hit.choose([1, 2, 10])
    return {_beside(hit, f"({hit.choose([2, 3])})"): table.with_grid(hit.grid).content()}


@KINDS.kind(must_be="refused")
def identity_number(hit: Hit) -> None:
    """The identity number of a resident stands in a cell."""
    _into_any_cell(hit, hit.choose(["{}", "身份证{}", f"{PERSON} {{}}"]).format(IDENTITY_NUMBER))


@KINDS.kind(must_be="refused")
def mobile_number(hit: Hit) -> None:
    """A mobile number stands in a cell."""
    _into_any_cell(hit, hit.choose([MOBILE_NUMBER, f"+86 {MOBILE_NUMBER}"]))


@KINDS.kind(files=workbooks)
def sheet_renamed(hit: Hit) -> bytes:
    """The sheet has another name."""
    return workbook({hit.choose(["Sheet1", "分县", "乡镇", "分乡镇（修订）"]): hit.grid})


@KINDS.kind(files=workbooks)
def sheet_doubled(hit: Hit) -> bytes:
    """The sheet stands twice in the workbook."""
    return workbook({hit.table.sheet: hit.grid, hit.choose(["分乡镇 (2)", "Sheet2"]): hit.grid})


@KINDS.kind(files=later_workbooks)
def sheet_of_another_month_beside(hit: Hit) -> bytes:
    """The sheet of last month stands in the workbook, too."""
    names = hit.choose([("分乡镇", "分乡镇 (2)"), ("分乡镇 (2)", "分乡镇")])
    return workbook({names[0]: hit.grid, names[1]: hit.previous.grid})


@KINDS.kind(must_be="harmless", files=workbooks)
def other_sheets_beside(hit: Hit) -> bytes:
    """Other sheets stand beside the one that counts: a cover, an empty one."""
    others = {"封面": [["示例省统计局"]], "Sheet2": [[None]], "汇总": [["县", "出生"], ["青禾县", 12]]}
    before = {name: others[name] for name in others if hit.choose([True, False])}
    return workbook({**before, hit.table.sheet: hit.grid, "Sheet3": [[None]]})


@KINDS.kind(files=workbooks)
def sheet_emptied(hit: Hit) -> bytes:
    """The sheet is there, but empty or without a row of figures."""
    return workbook({hit.table.sheet: hit.grid[: hit.choose([0, 1, 2, 3])]})


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_damage_is_told(kind, assert_told):
    assert_told(kind)
