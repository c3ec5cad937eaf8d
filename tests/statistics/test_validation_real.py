"""Real tables: read from a tidy CSV, cut by date, and held against their own left-out months."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from pipeline.commands import validate as command
from pipeline.problems import ProblemError
from pipeline.validation import real, simulation
from pipeline.validation.counts import sexes
from pipeline.validation.real_series import rows_of_table, tables_of


def sexes_of(sizes=(30, 300), areas=4, months=84):
    simulated = simulation.simulate("sexes", "own", 3, areas, months).counts
    chosen = np.isin(simulation.sizes_of_areas(areas), sizes)
    males, births = simulated.events[:, chosen], simulated.size[:, chosen]
    return males, births - males


def by_what(rows):
    assert len({(row.series, row.what) for row in rows}) == len(rows)
    return {row.what: row for row in rows}


def test_rows_of_a_monthly_table():
    males, females = sexes_of(areas=3, months=72)
    males[5, 0] = females[68, 1] = np.nan
    rows = by_what(real.rows_of_counts("simulated", "SRB", sexes(males, females)))
    for row in rows.values():
        assert row.process == "simulated"
        assert set(row.measured) <= {"10–100", "100–1,000"}, row.what
        assert np.isfinite([side.value for sides in row.measured.values() for side in sides]).all(), row.what
    assert_allclose(
        rows["RMSE of left-out months ÷ binomial error"].measured["100–1,000"][0].value, 1, atol=0.2
    )
    assert "CRPS of spline GLM ÷ ours, one month ahead" in rows
    assert "left-out counts, one an area drawn 1,000 times: below / above 95 % limits" in rows


def test_rows_of_a_yearly_table():
    males, females = (part.reshape(12, 12, -1).sum(axis=1) for part in sexes_of((300,), 3, 144))
    rows = by_what(real.rows_of_counts("yearly", "SRB", sexes(males, females, period=1)))
    assert set(rows["median relative error, left-out months"].measured) == {"1,000–10,000"}
    assert abs(rows["median relative error, left-out months"].measured["1,000–10,000"][0].value) < 0.03


def test_rows_of_deaths():
    simulated = simulation.simulate("births", "own", 3, 2, months=60).counts
    chosen = simulation.sizes_of_areas(2) == 300
    counts = simulated.areas(np.flatnonzero(chosen))
    rows = real.rows_of_counts("simulated", "deaths", counts)
    assert {row.series for row in rows} == {"deaths"}
    assert "RMSE of left-out months ÷ Poisson error" in by_what(rows)


def test_few_areas_are_cut_several_times():
    males, females = sexes_of((300,), 2, 120)
    blocks = real._blocks(sexes(males, females))
    assert [len(block.events) for block in blocks] == [120, 108, 96, 84, 72]
    many = sexes(np.tile(males, 40), np.tile(females, 40))
    assert len(real._blocks(many)) == 1


def test_exposure_without_a_population_is_days_at_ten_per_mille():
    events = np.array([[310.0, np.nan], [280.0, 28.0]])
    exposure = real.nominal_exposure(events, np.array([31.0, 28.0]))
    assert_allclose(exposure[:, 0], [31_000, 28_000])
    assert_allclose(events[1, 1] / exposure[1, 1], 0.010)


def write(path, males, females, first=2010, yearly=False, extra=""):
    lines = [f"series,area,month,births_male,births_female{',births' if extra else ''}"]
    for month, (of_males, of_females) in enumerate(zip(males, females, strict=True)):
        when = f"{first + month}" if yearly else f"{first + month // 12}-{month % 12 + 1:02d}"
        for area, (m, f) in enumerate(zip(of_males, of_females, strict=True)):
            lines.append(f"real,area {area},{when},{m:.0f},{f:.0f}{extra and f',{m + f:.0f}'}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_csv_is_read_as_it_is(tmp_path):
    males, females = sexes_of((300,), 2, 24)
    file = write(tmp_path / "real.csv", males, females, extra="births")
    lines = file.read_text().splitlines()
    file.write_text("\n".join([lines[0], *reversed(lines[2:])]))
    (table,) = tables_of(file)
    assert (table.name, table.period) == ("real", 12)
    assert table.days[:3].tolist() == [31, 28, 31]
    assert np.isnan(table.counts["births_male"][0, 0]), "the row left out is a missing month"
    assert_allclose(table.counts["births_male"][1:], males[1:])
    assert_allclose(table.counts["births"][1:], (males + females)[1:])
    (yearly,) = tables_of(write(tmp_path / "yearly.csv", males, females, yearly=True))
    assert yearly.period == 1
    assert len(yearly.days) == 24


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("series,area,month,births_male\n", "no column births_female"),
        ("series,area,month,births_male,births_female\na,b,2010-13,1,2\n", "month '2010-13'"),
        (
            "series,area,month,births_male,births_female\na,b,2010-01,1,2\na,b,2010-01,1,2\n",
            "more than one row",
        ),
    ],
)
def test_csv_that_cannot_be_used_says_why(tmp_path, text, found):
    file = tmp_path / "real.csv"
    file.write_text(text)
    with pytest.raises(ProblemError, match=found):
        list(tables_of(file))
    with pytest.raises(ProblemError, match="no such file"):
        list(tables_of(tmp_path / "none.csv"))


def test_command_on_real_files(tmp_path, capsys):
    long = write(tmp_path / "long.csv", *sexes_of((300,), 2, 48))
    short = write(tmp_path / "short.csv", *sexes_of((300,), 2, 24))
    assert command.validate(10, 1, tmp_path / "out", [long, short]) == 0
    printed = capsys.readouterr().out
    assert "real: left out, 24 months or years are too few; expected 36" in printed
    assert "| SRB: left-out counts: below / above 95 % limits |" in printed
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "calibration.md", "calibration.csv", "calibration.svg",
    }  # fmt: skip
    assert rows_of_table(next(tables_of(short))) == []
