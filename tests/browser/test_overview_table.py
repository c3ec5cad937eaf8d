"""The table of the overview: it sorts, filters and searches, tells so, and is whole without JavaScript."""

from __future__ import annotations

import pytest

from tests.awkward_workspace import LONGEST
from tests.browser.conftest import DESKTOP, PHONE

TABLE = ".areas-table table"


def shown_names(page) -> list[str]:
    return page.eval_on_selector_all(
        f"{TABLE} tbody tr",
        "rows => rows.filter(row => row.offsetParent !== null)"
        ".map(row => row.cells[0].querySelector('a, [data-sort]').firstChild.textContent)",
    )


def keys(page, column: int) -> list[float | None]:
    return page.eval_on_selector_all(
        f"{TABLE} tbody tr",
        "(rows, column) => rows.map(row => { const marked = row.cells[column].querySelector('[data-sort]');"
        " return marked ? Number(marked.dataset.sort) : null; })",
        column,
    )


def column_of(page, heading: str) -> int:
    return page.locator(f"{TABLE} thead th").all_inner_texts().index(heading)


def test_a_click_on_a_heading_sorts_up_then_down_then_as_it_was(visit):
    page = visit("index").page
    before, column = shown_names(page), column_of(page, "出生人数")
    heading, button = page.locator(f"{TABLE} th").nth(column), page.get_by_role("button", name="出生人数")
    button.click()
    known = [key for key in keys(page, column) if key is not None]
    assert heading.get_attribute("aria-sort") == "ascending"
    assert known == sorted(known)
    assert keys(page, column)[: len(known)] == known, "what is unknown comes last"
    button.click()
    assert heading.get_attribute("aria-sort") == "descending"
    assert keys(page, column)[: len(known)] == known[::-1]
    button.click()
    assert heading.get_attribute("aria-sort") is None
    assert shown_names(page) == before


def test_only_one_heading_is_marked_as_sorted(visit):
    page = visit("index").page
    page.get_by_role("button", name="出生人数").click()
    page.get_by_role("button", name="自然增长率").click()
    assert page.locator(f"{TABLE} th[aria-sort]").count() == 1


def test_the_keyboard_alone_sorts_and_searches(visit):
    page = visit("index").page
    page.get_by_label("查找地区").focus()
    page.keyboard.type(LONGEST[2:6])
    assert shown_names(page) == [LONGEST]
    page.get_by_role("button", name="清除条件").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="地区", exact=True).focus()
    page.keyboard.press("Space")
    assert page.locator(f"{TABLE} th").first.get_attribute("aria-sort") == "ascending"


def test_a_search_tells_how_many_rows_are_left(visit):
    page = visit("index").page
    total = len(shown_names(page))
    page.get_by_label("查找地区").fill(LONGEST[:8])
    status = page.get_by_role("status")
    assert status.inner_text() == f"显示 1 / {total} 个地区"
    page.get_by_label("查找地区").fill("没有这个地方")
    assert shown_names(page) == []
    assert status.inner_text() == "没有符合条件的地区"
    page.get_by_role("button", name="清除条件").click()
    assert len(shown_names(page)) == total
    assert page.get_by_role("button", name="清除条件").count() == 0, "hidden while there is nothing to clear"


def test_filters_by_area_above_and_by_verdict_add_up(visit):
    page = visit("index").page
    total, column = len(shown_names(page)), column_of(page, "上级地区")
    above = page.get_by_label("上级地区")
    names = above.locator("option").all_inner_texts()[1:]
    counts = []
    for name in names:
        above.select_option(name)
        counts.append(len(shown_names(page)))
        cells = page.locator(f"{TABLE} tbody tr:visible td:nth-child({column + 1})").all_inner_texts()
        assert set(cells) == {name}
    assert sum(counts) == total
    above.select_option("")
    verdict = page.get_by_label("结论")
    counts = []
    for name in verdict.locator("option").all_inner_texts()[1:]:
        verdict.select_option(name)
        counts.append(len(shown_names(page)))
    assert sum(counts) == total


def test_the_english_table_speaks_english(visit):
    page = visit("index.en").page
    page.get_by_label("Find an area").fill("示例")
    assert page.get_by_role("status").inner_text().startswith("Showing")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_without_javascript_all_rows_are_there(visit, width):
    without, within = visit("index", width, java_script_enabled=False).page, visit("index", width).page
    assert without.locator(f"{TABLE} tbody tr").count() == within.locator(f"{TABLE} tbody tr").count()
    assert without.locator(f"{TABLE} tbody tr").first.is_visible()
    assert without.locator("button, input, select").count() == 0


def test_what_is_filtered_stays_filtered_in_print(visit):
    page = visit("index").page
    page.get_by_label("查找地区").fill(LONGEST[:8])
    page.emulate_media(media="print")
    assert shown_names(page) == [LONGEST]
    assert page.get_by_role("status").is_visible()
    assert not page.locator("input[type=search]").is_visible()
