"""The smallest workspace that builds: one county of two townships, births of three months, a file each."""

from __future__ import annotations

from pathlib import Path

MONTHS = ("2024-06", "2024-07", "2024-08")
FILES = {
    "reference/workspace.toml": """
name.zh = "示例县"
levels = ["county", "township"]
report_level = "county"
is_fictional = true
""",
    "reference/areas.csv": "area_code,name,level,parent_code\n"
    "9901,青禾县,county,\n990101,城关镇,township,9901\n990102,柳溪乡,township,9901\n",
    "reference/elements.toml": """
births_male.name.zh = "出生男婴"
births_female.name.zh = "出生女婴"
births = { name.zh = "出生人数", sum_of = ["births_male", "births_female"] }
""",
    "reference/indicators.toml": """
[sex_ratio_at_birth]
name.zh = "出生人口性别比"
method = "sex_ratio"
numerator = "births_male"
denominator = "births_female"
factor = 100
unit.zh = "女=100"
""",
    "raw/births/source.toml": """
name.zh = "出生"
files = "*.csv"
[header]
contains = "乡镇"
[period]
from = "file_name"
[area]
columns = ["乡镇"]
[elements]
births_male = "男"
births_female = "女"
""",
}


def write_three_months(root: Path) -> None:
    """Write the workspace; in its n-th month 10 n + 3 boys and 10 n + 4 girls are born in the first township."""
    for name, text in FILES.items():
        path = root / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    for number, month in enumerate(MONTHS, start=1):
        (root / "data" / "raw" / "births" / f"{month}.csv").write_bytes(births(10 * number + 3))


def births(boys: int, lines: int = 0) -> bytes:
    """A month's file; `lines` of remarks make it longer."""
    remarks = "".join(f"注{number},,\n" for number in range(lines))
    return f"乡镇,男,女\n城关镇,{boys},{boys + 1}\n柳溪乡,5,6\n{remarks}".encode()
