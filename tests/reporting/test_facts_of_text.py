"""Every number in the text of fifty reports is recomputed from the warehouse, in both languages, to the printed digit."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

import pytest
from patterns_of_sentences import STATEMENTS
from reading import figures_of, lines_of, read
from recomputed import Warehouse

from pipeline.commands.report import edition_of
from pipeline.reference import read_reference
from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.facts.neighbourhood import neighbourhood_of
from pipeline.reporting.facts.read import load_facts, load_funnels
from pipeline.snapshots import current_snapshot
from pipeline.workspace import read_settings

REPORTS, SEED = 50, 20260710


@pytest.fixture(scope="module")
def report(awkward):
    reference = read_reference(awkward, read_settings(awkward).levels)
    return edition_of(awkward, current_snapshot(awkward), reference)


@pytest.fixture(scope="module")
def warehouse(awkward, report):
    return Warehouse(awkward.current, awkward.root, report.month)


@pytest.fixture(scope="module")
def pages(awkward, report, tmp_path_factory) -> list[tuple[str, str, str]]:
    """Area, language and source of fifty reports: all down to the counties, and townships drawn by lot."""
    folder, lot, found = tmp_path_factory.mktemp("pages"), random.Random(SEED), []
    for level in report.settings.levels:
        areas = load_facts(awkward.current, report.month, level, report.preferred_sources)
        around = neighbourhood_of(areas, report, load_funnels(awkward.current, report.month, level))
        if level == report.settings.levels[-1]:
            areas = lot.sample(areas, (REPORTS - len(found)) // 2)
        for facts in areas:
            for language in ("zh", "en"):
                page = write_page(facts, report.in_language(language), folder, around, draw=lambda *_: {})
                found.append((facts.area_code, language, page.source.read_text(encoding="utf-8")))
    return found


def test_every_number_of_fifty_reports_is_recomputed(pages, warehouse):
    readings = [read(lines_of(source), warehouse.area(code), language) for code, language, source in pages]
    assert len(pages) == REPORTS
    assert [wrong for reading in readings for wrong in reading.wrong] == []
    by_sentence, by_set = (sum(getattr(one, name) for one in readings) for name in ("by_sentence", "by_set"))
    assert by_sentence > 2000
    assert by_sentence > 0.97 * (by_sentence + by_set)
    assert {one.name for one in STATEMENTS} - set().union(*(one.statements for one in readings)) <= {
        "trend over 12 months",
        "rank",
        "average of the level",
        "sources differ",
        "no change",
        "no target known",
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_number_that_is_changed_is_found(pages, warehouse, language):
    """Each number of the sentences and cards of a county with its last digit changed: none slips through."""
    lines = lines_of(next(source for code, spoken, source in pages if (code, spoken) == ("990101", language)))
    area, missed, tried = warehouse.area("990101"), [], 0
    for before, line in pairwise(lines):
        for match in [] if line.is_row else figures_of(line):
            digit = str((int(match[0][-1]) + 1) % 10)
            changed = line.text[: match.end() - 1] + digit + line.text[match.end() :]
            tried += 1
            if not read([before, replace(line, text=changed)], area, language).wrong:
                missed.append((match[0], changed))
    assert tried > 80
    assert missed == []


@pytest.mark.parametrize(
    ("language", "before", "after"),
    [
        ("zh", "人口自然减少 51 人", "人口自然增长 51 人"),
        ("zh", "**−0.53‰**", "**0.53‰**"),
        ("zh", "高 0.02 个千分点", "低 0.02 个千分点"),
        ("zh", "低于上限 10.8", "高出目标 10.8"),
        ("en", "10.8 to spare", "10.8 above"),
        ("en", "was 0.02 per mille points higher", "was 0.02 per mille points lower"),
    ],
)
def test_a_wrong_sign_is_found(pages, warehouse, language, before, after):
    source = next(source for code, spoken, source in pages if (code, spoken) == ("990101", language))
    source = source.replace("\u00a0", " ")
    assert before in source
    reading = read(lines_of(source.replace(before, after)), warehouse.area("990101"), language)
    assert any(after.split()[-1].strip("*‰") in wrong for wrong in reading.wrong)
