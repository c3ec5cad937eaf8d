"""Outlines as the `d` of an SVG path, as short as they can be: whole steps, relative, straight where they look straight."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.path import Path

COMMANDS = {Path.MOVETO: ("M", 1), Path.LINETO: ("L", 1), Path.CURVE3: ("Q", 2), Path.CURVE4: ("C", 3)}
Command = tuple[str, list[tuple[int, int]]]


def path_data(path: Path, tolerance: float, steps: int = 1) -> str:
    """`d` of a path whose numbers are whole steps already; a printed unit is so many `steps`.

    Points and bends that lie nearer to the straight line than `tolerance` steps are left out.
    """
    return relative(_straightened(_commands(path), tolerance), steps)


def _commands(path: Path) -> list[Command]:
    points = np.rint(path.vertices).astype(int).tolist()
    if path.codes is None:
        return [("M" if place == 0 else "L", [tuple(point)]) for place, point in enumerate(points)]
    commands, place, codes = [], 0, path.codes.tolist()
    while place < len(codes):
        if codes[place] == Path.STOP:
            break
        if codes[place] == Path.CLOSEPOLY:
            commands.append(("Z", []))
            place += 1
            continue
        letter, count = COMMANDS[codes[place]]
        commands.append((letter, [tuple(point) for point in points[place : place + count]]))
        place += count
    return commands


def _straightened(commands: list[Command], tolerance: float) -> list[Command]:
    out: list[Command] = []
    line: list[tuple[int, int]] = []  # the run of straight lines so far, from its start

    def end_line() -> None:
        if len(line) > 1:
            out.extend(("L", [point]) for point in thinned(line, tolerance)[1:])

    here = start = (0, 0)
    for letter, points in commands:
        if letter in "QC" and all(_distance(point, here, points[-1]) <= tolerance for point in points[:-1]):
            letter, points = "L", points[-1:]
        if letter == "C" and _bend_left_over(here, *points) <= tolerance:
            letter, points = "Q", [_control(here, *points), points[-1]]
        if letter == "L":
            line = line or [here]
            line.append(points[0])
            here = points[0]
            continue
        if letter == "Z" and len(line) > 1 and line[-1] == start:
            line.pop()
        end_line()
        line = []
        out.append((letter, points))
        here = points[-1] if points else start
        start = here if letter == "M" else start
    end_line()
    return out


def _control(*points: tuple[int, int]) -> tuple[int, int]:
    """Of the quadratic curve that a cubic one with these four points nearly is."""
    x, y = (round((3 * (b + c) - a - d) / 4) for a, b, c, d in zip(*points, strict=True))
    return x, y


def _bend_left_over(*points: tuple[int, int]) -> float:
    """How far at most a cubic curve lies from that quadratic one: |d - 3c + 3b - a| √3 / 36.

    Reference: T. Sederberg, Computer Aided Geometric Design (2012), degree reduction of Bézier curves.
    """
    dx, dy = (d - 3 * c + 3 * b - a for a, b, c, d in zip(*points, strict=True))
    return 3**0.5 / 36 * (dx * dx + dy * dy) ** 0.5


def thinned(points: Sequence[tuple[int, int]], tolerance: float) -> list[tuple[int, int]]:
    """Douglas and Peucker's polyline: no point left out lies farther than `tolerance` from the lines kept.

    Reference: D. Douglas and T. Peucker, Cartographica 10 (1973) 112-122.
    """
    kept, open_spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while open_spans:
        first, last = open_spans.pop()
        far, at = tolerance, 0
        for place in range(first + 1, last):
            distance = _distance(points[place], points[first], points[last])
            if distance > far:
                far, at = distance, place
        if at:
            kept.add(at)
            open_spans += [(first, at), (at, last)]
    return [points[place] for place in sorted(kept)]


def _distance(point: tuple[int, int], start: tuple[int, int], end: tuple[int, int]) -> float:
    """Of a point from the stretch between two others."""
    dx, dy, x, y = end[0] - start[0], end[1] - start[1], point[0] - start[0], point[1] - start[1]
    length = dx * dx + dy * dy
    share = min(max((x * dx + y * dy) / length, 0), 1) if length else 0
    return ((x - share * dx) ** 2 + (y - share * dy) ** 2) ** 0.5


def relative(commands: Sequence[Command], steps: int) -> str:
    """The commands relative to where the pen is; along an axis only the one number that changes."""
    out: list[str] = []
    here, start, last = (0, 0), (0, 0), ""
    for command, points in commands:
        if command == "Z":
            out.append("z")
            here, last = start, "z"
            continue
        moved = [part - here[axis] for point in points for axis, part in enumerate(point)]
        here = points[-1]
        letter = command.lower()
        if command == "M":
            start = here
        elif command == "L":
            if moved == [0, 0] and last != "m":
                continue
            if 0 in moved:
                letter, moved = ("h", moved[:1]) if moved[1] == 0 else ("v", moved[1:])
        out.append(_numbers("" if letter == last and letter != "m" else letter, moved, steps))
        last = letter
    return "".join(out)


def _numbers(letter: str, values: Sequence[int], steps: int) -> str:
    text = letter
    for place, value in enumerate(values):
        number = str(value) if steps == 1 else decimal(value, steps)
        text += number if number[0] == "-" or (letter and place == 0) else f",{number}"
    return text


def decimal(value: int, steps: int = 10) -> str:
    """So many tenths (or other steps) as a number, without a nought that says nothing."""
    whole, part = divmod(abs(value), steps)
    sign = "-" if value < 0 else ""
    if not part:
        return f"{sign}{whole}"
    digits = f"{part / steps:.3f}"[1:].rstrip("0")
    return f"{sign}{whole or ''}{digits}"
