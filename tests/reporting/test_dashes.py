"""A dash in a table has its reason beside it and below the table, and a number where there are several reasons."""

from __future__ import annotations

import pytest

from pipeline.reporting.shown.rule import INCOMPLETE, NOT_APPLICABLE
from pipeline.reporting.text.absent import absent, explained, shown_or_absent
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.words.numbers import number
from pipeline.words.translations import read_translator

ZH, EN = read_translator("zh"), read_translator("en")


def test_one_reason_is_said_once_and_its_dashes_are_alike():
    rows, note = explained(ZH, [["甲", absent(ZH, INCOMPLETE)], ["乙", absent(ZH, INCOMPLETE)]])
    assert rows == [[name, '[—]{.absent title="数据不全"}'] for name in "甲乙"]
    assert note == "— 数据不全。"


@pytest.mark.parametrize(
    ("translator", "note"),
    [(ZH, "—¹ 数据不全；—² 不适用。"), (EN, "—¹ Data incomplete; —² Does not apply.")],
)
def test_several_reasons_are_numbered_in_the_order_in_which_they_come(translator, note):
    rows = [[absent(translator, INCOMPLETE), "1"], ["2", absent(translator, NOT_APPLICABLE)]]
    marked, said = explained(translator, rows)
    assert [marked[0][0][:4], marked[1][1][:4]] == ["[—¹]", "[—²]"]
    assert said == note


def test_a_table_without_dashes_has_no_line_below_it():
    table = numbered_table(ZH, 1, "标题", ["甲", "乙"], [["一", shown_or_absent(ZH, number(3), INCOMPLETE)]])
    assert "—" not in table
    assert ".small" not in table


def test_dashes_are_neither_words_nor_wide():
    """A column of numbers and dashes stays one of numbers, as narrow as its numbers."""
    rows = [["一", "12"], ["二", absent(ZH, INCOMPLETE)], ["三", absent(ZH, NOT_APPLICABLE)]]
    rule = numbered_table(ZH, 1, "标题", ["地区", "值"], rows).splitlines()[1]
    assert rule == "|----|---:|"
