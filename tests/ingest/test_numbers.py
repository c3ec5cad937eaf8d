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
        ("−3", -3),
        ("1 234", 1234),
        ("12 人", 12),
        ("（1,234）", -1234),
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
    "text", ["约15", "1,2", "1 2", "12 34", "12 34人5", "#REF!", "nan", "inf", "1e", "十二", "12,34", "--5"]
)
def test_what_is_no_number_has_no_value(text):
    parsed = parse_numbers(pl.Series([text]))
    assert parsed["value"].to_list() == [None]
    assert parsed["is_blank"].to_list() == [False]


def test_a_share_is_told_from_a_count():
    parsed = parse_numbers(pl.Series(["85", "85%", "8.5‰", "85人", None]))
    assert parsed["is_share"].to_list() == [False, True, True, False, False]
    assert parsed["value"].to_list() == [85, 85, 8.5, 85, None]
