"""Whatever stands around a period, it is the same period or none: never another one."""

from __future__ import annotations

import re
from datetime import date

import pytest
from babel import Locale
from hypothesis import assume, given
from hypothesis import strategies as st

from pipeline.ingest.periods import FinancialYear, Period, PeriodRules, parse_header, parse_period, parse_year
from pipeline.ingest.periods.month_names import MONTHS, OTHER_MONTHS
from tests.examples import examples
from tests.ingest.sheets import read_rows

NAMES = [date(2024, month, 1).strftime("%B") for month in range(1, 13)]
FORMS = (
    "{y}-{m:02}", "{y}/{m:02}", "{y}.{m:02}", "{y}{m:02}", "{y}年{m}月", "{y}年{m:02}月份", "{y} 年 {m} 月",
    "民國{r}年{m}月",
    "{name} {y}", "{short}-{y}", "{y}년 {m}월", "{y}-{m:02}-15", "{y}年{m}月28日", "令和{e}年{m}月",
)  # fmt: skip
QUIET = [
    "统计月份",
    "青禾县",
    "出生情况统计表",
    "births",
    "report",
    "報告",
    "出生数",
    "月报",
    "人口",
    "v2",
    "(2)",
    "110105",
]
LOUD = [
    "to", "through", "12 months to", "year ending", "half", "week 3", "the next year", "together", "ended", "since",
    "from", "week", "quarterly", "rolling", "last year", "previous", "school year", "Nov/Dec",
    "以来", "至今", "同比", "较上年", "下半年", "半年", "去年同期", "次月", "上旬", "学年", "三个月", "第3周",
    "から", "まで", "부터", "까지", "이후", "하반기", "bis", "seit", "depuis", "jusqu", "page 3", "第2稿", "2周岁",
    "¹", "②", "a1",
    "9月", "2023年", "2025-11", "11308", "agosto", "mei", "август",
]  # fmt: skip
GLUE = ["", " ", "_", "-", "/", "（", "）", "：", "、", ",", "~", "."]


def written(form: str, year: int, month: int) -> str:
    name = NAMES[month - 1]
    return form.format(y=year, m=month, r=year - 1911, e=year - 2018, name=name, short=name[:3])


periods = st.tuples(st.sampled_from(FORMS), st.integers(2020, 2049), st.integers(1, 12))
noise = st.lists(
    st.one_of(st.sampled_from(QUIET + LOUD), st.text("aé月年日第至3三¹②Ⅷ-~年度期", max_size=3)), max_size=2
)
unbroken = periods.filter(lambda period: "short" not in period[0])  # "J an 2024" is no month, but words
glue = st.sampled_from(GLUE)


def test_whatever_stands_around_a_month_it_is_the_same_month_or_none(request):
    @examples(request)
    @given(periods, noise, noise, glue, glue, st.booleans())
    def holds(period, before, behind, left, right, is_title):
        form, year, month = period
        text = written(form, year, month)
        if before and re.search(r"[0-9A-Za-zé]$", before[-1]):
            left = left or "_"  # 12024-08 and birthsAug are other texts, without a period in them
        if behind and re.match(r"[0-9A-Za-zé]", behind[0]):
            right = right or "_"
        assume(
            not re.match(r"[-~至]+第?[0-9]+月", right + "_".join(behind))
        )  # 2024-01-3月 is January to March
        whole = "_".join(before) + left + text + right + "_".join(behind)
        found = parse_period(whole, title=is_title)
        assert found is None or found.month == date(year, month, 1), (whole, found)
        assert found is None or found.span == "month", (whole, found)

    holds()


def test_a_sign_within_a_period_leaves_it_the_same_or_none(request):
    @examples(request)
    @given(
        unbroken,
        st.integers(0, 12),
        st.sampled_from([" ", "¹", "②", "a", "ß", "至", "~", "第", "?", "\u200b", "年 ", "٣"]),
    )
    def holds(period, at, sign):
        form, year, month = period
        text = written(form, year, month)
        assume("name" not in form or sign not in (" ", "年 ", "a", "ß"))  # Ma rch 2020 is words and a year
        assume(not (sign in "至~" and text[at - 1 : at].isdigit() and text[at : at + 1].isdigit()))  # 1至1月
        whole = text[:at] + sign + text[at:]
        for is_title in (False, True):
            found = parse_period(whole, title=is_title)
            assert found is None or found == Period(date(year, month, 1), "month"), (whole, found)

    holds()


