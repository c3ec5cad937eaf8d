"""A sheet to draw on, wide or narrow: title and subtitle wrapped above, axes below, a small SVG in the end."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import matplotlib
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from pipeline.reporting.figures.compact import compact
from pipeline.reporting.figures.lettering import wrap
from pipeline.reporting.figures.palette import INK, MUTED, RULE

FAMILY = "Noto Sans CJK SC"
WIDE, NARROW = 6.4, 3.4  # inches; type has the same size in both
TITLE, SUBTITLE, LABEL, SMALL = 11.5, 8.5, 9.0, 8.0  # points
LINE = 1.3  # height of a line, in sizes of its type


@dataclass(frozen=True)
class Sheet:
    """One of the two shapes of a figure, and the files it is written to."""

    path: Path
    title: str
    subtitle: str
    is_narrow: bool = False
    png: Path | None = None

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

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        full = (self.width, self.full_height, self.width, self.full_height)
        return self.figure.add_axes(
            tuple(part / whole for part, whole in zip((left, bottom, width, height), full, strict=True))
        )

    def canvas(self) -> Axes:
        """One pair of axes in inches over the whole body: a tenth of the time that many small ones take."""
        axes = self.axes(0, 0, self.width, self.height)
        axes.set_xlim(0, self.width)
        axes.set_ylim(0, self.height)
        axes.set_axis_off()
        for kind in ("plot", "fill", "fill_between"):
            setattr(axes, kind, partial(getattr(axes, kind), clip_on=False))
        return axes

    def text(self, x: float, y: float, text: str, **style) -> None:
        self.figure.text(x / self.width, y / self.full_height, text, **style)


def draw_both(
    folder: Path, name: str, title: str, subtitle: str, draw: Callable[[Sheet], None], *, with_png: bool
) -> None:
    """`<name>.svg` for the page, `<name>-narrow.svg` for the phone, and `<name>.png` for Word if wanted."""
    png = folder / f"{name}.png" if with_png else None
    draw(Sheet(folder / f"{name}.svg", title, subtitle, png=png))
    draw(Sheet(folder / f"{name}-narrow.svg", title, subtitle, is_narrow=True))


@contextmanager
def body_of(sheet: Sheet, height: float) -> Iterator[Body]:
    """A body so many inches high, below as many lines as the title and the subtitle need; written on leaving."""
    _use_style()
    points = 72 * sheet.width - 6
    title, subtitle = wrap(sheet.title, TITLE, points), wrap(sheet.subtitle, SUBTITLE, points)
    subtitle = subtitle if sheet.subtitle else []
    above = (len(title) * TITLE + len(subtitle) * SUBTITLE) * LINE / 72
    full_height = height + above + 0.16
    matplotlib.rcParams["svg.hashsalt"] = sheet.path.stem
    figure = Figure(figsize=(sheet.width, full_height))
    FigureCanvasSVG(figure)
    body = Body(figure, sheet.width, height, full_height)
    yield body
    y = full_height - 0.04
    for lines, size, color in ((title, TITLE, INK), (subtitle, SUBTITLE, MUTED)):
        for line in lines:
            body.text(0.04, y, line, size=size, color=color, va="top")
            y -= size * LINE / 72
    _write(figure, sheet)


@contextmanager
def axes_of(
    sheet: Sheet, height: float, left: float = 0.36, right: float = 0.1, bottom: float = 0.26
) -> Iterator[Axes]:
    """The usual case: one pair of axes, with its margins in inches."""
    with body_of(sheet, height + bottom) as body:
        yield body.axes(left, bottom, sheet.width - left - right, height)


def _write(figure: Figure, sheet: Sheet) -> None:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    sheet.path.write_text(compact(buffer.getvalue()), encoding="utf-8")
    if sheet.png:
        FigureCanvasAgg(figure)
        figure.savefig(sheet.png, format="png", dpi=200, facecolor="white", metadata={"Software": None})


@cache
def _use_style() -> None:
    """Once a process: to set and to reset it for every figure took a tenth of the time."""
    import noto_cjk_sans_otc

    font_manager.fontManager.addfont(Path(noto_cjk_sans_otc.__file__).parent / "NotoSansCJK-Regular.ttc")
    matplotlib.rcParams.update(_STYLE)


_STYLE = {
    "font.family": FAMILY,
    "font.size": LABEL,
    "text.color": INK,
    "axes.unicode_minus": False,
    "text.parse_math": False,
    "axes.edgecolor": RULE,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": RULE,
    "grid.linewidth": 0.5,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "xtick.major.width": 0.6,
    "axes.xmargin": 0.015,
    "hatch.linewidth": 0.7,
    "lines.solid_capstyle": "butt",
    "svg.fonttype": "path",
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}
