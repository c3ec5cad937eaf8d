"""What a page says is not there although it stands on it: its sentences held against its own tables, figures and cards.

Texts are compared without blanks, by the words that follow the names and numbers in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

from pipeline.reporting.report_context import REPORTED
from pipeline.words.translations import Translator, read_translator

NOTHING = "—"
OF_GROWTH = {"zh": "人口自然增长率（‰）", "en": "Natural growth rate (‰)"}  # by indicators.toml
GROWTH = "natural growth rate"
# a sentence of a page, and the rows that must then have no value
WITHOUT_VALUE = {
    "situation.incomplete": ("labels.birth_rate_per_1000", "labels.death_rate_per_1000"),
    "situation.birth_rate_incomplete": ("labels.birth_rate_per_1000",),
    "situation.death_rate_incomplete": ("labels.death_rate_per_1000",),
    "growth.incomplete": (GROWTH,),
}
# a sentence, and the sentence or caption that must then not be there
EXCLUDED = {
    "situation.incomplete": ("situation.birth_rate", "situation.death_rate"),
    "situation.birth_rate_incomplete": ("situation.birth_rate",),
    "situation.death_rate_incomplete": ("situation.death_rate",),
    "sex_ratio.no_trend": ("figures.sex_ratio.caption", "sex_ratio.trend"),
    "growth.no_trend": ("figures.growth.caption", "growth.trend"),
    "counts.nothing_received": ("counts.births", "counts.deaths", "counts.population"),
    "cards.no_comparison": ("change.rising", "change.falling", "change.unclear"),
    "neighbours.not_compared": ("neighbours.none_differs",),
}
NAMES = {
    "sex_ratio_at_birth": "labels.sex_ratio_at_birth",
    "birth_rate": "labels.birth_rate_per_1000",
    "death_rate": "labels.death_rate_per_1000",
    "natural_growth_rate": "overview.areas.column_growth",
}


@dataclass
class PageText(HTMLParser):
    """A page read: its prose, the tables row by row, and the cards."""

    language: str
    prose: str = ""
    tables: list[list[list[str]]] = field(default_factory=list)
    cards: list[str] = field(default_factory=list)
    _open: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind = dict(attrs).get("class") or ""
        if tag in ("br", "hr", "img", "input", "meta", "link", "col", "wbr"):
            return
        self._open.append((tag, kind))
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self.tables[-1][-1].append("")
        elif kind == "key-figure":
            self.cards.append("")

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        tags = [tag for tag, _kind in self._open]
        if {"style", "script", "svg", "head"} & set(tags):
            return
        text = squeezed(data)
        if "td" in tags or "th" in tags:
            self.tables[-1][-1][-1] += text
        else:
            self.prose += text
        if any(kind == "key-figure" for _tag, kind in self._open):
            self.cards[-1] += text

    def rows(self, label: str) -> Iterator[list[str]]:
        return (row for table in self.tables for row in table if row and row[0] == squeezed(label))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u2060\u200b*]", "", text)


def read_page(text: str, language: str) -> PageText:
    page = PageText(language)
    page.feed(text)
    return page


def denials(page: PageText) -> list[str]:
    """Each contradiction in a few words; none where the page is at one with itself."""
    _ = read_translator(page.language)
    return [*_by_messages(page, _), *_not_calculated(page, _), *_by_cards(page, _), *_twice(page)]


def says(page: PageText, _: Translator, message: str, prose: str | None = None) -> bool:
    """Whether a page says a message, whatever it is filled in with."""
    anything = r"(?:[^。；.;]|\.\d)*?"  # of one sentence
    for form in _.messages[message]:
        words = [re.escape(squeezed(part)) for part in re.split(r"\{\w+\}", form)]
        if re.search(anything.join(words), page.prose if prose is None else prose):
            return True
    return False


def _by_messages(page: PageText, _: Translator) -> Iterator[str]:
    for message, labels in WITHOUT_VALUE.items():
        if says(page, _, message):
            for label in labels:
                head = OF_GROWTH[page.language] if label == GROWTH else _(label)
                if any(row[1] != NOTHING for row in page.rows(head)):
                    yield f"{message}, and a value of {label}"
    for message, others in EXCLUDED.items():
        if says(page, _, message):
            yield from (f"{message}, and {other}" for other in others if says(page, _, other))


def _not_calculated(page: PageText, _: Translator) -> Iterator[str]:
    """What is said not to be calculated of any area has neither a row nor a column."""
    said = re.search(
        r"没有[^。]*的数据，不计算([^。]*)。" if page.language == "zh" else r"Notcalculated:([^.]*)\.",
        page.prose,
    )
    cells = {cell for table in page.tables for row in table for cell in row}
    for indicator in REPORTED if said else ():
        label = squeezed(_(NAMES[indicator]))
        if label.partition("（")[0].partition("(")[0].lower() in said[1].lower() and label in cells:
            yield f"{indicator} is not calculated, and is in a table"


def _by_cards(page: PageText, _: Translator) -> Iterator[str]:
    for card in page.cards:
        if says(page, _, "cards.last_year", card) and says(page, _, "cards.no_comparison", card):
            yield f"a card with last year's value and no comparison: {card}"


def _twice(page: PageText) -> Iterator[str]:
    """No table has a row twice."""
    for table in page.tables:
        rows = [tuple(row) for row in table]
        yield from (f"twice in a table: {row}" for row in sorted(set(rows)) if rows.count(row) > 1)
