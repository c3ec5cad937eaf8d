"""What the statistics find, as rows of `findings`: odd months, new levels, areas that differ from a reference.

Every flag carries the numbers behind it as evidence, from which its sentence is made. A month is attributed to the
lowest area that accounts for it: where a township's births explain at least half of what is odd in its county, the
county is not named as well.
"""

import json
import math
from collections.abc import Callable, Iterable
from hashlib import sha256
from typing import Any

import numpy as np
import polars as pl

from pipeline.statistics.contract import empty
from pipeline.statistics.hierarchy import JUDGED
from pipeline.statistics.references import YEAR
from pipeline.statistics.rules import Rule
from pipeline.statistics.trends import SEX_RATIO, Fits
from pipeline.statistics.verdicts import HIGHER, LIKELY_MISSED, LOWER, MISSED

UNUSUAL, SHIFT = "unusual_month", "level_shift"
DIFFERS = {"normal_range": "outside_normal_range", "target": "target_missed"}
_WINDOWS = {"normal_range": "rolling_12", "target": "ytd"}
FALSE_DISCOVERY = 0.05
EXPLAINED = 0.5


def findings_of_months(expectations: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Months beyond chance, the false discovery rate held at 5 %; the largest absolute deviation first."""
    odd = expectations.filter(pl.col("q_value") < FALSE_DISCOVERY).with_columns(
        deviation=pl.col("observed") - pl.col("expected")
    )
    odd = odd.join(areas.select("area_code", "parent_code"), on="area_code", how="left")
    below = odd.select("parent_code", "month", "series", explained="deviation").drop_nulls("parent_code")
    is_explained = (
        odd.join(below, left_on=["area_code", "month", "series"], right_on=["parent_code", "month", "series"])
        .filter(pl.col("explained") / pl.col("deviation") >= EXPLAINED)
        .select("area_code", "month", "series")
        .unique()
    )
    odd = odd.join(is_explained, on=["area_code", "month", "series"], how="anti")
    odd = odd.sort(pl.col("deviation").abs(), "area_code", "month", "series", descending=[True] + [False] * 3)
    return _findings(
        {
            "kind": UNUSUAL,
            "severity": "warning",
            "area_code": row["area_code"],
            "month": row["month"],
            "subject": row["series"],
            "evidence": _of_month(row),
        }
        for row in odd.iter_rows(named=True)
    )


def _of_month(row: dict[str, Any]) -> dict[str, float | None]:
    """What was observed and expected: counts whole, the limits at the last count within them; a ratio as printed."""
    names = ("observed", "expected", "lower_998", "upper_998", "deviation")
    if row["series"] == SEX_RATIO:
        return {name: None if row[name] is None else round(row[name], 1) for name in names} | {"decimals": 1}
    whole: tuple[Callable[[float], float], ...] = (round, round, math.ceil, math.floor, round)
    rounded = zip(names, whole, strict=True)
    return {name: None if row[name] is None else cut(row[name]) for name, cut in rounded} | {"decimals": 0}


def findings_of_shifts(fits: Fits) -> pl.DataFrame:
    """Sudden changes of level within the months judged: from which month, and by how much of the level before."""
    rows = []
    for name, block, fitted in fits.series():
        step = np.diff(fitted.level.mean, axis=0)
        for month, area in np.argwhere(fitted.shifts[:-1]):
            if len(fits.months) - JUDGED <= month + 1 < len(fits.months):
                rows.append(
                    {
                        "kind": SHIFT,
                        "severity": "warning",
                        "area_code": str(block.area_codes[area]),
                        "month": fits.months[int(month) + 1],
                        "subject": name,
                        "evidence": {"change_percent": round(100 * float(np.expm1(step[month, area])), 1)},
                    }
                )
    return _findings(rows)


def findings_of_areas(
    verdicts: pl.DataFrame, comparisons: pl.DataFrame, rules: dict[str, Rule]
) -> pl.DataFrame:
    """Areas judged to lie outside a normal range or to miss their target.

    The evidence is the figure beside the reference: of twelve months for a range, since January for a target, which is
    named only where its whole interval misses the target already.
    """
    judged = verdicts.filter(pl.col("verdict").is_in([HIGHER, LOWER, MISSED, LIKELY_MISSED])).select(
        "area_code",
        "indicator",
        reference="question",
        time_window=pl.col("question").replace_strict(_WINDOWS, default=None, return_dtype=pl.String),
        q_value="q_value",
    )
    flagged = (
        comparisons.filter(pl.col("verdict").is_in([HIGHER, LOWER]))
        .drop("q_value")
        .with_columns(stands_for=pl.col("time_window").replace({YEAR: "rolling_12"}))
        .join(
            judged,
            left_on=["area_code", "indicator", "reference", "stands_for"],
            right_on=["area_code", "indicator", "reference", "time_window"],
        )
        .sort("area_code", "indicator", "reference")
    )
    return _findings(
        {
            "kind": DIFFERS[row["reference"]],
            "severity": "note",
            "area_code": row["area_code"],
            "month": row["month"],
            "subject": row["indicator"],
            "evidence": {
                "time_window": row["time_window"],
                "verdict": row["verdict"],
                "bound": row["reference_upper"] if row["verdict"] == "higher" else row["reference_lower"],
                **{
                    name: round(row[name], rules[row["indicator"]].decimals)
                    for name in ("value", "lower_95", "upper_95")
                },
                "decimals": rules[row["indicator"]].decimals,
                "q_value": None if row["q_value"] is None else float(f"{row['q_value']:.2g}"),
            },
        }
        for row in flagged.iter_rows(named=True)
    )


def _findings(rows: Iterable[dict[str, Any]]) -> pl.DataFrame:
    table = []
    for row in rows:
        evidence = json.dumps(row["evidence"], ensure_ascii=False, separators=(",", ":"))
        parts = (row["kind"], row["area_code"], str(row["month"]), row["subject"], evidence)
        table.append(
            row | {"evidence": evidence, "finding_id": sha256("|".join(parts).encode()).hexdigest()[:16]}
        )
    return pl.DataFrame(table, schema=empty("findings").schema)
