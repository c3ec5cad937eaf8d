"""An area against those around it: the rest of the area above, the average of its level, and its rank."""

from __future__ import annotations

from pipeline.reporting.area_page.report_tables import value_and_interval, with_unit
from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.shown.estimate import HIGHER, LOWER, UNCLEAR
from pipeline.reporting.shown.records import Against, ShownArea
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.verdicts import points_of, word
from pipeline.reporting.text.wording import probability
from pipeline.words.numbers import UNKNOWN, number

WINDOW = "rolling_12"
FEWEST = 8  # areas: among fewer of them a quarter is one or two, and nobody knows how far they usually differ
SURE = 0.8  # a quarter is named where the rank is in it with at least this probability
_DIFFERENCES = {
    ("parent", HIGHER): "neighbours.higher_than_rest",
    ("parent", LOWER): "neighbours.lower_than_rest",
    ("level", HIGHER): "neighbours.higher_than_average",
    ("level", LOWER): "neighbours.lower_than_average",
}


def compared_indicators(facts: ShownArea, report: ReportContext) -> list[str]:
    """The indicators that are held against an average and may be printed, the reported ones first."""
    return [name for name in report.reported_first if _is_compared(facts, name)]


def _is_compared(facts: ShownArea, name: str) -> bool:
    estimate = facts.estimate(name, WINDOW)
    against = [facts.against.get((name, other, WINDOW)) for other in ("parent", "level")]
    is_judged = any(one and one.verdict in (HIGHER, LOWER, UNCLEAR) for one in against)
    return is_judged and estimate is not None and not estimate.withheld


def neighbours_table(facts: ShownArea, report: ReportContext, place: int) -> str:
    """Each indicator beside the rest of the area above and the average of the level, with the verdicts."""
    _, rows = report.say, []
    for name in compared_indicators(facts, report):
        spec = report.indicators[name]
        row = [with_unit(spec, report), *value_and_interval(_, facts.estimate(name, WINDOW), spec.decimals)]
        for reference in ("parent", "level"):
            against = facts.against.get((name, reference, WINDOW))
            if against is None or against.reference_lower is None:
                row += [UNKNOWN, UNKNOWN]
            else:
                row += [
                    number(against.reference_lower, spec.decimals),
                    word(_, _verdict(facts, against)),
                ]
        rows.append(row)
    parent = escape(facts.parents[-1]) if facts.parents else ""
    header = [
        *(_("labels.indicator"), _("neighbours.column_this_area"), _("labels.interval_95_short")),
        *(_("neighbours.rest_of", parent=parent), _("neighbours.column_against_rest")),
        *(_("neighbours.column_average"), _("neighbours.column_against_average")),
    ]
    return numbered_table(_, place, _("neighbours.caption"), header, rows)


def differences(facts: ShownArea, report: ReportContext) -> list[str]:
    """A sentence for each reported indicator that can be told apart from the rest of the area above or the average.

    One for all where none can, or none is compared.
    """
    _, sentences = report.say, []
    reported = [name for name in compared_indicators(facts, report) if name in REPORTED]
    if not reported:
        return [_("neighbours.not_compared")]
    for name in reported:
        spec, estimate = report.indicators[name], facts.estimate(name, WINDOW)
        unit = points_of(_, spec.unit.zh)["rate"]
        for reference in ("parent", "level"):
            against = facts.against.get((name, reference, WINDOW))
            if against is None or _is_repeated(facts, against):
                continue
            verdict = _verdict(facts, against)
            if verdict not in (HIGHER, LOWER):
                continue
            values = {
                "label": escape(report.label(name)),
                "value": number(estimate.value if estimate else None, spec.decimals) + unit,
                "other": number(against.reference_lower, spec.decimals) + unit,
            }
            if reference == "parent":
                values["parent"] = escape(facts.parents[-1]) if facts.parents else ""
            sentences.append(_(_DIFFERENCES[reference, verdict], **values))
    return sentences or [_("neighbours.none_differs")]


def _verdict(facts: ShownArea, against: Against) -> str:
    """Against the average of a level only where there are enough areas to know how far they usually differ."""
    rank = facts.ranks.get((against.indicator, "", WINDOW))
    has_enough = rank is not None and rank.areas >= FEWEST
    return against.verdict or "" if against.reference == "parent" or has_enough else ""


def _is_repeated(facts: ShownArea, against: Against) -> bool:
    """Where the area above has only areas of this level in it, both references are one and the same."""
    other = facts.against.get((against.indicator, "parent", WINDOW))
    return (
        against.reference == "level"
        and other is not None
        and other.reference_lower == against.reference_lower
    )


def rank_lines(facts: ShownArea, report: ReportContext) -> list[str]:
    """A sentence for each rank that is known to a quarter, and one for all others."""
    _, lines, names = report.say, [], compared_indicators(facts, report)
    places = [("", facts.parents[0])] if facts.parents else []
    if len(facts.parents) > 1:
        places.insert(0, (facts.parent_codes[-1], facts.parents[-1]))
    is_unclear = False
    for name in names:
        for among, place in places:
            rank = facts.ranks.get((name, among, WINDOW))
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
