import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.values.number_columns import parse_numbers
from pipeline.ingest.values.numbers import Notation, Number, parse_number
from pipeline.problems import ProblemError
from tests.examples import examples
from tests.ingest.sheets import read_rows


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("12.0", 12),
        ("１２", 12),
        ("12人", 12),
        ("1,234", 1234),
        ("12,345,678", 12345678),
        (" 7 ", 7),
        ("\u30007", 7),
        ("\u00a07", 7),
        ("3.52‰", 3.52),
        ("84.71%", 84.71),
        ("(5)", -5),
        ("（５）", -5),
        ("-3", -3),
        ("+3", 3),
        ("−3", -3),
        ("1 234", 1234),
        ("12 人", 12),
        ("（1,234）", -1234),
    ],
)
def test_a_number_in_the_spellings_of_offices(text, value):
    number = parse_number(text)
    assert (number.value, number.is_blank) == (value, False)


@pytest.mark.parametrize("text", [None, "", "—", "－", "-", "/", "…", "……", "  ", "\u3000"])
def test_a_dash_is_nothing_and_not_zero(text):
    number = parse_number(text)
    assert (number.value, number.is_blank) == (None, True)


@pytest.mark.parametrize(
    "text", ["约15", "1,2", "1 2", "12 34", "12 34人5", "#REF!", "nan", "inf", "1e", "十二", "12,34", "--5"]
)
def test_what_is_no_number_has_no_value(text):
    number = parse_number(text)
    assert (number.value, number.is_blank) == (None, False)


def test_a_share_is_told_from_a_count():
    texts = ["85", "85%", "8.5‰", "85人", None]
    assert [parse_number(text).is_share for text in texts] == [False, True, True, False, False]
    assert [parse_number(text).value for text in texts] == [85, 85, 8.5, 85, None]


@pytest.mark.parametrize("text", ["12¹", "1105②", "²", "12₃", "12ª", "12*", "†12", "12❷", "12⑴", "１２①"])
def test_a_mark_is_no_digit(text):
    assert parse_number(text).value is None and "without marks" in parse_number(text).wish
    left_off = parse_number(text, Notation(marks="leave_off"))
    assert left_off == (Number(is_blank=True) if text == "²" else Number(1105.0 if "5" in text else 12.0))


@pytest.mark.parametrize("text", ["1²3", "12½", "Ⅷ", "1Ⅷ", "٣", "12٣", "३", "㋀", "12⁄3"])
def test_what_is_no_mark_is_not_left_off(text):
    for notation in (Notation(), Notation(marks="leave_off")):
        number = parse_number(text, notation)
        assert number.value is None and not number.is_blank


def test_a_formula_without_a_value_says_what_to_do():
    assert (
        "open the workbook" in parse_number("=B3+B4").wish and "open the workbook" in parse_number("=").wish
    )


@pytest.mark.parametrize(
    ("text", "count", "decimal"),
    [
        ("1.000", None, 1), ("12.345", None, 12.345), ("1.234.567", None, None), ("-1.000", None, -1),
        ("1.000人", None, 1),
        ("1,234", 1234, None), ("1，204", 1204, None), ("1,234,567", 1234567, 1234567), ("1,234.5", 1234.5, 1234.5),
        ("1.0", 1, 1), ("100.00", 100, 100), ("0.123", 0.123, 0.123), ("1000.000", 1000, 1000), ("1 234", 1234, 1234),
        ("0,123", None, None), ("1,23", None, None), ("1.23,4", None, None), ("1'234", None, None),
        ("1\n234", None, None),
    ],
)  # fmt: skip
def test_a_dot_or_a_comma_that_may_be_either(text, count, decimal):
    number = parse_number(text)
    assert (None if number.is_ambiguous_count else number.value) == count
    assert (None if number.is_ambiguous_decimal else number.value) == decimal


@pytest.mark.parametrize(
    ("notation", "read"),
    [
        (Notation(thousands="."), {"1.000": 1000, "1.234.567": 1234567, "1.234,5": 1234.5, "12,5": 12.5}),
        (Notation(thousands="."), {"12": 12, "1,234": 1.234}),
        (Notation(thousands="."), dict.fromkeys(("1.00", "0.123", "1234.567", "1.5", "1.234.56", "1,234,567",
        "1.000.5"))),
        (Notation(decimal=","), {"12,5": 12.5, "1,234": 1.234, "1.000": None, "1 234": None, "12.5": None}),
        (Notation(decimal="."), {"1.000": 1, "1.234": 1.234, "1,234": None}),
        (Notation(thousands=","), {"1,234": 1234, "1.234": 1.234, "1,23": None, "1,234,567.8": 1234567.8}),
        (Notation(thousands="'"), {"1'234": 1234, "1’234.5": 1234.5, "1,234": None}),
        (Notation(thousands=" ", decimal=","), {"1 234,5": 1234.5, "1\u00a0234": 1234, "1\u202f234": 1234, "1 23": None}),
        (Notation(decimal=",", is_typed=True), {"84.71": 84.71, "84,71": 84.71, "12.345": 12.345}),
        (Notation(thousands=".", is_typed=True), {"84.71": 84.71, "1.200": 1200, "12.345": None, "1.234.567": 1234567}),
    ],
)  # fmt: skip
def test_one_notation_a_source(notation, read):
    for text, value in read.items():
        number = parse_number(text, notation)
        assert (number.value, number.is_blank) == (value, False), text
        assert not (number.is_ambiguous_count or number.is_ambiguous_decimal)


