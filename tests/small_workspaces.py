"""Whole workspaces that have less than the example: only a population, only births, only years, one nation.

Each function writes a workspace to a folder and returns the folder. Areas of today, one source, figures made by a
rule, so that a test can say what a page must show.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

NATION = ("1", "示例国", "nation", "")
COUNTIES = (("11", "青禾县", "county", "1"), ("12", "松涛县", "county", "1"), ("13", "望江县", "county", "1"))
TEN = tuple((f"{11 + at}", f"第{at + 1}县", "county", "1") for at in range(10))
LEVELS = ("nation", "county")

_SMALL = Path(__file__).parent / "workspaces" / "small"
ELEMENTS = (_SMALL / "elements.toml").read_text(encoding="utf-8")
INDICATORS = (_SMALL / "indicators.toml").read_text(encoding="utf-8")
HEADERS = {"births_male": "男婴", "births_female": "女婴", "deaths": "死亡", "population": "人口"}


def only_stocks(root: Path) -> Path:
    """Nothing but the population, of one date."""
    return write_workspace(root, figures=table(("population",), ["2023-01"]))


def only_births(root: Path, months: int = 18) -> Path:
    """Births month by month; no deaths, no population, so no rate."""
    return write_workspace(root, figures=table(("births_male", "births_female"), months_from(2023, months)))


def only_yearly(root: Path) -> Path:
    """Every element once a year, of whole years."""
    return write_workspace(
        root, figures=table(tuple(HEADERS), ["2021", "2022", "2023"], size=12), span="year", every="year"
    )


def one_nation(root: Path, months: int = 18) -> Path:
    """One area on one level, which is the one that gets the report."""
    return write_workspace(
        root,
        areas=(NATION,),
        levels=("nation",),
        figures=table(tuple(HEADERS), months_from(2023, months), (NATION,), size=20),
    )


def deaths_withheld_by_one(root: Path, months: int = 18) -> Path:
    """Everything month by month, but that the first county has not sent the deaths of the last month."""
    figures = table(tuple(HEADERS), months_from(2023, months))
    figures[1 + (months - 1) * len(COUNTIES)][2 + list(HEADERS).index("deaths")] = ""
    return write_workspace(root, figures=figures)


def years_of_ten(root: Path) -> Path:
    """Every element once a year, of areas enough to be compared with each other."""
    figures = table(tuple(HEADERS), ["2021", "2022", "2023"], TEN, size=12)
    return write_workspace(root, areas=(NATION, *TEN), figures=figures, span="year", every="year")


def years_beside_months(root: Path) -> Path:
    """Deaths once a year, births and the population month by month: the edition is of a month within a year."""
    years = table(("deaths",), ["2021", "2022", "2023"], TEN, size=12)
    months = table(("births_male", "births_female", "population"), months_from(2021, 41), TEN)
    write_workspace(root, areas=(NATION, *TEN), figures=years, span="year", every="year")
    _write_source(root / "data" / "raw" / "register", {"register.csv": months})
    return root


def no_normal_range(root: Path) -> Path:
    """Everything month by month in areas enough to be compared, and nothing that the sex ratio is held against."""
    figures = table(tuple(HEADERS), months_from(2021, 42), TEN)
    indicators = INDICATORS.replace("normal_range = [103, 107]\n", "")
    return write_workspace(root, areas=(NATION, *TEN), figures=figures, indicators=indicators)


def quarterly(root: Path) -> Path:
    """Every element once a quarter."""
    quarters = [f"{year}年第{at}季度" for year in range(2019, 2024) for at in range(1, 5)]
    figures = table(tuple(HEADERS), quarters, TEN, size=3)
    return write_workspace(root, areas=(NATION, *TEN), figures=figures, span="quarter", every="quarter")


def twenty_years(root: Path) -> Path:
    """Every element once a year for twenty years, in areas enough to be compared."""
    figures = table(tuple(HEADERS), [str(year) for year in range(2004, 2024)], TEN, size=12)
    return write_workspace(root, areas=(NATION, *TEN), figures=figures, span="year", every="year")


def many_townships(root: Path, number: int = 100) -> Path:
    """A county of more townships than its figures have room for."""
    county = ("11", "青禾县", "county", "1")
    townships = [(f"11{at:03d}", f"第{at}镇", "township", "11") for at in range(1, number + 1)]
    figures = table(tuple(HEADERS), months_from(2023, 18), townships)
    areas = (NATION, county, *townships)
    return write_workspace(
        root, areas=areas, levels=("nation", "county", "township"), report_level="county", figures=figures
    )


ALL = (only_stocks, only_births, only_yearly, one_nation)
LESS = (
    *ALL,
    deaths_withheld_by_one,
    years_of_ten,
    years_beside_months,
    no_normal_range,
    quarterly,
    twenty_years,
    many_townships,
)


def table(
    elements: Sequence[str],
    periods: Iterable[str],
    areas: Sequence[Sequence[str]] = COUNTIES,
    size: int = 1,
) -> list[list[str]]:
    """A header and a row for each period and area: some sixty births a month, and what goes with them."""
    usual = {"births_male": 31, "births_female": 29, "deaths": 40, "population": 60_000}
    rows = [["地区", "统计月份", *(HEADERS[element] for element in elements)]]
    for at, period in enumerate(periods):
        for place, area in enumerate(areas):
            rows.append(
                [
                    area[1],
                    period,
                    *(
                        str((usual[e] + (at * 5 + place * 3) % 7) * (1 if e == "population" else size))
                        for e in elements
                    ),
                ]
            )
    return rows


def months_from(year: int, number: int) -> list[str]:
    return [f"{year + month // 12}-{month % 12 + 1:02d}" for month in range(number)]


def write_workspace(
    root: Path,
    *,
    figures: Sequence[Sequence[str]] = (),
    files: Mapping[str, Sequence[Sequence[str]]] | None = None,
    areas: Sequence[Sequence[str]] = (NATION, *COUNTIES),
    levels: Sequence[str] = LEVELS,
    report_level: str = "",
    span: str = "",
    every: str = "",
    elements: str = ELEMENTS,
    indicators: str = INDICATORS,
) -> Path:
    """A workspace with one source `returns`, a CSV or several by name. Areas are code, name, level, parent, and further
    cells of areas.csv as far as wanted: aliases, valid_from, valid_to, successor_codes."""
    reference = root / "data" / "reference"
    reference.mkdir(parents=True)
    names = ", ".join(f'"{level}"' for level in levels)
    _write(
        reference / "workspace.toml",
        'name = { zh = "示例国", en = "Example Nation" }\n'
        f'levels = [{names}]\nreport_level = "{report_level or levels[-1]}"\n'
        'is_fictional = true\nlanguages = ["zh", "en"]\n',
    )
    _write(reference / "elements.toml", elements)
    _write(reference / "indicators.toml", indicators)
    columns = (
        "area_code", "name", "level", "parent_code", "aliases", "valid_from", "valid_to", "successor_codes",
    )  # fmt: skip
    _write_csv(reference / "areas.csv", [columns, *([*area, *[""] * 8][:8] for area in areas)])
    _write_csv(
        reference / "targets.csv", [("indicator", "year", "level", "area_code", "at_least", "at_most")]
    )
    raw = root / "data" / "raw" / "returns"
    _write_source(raw, files if files is not None else {"returns.csv": figures}, span, every)
    return root


def _write_source(
    source: Path, files: Mapping[str, Sequence[Sequence[str]]], span: str = "", every: str = ""
) -> None:
    source.mkdir(parents=True)
    due = f'[due]\nday = 10\nevery = "{every}"\n' if every else ""
    length = f', span = "{span}"' if span else ""
    asked = "\n".join(
        f'{name} = {{ header = "{header}", optional = true{length} }}' for name, header in HEADERS.items()
    )
    _write(
        source / "source.toml",
        'name = { zh = "月报", en = "Returns" }\nfiles = "*.csv"\n[header]\ncontains = "地区"\n'
        f'[period]\nfrom = "column"\ncolumn = "统计月份"\n{due}'
        f'[area]\ncolumns = ["地区"]\n[elements]\n{asked}\n',
    )
    for name, rows in files.items():
        _write_csv(source / name, rows)


def _write_csv(path: Path, rows: Iterable[Sequence[str]]) -> None:
    _write(path, "".join(",".join(row) + "\n" for row in rows))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")
