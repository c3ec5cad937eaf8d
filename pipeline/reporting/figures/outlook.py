"""Where the year will end: for each target one bullet on its own scale, its words beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reference import Indicator
from pipeline.reporting.figures.axes import Point, draw_areas, draw_lines, draw_marks
from pipeline.reporting.figures.drawn import Drawn, counted, figure_data, target_text
from pipeline.reporting.figures.sheet import Folder, Line, Sheet, height_of
from pipeline.reporting.figures.style import (
    BLUE,
    INK,
    LABEL,
    MUTED,
    PAPER,
    RANGE,
    RANGE_EDGE,
    RULE,
    SMALL,
    width,
    wrap,
)
from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.shown.records import Projection, ShownArea, YearOutlook
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.wording import capital, probability, short_window, span
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator

LIKELY = 0.9


@dataclass(frozen=True)
class Bullet:
    """A row of the figure: what is known and projected of an indicator with its target, and the words beside it."""

    row: YearOutlook
    known: Projection
    name: str
    target: str
    projection: str
    chance: str
    is_count: bool

    @property
    def targets(self) -> list[float]:
        return [end for end in (self.row.target_lower, self.row.target_upper) if end is not None]

    @property
    def ends(self) -> tuple[float, float]:
        """The values at both ends of its scale; each bullet has its own."""
        row = self.row
        shown = [self.known.lower_95, self.known.upper_95, *self.targets, *([0.0] if self.is_count else [])]
        shown += [] if row.value_so_far is None else [row.value_so_far]
        margin = 0.08 * ((max(shown) - min(shown)) or 1)
        return min(shown) - margin, max(shown) + margin


@dataclass(frozen=True)
class Row:
    """Where a bullet is drawn: its left end, width, middle and half height, in inches."""

    bullet: Bullet
    left: float
    width: float
    middle: float
    half: float

    def x(self, value: float) -> float:
        low, high = self.bullet.ends
        return self.left + (value - low) / (high - low) * self.width

    def bar(self, left: float, right: float, half: float) -> list[Point]:
        """The corners of a bar between two values."""
        left, right, top, bottom = self.x(left), self.x(right), self.middle + half, self.middle - half
        return [(left, bottom), (right, bottom), (right, top), (left, top)]


def outlook(facts: ShownArea, report: ReportContext, folder: Folder) -> Drawn | None:
    """Every indicator with a target; where there is no target at all, the four of every report."""
    _, rows = report.say, _rows(facts, report)
    if not rows:
        return None
    so_far, year = short_window(_, "ytd", facts.month), facts.month.year
    bullets = [_bullet(row, known, spec, report) for row, known, spec in rows]
    has_targets = any(bullet.targets for bullet in bullets)
    if has_targets:
        title = _target_title(_, [bullet.row for bullet in bullets])
        subtitle = _("figures.outlook.subtitle_with_target", year=year, so_far=so_far)
        caption = _("figures.outlook.caption_with_target", so_far=so_far)
    else:
        title = _growth_title(_, facts.outlook.get("natural_growth_rate"))
        subtitle = _("figures.outlook.subtitle", year=year, so_far=so_far)
        caption = _("figures.outlook.caption", so_far=so_far)
    folder.draw("outlook", title, subtitle, lambda sheet: _draw(sheet, bullets))
    alt = _(
        "figures.outlook.alt",
        finding=title,
        rows=_("language.list_separator_long").join(_spoken(bullet, report) for bullet in bullets),
    )
    header = [
        _("labels.indicator"),
        _("labels.so_far", so_far=so_far),
        _("labels.outlook"),
        _("labels.interval_80"),
        _("labels.interval_95_short"),
    ]
    header += [_("labels.target"), _("labels.probability_of_target")] if has_targets else []
    cells = [
        [
            escape(bullet.name),
            number(row.value_so_far, spec.decimals),
            number(known.median, spec.decimals),
            span(_, known.lower_80, known.upper_80, spec.decimals),
            span(_, known.lower_95, known.upper_95, spec.decimals),
            target_text(_, row.target_lower, row.target_upper, "") if bullet.targets else UNKNOWN,
            UNKNOWN if row.probability_met is None else probability(_, row.probability_met),
        ][: len(header)]
        for bullet, (row, known, spec) in zip(bullets, rows, strict=True)
    ]
    return Drawn(title, subtitle, caption, alt, figure_data(_, subtitle, header, cells))


def _target_title(_: Translator, rows: Sequence[YearOutlook]) -> str:
    chances = [row.probability_met for row in rows if row.probability_met is not None]
    if not chances:
        return _("labels.outlook")
    parts = counted(
        _,
        (_("figures.outlook.count_likely"), sum(chance >= LIKELY for chance in chances)),
        (_("figures.outlook.count_unlikely"), sum(chance <= 1 - LIKELY for chance in chances)),
        (_("figures.outlook.count_open"), sum(1 - LIKELY < chance < LIKELY for chance in chances)),
    )
    return _("figures.outlook.title_targets", parts=parts)


def _growth_title(_: Translator, growth: YearOutlook | None) -> str:
    """Without targets: what the year will bring, as far as the interval allows to say."""
    known = growth and growth.projection
    if known is None:
        return _("labels.outlook")
    value = number(known.median, 2)
    if known.lower_95 > 0:
        return _("figures.outlook.title_growing", value=value)
    if known.upper_95 < 0:
        return _("figures.outlook.title_shrinking", value=value)
    return _("figures.outlook.title_unclear", value=value)


def _rows(facts: ShownArea, report: ReportContext) -> list[tuple[YearOutlook, Projection, Indicator]]:
    rows = [
        (row, row.projection, spec)
        for name, spec in report.indicators.items()
        if (row := facts.outlook.get(name)) and row.months_left and row.projection
    ]
    with_target = [row for row in rows if (row[0].target_lower, row[0].target_upper) != (None, None)]
    return with_target or [row for row in rows if row[-1].name in REPORTED]


def _bullet(row: YearOutlook, known: Projection, spec: Indicator, report: ReportContext) -> Bullet:
    _, decimals, chance = report.say, spec.decimals, row.probability_met
    unit = spec.unit.zh if spec.unit.zh in ("‰", "%") else ""
    has_target = (row.target_lower, row.target_upper) != (None, None)
    target = target_text(_, row.target_lower, row.target_upper, unit) if has_target else ""
    return Bullet(
        row,
        known,
        capital(report.label(spec.name)),
        _("figures.target", target=target) if target else "",
        _(
            "figures.outlook.projected",
            value=f"{number(known.median, decimals)}{unit}",
            interval=span(_, known.lower_95, known.upper_95, decimals),
        ),
        "" if chance is None else _("figures.outlook.probability", probability=probability(_, chance)),
        is_count=spec.method == "count",
    )


def _spoken(bullet: Bullet, report: ReportContext) -> str:
    parts = [part[0].lower() + part[1:] for part in (bullet.target, bullet.projection, bullet.chance) if part]
    return report.say(
        "figures.outlook.alt_row", name=bullet.name, words=report.say("language.clause_separator").join(parts)
    )


def _draw(sheet: Sheet, bullets: Sequence[Bullet]) -> None:
    """Words left and right of each bullet on the desk, above it on the phone."""
    if sheet.is_narrow:
        _draw_bullets(sheet, _below_words(sheet, bullets))
        return
    name_width, words_width, row = 1.72, 2.25, 0.36
    sheet.open(row * len(bullets) + 0.06)
    right, rows = sheet.width - words_width, []
    for index, bullet in enumerate(bullets):
        middle = row * (len(bullets) - 0.5 - index) + 0.06
        for x, room, texts in (
            (0.04, name_width - 0.15, (bullet.name, bullet.target)),
            (right + 0.15, words_width - 0.2, (bullet.projection, bullet.chance)),
        ):
            lines = _lines(72 * room, (texts[0], LABEL, INK), (texts[1], SMALL, MUTED))
            sheet.write(x, middle + height_of(lines) / 2, lines)
        rows.append(Row(bullet, name_width, right - name_width, middle, row / 2 - 0.06))
    _draw_bullets(sheet, rows)


def _below_words(sheet: Sheet, bullets: Sequence[Bullet]) -> list[Row]:
    points = 72 * sheet.width - 8
    texts = [
        _lines(
            points,
            *_together(points, (bullet.name, bullet.target), LABEL, INK),
            *_together(points, (bullet.projection, bullet.chance), SMALL, MUTED),
        )
        for bullet in bullets
    ]
    heights = [height_of(lines) + 0.46 for lines in texts]
    top, rows = sum(heights), []
    sheet.open(top)
    for bullet, lines, height in zip(bullets, texts, heights, strict=True):
        sheet.write(0.04, top - 0.06, lines)
        rows.append(Row(bullet, 0.06, sheet.width - 0.12, top - height + 0.2, 0.14))
        top -= height
    return rows


def _lines(points: float, *texts: Line) -> list[Line]:
    return [(line, size, color) for text, size, color in texts if text for line in wrap(text, size, points)]


def _together(points: float, texts: Sequence[str], size: float, color: str) -> list[Line]:
    """On one line if they fit, else each on its own."""
    joined = "　".join(text for text in texts if text)
    return [(text, size, color) for text in ([joined] if width(joined, size) <= points else texts)]


def _draw_bullets(sheet: Sheet, rows: Sequence[Row]) -> None:
    """Target zone shaded to its open side, 95 % thin, 80 % thick, median as a dot, so far as a hollow diamond or a bar."""
    axes = sheet.inches()

    def stretch(ends: Sequence[tuple[float, float]], color: str, line_width: float, zorder: float) -> None:
        lines = [[(row.x(end), row.middle) for end in both] for row, both in zip(rows, ends, strict=True)]
        draw_lines(axes, lines, color, line_width, zorder=zorder)

    zones, bars, targets, so_far = [], [], [], []
    for row in rows:
        bullet, facts = row.bullet, row.bullet.row
        low, high = bullet.ends
        targets += [(row.x(end), row) for end in bullet.targets]
        if bullet.targets:
            left = low if facts.target_lower is None else facts.target_lower
            right = high if facts.target_upper is None else facts.target_upper
            zones.append(row.bar(left, right, row.half))
        if facts.value_so_far is not None and bullet.is_count:
            bars.append(row.bar(0, facts.value_so_far, 0.4 * row.half))
        elif facts.value_so_far is not None:
            so_far.append((row.x(facts.value_so_far), row.middle))
    stretch([row.bullet.ends for row in rows], RULE, 0.6, 0)
    draw_areas(axes, zones, RANGE, zorder=1)
    posts = [[(x, row.middle - row.half), (x, row.middle + row.half)] for x, row in targets]
    draw_lines(axes, posts, INK, 1.3, zorder=2)
    draw_marks(axes, [post[1] for post in posts], "v", 4, INK, zorder=2)
    draw_areas(axes, bars, RANGE_EDGE, zorder=2)
    projections = [row.bullet.known for row in rows]
    stretch([(one.lower_95, one.upper_95) for one in projections], BLUE, 1.3, 3)
    stretch([(one.lower_80, one.upper_80) for one in projections], BLUE, 4.2, 3)
    draw_marks(axes, so_far, "D", 5, PAPER, MUTED, zorder=4)
    medians = [(row.x(row.bullet.known.median), row.middle) for row in rows]
    draw_marks(axes, medians, "o", 6, BLUE, PAPER, zorder=5)
