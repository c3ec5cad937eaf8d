"""Whole reports of the awkward workspace: every county gets an honest one, in both formats."""

from __future__ import annotations

import csv
import hashlib
import html
import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock
from pypdf import PdfReader

from pipeline.commands.report import report
from pipeline.workspace import open_workspace, read_settings

FORMATS = ["html", "pdf"]


@pytest.fixture(scope="session")
def site(awkward) -> Path:
    """`_site/2026-06` of the awkward workspace, by the embedded renderer."""
    with FileLock(awkward.root / "site.lock"):
        folder = awkward.site / "2026-06"
        if not (folder / "manifest.json").exists():
            assert report(awkward.root, None, [], FORMATS, "embedded", 1) == 0
    return folder


def code_of(awkward, name: str) -> str:
    return pl.read_parquet(awkward.current / "areas.parquet").filter(name=name)["area_code"][0]


def text_of(page: Path) -> str:
    body = re.sub(r"<(style|script|svg).*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", "", body)
    return plain.replace("\u00a0", " ").replace("\u2060", "")


def test_every_county_has_both_files_and_a_line_in_the_index(awkward, site):
    settings = read_settings(awkward)
    areas = pl.read_parquet(awkward.current / "areas.parquet").filter(level=settings.report_level)
    index = (site / "index.html").read_text(encoding="utf-8")
    for code, name in areas.select("area_code", "name").iter_rows():
        for kind in FORMATS:
            assert (site / f"{code}.{kind}").stat().st_size > 10_000
        assert f'href="{code}.html"' in index
        assert name in index


def test_pages_are_single_files_that_ask_for_nothing(site):
    for page in site.glob("*.html"):
        source = page.read_text(encoding="utf-8")
        assert page.stat().st_size < 800_000
        loads = re.findall(
            r"""(?:src|srcset|poster)\s*=\s*["']([^"']+)|<link[^>]+href\s*=\s*["']([^"']+)|url\(["']?([^"')]+)""",
            source,
        )
        for found in loads:
            address = next(filter(None, found))
            assert address.startswith(("data:", "#", "%23")), (page.name, address[:80])
        assert ("<script" in source) == page.name.startswith("index"), "only the overview sorts and filters"


def test_every_page_says_that_it_is_fictional(site):
    for page in site.glob("*.html"):
        assert ("fictional" if ".en." in page.name else "虚构") in text_of(page)


def test_an_empty_county_says_that_nothing_came(awkward, site):
    text = text_of(site / f"{code_of(awkward, '示例空白县')}.html")
    assert "没有收到该地区的任何数据" in text
    assert "None" not in text and "nan" not in text


def test_a_tiny_county_shows_no_small_count_and_no_ratio(awkward, site):
    code = code_of(awkward, "示例雾川县")
    text = text_of(site / f"{code}.html")
    assert "出生人数过少，不计算" in text
    ytd = pl.read_parquet(awkward.current / "indicators.parquet").filter(
        area_code=code, time_window="ytd", indicator="birth_rate"
    )
    births = ytd.sort("month")["numerator"][-1]
    if 0 < births < 5:
        assert "数值较小，不予公布" in text


def test_a_brand_new_county_makes_no_comparison_with_last_year(awkward, site):
    text = text_of(site / f"{code_of(awkward, '示例新设县')}.html")
    assert "2026年1—6月" in text
    assert "缺" in text or "数据不全" in text or "不作同比" in text


def test_a_missing_month_is_named(awkward, site):
    planted = pl.read_csv(awkward.root / "data" / "truth" / "planted.csv", infer_schema=False)
    (missing,) = planted.filter(pl.col("kind") == "workbook_missing").to_dicts()
    year, month = missing["month"].split("-")
    assert f"{year}年{int(month)}月" in text_of(site / f"{missing['area_code']}.html")


