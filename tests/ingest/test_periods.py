"""Periods and days in the wording of offices: what each is, and what is refused because it may be two things."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import polars as pl
import pytest

from pipeline.ingest.periods import (
    Period,
    expected_period,
    names_period,
    parse_days,
    parse_header,
    parse_period,
    parse_year,
)


@pytest.mark.parametrize(
    "text",
    [
        "2024-08",
        "2024-8",
        "2024/08",
        "2024.8",
        "2024.08",
        "202408",
        "2024年8月",
        "２０２４年８月",
        "2024年08月份",
        "2024 年 8 月",
        "二〇二四年八月",
        "二○二四年八月",
        "民國113年8月",
        "113年8月",
        "11308",
        "2024-08-01 00:00:00",
        "2024/8/31",
        "20240831",
        "45505",
        "45535.0",
        "Aug 2024",
        "August 31, 2024",
        "1-Aug-2024",
        "统计月份：2024年8月",
        "2024年/8月",
    ],
)
def test_a_month(text):
    assert parse_period(text) == Period(date(2024, 8, 1), "month")


@pytest.mark.parametrize(
    "text",
    [
        "人口统计月报_2024年8月.xlsx",
        "住院分娩月报_202408.csv",
        "births Aug 2024.csv",
        "2024/08/data.csv",
        "110105_202408.xlsx",
        "2024年人口统计月报（8月）",
        "2024年8月统计，2024年8月31日填",
    ],
)
def test_a_month_in_a_title(text):
    assert parse_period(text, title=True) == Period(date(2024, 8, 1), "month")
    assert parse_period(text) is None


@pytest.mark.parametrize(
    ("text", "month", "span"),
    [
        ("2024年1-8月", 8, "ytd"),
        ("2024年1—8月累计", 8, "ytd"),
        ("2024年1月至8月", 8, "ytd"),
        ("2024年1月1日-8月31日", 8, "ytd"),
        ("2024年一至八月", 8, "ytd"),
        ("2024年8月累计", 8, "ytd"),
        ("2024年上半年", 6, "ytd"),
        ("2024年1-3季度", 9, "ytd"),
        ("2024年前三季度", 9, "ytd"),
        ("2024Q3", 9, "quarter"),
        ("2024M08", 8, "month"),
        ("2024-M8", 8, "month"),
        ("2024H1", 6, "ytd"),
        ("H1 2024", 6, "ytd"),
        ("Q3 2024", 9, "quarter"),
        ("2024年第三季度", 9, "quarter"),
        ("2024年3季度", 9, "quarter"),
        ("2024/三季度", 9, "quarter"),
        ("113年第3季", 9, "quarter"),
        ("2024年4-6月", 6, "quarter"),
        ("2024年", 12, "year"),
        ("2024年度", 12, "year"),
        ("2024年全年", 12, "year"),
        ("2024年合计", 12, "year"),
        ("2024", 12, "year"),
        ("2024年十一月", 11, "month"),
        ("2024.10", 10, "month"),
        ("2024年10月", 10, "month"),
    ],
)
def test_the_wording_names_the_span(text, month, span):
    assert parse_period(text) == Period(date(2024, month, 1), span)


@pytest.mark.parametrize(
    ("text", "month", "span"),
    [
        ("8月", 8, "month"),
        ("十二月", 12, "month"),
        ("August", 8, "month"),
        ("三季度", 9, "quarter"),
        ("Q1", 3, "quarter"),
        ("1-8月累计", 8, "ytd"),
        ("上半年", 6, "ytd"),
        ("全年", 12, "year"),
    ],
)
def test_a_month_whose_year_stands_elsewhere(text, month, span):
    assert parse_period(text, 2023) == Period(date(2023, month, 1), span)
    assert parse_period(text) is None
    assert "[period] year" in expected_period(text)


def test_a_year_of_its_own_goes_before_one_from_elsewhere():
    assert parse_period("2024年8月", 2023) == Period(date(2024, 8, 1), "month")


@pytest.mark.parametrize(
    "text",
    ["", "合计", "202413", "2024-13", "2024-00", "2024年13月", "2024年0月", "2024年3-8月", "2024年5季度", "2024年下半年",
     "2024年前0个月", "前0个月",
     "990101", "2024-1¹", "2024年8月①",
     "２０２４-1¹", "12345678", "20240832",
     "1911年8月", "2101年8月", "Market 2024", "Aug-24", "2024-2025", "32873", "54789"],
)  # fmt: skip
def test_what_names_no_month(text):
    assert parse_period(text) is None
    assert parse_period(text, 2024) is None


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("2024.1", "2024-01 or 2024-10: Excel writes 2024.10 as 2024.1"),
        ("24年8月", "a year of four digits"),
        ("99年12月", "民國 before a year of the Republic"),
        ("2024年8月（较2023年8月）", "names several"),
        ("10001_11308.csv", "counts only as the whole text"),
        ("2008-09", "year_begins = 4"),
        ("2024-08a", "'a' is not understood"),
        ("2024-13", "a month such as 2024-08"),
    ],
)
def test_what_may_be_two_things_is_refused_and_explained(text, wish):
    assert parse_period(text, 2024) is None
    assert wish in expected_period(text)


def test_every_month_in_every_form():
    """No form takes one month for another, and serial numbers never meet years of the Republic of China."""
    for year in range(1990, 2050):
        for month in range(1, 13):
            first = date(year, month, 1)
            texts = [
                f"{year}-{month:02}",
                f"{year}{month:02}",
                f"{year}年{month}月",
                f"{first:%b %Y}",
                f"{first:%B %Y}",
            ]
            texts += [
                str((first - date(1899, 12, 30)).days),
                f"民國{year - 1911}年{month}月",
                f"{year}.{month:02}",
            ]
            texts += [f"{year - 1911}{month:02}"] if year > 2010 else []
            if month == (year + 1) % 100:
                texts.remove(f"{year}-{month:02}")
                assert parse_period(f"{year}-{month:02}") is None
            if (year, month) == (1990, 1):
                texts.remove("32874")
                assert parse_period("32874") == Period(first, "month")
            for text in texts:
                assert parse_period(text) == Period(first, "month"), text


def test_a_header_of_several_rows():
    assert parse_header(("2024年", "8月", "男")) == Period(date(2024, 8, 1), "month")
    assert parse_header(("45505", "男")) == Period(date(2024, 8, 1), "month")
    assert parse_header(("2024", "1-8月")) == Period(date(2024, 8, 1), "ytd")
    assert parse_header(("2024", "男")) == Period(date(2024, 12, 1), "year")
    assert parse_header(("出生", "男")) is None
    assert [names_period(text) for text in ("8月", "2024年13月", "备注", "单位", "三季度", "较上年增减")] == [
        True, True, False, False, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "year"),
    [("2024", 2024), ("2024年", 2024), ("民國113年", 2024), ("113年", 2024), ("统计年度：2024", 2024),
     ("报表_2024.xlsx", 2024), ("2024年8月", 2024), ("2023-2024", None), ("年度", None)],
)  # fmt: skip
def test_a_year(text, year):
    assert parse_year(text, title=True) == year


def read_days(texts: list[str | None], since: date) -> list[date | None]:
    days = parse_days(pl.Series(texts, dtype=pl.String), pl.Series([since] * len(texts), dtype=pl.Date))
    return [None if day is None else date(1970, 1, 1) + timedelta(day) for day in days]


def test_days():
    texts = ["2024-06-28", "2024/6/28", "2024年6月28日", "２０２４年６月２８号", "20240628", "6月28日", "45471", "45471.0",
             "2024-06-28 00:00:00", "民國113年6月28日", "113/6/28", "二〇二四年六月二十八日"]  # fmt: skip
    assert read_days(texts, date(2024, 6, 1)) == [date(2024, 6, 28)] * len(texts)
    wrong = [
        "",
        None,
        "6月31日",
        "2024-02-30",
        "约6月",
        "6月",
        "已发",
        "3",
        "5月31日",
        "2024-06-28 14:30:00",
        "24年6月28日",
    ]
    assert read_days(wrong, date(2024, 6, 1)) == [None] * len(wrong)


def test_excel_counts_its_days_from_the_end_of_1899():
    """As in the date system of ECMA-376: 1 March 1900 is 61, and so on from there."""
    assert read_days(["45471"], date(2024, 6, 1)) == [(datetime(1900, 3, 1) + timedelta(45471 - 61)).date()]
