import polars as pl
import pytest

from pipeline.ingest.numbers import parse_numbers


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
    ],
)
def test_a_number_in_the_spellings_of_offices(text, value):
    parsed = parse_numbers(pl.Series([text]))
    assert parsed["value"].to_list() == [value]
    assert parsed["is_blank"].to_list() == [False]


@pytest.mark.parametrize("text", [None, "", "—", "－", "-", "/", "…", "……", "  ", "\u3000"])
def test_a_dash_is_nothing_and_not_zero(text):
    parsed = parse_numbers(pl.Series([text], dtype=pl.String))
    assert parsed["is_blank"].to_list() == [True]
    assert parsed["value"].to_list() == [None]


@pytest.mark.parametrize(
    "text", ["约15", "1,2", "12 34人5", "#REF!", "nan", "inf", "1e", "十二", "12,34", "--5"]
)
def test_what_is_no_number_has_no_value(text):
    parsed = parse_numbers(pl.Series([text]))
    assert parsed["value"].to_list() == [None]
    assert parsed["is_blank"].to_list() == [False]
