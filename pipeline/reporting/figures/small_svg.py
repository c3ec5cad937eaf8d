"""A renderer for matplotlib that writes small SVG: a page holds a dozen figures, each with the outlines of its letters."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Transform

from pipeline.reporting.figures.letters import EM, laid_out
from pipeline.reporting.figures.outline_paths import decimal, path_data, relative
from pipeline.reporting.figures.palette import dark_style
from pipeline.reporting.figures.words import Words, short_name

TENTHS = 10  # coordinates are tenths of a point
STRAIGHT = 0.8  # tenths
HATCH = 72  # points: the tile of a pattern


class SmallSVG(RendererBase):
    """Paths with rounded relative coordinates, letters defined once, colours as attributes, nothing else."""

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self.width, self.height = width, height
        self._parts: list[str | int] = []  # a number is the place of a text in the words
        self._words = Words()
        self._definitions: dict[str, str] = {}
        self._downwards = Affine2D().scale(TENTHS, -TENTHS).translate(0, TENTHS * height)

    def svg(self) -> str:
        """The whole picture, with the colours of the dark put in."""
        letters, texts = self._words.written()
        body = "".join(texts[part] if isinstance(part, int) else part for part in self._parts)
        definitions = "".join(self._definitions.values()) + letters
        size = decimal(round(TENTHS * self.width)), decimal(round(TENTHS * self.height))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{size[0]}pt" height="{size[1]}pt" '
            f'viewBox="0 0 {size[0]} {size[1]}">{dark_style(definitions + body)}'
            f"{f'<defs>{definitions}</defs>' if definitions else ''}{body}</svg>"
        )

    def draw_path(self, gc: GraphicsContextBase, path: Path, transform: Transform, rgbFace=None) -> None:
        style = self._style(gc, rgbFace)
        if not style or not len(path.vertices):
            return
        placed = (transform + self._downwards).transform_path(path)
        self._parts.append(
            f'<path d="{path_data(placed, STRAIGHT, TENTHS)}"{style}{self._clip(gc, placed)}/>'
        )

    def draw_markers(
        self,
        gc: GraphicsContextBase,
        marker_path: Path,
        marker_trans: Transform,
        path: Path,
        trans: Transform,
        rgbFace=None,
    ) -> None:
        """One mark is drawn in its place, more are defined once."""
        points = (trans + self._downwards).transform(path.vertices).round().astype(int).tolist()
        mark = (marker_trans + Affine2D().scale(TENTHS, -TENTHS)).transform_path(marker_path)
        style = self._style(gc, rgbFace)
        if "stroke" not in style and marker_path is Path.unit_circle():
            self._add_dots(points, mark, style)
            return
        if len(points) == 1:
            placed = Affine2D().translate(*points[0]).transform_path(mark)
            self._parts.append(f'<path d="{path_data(placed, STRAIGHT, TENTHS)}"{style}/>')
            return
        name = self._defined("m", f'<path id="{{name}}" d="{path_data(mark, STRAIGHT, TENTHS)}"/>')
        uses = (f'<use href="#{name}" x="{decimal(x)}" y="{decimal(y)}"/>' for x, y in points)
        self._parts.append(f"<g{style}>{''.join(uses)}</g>")

    def _add_dots(self, points: Sequence[tuple[int, int]], mark: Path, style: str) -> None:
        """Plain dots as the round ends of lines without a length: a fifth of the bytes of a use for each."""
        width = decimal(round(2 * mark.vertices[:, 0].max()))
        commands = [step for x, y in points for step in (("M", [(x, y)]), ("L", [(x, y)]))]
        style = style.replace("fill", "stroke") + f' stroke-width="{width}" stroke-linecap="round"'
        self._parts.append(f'<path d="{relative(commands, TENTHS)}" fill="none"{style}/>')

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None) -> None:  # noqa: ARG002
        color = to_hex(gc.get_rgb())
        place = decimal(round(TENTHS * x)), decimal(round(TENTHS * y))
        scale = f"{prop.get_size_in_points() / EM:.4f}".strip("0")
        line = laid_out(s, tuple(prop.get_family()))
        attributes = f'fill="{color}" transform="translate({",".join(place)})scale({scale})"'
        self._parts.append(self._words.add(s, line.letters, attributes))

    def get_text_width_height_descent(self, s, prop, ismath) -> tuple[float, float, float]:  # noqa: ARG002
        line, size = laid_out(s, tuple(prop.get_family())), prop.get_size_in_points() / EM
        return line.width * size, line.height * size, line.descent * size

    def flipy(self) -> bool:
        return True

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self.width, self.height

    def _style(self, gc: GraphicsContextBase, face: Sequence[float] | None) -> str:
        """Attributes, each with a blank before it; empty where nothing would be seen."""
        parts, alpha = [], gc.get_alpha() if gc.get_forced_alpha() else None
        if gc.get_hatch():
            parts.append(f'fill="url(#{self._hatch(gc, face)})"')
        elif face is not None and (len(face) < 4 or face[3] > 0):
            parts.append(f'fill="{to_hex(face[:3])}"')
            opacity = alpha if alpha is not None else (face[3] if len(face) == 4 else 1)
            parts += [f'fill-opacity="{opacity:g}"'] if opacity < 1 else []
        else:
            parts.append('fill="none"')
        color = gc.get_rgb()
        if gc.get_linewidth() and color[3] > 0:
            parts.append(f'stroke="{to_hex(color[:3])}"')
            opacity = alpha if alpha is not None else color[3]
            parts += [f'stroke-opacity="{opacity:g}"'] if opacity < 1 else []
            parts += [f'stroke-width="{gc.get_linewidth():g}"'] if gc.get_linewidth() != 1 else []
            _offset, dashes = gc.get_dashes()
            parts += [f'stroke-dasharray="{",".join(f"{dash:.3g}" for dash in dashes)}"'] if dashes else []
            parts += ['stroke-linejoin="round"'] if gc.get_joinstyle() == "round" else []
        return "".join(f" {part}" for part in parts) if parts != ['fill="none"'] else ""

    def _clip(self, gc: GraphicsContextBase, placed: Path) -> str:
        """A clip where the path reaches beyond it."""
        box = gc.get_clip_rectangle()
        if box is None:
            return ""
        corners = self._downwards.transform([(box.x0, box.y1), (box.x1, box.y0)]).round().astype(int).tolist()
        (left, top), (right, bottom) = corners
        (low_x, low_y), (high_x, high_y) = placed.vertices.min(0), placed.vertices.max(0)
        if left - 1 <= low_x and high_x <= right + 1 and top - 1 <= low_y and high_y <= bottom + 1:
            return ""
        outline = path_data(Path([(left, top), (right, top), (right, bottom), (left, bottom)]), 0, TENTHS)
        name = self._defined("c", f'<clipPath id="{{name}}"><path d="{outline}z"/></clipPath>')
        return f' clip-path="url(#{name})"'

    def _hatch(self, gc: GraphicsContextBase, face: Sequence[float] | None) -> str:
        scale = TENTHS * HATCH
        lines = Affine2D().scale(scale, -scale).translate(0, scale).transform_path(gc.get_hatch_path())
        color, tile = to_hex(gc.get_hatch_color()), f'width="{HATCH}" height="{HATCH}"'
        ground = (
            f'<path d="m0,0h{HATCH}v{HATCH}h-{HATCH}z" fill="{to_hex(face[:3])}"/>'
            if face is not None
            else ""
        )
        return self._defined(
            "h",
            f'<pattern id="{{name}}" patternUnits="userSpaceOnUse" {tile}>{ground}'
            f'<path d="{path_data(lines, 0, TENTHS)}" fill="{color}" stroke="{color}" '
            f'stroke-width="{gc.get_hatch_linewidth():g}"/></pattern>',
        )

    def _defined(self, kind: str, definition: str) -> str:
        """The name under which this is defined; capital letters, because words and letters have small ones."""
        if definition not in self._definitions:
            name = short_name(len(self._definitions)).upper() + kind
            self._definitions[definition] = definition.replace("{name}", name)
            return name
        return self._definitions[definition].split('id="')[1].split('"')[0]
