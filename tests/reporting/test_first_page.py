"""The first page answers three questions as the tables do: is the ratio high, will targets be met, what to look into."""

from __future__ import annotations

import re
from collections import Counter

import polars as pl
import pytest

from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.shown.peers import Peers, peers_of, spreads_of

RATIO, GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
ABOUT_THE_RATIO = {
    "higher": "高于正常范围（103～107）",
    "lower": "低于正常范围（103～107）",
    "inside": "，在正常范围（103～107）之内",
    "unclear": "是否超出正常范围（103～107）暂不能判定",
}
ABOUT_TARGETS = {
    "met": "**达标或可望达标**",
    "likely_met": "**达标或可望达标**",
    "unclear": "**暂不能判定**",
    "likely_missed": "**难以达标**",
    "missed": "**未达标**",
}
CHANGES = {"rising": "比一年前上升", "falling": "比一年前下降", "unclear": "未见明显变化"}


@pytest.fixture(scope="module")
def first_pages(awkward_report, levels, funnels, tmp_path_factory) -> dict[str, str]:
    """What stands before the first section of each area with a report, by its code."""
    folder, pages = tmp_path_factory.mktemp("first"), {}
    for level in awkward_report.settings.reported_levels:
        spreads = spreads_of(levels[level], awkward_report.indicators)
        peers = Peers(funnels[level], peers_of(levels[level]), {}, spreads)
        for facts in levels[level]:
            page = write_page(facts, awkward_report, folder, peers, draw=lambda *_: {})
            text = re.sub(r"[\u2060\u00a0\\]", "", page.source.read_text(encoding="utf-8"))
            pages[facts.area_code] = text
    return pages


@pytest.fixture(scope="module")
def verdicts(awkward, awkward_report) -> pl.DataFrame:
    table = pl.read_parquet(awkward.current / "verdicts.parquet")
    return table.filter(pl.col("month") == awkward_report.month)


def head(text: str) -> str:
    return text.split("\n## ")[0]


def test_is_the_ratio_high(first_pages, levels, verdicts):
    """In the sentence and on the card, as the table says; and no sentence of another verdict anywhere on the page."""
    looked_at = Counter()
    judged = dict(
        verdicts.filter(indicator=RATIO, question="normal_range").select("area_code", "verdict").iter_rows()
    )
    for level in levels.values():
        for facts in level:
            estimate = facts.headline(RATIO)
            if (
                facts.area_code not in first_pages
                or not estimate
                or estimate.withheld
                or estimate.time_window == "ytd"
            ):
                continue
            answer = judged[facts.area_code]
            assert ABOUT_THE_RATIO[answer] in head(first_pages[facts.area_code]), facts.area_code
            for other in ABOUT_THE_RATIO.keys() - {answer}:
                assert ABOUT_THE_RATIO[other] not in first_pages[facts.area_code], facts.area_code
            looked_at[answer] += 1
    assert looked_at["unclear"] > 3 and looked_at["higher"] > 0


def test_will_the_targets_be_met(first_pages, levels, verdicts, awkward_report):
    looked_at = Counter()
    for level in levels.values():
        for facts in level:
            if facts.area_code not in first_pages:
                continue
            lines = head(first_pages[facts.area_code]).splitlines()
            for row in verdicts.filter(area_code=facts.area_code, question="target").iter_rows(named=True):
                name = awkward_report.heading_of(row["indicator"])
                if (row["indicator"], "target") not in facts.verdicts:
                    continue
                about = [line for line in lines if name in line and line.startswith("- **")]
                assert [ABOUT_TARGETS[row["verdict"]] in line for line in about[:1]] == [True], (
                    facts.area_code,
                    row,
                )
                looked_at[row["verdict"]] += 1
    assert min(looked_at[answer] for answer in ("likely_met", "likely_missed", "unclear")) > 0


def test_what_should_be_looked_into(first_pages):
    """The first three questions of the page, in their order."""
    with_questions = 0
    for code, text in first_pages.items():
        if "\n## " not in text or "值得了解的问题" not in text:
            continue
        section = text.split("值得了解的问题")[-1].split("\n## ")[0]
        questions = [line for line in section.splitlines() if line.startswith("- ")]
        asked = head(text).split("[最值得问的]")[-1].splitlines() if "[最值得问的]" in head(text) else []
        assert [line for line in asked if line.startswith("- ")] == questions[:3], code
        with_questions += bool(questions)
    assert with_questions > 5


def test_growth_changes_as_the_table_says_wherever_it_is_said(first_pages, levels, verdicts):
    judged = dict(
        verdicts.filter(indicator=GROWTH, question="change").select("area_code", "verdict").iter_rows()
    )
    for level in levels.values():
        for facts in level:
            text = first_pages.get(facts.area_code, "")
            answer = facts.verdict(GROWTH, "change")
            if not text or not answer or (headline := facts.headline(GROWTH)) is None or headline.withheld:
                continue
            assert answer == judged[facts.area_code]
            said = re.findall(
                r"(?:综合近12个月数据和趋势，|与一年前相比，)(比一年前上升|比一年前下降|未见明显变化)", text
            )
            assert set(said) == {CHANGES[answer]}, facts.area_code
