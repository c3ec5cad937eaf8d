"""Damage to whole files: cut, saved otherwise, misnamed, sent twice, or with what must not be in them."""

from __future__ import annotations

import re

from tests.damage.good_files import MONTHS
from tests.damage.kinds import (
    Choose,
    Damage,
    Kinds,
    Tables,
    copied,
    damaged,
    text_files,
    with_previous,
    workbooks,
)
from tests.damage.table_file import Table, workbook

KINDS = Kinds("files")
# 17 digits and their check digit by GB 11643; a made-up person.
IDENTITY_NUMBER = "990101202401010012"
MOBILE_NUMBER = "13800138000"


def _any(choose: Choose, tables: Tables) -> Table:
    return choose(list(tables.values()))


def _with_text(table: Table, text: str) -> Damage:
    return {table.path: text.encode(table.encoding)}


def _monthly(tables: Tables) -> list[Table]:
    return [table for table in tables.values() if re.search(r"\d{6}", table.name)]


@KINDS.kind()
def cut_at_a_byte(choose: Choose, tables: Tables) -> Damage:
    """The file ends at some byte."""
    table = _any(choose, tables)
    content = table.content()
    return {table.path: content[: choose(range(len(content)))]}


@KINDS.kind()
def cut_in_the_figures(choose: Choose, tables: Tables) -> Damage:
    """A text file ends in the middle of its figures."""
    table = choose(text_files(tables))
    lines = table.text().splitlines(keepends=True)
    row = choose(table.body)
    whole, last = "".join(lines[:row]), lines[row]
    return _with_text(table, whole + last[: choose(range(len(last)))])


@KINDS.kind()
def last_rows_missing(choose: Choose, tables: Tables) -> Damage:
    """The last rows are missing."""
    table = _any(choose, tables)
    return damaged(table, copied(table)[: choose(range(table.body[0], len(table.grid)))])


@KINDS.kind()
def byte_changed(choose: Choose, tables: Tables) -> Damage:
    """One byte is another."""
    table = _any(choose, tables)
    content = bytearray(table.content())
    at = choose(range(len(content)))
    content[at] = choose([byte for byte in range(256) if byte != content[at]])
    return {table.path: bytes(content)}


@KINDS.kind()
def character_changed(choose: Choose, tables: Tables) -> Damage:
    """One character of a text file is another, or is lost."""
    table = choose(text_files(tables))
    text = table.text()
    at = choose(range(len(text)))
    return _with_text(table, text[:at] + choose(["", *'0123456789,."\n-县镇 ']) + text[at + 1 :])


@KINDS.kind(must_be="harmless")
def other_encoding(choose: Choose, tables: Tables) -> Damage:
    """A text file is saved in another encoding."""
    table = choose(text_files(tables))
    return {table.path: table.text().encode(choose(["utf-8", "utf-8-sig", "utf-16", "gb18030", "utf-16-le"]))}


@KINDS.kind(must_be="harmless")
def byte_order_mark(choose: Choose, tables: Tables) -> Damage:
    """A byte order mark stands before the text."""
    table = choose(text_files(tables))
    return {table.path: ("\ufeff" + table.text()).encode(choose(["utf-8", "gb18030"]))}


@KINDS.kind(must_be="harmless")
def line_ends(choose: Choose, tables: Tables) -> Damage:
    """Lines end otherwise, the last one not at all."""
    table = choose(text_files(tables))
    text = table.text().replace("\r\n", choose(["\n", "\r", "\r\n"]))
    return _with_text(table, choose([text, text.rstrip("\r\n"), text + text[-1] * 2]))


@KINDS.kind(must_be="harmless")
def other_separator(choose: Choose, tables: Tables) -> Damage:
    """Semicolons or tabs stand for commas."""
    table = choose(text_files(tables))
    return _with_text(table, table.text().replace(",", choose(";\t")))


@KINDS.kind()
def unbalanced_quotation_mark(choose: Choose, tables: Tables) -> Damage:
    """A quotation mark stands somewhere in a text file."""
    table = choose(text_files(tables))
    text = table.text()
    at = choose(range(len(text)))
    return _with_text(table, text[:at] + '"' + text[at:])


@KINDS.kind(must_be="refused")
def zero_bytes(choose: Choose, tables: Tables) -> Damage:
    """Zero bytes stand in a text file."""
    table = choose(text_files(tables))
    content = table.content()
    at = choose(range(len(content)))
    return {table.path: content[:at] + b"\0" * choose([1, 2, 16, 512]) + content[at:]}


@KINDS.kind(must_be="refused")
def emptied(choose: Choose, tables: Tables) -> Damage:
    """The file is empty."""
    return {_any(choose, tables).path: b""}


@KINDS.kind()
def deleted(choose: Choose, tables: Tables) -> Damage:
    """The file has not come."""
    return {_any(choose, tables).path: None}


@KINDS.kind()
def replaced_by_another_kind_of_file(choose: Choose, tables: Tables) -> Damage:
    """A workbook is named like a text file, or the other way round."""
    table, other = choose(text_files(tables)), choose(workbooks(tables))
    pair = (table, other) if choose([True, False]) else (other, table)
    return {pair[0].path: pair[1].content()}


@KINDS.kind()
def renamed_to_another_month(choose: Choose, tables: Tables) -> Damage:
    """The file bears the name of another month."""
    table = choose(_monthly(tables))
    month = choose(["202409", "202412", "202312", "2024-8", "202413", "2024", "8"])
    return {table.path: None, re.sub(r"\d{6}", month, table.path): table.content()}


