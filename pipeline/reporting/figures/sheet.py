"""A sheet to draw on, wide or narrow: title and subtitle wrapped above, axes below, a small SVG in the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Shape
from matplotlib.text import Text
from matplotlib.transforms import Bbox, TransformedBbox

from pipeline.reporting.figures.families import FAMILY, families_for, register
from pipeline.reporting.figures.lettering import wrap
from pipeline.reporting.figures.palette import INK, MUTED
from pipeline.reporting.figures.small_svg import SmallSVG
from pipeline.reporting.text.escaping import without_controls

WIDE, NARROW = 6.4, 3.4  # inches; type has the same size in both
TITLE, SUBTITLE, LABEL, SMALL = 11.5, 8.5, 9.0, 8.0  # points
Point = tuple[float, float]
Box = tuple[float, float, float, float]
LINE = 1.3  # height of a line, in sizes of its type


@dataclass(frozen=True)
class Sheet:
    """One of the two shapes of a figure, the files it is written to, and fonts for letters that ours do not have."""

    path: Path
    title: str
    subtitle: str
    is_narrow: bool = False
    png: Path | None = None
    fonts: tuple[Path, ...] = ()

    @property
    def width(self) -> float:
        return NARROW if self.is_narrow else WIDE


@dataclass(frozen=True)
class Body:
    """The part of a sheet below its title; places in inches from its lower left corner."""

    figure: Figure
    width: float
    height: float
    full_height: float
    fonts: tuple[Path, ...] = ()

    def strokes(self, lines: Iterable[Sequence[Point]], color: str, width: float = 1.0, **more) -> None:
        """Lines, drawn as one. More: dashes, clip (left, bottom, right, top), zorder."""
        lines = [line for line in lines if len(line)]
        if lines:
            self._add(_path(lines), edgecolor=color, linewidth=width, fill=False, **more)

    def fill(self, outline: Sequence[Point], color: str, **more) -> None:
        """The area within an outline. More: alpha, hatch, edgecolor, linewidth, clip, zorder."""
        self.fills([outline], color, **more)

    def fills(self, outlines: Sequence[Sequence[Point]], color: str, **more) -> None:
        """The areas within several outlines, drawn as one: they must not overlap."""
        if outlines:
            self._add(_path(outlines, is_closed=True), facecolor=color, **{"linewidth": 0} | more)

    def shape(self, path: Shape, color: str, **more) -> None:
        self._add(path, facecolor=color, **more)

    def marks(self, points: Sequence[Point], marker: str, size: float, color: str, **more) -> None:
        """The same mark at each point, `size` points wide."""
        if not points or not marker:
            return
        xs, ys = zip(*points, strict=True)
        style = {"markeredgecolor": color, "linestyle": "", "transform": self.figure.dpi_scale_trans}
        self.figure.add_artist(
            Line2D(xs, ys, marker=marker, markersize=size, color=color, **style | more), clip=False
        )

    def text(self, x: float, y: float, text: str, **style) -> None:
        text = without_controls(text)
        style = {"size": LABEL, "color": INK, "transform": self.figure.dpi_scale_trans} | style
        style["family"] = families_for(text, self.fonts)
        self.figure.add_artist(Text(x, y, text, **style), clip=False)

    def _add(self, path: Shape, dashes: Sequence[float] = (), clip: Box | None = None, **style) -> None:
        inches = self.figure.dpi_scale_trans
        if dashes:
            style["linestyle"] = (0, tuple(dashes))
        patch = PathPatch(path, transform=inches, **{"joinstyle": "round"} | style)
        self.figure.add_artist(patch, clip=False)
        if clip:
            patch.set_clip_box(TransformedBbox(Bbox.from_extents(*clip), inches))


def _path(lines: Sequence[Sequence[Point]], is_closed: bool = False) -> Shape:
    points, codes = [], []
    for line in lines:
        points += line
        codes += [Shape.MOVETO, *[Shape.LINETO] * (len(line) - 1)]
        if is_closed:
            points.append(line[0])
            codes.append(Shape.CLOSEPOLY)
    return Shape(points, codes)


def draw_both(
    folder: Path,
    name: str,
    title: str,
    subtitle: str,
    draw: Callable[[Sheet], None],
    *,
    with_png: bool,
    fonts: tuple[Path, ...] = (),
) -> None:
    """`<name>.svg` for the page, `<name>-narrow.svg` for the phone, and `<name>.png` for Word if wanted."""
    png = folder / f"{name}.png" if with_png else None
    draw(Sheet(folder / f"{name}.svg", title, subtitle, png=png, fonts=fonts))
    draw(Sheet(folder / f"{name}-narrow.svg", title, subtitle, is_narrow=True, fonts=fonts))


@contextmanager
def body_of(sheet: Sheet, height: float) -> Iterator[Body]:
    """A body so many inches high, below as many lines as the title and the subtitle need; written on leaving."""
    _use_style()
    points = 72 * sheet.width - 6
    title, subtitle = wrap(sheet.title, TITLE, points), wrap(sheet.subtitle, SUBTITLE, points)
    subtitle = subtitle if sheet.subtitle else []
    above = (len(title) * TITLE + len(subtitle) * SUBTITLE) * LINE / 72
    full_height = height + above + 0.16
    figure = Figure(figsize=(sheet.width, full_height), dpi=72)
    body = Body(figure, sheet.width, height, full_height, sheet.fonts)
    yield body
    y = full_height - 0.04
    for lines, size, color in ((title, TITLE, INK), (subtitle, SUBTITLE, MUTED)):
        for line in lines:
            body.text(0.04, y, line, size=size, color=color, va="top")
            y -= size * LINE / 72
    _write(figure, sheet)


def _write(figure: Figure, sheet: Sheet) -> None:
    renderer = SmallSVG(*(72 * side for side in figure.get_size_inches()))
    figure.draw(renderer)
    sheet.path.write_text(renderer.svg(), encoding="utf-8")
    if sheet.png:
        FigureCanvasAgg(figure)
        figure.savefig(sheet.png, format="png", dpi=200, facecolor="white", metadata={"Software": None})


@cache
def _use_style() -> None:
    """Once a process: to set and to reset it for every figure took a tenth of the time."""
    register()
    matplotlib.rcParams.update(_STYLE)


_STYLE = {
    "font.family": FAMILY,
    "font.size": LABEL,
    "axes.unicode_minus": False,
    "text.parse_math": False,
    "hatch.linewidth": 0.7,
    "figure.facecolor": "none",
}
