"""The step from `indicator_values` and `vital_events` to the tables of estimates, in the staging folder."""

from concurrent.futures import Executor
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipeline.statistics.contract import in_contract
from pipeline.statistics.edition import figures_of_edition
from pipeline.statistics.expectations import expectation_table
from pipeline.statistics.flags import findings_of_areas, findings_of_months, findings_of_shifts
from pipeline.statistics.funnels import funnel_table
from pipeline.statistics.indicators import indicator_table
from pipeline.statistics.outlook import outlook_table, task_series
from pipeline.statistics.ranks import rank_table
from pipeline.statistics.references import comparison_table
from pipeline.statistics.rules import Rule
from pipeline.statistics.smoother_check import largest_difference, noted
from pipeline.statistics.trends import SEX_RATIO, fit_all, trend_table, vital_series
from pipeline.statistics.verdicts import verdict_table
from pipeline.statistics.yearly_trend import yearly_series
from pipeline.tables import TABLES, schema
from pipeline.workers import side_by_side

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

    monthly = vital_series(vital_events)
    series = (
        monthly,
        yearly_series(monthly, indicator_values, areas, month),
        task_series(indicator_values, areas, targets, month.year),
    )
    with side_by_side(executor) as run_all:
        fits = run_all(fit_all, series, [executor] * len(series))
        indicators = indicator_table(indicator_values)
        edition = figures_of_edition(indicators, areas, rules, month)
        comparisons = comparison_table(edition)
        ranks = rank_table(edition, executor)
        vital, years, tasks = fits
    differences = [
        largest_difference(name, block, fitted.checked)
        for each in fits
        for name, levels in each.items()
        for block, fitted in levels
    ]
    expectations = expectation_table(vital)
    trends = in_contract("trends", [trend_table(each, reference_upper) for each in (vital, years)])
    outlook = outlook_table(vital, tasks, indicator_values, areas, targets, month)
    verdicts = verdict_table(comparisons, trends, outlook, areas, rules, month)
    tables = {
        "indicators": indicators,
        "trends": trends,
        "comparisons": comparisons,
        "funnels": funnel_table(edition),
        "ranks": ranks,
        "outlook": outlook,
        "verdicts": verdicts,
        "expectations": expectations,
        "findings": in_contract(
            "findings",
            [
                pl.read_parquet(staging / "findings.parquet"),
                findings_of_months(expectations, areas),
                findings_of_shifts(vital),
                findings_of_areas(verdicts, comparisons, rules),
            ],
        ),
    }
    for name, table in tables.items():
        is_again = pl.all_horizontal(pl.col(TABLES[name].key) == pl.col(TABLES[name].key).shift())
        assert not table.select(is_again.any()).item(), f"{name}: two rows of one key"
        arrow = table.to_arrow().cast(schema(name))
        pq.write_table(arrow, staging / f"{name}.parquet", compression="zstd")
    return noted(max(differences, default=0.0))
