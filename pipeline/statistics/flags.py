"""What the statistics find, as rows of `findings`: odd months, new levels, areas that differ from a reference.

Every flag carries the numbers behind it as evidence, from which its sentence is made. A month is attributed to the
lowest area that accounts for it: where a township's births explain at least half of what is odd in its county, the
county is not named as well.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from hashlib import sha256
from typing import Any

import numpy as np
import polars as pl

from pipeline.statistics.contract import empty
from pipeline.statistics.edition import YEAR
from pipeline.statistics.hierarchy import JUDGED
from pipeline.statistics.references import HIGHER, LOWER
from pipeline.statistics.rules import Rule
from pipeline.statistics.trends import SEX_RATIO, Fits

UNUSUAL, SHIFT = "unusual_month", "level_shift"
DIFFERS = {"normal_range": "outside_normal_range", "target": "target_missed"}
_WINDOWS = {"normal_range": "rolling_12", "target": "ytd"}
Finding = tuple[str, str, str, date, str, dict[str, Any]]  # kind, severity, area, month, subject, evidence
FALSE_DISCOVERY = 0.05
EXPLAINED = 0.5


def findings_of_months(expectations: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Months beyond chance, the false discovery rate held at 5 %; the largest absolute deviation first."""
    odd = expectations.filter(pl.col("q_value") < FALSE_DISCOVERY).with_columns(
        deviation=pl.col("observed") - pl.col("expected")
    )
    odd = odd.join(areas.select("area_code", "parent_code"), on="area_code", how="left")
    month = ["month", "series"]
    explained = odd.join(
        odd.drop_nulls("parent_code").select("parent_code", *month, below="deviation"),
        left_on=["area_code", *month],
        right_on=["parent_code", *month],
    ).filter(pl.col("below") / pl.col("deviation") >= EXPLAINED)
    odd = odd.join(explained, on=["area_code", *month], how="anti")
    odd = odd.sort(pl.col("deviation").abs(), "area_code", *month, descending=[True] + [False] * 3)
    return _findings(
        (UNUSUAL, "warning", row["area_code"], row["month"], row["series"], _of_month(row))
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

    def shifts() -> Iterator[Finding]:
        for name, block, fitted in ((name, *level) for name, levels in fits.items() for level in levels):
            step, months = np.expm1(np.diff(fitted.level.mean, axis=0)), block.months
            for before, area in np.argwhere(fitted.shifts[: len(months) - 1]).tolist():
                if before + 1 >= len(months) - JUDGED:
                    evidence = {"change_percent": round(100 * float(step[before, area]), 1)}
                    code = str(block.area_codes[area])
                    yield SHIFT, "warning", code, months[before + 1], name, evidence

    return _findings(shifts())


def findings_of_areas(
    verdicts: pl.DataFrame, comparisons: pl.DataFrame, rules: dict[str, Rule]
) -> pl.DataFrame:
    """Areas judged to lie outside a normal range or to miss their target.

    The evidence is the figure beside the reference: of twelve months for a range, since January for a target, which is
    named only where its whole interval misses the target already.
    """
    judged = verdicts.filter(pl.col("verdict").is_in([HIGHER, LOWER, "missed", "likely_missed"])).select(
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
        (
            DIFFERS[row["reference"]], "note", row["area_code"], row["month"], row["indicator"],
            _of_area(row, rules[row["indicator"]].decimals),
        )
        for row in flagged.iter_rows(named=True)
    )  # fmt: skip


def _of_area(row: dict[str, Any], decimals: int) -> dict[str, Any]:
    return {
        "time_window": row["time_window"],
        "verdict": row["verdict"],
        "bound": row["reference_upper"] if row["verdict"] == HIGHER else row["reference_lower"],
        **{name: round(row[name], decimals) for name in ("value", "lower_95", "upper_95")},
        "decimals": decimals,
        "q_value": None if row["q_value"] is None else float(f"{row['q_value']:.2g}"),
    }


def _findings(found: Iterable[Finding]) -> pl.DataFrame:
    table = []
    for kind, severity, area_code, month, subject, evidence in found:
        text = json.dumps(evidence, ensure_ascii=False, separators=(",", ":"))
        of_evidence = sha256("|".join((kind, area_code, str(month), subject, text)).encode())
        table.append((of_evidence.hexdigest()[:16], kind, severity, area_code, month, subject, text))
    return pl.DataFrame(table, schema=empty("findings").schema, orient="row")
