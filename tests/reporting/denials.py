"""What a page says is not there although it stands on it: its sentences held against its own tables, figures and cards.

Texts are compared without blanks, by the words that follow the names and numbers in them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path

from pipeline.reporting.report_context import REPORTED
from pipeline.words.translations import Translator, read_translator

NOTHING = "—"
_RULES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@dataclass
class PageText:
    """A page read: its prose, the tables row by row, and the cards; all without blanks."""

    language: str
    prose: str
    tables: list[list[list[str]]]
    cards: list[str]

    def rows(self, label: str) -> Iterator[list[str]]:
        return (row for table in self.tables for row in table if row and row[0] == squeezed(label))


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u2060\u200b*]", "", text)


def read_page(html: str, language: str) -> PageText:
    html = re.sub(r"<(style|script|svg|head)\b.*?</\1>", "", html, flags=re.DOTALL)
    tables = [
        [[_text(cell) for cell in _inside("t[dh]", row)] for row in _inside("tr", table)]
        for table in _inside("table", html)
    ]
    prose = _text(re.sub(r"<(t[dh])\b.*?</\1>", "", html, flags=re.DOTALL))
    return PageText(
        language, prose, tables, [_text(card) for card in _inside('div class="key-figure"', html)]
    )


def _inside(tag: str, html: str) -> list[str]:
    return re.findall(rf"<{tag}(?=[\s>])[^>]*>(.*?)</{tag.split()[0]}>", html, re.DOTALL)


def _text(html: str) -> str:
    return squeezed(unescape(re.sub("<[^>]*>", "", html)))


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
    for message, labels in _RULES["without_value"].items():
        if says(page, _, message):
            for label in labels:
                head = _RULES["of_growth"][page.language] if label == "of_growth" else _(label)
                if any(not row[1].startswith(NOTHING) for row in page.rows(head)):
                    yield f"{message}, and a value of {label}"
    for message, others in _RULES["excluded"].items():
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
        label = squeezed(_(_RULES["names"][indicator]))
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