@pytest.mark.parametrize("word", LOUD)
def test_a_word_of_length_or_direction_makes_it_no_month(word):
    for text in ("2024年8月", "2024-08", "Aug 2024"):
        for whole in (f"{word} {text}", f"{text} {word}", f"{word}的{text}"):
            for is_title in (False, True):
                assert parse_period(whole, title=is_title) is None, whole


@pytest.mark.parametrize("word", ["起", "止", "前", "后", "初", "中", "期", "代", "至", "到"])
def test_a_sign_of_direction_counts_where_it_touches_the_period(word):
    assert parse_period(f"2024年8月{word}的出生人口", title=True) is None
    assert parse_period(f"{word}山县2024年8月出生人口", title=True) == Period(date(2024, 8, 1), "month")


@pytest.mark.parametrize(
    "text",
    [
        "统计月份：2024年8月", "2024年8月末", "截至2024年8月末", "截至2024年8月31日", "2024年8月合计",
        "as of August 2024", "August 2024 (total)",
        "the month of August 2024", "Report for Aug 2024", "2024年8月分", "2024年8月末現在", "2024년 8월 말 기준",
        "所属期:202408", "août 2024",
        "August 2024", "2024年8月当月", "1 August 2024", "2024/8/1 00:00", "2024年8月1日-8月31日",
        "2024-08-01 to 2024-08-31",
    ],
)  # fmt: skip
def test_harmless_words(text):
    assert parse_period(text) == Period(date(2024, 8, 1), "month")


@pytest.mark.parametrize(
    ("text", "month", "span"),
    [
        ("January-March 2015", "2015-03", "quarter"),
        ("Jul-Sep 2015", "2015-09", "quarter"),
        ("12 months to December 2015", None, None),
        ("Year ending March 2016", None, None),
        ("Jan-Aug 2017", "2017-08", "ytd"),
        ("YTD Sep 2017", "2017-09", "ytd"),
        ("Nov/Dec 2018", None, None),
        ("January to August 2017", "2017-08", "ytd"),
        ("3rd quarter 2017", "2017-09", "quarter"),
        ("2024年前8个月", "2024-08", "ytd"),
        ("2024년 1~8월 누계", "2024-08", "ytd"),
        ("2024년 3분기", "2024-09", "quarter"),
        ("2024年1月-2024年8月", "2024-08", "ytd"),
        ("2023年1月-2024年8月", None, None),
        ("2024-01-01至2024-08-31", "2024-08", "ytd"),
        ("2024-08-01至2024-08-15", None, None),
        ("2024年三季度累计", None, None),
        ("2024年累计", None, None),
        ("2024年第1四半期", None, None),
        ("2020年代", None, None),
        ("2024学年", None, None),
    ],
)  # fmt: skip
def test_spans_in_other_words(text, month, span):
    found = parse_period(text)
    assert (found and (f"{found.month:%Y-%m}", found.span)) == (month and (month, span))


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("平成26年6月", "2014-06"), ("令和3年5月", "2021-05"), ("昭和60年1月", "1985-01"), ("令和元年5月", "2019-05"),
        ("平成元年1月", "1989-01"), ("昭和64年1月", "1989-01"), ("平成31年4月", "2019-04"), ("平成二十六年六月",
        "2014-06"),
        ("令和6年8月1日現在", "2024-08"), ("平成31年5月", None), ("令和元年4月", None), ("昭和64年2月", None),
        ("平成32年1月", None),
        ("令和6年度", None), ("H26.6", None), ("明治45年1月", None),
    ],
)  # fmt: skip
def test_era_years_of_japan(text, month):
    found = parse_period(text)
    assert (found and f"{found.month:%Y-%m}") == month


YEARS = [
    "2008-09",
    "2009-10",
    "2010-11",
    "2011-12",
    "2012-13",
    "2013-14",
    "FY2009-10",
    "2010/11",
    "Q1 2010-11",
]


