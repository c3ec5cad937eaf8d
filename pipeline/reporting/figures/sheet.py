"""A sheet to draw on, for the desk or the phone: title and subtitle above, matplotlib's axes below; written as SVG.

Lengths are inches; a figure has 72 dots an inch, so that a dot of matplotlib is a point of print.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import RendererSVG
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties

from pipeline.reporting.figures.style import (
    FAMILY,
    INK,
    LABEL,
    LINE,
    MUTED,
    SUBTITLE,
    TITLE,
    families_for,
    register,
    width,
    wrap,
)
from pipeline.reporting.figures.svg import inline_svg
from pipeline.reporting.text.escaping import without_controls

WIDE, NARROW = 6.4, 3.4  # type has the same size in both
PAGE_WIDE = 7.4  # of a figure that takes the whole width of a printed page
FLAT = 0.75  # the axes of the narrow one are so much lower: on paper it stands beside the text
HEIGHT, DESCENT = 1.025, 0.229  # of a line of our font, in sizes of its type
Line = tuple[str, float, str]  # text, size, colour


class Sheet:
    """One of the two shapes of a figure; `open` says how high it is, then it can be drawn on."""

    def __init__(self, title: str, subtitle: str, is_narrow: bool, wide: float = WIDE) -> None:
        self.is_narrow, self.width = is_narrow, NARROW if is_narrow else wide
        self.flatness = FLAT if is_narrow else 1.0
        self.lines = wrapped(72 * self.width - 6, (title, TITLE, INK), (subtitle, SUBTITLE, MUTED))
        self.titles: dict[str, Sequence[str]] = {}

    def open(self, height: float) -> None:
        """A new figure with so much room below its title."""
        full_height = height + height_of(self.lines) + 0.16
        self.figure = Figure(figsize=(self.width, full_height), dpi=72)
        self.write(0.04, full_height - 0.04, self.lines)

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Bare axes at a place: `axes.py` draws on them."""
        full_width, full_height = self.figure.get_size_inches()
        box = (left / full_width, bottom / full_height, width / full_width, height / full_height)
        axes = self.figure.add_axes(box, autoscale_on=False)
        axes.set_axis_off()
        return axes

    def inches(self) -> Axes:
        """Axes over the whole sheet whose values are inches from its lower left corner."""
        width, height = self.figure.get_size_inches()
        axes = self.axes(0, 0, width, height)
        axes.set(xlim=(0, width), ylim=(0, height))
        return axes

    def text(self, x: float, y: float, text: str, **style: Any) -> None:
        """Words at a place in inches from the lower left corner."""
        usual: dict[str, Any] = {"size": LABEL, "color": INK, "transform": self.figure.dpi_scale_trans}
        self.figure.text(x, y, text, **usual | style)

    def write(self, x: float, y: float, lines: Sequence[Line]) -> float:
        """Lines below each other from `y` downwards; returns where the next would be."""
        for line, size, color in lines:
            self.text(x, y, line, size=size, color=color, va="top")
            y -= size * LINE / 72
        return y

    def name_marks(self, artist: Artist, titles: Sequence[str]) -> None:
        """What a reader is told who points at one of the marks of an artist."""
        gid = f"marks-{len(self.titles)}"
        artist.set_gid(gid)
        self.titles[gid] = titles


def wrapped(points: float, *texts: Line) -> list[Line]:
    """The lines of some texts that are not wider than so many points."""
    return [(line, size, color) for text, size, color in texts if text for line in wrap(text, size, points)]


def height_of(lines: Sequence[Line]) -> float:
    """Inches that lines of text take."""
    return sum(size * LINE for _text, size, _color in lines) / 72


@dataclass(frozen=True)
class Folder:
    """Where the figures of a page go, whether Word wants them as PNG, and fonts of the theme for rare letters."""

    path: Path
    with_png: bool = False
    fonts: tuple[Path, ...] = ()

    def draw(
        self, name: str, title: str, subtitle: str, draw: Callable[[Sheet], None], wide: float = WIDE
    ) -> None:
        """`<name>.svg` for the desk, `<name>-narrow.svg` for the phone, `<name>.png` of the first if wanted.

        wide: inches of the first.
        """
        _use_style()
        for is_narrow in (False, True):
            sheet = Sheet(title, subtitle, is_narrow, wide)
            draw(sheet)
            _set_fonts(sheet.figure, self.fonts)
            self._write(sheet, f"{name}-narrow" if is_narrow else name)
            if self.with_png and not is_narrow:
                FigureCanvasAgg(sheet.figure)
                path = self.path / f"{name}.png"
                sheet.figure.savefig(path, dpi=200, facecolor="white", metadata={"Software": None})

    def _write(self, sheet: Sheet, name: str) -> None:
        drawn = io.StringIO()
        renderer = _SVG(*sheet.figure.bbox.size, drawn, image_dpi=72, metadata={"Date": None})
        sheet.figure.draw(renderer)
        renderer.finalize()
        svg = inline_svg(drawn.getvalue(), name, sheet.titles)
        (self.path / f"{name}.svg").write_text(svg, encoding="utf-8")


class _SVG(RendererSVG):
    """matplotlib's SVG; how large a text is, it takes from us: to ask the font took a third of the time."""

    def get_text_width_height_descent(
        self,
        s: str,
        prop: FontProperties,
        ismath: object,  # noqa: ARG002
    ) -> tuple[float, float, float]:
        size = prop.get_size_in_points()
        return width(s, size), HEIGHT * size, DESCENT * size


def _set_fonts(figure: Figure, fonts: tuple[Path, ...]) -> None:
    """A family of last resort for the texts that need one; without what is no text."""
    for text in [*figure.texts, *(text for axes in figure.axes for text in axes.texts)]:
        words = without_controls(text.get_text())
        families = families_for(words, fonts)
        text.set_text(words)
        if len(families) > 1:
            text.set_fontfamily(families)


@cache
def _use_style() -> None:
    """Once a process: to set and to reset it for every figure took a tenth of the time."""
    register()
    matplotlib.rcParams.update(_STYLE)


_STYLE: Any = {
    "font.family": FAMILY,
    "font.size": LABEL,
    "axes.unicode_minus": False,
    "text.parse_math": False,
    "hatch.linewidth": 0.7,
    "figure.facecolor": "none",
    "lines.solid_capstyle": "butt",
    "svg.fonttype": "none",
    "svg.hashsalt": "reports",  # else the names within an SVG differ from run to run
}
