"""The step from `indicator_values` and `vital_events` to the tables of estimates, in the staging folder."""

from concurrent.futures import Executor
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipeline.statistics.contract import in_contract
from pipeline.statistics.expectations import expectation_table
from pipeline.statistics.flags import findings_of_areas, findings_of_months, findings_of_shifts
from pipeline.statistics.funnels import funnel_table
from pipeline.statistics.indicators import indicator_table
from pipeline.statistics.outlook import outlook_table
from pipeline.statistics.ranks import rank_table
from pipeline.statistics.references import comparison_table
from pipeline.statistics.rules import Rule
from pipeline.statistics.smoother_check import largest_difference, noted
from pipeline.statistics.trends import SEX_RATIO, fit_all, trend_table
from pipeline.statistics.verdicts import verdict_table
from pipeline.statistics.yearly_trend import fit_years
from pipeline.tables import TABLES, schema

NORMAL_UPPER = 107.0


def run(
    staging: Path,
    *,
    month: date,
    rules: dict[str, Rule],
    targets: pl.DataFrame,
    executor: Executor | None,
) -> float:
    """Write the tables of this wing beside their inputs in `staging`, and add to `findings` what it flags.

    Returns the power of ten below which statsmodels' own smoother differs from the trends.

    `month` is the edition's; `rules` those of indicators.toml by indicator; `targets` (indicator, year, level,
    area_code, at_least, at_most) as in targets.csv.
    """
    indicator_values = pl.read_parquet(staging / "indicator_values.parquet")
    vital_events = pl.read_parquet(staging / "vital_events.parquet").sort(TABLES["vital_events"].key)
    areas = vital_events.select("area_code", "level", "parent_code").unique("area_code", maintain_order=True)
    sex_ratio = rules.get(SEX_RATIO)
    reference_upper = sex_ratio.normal_range[1] if sex_ratio and sex_ratio.normal_range else NORMAL_UPPER

    fits = fit_all(vital_events, executor)
    years = fit_years(fits, indicator_values, areas, month, executor)
    differences = [
        largest_difference(name, block.level, block.area_codes, each.months, fitted.checked)
        for each in (fits, years)
        for name, block, fitted in each.series()
    ]
    indicators = indicator_table(indicator_values)
    comparisons = comparison_table(indicators, areas, rules, month)
    expectations = expectation_table(fits)
    trends = in_contract("trends", [trend_table(each, reference_upper) for each in (fits, years)])
    outlook = outlook_table(fits, indicator_values, areas, targets, month, executor)
    verdicts = verdict_table(comparisons, trends, outlook, areas, rules, month)
    tables = {
        "indicators": indicators,
        "trends": trends,
        "comparisons": comparisons,
        "funnels": funnel_table(indicators, areas, rules, month),
        "ranks": rank_table(indicators, areas, month, rules),
        "outlook": outlook,
        "verdicts": verdicts,
        "expectations": expectations,
        "findings": in_contract(
            "findings",
            [
                pl.read_parquet(staging / "findings.parquet"),
                findings_of_months(expectations, areas),
                findings_of_shifts(fits),
                findings_of_areas(verdicts, comparisons, rules),
            ],
        ),
    }
    for name, table in tables.items():
        assert not table.select(TABLES[name].key).is_duplicated().any(), f"{name}: two rows of one key"
        arrow = table.to_arrow().cast(schema(name))
        pq.write_table(arrow, staging / f"{name}.parquet", compression="zstd")
    return noted(max(differences, default=0.0))