def test_a_financial_year_is_no_month_unless_source_toml_says_so():
    assert [parse_period(text) for text in YEARS] == [None] * len(YEARS)
    assert [parse_period(text, rules=PeriodRules(4)) for text in YEARS[:-1]] == [None] * (len(YEARS) - 1)
    calendar = PeriodRules(year_begins=1)
    assert parse_period("2008-09", rules=calendar) == Period(date(2008, 9, 1), "month")
    assert parse_period("2012-13", rules=calendar) is None
    assert parse_period("2011\x1c12\x1cdata", title=True) == Period(date(2011, 12, 1), "month")
    for text in ("200910", "2009-10-05", "2009年10月", "2009.10", "2009-08"):
        assert parse_period(text).month.year == 2009


@pytest.mark.parametrize(
    ("text", "month", "span"),
    [
        ("Q1 2010-11", "2010-06", "quarter"), ("Q4 2010-11", "2011-03", "quarter"), ("2010-11 三季度", "2010-12",
        "quarter"),
        ("April 2010-11", "2010-04", "month"), ("January 2010-11", "2011-01", "month"), ("2010-11年度", None, None),
        ("Apr-Jun 2010-11", "2010-06", "quarter"), ("Jan-Mar 2010-11", "2011-03", "quarter"), ("May 2010",
        "2010-05", "month"),
        ("Q1 2010", None, None), ("2010", None, None), ("YTD May 2010", None, None), ("1-8月 2010-11", None, None),
    ],
)  # fmt: skip
def test_months_and_quarters_of_a_financial_year(text, month, span):
    found = parse_period(text, rules=PeriodRules(year_begins=4))
    assert (found and (f"{found.month:%Y-%m}", found.span)) == (month and (month, span))


def test_a_year_from_elsewhere_may_be_a_financial_year():
    year = parse_year("2010-11", rules=PeriodRules(4))
    assert year == FinancialYear(2010) and parse_year("2010-11") is None
    assert parse_period("February", year, rules=PeriodRules(4)) == Period(date(2011, 2, 1), "month")


def test_words_of_length_do_no_harm_to_a_year():
    for text in (
        "2024年各季度出生情况",
        "2024年半年报",
        "2024年下半年",
        "Quarterly births 2024",
        "2024年1-6月",
    ):
        assert parse_year(text, title=True) == 2024, text
    for text in ("2024年起", "较2024年", "since 2024", "2023年和2024年", "2024年 第3期", "agosto 2024"):
        assert parse_year(text, title=True) is None, text


def test_a_month_by_name_below_its_year():
    for parts in (("2024年", "Aug"), ("Aug", "2024"), ("2024", "August", "Male")):
        assert parse_header(parts) == Period(date(2024, 8, 1), "month"), parts
    assert parse_header(("2010-11", "August"), rules=PeriodRules(4)) == Period(date(2010, 8, 1), "month")


def test_a_figure_of_the_month_before_its_date():
    before = PeriodRules(shift_months=-1)
    assert parse_period("2024-01-01", rules=before) == Period(date(2023, 12, 1), "month")
    assert parse_period("2024年9月1日", rules=before) == Period(date(2024, 8, 1), "month")
    assert parse_period("2024", rules=before) is None


