"""A matplotlib SVG made small: a page holds a dozen of them, each with the outlines of its letters."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.reporting.figures.palette import dark_style

_TOKEN = re.compile(r"[MLQCz]|-?\d+(?:\.\d+)?(?:e-?\d+)?")
_GLYPH = re.compile(r'<path id="([^"]*)" d="([^"]*)" transform="scale\(0\.015625\)"/>')
_USE = re.compile(r'<use xlink:href="#(NotoSans[^"]*)"(?: transform="translate\((-?[\d.]+) (-?[\d.]+)\)")?/>')
_SCALE = 0.625  # letters are drawn in hundredths of an em, their outlines in 160 steps: a tenth of a pixel
_END = f'" transform="scale({_SCALE})"/>'
_START = re.compile(r"^m(-?\d+),?(-?\d+)")


def compact(svg: str) -> str:
    """Paths relative and rounded to a tenth of a point, short names, no metadata; the colours of the dark put in."""
    svg = re.sub(r"<metadata>.*?</metadata>|<style.*?</style>|<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<(g|path) id=\"[a-z0-9_]+_\d+\"", r"<\1", svg)
    svg = re.sub(r">\s+<", "><", svg)
    svg = re.sub(r' (?:standalone|version)="[^"]*"', "", svg)
    svg = _place_letters(svg)
    svg = re.sub(r' d="(M [^"]*)"', lambda found: f' d="{_relative(found[1], 10)}"', svg)
    svg = re.sub(r"(?<=[\s\"(])-?\d+\.\d{3,}(?=[\s\")])", lambda found: _short(float(found[0]), 3), svg)
    svg = re.sub(r' style="([^"]*)"', lambda found: f' style="{_style(found[1])}"', svg)
    svg = _without_bare_groups(svg.replace("<defs></defs>", ""))
    return re.sub(
        r"^.*?(<svg[^>]*>)", lambda found: found[1] + dark_style(svg), svg, count=1, flags=re.DOTALL
    )


def _place_letters(svg: str) -> str:
    """Letters used once are drawn in their places, neighbours in one path; others are defined, under a short name."""
    outlines = {name: _letter(path) for name, path in _GLYPH.findall(svg)}
    uses: dict[str, int] = {}
    for name, _x, _y in _USE.findall(svg):
        uses[name] = uses.get(name, 0) + 1
    short = {name: f"g{place}" for place, name in enumerate(outlines)}

    def definition(found: re.Match) -> str:
        name = found[1]
        if uses.get(name) == 1:
            return ""
        return f'<path id="{short[name]}" d="{outlines[name]}" transform="scale({_SCALE})"/>'

    def use(found: re.Match) -> str:
        name, x, y = found[1], *(_short(float(found[place] or 0), 1) for place in (2, 3))
        if not outlines.get(name):
            return ""
        if uses[name] == 1:
            outline = _START.sub(lambda start: _moved(start, float(x), float(y)), outlines[name], count=1)
            return f'<path d="{outline}{_END}'
        at = "".join(f' {axis}="{value}"' for axis, value in (("x", x), ("y", y)) if value != "0")
        return f'<use href="#{short[name]}"{at}/>'

    svg = _GLYPH.sub(definition, svg).replace("<defs></defs>", "")
    return _USE.sub(use, svg).replace(f'{_END}<path d="M', "M")


def _moved(start: re.Match, x: float, y: float) -> str:
    return f"M{int(start[1]) + round(x / _SCALE)},{int(start[2]) + round(y / _SCALE)}"


def _style(style: str) -> str:
    kept = [part.strip().replace(": ", ":") for part in style.split(";")]
    return ";".join(part for part in kept if part and part not in _DEFAULTS)


_DEFAULTS = ("stroke-linejoin:miter", "stroke-linecap:butt")


def _without_bare_groups(svg: str) -> str:
    """Groups that carry nothing are taken out, both ends."""
    out, carries = [], []
    for piece in re.split(r"(<g(?: [^>]*)?/?>|</g>)", svg):
        if piece == "</g>":
            if carries.pop():
                out.append(piece)
            continue
        if piece.startswith("<g") and not piece.endswith("/>") and re.match(r"<g[ >]", piece):
            carries.append(piece != "<g>")
            if piece == "<g>":
                continue
        out.append(piece)
    return "".join(out)


@lru_cache(maxsize=4096)
def _letter(path: str) -> str:
    return _relative(path, 1, 6400 * _SCALE / 100)


def _relative(path: str, steps: int, divisor: float = 1) -> str:
    """The same path in relative commands, numbers as whole multiples of 1 / `steps`."""
    out: list[str] = []
    tokens = _TOKEN.findall(path)
    here, start, place, last = (0, 0), (0, 0), 0, ""
    while place < len(tokens):
        command = tokens[place]
        place += 1
        if command == "z":
            out.append("z")
            here, last = start, "z"
            continue
        count = {"M": 2, "L": 2, "Q": 4, "C": 6}[command]
        values = [round(float(token) / divisor * steps) for token in tokens[place : place + count]]
        place += count
        moved = [value - here[at % 2] for at, value in enumerate(values)]
        here = (values[-2], values[-1])
        if command == "M":
            start = here
        elif command == "L" and moved == [0, 0]:
            continue
        letter = command.lower()
        out.append(_numbers("" if letter == last and letter != "m" else letter, moved, steps))
        last = letter
    return "".join(out)


def _numbers(letter: str, values: list[int], steps: int) -> str:
    text = letter
    for place, value in enumerate(values):
        number = str(value) if steps == 1 else _short(value / steps, 2)
        needs_comma = not number.startswith("-") and (place > 0 or not letter)
        text += f",{number}" if needs_comma else number
    return text


def _short(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
