"""The font of the figures, and beside it one of last resort for the letters that it does not have."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from matplotlib import font_manager

from pipeline.reporting.renderers.last_resort import SPARE, coverage_of, face_of, to_be_drawn

FAMILY = "Noto Sans CJK SC"


@cache
def register() -> None:
    """Makes our font known to matplotlib, once a process."""
    font_manager.fontManager.addfont(SPARE)


@lru_cache(maxsize=20_000)
def families_for(text: str, own: Sequence[Path]) -> tuple[str, ...]:
    """The families that a text is set in; `own` are fonts of the theme."""
    rare = to_be_drawn(text, coverage_of(SPARE))
    return (FAMILY, _registered(rare, own)) if rare else (FAMILY,)


@cache
def _registered(rare: frozenset[str], own: Sequence[Path]) -> str:
    """A family of its own for each set of letters, kept until the process ends."""
    folder = _folder()
    family = f"Rare {len(list(folder.iterdir()))}"
    path = folder / f"{family}.ttf"
    path.write_bytes(face_of(rare, own, family).content)
    font_manager.fontManager.addfont(path)
    return family


@cache
def _fonts() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="figure-fonts-", ignore_cleanup_errors=True)


def _folder() -> Path:
    return Path(_fonts().name)
