"""The example made as awkward as real areas are: names, counts and histories that break reports elsewhere.

Beside the empty and the brand-new county of `write_sample(awkward=True)`: a county with three births in the year so
far and one without any, one that two others were merged into, and names that are long, rare, or full of signs that
some format takes for markup. Raw files go on with the former names, which areas.csv has as aliases.
"""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pipeline.sample import write, write_sample
from pipeline.sample.truth import CountyTruth, simulate_county

ORDINARY, LONG, MERGED, THREE_BIRTHS = "990101", "990103", "990104", "990105"
HOSTILE, NO_BIRTHS, EMPTY, NEW = "990201", "990202", "990203", "990204"
LONGEST = "示例积石山保安族东乡族撒拉族哈萨克族自治县城关"
STRANGEST = "示例㐂䶮<b>&\"'|*_$#@{{x}}\\`[z]~^县"
NAMES = {
    LONG: LONGEST,
    MERGED: "示例㐂䶮县",
    HOSTILE: STRANGEST,
    "990101003": "{{< include x >}} & <i>|*_$#@乡",
    "990103001": "示例双江拉祜族佤族布朗族傣族自治县直属沙河农场街道",
    "990104002": "䶮㐂镇",
}
ENGLISH = {
    LONG: "Jishishan Bonan, Dongxiang, Salar and Kazakh Autonomous County Seat",
    HOSTILE: "{{< meta x >}} <b>&\"'|*_$#@\\`[z]~^ County",
}
MERGER, LAST_BEFORE = "2025-07", "2025-06"
FORMER = {
    "990191": ("示例云东县", (1, 2)),
    "990192": ("示例云西县", (3, 4, 5)),
}  # townships of today by number


def write_awkward(root: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write, "simulate_county", with_few_births)
        write_sample(root, counties=7, townships_per_county=5, months=30, awkward=True)
    path = root / "data" / "reference" / "areas.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    rows = [changed for row in rows for changed in merged(renamed(row))]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def with_few_births(seed, county, first_month, last_month) -> CountyTruth:
    """The truth of a county; three births this year in the tiny one, none ever in another."""
    truth = simulate_county(seed, county, first_month, last_month)
    if county.area_code not in (THREE_BIRTHS, NO_BIRTHS):
        return truth
    counts = {}
    for name in ("births_male", "births_female", "registered_male", "registered_female"):
        counts[name] = few = getattr(truth, name).copy()
        few[:, -6:] = 0
        if county.area_code == NO_BIRTHS:
            few[:] = 0
        elif name.endswith("_male"):
            few[0, [-6, -2]] = 1
        else:
            few[1, -4] = 1
    return replace(truth, **{name: np.asarray(few) for name, few in counts.items()})


def renamed(row: dict[str, str]) -> dict[str, str]:
    name, english = NAMES.get(row["area_code"]), ENGLISH.get(row["area_code"], "")
    if name is None:
        return row
    aliases = "|".join(filter(None, [row["name"], row["aliases"]]))
    changed = row | {"name": name, "name_en": english, "aliases": aliases}
    return {column: changed[column] for column in row}


def merged(row: dict[str, str]) -> list[dict[str, str]]:
    """An area of the merged county, and what it was before: one of two counties, or a township of one."""
    code = row["area_code"]
    if not code.startswith(MERGED):
        return [row]
    before = {"valid_to": LAST_BEFORE, "successor_codes": code}
    if code == MERGED:
        former = [
            row | before | {"area_code": each, "name": name, "aliases": "示例云岭县"}
            for each, (name, _) in FORMER.items()
        ]
    else:
        county = next(each for each, (_, numbers) in FORMER.items() if int(code[-3:]) in numbers)
        former = [row | before | {"area_code": county + code[-3:], "parent_code": county}]
    return [row | {"valid_from": MERGER}, *former]
