"""The tables of the reports, cell by cell."""

from __future__ import annotations

from pipeline.reference import Indicator
from pipeline.reporting.estimate import HIGHER, LOWER, Estimate
from pipeline.reporting.facts import AreaFacts
from pipeline.reporting.pipe_table import pipe_table
from pipeline.reporting.renderers import escape
from pipeline.reporting.verdicts import (
    AGAINST_TARGET,
    CI,
    MOVES,
    TONES,
    VERDICTS,
    is_small,
    points_of,
    sex_ratio_verdicts,
    why_withheld,
)
from pipeline.reporting.wording import (
    UNKNOWN,
    change_interval,
    interval,
    month_list,
    number,
    window_name,
    withheld,
)


def situation_table(facts: AreaFacts, threshold: int) -> str:
    """Counts and rates of the year so far beside the same months of last year."""
    rows = []
    for indicator, count_name, rate_name in (
        ("birth_rate", "出生人数（人）", "出生率（‰）"),
        ("death_rate", "死亡人数（人）", "死亡率（‰）"),
        ("natural_growth_rate", "自然增长人数（人）", "人口自然增长率（‰）"),
    ):
        estimate = facts.estimate(indicator)
        if estimate is None:
            continue
        is_hidden = is_small(facts, threshold)
        counts = (estimate.numerator, estimate.numerator_last_year)
        rows.append([count_name, *(_shown(value, is_hidden) for value in counts), "", ""])
        rows.append(
            [
                rate_name,
                UNKNOWN if is_hidden else _with_interval(estimate, 2),
                UNKNOWN if is_hidden else number(estimate.value_last_year, 2),
                UNKNOWN if is_hidden else _change(estimate, 2),
                "" if is_hidden or estimate.change_lower is None else MOVES[estimate.against_last_year],
            ]
        )
    period = window_name("ytd", facts.month)
    header = ["指标", f"{period}", "上年同期", "差值", "比较"]
    return pipe_table(f"表 1　基本情况（括号内为{CI}；率为累计数，未折合年率）", header, rows)


def sex_ratio_table(facts: AreaFacts, spec: Indicator) -> str:
    """The sex ratio by window and by calendar year, each with births, interval and verdict."""
    windows = [
        (window_name(name, facts.month), facts.estimate("sex_ratio_at_birth", name))
        for name in ("ytd", "rolling_12")
    ]
    years = [(f"{year}年", estimate) for year, estimate in reversed(facts.years[-5:])]
    rows = []
    for label, estimate in (*windows, *years):
        if estimate is None or estimate.numerator is None or estimate.denominator is None:
            rows.append([label, UNKNOWN, UNKNOWN, UNKNOWN, "数据不全"])
        elif estimate.births < spec.withhold_below or not estimate.is_known:
            rows.append([label, f"不足 {spec.withhold_below}", UNKNOWN, UNKNOWN, "出生人数过少，不计算"])
        else:
            verdict = VERDICTS[estimate.against(*spec.normal_range)]
            value = number(estimate.value, 1)
            if estimate.births < spec.uncertain_below:
                value = f"[{value}]{{.uncertain}}"
            rows.append([label, number(estimate.births), value, interval(estimate, 1), verdict])
    header = ["时期", "出生人数", "性别比", CI, "与正常范围相比"]
    caption = f"表 2　出生人口性别比（女=100；出生不足 {number(spec.uncertain_below)} 人的以灰色表示）"
    return pipe_table(caption, header, rows)


def target_table(
    facts: AreaFacts, specs: dict[str, Indicator], say, threshold: int, number_of_table: int
) -> str:
    """Indicators that have a target: value, target, gap and whether the interval lies on one side of it.

    `say` gives the words for targets and gaps (the macros of reports/sentences.j2).
    """
    rows = []
    for name, spec in specs.items():
        window = "rolling_12" if spec.method in ("rate", "balance") else "ytd"
        estimate = facts.estimate(name, window)
        if estimate is None or estimate.target is None:
            continue
        unit = points_of(spec.unit.zh)
        tone = estimate.against_target
        reason = why_withheld(facts, estimate, spec, threshold)
        rows.append(
            [
                escape(spec.labels.zh) + ("（近12个月）" if window == "rolling_12" else ""),
                UNKNOWN if reason else f"{number(estimate.numerator)}／{number(estimate.denominator)}",
                reason or _with_interval(estimate, spec.decimals),
                str(say.target_text(estimate, unit["rate"])).strip(),
                UNKNOWN if reason else str(say.gap_text(estimate, spec.decimals, unit["points"])).strip(),
                UNKNOWN if reason else f"[{AGAINST_TARGET[tone]}]{{.verdict .{TONES[tone]}}}",
            ]
        )
    header = ["指标", "分子／分母", f"数值（{CI}）", "目标", "差距", "结论"]
    return pipe_table(f"表 {number_of_table}　年度目标与差距（除注明外为本年累计）", header, rows)


