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
from pipeline.reporting.shown.records import ShownArea, YearOutlook
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.wording import UNKNOWN, capital, number, probability, short_window, span
from pipeline.words.translations import Translator

LIKELY = 0.9


@dataclass(frozen=True)
class Bullet:
    """A row of the figure: what is known and projected of an indicator with its target, and the words beside it."""

    row: YearOutlook
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
        shown = [row.lower_95, row.upper_95, *self.targets, *([0.0] if self.is_count else [])]
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
    bullets = [_bullet(row, spec, report) for row, spec in rows]
    has_targets = any(_has_target(row) for row, _spec in rows)
    if has_targets:
        title = _target_title(_, [row for row, _spec in rows])
        subtitle = _("figures.outlook.subtitle_with_target", year=year, so_far=so_far)
        caption = _(
            "figures.outlook.caption_with_target",
            so_far=so_far,
        )
    else:
        title = _growth_title(_, facts.outlook.get("natural_growth_rate"))
        subtitle = _("figures.outlook.subtitle", year=year, so_far=so_far)
        caption = _(
            "figures.outlook.caption",
            so_far=so_far,
        )
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
            number(row.projected, spec.decimals),
            span(_, row.lower_80, row.upper_80, spec.decimals),
            span(_, row.lower_95, row.upper_95, spec.decimals),
            target_text(_, row.target_lower, row.target_upper, "") if _has_target(row) else UNKNOWN,
            UNKNOWN if row.probability_met is None else probability(_, row.probability_met),
        ][: len(header)]
        for bullet, (row, spec) in zip(bullets, rows, strict=True)
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
    if growth is None or growth.withheld:
        return _("labels.outlook")
    value = number(growth.projected, 2)
    if growth.lower_95 > 0:
        return _("figures.outlook.title_growing", value=value)
    if growth.upper_95 < 0:
        return _("figures.outlook.title_shrinking", value=value)
    return _("figures.outlook.title_unclear", value=value)


def _rows(facts: ShownArea, report: ReportContext) -> list[tuple[YearOutlook, Indicator]]:
    rows = [
        (row, spec)
        for name, spec in report.indicators.items()
        if (row := facts.outlook.get(name)) and row.months_left and not row.withheld
    ]
    with_target = [(row, spec) for row, spec in rows if _has_target(row)]
    return with_target or [(row, spec) for row, spec in rows if spec.name in REPORTED]


def _has_target(row: YearOutlook) -> bool:
    return row.target_lower is not None or row.target_upper is not None


def _bullet(row: YearOutlook, spec: Indicator, report: ReportContext) -> Bullet:
    _, decimals = report.say, spec.decimals
    unit = spec.unit.zh if spec.unit.zh in ("‰", "%") else ""
    target = target_text(_, row.target_lower, row.target_upper, unit) if _has_target(row) else ""
    chance = row.probability_met
    return Bullet(
        row,
        capital(report.label(spec.name)),
        _("figures.target", target=target) if target else "",
        _(
            "figures.outlook.projected",
            value=f"{number(row.projected, decimals)}{unit}",
            interval=span(_, row.lower_95, row.upper_95, decimals),
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
            zone = (
                end if end is not None else edge
                for end, edge in ((facts.target_lower, low), (facts.target_upper, high))
            )
            zones.append(row.bar(*zone, row.half))
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
    stretch([(row.bullet.row.lower_95, row.bullet.row.upper_95) for row in rows], BLUE, 1.3, 3)
    stretch([(row.bullet.row.lower_80, row.bullet.row.upper_80) for row in rows], BLUE, 4.2, 3)
    draw_marks(axes, so_far, "D", 5, PAPER, MUTED, zorder=4)
    draw_marks(
        axes, [(row.x(row.bullet.row.projected), row.middle) for row in rows], "o", 6, BLUE, PAPER, zorder=5
    )
