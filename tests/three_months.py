"""The smallest workspace that builds: one county of two townships, births of three months, a file each."""

from __future__ import annotations

import shutil
from pathlib import Path

MONTHS = ("2024-06", "2024-07", "2024-08")


def write_three_months(root: Path) -> None:
    """Write the workspace; in its n-th month 10 n + 3 boys and 10 n + 4 girls are born in the first township."""
    shutil.copytree(Path(__file__).parent / "workspaces" / "three_months", root, dirs_exist_ok=True)
    for number, month in enumerate(MONTHS, start=1):
        (root / "data" / "raw" / "births" / f"{month}.csv").write_bytes(births(10 * number + 3))


def births(boys: int, lines: int = 0) -> bytes:
    """A month's file; `lines` of remarks make it longer."""
    remarks = "".join(f"注{number},,\n" for number in range(lines))
    return f"乡镇,男,女\n城关镇,{boys},{boys + 1}\n柳溪乡,5,6\n{remarks}".encode()
