"""Make a workspace of the household registration statistics of Taiwan: `python assemble.py DATA WORKSPACE`.

DATA holds births_deaths/YYYY/MM/data.csv and population/population.csv. The area table is made from the
newest file (codes and names of today) and from reference/renamed.csv (what they were called before).
"""

from __future__ import annotations

import csv
import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).parent
REGION = "00000"


def assemble(data: Path, workspace: Path, months: list[str] | None = None) -> None:
    """Write the workspace; `months` ("2024/06") narrows the files of births and deaths."""
    shutil.copytree(HERE / "reference", workspace / "data" / "reference")
    for source in ("births_deaths", "population"):
        (workspace / "data" / "raw" / source).mkdir(parents=True)
        shutil.copy(HERE / source / "source.toml", workspace / "data" / "raw" / source)
        for file in sorted((data / source).rglob("*.csv")):
            relative = file.relative_to(data / source)
            if months is None or source == "population" or relative.parent.as_posix() in months:
                _place(file, workspace / "data" / "raw" / source / relative)
    newest = max((data / "births_deaths").rglob("data.csv"))
    _write_areas(_areas(newest), workspace / "data" / "reference" / "areas.csv")


def _place(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(file, target)
    except OSError:
        shutil.copy(file, target)


def _areas(newest: Path) -> list[dict[str, str]]:
    """Region, counties and townships of today: the code of a township is the first 8 digits of its villages'."""
    with newest.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        townships = {row["區域別代碼"].strip()[:8]: row["區域別"] for row in rows}
    counties = {code[:5]: name[:3] for code, name in townships.items()}
    areas = [{"area_code": REGION, "name": "台灣", "level": "region", "parent_code": ""}]
    areas += [
        {"area_code": code, "name": name, "level": "county", "parent_code": REGION}
        for code, name in counties.items()
    ]
    areas += [
        {"area_code": code, "name": name[3:], "level": "township", "parent_code": code[:5]}
        for code, name in townships.items()
    ]
    return areas


def _write_areas(areas: list[dict[str, str]], path: Path) -> None:
    names = {area["area_code"]: area["name"] for area in areas}
    with (HERE / "reference" / "renamed.csv").open(encoding="utf-8", newline="") as file:
        renamed = [(row["written"], row["area"]) for row in csv.DictReader(file)]
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = [
            "area_code",
            "name",
            "level",
            "parent_code",
            "aliases",
            "valid_from",
            "valid_to",
            "successor_codes",
        ]
        writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        writer.writeheader()
        for area in areas:
            above = names[area["parent_code"]] if area["level"] == "township" else ""
            aliases = [written for written, today in renamed if today == above + area["name"]]
            writer.writerow(area | {"aliases": "|".join(aliases)})


if __name__ == "__main__":
    assemble(Path(sys.argv[1]), Path(sys.argv[2]))
