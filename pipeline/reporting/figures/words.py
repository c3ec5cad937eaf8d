"""The texts of one SVG as outlines: a letter or a word that comes again is defined once, any other drawn in its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import partial

from pipeline.reporting.figures.letters import outline

Letters = tuple[tuple[str, int], ...]  # a letter and its place, in steps from the beginning
_WORD = re.compile(r"[\d.,%‰−+]+|[^\d.,%‰−+\s]+")
_START = re.compile(r"^m(-?\d+),?(-?\d+)")


class Words:
    """Collects texts; where they are defined and how they are drawn is known when all are there."""

    def __init__(self) -> None:
        self._texts: list[tuple[list[tuple[int, Letters]], str]] = []

    def add(self, text: str, letters: Letters, attributes: str) -> int:
        """The place of this text among those that `written` returns."""
        self._texts.append((_words(text, letters), attributes))
        return len(self._texts) - 1

    def written(self) -> tuple[str, list[str]]:
        """The definitions, and every text."""
        words = Counter(word for text, _ in self._texts for _x, word in text)
        repeated = [word for word, count in words.items() if _pays(len(word), count)]
        once = words.keys() - set(repeated)
        uses = Counter(letter for word in repeated for letter, _x in word)
        uses.update(
            letter for text, _ in self._texts for _x, word in text if word in once for letter, _dx in word
        )
        letters = [letter for letter, count in uses.items() if count > 1]
        names = {drawn: short_name(place) for place, drawn in enumerate([*letters, *repeated])}
        definitions = [f'<path id="{names[letter]}" d="{outline(letter)}"/>' for letter in letters]
        definitions += [f'<g id="{names[word]}">{_drawn(word, names)}</g>' for word in repeated]
        texts = []
        for text, attributes in self._texts:
            pieces: list[tuple[object, int]] = []
            for x, word in text:
                pieces += [(letter, x + dx) for letter, dx in word] if word in once else [(word, x)]
            texts.append(f"<g {attributes}>{_drawn(pieces, names)}</g>")
        return "".join(definitions), texts


def _words(text: str, letters: Letters) -> list[tuple[int, Letters]]:
    """Numbers and runs of other letters without a blank, each with its place."""
    is_plain = len(text) == len(letters)  # else signs were set together: taken as one word
    spans = [found.span() for found in _WORD.finditer(text)] if is_plain else [(0, len(letters))]
    words = []
    for start, end in spans:
        x = letters[start][1]
        words.append(
            (x, tuple((letter, place - x) for letter, place in letters[start:end] if outline(letter)))
        )
    return words


def _pays(length: int, count: int) -> bool:
    """A use for each letter each time, against one for each letter once and one for the word each time."""
    return length * count > length + count + 1


def _drawn(pieces: Sequence[tuple[object, int]], names: dict) -> str:
    """What is defined as a use, everything else in one path."""
    uses, own = [], []
    for piece, x in pieces:
        if piece in names:
            at = f' x="{x}"' if x else ""
            uses.append(f'<use href="#{names[piece]}"{at}/>')
        else:
            own.append(_START.sub(partial(_moved, x), outline(piece), count=1))
    return "".join(uses) + (f'<path d="{"".join(own)}"/>' if own else "")


def _moved(x: int, start: re.Match) -> str:
    return f"M{int(start[1]) + x},{start[2]}"


def short_name(place: int) -> str:
    """a, b, … z, aa, ab, …"""
    name = ""
    place += 1
    while place:
        place, letter = divmod(place - 1, 26)
        name = chr(97 + letter) + name
    return name
