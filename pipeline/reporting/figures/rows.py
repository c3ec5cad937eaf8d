"""Rows with words: a table around them on the desk, above each on the phone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.reporting.figures.axes import Point, draw_line
from pipeline.reporting.figures.sheet import Line, Sheet, height_of
from pipeline.reporting.figures.style import INK, LABEL, LINE, MUTED, RULE, SMALL, width, wrap

# Points between two columns, and at most of the column of the names and of another.
COLUMN_GAP, NAME_WIDEST, WIDEST = 11, 136, 92


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


def tabled(
    sheet: Sheet,
    heads: Sequence[str],
    cells: Sequence[Sequence[str]],
    ends: Sequence[tuple[float, float]],
    place: int,
    right: Collection[int] = (),
) -> list[Slot]:
    """Rows of one line each where the words allow it, under heads, as a table with the drawn rows as one of its columns.

    place: the column that the rows are drawn in, of which only the head is written. right: the columns of numbers.
    """
    table = [heads, *cells]
    most = [max(width(row[column], SMALL) for row in table) for column in range(len(heads))]
    wide = [min(each + 3, WIDEST if column else NAME_WIDEST) for column, each in enumerate(most)]
    wide[place] = 72 * sheet.width - sum(wide) + wide[place] - COLUMN_GAP * (len(heads) - 1)
    texts = [[wrap(cell, SMALL, room) for cell, room in zip(row, wide, strict=True)] for row in table]
    heights = [max(len(lines) for lines in row) * SMALL * LINE / 72 + 0.075 for row in texts]
    sheet.open(sum(heights))
    lefts = [sum(wide[:column]) + COLUMN_GAP * column for column in range(len(heads))]
    axes, top, slots = sheet.inches(), sum(heights), []
    for number, (row, height) in enumerate(zip(texts, heights, strict=True)):
        middle, color = top - height / 2, INK if number else MUTED
        for column, lines in enumerate(row):
            is_right = column in right
            x = (lefts[column] + wide[column] * is_right) / 72 + (0 if is_right else 0.02)
            style = {"ha": "right" if is_right else "left", "va": "center", "linespacing": 1.05}
            sheet.text(x, middle, "\n".join(lines), size=SMALL, color=color, **style)
        top -= height
        draw_line(axes, [0.02, sheet.width - 0.02], [top, top], RULE, 0.5, zorder=0)
        if number:
            slots.append(
                Slot(lefts[place] / 72, wide[place] / 72, middle, height / 2 - 0.025, ends[number - 1])
            )
    return slots


def below_words(sheet: Sheet, words: Sequence[Words], ends: Sequence[tuple[float, float]]) -> list[Slot]:
    """Each row below its words."""
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
