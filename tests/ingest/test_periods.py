from datetime import date

import pytest

from pipeline.ingest.periods import parse_period


@pytest.mark.parametrize(
    "text",
    [
        "2024-08",
        "2024-8",
        "2024/08",
        "2024.8",
        "202408",
        "2024年8月",
        "2024年1-8月",
        "2024年1—8月累计",
        "２０２４年８月",
        "民國113年8月",
        "113年8月",
        "11308",
        "2024-08-01 00:00:00",
        "人口统计月报_2024年8月.xlsx",
        "住院分娩月报_202408.csv",
        "2024/08/data.csv",
        "统计月份：2024年8月",
    ],
)
def test_the_month_is_found(text):
    assert parse_period(text) == date(2024, 8, 1)


@pytest.mark.parametrize("text", ["", "合计", "2024", "2024年", "202413", "2024年13月", "990101", "12345678"])
def test_what_names_no_month(text):
    assert parse_period(text) is None
