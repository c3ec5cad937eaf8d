"""The profile of an area: every indicator with its value and interval, the spread of its level, target and verdict.

In the manner of the spine charts of Fingertips (Office for Health Improvement and Disparities): one row an indicator,
each on its own scale; the bar is the range of all areas of the level, its darker part the middle half of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.reference import Indicator
from pipeline.reporting.figures.axes import draw_areas, draw_lines, draw_marks
from pipeline.reporting.figures.drawn import counted, figure_data, target_text
from pipeline.reporting.figures.rows import Words, below_words, tabled, with_margin
from pipeline.reporting.figures.sheet import PAGE_WIDE, Folder, Sheet
from pipeline.reporting.figures.style import BLUE, INK, PALE, PAPER, RANGE_EDGE, RULE, RUST
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import (
    FALLING,
    HIGHER,
    LIKELY_MISSED,
    LOWER,
    MISSED,
    RISING,
    UNCLEAR,
    Estimate,
    Known,
)
from pipeline.reporting.shown.peers import Spread
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.numbering import Drawn
from pipeline.reporting.text.verdicts import against_range, against_target, changed, word
from pipeline.reporting.text.wording import sentences, short_window, span
from pipeline.words.names import capital
from pipeline.words.numbers import UNKNOWN, number
from pipeline.words.translations import Translator

ARROWS = {RISING: "↑", FALLING: "↓"}
NOTABLE = {
    "normal_range": (HIGHER, LOWER),
    "target": (MISSED, LIKELY_MISSED),
    "siblings": (HIGHER, LOWER),
    "change": (RISING, FALLING),
}


@dataclass(frozen=True)
class Entry:
    """An indicator of the profile: its value, what it is held against, how its level spreads, and what is said of it.

    `cells` say it in the columns of the desk, the drawn one among them left empty; `words` on the phone.
    """

    spec: Indicator
    estimate: Estimate
    known: Known
    spread: Spread | None
    held_against: tuple[float | None, float | None]
    words: Words
    cells: list[str]
    is_notable: bool

    @property
    def marks(self) -> list[float]:
        return [end for end in self.held_against if end is not None]

    @property
    def ends(self) -> tuple[float, float]:
        spread = [self.spread.lowest, self.spread.highest] if self.spread else []
        return with_margin([*self.known, *spread, *self.marks])


def profile(
    facts: ShownArea, report: ReportContext, spreads: Mapping[str, Spread], folder: Folder
) -> Drawn | None:
    """Every indicator that is shown, but for counts: they differ with the size of an area."""
    _ = report.say
    entries = [
        entry
        for name in report.reported_first
        if (entry := _entry(facts, report, name, spreads.get(name))) is not None
    ]
    if len(entries) < 2:
        return None
    # without areas beside it there is no spread to be seen, and none is spoken of
    title, subtitle = (
        _title(_, facts, entries),
        _("figures.profile.subtitle")
        if any(entry.spread for entry in entries)
        else _("figures.profile.subtitle_alone"),
    )
    heads = [
        _("labels.indicator"),
        _("figures.profile.column_against"),
        _("figures.profile.column_drawn") if any(entry.spread for entry in entries) else "",
        _("labels.value"),
        _("labels.interval_95_short"),
        _("figures.profile.column_change"),
        _("targets.column_verdict"),
    ]
    folder.draw("profile", title, subtitle, lambda sheet: _draw(sheet, heads, entries), PAGE_WIDE)
    header = [
        _("labels.indicator"),
        _("labels.value"),
        _("labels.interval_95"),
        _("figures.profile.column_spread"),
        _("figures.profile.column_against"),
        _("targets.column_verdict"),
    ]
    cells = [
        [
            escape(entry.words.name),
            number(entry.known.value, entry.spec.decimals),
            span(_, entry.known.lower, entry.known.upper, entry.spec.decimals),
            span(_, entry.spread.lowest, entry.spread.highest, entry.spec.decimals)
            if entry.spread
            else UNKNOWN,
            escape(entry.words.against) or UNKNOWN,
            escape(entry.words.remark) or UNKNOWN,
        ]
        for entry in entries
    ]
    rows = _("language.list_separator_long").join(
        _(
            "figures.outlook.alt_row",
            name=entry.words.name,
            words=_("language.clause_separator").join(
                part for part in (entry.words.value, entry.words.against, entry.words.remark) if part
            ),
        )
        for entry in entries
    )
    alt = _("figures.profile.alt", rows=rows, finding=title)
    has_spread = any(entry.spread for entry in entries)
    caption = [_("figures.profile.caption") if has_spread else _("figures.profile.caption_alone")]
    if any(entry.marks for entry in entries):
        caption.append(_("figures.profile.posts"))
    return Drawn(title, subtitle, sentences(_, caption), alt, figure_data(_, subtitle, header, cells))


def _entry(facts: ShownArea, report: ReportContext, name: str, spread: Spread | None) -> Entry | None:
    spec, estimate = report.indicators[name], facts.headline(name)
    if estimate is None or estimate.known is None or spec.method == "count" or not report.has(name):
        return None
    _, known, decimals = report.say, estimate.known, spec.decimals
    unit = spec.unit.zh if spec.unit.zh in ("‰", "%") else ""
    outlook = facts.outlook.get(name)
    target = (outlook.target_lower, outlook.target_upper) if outlook else (None, None)
    limits, against, held = "", "", target
    if spec.normal_range:
        limits, held = span(_, *spec.normal_range, 0), spec.normal_range
        against = _("figures.normal_range", range=limits)
    elif target != (None, None):
        limits = target_text(_, *target, unit)
        against = _("figures.target", target=limits)
    value, interval = f"{number(known.value, decimals)}{unit}", span(_, known.lower, known.upper, decimals)
    remarks = _remarks(_, facts, name)
    notable = [q for q in ("normal_range", "target", "siblings") if facts.verdict(name, q) in NOTABLE[q]]
    label = capital(report.label(name))
    if estimate.time_window != "rolling_12":  # the others are of twelve months, as the subtitle says
        months = short_window(_, estimate.time_window, facts.month)
        label = _("labels.with_unit", label=label, unit=months)
    with_interval = _("figures.profile.value", value=value, interval=interval)
    separator, change = _("language.clause_separator"), facts.verdict(name, "change")
    words = Words(label, against, with_interval, separator.join(remarks))
    conclusion = separator.join(remark for remark in remarks if remark != changed(_, change))
    cells = [label, limits, "", value, interval, ARROWS.get(change, ""), conclusion]
    return Entry(spec, estimate, known, spread, held, words, cells, bool(notable))


def _remarks(_: Translator, facts: ShownArea, name: str) -> list[str]:
    """The verdicts that say something; where none does, that it is open or nothing stands out."""
    said = {
        "normal_range": against_range,
        "target": against_target,
        "siblings": lambda _, verdict: _("figures.profile.siblings", verdict=word(_, verdict)),
        "change": changed,
    }
    found = {question: facts.verdict(name, question) for question in said}
    remarks = [
        said[question](_, verdict)
        for question, verdict in found.items()
        if verdict in NOTABLE[question]
        or (
            question in ("normal_range", "target")
            and verdict
            and not (question == "target" and found["normal_range"])
        )
    ]
    return remarks or ([_("verdicts.unclear")] if any(v == UNCLEAR for v in found.values()) else [])


def _title(_: Translator, facts: ShownArea, entries: Sequence[Entry]) -> str:
    """How many stand out, and in what."""
    answers = {
        question: [facts.verdict(entry.spec.name, question) for entry in entries] for question in NOTABLE
    }

    def count(question: str, *verdicts: str) -> int:
        return sum(answer in verdicts for answer in answers[question])

    parts = counted(
        _,
        (_("figures.profile.count_outside"), count("normal_range", HIGHER, LOWER)),
        (_("figures.profile.count_missed"), count("target", MISSED, LIKELY_MISSED)),
        (_("figures.profile.count_apart"), count("siblings", HIGHER, LOWER)),
        (_("figures.profile.count_rising"), count("change", RISING)),
        (_("figures.profile.count_falling"), count("change", FALLING)),
    )
    if not parts:
        return _("figures.profile.title_nothing", count=len(entries))
    return _("figures.profile.title", count=len(entries), parts=parts)


def _draw(sheet: Sheet, heads: Sequence[str], entries: Sequence[Entry]) -> None:
    """Range of the level pale, its middle half darker, range or target as posts, the interval and the value on top."""
    ends = [entry.ends for entry in entries]
    if sheet.is_narrow:
        slots = below_words(sheet, [entry.words for entry in entries], ends)
    else:
        slots = tabled(sheet, heads, [entry.cells for entry in entries], ends, place=2, right=(3,))
    rows = [*zip(entries, slots, strict=True)]
    axes = sheet.inches()
    spread = [(entry.spread, slot) for entry, slot in rows if entry.spread]
    draw_lines(
        axes,
        [[(slot.left, slot.middle), (slot.left + slot.width, slot.middle)] for slot in slots],
        RULE,
        0.6,
        zorder=0,
    )
    draw_areas(axes, [slot.bar(one.lowest, one.highest, 0.09) for one, slot in spread], PALE, zorder=1)
    quarters = [slot.bar(one.lower_quarter, one.upper_quarter, 0.09) for one, slot in spread]
    draw_areas(axes, quarters, RANGE_EDGE, alpha=0.6, zorder=2)
    middles = [
        [(slot.x(one.middle), slot.middle - 0.09), (slot.x(one.middle), slot.middle + 0.09)]
        for one, slot in spread
    ]
    draw_lines(axes, middles, PAPER, 1.4, zorder=3)
    posts = [
        [(slot.x(end), slot.middle - slot.half), (slot.x(end), slot.middle + slot.half)]
        for entry, slot in rows
        for end in entry.marks
    ]
    draw_lines(axes, posts, INK, 1.1, zorder=4)
    for is_notable, color in ((False, BLUE), (True, RUST)):
        own = [(entry, slot) for entry, slot in rows if entry.is_notable == is_notable]
        lines = [
            [(slot.x(entry.known.lower), slot.middle), (slot.x(entry.known.upper), slot.middle)]
            for entry, slot in own
        ]
        draw_lines(axes, lines, color, 1.8, zorder=5)
        points = [(slot.x(entry.known.value), slot.middle) for entry, slot in own]
        draw_marks(axes, points, "D" if is_notable else "o", 6, color, PAPER, zorder=6)
