"""A table saved as .xlsx, .xls, .ods and CSV gives the same figures and the same refusals."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest

from pipeline.ingest.readers import read_opened
from pipeline.ingest.tables.extract import extract
from tests.ingest.saved_as import FORMATS, Drawn, Raised, saved_as
from tests.ingest.sheets import Read, area_names, described
from tests.ingest.test_layouts import EXAMPLES, table_after

PLAIN = """
[header]
contains = "乡镇"
[period]
from = "column"
column = "月份"
[area]
columns = ["乡镇"]
"""
BY_SEX = PLAIN + '[elements]\nbirths_male = "男"\nbirths_female = "女"\n'
FILLED = BY_SEX.replace('columns = ["乡镇"]', 'columns = ["乡镇"]\nfill_down = "all"')
HEAD = ["乡镇", "月份", "男", "女"]
STRANGE = {
    "marks": (BY_SEX, [HEAD, ["城关镇", "2024-08", Raised("12", "1"), "11②"], ["柳溪乡", "2024-1¹", 8, 9]]),
    "dots and commas": (BY_SEX, [HEAD, ["城关镇", "2024-08", "1.000", "1,204"], ["柳溪乡", "2024-08", 1000, "9.5"]]),
    "a notation": (
        BY_SEX + '[numbers]\nthousands = "."\ndecimal = ","\ndash = 0\n',
        [HEAD, ["城关镇", "2024-08", "1.000", "—"], ["柳溪乡", "2024-08", 1000, "9,5"]],
    ),
    "ranges of months": (
        BY_SEX,
        [HEAD, ["城关镇", "January-March 2015", 300, 1], ["柳溪乡", "12 months to December 2015", 302, 2]],
    ),
    "financial years": (BY_SEX, [HEAD, ["城关镇", "2009-10", 1, 2], ["柳溪乡", "2010-11", 3, 4]]),
    "year and month in two columns": (
        BY_SEX.replace('column = "月份"', 'column = "月份"\nyear = { from = "column", column = "年份" }'),
        [["乡镇", "年份", "月份", "男", "女"], ["城关镇", 2024, 8, 1, 2], ["柳溪乡", 2024, 13, 3, 4]],
    ),
    "empty texts on a block": (FILLED, [HEAD, ["城关镇", "2024-07", 1, 2], ["", "2024-08", 3, 4]]),
    "a block left out by its first row": (
        FILLED + '[rows]\nleave_out = "^其他"\n',
        [HEAD, ["城关镇", "2024-08", 1, 2], ["其他", "2024-08", 5, 6], [None, None, 7, 8], ["柳溪乡", "2024-08", 9, 1]],
    ),
    "a name missing on the first row": (FILLED, [HEAD, [None, "2024-07", 1, 2], ["城关镇", "2024-08", 3, 4]]),
    "a footer without a name": (
        BY_SEX + '[rows]\nleave_out = "^注"\n',
        [HEAD, ["城关镇", "2024-08", 1, 2], [None, None, "注：不含外地", None]],
    ),
    "a total that differs": (
        BY_SEX + '[rows]\ntotals = "^合计"\n',
        [HEAD, ["城关镇", "2024-08", 1, 2], ["柳溪乡", "2024-08", 3, 4], ["合计", "2024-08", 5, 6]],
    ),
    "a row twice": (BY_SEX, [HEAD, ["城关镇", "2024-08", 1, 2], ["城关镇", "2024-08", 1, 3]]),
    "nothing known": (BY_SEX, [HEAD, ["无此镇", "某月", "约1", "#REF!"]]),
    "another header": (BY_SEX, [["乡镇", "月份", "男", "女孩"], ["城关镇", "2024-08", 1, 2]]),
}  # fmt: skip


def of_the_docs(title: str) -> tuple[str, list[list], str, str]:
    path, sheet = re.match(r"\n`([^`]+)`(?:, sheet `([^`]+)`)?", EXAMPLES[title]).groups()
    rows = [row[1:] for row in table_after(EXAMPLES[title], "|   | A |")]
    return re.search(r"```toml\n(.*?)```", EXAMPLES[title], re.DOTALL)[1], rows, path, sheet or "表一"


def typed(cell):
    """A number in place of the text of one, where that says the same."""
    if isinstance(cell, str) and re.fullmatch(r"0|[1-9]\d{0,9}|[1-9]\d{0,5}\.\d{0,3}[1-9]", cell):
        return float(cell) if "." in cell else int(cell)
    return cell


def read_saved(suffix: str, toml: str, rows: list[list], path: str, sheet: str, folder) -> Read:
    """What a table gives when it comes as a file of this format; places and messages name the same file and sheet."""
    source = described(folder / "births", toml)
    content = saved_as(suffix, Drawn(rows, sheet))
    extracts = [
        extract(replace(found, name=sheet), path, source, area_names, None)
        for found in read_opened(io.BytesIO(content), f"a.{suffix}", "detect", ("*",), 100).sheets
    ]
    return Read(source, path, extracts)


@pytest.mark.parametrize("title", [*EXAMPLES, *STRANGE])
def test_a_table_reads_alike_in_four_formats(title, tmp_path):
    toml, rows, path, sheet = (*STRANGE[title], "a.csv", "表一") if title in STRANGE else of_the_docs(title)
    as_numbers = [[typed(cell) for cell in row] for row in rows]
    first = read_saved("csv", toml, rows, path, sheet, tmp_path)
    assert first.cells or first.refused or first.problems
    for suffix in FORMATS:
        for cells in (rows, as_numbers):
            read = read_saved(suffix, toml, cells, path, sheet, tmp_path)
            assert read.cells == first.cells, suffix
            assert read.refused == first.refused, suffix
            assert read.problems == first.problems, suffix
            assert (read.blank, read.left_out, read.checked) == (first.blank, first.left_out, first.checked)
