"""What the messages of a page say in numbers, by their ids: held against `statements.sql`, which finds them again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from recomputed import GROWTH, NUMBER, SEX_RATIO, Area

ABOUT = {
    "growth": GROWTH,
    "sex_ratio": SEX_RATIO,
    "situation.birth": "birth_rate",
    "situation.death": "death_rate",
}
PER_MILLE = " per 1,000"  # a unit, no number
FOUND = re.compile(rf"{NUMBER.pattern}|[A-Z][a-z]+ (?=\d{{4}})")  # a number, or the name of a month
# Their numbers are dates, codes, names of windows or constants of the method, or stand in another message as well.
NO_FIGURES = re.compile(
    r"(months|method|provenance|page|population|labels|area|numbering|findings|questions)\..*"
    r"|.*\.(caption|column_).*|(outlook|neighbours)\.note|(growth|situation)\.(.*_)?incomplete|sex_ratio\.no_.*"
    r"|attention\.(returns_missing|offices)|targets\.(note.*|label_.*|flag)|members\.heading.*|quality\.(area_.*|finding.*|substituted|cumulative)"
)
VIEWS, *_BLOCKS = re.split(
    r"^-- (?=\w+\.)",
    Path(__file__).with_name("statements.sql").read_text(encoding="utf-8"),
    flags=re.MULTILINE,
)
QUERIES = {
    message: query
    for block in _BLOCKS
    for names, _, query in [block.partition("\n")]
    for message in names.partition(":")[0].split()
}


@dataclass(frozen=True)
class Said:
    """A message as it was printed."""

    message: str
    values: dict[str, str]
    text: str


def clean(text: object) -> str:
    return re.sub(r"[\u2060*]|\\(?=[\W_])", "", str(text)).replace("\u00a0", " ")


@cache
def query_of(message: str) -> str | None:
    return QUERIES.get(message) or next((QUERIES[key] for key in QUERIES if fnmatchcase(message, key)), None)


def is_looked_at(one: Said) -> bool:
    """Whether the numbers of a message are held by a query, or say nothing of the area."""
    return not one.values or query_of(one.message) or NO_FIGURES.fullmatch(one.message)


def wrong_messages(said: Iterable[Said], area: Area) -> list[str]:
    """Numbers in messages that are not as they are found again, and messages that should have been others."""
    wrong, about, window = [], "", "ytd"
    for one in said:
        for start, name in ABOUT.items():
            if one.message.startswith(start):
                is_rolling = re.search("近12|12 months", str(one.values.get("period", "")))
                about, window = name, "rolling_12" if is_rolling else "ytd"
        if query_of(one.message):
            values = {key: clean(text).replace(PER_MILLE, "") for key, text in one.values.items()}
            answers = area.answers(
                query_of(one.message),
                (*values.items(),),
                message=one.message,
                about=about,
                time_window=window,
            )
            if not any(_agrees(one.message, values, answer) for answer in answers):
                chosen = "".join(
                    f", should be {answer['id']}"
                    for answer in answers
                    if answer.get("id", one.message) != one.message
                )
                wrong.append(
                    f"{area.code}: {one.message}{chosen}: {values}, recomputed {answers}: {one.text}"
                )
    return wrong


def _agrees(message: str, values: dict[str, str], answer: dict) -> bool:
    """Whether a message is the one that should be chosen, and has the numbers of an answer."""
    if (among := answer.get("numbers")) is not None:
        shown = {
            number
            for key, text in values.items()
            if key not in ("time_window", "bound_is")
            for number in NUMBER.findall(text)
        }
        return shown <= set(among)
    return answer.get("id", message) == message and all(
        FOUND.findall(str(answer[key])) == FOUND.findall(values[key]) for key in answer.keys() & values.keys()
    )
