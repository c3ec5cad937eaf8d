"""A small workspace of good files: three sources of one fictional province, ten townships, eight months."""

from __future__ import annotations

from pathlib import Path

from tests.damage.good_files import TOWNSHIPS, good_tables
from tests.damage.table_file import Table

WORKSPACE = """
name.zh = "示例省"
levels = ["province", "county", "township"]
report_level = "county"
is_fictional = true
"""

ELEMENTS = """
[births_male]
name.zh = "出生男婴"
sources = ["monthly_returns", "population_register", "vaccination_register"]
[births_female]
name.zh = "出生女婴"
sources = ["monthly_returns", "population_register", "vaccination_register"]
[births]
name.zh = "出生人数"
sum_of = ["births_male", "births_female"]
[deaths]
name.zh = "死亡人数"
sources = ["population_register", "monthly_returns"]
[population_male]
name.zh = "男性人口"
kind = "stock"
[population_female]
name.zh = "女性人口"
kind = "stock"
[population]
name.zh = "户籍人口"
kind = "stock"
sum_of = ["population_male", "population_female"]
[births_printed]
name.zh = "出生合计（上报）"
kind = "printed"
equals = { numerator = "births_male + births_female" }
[increase_printed]
name.zh = "自然增加（上报）"
kind = "printed"
equals = { numerator = "births_male + births_female - deaths" }
[population_printed]
name.zh = "人口合计（上报）"
kind = "printed"
equals = { numerator = "population_male + population_female" }
[birth_rate_printed]
name.zh = "出生率（上报）"
kind = "printed"
tolerance = 0.005
[birth_rate_printed.equals]
numerator = "births_male + births_female"
denominator = "population_male + population_female"
factor = 1000
"""

INDICATORS = """
[sex_ratio_at_birth]
name.zh = "出生人口性别比"
method = "sex_ratio"
numerator = "births_male"
denominator = "births_female"
factor = 100
unit.zh = "女=100"
[natural_growth_rate]
name.zh = "人口自然增长率"
method = "balance"
numerator = "births - deaths"
denominator = "population"
factor = 1000
unit.zh = "‰"
"""

_AREA = """
[area]
columns = ["县（市、区）", "乡镇*"]
level = "township"
"""
_ROWS = """
[rows]
leave_out = "^(注|说明)"
totals = "^(合计|小计)"
"""

SOURCES = {
    "monthly_returns": f"""
name.zh = "乡镇月报"
files = "*.csv"
[header]
contains = "乡镇*"
[period]
from = "cell"
contains = "统计月份*"
{_AREA}{_ROWS}
[elements]
births_printed = "出生合计"
births_male = "其中：男"
births_female = "其中：女"
deaths = "死亡人数"
increase_printed = "自然增加"
""",
    "population_register": f"""
name.zh = "公安户籍"
files = "*.xlsx"
sheets = "分乡镇*"
[header]
contains = "乡镇*"
rows = 2
[period]
from = "file_name"
{_AREA}fill_down = true
{_ROWS}
[elements]
population_printed = "期末户籍人口（人）/合计"
population_male = "期末户籍人口（人）/男"
population_female = "期末户籍人口（人）/女"
births_printed = {{ header = "*月累计出生/合计", span = "ytd" }}
births_male = {{ header = "*月累计出生/男", span = "ytd" }}
births_female = {{ header = "*月累计出生/女", span = "ytd" }}
deaths = {{ header = "*月累计死亡", span = "ytd" }}
increase_printed = {{ header = "*月累计自然增加", span = "ytd" }}
birth_rate_printed = {{ header = "出生率（‰）", span = "ytd" }}
""",
    "vaccination_register": f"""
name.zh = "预防接种建卡"
files = "*.csv"
[header]
contains = "乡镇*"
[period]
from = "header"
year.from = "file_name"
{_AREA}fill_down = "all"
{_ROWS}
[element]
from = "column"
column = "性别"
[elements]
births_male = [ {{ header = "男", span = "month" }}, {{ header = "男", span = "ytd" }} ]
births_female = [ {{ header = "女", span = "month" }}, {{ header = "女", span = "ytd" }} ]
""",
}


def write_good_workspace(root: Path) -> dict[str, Table]:
    """Write the workspace and return its files by path below data/raw."""
    reference = root / "data" / "reference"
    reference.mkdir(parents=True)
    for name, text in (("workspace", WORKSPACE), ("elements", ELEMENTS), ("indicators", INDICATORS)):
        (reference / f"{name}.toml").write_text(text, encoding="utf-8")
    (reference / "areas.csv").write_text(_areas(), encoding="utf-8")
    tables = {table.path: table for table in good_tables()}
    for source, text in SOURCES.items():
        folder = root / "data" / "raw" / source
        folder.mkdir(parents=True)
        (folder / "source.toml").write_text(text, encoding="utf-8")
    for path, table in tables.items():
        (root / "data" / "raw" / path).write_bytes(table.content())
    return tables


def _areas() -> str:
    lines = ["area_code,name,level,parent_code", "99,示例省,province,"]
    for (county, code), areas in TOWNSHIPS.items():
        lines.append(f"{code},{county},county,99")
        lines += [f"{code}{number:03},{name},township,{code}" for number, (name, _) in enumerate(areas, 1)]
    return "\n".join(lines) + "\n"