def test_a_bare_number_is_a_month_only_where_the_column_is_one_of_months():
    months = PeriodRules(has_bare_months=True)
    for text in ("8", "08", "8.0", "８"):
        assert parse_period(text, 2024, rules=months) == Period(date(2024, 8, 1), "month")
        assert parse_period(text, 2024) is None and parse_period(text, rules=months) is None
    assert [parse_period(text, 2024, rules=months) for text in ("0", "13", "8.5", "-8", "8a")] == [None] * 5


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("births_2024-08_v2.csv", "2024-08"), ("2024年8月(2).xlsx", "2024-08"), ("110105_202408.xlsx", "2024-08"),
        ("11308.csv", "2024-08"),
        ("青禾县二〇二四年八月出生情况", "2024-08"), ("周口市2024年8月出生情况", "2024-08"), ("统一月报 2024年8月",
        "2024-08"),
        ("2024年中国人口", "2024-12"), ("Bevölkerung 2024.xlsx", "2024-12"), ("births_2024_v2.csv", "2024-12"),
        ("births2024-08.csv", None), ("births_2024-08a.csv", None), ("表1 2024年8月", None),
        ("2024年人口统计月报(8)", None),
        ("全县2024人", None), ("May Lake report 2024", None), ("報表_11308.csv", None), ("2024-08_2.csv", None),
        ("sierpień 2024", None),
        ("2024年元月份出生", "2024-01"), ("2024年月报", "2024-12"), ("2024年 月报表", "2024-12"), ("2024.8月出生",
        "2024-08"),
        ("2024年__月出生", None), ("2024年二、三季度", None), ("2024年捌月", None), ("2024学年", None),
        ("2024학년도 출생", None),
        ("2024年上期", None), ("w/e 31 Aug 2024", None), ("2024年闰八月", None), ("2024年季度报表", None),
        ("Early neonatal deaths Aug 2024", "2024-08"), ("Average population 2024", "2024-12"),
        ("Annual report 2024", "2024-12"),
        ("Quarterly report Q3 2024", "2024-09"), ("Annual report Aug 2024", None), ("early in 2024", None),
        ("2024 spring", None),
        ("fiscal 2024", None), ("Agust 2024", None), ("Births by August 2024", None), ("page 3-2024", None),
    ],
)  # fmt: skip
def test_titles_and_names_of_files(text, month):
    found = parse_period(text, title=True)
    assert (found and f"{found.month:%Y-%m}") == month


def test_a_blank_within_digits_joins_nothing():
    for text in ("20 24-08", "2024-0 8", "1 2月", "2024年1 2月", "2 024年8月"):
        assert parse_period(text, 2024) is None, text
        assert parse_header((text, "男"), 2024) is None, text
    assert parse_period("2024 08") == Period(date(2024, 8, 1), "month")


def test_rows_of_a_header_that_say_nothing_of_time_are_no_part_of_the_period():
    month = Period(date(2024, 8, 1), "month")
    assert parse_header(("2024年8月", "0-4岁")) == parse_header(("Aug 2024", "Age 15", "Male")) == month
    for parts in (
        ("2024年8月", "较上年"),
        ("Mar 2016", "Year ending"),
        ("2024年", "13"),
        ("2024年8月", "男", "5"),
    ):
        assert parse_header(parts) is None, parts


def test_names_of_months_are_those_of_cldr():
    for language in ("en", "de", "fr"):
        names = Locale(language).months
        for month, name in {**names["format"]["wide"]}.items():
            assert MONTHS[name.lower()] == month
    for language in (
        "es",
        "it",
        "pt",
        "nl",
        "sv",
        "da",
        "nb",
        "pl",
        "cs",
        "sk",
        "ro",
        "hu",
        "fi",
        "id",
        "tr",
        "hr",
        "sl",
        "lt",
    ):
        for form in ("format", "stand-alone"):
            for name in Locale(language).months[form]["wide"].values():
                assert name.lower() in OTHER_MONTHS | MONTHS.keys(), (language, name)


LONG = """
[header]
contains = "Area"
[period]
from = "column"
column = "Month"
[area]
columns = ["Area"]
[elements]
births_male = "Male"
"""


def test_ranges_in_a_column_are_spans_or_refused():
    rows = [["Area", "Month", "Male"]] + [
        ["城关镇", text, 300]
        for text in (
            "January-March 2015",
            "Jul-Sep 2015",
            "12 months to December 2015",
            "Jan-Aug 2017",
            "Nov/Dec 2018",
        )
    ]
    assert len(read_rows(LONG, rows).refused) == 5
    as_written = read_rows(LONG.replace("[area]", 'span = "as_written"\n[area]'), rows)
    assert {place: cell[2:4] for place, cell in as_written.cells.items()} == {
        "C2": ("2015-03", "quarter"),
        "C3": ("2015-09", "quarter"),
        "C5": ("2017-08", "ytd"),
    }


def test_files_named_by_financial_years_are_refused_with_one_reason():
    toml = LONG.replace('"column"\ncolumn = "Month"', '"file_name"')
    rows = [["Area", "Male"], ["城关镇", 14009]]
    problems = {
        read_rows(toml, rows, f"{name}.csv").problems[0].split("; expected")[1]
        for name in YEARS
        if "/" not in name
    }
    assert len(problems) == 1 and "year_begins" in problems.pop()
    for name in ("2008/09/births.csv", "births 2008.09.csv"):
        by_path = toml.replace('"file_name"', '"path"')
        assert read_rows(by_path, rows, name).cells["B2"][2] == "2008-09"