@KINDS.kind()
def named_like_a_month_that_came(choose: Choose, tables: Tables) -> Damage:
    """The file bears the name of another month that came, with 修正 behind it."""
    table = choose(_monthly(tables))
    month = choose([f"{month:%Y%m}" for month in MONTHS if f"{month:%Y%m}" not in table.path])
    return {table.path: None, re.sub(r"\d{6}", f"{month}修正", table.path): table.content()}


@KINDS.kind()
def other_month_in_the_title(choose: Choose, tables: Tables) -> Damage:
    """The title names another month."""
    table = choose([table for table in tables.values() if "统计月份" in str(table.grid[1][0])])
    grid = copied(table)
    months = [1, 2, 3, 7, 8, 9, 12, 13]
    written = [f"2024年{month}月" for month in months] + [
        "2023年8月",
        "2025年8月",
        "2042年8月",
        "8月",
        "2024年",
    ]
    grid[1][0] = "统计月份：" + choose([text for text in written if text not in str(grid[1][0])])
    return damaged(table, grid)


@KINDS.kind()
def content_of_last_month(choose: Choose, tables: Tables) -> Damage:
    """Last month's file is sent under this month's name."""
    previous, table = choose(with_previous(tables))
    return {table.path: previous.content()}


@KINDS.kind()
def figures_of_last_month(choose: Choose, tables: Tables) -> Damage:
    """Last month's figures stand under this month's title."""
    previous, table = choose(with_previous(tables))
    top = table.header[-1] + 1
    return damaged(table, copied(table)[:top] + copied(previous)[top:])


@KINDS.kind()
def figures_of_a_county_of_last_month(choose: Choose, tables: Tables) -> Damage:
    """The figures of the areas of half the table are last month's, the totals are right."""
    previous, table = choose(with_previous(tables))
    grid, earlier = copied(table), copied(previous)
    half = len(table.body) // 2
    for row in choose([table.body[:half], table.body[half:]]):
        grid[row] = earlier[row]
    return damaged(table, grid)


@KINDS.kind(must_be="found")
def sent_twice(choose: Choose, tables: Tables) -> Damage:
    """The file comes again under another name."""
    table = _any(choose, tables)
    stem, suffix = table.path.rsplit(".", 1)
    return {f"{stem}{choose(['(2)', '_终稿', '-副本'])}.{suffix}": table.content()}


@KINDS.kind(must_be="revision")
def sent_again_with_another_figure(choose: Choose, tables: Tables) -> Damage:
    """The file comes again, with one figure changed."""
    table = _any(choose, tables)
    grid = copied(table)
    row = choose(table.body)
    column = choose(table.figures[1:3] if table.rows_of_area == 1 else table.figures)
    grid[row][column] += choose([1, 2, 10])
    stem, suffix = table.path.rsplit(".", 1)
    return {f"{stem}({choose([2, 3])}).{suffix}": table.with_grid(grid).content()}


@KINDS.kind(must_be="refused")
def identity_number(choose: Choose, tables: Tables) -> Damage:
    """The identity number of a resident stands in a cell."""
    table = _any(choose, tables)
    grid = copied(table)
    text = choose(["{}", "身份证{}", "王某某 {}"]).format(IDENTITY_NUMBER)
    grid[choose(range(len(grid)))][choose(range(len(grid[0])))] = text
    return damaged(table, grid)


@KINDS.kind(must_be="refused")
def mobile_number(choose: Choose, tables: Tables) -> Damage:
    """A mobile number stands in a cell."""
    table = _any(choose, tables)
    grid = copied(table)
    grid[choose(range(len(grid)))][choose(range(len(grid[0])))] = choose(
        [MOBILE_NUMBER, f"+86 {MOBILE_NUMBER}"]
    )
    return damaged(table, grid)


@KINDS.kind()
def sheet_renamed(choose: Choose, tables: Tables) -> Damage:
    """The sheet has another name."""
    table = choose(workbooks(tables))
    return {table.path: workbook({choose(["Sheet1", "分县", "乡镇", "分乡镇（修订）"]): table.grid})}


@KINDS.kind()
def sheet_doubled(choose: Choose, tables: Tables) -> Damage:
    """The sheet stands twice in the workbook."""
    table = choose(workbooks(tables))
    return {table.path: workbook({table.sheet: table.grid, choose(["分乡镇 (2)", "Sheet2"]): table.grid})}


@KINDS.kind()
def sheet_of_another_month_beside(choose: Choose, tables: Tables) -> Damage:
    """The sheet of last month stands in the workbook, too."""
    previous, table = choose([pair for pair in with_previous(tables) if pair[1].is_workbook])
    names = choose([("分乡镇", "分乡镇 (2)"), ("分乡镇 (2)", "分乡镇")])
    return {table.path: workbook({names[0]: table.grid, names[1]: previous.grid})}


@KINDS.kind(must_be="harmless")
def other_sheets_beside(choose: Choose, tables: Tables) -> Damage:
    """Other sheets stand beside the one that counts: a cover, an empty one."""
    table = choose(workbooks(tables))
    others = {"封面": [["示例省统计局"]], "Sheet2": [[None]], "汇总": [["县", "出生"], ["青禾县", 12]]}
    before = {name: others[name] for name in others if choose([True, False])}
    return {table.path: workbook({**before, table.sheet: table.grid, "Sheet3": [[None]]})}


@KINDS.kind()
def sheet_emptied(choose: Choose, tables: Tables) -> Damage:
    """The sheet is there, but empty or without a row of figures."""
    table = choose(workbooks(tables))
    return {table.path: workbook({table.sheet: table.grid[: choose([0, 1, 2, 3])]})}
