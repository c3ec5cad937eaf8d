"""The step on files: exact schemas, findings added, the same bytes again and on any number of workers, empty input."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import numpy as np
import polars as pl
import pyarrow.parquet as pq
import pytest
from made_areas import PROVINCE, calendar, code, counts_of, vital_events

from pipeline.statistics.rules import Rule
from pipeline.statistics.run import run
from pipeline.tables import TABLES, schema
from pipeline.workers import worker_pool

WRITTEN = (
    "indicators",
    "trends",
    "comparisons",
    "funnels",
    "ranks",
    "outlook",
    "expectations",
    "findings",
    "verdicts",
)
MONTH = date(2024, 6, 1)
RULES = {
    "sex_ratio_at_birth": Rule("sex_ratio", (103.0, 107.0), (104.6, 108.0), 100),
    "birth_rate": Rule("rate", decimals=2),
    "checkup_rate": Rule("proportion", decimals=2),
}
TARGETS = {"indicator": pl.String, "year": pl.Int64, "level": pl.String, "area_code": pl.String}
TARGETS |= {"at_least": pl.Float64, "at_most": pl.Float64}
EARLIER = {
    "finding_id": "0123456789abcdef", "kind": "sum_differs", "severity": "error", "area_code": code(0),
    "month": MONTH, "subject": "births", "evidence": "{}",
}  # fmt: skip


def targets_of(*rows):
    return pl.DataFrame(list(rows), schema=TARGETS, orient="row")


def write(folder, name, rows):
    empty = pl.from_arrow(schema(name).empty_table())
    table = pl.concat([empty, rows], how="diagonal") if isinstance(rows, pl.DataFrame) else rows
    table = pl.DataFrame(table, schema=empty.schema) if isinstance(table, list) else table
    pq.write_table(table.select(empty.columns).to_arrow().cast(schema(name)), folder / f"{name}.parquet")


def values_of(events):
    """Rolling twelve months and year to date of two indicators, and check-ups by month."""
    rows = []
    for (area,), own in events.group_by("area_code", maintain_order=True):
        for window, first in (("ytd", date(2024, 1, 1)), ("rolling_12", date(2023, 7, 1))):
            months = own.filter(pl.col("month") >= first)
            male, female, births = (months[n].sum() for n in ("births_male", "births_female", "births"))
            population = 12 * months["person_years"].mean()
            share = len(months) / 12
            rows.append(value(area, MONTH, window, "sex_ratio_at_birth", "sex_ratio", male, female, 100.0))
            rows.append(value(area, MONTH, window, "birth_rate", "rate", births, population, 1000.0, share))
        for month in own["month"]:
            rows.append(value(area, month, "month", "checkup_rate", "proportion", 70.0, 100.0, 100.0))
        rows.append(value(area, MONTH, "ytd", "checkup_rate", "proportion", 420.0, 600.0, 100.0))
    return rows


def value(area, month, window, indicator, method, numerator, denominator, factor, share=1.0):
    return {
        "area_code": area, "month": month, "time_window": window, "indicator": indicator, "method": method,
        "factor": factor, "numerator": numerator, "denominator": denominator, "events": numerator,
        "year_share": share, "months_missing": 0, "is_denominator_estimated": False,
        "value": factor * numerator / denominator / share,
        "target_upper": 107.0 if method == "sex_ratio" and area != PROVINCE else None,
    }  # fmt: skip


def write_inputs(folder, shuffle=False):
    """Four counties of a province; one of them has far too many boys, and lost a month's deaths."""
    counts = counts_of([50, 200, 900, 2_000], months=42)
    extra = np.floor(0.08 * counts["births_female"][:, 3])
    counts["births_male"][:, 3] += extra
    counts["births_female"][:, 3] -= extra
    counts["deaths"][-4, 1] = 0
    events = vital_events(counts)
    values = pl.DataFrame(values_of(events))
    if shuffle:
        events, values = (table.sample(fraction=1, shuffle=True, seed=2) for table in (events, values))
    write(folder, "vital_events", events)
    write(folder, "indicator_values", values)
    write(folder, "findings", [EARLIER])


TARGET_ROWS = (
    ("sex_ratio_at_birth", 2024, "county", "", None, 107.0),
    ("checkup_rate", 2024, "county", "", 80.0, None),
)


def step(folder, executor=None):
    run(folder, month=MONTH, rules=RULES, targets=targets_of(*TARGET_ROWS), executor=executor)
    return {name: (folder / f"{name}.parquet").read_bytes() for name in WRITTEN}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("staging")
    write_inputs(folder)
    return folder, step(folder)


@pytest.mark.parametrize("name", WRITTEN)
def test_tables_are_written_in_their_schema_and_by_key(written, name):
    table = pq.read_table(written[0] / f"{name}.parquet")
    assert table.schema.equals(schema(name)) and table.num_rows > 0
    rows = pl.from_arrow(table)
    key = list(TABLES[name].key)
    assert rows.equals(rows.sort(key)) and not rows.select(key).is_duplicated().any()


def test_the_same_bytes_again_in_any_order_and_with_workers(written, tmp_path):
    """One process, two, and four threads."""
    write_inputs(tmp_path, shuffle=True)
    with worker_pool(2) as executor:
        of_two = step(tmp_path, executor)
    write_inputs(tmp_path)
    with ThreadPoolExecutor(4) as executor:
        of_four = step(tmp_path, executor)
    assert written[1] == of_two == of_four


def test_findings_are_added_to_those_before(written):
    findings = pl.read_parquet(written[0] / "findings.parquet")
    kept = findings.filter(finding_id=EARLIER["finding_id"])
    assert kept.to_dicts() == [EARLIER]
    found = {(row["kind"], row["area_code"], row["subject"]) for row in findings.iter_rows(named=True)}
    assert ("unusual_month", code(1), "deaths") in found
    assert ("outside_normal_range", code(3), "sex_ratio_at_birth") in found
    assert ("target_missed", code(3), "sex_ratio_at_birth") in found
    assert all(json.loads(text) is not None for text in findings["evidence"])


def test_every_area_is_in_the_outlook_and_has_its_trend(written):
    outlook = pl.read_parquet(written[0] / "outlook.parquet")
    checkups = outlook.filter(indicator="checkup_rate")
    assert checkups["area_code"].to_list() == [code(area) for area in range(4)]
    assert checkups["probability_met"].max() < 0.2
    trends = pl.read_parquet(written[0] / "trends.parquet")
    assert trends.height == 2 * 5 * 42 and trends["month"].max() == calendar(42)[-1]


def test_empty_inputs_give_empty_tables(tmp_path):
    for name in ("vital_events", "indicator_values", "findings"):
        write(tmp_path, name, [])
    run(tmp_path, month=MONTH, rules=RULES, targets=targets_of(), executor=None)
    for name in WRITTEN:
        table = pq.read_table(tmp_path / f"{name}.parquet")
        assert table.schema.equals(schema(name)) and table.num_rows == 0


@pytest.mark.parametrize("months", [1, 6, pytest.param(9), 12, 13])
def test_short_series_without_rules_and_targets_have_trends(tmp_path, months):
    write(tmp_path, "vital_events", vital_events(counts_of([50], months=months), with_province=False))
    for name in ("indicator_values", "findings"):
        write(tmp_path, name, [])
    run(tmp_path, month=calendar(months)[-1], rules={}, targets=targets_of(), executor=None)
    assert pq.read_table(tmp_path / "trends.parquet").num_rows == 2 * months
