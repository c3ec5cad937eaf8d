"""Rows with words: beside each row on the desk, above it on the phone."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reporting.figures.axes import Point
from pipeline.reporting.figures.sheet import Line, Sheet, height_of
from pipeline.reporting.figures.style import INK, LABEL, MUTED, SMALL, width, wrap


@dataclass(frozen=True)
class Words:
    """What is said of a row: its name and what it is held against, its value and what is made of it."""

    name: str
    against: str
    value: str
    remark: str


@dataclass(frozen=True)
class Slot:
    """Where a row is drawn, in inches: left end, width, middle, half height; and the values at both of its ends."""

    left: float
    width: float
    middle: float
    half: float
    ends: tuple[float, float]

    def x(self, value: float) -> float:
        low, high = self.ends
        return self.left + (value - low) / (high - low) * self.width

    def bar(self, left: float, right: float, half: float) -> list[Point]:
        """The corners of a bar between two values."""
        left, right, top, bottom = self.x(left), self.x(right), self.middle + half, self.middle - half
        return [(left, bottom), (right, bottom), (right, top), (left, top)]


def with_margin(shown: Sequence[float]) -> tuple[float, float]:
    """The ends of a row that shows these values; each row has its own."""
    margin = 0.08 * ((max(shown) - min(shown)) or 1)
    return min(shown) - margin, max(shown) + margin


def laid_out(
    sheet: Sheet, words: Sequence[Words], ends: Sequence[tuple[float, float]], height: float = 0.36
) -> list[Slot]:
    """Open the sheet, write the words of each row, and say where it is to be drawn; `height` of a row on the desk."""
    if sheet.is_narrow:
        return _below_words(sheet, words, ends)
    longest = max(width(said.name, LABEL) for said in words) / 72 + 0.2
    name_width, words_width = min(max(longest, 1.5), 2.1), 2.25
    right, slots = sheet.width - words_width, []
    columns = (
        (0.04, name_width - 0.15, [(said.name, said.against) for said in words]),
        (right + 0.15, words_width - 0.2, [(said.value, said.remark) for said in words]),
    )
    written = [
        (x, [_lines(72 * room, (first, LABEL, INK), (second, SMALL, MUTED)) for first, second in texts])
        for x, room, texts in columns
    ]
    height = max(height, *(height_of(lines) + 0.04 for _x, column in written for lines in column))
    sheet.open(height * len(words) + 0.06)
    middles = [height * (len(words) - 0.5 - index) + 0.06 for index in range(len(words))]
    for x, column in written:
        for middle, lines in zip(middles, column, strict=True):
            sheet.write(x, middle + height_of(lines) / 2, lines)
    for middle, both in zip(middles, ends, strict=True):
        slots.append(Slot(name_width, right - name_width, middle, height / 2 - 0.06, both))
    return slots


def _below_words(sheet: Sheet, words: Sequence[Words], ends: Sequence[tuple[float, float]]) -> list[Slot]:
    points = 72 * sheet.width - 8
    texts = [
        _lines(
            points,
            *_together(points, (said.name, said.against), LABEL, INK),
            *_together(points, (said.value, said.remark), SMALL, MUTED),
        )
        for said in words
    ]
    heights = [height_of(lines) + 0.46 for lines in texts]
    top, slots = sum(heights), []
    sheet.open(top)
    for lines, height, both in zip(texts, heights, ends, strict=True):
        sheet.write(0.04, top - 0.06, lines)
        slots.append(Slot(0.06, sheet.width - 0.12, top - height + 0.2, 0.14, both))
        top -= height
    return slots


def _lines(points: float, *texts: Line) -> list[Line]:
    return [(line, size, color) for text, size, color in texts if text for line in wrap(text, size, points)]


def _together(points: float, texts: Sequence[str], size: float, color: str) -> list[Line]:
    """On one line if they fit, else each on its own."""
    joined = "　".join(text for text in texts if text)
    return [(text, size, color) for text in ([joined] if width(joined, size) <= points else texts)]
