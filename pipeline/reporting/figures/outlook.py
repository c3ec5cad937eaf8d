"""Where the year will end: for each target one bullet on its own scale, its numbers beside it."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.reference import Indicator
from pipeline.reporting.figures.axes import draw_areas, draw_lines, draw_marks
from pipeline.reporting.figures.drawn import counted, figure_data, target_text
from pipeline.reporting.figures.rows import Words, below_words, tabled, with_margin
from pipeline.reporting.figures.sheet import PAGE_WIDE, Folder, Sheet
from pipeline.reporting.figures.style import BLUE, INK, MUTED, PAPER, RANGE, RANGE_EDGE, RULE
from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.shown.records import Projection, ShownArea, YearOutlook
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.numbering import Drawn
from pipeline.reporting.text.wording import probability, short_window, span
from pipeline.words.names import capital
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator

LIKELY = 0.9
KINDS = ("likely", "unlikely", "open")  # as in the names of messages


@dataclass(frozen=True)
class Bullet:
    """A row of the figure: what is known and projected of an indicator with its target, and the words for it.

    `cells` say the same in the columns of the desk, the drawn one among them left empty.
    """

    row: YearOutlook
    known: Projection
    name: str
    target: str
    projection: str
    chance: str
    cells: list[str]
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
        return with_margin(shown)


def outlook(facts: ShownArea, report: ReportContext, folder: Folder) -> Drawn | None:
    """Every indicator with a target; where there is no target at all, the four of every report."""
    _, rows = report.say, _rows(facts, report)
    if not rows:
        return None
    so_far, year = short_window(_, "ytd", facts.month), facts.month.year
    bullets = [_bullet(*row, report) for row in rows]
    has_targets = any(bullet.targets for bullet in bullets)
    title = (
        _target_title(_, [bullet.row for bullet in bullets])
        if has_targets
        else _growth_title(_, facts.outlook.get("natural_growth_rate"))
    )
    subtitle = "figures.outlook.subtitle_with_target" if has_targets else "figures.outlook.subtitle"
    caption = "figures.outlook.caption_with_target" if has_targets else "figures.outlook.caption"
    subtitle, caption = _(subtitle, year=year, so_far=so_far), _(caption, so_far=so_far)
    target, probability_met = ("labels.target", "labels.probability_of_target") if has_targets else ("", "")
    heads = ["labels.indicator", target, "", "labels.outlook", "labels.interval_95_short", probability_met]
    written = [_(head) if head else "" for head in heads]
    folder.draw("outlook", title, subtitle, lambda sheet: _draw(sheet, written, bullets), PAGE_WIDE)
    alt = _(
        "figures.outlook.alt",
        finding=title,
        rows=_("language.list_separator_long").join(_spoken(bullet, report) for bullet in bullets),
    )
    columns = ["labels.outlook", "labels.interval_80", "labels.interval_95_short"]
    columns += ["labels.target", "labels.probability_of_target"] if has_targets else []
    header = [_("labels.indicator"), _("labels.so_far", so_far=so_far), *map(_, columns)]
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
    kinds = [_kind(chance) for chance in chances]
    counts = [(_(f"figures.outlook.count_{kind}"), kinds.count(kind)) for kind in KINDS]
    return _("figures.outlook.title_targets", parts=counted(_, *counts))


def _kind(chance: float) -> str:
    return "likely" if chance >= LIKELY else "unlikely" if chance <= 1 - LIKELY else "open"


def _growth_title(_: Translator, growth: YearOutlook | None) -> str:
    """Without targets: what the year will bring, as far as the interval allows to say."""
    known = growth and growth.projection
    if known is None:
        return _("labels.outlook")
    way = "growing" if known.lower_95 > 0 else "shrinking" if known.upper_95 < 0 else "unclear"
    return _(f"figures.outlook.title_{way}", value=number(known.median, 2))


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
    name, value = capital(report.label(spec.name)), f"{number(known.median, decimals)}{unit}"
    interval = span(_, known.lower_95, known.upper_95, decimals)
    met = "" if chance is None else probability(_, chance)
    return Bullet(
        row,
        known,
        name,
        _("figures.target", target=target) if target else "",
        _("figures.outlook.projected", value=value, interval=interval),
        _("figures.outlook.probability", probability=met) if met else "",
        [name, target, "", value, interval, met],
        is_count=spec.method == "count",
    )


def _spoken(bullet: Bullet, report: ReportContext) -> str:
    parts = [part[0].lower() + part[1:] for part in (bullet.target, bullet.projection, bullet.chance) if part]
    return report.say(
        "figures.outlook.alt_row", name=bullet.name, words=report.say("language.clause_separator").join(parts)
    )


def _draw(sheet: Sheet, heads: Sequence[str], bullets: Sequence[Bullet]) -> None:
    """Target zone shaded to its open side, 95 % thin, 80 % thick, median as a dot, so far as a hollow diamond or a bar."""
    ends = [one.ends for one in bullets]
    if sheet.is_narrow:
        words = [Words(one.name, one.target, one.projection, one.chance) for one in bullets]
        slots = below_words(sheet, words, ends)
    else:
        slots = tabled(sheet, heads, [one.cells for one in bullets], ends, place=2, right=(3,))
    rows = [*zip(bullets, slots, strict=True)]
    axes = sheet.inches()

    def stretch(ends: Sequence[tuple[float, float]], color: str, line_width: float, zorder: float) -> None:
        lines = [[(slot.x(end), slot.middle) for end in both] for slot, both in zip(slots, ends, strict=True)]
        draw_lines(axes, lines, color, line_width, zorder=zorder)

    zones, bars, targets, so_far = [], [], [], []
    for bullet, slot in rows:
        facts = bullet.row
        low, high = bullet.ends
        targets += [(slot.x(end), slot) for end in bullet.targets]
        if bullet.targets:
            left = low if facts.target_lower is None else facts.target_lower
            right = high if facts.target_upper is None else facts.target_upper
            zones.append(slot.bar(left, right, slot.half))
        if facts.value_so_far is not None and bullet.is_count:
            bars.append(slot.bar(0, facts.value_so_far, 0.4 * slot.half))
        elif facts.value_so_far is not None:
            so_far.append((slot.x(facts.value_so_far), slot.middle))
    stretch([bullet.ends for bullet in bullets], RULE, 0.6, 0)
    draw_areas(axes, zones, RANGE, zorder=1)
    posts = [[(x, slot.middle - slot.half), (x, slot.middle + slot.half)] for x, slot in targets]
    draw_lines(axes, posts, INK, 1.3, zorder=2)
    draw_marks(axes, [post[1] for post in posts], "v", 4, INK, zorder=2)
    draw_areas(axes, bars, RANGE_EDGE, zorder=2)
    projections = [bullet.known for bullet in bullets]
    stretch([(one.lower_95, one.upper_95) for one in projections], BLUE, 1.3, 3)
    stretch([(one.lower_80, one.upper_80) for one in projections], BLUE, 4.2, 3)
    draw_marks(axes, so_far, "D", 5, PAPER, MUTED, zorder=4)
    medians = [(slot.x(bullet.known.median), slot.middle) for bullet, slot in rows]
    draw_marks(axes, medians, "o", 6, BLUE, PAPER, zorder=5)