def index_table(
    areas: list[AreaFacts],
    links: dict[str, list[str]],
    specs: dict[str, Indicator],
    threshold: int,
    period: str,
) -> str:
    """All areas of an edition with their key figures, linked to the files that there are."""
    rows = []
    for facts in areas:
        figures = []
        for name in ("sex_ratio_at_birth", "natural_growth_rate"):
            estimate, spec = facts.estimate(name), specs[name]
            reason = why_withheld(facts, estimate, spec, threshold) if estimate else "数据不全"
            figures.append(reason or _with_interval(estimate, spec.decimals))
        births, spec = facts.estimate("birth_rate"), specs["birth_rate"]
        is_hidden = births is None or bool(why_withheld(facts, births, spec, threshold))
        verdict, among_many = sex_ratio_verdicts(facts, specs, threshold)
        mark = "＊" if among_many in (HIGHER, LOWER) else ""
        rows.append(
            [
                _linked_name(facts, links[facts.area_code]),
                number(births.denominator if births else None),
                _shown(births.numerator if births else None, is_hidden),
                figures[0],
                VERDICTS.get(verdict, UNKNOWN) + mark,
                figures[1],
            ]
        )
    header = ["地区", "平均人口", "出生", "出生人口性别比", "与正常范围相比", "自然增长率（‰）"]
    caption = f"表 1　各地{period}主要指标（括号内为{CI}）"
    return pipe_table(caption, header, rows)


def _linked_name(facts: AreaFacts, files: list[str]) -> str:
    """The name as a link to the page, and the PDF beside it; what was not rendered is not linked."""
    name, page, pdf = escape(facts.name), f"{facts.area_code}.html", f"{facts.area_code}.pdf"
    linked = f"[{name}]({page})" if page in files else name
    return f"{linked} [PDF]({pdf})" if pdf in files else linked


def members_table(facts: AreaFacts, threshold: int, number_of_table: int) -> str:
    """Areas of the next level: births, deaths and rates of the last twelve months, small counts withheld."""
    births = [member.estimate("birth_rate", "rolling_12") for member in facts.members]
    deaths = [member.estimate("death_rate", "rolling_12") for member in facts.members]
    hidden_births = withheld([e.numerator if e else None for e in births], threshold)
    hidden_deaths = withheld([e.numerator if e else None for e in deaths], threshold)
    rows = []
    for place, member in enumerate(facts.members):
        growth = member.estimate("natural_growth_rate", "rolling_12")
        population = births[place].denominator if births[place] else None
        is_hidden = hidden_births[place] or hidden_deaths[place]
        rows.append(
            [
                escape(member.name),
                number(population),
                _shown(births[place].numerator if births[place] else None, hidden_births[place]),
                _shown(deaths[place].numerator if deaths[place] else None, hidden_deaths[place]),
                UNKNOWN if hidden_births[place] else _with_interval(births[place], 1),
                UNKNOWN if hidden_deaths[place] else _with_interval(deaths[place], 1),
                UNKNOWN if is_hidden else _with_interval(growth, 1),
            ]
        )
    header = ["地区", "平均人口", "出生", "死亡", "出生率（‰）", "死亡率（‰）", "自然增长率（‰）"]
    return pipe_table(f"表 {number_of_table}　各地近12个月出生、死亡与自然增长（括号内为{CI}）", header, rows)


def completeness_table(facts: AreaFacts, source_names: dict[str, str], number_of_table: int) -> str:
    """Returns expected, come and come in time over the last twelve months, by source."""
    is_timed = any(record.on_time is not None for record in facts.completeness)
    rows = [
        [
            escape(source_names.get(record.source, record.source)),
            number(record.expected),
            number(record.actual),
            _share(record.actual, record.expected),
            *([_share(record.on_time, record.expected)] if is_timed else []),
            month_list(record.months_incomplete) or "无",
        ]
        for record in facts.completeness
    ]
    timed = ["及时率"] if is_timed else []
    header = ["数据来源", "应报（乡镇·月）", "实报", "完整率", *timed, "未报齐的月份"]
    title = "报送完整率、及时率" if is_timed else "报送完整率"
    return pipe_table(f"表 {number_of_table}　近12个月{title}", header, rows)


def _share(part: int | None, whole: int) -> str:
    return UNKNOWN if part is None or not whole else f"{number(100 * part / whole, 1)}%"


def _with_interval(estimate: Estimate | None, decimals: int) -> str:
    if estimate is None or not estimate.is_known:
        return UNKNOWN
    return f"{number(estimate.value, decimals)}（{interval(estimate, decimals)}）"


def _change(estimate: Estimate, decimals: int) -> str:
    if estimate.change is None:
        return UNKNOWN
    return f"{number(estimate.change, decimals, sign=True)}（{change_interval(estimate, decimals)}）"


def _shown(value: float | None, is_hidden: bool) -> str:
    return UNKNOWN if is_hidden else number(value)
