"""The text of a sheet that is most like a pattern of source.toml, for messages that no text fits the pattern."""

from collections.abc import Iterable
from difflib import get_close_matches

from pipeline.ingest.values.spelling import normalised
from pipeline.problems import shorten

_LIKE = 0.6


def nearest_text(patterns: Iterable[str], texts: Iterable[str | None]) -> str:
    """`; nearest: '乡 鎮名稱'`, as it stands in the sheet; empty where nothing is much like any of the patterns."""
    told = [text for text in texts if text]
    for pattern in patterns:
        wanted = _bare(pattern)
        length = len(wanted) + 1 if pattern.endswith("*") else None
        written = {_bare(text)[:length]: text for text in reversed(told)}
        if wanted and (near := get_close_matches(wanted, written, 1, _LIKE)):
            return f"; nearest: {shorten(written[near[0]])!r}"
    return ""


def _bare(text: str) -> str:
    return normalised(text.replace("*", "").replace("?", "")).casefold()
