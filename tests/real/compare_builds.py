"""Whether two builds say the same: `python tests/real/compare_builds.py BEFORE AFTER`, two workspaces with reports.

Compares every published table row by row in the columns that both have, every data file byte by byte, and the text of
every page; pictures, fonts and the number of the build are left out. Exit status 1 where anything differs.
"""

from __future__ import annotations

import difflib
import re
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import polars as pl
from polars.testing import assert_frame_equal

_LEFT_OUT = re.compile(r"<(svg|style|script|head)\b.*?</\1>", re.DOTALL)
_ENDS_A_LINE = re.compile("</(?:p|td|th|tr|li|h1|h2|h3|div|figcaption|summary)>")
_BUILD = re.compile(r"\b(\d{4}-\d{2}-)?[0-9a-f]{12}\b")


def lines_of(page: Path) -> list[str]:
    """The text of a page, line by line."""
    html = _LEFT_OUT.sub("", page.read_text(encoding="utf-8"))
    text = unescape(re.sub("<[^>]*>", "", _ENDS_A_LINE.sub("\n", html)))
    return [line for each in _BUILD.sub("BUILD", text).split("\n") if (line := " ".join(each.split()))]


def table_differences(before: Path, after: Path) -> Iterator[str]:
    names = [{path.name for path in folder.glob("*.parquet")} for folder in (before, after)]
    if gone := names[0] - names[1]:
        yield f"tables that are gone: {sorted(gone)}"
    if new := names[1] - names[0]:
        yield f"tables that are new: {sorted(new)}"
    for name in sorted(names[0] & names[1]):
        one, other = (_read(folder / name) for folder in (before, after))
        if gone := set(one.columns) - set(other.columns):
            yield f"{name}: columns that are gone: {sorted(gone)}"
        columns = [column for column in one.columns if column in other.columns]
        try:
            assert_frame_equal(one.select(columns), other.select(columns), check_exact=True)
        except AssertionError as difference:
            yield f"{name}: {difference}"


def _read(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path / "*.parquet" if path.is_dir() else path)


def page_differences(before: Path, after: Path) -> Iterator[str]:
    pages = [{path.relative_to(site) for path in site.rglob("*.html")} for site in (before, after)]
    if only_one := pages[0] ^ pages[1]:
        yield f"pages in one of the two only: {sorted(map(str, only_one))}"
    for page in sorted(pages[0] & pages[1]):
        texts = [lines_of(site / page) for site in (before, after)]
        for line in difflib.unified_diff(*texts, lineterm="", n=0):
            if not line.startswith(("---", "+++", "@@")):
                yield f"{page}: {line}"
    for file in sorted(path.relative_to(before) for path in before.rglob("data/*.csv")):
        if not (after / file).is_file() or (before / file).read_bytes() != (after / file).read_bytes():
            yield f"{file}: other bytes"


def main(before: Path, after: Path) -> int:
    current = Path("data/processed/current")
    found = [
        *table_differences(before / current, after / current),
        *page_differences(before / "_site", after / "_site"),
    ]
    print("\n".join(found) or "equal: every table, page and data file")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
