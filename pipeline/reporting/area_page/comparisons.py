"""An area against those around it: the average of its siblings, and its rank."""

from pipeline.reporting.area_page.report_tables import value_and_interval, with_unit
from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.shown.estimate import HIGHER, LOWER
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.shown.rule import INCOMPLETE, TOO_FEW_AREAS
from pipeline.reporting.text.absent import shown_or_absent
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.verdicts import points_of, word
from pipeline.reporting.text.wording import probability, short_window
from pipeline.words.numbers import number

TWELVE_MONTHS = "rolling_12"
FEWEST = 8  # areas: among fewer of them a quarter is one or two, and nobody knows how far they usually differ
SURE = 0.8  # a quarter is named where the rank is in it with at least this probability
_DIFFERENCES = {HIGHER: "neighbours.higher_than_siblings", LOWER: "neighbours.lower_than_siblings"}


def compared_indicators(facts: ShownArea, report: ReportContext) -> list[str]:
    """The indicators that are held against the siblings and may be printed, the reported ones first."""
    return [name for name in report.reported_first if _is_compared(facts, name)]


def _window(facts: ShownArea, name: str) -> str:
    """The twelve months, or the whole year that stands in for them."""
    headline = facts.headline(name)
    return "year" if headline and headline.time_window == "year" else TWELVE_MONTHS


def _is_compared(facts: ShownArea, name: str) -> bool:
    estimate = facts.estimate(name, _window(facts, name))
    return bool(facts.verdict(name, "siblings")) and estimate is not None and not estimate.withheld


def neighbours_table(facts: ShownArea, report: ReportContext, place: int) -> str:
    """Each indicator beside the average of the siblings, the other areas of its level, and how many they are."""
    _, rows = report.say, []
    for name in compared_indicators(facts, report):
        spec = report.indicators[name]
        rows.append(
            [
                with_unit(spec, report) + _year_beside(facts, report, name),
                *value_and_interval(_, facts.estimate(name, _window(facts, name)), spec.decimals),
                shown_or_absent(_, number(_average(facts, name), spec.decimals), INCOMPLETE),
                shown_or_absent(_, number(_siblings(facts, name)), TOO_FEW_AREAS),
                word(_, facts.verdict(name, "siblings")),
            ]
        )
    header = [
        *(_("labels.indicator"), _("neighbours.column_this_area"), _("labels.interval_95_short")),
        *(_("neighbours.column_siblings"), _("neighbours.column_number")),
        _("neighbours.column_against_siblings"),
    ]
    months = short_window(_, _windows_of(facts, report)[0], facts.month) if rows else ""
    return numbered_table(_, place, _("neighbours.caption", months=months), header, rows)


def _windows_of(facts: ShownArea, report: ReportContext) -> list[str]:
    """The windows that are compared, the twelve months first."""
    found = {_window(facts, name) for name in compared_indicators(facts, report)}
    return [window for window in (TWELVE_MONTHS, "year") if window in found]


def _year_beside(facts: ShownArea, report: ReportContext, name: str) -> str:
    """The year of a figure that stands in a table of twelve months, as that is no longer said by its caption."""
    window = _window(facts, name)
    if window == _windows_of(facts, report)[0]:
        return ""
    return f" [{short_window(report.say, window, facts.month)}]{{.range}}"


def differences(facts: ShownArea, report: ReportContext) -> list[str]:
    """A sentence for each reported indicator that clearly differs from the siblings; one for all where none does."""
    _, sentences = report.say, []
    reported = [name for name in compared_indicators(facts, report) if name in REPORTED]
    if not reported:
        return [_("neighbours.not_compared")]
    for name in reported:
        spec, estimate = report.indicators[name], facts.estimate(name, _window(facts, name))
        verdict = facts.verdict(name, "siblings")
        if verdict not in _DIFFERENCES:
            continue
        unit = points_of(_, spec.unit.zh)["rate"]
        values = {
            "label": escape(report.label(name)),
            "value": number(estimate.value if estimate else None, spec.decimals) + unit,
            "other": number(_average(facts, name), spec.decimals) + unit,
        }
        sentences.append(_(_DIFFERENCES[verdict], **values))
    return sentences or [_("neighbours.none_differs")]


def _average(facts: ShownArea, name: str) -> float | None:
    against = facts.against.get((name, "level", _window(facts, name)))
    return against.reference_lower if against else None


def _siblings(facts: ShownArea, name: str) -> int | None:
    """How many other areas of the level there are with figures to compare."""
    rank = facts.ranks.get((name, "", _window(facts, name)))
    return rank.areas - 1 if rank else None


def rank_lines(facts: ShownArea, report: ReportContext) -> list[str]:
    """A sentence for each rank that is known to a quarter, and one for all others."""
    _, lines, names = report.say, [], compared_indicators(facts, report)
    places = [("", facts.parents[0])] if facts.parents else []
    if len(facts.parents) > 1:
        places.insert(0, (facts.parent_codes[-1], facts.parents[-1]))
    is_unclear = False
    for name in names:
        for among, place in places:
            rank = facts.ranks.get((name, among, _window(facts, name)))
            if rank is None or rank.areas < FEWEST or rank.probability_quarter is None:
                continue
            if rank.probability_quarter < SURE:
                is_unclear = True
                continue
            lines.append(
                _(
                    "neighbours.rank",
                    label=escape(report.heading_of(name)),
                    place=escape(place),
                    areas=rank.areas,
                    quarter=_(f"neighbours.quarter_{rank.quarter}"),
                    probability=probability(_, rank.probability_quarter),
                )
            )
    if is_unclear:
        lines.append(_("neighbours.other_ranks_unclear") if lines else _("neighbours.all_ranks_unclear"))
    return lines
