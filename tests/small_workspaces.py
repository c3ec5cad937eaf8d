"""Whole workspaces that have less than the example: only a population, only births, only years, one nation.

Each function writes a workspace to a folder and returns the folder. Areas of today, one source, figures made by a
rule, so that a test can say what a page must show.
"""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path

NATION = ("1", "示例国", "nation", "")
COUNTIES = (("11", "青禾县", "county", "1"), ("12", "松涛县", "county", "1"), ("13", "望江县", "county", "1"))
TEN = tuple((f"{11 + at}", f"第{at + 1}县", "county", "1") for at in range(10))
HEADERS = {"births_male": "男婴", "births_female": "女婴", "deaths": "死亡", "population": "人口"}
USUAL = {"births_male": 31, "births_female": 29, "deaths": 40, "population": 60_000}
YEARS = ("2021", "2022", "2023")
_SMALL = Path(__file__).parent / "workspaces" / "small"


def only_stocks(root: Path) -> Path:
    """Nothing but the population, of one date."""
    return write_workspace(root, table(("population",), ["2023-01"]))


def only_births(root: Path, months: int = 18) -> Path:
    """Births month by month; no deaths, no population, so no rate."""
    return write_workspace(root, table(("births_male", "births_female"), months_from(2023, months)))


def only_yearly(root: Path) -> Path:
    """Every element once a year, of whole years."""
    return _by(write_workspace(root, table(HEADERS, YEARS, size=12)))


def one_nation(root: Path, months: int = 18) -> Path:
    """One area on one level, which is the one that gets the report."""
    figures = table(HEADERS, months_from(2023, months), (NATION,), size=20)
    return write_workspace(root, figures, areas=(NATION,), level="nation")


def deaths_withheld_by_one(root: Path, months: int = 18) -> Path:
    """Everything month by month, but that the first county has not sent the deaths of the last month."""
    figures = table(HEADERS, months_from(2023, months))
    figures[1 + (months - 1) * len(COUNTIES)][2 + list(HEADERS).index("deaths")] = ""
    return write_workspace(root, figures)


def years_of_ten(root: Path) -> Path:
    """Every element once a year, of areas enough to be compared with each other."""
    return _by(write_workspace(root, table(HEADERS, YEARS, TEN, size=12), areas=(NATION, *TEN)))


def years_beside_months(root: Path) -> Path:
    """Deaths once a year, births and the population month by month: the edition is of a month within a year."""
    _by(write_workspace(root, table(("deaths",), YEARS, TEN, size=12), areas=(NATION, *TEN)))
    months = table(("births_male", "births_female", "population"), months_from(2021, 41), TEN)
    register = root / "data" / "raw" / "register"
    shutil.copytree(_SMALL / "data" / "raw" / "returns", register)
    _write_csv(register / "register.csv", months)
    return root


def no_normal_range(root: Path) -> Path:
    """Everything month by month in areas enough to be compared, and nothing that the sex ratio is held against."""
    write_workspace(root, table(HEADERS, months_from(2021, 42), TEN), areas=(NATION, *TEN))
    _replace(root / "data" / "reference" / "indicators.toml", {"normal_range = [103, 107]\n": ""})
    return root


def quarterly(root: Path) -> Path:
    """Every element once a quarter."""
    quarters = [f"{year}年第{at}季度" for year in range(2019, 2024) for at in range(1, 5)]
    return _by(write_workspace(root, table(HEADERS, quarters, TEN, size=3), areas=(NATION, *TEN)), "quarter")


def twenty_years(root: Path) -> Path:
    """Every element once a year for twenty years, in areas enough to be compared."""
    years = [str(year) for year in range(2004, 2024)]
    return _by(write_workspace(root, table(HEADERS, years, TEN, size=12), areas=(NATION, *TEN)))


def many_townships(root: Path, number: int = 60) -> Path:
    """A county of more townships than its figures have room for."""
    townships = [(f"11{at:03d}", f"第{at}镇", "township", "11") for at in range(1, number + 1)]
    figures = table(HEADERS, months_from(2023, 18), townships)
    write_workspace(root, figures, areas=(NATION, COUNTIES[0], *townships))
    _replace(root / "data" / "reference" / "workspace.toml", {', "county"]': ', "county", "township"]'})
    return root


ALL = (only_stocks, only_births, only_yearly, one_nation)
LESS = (*ALL, deaths_withheld_by_one, years_of_ten, years_beside_months, no_normal_range, quarterly, twenty_years,
        many_townships)  # fmt: skip


def table(
    elements: Iterable[str],
    periods: Iterable[str],
    areas: Sequence[Sequence[str]] = COUNTIES,
    size: int = 1,
) -> list[list[str]]:
    """A header and a row for each period and area: some sixty births a month, and what goes with them."""
    rows = [["地区", "统计月份", *(HEADERS[element] for element in elements)]]
    for at, period in enumerate(periods):
        for place, area in enumerate(areas):
            counts = {name: usual + (at * 5 + place * 3) % 7 for name, usual in USUAL.items()}
            of_size = [counts[name] * (1 if name == "population" else size) for name in elements]
            rows.append([area[1], period, *map(str, of_size)])
    return rows


def months_from(year: int, number: int) -> list[str]:
    return [f"{year + month // 12}-{month % 12 + 1:02d}" for month in range(number)]


def write_workspace(
    root: Path,
    figures: Sequence[Sequence[str]],
    *,
    areas: Sequence[Sequence[str]] = (NATION, *COUNTIES),
    level: str = "county",
) -> Path:
    """A workspace with one source `returns`. Areas are code, name, level and parent; `level` is the lowest."""
    shutil.copytree(_SMALL, root, dirs_exist_ok=True)
    if level == "nation":
        _replace(root / "data" / "reference" / "workspace.toml", {', "county"': "", '"county"': '"nation"'})
    columns = (
        "area_code",
        "name",
        "level",
        "parent_code",
        "aliases",
        "valid_from",
        "valid_to",
        "successor_codes",
    )
    _write_csv(
        root / "data" / "reference" / "areas.csv", [columns, *([*area, "", "", "", ""] for area in areas)]
    )
    _write_csv(root / "data" / "raw" / "returns" / "returns.csv", figures)
    return root


def _by(root: Path, span: str = "year") -> Path:
    """The same, whose returns come once a year, or a quarter, and are of a whole one."""
    due = f'[due]\nday = 10\nevery = "{span}"\n[area]'
    changed = {"optional = true": f'optional = true, span = "{span}"', "[area]": due}
    return _replace(root / "data" / "raw" / "returns" / "source.toml", changed).parents[3]


def _replace(path: Path, texts: dict[str, str]) -> Path:
    text = path.read_text(encoding="utf-8")
    for found, put in texts.items():
        text = text.replace(found, put)
    path.write_text(text, encoding="utf-8")
    return path


def _write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
