"""Whole reports of the awkward workspace: every county gets an honest one, in every format."""

from __future__ import annotations

import html
import json
import re
import shutil
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader

from pipeline.commands.report import report
from pipeline.workspace import read_settings

FORMATS = ["html", "pdf", "docx"]


def code_of(awkward, name: str) -> str:
    return pl.read_parquet(awkward.current / "areas.parquet").filter(name=name)["area_code"][0]


def text_of(page: Path) -> str:
    body = re.sub(r"<(style|script|svg).*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    plain = re.sub(r"<[^>]+>", "", body)
    return plain.replace("\u00a0", " ").replace("\u2060", "")


def test_every_county_has_all_files_and_a_line_in_the_index(awkward, site):
    settings = read_settings(awkward)
    areas = pl.read_parquet(awkward.current / "areas.parquet").filter(
        pl.col("valid_to").is_null(), level=settings.report_level
    )
    index = (site / "index.html").read_text(encoding="utf-8")
    for code, name in areas.select("area_code", "name").iter_rows():
        for kind in FORMATS:
            assert (site / f"{code}.{kind}").stat().st_size > 10_000
        assert f'href="{code}.html"' in index
        assert html.escape(name, quote=False) in index.replace("&quot;", '"').replace("&#39;", "'")


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


@pytest.fixture(scope="module")
def own_site(site, tmp_path_factory) -> Path:
    """A copy of the workspace and what was rendered of it, to be changed."""
    root = tmp_path_factory.mktemp("workspace") / "copy"
    shutil.copytree(site.parents[1], root, symlinks=True, ignore=shutil.ignore_patterns("*.lock"))
    return root / "_site" / "2026-06"


def times(site: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mtime_ns for path in site.iterdir() if path.suffix[1:] in FORMATS}


def test_nothing_is_rendered_twice_and_a_change_renders_only_what_it_touches(site, own_site):
    before, victim = times(own_site), own_site / "990101.html"
    victim.write_text("cut in half", encoding="utf-8")
    assert report(own_site.parents[1], None, ["990101"], ["html"], "embedded", 1) == 0
    assert {name for name, time in times(own_site).items() if time != before[name]} == {"990101.html"}
    assert victim.read_bytes() == (site / victim.name).read_bytes()


def test_a_note_renders_its_own_report_again_and_no_other(own_site):
    before, root = times(own_site), own_site.parents[1]
    note = root / "reports" / "notes" / "2026-06" / "990105.en.md"
    note.parent.mkdir(parents=True)
    note.write_text("The register office **moved** in June.", encoding="utf-8")
    assert report(root, None, [], FORMATS, "embedded", 1) == 0
    changed = {name for name, time in times(own_site).items() if time != before[name]}
    assert changed == {f"990105.en.{kind}" for kind in FORMATS}
    assert "<strong>moved</strong>" in (own_site / "990105.en.html").read_text(encoding="utf-8")


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


def test_data_files_withhold_small_counts(site):
    table = pl.read_csv(site / "data" / "indicators.csv", schema_overrides={"area_code": pl.String})
    births = table.filter(indicator="birth_rate")["numerator"].drop_nulls()
    assert not births.is_between(1, 4).any()
