"""The words that figures have in common."""

from collections.abc import Sequence

from pipeline.reporting.figures.axes import Reference
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.estimate import Estimate
from pipeline.reporting.text.pipe_table import pipe_table
from pipeline.reporting.text.wording import span
from pipeline.words.numbers import number, plain
from pipeline.words.translations import Translator


def counted(_: Translator, *parts: tuple[str, int]) -> str:
    """`3 up, 2 down`: what there is none of is left out; `{count}` in each text is its number."""
    return _("language.clause_separator").join(text.format(count=count) for text, count in parts if count)


def figure_data(
    _: Translator, caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], text_columns: int = 1
) -> str:
    """The values behind a figure: a table that the HTML page folds away and the printed page leaves out."""
    if not rows:
        return ""
    summary, table = _("figures.data"), pipe_table(caption, header, rows, text_columns)
    return f'::: {{.figure-data summary="{summary}"}}\n\n{table}\n:::\n'


def told(_: Translator, name: str, value: float, lower: float, upper: float) -> str:
    """What a point says when it is pointed at: `2024年：108.3，95%置信区间 104.1～112.7`."""
    limits = " ".join((_("labels.interval_95"), span(_, lower, upper, 1)))
    return _(
        "figures.outlook.alt_row",
        name=name,
        words=_("language.clause_separator").join((number(value, 1), limits)),
    )


def target_of(_: Translator, estimate: Estimate | None, unit: str) -> Reference | None:
    if estimate is None or (estimate.target_lower is None and estimate.target_upper is None):
        return None
    return Reference(
        estimate.target_lower,
        estimate.target_upper,
        _("figures.target", target=target_text(_, estimate.target_lower, estimate.target_upper, unit)),
    )


def target_text(_: Translator, lower: float | None, upper: float | None, unit: str) -> str:
    """`≤107`, `≥95%`, `−2～6‰`: short, for a label."""
    if lower is not None and upper is not None:
        return range_text(_, lower, upper) + unit
    return f"≤{plain(upper)}{unit}" if upper is not None else f"≥{plain(lower or 0)}{unit}"


def range_text(_: Translator, lower: float, upper: float) -> str:
    decimals = 0 if lower == int(lower) and upper == int(upper) else 1
    return span(_, lower, upper, decimals)


def normal_range(report: ReportContext) -> Reference | None:
    """What the sex ratio at birth is held against, with its name; None where it is held against nothing."""
    if report.normal_range is None:
        return None
    words = range_text(report.say, *report.normal_range)
    return Reference(*report.normal_range, report.say("figures.normal_range", range=words))
