"""Every number of the overview is found in the tables of two editions again, in both languages, to the printed digit."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from html import unescape
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from recomputed import GROWTH, NUMBER, SEX_RATIO, Warehouse, printed, share
from statements import Said, clean

from pipeline.reporting import figures
from pipeline.reporting.site.edition_pages import Beside, load_pages
from tests.awkward_workspace import LONG, MERGED, NEW, THREE_BIRTHS

BEFORE = date(2026, 5, 1)
LANGUAGES = ("zh", "en")
TREND_MONTHS, LISTED = 60, 12
# Years, months and windows, and the intervals and units in names of columns: they say nothing of the areas.
NO_FIGURES = re.compile(
    r"20\d\d年(?:\d+—)?(?:\d+月)?|\d+—?\d*月|12 ?个?月|[A-Z][a-z]+ 20\d\d|12 months|(?:80|95|99\.8)% ?\w*"
)
CODE, MONTH, ELEMENT = pl.col("area_code"), pl.col("month"), pl.col("element")


def at(code: str, month: int, *elements: str) -> pl.Expr:
    return (code == CODE) & (date(2026, month, 1) == MONTH) & ELEMENT.is_in(elements)


# As if the month before had been published with other figures: revised, late, lost, judged otherwise, an area less.
OF_RATIO = (pl.col("indicator") == "sex_ratio_at_birth") & (MONTH == BEFORE)
JUDGED = OF_RATIO & (pl.col("time_window") == "rolling_12")
OUTSIDE = OF_RATIO & (pl.col("question") == "normal_range")
TONES = {"higher": "higher", "lower": "lower", "inside": "good", "unclear": "unclear", None: None}
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
    "verdicts": lambda table: table.with_columns(
        verdict=pl.when(OUTSIDE & (CODE == LONG)).then(pl.lit("unclear"))
        .when(OUTSIDE & (CODE == MERGED)).then(pl.lit("higher"))
        .otherwise(pl.col("verdict"))
    ),
    "completeness": lambda table: table.with_columns(
        actual=pl.when((CODE == "990101") & (MONTH == BEFORE)).then(0).otherwise("actual")
    ),
    "areas": lambda table: table.filter(CODE != NEW),
}  # fmt: skip


@pytest.fixture(scope="module")
def previous(awkward, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("previous")
    for name in ("areas", "files", "counts", "indicators", "completeness", "verdicts"):
        table = pl.read_parquet(awkward.current / f"{name}.parquet")
        if name == "verdicts":
            table = table.with_columns(month=pl.lit(BEFORE))  # as if it had judged alike
        if "month" in table.columns:
            table = table.filter(MONTH <= BEFORE)
        ALTERED.get(name, lambda same: same)(table).write_parquet(folder / f"{name}.parquet")
    return folder


class Overview:
    """The counties of two editions, and what the overview says of them."""

    def __init__(self, now: Warehouse, before: Warehouse) -> None:
        self.warehouse, self.before, self.spec = now, before, now.indicators[SEX_RATIO]
        self.ratios, self.ratios_before = map(ratios, (now, before))
        self.codes = list(self.ratios)

    def headline(self, code: str, indicator: str) -> dict:
        """Of twelve months; of the year so far only where those are not known, though not withheld."""
        rows = self.warehouse.rows(
            "from here where area_code = ? and indicator = ? and time_window in ('rolling_12', 'ytd') "
            "and (is_known or is_withheld) order by time_window",
            *(code, indicator),
        )
        return rows[0] if rows and not rows[0]["is_withheld"] else {}

    @property
    def verdicts(self) -> list[str | None]:
        return [row.get("judged_normal_range") for row in self.ratios.values()]

    def names(self, verdict: str, language: str) -> list[str]:
        """The names of the areas with a verdict, in a language, by code."""
        rows = self.warehouse.rows(
            "select distinct on (area_code) area_code, name, name_en from areas order by valid_from desc"
        )
        names = {
            r["area_code"]: r["name_en"] if language == "en" and r["name_en"] else r["name"] for r in rows
        }
        return [
            names[code] for code, judged in zip(self.codes, self.verdicts, strict=True) if judged == verdict
        ]

    @property
    def judged_otherwise(self) -> list[str]:
        both = [code for code in self.codes if code in self.ratios_before]
        verdicts = [
            [of[code].get("judged_normal_range") for code in both] for of in (self.ratios, self.ratios_before)
        ]
        return [code for code, now, was in zip(both, *verdicts, strict=True) if now != was]

    @cached_property
    def changes(self) -> list[dict]:
        """Counts that differ: revised where both are known, arrived where only the new one is, else vanished."""
        return self.warehouse.rows(
            "select now.value as now, was.value as was, case when was.value is null then 'arrived' "
            "when now.value is null then 'vanished' else 'revised' end as kind from counts as now "
            "join read_parquet(?) as was using (area_code, month, element) where now.month <= ? "
            "and list_contains(?, now.area_code) and now.value is distinct from was.value",
            *(str(self.before.snapshot / "counts.parquet"), BEFORE, self.codes),
        )

    def returns(
        self, codes: Sequence[str], last: date | None = None, months: int = 12, of: Warehouse | None = None
    ) -> dict:
        """Of so many months up to the last."""
        return (of or self.warehouse).rows(
            "select sum(expected)::int expected, sum(actual)::int actual, sum(on_time)::int on_time from completeness "
            "where list_contains($1, area_code) and month <= $2 and month > $2::date - to_months($3)",
            *(codes, last or self.warehouse.month, months),
        )[0]

    def revised_row(self, change: dict) -> tuple[str, ...]:
        """Before, now, difference; nothing where one of them is small."""
        if any(0 < change[key] < self.warehouse.withhold_below for key in ("was", "now")):
            return ()
        sign = "+" if change["now"] > change["was"] else ""
        return printed(change["was"]), printed(change["now"]), sign + printed(change["now"] - change["was"])

    def area_row(self, code: str) -> tuple[str, ...]:
        """The numbers of an area's row, from left to right."""
        numbers, births, growth = [], self.headline(code, "birth_rate"), self.headline(code, GROWTH)
        if births:
            numbers += [printed(births["numerator"]), printed(births["denominator"])]
        if ratio := self.headline(code, SEX_RATIO):
            numbers += with_limits(ratio, 1)
        if self.ratios[code]:
            query = (
                "from trends where area_code = ? and series = ? and month <= ? order by month desc limit ?"
            )
            last, *_, first = self.warehouse.rows(query, code, SEX_RATIO, self.warehouse.month, TREND_MONTHS)
            numbers += [printed(first["trend"], 1), printed(last["trend"], 1)]
            numbers += with_limits(last | {"value": last["trend"]}, 1)
        if growth:
            numbers += with_limits(growth, 2)
        returns = self.returns([code])
        return *numbers, *([share(returns["actual"], returns["expected"])] if returns["expected"] else [])

    def grid_row(self, codes: Sequence[str]) -> tuple[str, ...]:
        ends = self.warehouse.month.year * 12 + self.warehouse.month.month
        rows = [self.returns(codes, date(n // 12, n % 12 + 1, 1), 1) for n in range(ends - 12, ends)]
        return tuple(share(row["actual"], row["expected"], 0) for row in rows if row["expected"])

    def tables(self) -> dict[str, list[tuple[str, ...]]]:
        revised = [one for one in self.changes if one["kind"] == "revised"]
        largest = sorted(revised, key=lambda one: -abs(one["now"] - one["was"]))[:LISTED]
        before, now = (
            [with_limits(rows[code], 1) if rows.get(code) else [] for code in self.judged_otherwise]
            for rows in (self.ratios_before, self.ratios)
        )
        return {
            "changes": [(*one, *other) for one, other in zip(before, now, strict=True)]
            + [self.revised_row(one) for one in largest],
            "reports": [self.area_row(code) for code in self.codes],
            "completeness": [*(self.grid_row([code]) for code in self.codes), self.grid_row(self.codes)],
        }


def ratios(warehouse: Warehouse) -> dict[str, dict]:
    """The counties of the month by code, with their sex ratio of twelve months and its verdict where it is shown."""
    rows = warehouse.rows(
        "select valid.area_code as code, shown.* from valid left join ("
        "from here left join judged using (area_code, indicator) "
        "where indicator = ? and time_window = 'rolling_12' and is_known and not is_withheld"
        ") as shown using (area_code) where valid.level = 'county' order by 1",
        SEX_RATIO,
    )
    return {row["code"]: row if row["area_code"] else {} for row in rows}


def with_limits(row: dict, decimals: int) -> list[str]:
    return [printed(row[key], decimals) for key in ("value", "lower_95", "upper_95")]


def counted(kind: str) -> Callable[[Overview], dict[str, str]]:
    return lambda o: {"number": str(sum(one["kind"] == kind for one in o.changes))}


def completeness(o: Overview) -> dict[str, str]:
    row = o.returns(o.codes)
    keys = {"expected": printed(row["expected"]), "actual": printed(row["actual"])}
    shares = {
        key: share(row[of], row["expected"]) for key, of in (("share", "actual"), ("on_time", "on_time"))
    }
    return keys | shares


def completeness_of_two(o: Overview) -> dict[str, str]:
    """Of the same twelve months, as the one edition and the other had them."""
    rows = (o.returns(o.codes, BEFORE, of=of) for of in (o.warehouse, o.before))
    now, before = (share(row["actual"], row["expected"]) for row in rows)
    chosen = "same" if now == before else "changed"
    return {"now": now, "before": before, "id": f"overview.changes.completeness_{chosen}"}


def outside(o: Overview) -> dict[str, str]:
    counts = {verdict: o.verdicts.count(verdict) for verdict in ("higher", "lower")}
    chosen = "_and_".join(key for key, count in counts.items() if count)
    found = {key: str(count) for key, count in counts.items()}
    return found | {"count": str(sum(counts.values())), "id": f"overview.lead.{chosen or 'none_differs'}"}


def range_of_note(o: Overview) -> dict[str, str]:
    return dict(zip(("low", "high"), map(printed, o.spec["normal_range"]), strict=True))


RULES: dict[str, Callable[[Overview], dict[str, str]]] = {
    "overview.areas_in_all": lambda o: {"count": str(len(o.codes))},
    **dict.fromkeys([f"overview.lead.{name}" for name in ("higher_and_lower", "higher", "lower", "none_differs")], outside),
    "overview.lead.others": lambda o: {"count": str(sum(v not in ("higher", "lower") for v in o.verdicts))},
    "overview.changes.verdicts_changed": lambda o: {"count": str(len(o.judged_otherwise))},
    "overview.changes.revised": counted("revised"),
    "overview.changes.arrived": counted("arrived"),
    "overview.changes.vanished": counted("vanished"),
    "overview.changes.completeness_same": completeness_of_two,
    "overview.changes.completeness_changed": completeness_of_two,
    "overview.completeness.summary": completeness,
    "overview.completeness.timeliness": completeness,
    "overview.areas.note_verdict": range_of_note,
    "overview.areas.note_few_births": lambda o: {"births": printed(o.spec["withhold_below"])},
}  # fmt: skip


@dataclass
class Index:
    said: list[Said] = field(default_factory=list)
    source: str = ""


@pytest.fixture(scope="module")
def again(awkward, previous) -> Overview:
    return Overview(
        Warehouse(awkward.current, awkward.root, date(2026, 6, 1)), Warehouse(previous, awkward.root, BEFORE)
    )


@pytest.fixture(scope="module")
def pages(awkward, awkward_report, previous, tmp_path_factory) -> dict[str, Index]:
    """The overview as it was recorded, by language."""
    folder, pages = tmp_path_factory.mktemp("index"), {}
    everything = load_pages(awkward.current, awkward_report, Beside(previous, awkward.notes, None), "", "")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "draw_overview", lambda *_, **__: {})
        for index in everything.indexes:
            page = pages[index.report.language] = Index()
            say = replace(index.report.say, record=lambda *one, page=page: page.said.append(Said(*one)))
            own = replace(index.with_links({}), report=replace(index.report, say=say))
            page.source = everything.write_index(folder, own).source.read_text(encoding="utf-8")
    return pages


def wrong_messages(said: Sequence[Said], again: Overview) -> list[str]:
    wrong = []
    for one in said:
        expected = RULES.get(one.message, lambda _: {})(again)
        if (chosen := expected.get("id", one.message)) != one.message:
            wrong.append(f"{one.message} should be {chosen}")
        for key in expected.keys() & one.values.keys():
            if str(one.values[key]) != expected[key]:
                wrong.append(f"{one.message}: {key} is {one.values[key]}, recomputed {expected[key]}")
    return wrong


def figures_of(text: str) -> tuple[str, ...]:
    return tuple(NUMBER.findall(NO_FIGURES.sub(" ", text)))


def rest_of(page: Index) -> list[tuple[str, str]]:
    """Rows of tables, and other lines without what the messages say; each with its section."""
    kept = [
        one
        for one in page.said
        if not one.values or one.message in RULES or not one.message.startswith("overview.")
    ]
    kept = [
        one
        for one in kept
        if one.message not in ("language.interval", "language.interval_with_minus", "labels.year")
    ]
    texts = {re.escape(clean(one.text)) for one in kept if NUMBER.search(one.text)}
    said, section, rest = re.compile("|".join(sorted(texts, key=len, reverse=True))), "lead", []
    for line, after in pairwise([*page.source.split("\n---\n", 1)[1].splitlines(), ""]):
        if heading := re.match(r"## .*\{#([\w-]+)\}", line):
            section = heading[1]
        if not line or line[0] in ":#!" or re.match(r"\|[-: |]+$", line) or re.match(r"\|[-: |]+$", after):
            continue
        if section != "data":
            text = re.sub(r'\{sort="[^"]*"\}|\{\.[^{}]*\}|\(figures/[^)]*\)', "", line)
            rest.append((section, clean(text) if line[0] == "|" else said.sub(" ", clean(text))))
    return rest


def wrong_rest(rest: Sequence[tuple[str, str]], tables: dict[str, list[tuple[str, ...]]]) -> list[str]:
    left, wrong = {name: list(rows) for name, rows in tables.items()}, []
    for section, line in rest:
        expected = left[section].pop(0) if line[0] == "|" and left.get(section) else ()
        if figures_of(line) != expected:
            wrong.append(f"{section}: {figures_of(line)}, recomputed {expected}, in: {line}")
    return wrong + [f"{name}: {len(rows)} rows are missing" for name, rows in left.items() if rows]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_number_of_the_overview_is_recomputed(pages, again, language):
    page = pages[language]
    assert wrong_messages(page.said, again) == []
    assert wrong_rest(rest_of(page), again.tables()) == []
    assert len({one.message for one in page.said} & RULES.keys()) >= 9
    assert len(again.judged_otherwise) >= 2 and len(again.changes) >= 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_number_that_is_changed_is_found(pages, again, language):
    """Each number with its last digit changed, one at a time: none slips through."""
    rest, tables, missed = rest_of(pages[language]), again.tables(), []
    for place, (section, line) in enumerate(rest):
        for match in NUMBER.finditer(line) if figures_of(line) else ():
            digit = str((int(match[0][-1]) + 1) % 10)
            other = line[: match.end() - 1] + digit + line[match.end() :]
            if figures_of(other) != figures_of(line):
                changed = [*rest[:place], (section, other), *rest[place + 1 :]]
                missed += [] if wrong_rest(changed, tables) else [other]
    assert missed == []
    for one in pages[language].said:
        for key in RULES.get(one.message, lambda _: {})(again).keys() & one.values.keys():
            assert wrong_messages([replace(one, values={key: "7"})], again)


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts_are_those_recomputed(pages, again, language):
    lines = re.split(r"## .*\{#reports\}", pages[language].source)[1].splitlines()
    rows = [line for line in lines if line.startswith("| [") or line.startswith("| 示例")][: len(again.codes)]
    shown = [(re.findall(r"\.verdict \.(\w+)", row) or [None])[0] for row in rows]
    assert shown == [TONES[verdict] for verdict in again.verdicts]
    assert {"higher", "unclear", None} <= set(again.verdicts)


@pytest.mark.parametrize("language", LANGUAGES)
def test_areas_outside_are_named_as_recomputed(pages, again, language):
    (lead,) = (
        one for one in pages[language].said if one.message in ("overview.lead.higher", "overview.lead.lower")
    )
    verdict, comma = lead.message.rsplit(".")[-1], "、" if language == "zh" else ", "
    names = again.names(verdict, language)
    assert names and clean(lead.values["names"]) == comma.join(names)
    assert clean(lead.values["names"]) in clean(lead.text)


@pytest.mark.parametrize("name", ["index.html", "index.en.html"])
def test_the_rendered_page_shows_these_numbers(site, again, name):
    """The rows of both tables as they stand in the HTML."""
    html = (site / name).read_text(encoding="utf-8")
    for table, block in (("reports", "areas-table"), ("completeness", "completeness")):
        found = re.search(rf'class="{block}".*?</table>', html, re.DOTALL)[0]
        rows = [row for row in re.findall(r"<tr\b.*?</tr>", found, re.DOTALL) if "<td" in row]
        assert [figures_of_html(row) for row in rows] == again.tables()[table]


def figures_of_html(row: str) -> tuple[str, ...]:
    """The numbers of a row; a small picture says its own."""
    row = re.sub(r'<svg\b[^>]*aria-label="([^"]*)".*?</svg>', r" \1 ", row, flags=re.DOTALL)
    return figures_of(unescape(re.sub(r"<[^>]+>|[\u2060]", " ", row)).replace("\u00a0", " "))
