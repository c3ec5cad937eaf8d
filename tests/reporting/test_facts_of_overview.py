"""Every number of the overview is recomputed from two editions, in both languages, to the printed digit."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from reading import NO_FIGURES
from recomputed import Warehouse
from recomputed_overview import ReportContext
from statements import NUMBER

from pipeline.commands.report import edition_of
from pipeline.reference import read_reference
from pipeline.reporting import figures
from pipeline.reporting.site import publication
from pipeline.reporting.site.publication import Surroundings
from pipeline.snapshots import current_snapshot
from pipeline.workspace import read_settings
from tests.awkward_workspace import LONG, MERGED, NEW, THREE_BIRTHS

BEFORE = date(2026, 5, 1)
LANGUAGES = ("zh", "en")
CODE, MONTH, ELEMENT = pl.col("area_code"), pl.col("month"), pl.col("element")


def at(code: str, month: int, *elements: str) -> pl.Expr:
    return (code == CODE) & (date(2026, month, 1) == MONTH) & ELEMENT.is_in(elements)


# As if the month before had been published with other figures: revised, late, lost, judged otherwise, an area less.
JUDGED = (pl.col("indicator") == "sex_ratio_at_birth") & (pl.col("time_window") == "ytd") & (MONTH == BEFORE)
ALTERED: dict[str, Callable[[pl.DataFrame], pl.DataFrame]] = {
    "counts": lambda table: table.with_columns(
        value=pl.when(at("990101", 3, "births_male")).then(7)
        .when(at(LONG, 2, "births_male", "deaths")).then(pl.col("value") + 1011)
        .when(at("990102", 1, "deaths_male")).then(None)
        .when(at(THREE_BIRTHS, 5, "births_female")).then(3)
        .when(at("990203", 4, "deaths")).then(5)
        .otherwise(pl.col("value"))
    ),
    "indicators": lambda table: table.with_columns(
        lower_95=pl.when(JUDGED & CODE.is_in([LONG, MERGED])).then(108.04).otherwise("lower_95"),
        upper_95=pl.when(JUDGED & CODE.is_in([LONG, MERGED])).then(131.06).otherwise("upper_95"),
    ),
    "completeness": lambda table: table.with_columns(
        actual=pl.when((CODE == "990101") & (MONTH == BEFORE)).then(0).otherwise("actual")
    ),
    "areas": lambda table: table.filter(CODE != NEW),
}  # fmt: skip


@pytest.fixture(scope="module")
def previous(awkward, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("previous")
    for name in ("areas", "files", "counts", "indicators", "completeness"):
        table = pl.read_parquet(awkward.current / f"{name}.parquet")
        if "month" in table.columns:
            table = table.filter(MONTH <= BEFORE)
        ALTERED.get(name, lambda same: same)(table).write_parquet(folder / f"{name}.parquet")
    return folder


@pytest.fixture(scope="module")
def again(awkward, previous) -> ReportContext:
    return ReportContext(Warehouse(awkward.current, awkward.root, date(2026, 6, 1)), previous, "county")


@pytest.fixture(scope="module")
def sources(awkward, previous, tmp_path_factory) -> dict[str, str]:
    """The source of the overview, as it is rendered, by language."""
    folder = tmp_path_factory.mktemp("index")
    reference = read_reference(awkward, read_settings(awkward).levels)
    report = edition_of(awkward, current_snapshot(awkward), reference)
    everything = publication.load(
        awkward.current, report, Surroundings(previous, awkward.notes, None), "", ""
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "draw_overview", lambda *_, **__: {})
        return {
            index.report.language: everything.write_index(index.with_links({}), folder).source.read_text(
                encoding="utf-8"
            )
            for index in everything.indexes
        }


@dataclass(frozen=True)
class Line:
    section: str
    text: str
    is_row: bool

    @property
    def figures(self) -> tuple[str, ...]:
        return tuple(match[0] for match in self.matches())

    def matches(self) -> list[re.Match[str]]:
        others = {place for match in NO_FIGURES.finditer(self.text) for place in range(*match.span())}
        return [one for one in re.finditer(NUMBER, self.text) if not others.intersection(range(*one.span()))]


def lines_of(source: str) -> list[Line]:
    """Sentences and rows of tables, marks taken off; not the notes, the names of files and the heads of tables."""
    lines, section, block, before = [], "lead", "", ""
    for raw in source.split("\n---\n", 1)[1].splitlines():
        if fence := re.match(r":::+ \{\.([\w-]+)", raw):
            block = fence[1]
        elif raw.startswith(":::"):
            block = ""
        if heading := re.match(r"## .*\{#([\w-]+)\}", raw):
            section = heading[1]
        is_head = raw.startswith("|") and not before.startswith("|")
        before = raw
        if not raw or raw[0] in "#:" or is_head or re.match(r"\|[-: |]+$", raw):
            continue
        if section != "data" and block not in ("note", "notice", "provenance"):
            lines.append(Line(section, plain(raw), raw[0] == "|"))
    return lines


def plain(text: str) -> str:
    """The words alone; a verdict in angle brackets before its word."""
    text = re.sub(r"\[([^\[\]]*)\]\{\.verdict \.(\w+)[^}]*\}", r"⟨\2⟩\1", text)
    text = re.sub(r'\{sort="[^"]*"\}|\{\.[\w ]+\}|\(figures/[^)]*\)|[\u2060*]', "", text)
    return re.sub(r"\\(?=[\W_])", "", text).replace("\u00a0", " ").strip()


@dataclass(frozen=True)
class Expected:
    """The numbers of each row of each table, and of each kind of sentence."""

    rows: dict[str, list[tuple[str, ...]]]
    sentences: dict[str, tuple[str, ...]]


@pytest.fixture(scope="module")
def expected(again) -> Expected:
    return Expected(rows_of(again), {pattern: tuple(numbers(again)) for pattern, numbers in SENTENCES})


def wrong_in(lines: list[Line], expected: Expected) -> list[str]:
    """What is not as it was recomputed; each line must be one of those that are known."""
    wrong, rows = [], {name: list(of_table) for name, of_table in expected.rows.items()}
    for line in lines:
        if line.is_row:
            table = table_of(line, rows)
            found = rows[table].pop(0) if rows.get(table) else None
            if line.figures != found:
                wrong.append(f"{table}: {line.figures}, recomputed {found}, in: {line.text}")
            continue
        known = [numbers for pattern, numbers in expected.sentences.items() if re.search(pattern, line.text)]
        if len(known) != 1:
            wrong += [f"{len(known)} sentences fit: {line.text}"] if line.figures else []
        elif line.figures != known[0]:
            wrong.append(f"{line.figures}, recomputed {known[0]}, in: {line.text}")
    return wrong + [f"{name}: {len(left)} rows are missing" for name, left in rows.items() if left]


def table_of(line: Line, rows: dict) -> str:
    if line.section == "changes":
        return "verdicts" if rows["verdicts"] else "figures"
    return {"reports": "areas", "completeness": "grid"}[line.section]


def rows_of(again: ReportContext) -> dict[str, list[tuple[str, ...]]]:
    return {
        "verdicts": [
            (*again.verdicts_before[code][0], *again.sex_ratio(code)) for code in again.judged_otherwise
        ],
        "figures": again.figures(),
        "areas": [again.area_row(code) for code in again.codes],
        "grid": [*(again.grid_row([code]) for code in again.codes), again.grid_row(again.codes)],
    }


def counted(verdict: str) -> Callable[[ReportContext], list[str]]:
    return lambda again: [str(list(again.verdicts.values()).count(verdict))]


def outside(again: ReportContext) -> list[str]:
    counts = [list(again.verdicts.values()).count(verdict) for verdict in ("higher", "lower")]
    return [str(count) for count in counts if count]


def others(again: ReportContext) -> list[str]:
    return [str(len(again.codes) - sum(map(int, outside(again))))]


def changed(kind: str) -> Callable[[ReportContext], list[str]]:
    return lambda again: [str(len(again.changed(kind)))]


SENTENCES: tuple[tuple[str, Callable[[ReportContext], list[str]]], ...] = (
    (r"共 .* 个地区|, \d+ areas?\.", lambda again: [str(len(again.codes))]),
    (r"性别比高于正常范围的有|ratio at birth is above the normal range in", outside),
    (r"^其余|^The other", others),
    (r"同时比较的地区较多|With many areas", lambda again: [str(len(again.outside))] if again.outside else []),
    (r"^上一期为|^The last edition was", lambda _: []),
    (r"结论与上期不同：|conclusion on the sex ratio at birth differs", lambda again: [str(len(again.judged_otherwise))]),
    (r"个数字经修订|have been revised|has been revised", changed("revised")),
    (r"已经补报|since been reported", changed("late")),
    (r"本期缺失|now missing", changed("lost")),
    (r"报送完整率由|报送完整率仍为|over the 12 months to", ReportContext.completeness_before_and_now),
    (r"应报 .* 份|returns were due", ReportContext.completeness),
    (r"^报送及时率|in time|on time", ReportContext.timeliness),
)  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_overview_is_recomputed(sources, again, expected, language):
    lines = lines_of(sources[language])
    assert wrong_in(lines, expected) == []
    assert sum(len(line.figures) for line in lines) > 200
    assert len(again.judged_otherwise) >= 2 and len(again.changes) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts_and_names_are_those_recomputed(sources, again, language):
    lines = lines_of(sources[language])
    rows = [line.text for line in lines if line.section == "reports" and line.is_row]
    shown = [(re.findall(r"⟨(\w+)⟩", row) or [None])[0] for row in rows]
    assert shown == [again.verdicts.get(code) for code in again.codes]
    assert ["＊" in row for row in rows] == [code in again.outside for code in again.codes]
    tables = [line.text for line in lines if line.section == "changes" and line.is_row]
    pairs = [re.findall(r"⟨(\w+)⟩", row) for row in tables]
    assert [pair for pair in pairs if pair] == [
        [again.verdicts_before[code][1], again.verdicts[code]] for code in again.judged_otherwise
    ]


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
def test_the_rendered_page_shows_these_numbers(site, again, name):
    """The rows of both tables as they stand in the HTML, and the words of the map."""
    html = (site / name).read_text(encoding="utf-8")
    for table, block in (("areas", "areas-table"), ("grid", "completeness")):
        found = re.search(rf'class="{block}".*?</table>', html, re.DOTALL)[0]
        rows = [row for row in re.findall(r"<tr\b.*?</tr>", found, re.DOTALL) if "<td" in row]
        assert [figures_of_html(row) for row in rows] == rows_of(again)[table]
    (alt,) = re.findall(r' aria-label="((?:方格图|Tile grid)[^"]*)"', html)
    counts = [list(again.verdicts.values()).count(one) for one in ("higher", "lower", "unclear")]
    assert Line("", re.sub(r"[\u2060\u00a0]", " ", unescape(alt)), False).figures == tuple(
        str(count) for count in counts if count
    )


def figures_of_html(row: str) -> tuple[str, ...]:
    """The numbers of a row; a small picture says its own."""
    row = re.sub(r'<svg\b[^>]*aria-label="([^"]*)".*?</svg>', r" \1 ", row, flags=re.DOTALL)
    return Line("", unescape(re.sub(r"<[^>]+>|[\u2060]", " ", row)).replace("\u00a0", " "), True).figures


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_that_is_changed_is_found(sources, expected, language):
    """Each number with its last digit changed, one at a time: none slips through."""
    lines, missed = lines_of(sources[language]), []
    for place, line in enumerate(lines):
        for match in line.matches():
            digit = str((int(match[0][-1]) + 1) % 10)
            other = replace(line, text=line.text[: match.end() - 1] + digit + line.text[match.end() :])
            if not wrong_in([*lines[:place], other, *lines[place + 1 :]], expected):
                missed.append(other.text)
    assert missed == []
