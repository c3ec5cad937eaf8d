"""Every report of the awkward workspace, in every format and language: the name as it is, and nothing left unsaid."""

from __future__ import annotations

import html
import re
import zipfile
from pathlib import Path

import polars as pl
import pytest
from pypdf import PdfReader

from tests.awkward_workspace import (
    EMPTY,
    ENGLISH,
    HOSTILE,
    LONG,
    MERGED,
    NAMES,
    NEW,
    NO_BIRTHS,
    THREE_BIRTHS,
)

FORMATS = ("html", "pdf", "docx")
LANGUAGES = ("zh", "en")
COUNTIES = [HOSTILE, LONG, MERGED, THREE_BIRTHS, NO_BIRTHS, EMPTY, NEW]
# A value that was never filled in, a template or a filter that was not run, markup that came out as text.
UNRESOLVED = re.compile(
    r"\bNone\b|\bnan\b|\binf\b|\bNaN\b|undefined|Undefined|\{%|%\}|<#|#>|\]\{\.|:::|\{#|\{\.|\*\*|\[\[|Traceback|\?\?"
)


def squeezed(text: str) -> str:
    """Without blanks and joiners: typst sets blanks of its own between scripts."""
    return re.sub(r"[\s\u2060\u200b]", "", text)


def text_of(page: Path) -> str:
    """What a reader finds on a page, whatever its format."""
    if page.suffix == ".pdf":
        return "\n".join(part.extract_text() for part in PdfReader(page).pages)
    if page.suffix == ".docx":
        with zipfile.ZipFile(page) as archive:
            xml = archive.read("word/document.xml").decode()
        return html.unescape(re.sub(r"<[^>]+>", "", re.sub(r"</w:p>", "\n", xml)))
    body = re.sub(r"<(style|script|svg).*?</\1>", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return html.unescape(re.sub(r"<[^>]+>", "", body))


@pytest.fixture(scope="module")
def read(site):
    """The text of a page, read once."""
    known: dict[str, str] = {}

    def text(code: str, language: str, kind: str) -> str:
        name = f"{code}.{kind}" if language == "zh" else f"{code}.{language}.{kind}"
        if name not in known:
            known[name] = text_of(site / name)
        return known[name]

    return text


@pytest.fixture(scope="module")
def names(awkward) -> dict[tuple[str, str], str]:
    """The name of each area of today by code and language; where it has no English name, the Chinese one."""
    areas = pl.read_parquet(awkward.current / "areas.parquet").filter(pl.col("valid_to").is_null())
    rows = areas.to_dicts()
    return {(row["area_code"], "zh"): row["name"] for row in rows} | {
        (row["area_code"], "en"): row.get("name_en") or row["name"] for row in rows
    }


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", COUNTIES)
def test_a_report_bears_the_name_as_it_is(read, names, code, language, kind):
    text = squeezed(read(code, language, kind))
    assert len(text) > 800
    assert squeezed(names[code, language]) in text


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", [*COUNTIES, "990000", "990100", "990200"])
def test_nothing_is_left_unresolved(read, names, code, language, kind):
    text = squeezed(read(code, language, kind))
    known = {squeezed(name) for (_, spoken), name in names.items() if spoken == language}
    cut = {name[:length] for name in known if "{{" in name for length in range(4, len(name))}
    for name in sorted(known | (cut if kind == "pdf" else set()), key=len)[::-1]:  # cut short in figures
        text = text.replace(name, "")
    assert UNRESOLVED.findall(text) == []
    assert "{{" not in text and "}}" not in text


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_areas_above_and_townships_bear_their_names_too(read, names, language, kind):
    for code in NAMES:
        within = code[:6] if len(code) > 6 else f"{code[:4]}00"
        assert squeezed(names[code, language]) in squeezed(read(within, language, kind)), code


@pytest.mark.parametrize("kind", ["html", "pdf"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_overview_names_all_of_them(read, names, language, kind):
    text = squeezed(read("index", language, kind))
    for code in COUNTIES:
        assert squeezed(names[code, language]) in text, code


# What a report says of each kind of area, in either language.
SAID = {
    EMPTY: ("没有收到该地区的任何数据", "No data"),
    NEW: ("出生数据缺 9 个月", "lacks birth data for 9 months"),
    MERGED: ("由 990191 示例云东县、990192 示例云西县 合并而成", "by a merger of 990191"),
    THREE_BIRTHS: ("不予公布", "withheld"),
    NO_BIRTHS: ("出生人数过少，不计算", "Too few births"),
}


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", SAID)
def test_what_is_special_about_an_area_is_said(read, code, language, kind):
    text = squeezed(read(code, language, kind))
    said = squeezed(SAID[code][LANGUAGES.index(language)])
    assert said.lower() in text.lower()


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_three_births_are_printed_nowhere(awkward, read, language, kind):
    """The count is withheld, and so is the rate that would give it away."""
    row = pl.read_parquet(awkward.current / "indicators.parquet").filter(
        pl.col("month") == pl.col("month").max(),
        area_code=THREE_BIRTHS,
        indicator="birth_rate",
        time_window="ytd",
    )
    assert row["numerator"][0] == 3
    text = read(THREE_BIRTHS, language, kind)
    assert not re.search(r"出生\s*3\s*人|\b3 births", text)
    assert f"{row['value'][0]:.2f}" not in text


def test_the_merged_county_has_the_past_of_both(awkward):
    """The figures of the two counties it was made of are its own, to the last birth."""
    months = pl.read_csv(
        awkward.root / "data" / "truth" / "monthly_counts.csv", schema_overrides={"area_code": pl.String}
    ).filter(pl.col("month") < "2025-07", pl.col("area_code").str.starts_with(MERGED))
    counts = pl.read_parquet(awkward.current / "counts.parquet")
    past = counts.filter(pl.col("month") < pl.date(2025, 7, 1), area_code=MERGED, element="births_male")
    assert past["value"].null_count() == 0
    true = months.filter(pl.col("month").is_in(past["month"].dt.strftime("%Y-%m").implode()))
    assert past["value"].sum() == true["births_male"].sum() > 100


def test_a_name_of_its_own_in_english_is_used_where_there_is_one(read, names):
    for code, english in ENGLISH.items():
        if (code, "en") in names and names[code, "en"] != names[code, "zh"]:
            assert squeezed(english) in squeezed(read(code, "en", "html"))
            assert squeezed(english) not in squeezed(read(code, "zh", "html"))
