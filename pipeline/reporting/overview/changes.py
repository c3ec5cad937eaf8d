"""What changed since the last edition, in sentences and two tables."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reporting.facts.edition_changes import Changes, FigureChange, Judged
from pipeline.reporting.overview.table import percent
from pipeline.reporting.renderers import escape
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown import verdicts
from pipeline.reporting.text import wording
from pipeline.reporting.text.pipe_table import numbered_table
from pipeline.reporting.text.wording import UNKNOWN, month_name, number, window_name

SHOWN_NAMES, SHOWN_FIGURES = 6, 12


def sentences(changes: Changes, report: ReportContext) -> list[str]:
    """One sentence a kind of change, the areas and verdicts first."""
    _ = report.say
    said = [
        _areas(_, changes),
        _verdicts(changes, report),
        _figures(_, changes.revised, "revised"),
        _figures(_, changes.late, "late"),
        _figures(_, changes.lost, "lost"),
        _completeness(changes, report),
    ]
    if not (changes.revised or changes.late or changes.lost):
        said.append(_("{month}及以前各月的数字没有变化。", month=month_name(_, changes.previous)))
    return [sentence for sentence in said if sentence]


def verdicts_table(changes: Changes, report: ReportContext, table: int) -> str:
    """Areas whose sex ratio is judged otherwise, with both values; empty in a new year."""
    _ = report.say
    if not changes.is_same_year(report.month):
        return ""
    rows = [
        [
            escape(change.name),
            _value(_, change.before),
            _word(_, change.before),
            _value(_, change.now),
            _word(_, change.now),
        ]
        for change in changes.verdicts
    ]
    header = [
        _("地区"),
        window_name(_, "ytd", changes.previous),
        _("上期结论"),
        window_name(_, "ytd", report.month),
        _("本期结论"),
    ]
    caption = _("出生人口性别比的结论与上期不同的地区（小字为95%置信区间）")
    return numbered_table(_, table, caption, header, rows)


def figures_table(changes: Changes, report: ReportContext, table: int) -> str:
    """The largest revisions; small counts are withheld."""
    _ = report.say
    rows = []
    for change in changes.revised[:SHOWN_FIGURES]:
        threshold = report.settings.withhold_counts_below
        is_small = any(0 < value < threshold for value in (change.before, change.now))
        shown = [UNKNOWN] * 3
        if not is_small:
            shown = [
                number(change.before),
                number(change.now),
                number(change.now - change.before, sign=True),
            ]
        rows.append(
            [
                escape(change.name),
                escape(report.label(change.element)),
                month_name(_, change.month),
                *shown,
            ]
        )
    header = [_("地区"), _("数据元"), _("月份"), _("上期"), _("本期"), _("差值")]
    if len(changes.revised) > SHOWN_FIGURES:
        caption = _(
            "与上期不同的数字（共 {count} 个，列出变动最大的 {shown} 个）",
            count=number(len(changes.revised)),
            shown=SHOWN_FIGURES,
        )
    else:
        caption = _("与上期不同的数字")
    return numbered_table(_, table, caption, header, rows, 3)


def _areas(_, changes: Changes) -> str:
    if changes.areas_new and changes.areas_gone:
        return _(
            "区划有变动：新增{new}；不再单列{gone}。",
            new=_names(_, [*changes.areas_new.values()]),
            gone=_names(_, [*changes.areas_gone.values()]),
        )
    if changes.areas_new:
        return _("区划有变动：新增{new}。", new=_names(_, [*changes.areas_new.values()]))
    if changes.areas_gone:
        return _("区划有变动：不再单列{gone}。", gone=_names(_, [*changes.areas_gone.values()]))
    return ""


def _verdicts(changes: Changes, report: ReportContext) -> str:
    _ = report.say
    if not changes.is_same_year(report.month):
        return _("新的一年累计期间重新起算，性别比的结论不与上期比较。")
    if not changes.verdicts:
        return _("各地出生人口性别比的结论与上期相同。")
    count, names = len(changes.verdicts), _names(_, [change.name for change in changes.verdicts])
    return _.plural(
        "{count} 个地区出生人口性别比的结论与上期不同：{names}。数据逐月累积，结论改变不等于水平改变。",
        "{count} 个地区出生人口性别比的结论与上期不同：{names}。数据逐月累积，结论改变不等于水平改变。",
        count,
        names=names,
    )


def _figures(_, changes: Sequence[FigureChange], kind: str) -> str:
    if not changes:
        return ""
    names = _names(_, [name for _code, name in sorted({(each.area_code, each.name) for each in changes})])
    count = len(changes)
    if kind == "revised":
        return _.plural(
            "以前各月有 {number} 个数字经修订与上期不同，涉及{names}。",
            "以前各月有 {number} 个数字经修订与上期不同，涉及{names}。",
            count,
            number=number(count),
            names=names,
        )
    if kind == "late":
        return _.plural(
            "以前各月有 {number} 个上期缺报的数字已经补报，涉及{names}。",
            "以前各月有 {number} 个上期缺报的数字已经补报，涉及{names}。",
            count,
            number=number(count),
            names=names,
        )
    return _.plural(
        "以前各月有 {number} 个数字上期已有、本期缺失，涉及{names}，请核对。",
        "以前各月有 {number} 个数字上期已有、本期缺失，涉及{names}，请核对。",
        count,
        number=number(count),
        names=names,
    )


def _completeness(changes: Changes, report: ReportContext) -> str:
    _ = report.say
    before, now = changes.returns_before, changes.returns_now
    if not before.expected or not now.expected:
        return ""
    shares = [percent(each.actual, each.expected) for each in (before, now)]
    values = {"month": month_name(_, changes.previous), "before": shares[0], "now": shares[1]}
    if shares[0] == shares[1]:
        return _("截至{month}的近12个月，报送完整率仍为 {now}%。", **values)
    return _("截至{month}的近12个月，报送完整率由上期的 {before}% 变为 {now}%。", **values)


def _names(_, names: Sequence[str]) -> str:
    text = wording.listed(_, [escape(name) for name in names[:SHOWN_NAMES]])
    if len(names) <= SHOWN_NAMES:
        return text
    return _("{names}等 {count} 个地区", names=text, count=len(names))


def _value(_, judged: Judged) -> str:
    if judged.value is None:
        return UNKNOWN
    return f"{number(judged.value, 1)} [{wording.span(_, judged.lower, judged.upper, 1)}]{{.range}}"


def _word(_, judged: Judged) -> str:
    if not judged.verdict:
        return _("不作比较")
    return f"[{verdicts.word(_, judged.verdict)}]{{.verdict .{verdicts.TONES[judged.verdict]}}}"
