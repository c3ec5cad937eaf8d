"""The set page: nothing outside its margins, no hole, no heading left behind, no row torn, and bold that is bold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

import pytest
from pdf_pages import Document, Element

from pipeline.workspace import CHECKOUT
from tests.awkward_workspace import HOSTILE, LONG, MERGED

MILLIMETRE = 72 / 25.4
WIDTH, HEIGHT = 210 * MILLIMETRE, 297 * MILLIMETRE
THEME = (CHECKOUT / "reports" / "theme" / "theme.typ").read_text(encoding="utf-8")
SIDE, TOP, BOTTOM = (
    float(number) * MILLIMETRE
    for number in re.search(r"margin: \(x: (\d+)mm, top: (\d+)mm, bottom: (\d+)mm\)", THEME).groups()
)
SHORT = 5  # rows
MAY_BE_WHITE = float(re.search(r"may-be-white = (\d+)pt", THEME)[1])
EDGE = 8 * MILLIMETRE  # what a printer leaves white
HEADINGS = ("H1", "H2", "H3")
PAGES = [LONG, f"{LONG}.en", HOSTILE, f"{MERGED}.en", "990100", "index", "index.en"]


@pytest.fixture(scope="module", params=PAGES)
def document(request, site) -> Document:
    return Document(site / f"{request.param}.pdf")


def elements(document: Document, *roles: str) -> list[Element]:
    return [element for element in document.tree.walk() if element.role in roles]


def pages_of(element: Element) -> list[int]:
    return sorted({page for page, _ in element.all_marks()})


def test_no_text_leaves_the_margins(document):
    """A full-width stop at the end of a line is white in its right half, which may stand in the margin."""
    in_tree = {mark for element in document.tree.walk() for mark in element.marks}
    assert len(document.runs) > 200
    for run in document.runs:
        assert run.left > SIDE - 0.5, run
        assert run.right < WIDTH - SIDE + 0.5 * run.size + 0.5, run
        if (run.page, run.mark) in in_tree:
            assert BOTTOM - 0.5 < run.y < HEIGHT - TOP + 0.5, run
        else:
            assert EDGE < run.y < HEIGHT - EDGE, run


def test_no_text_leaves_its_cell(document):
    """Cells of a row follow one another: none begins before the one to its left has ended."""
    for row in elements(document, "TR"):
        cells = [document.runs_of(cell) for cell in row.children]
        edges = [(min(r.left for r in runs), max(r.right for r in runs)) for runs in cells if runs]
        for (_, right), (left, _) in pairwise(edges):
            assert right < left + 0.5, (document.name, row)


def test_no_heading_stands_last_on_its_page(document):
    """What follows a heading in the order of reading begins on the heading's page; figures float to the foot of one."""
    headings = elements(document, *HEADINGS)
    assert len(headings) > 3
    aside = {mark for heading in headings for mark in heading.all_marks()}
    for block in elements(document, "Div"):
        if any(child.role == "Figure" for child in block.children):
            aside.update(block.all_marks())
    in_order = document.tree.all_marks()
    for heading in headings:
        (page,) = pages_of(heading)
        after = in_order[in_order.index(heading.all_marks()[-1]) + 1 :]
        following = next(mark for mark in after if mark not in aside)
        assert following[0] == page, (document.name, document.runs_of(heading))


def test_the_first_page_is_the_report(document):
    """The first section begins on the second page, and nothing of what stands before it does."""
    if document.name.startswith("index"):
        pytest.skip("the overview runs on")
    first = elements(document, *HEADINGS)[0]
    in_order = document.tree.all_marks()
    before = in_order[: in_order.index(first.all_marks()[0])]
    assert {page for page, _ in before} == {0}, document.name
    assert pages_of(first) == [1], document.name


def test_no_row_is_split_over_two_pages(document):
    rows = elements(document, "TR")
    assert len(rows) > 10
    assert [pages_of(row) for row in rows if len(pages_of(row)) > 1] == []


def test_a_caption_stands_with_the_first_row_of_its_table(document):
    for table in elements(document, "Table"):
        for caption in (part for part in table.children if part.role == "Caption"):
            assert pages_of(caption)[-1] == pages_of(next(table_rows(table)))[0], document.name


def test_a_table_is_broken_only_where_it_would_leave_a_hole(document):
    """A short one stands on one page; of any other, what stands on its first page would have been white."""
    if document.name.startswith("index"):
        pytest.skip("the table of areas has rows of several lines, and may go on whatever their number")
    tables = [list(table_rows(table)) for table in elements(document, "Table")]
    assert any(0 < len(rows) <= SHORT for rows in tables)
    for rows in tables:
        _first, *others = sorted({page for row in rows for page in pages_of(row)})
        assert not (others and len(rows) <= SHORT), (document.name, len(rows))
        if others:
            top = max(run.y for run in document.runs_of(rows[0]))
            aside = 80  # its caption and its head, and what a height may be misjudged by after another broken table
            assert top - BOTTOM > MAY_BE_WHITE - aside, document.name


def test_fonts_are_embedded_and_bold_is_bold(document):
    for page in document.reader.pages:
        for font in page["/Resources"].get("/Font", {}).values():
            below = font.get_object()["/DescendantFonts"][0].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(below["/FontDescriptor"].get_object())
    for heading in elements(document, *HEADINGS):
        assert {run.font.rpartition("-")[2] for run in document.runs_of(heading)} == {"Bold"}
    body = [run for paragraph in elements(document, "TD") for run in document.runs_of(paragraph)]
    assert {run.font.rpartition("-")[2] for run in body} >= {"Regular"}


def table_rows(table: Element) -> Iterator[Element]:
    """The rows of the body, in order."""
    for part in table.children:
        if part.role == "TBody":
            yield from (row for row in part.children if row.role == "TR")
