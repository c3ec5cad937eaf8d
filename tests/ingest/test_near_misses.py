"""Where a pattern of source.toml fits nothing, the text that comes nearest is shown as it stands."""

from __future__ import annotations

import pytest

from pipeline.ingest.values.near_misses import nearest_text
from tests.ingest.sheets import SIMPLE, read_rows

ROWS = [["乡镇", "男", "女"], ["城关镇", 3, 4]]


@pytest.mark.parametrize(
    ("toml", "rows", "near"),
    [
        (
            SIMPLE.replace('"乡镇*"', '"乡镇名称*"'),
            [["乡 鎮名稱", "男", "女"], ["城关镇", 3, 4]],
            "'乡 鎮名稱'",
        ),
        (
            SIMPLE.replace('"男"', '"出生男婴数"'),
            [["乡镇", "出生男婴人数", "女孩"], ["城关镇", 3, 4]],
            "'出生男婴人数'",
        ),
        (SIMPLE.replace('columns = ["乡镇"]', 'columns = ["乡镇名"]'), ROWS, "'乡镇'"),
        (
            SIMPLE.replace('from = "file_name"', 'from = "cell"\ncontains = "统计月份*"'),
            [["统计的月份：2024年8月"], *ROWS],
            "'统计的月份：2024年8月'",
        ),
    ],
)
def test_the_nearest_text_is_told(toml, rows, near):
    result = read_rows(toml, rows)
    assert len(result.problems) == 1
    assert f"nearest: {near}" in result.problems[0]


def test_nothing_is_told_where_nothing_is_near():
    assert "nearest" not in read_rows(SIMPLE.replace('"乡镇*"', '"所属单位"'), ROWS).problems[0]
    assert nearest_text(["*"], ["乡镇", None]) == ""
    assert nearest_text(["乡镇*"], []) == ""
