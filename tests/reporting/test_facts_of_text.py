"""Every number in the text of fifty reports is found in the tables again, in both languages, to the printed digit."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest
from recomputed import GROWTH, NUMBER, REPORTED, SEX_RATIO, Area, Warehouse, printed, share, squashed
from statements import VIEWS, Said, clean, is_looked_at, query_of, wrong_messages

from pipeline.reporting.area_page.grades import count_grades
from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.area_page.progress import window_of
from pipeline.reporting.shown.peers import Peers, peers_of

REPORTS, SEED = 50, 20260710
TABLE_RULE = re.compile(r"\|[-: |]+\|$")
GRADES = re.compile(r"\|[^|]*\|(?: *\d+ *\|){5}")


@dataclass
class Page:
    """What was recorded of a page, and its source."""

    code: str
    language: str
    said: list[Said] = field(default_factory=list)
    source: str = ""


@pytest.fixture(scope="module")
def warehouse(awkward, awkward_report):
    return Warehouse(awkward.current, awkward.root, awkward_report.month, views=VIEWS)


@pytest.fixture(scope="module")
def pages(awkward_report, levels, funnels, tmp_path_factory) -> list[Page]:
    """Fifty reports as they were recorded: all down to the counties, and townships drawn by lot."""
    folder, lot, found = tmp_path_factory.mktemp("pages"), random.Random(SEED), []
    report = awkward_report
    windows = {name: window_of(spec) for name, spec in report.indicators.items()}
    for level, areas in levels.items():
        peers = Peers(funnels[level], peers_of(areas), count_grades(areas, report, windows))
        if level == report.settings.levels[-1]:
            areas = lot.sample(areas, (REPORTS - len(found)) // 2)
        for facts in areas:
            for language in ("zh", "en"):
                found.append(page := Page(facts.area_code, language))
                own = report.in_language(language)
                own = replace(
                    own, say=replace(own.say, record=lambda *one, page=page: page.said.append(Said(*one)))
                )
                written = write_page(facts, own, folder, peers, draw=lambda *_: {})
                page.source = written.source.read_text(encoding="utf-8")
    return found


def rest_of(page: Page) -> list[str]:
    """The lines of a page without front matter, heads and captions, and without what messages say."""
    texts = {re.escape(clean(one.text)) for one in page.said if is_looked_at(one) and NUMBER.search(one.text)}
    said = re.compile("|".join(sorted(texts, key=len, reverse=True)), re.IGNORECASE)
    lines = page.source.split("\n---\n", 1)[1].splitlines()
    return [
        said.sub(" ", clean(re.sub(r"\]\([^()]*\)|(?<!\\)\{[^{}]*\}", "]", line)))
        for line, after in pairwise([*lines, ""])
        if line and line[0] not in ":!#" and not TABLE_RULE.match(line) and not TABLE_RULE.match(after)
    ]


def wrong_rest(lines: list[str], area: Area) -> list[str]:
    """Numbers of cells and cards that no table has of the subject of their row, and those of other lines."""
    wrong = []
    for line in lines:
        line = re.sub("95%( CI|置信区间)", "", line)  # the name of the interval on a card
        numbers = {one.lstrip("+") for one in NUMBER.findall(line)}
        if numbers and (unknown := numbers - (known_in(line, area) if line[0] in "|[" else set())):
            wrong.append(f"{area.code}: {', '.join(sorted(unknown))} is not known, in: {line}")
    return wrong


def known_in(line: str, area: Area) -> set[str]:
    """What a card, or the row of an indicator, of a source, of an area within this one may say."""
    label, *cells = [cell.strip(" []") for cell in line.split("|")[1:-1]] or [""]
    if source := area.warehouse.named(label, "sources"):
        (row,) = area.rows(
            "select sum(expected) as expected, sum(actual) as actual, sum(on_time) as on_time from completeness "
            "of area and source = ? and month between a_year().first and a_year().last",
            source,
        )
        shares = {share(row[key] or 0, row["expected"]) for key in ("actual", "on_time")}
        return shares | {printed(row["expected"]), printed(row["actual"])}
    name = area.warehouse.named(re.sub(r"（[‰%]）| \([‰%]\)|，.*|, .*", "", label))
    if name and GRADES.fullmatch(line):
        query = (
            "select count(*) as areas from valid where level in (select level from valid where area_code = ?)"
        )
        (row,) = area.warehouse.rows(query, area.code)
        return set(cells) if sum(map(int, cells)) <= row["areas"] else set()
    if member := max((one for one in area.members() if squashed(line).startswith(one)), key=len, default=""):
        within = area.warehouse.area(area.members()[member])
        return within.published(*REPORTED, windows=("rolling_12",), places=1)
    if name and label_of_neighbours(line):
        (row,) = area.rows(
            "select areas - 1 as others from ranks of area and month = getvariable('month') "
            "and indicator = ? and among = '' and time_window = 'rolling_12'",
            name,
        )
        return area.published(name, windows=("rolling_12",)) | {printed(row["others"])}
    return area.published(*([name] if name else REPORTED), windows=("ytd", "rolling_12", "year"))


def label_of_neighbours(line: str) -> str:
    """The label of a row of an indicator beside its siblings; empty for any other line."""
    found = re.fullmatch(r"\|([^|]*)\|(?:[^|]*\|){3} *\d+ *\|([^|\d]*)\|", line)
    return found[1].strip() if found else ""


def test_every_number_of_fifty_reports_is_recomputed(pages, warehouse):
    assert len(pages) == REPORTS
    areas = {page.code: warehouse.area(page.code) for page in pages}
    wrong = [one for page in pages for one in wrong_messages(page.said, areas[page.code])]
    assert not wrong, "\n".join(wrong)
    wrong = [one for page in pages for one in wrong_rest(rest_of(page), areas[page.code])]
    assert not wrong, "\n".join(wrong)
    said = {one.message for page in pages for one in page.said}
    assert len({message for message in said if query_of(message)}) >= 45


# What a page says of each verdict, by the question that it answers, in Chinese and in English.
WORDS = {
    "normal_range": {
        "higher": ("高于正常范围", "Above the normal range"),
        "lower": ("低于正常范围", "Below the normal range"),
        "inside": ("在正常范围内", "Within the normal range"),
        "unclear": ("暂不能判定", "Inconclusive"),
    },
    "change": {
        "rising": ("比一年前上升", "Higher than a year ago"),
        "falling": ("比一年前下降", "Lower than a year ago"),
        "unclear": ("一年来未见明显变化", "No clear change in a year"),
    },
    "target": {
        "met": ("达标", "Met"),
        "likely_met": ("可望达标", "On course"),
        "missed": ("未达标", "Not met"),
        "likely_missed": ("难以达标", "Unlikely to be met"),
        "unclear": ("暂不能判定", "Inconclusive"),
    },
    "siblings": {
        "higher": ("偏高", "Higher"),
        "lower": ("偏低", "Lower"),
        "unclear": ("差异不显著", "No clear difference"),
    },
}
CARDS = {
    "出生人口性别比": SEX_RATIO,
    "Sex ratio at birth": SEX_RATIO,
    "人口自然增长率": GROWTH,
    "Natural growth rate": GROWTH,
    "出生人数": "birth_rate",
    "Births": "birth_rate",
    "死亡人数": "death_rate",
    "Deaths": "death_rate",
}


def printed_verdicts(page: Page, area: Area) -> list[tuple[str, str, str]]:
    """Indicator, question and word of every card, target and comparison with the siblings of a page."""
    found = []
    for card in re.findall(r"::: \{\.key-figure\}\n(.*?)\n:::", page.source, re.DOTALL):
        label = re.search(r"\[(.*?)\]\{\.label\}", card)[1].replace("\u00a0", " ")
        name = next((one for words, one in CARDS.items() if words in label), "")
        word = re.search(r"\[([^\[\]]*)\]\{\.verdict", card)
        found += [(name, "normal_range" if name == SEX_RATIO else "change", word[1])] if name and word else []
    for section, question, heads in (
        ("targets", "target", ("结论", "Conclusion")),
        ("neighbours", "siblings", ("比较", "Comparison")),
    ):
        part = re.search(rf"^## .*\{{#{section}\}}\n(.*?)(?=^## )", page.source, re.DOTALL | re.MULTILINE)
        table = re.search(r"^\|.*?\n\n", part[1], re.DOTALL | re.MULTILINE) if part else None
        head, _rule, *rows = (
            [clean(cell).strip() for cell in row.strip("|").split("|")]
            for row in (table[0].strip().splitlines() if table else ("", ""))
        )
        place = next((place for place, cell in enumerate(head) if cell in heads), None)
        for cells in rows if place is not None else ():
            name = area.warehouse.named(re.sub(r"（[‰%]）| \([‰%]\)|，.*|, .*", "", cells[0]))
            found.append((name, question, re.sub(r"^\[(.*)\]\{.*\}$", r"\1", cells[place])))
    return found


def wrong_verdicts(found: list[tuple[str, str, str]], area: Area, language: str) -> list[str]:
    """Those that the table of verdicts does not have, and words of a verdict where it has none."""
    wrong = []
    for name, question, word in found:
        words = {verdict: both[language == "en"] for verdict, both in WORDS[question].items()}
        expected = words.get(area.verdict(name, question), "")
        if word != expected if expected else word in words.values():
            wrong.append(f"{area.code}: {name}, {question}: {word}, the table has {expected or 'nothing'}")
    return wrong


def test_every_verdict_of_fifty_reports_is_that_of_the_table(pages, warehouse):
    wrong, seen = [], set()
    for page in pages:
        area = warehouse.area(page.code)
        found = printed_verdicts(page, area)
        wrong += wrong_verdicts(found, area, page.language)
        seen |= {(question, area.verdict(name, question)) for name, question, _word in found}
    assert not wrong, "\n".join(wrong)
    told = {"normal_range": {"higher", "unclear", ""}, "change": {"falling", "unclear", ""}}
    told |= {
        "target": {"likely_met", "likely_missed", "unclear", ""},
        "siblings": {"lower", "unclear"},  # of townships: the example has too few counties to differ
    }
    assert {(question, one) for question, verdicts in told.items() for one in verdicts} <= seen


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_verdict_in_place_of_another_is_found(pages, warehouse, language):
    """Each verdict of a county's page in turn replaced by each other word that might stand there."""
    page = next(page for page in pages if (page.code, page.language) == ("990101", language))
    area = warehouse.area("990101")
    found = printed_verdicts(page, area)
    assert [question for _name, question, _word in found].count("target") == 8 and len(found) >= 20
    for place, (name, question, word) in enumerate(found):
        for both in WORDS[question].values():
            if (other := both[language == "en"]) != word:
                assert wrong_verdicts([*found[:place], (name, question, other)], area, language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_judged_year_so_far_is_found(pages, warehouse, language):
    """The words of a verdict with the months of the year so far in the place of the twelve."""
    page = next(page for page in pages if (page.code, page.language) == ("990101", language))
    so_far = next(one.values["period"] for one in page.said if one.message == "sex_ratio.this_period")
    for place, one in enumerate(page.said):
        if one.message in ("sex_ratio.few_births_unclear", "growth.falling"):
            other = replace(one, values=one.values | {"period": so_far})
            assert wrong_messages([*page.said[:place], other], warehouse.area("990101"))


def altered(text: str, match: re.Match[str]) -> str:
    """The text with the last digit of a number changed."""
    return text[: match.end() - 1] + str((int(match[0][-1]) + 1) % 10) + text[match.end() :]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_number_that_is_changed_is_found(pages, warehouse, language):
    """Each number of the messages of a county that are looked at apart, with its last digit changed: none slips through."""
    page = next(page for page in pages if (page.code, page.language) == ("990101", language))
    area, missed, tried = warehouse.area("990101"), [], 0
    for place, one in enumerate(page.said):
        for key, value in one.values.items():
            if not query_of(one.message) or key in ("period", "label", "text", "time_window", "bound_is"):
                continue
            if (one.message, key) == ("attention.members_behind", "names"):  # each is a message of its own
                continue
            for match in NUMBER.finditer(str(value)):
                other = replace(one, values=one.values | {key: altered(str(value), match)})
                tried += 1
                if not wrong_messages([*page.said[:place], other], area):
                    missed.append((one.message, key, value))
    assert tried > 80
    assert missed == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_number_of_a_cell_that_is_changed_is_found(pages, warehouse, language):
    """A cell is held against all that is known of the subject of its row, where another number may stand by chance."""
    page = next(page for page in pages if (page.code, page.language) == ("990101", language))
    area, lines = warehouse.area("990101"), rest_of(page)
    lines = [
        line for line in lines if not re.fullmatch(r"\|[^|]*\|(?: *\d+ *\|){5}", line)
    ]  # grades: test_progress
    cells = [(line, match) for line in lines for match in NUMBER.finditer(line)]
    missed = [line for line, match in cells if not wrong_rest([altered(line, match)], area)]
    assert len(cells) > 150
    assert len(missed) < 0.1 * len(cells)


@pytest.mark.parametrize(
    ("message", "other"),
    [
        ("growth.falling", "growth.growing"),
        ("change.unclear", "change.falling"),
        ("change.lower", "change.higher"),
        ("sex_ratio.few_births_unclear", "sex_ratio.above_normal"),
        ("sex_ratio.few_births_unclear", "sex_ratio.inside_normal"),
        ("targets.ahead", "targets.pace_unclear"),
    ],
)
def test_a_sentence_in_place_of_another_is_found(pages, warehouse, message, other):
    page = next(page for page in pages if page.code == "990101")
    said = [replace(one, message=other) if one.message == message else one for one in page.said]
    assert any(f"should be {message}" in wrong for wrong in wrong_messages(said, warehouse.area("990101")))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_one_page_reads_as_it_should(pages, language):
    """The text of a county's page from end to end. A sentence that is changed on purpose is changed there as well."""
    page = next(page for page in pages if (page.code, page.language) == ("990101", language))
    text = re.sub(r"[0-9a-f]{12}", "<build>", clean(page.source))
    assert text == (Path(__file__).parent / f"990101.{language}.md").read_text(encoding="utf-8")
