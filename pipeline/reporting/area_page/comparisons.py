"""An area against those around it: the rest of the area above, the average of its level, and its rank."""

from __future__ import annotations

from pipeline.reporting.area_page.report_tables import value_and_interval
from pipeline.reporting.report_context import REPORTED, ReportContext
from pipeline.reporting.shown.estimate import HIGHER, LOWER, UNCLEAR
from pipeline.reporting.shown.records import Against, Rank, ShownArea
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.verdicts import points_of, word
from pipeline.reporting.text.wording import UNKNOWN, number, probability
from pipeline.words.translations import Translator

WINDOW = "rolling_12"
FEWEST = 8  # areas: among fewer of them a quarter is one or two, and nobody knows how far they usually differ
SURE = 0.8  # a quarter is named where the rank is in it with at least this probability


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
        unit = points_of(_, spec.unit.zh)["rate"]
        label = escape(report.heading_of(name))
        label = _("labels.with_unit", label=label, unit=unit) if unit else label
        row = [label, *value_and_interval(_, facts.estimate(name, WINDOW), spec.decimals)]
        for reference in ("parent", "level"):
            against = facts.against.get((name, reference, WINDOW))
            known = against is not None and against.reference_lower is not None
            row.append(number(against.reference_lower, spec.decimals) if known else UNKNOWN)
            row.append(word(_, _verdict(facts, against)) if known else UNKNOWN)
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
            if _verdict(facts, against) not in (HIGHER, LOWER):
                continue
            values = {
                "label": escape(report.label(name)),
                "value": number(estimate.value, spec.decimals) + unit,
                "other": number(against.reference_lower, spec.decimals) + unit,
                "parent": escape(facts.parents[-1]) if facts.parents else "",
            }
            sentences.append(_difference(_, reference, against.verdict, values))
    return sentences or [_("neighbours.none_differs")]


def _verdict(facts: ShownArea, against: Against) -> str:
    """Against the average of a level only where there are enough areas to know how far they usually differ."""
    rank = facts.ranks.get((against.indicator, "", WINDOW))
    has_enough = rank is not None and rank.areas >= FEWEST
    return against.verdict if against.reference == "parent" or has_enough else ""


def _is_repeated(facts: ShownArea, against: Against) -> bool:
    """Where the area above has only areas of this level in it, both references are one and the same."""
    other = facts.against.get((against.indicator, "parent", WINDOW))
    return (
        against.reference == "level"
        and other is not None
        and other.reference_lower == against.reference_lower
    )


def _difference(_: Translator, reference: str, verdict: str, values: dict[str, str]) -> str:
    if reference == "parent" and verdict == HIGHER:
        return _(
            "neighbours.higher_than_rest",
            **values,
        )
    if reference == "parent":
        return _(
            "neighbours.lower_than_rest",
            **values,
        )
    values = {name: value for name, value in values.items() if name != "parent"}
    if verdict == HIGHER:
        return _(
            "neighbours.higher_than_average",
            **values,
        )
    return _("neighbours.lower_than_average", **values)


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
            if rank is None or rank.areas < FEWEST:
                continue
            if rank.probability_quarter < SURE:
                is_unclear = True
                continue
            lines.append(_rank_line(_, rank, escape(report.heading_of(name)), escape(place)))
    if is_unclear:
        lines.append(_("neighbours.other_ranks_unclear") if lines else _("neighbours.all_ranks_unclear"))
    return lines


def _rank_line(_: Translator, rank: Rank, label: str, place: str) -> str:
    quarters = {
        1: _("neighbours.quarter_1"),
        2: _("neighbours.quarter_2"),
        3: _("neighbours.quarter_3"),
        4: _("neighbours.quarter_4"),
    }
    return _(
        "neighbours.rank",
        label=label,
        place=place,
        areas=rank.areas,
        quarter=quarters[rank.quarter],
        probability=probability(_, rank.probability_quarter),
    )
