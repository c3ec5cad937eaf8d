"""The outlines of the letters: laid out by matplotlib, each line and each letter once a process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.path import Path
from matplotlib.textpath import text_to_path

from pipeline.reporting.figures.outline_paths import path_data

EM = 160  # steps: a twentieth of a point in the type of the figures
_STEPS = EM / text_to_path.FONT_SCALE
_STRAIGHT = 0.8


@dataclass(frozen=True)
class Line:
    """Letters with their places, and the extents of the whole, in steps."""

    letters: tuple[tuple[str, int], ...]
    width: float
    height: float
    descent: float


@lru_cache(maxsize=20_000)
def laid_out(text: str, families: tuple[str, ...]) -> Line:
    font = FontProperties(family=list(families))
    face = get_font([findfont(FontProperties(family=[family])) for family in families])
    face.set_size(text_to_path.FONT_SCALE, text_to_path.DPI)
    glyphs = text_to_path.get_glyphs_with_font(face, text, _outlines())[0]
    extents = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    em = font.get_size_in_points()
    return Line(
        tuple((name, round(x * _STEPS)) for name, x, _y, _scale in glyphs),
        *(EM * extent / em for extent in extents),
    )


@lru_cache(maxsize=20_000)
def outline(letter: str) -> str:
    """`d` of a letter, its origin at 0, the y axis downwards; empty for a blank."""
    vertices, codes = _outlines()[letter]
    if not len(vertices):
        return ""
    return path_data(Path(np.asarray(vertices) * (_STEPS, -_STEPS), codes), _STRAIGHT)


@cache
def _outlines() -> dict[str, tuple]:
    """The outlines met so far, as matplotlib fills them in."""
    return {}