def test_a_dash_is_a_zero_where_source_toml_says_so():
    zero = Notation(dash_is_zero=True)
    assert [parse_number(text, zero) for text in ("-", "—", "－", "――")] == [Number(0.0)] * 4
    assert [parse_number(text, zero) for text in ("", None, "/", "…")] == [Number(is_blank=True)] * 4


MARKS = "¹²³⁴₁①②❶*†ª"
SIGNS = [",", ".", " ", "'", "\u00a0", "，", "．", "", "·", "\u200b", "\n"]


def test_marks_and_signs_around_a_count_leave_it_the_same_or_refused(request):
    """A whole number as any country groups it, with marks and signs put in anywhere: the same count, or none."""

    @examples(request)
    @given(
        st.integers(0, 10**9),
        st.sampled_from(["{:d}", "{:,}", "{:d}人", " {:d} ", "({:d})", "+{:d}", "{:d}.0"]),
        st.sampled_from([",", ".", " ", "'"]),
        st.lists(st.tuples(st.integers(0, 15), st.sampled_from(list(MARKS))), max_size=2),
        st.sampled_from(["refuse", "leave_off"]),
        st.sampled_from(["", ".", ",", " ", "'"]),
        st.booleans(),
    )
    def holds(count, form, group, marks, rule, thousands, is_wide):
        if form == "({:d})":
            count, text = -count, form.format(count)
        else:
            text = form.format(count).replace(",", group)
        text = text.translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)}) if is_wide else text
        is_group_said = thousands in ("", group) or form != "{:,}"
        for at, mark in marks:
            text = text[:at] + mark + text[at:]
        number = parse_number(text, Notation(thousands=thousands, marks=rule))
        if number.is_ambiguous_count or number.value is None:
            return
        if is_group_said:  # else source.toml says the wrong thing of the file
            assert number.value == count, (text, number)
        assert not marks or rule == "leave_off"

    holds()


def test_a_decimal_is_the_same_or_refused(request):
    """A decimal in the notation of any country, read by that notation, by none or by the other: same, or no number."""

    @examples(request)
    @given(
        st.integers(0, 10**7),
        st.integers(0, 3),
        st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (".", "")]),
    )
    def holds(digits, places, signs):
        decimal, thousands = signs
        value = digits / 10**places
        text = f"{value:,.{places}f}".translate({ord(","): thousands, ord("."): decimal})
        assert parse_number(text, Notation(decimal, thousands)).value == value
        number = parse_number(text)
        is_dot_among_decimals = thousands == "." and number.is_ambiguous_count
        if not number.is_ambiguous_decimal and not is_dot_among_decimals:
            assert number.value in (None, value), text

    holds()


def test_a_column_is_read_as_each_of_its_texts(request):
    @examples(request)
    @given(
        st.lists(st.text("0123456789.,-−+eE人%² '＊１①—/", max_size=7) | st.none(), max_size=6),
        st.sampled_from(["", ".", ","]),
    )
    def holds(texts, thousands):
        notation = Notation(thousands=thousands)
        column = parse_numbers(texts, notation)
        alone = [parse_number(text, notation) for text in texts]
        assert pl.Series(column["value"], nan_to_null=True).to_list() == [number.value for number in alone], (
            texts
        )
        for name in ("is_blank", "is_share", "is_ambiguous_count", "is_ambiguous_decimal"):
            assert column[name].tolist() == [getattr(number, name) for number in alone], (
                name,
                texts,
            )

    holds()


TABLE = """
[header]
contains = "乡镇"
[period]
from = "file_name"
[area]
columns = ["乡镇"]
[elements]
births_male = "男"
population = { header = "万人", times = 10000 }
paid_rate_printed = "率"
"""


def test_marks_dots_and_commas_in_a_table():
    rows = [
        ["乡镇", "男", "万人", "率"],
        ["城关镇", "12¹", "1,234", "1,234"],
        ["柳溪乡", "1.000", "1.234", "12.345"],
        ["和平镇", "=B1+B2", "-", "84,71"],
    ]
    within = 'within = { from = "sheet_name" }\n[elements]'
    result = read_rows(TABLE.replace("[elements]", within), {"青禾县": rows}, "2024-08.xlsx")
    assert result.values == {"C3": 12340, "D3": 12.345}
    expected = result.frame.drop_nulls("reason").sort("row", "column")["expected"].to_list()
    assert ["marks" in expected[0], "comma" in expected[1], "comma" in expected[2]] == [True] * 3
    assert "dot" in expected[3] and "formula" in expected[4]
    said = TABLE + '[numbers]\nthousands = "."\nmarks = "leave_off"\ndash = 0\n'
    rows = [
        ["乡镇", "男", "万人", "率"],
        ["城关镇", "12¹", "1,234", "1.234"],
        ["柳溪乡", "1.000", "-", "84,71"],
    ]
    result = read_rows(said, rows)
    assert result.values == {"B2": 12, "C2": 12340, "D2": 1234, "B3": 1000, "C3": 0, "D3": 84.71}
    assert result.frame["text"][0] == "12¹"


def test_a_sign_for_both_thousands_and_decimals_is_refused():
    with pytest.raises(ProblemError, match="one sign for thousands, another for decimals"):
        read_rows(TABLE + '[numbers]\nthousands = ","\ndecimal = ","\n', [["乡镇"]])