def test_year_and_month_in_two_columns():
    toml = LONG.replace("[area]", 'year = { from = "column", column = "Year" }\n[area]')
    rows = [
        ["Area", "Year", "Month", "Male"],
        ["城关镇", 2024, 8, 12],
        ["城关镇", "2023", "12.0", 11],
        ["城关镇", 2024, 13, 5],
    ]
    result = read_rows(toml, rows)
    assert [cell[2] for cell in result.cells.values()] == ["2024-08", "2023-12"]
    assert result.refused == {"D4": ("period", "13")}
    quarter = read_rows(
        toml.replace('"Month"', '"Quarter"'), [["Area", "Year", "Quarter", "Male"], ["城关镇", 2024, 1, 12]]
    )
    assert quarter.cells == {} and len(quarter.refused) == 1


def test_a_financial_year_in_a_column_beside_its_months():
    toml = LONG.replace("[area]", 'year_begins = 4\nyear = { from = "column", column = "Year" }\n[area]')
    rows = [
        ["Area", "Year", "Month", "Male"],
        ["城关镇", "2010-11", "April", 12],
        ["城关镇", "2010-11", "January", 11],
    ]
    assert [cell[2] for cell in read_rows(toml, rows).cells.values()] == ["2010-04", "2011-01"]


def test_quarters_of_financial_years_in_the_header():
    toml = LONG.replace(
        '"column"\ncolumn = "Month"', '"header"\nyear_begins = 4\nyear = { from = "file_name" }'
    )
    toml = toml.replace('"Male"', '{ header = "*", span = "quarter" }')
    rows = [["Area", "Q1", "Q4", "April", "Total"], ["城关镇", 12, 11, 4, 23]]
    result = read_rows(toml, rows, "births 2010-11.csv")
    assert {place: cell[2:4] for place, cell in result.cells.items()} == {
        "B2": ("2010-06", "quarter"),
        "C2": ("2011-03", "quarter"),
    }
    assert result.refused == {} and result.unread == ["April", "Total"]


def test_a_stock_of_the_first_belongs_to_the_month_before():
    toml = LONG.replace("[area]", "shift_months = -1\n[area]").replace("births_male", "population")
    rows = [["Area", "Month", "Male"], ["城关镇", "2024-01-01", 512]]
    assert read_rows(toml, rows).cells["C2"] == ("population", "990101", "2023-12", "month", 512)


def test_a_refused_title_is_not_passed_over_for_a_later_cell():
    toml = LONG.replace('"column"\ncolumn = "Month"', '"cell"\ncontains = "*月*"')
    rows = [["统计月份：2024年8月、9月"], ["填报日期：2024年10月5日"], ["Area", "Male"], ["城关镇", 3]]
    result = read_rows(toml, rows)
    assert result.cells == {} and "names several" in result.problems[0]


def test_blanks_in_a_header_join_no_digits():
    toml = LONG.replace('"column"\ncolumn = "Month"', '"header"\nyear = { from = "file_name" }').replace(
        '"Male"', '"*"'
    )
    rows = [["Area", "1 2月", "11 月", "Aug", "Jan-Mar", "8月¹"], ["城关镇", 1, 2, 3, 4, 5]]
    result = read_rows(toml, rows, "births 2024.csv")
    assert {place: cell[2] for place, cell in result.cells.items()} == {"C2": "2024-11", "D2": "2024-08"}
    assert result.refused == {"B2": ("period", "1 2月"), "F2": ("period", "8月¹")}
    assert result.unread == ["Jan-Mar"]


@pytest.mark.parametrize("span", ["quarter", "ytd"])
def test_the_first_quarter_is_a_sum_since_january_as_well(span):
    toml = LONG.replace('"column"\ncolumn = "Month"', '"header"').replace(
        '"Male"', f'{{ header = "*", span = "{span}" }}'
    )
    for head in ("Jan-Mar 2024", "2024年1-3月"):
        assert read_rows(toml, [["Area", head], ["城关镇", 1]]).cells["B2"][2:4] == ("2024-03", span)