def test_the_pdf_says_what_the_page_says(site):
    code = "990101"
    pdf = "".join(page.extract_text() for page in PdfReader(site / f"{code}.pdf").pages)
    squeezed = re.sub(r"[\s\u2060]", "", pdf)
    for heading in re.findall(
        r"<h2[^>]*>(.*?)</h2>", (site / f"{code}.html").read_text(encoding="utf-8"), re.DOTALL
    ):
        assert re.sub(r"<[^>]+>|\s", "", heading) in squeezed
    for number in re.findall(r"\d+\.\d+‰", text_of(site / f"{code}.html")):
        assert number in squeezed


def test_nothing_is_rendered_twice_and_a_change_renders_only_what_it_touches(awkward, site, tmp_path):
    root = tmp_path / "workspace"
    shutil.copytree(awkward.root, root, symlinks=True)
    workspace = open_workspace(root)
    before = {path.name: path.stat().st_mtime_ns for path in (workspace.site / "2026-06").glob("*.html")}
    victim = workspace.site / "2026-06" / "990101.html"
    victim.write_text("cut in half", encoding="utf-8")
    assert report(root, None, ["990101"], ["html"], "embedded", 1) == 0
    after = {path.name: path.stat().st_mtime_ns for path in (workspace.site / "2026-06").glob("*.html")}
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"990101.html"}
    assert (
        hashlib.sha256(victim.read_bytes()).digest()
        == hashlib.sha256((site / victim.name).read_bytes()).digest()
    )


def test_the_manifest_names_edition_build_renderer_and_every_file(site):
    manifest = json.loads((site / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["edition"] == "2026-06"
    assert manifest["renderer"].startswith("embedded")
    files = {name for entry in manifest["pages"].values() for name in entry["files"]}
    assert files == {path.name for path in site.iterdir() if path.suffix in (".html", ".pdf", ".docx")}
    assert set(manifest["data"]) == {path.name for path in (site / "data").iterdir()}


def test_a_tiny_county_prints_no_sex_ratio_anywhere(awkward, site):
    code = code_of(awkward, "示例雾川县")
    indicators = pl.read_parquet(awkward.current / "indicators.parquet").filter(
        pl.col("month") == pl.col("month").max(), area_code=code, indicator="sex_ratio_at_birth"
    )
    text = text_of(site / f"{code}.html")
    for value in indicators["value"].drop_nulls():
        assert f"{value:.1f}（" not in text
    data = pl.read_csv(site / "data" / "indicators.csv", schema_overrides={"area_code": pl.String})
    assert data.filter(area_code=code, indicator="sex_ratio_at_birth")["value"].drop_nulls().is_empty()


HOSTILE = """A<b>&"'|*_$#@{{x}}\\`[z]~^㐂䶮县"""


def test_a_name_of_any_characters_is_shown_as_it_is(awkward, tmp_path):
    root = tmp_path / "workspace"
    shutil.copytree(awkward.root / "data", root / "data", symlinks=True)
    areas = root / "data" / "reference" / "areas.csv"
    rows = list(csv.DictReader(areas.open(encoding="utf-8", newline="")))
    for row in rows:
        if row["area_code"] in ("990101", "990101001"):
            row["aliases"], row["name"] = row["name"], HOSTILE
    with areas.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    assert report(root, None, ["990101"], FORMATS, "embedded", 1) == 0
    page = root / "_site" / "2026-06" / "990101.html"
    shown = html.unescape(text_of(page))
    assert f"{HOSTILE}人口形势分析报告" in shown
    pdf = "".join(part.extract_text() for part in PdfReader(page.with_suffix(".pdf")).pages)
    assert re.sub(r"\s", "", HOSTILE) in re.sub(r"\s", "", pdf)


def test_data_files_withhold_small_counts(site):
    table = pl.read_csv(site / "data" / "indicators.csv", schema_overrides={"area_code": pl.String})
    births = table.filter(indicator="birth_rate")["numerator"].drop_nulls()
    assert not births.is_between(1, 4).any()
