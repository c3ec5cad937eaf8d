"""A figure as the page takes it: its finding, what it shows in words, and the values behind it as a table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.reporting.figures.sheet import Sheet, draw_both
from pipeline.reporting.text.pipe_table import pipe_table
from pipeline.words.translations import Translator


@dataclass(frozen=True)
class Drawn:
    """Title and subtitle as drawn, the caption that explains the marks, the alternative text, the data as Markdown."""

    title: str
    subtitle: str
    caption: str
    alt: str
    data: str = ""


@dataclass(frozen=True)
class Folder:
    """Where the figures of a page go, whether Word wants them as PNG, and fonts of the theme for rare letters."""

    path: Path
    with_png: bool = False
    fonts: tuple[Path, ...] = ()

    def draw(self, name: str, title: str, subtitle: str, draw: Callable[[Sheet], None]) -> None:
        draw_both(self.path, name, title, subtitle, draw, with_png=self.with_png, fonts=self.fonts)


def capital(text: str) -> str:
    """A name at the head of a line; Chinese stays as it is."""
    return text[:1].upper() + text[1:]


def counted(_: Translator, *parts: tuple[str, int]) -> str:
    """`3 up, 2 down`: what there is none of is left out; `{count}` in each text is its number."""
    return _("language.clause_separator").join(text.format(count=count) for text, count in parts if count)


def figure_data(
    _: Translator, caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], text_columns: int = 1
) -> str:
    """The values behind a figure: a table that the HTML page folds away and the printed page leaves out."""
    if not rows:
        return ""
    summary, table = _("figures.data"), pipe_table(caption, header, rows, text_columns)
    return f'::: {{.figure-data summary="{summary}"}}\n\n{table}\n:::\n'
