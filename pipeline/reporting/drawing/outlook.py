"""Where the year will end, target by target."""

from __future__ import annotations

from pipeline.reference import Indicator
from pipeline.reporting.drawing.by_month import target_text
from pipeline.reporting.drawing.drawn import Drawn, Folder, capital, figure_data
from pipeline.reporting.edition import REPORTED, Edition
from pipeline.reporting.facts import AreaFacts, YearOutlook
from pipeline.reporting.figures.bullets import Bullet, outlook_figure
from pipeline.reporting.renderers import escape
from pipeline.reporting.verdicts import why_withheld
from pipeline.reporting.wording import UNKNOWN, number, probability, short_window, span

LIKELY = 0.9


def outlook(facts: AreaFacts, edition: Edition, folder: Folder) -> Drawn | None:
    """Every indicator with a target; where there is no target at all, the four of every report."""
    _, rows = edition.say, _rows(facts, edition)
    if not rows:
        return None
    chances = [row.probability_met for row, _spec in rows if row.probability_met is not None]
    so_far = short_window(_, "ytd", facts.month)
    if chances:
        title = _(
            "到年底，{likely} 项目标很可能达到，{unlikely} 项很可能达不到，{open} 项尚不能判断",
            likely=sum(chance >= LIKELY for chance in chances),
            unlikely=sum(chance <= 1 - LIKELY for chance in chances),
            open=sum(1 - LIKELY < chance < LIKELY for chance in chances),
        )
    else:
        title = _("全年预计")
    subtitle = _("{year}年：{so_far}累计、全年预计与目标", year=facts.month.year, so_far=so_far)
    caption = _(
        "全年预计。圆点为全年预计，粗、细线为其80%和95%区间；菱形或横条为{so_far}累计；竖线和底色为目标。各行刻度不同。",
        so_far=so_far,
    )
    bullets = [_bullet(row, spec, edition) for row, spec in rows]
    folder.draw("outlook", title, subtitle, lambda sheet: outlook_figure(sheet, bullets))
    alt = _(
        "子弹图，每行一项指标：{rows}。{finding}。",
        finding=title,
        rows=_("；").join(_spoken(bullet, edition) for bullet in bullets),
    )
    header = [
        _("指标"),
        _("{so_far}累计", so_far=so_far),
        _("全年预计"),
        _("80%区间"),
        _("95%区间"),
        _("目标"),
        _("达到目标的可能性"),
    ]
    cells = [
        [
            escape(bullet.name),
            number(row.value_so_far, spec.decimals),
            number(row.projected, spec.decimals),
            span(_, row.lower_80, row.upper_80, spec.decimals),
            span(_, row.lower_95, row.upper_95, spec.decimals),
            target_text(_, row.target_lower, row.target_upper, "") if _has_target(row) else UNKNOWN,
            UNKNOWN if row.probability_met is None else probability(_, row.probability_met),
        ]
        for bullet, (row, spec) in zip(bullets, rows, strict=True)
    ]
    return Drawn(title, subtitle, caption, alt, figure_data(_, subtitle, header, cells))


def _rows(facts: AreaFacts, edition: Edition) -> list[tuple[YearOutlook, Indicator]]:
    threshold = edition.settings.withhold_counts_below
    rows = []
    for name, spec in edition.indicators.items():
        row, estimate = facts.outlook.get(name), facts.estimate(name)
        if row is None or estimate is None or row.months_left == 0:
            continue
        if not why_withheld(edition.say, facts, estimate, spec, threshold):
            rows.append((row, spec))
    with_target = [(row, spec) for row, spec in rows if _has_target(row)]
    return with_target or [(row, spec) for row, spec in rows if spec.name in REPORTED]


def _has_target(row: YearOutlook) -> bool:
    return row.target_lower is not None or row.target_upper is not None


def _bullet(row: YearOutlook, spec: Indicator, edition: Edition) -> Bullet:
    _, decimals = edition.say, spec.decimals
    unit = spec.unit.zh if spec.unit.zh in ("‰", "%") else ""
    target = target_text(_, row.target_lower, row.target_upper, unit) if _has_target(row) else ""
    chance = row.probability_met
    return Bullet(
        capital(edition.label(spec.name)),
        row.value_so_far,
        row.projected,
        row.lower_80,
        row.upper_80,
        row.lower_95,
        row.upper_95,
        row.target_lower,
        row.target_upper,
        _("目标 {target}", target=target) if target else "",
        _(
            "预计 {value}（{interval}）",
            value=f"{number(row.projected, decimals)}{unit}",
            interval=span(_, row.lower_95, row.upper_95, decimals),
        ),
        "" if chance is None else _("达到的可能性{probability}", probability=probability(_, chance)),
        is_count=spec.method == "count",
    )


def _spoken(bullet: Bullet, edition: Edition) -> str:
    parts = [part for part in (bullet.target, bullet.projection, bullet.chance) if part]
    return edition.say("{name}：{words}", name=bullet.name, words=edition.say("，").join(parts))
