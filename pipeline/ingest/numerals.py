"""The numbers that texts of figures stand for: each distinct text is parsed once in a process."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import polars as pl

from pipeline.ingest.grid import Texts
from pipeline.ingest.numbers import parse_numbers
from pipeline.ingest.source import Layout

_MOST_KEPT = 200_000


@dataclass(frozen=True)
class Numerals:
    """What each of some texts stands for: its value (NaN where it is no number), and what else is to be known."""

    value: np.ndarray
    is_blank: np.ndarray
    is_share: np.ndarray
    is_ambiguous_count: np.ndarray
    is_ambiguous_decimal: np.ndarray

    def at(self, positions: np.ndarray) -> Numerals:
        return Numerals(*(getattr(self, entry.name)[positions] for entry in fields(self)))


def notation_of(layout: Layout) -> object:
    """How a source writes its numbers, where source.toml says it."""
    return getattr(layout, "notation", None)


_known: dict[object, tuple[dict[str | None, int], Numerals]] = {}


def numerals(texts: list[str | None], notation: object = None) -> Numerals:
    """What texts stand for in a notation."""
    places, kept = _known.get(notation) or ({}, _parsed([], notation))
    new = [text for text in dict.fromkeys(texts) if text not in places]
    if len(places) + len(new) > _MOST_KEPT:
        _known.pop(notation, None)
        return _parsed(texts, notation)
    if new:
        places |= zip(new, range(len(places), len(places) + len(new)), strict=True)
        parts = (kept, _parsed(new, notation))
        kept = Numerals(
            *(np.concatenate([getattr(part, entry.name) for part in parts]) for entry in fields(Numerals))
        )
        _known[notation] = places, kept
    return kept.at(np.fromiter(map(places.__getitem__, texts), np.int64, len(texts)))


def has_number(texts: Texts, notation: object = None) -> np.ndarray:
    """For each row, whether its text is a number."""
    return ~np.isnan(numerals(texts.distinct, notation).value)[texts.at]


def _parsed(texts: list[str | None], notation: object) -> Numerals:
    column = pl.Series(texts, dtype=pl.String)
    parsed = parse_numbers(column) if notation is None else parse_numbers(column, notation)
    nothing = np.zeros(len(texts), dtype=bool)
    return Numerals(
        parsed["value"].to_numpy(),
        *(
            parsed[entry.name].to_numpy() if entry.name in parsed.columns else nothing
            for entry in fields(Numerals)[1:]
        ),
    )
