"""The sentences of a report with numbers in them, as statements.py reads them: Chinese, English, and the query."""

from __future__ import annotations

import statements as s

SRB, GROWTH, BIRTHS, DEATHS = "sex_ratio_at_birth", "natural_growth_rate", "birth_rate", "death_rate"
_CI = "95%置信区间 {low~high}"
_CI_EN = "95% confidence interval {low~high}"
_WHEN = "{when:20\\d\\d年1—\\d+月|截至\\S+近12个月}"
_WHEN_EN = "In {when:January[^,]* 20\\d\\d|the 12 months to \\w+ 20\\d\\d}"

# name, query, (indicator, window) that a following sentence speaks of, Chinese, English
_SENTENCES = (
    (
        "growth",
        s._value(GROWTH, annual=True),
        (GROWTH, "ytd"),
        _WHEN
        + "，{where*}人口自然{way:减少|增长} {people} 人，人口自然增长率为 {value}‰（累计数，未折合年率；"
        + _CI
        + "），折合年率 {annual}‰",
        _WHEN_EN
        + ", the population of {where*} {way:fell|grew} by {people} through natural change, a natural growth "
        "rate of {value}‰ (cumulative, not annualised; " + _CI_EN + "), or {annual}‰ at an annual rate",
    ),
    (
        "sex ratio",
        s._value(SRB),
        (SRB, "ytd"),
        _WHEN + "，{where*}出生 {births} 人，出生人口性别比为 {value}（" + _CI + "）"
        "⟨{rest:[^0-9]*}正常范围{end:上限|下限} {bound}⟩⟨{rest2:[^0-9]*}正常范围（{from}～{to}）⟩",
        _WHEN_EN + ", {where*} recorded {births} births with a sex ratio at birth of {value} (" + _CI_EN + ")"
        "⟨, {end:above the upper|below the lower} end of the normal range, {bound}⟩"
        "⟨{rest:[^0-9]*}normal range ({from}–{to})⟩",
    ),
    (
        "sex ratio of the year so far",
        s._value(SRB),
        (SRB, "ytd"),
        _WHEN + "的出生人口性别比为 {value}（" + _CI + "）",
        _WHEN_EN + ", the sex ratio at birth was {value} (" + _CI_EN + ")",
    ),
    (
        "birth rate",
        s._value(BIRTHS),
        (BIRTHS, "ytd"),
        "出生率为 {value}‰（" + _CI + "）",
        "The crude birth rate was {value}‰ (" + _CI_EN + ")",
    ),
    (
        "death rate",
        s._value(DEATHS),
        (DEATHS, "ytd"),
        "死亡率为 {value}‰（" + _CI + "）",
        "The crude death rate was {value}‰ (" + _CI_EN + ")",
    ),
    (
        "events",
        s._events,
        None,
        "出生 {births} 人，死亡 {deaths} 人；期间平均户籍人口 {people} 人",
        "recorded {births} births and {deaths} deaths; the average registered population of the period was {people}",
    ),
    (
        "change",
        s._change,
        None,
        "较上年同期（{before}⟨‰⟩）{way:上升|下降|高|低} {size}⟨ 个千分点⟩（差值的" + _CI + "）",
        "It was {size}⟨ per mille points⟩ {way:higher|lower} than in the same period last year ({before}⟨‰⟩"
        "{rest:\\)?[^0-9()]*}95% confidence interval of the difference ⟨is ⟩{low~high}",
    ),
    (
        "no change",
        s._change,
        None,
        "与上年同期（{before}⟨‰⟩）持平（差值的" + _CI + "）",
        "It was the same as in the same period last year ({before}⟨‰⟩; 95% confidence interval of the difference "
        "{low~high})",
    ),
    (
        "trend of the sex ratio",
        s._trend(SRB, 1),
        (SRB, "trend"),
        "当前趋势水平为 {value}（95%趋势区间 {low~high}），高于 {bound} 的可能性{p%}",
        "the trend level is now {value} (95% trend interval {low~high}); the probability that it is above {bound} is {p%}",
    ),
    (
        "trend of growth",
        s._trend(GROWTH, 2),
        (GROWTH, "trend"),
        "趋势水平为年率 {value}‰（95%趋势区间 {low~high}）",
        "a trend level of {value}‰ at an annual rate (95% trend interval {low~high})",
    ),
    (
        "trend over 12 months",
        s._moved,
        None,
        "与12个月前相比{way:上升|下降} {size}⟨ 个千分点⟩",
        "It has {way:risen|fallen} by {size}⟨ per mille points⟩ over 12 months",
    ),
    (
        "few births",
        s._births,
        None,
        _WHEN + "，{where*}出生 {births} 人，出生人数过少",
        _WHEN_EN + ", {where*} recorded {births} births, too few",
    ),
    (
        "too few births",
        s._too_few,
        None,
        "出生不足 {threshold} 人",
        "recorded fewer than {threshold} births, too few",
    ),
    (
        "small counts",
        s._threshold,
        None,
        "死亡人数不足 {threshold} 人",
        "fewer than {threshold} births or deaths",
    ),
    (
        "months missing",
        s._missing,
        None,
        _WHEN + "，{where*}出生数据缺 {count} 个月",
        _WHEN_EN + ", {where*} lacks birth data for {count} month",
    ),
    (
        "card of the sex ratio",
        s._value(SRB),
        None,
        "月出生人口性别比 {value} 女=100 " + _CI + "⟨ 上年同期 {before}⟩",
        "Sex ratio at birth, {months:\\S+} {value} males per 100 females "
        + _CI_EN
        + "⟨ Same period last year: {before}⟩",
    ),
    (
        "card of growth",
        s._value(GROWTH),
        None,
        "月人口自然增长率 {value} ‰ " + _CI + "⟨ 上年同期 {before}‰⟩",
        "Natural growth rate, {months:\\S+} {value} ‰ " + _CI_EN + "⟨ Same period last year: {before}‰⟩",
    ),
    (
        "card of births",
        s._count_card(BIRTHS, "births"),
        None,
        "月出生人数 {count} 人⟨ 率 {value}‰（{low~high}）⟩⟨ 上年同期 {before}⟩",
        "Births, {months:\\S+} {count} persons⟨ Rate {value}‰ ({low~high})⟩⟨ Same period last year: {before}⟩",
    ),
    (
        "card of deaths",
        s._count_card(DEATHS, "deaths"),
        None,
        "月死亡人数 {count} 人⟨ 率 {value}‰（{low~high}）⟩⟨ 上年同期 {before}⟩",
        "Deaths, {months:\\S+} {count} persons⟨ Rate {value}‰ ({low~high})⟩⟨ Same period last year: {before}⟩",
    ),
    (
        "targets",
        s._tally,
        None,
        "本年度 {total} 项比率类指标有目标：已达到 {met} 项，未达到 {missed} 项，无法区分 {unclear} 项",
        "{total} rate⟨s⟩ {have:has a target|have targets} this year: {met} met, {missed} not met, {unclear} ⟨that ⟩cannot",
    ),
    (
        "targets withheld",
        s._tally,
        None,
        "其中 {unknown} 项数据不全",
        "{unknown} of them ha{e:s|ve} incomplete data",
    ),
    (
        "no target known",
        s._tally,
        None,
        "本年度 {total} 项比率类指标有目标，",
        "{total} rate⟨s⟩ {have:has a target|have targets} this year; ",
    ),
    (
        "time gone by",
        s._due,
        None,
        "本年已过 {months} 个月，时序进度为 {due}%",
        "{months} months of the year have gone by; pro-rated progress is {due}%",
    ),
    (
        "task",
        s._task,
        None,
        "{label*}：已完成 {done} 人，为全年目标的 {share}%（"
        + _CI
        + "），{pace:快于|慢于|与}时序进度 {due}%",
        "{label*}: {done} persons so far, {share}% of the year's target ("
        + _CI_EN
        + "), {pace:[a-z ]+}the pro-rated {due}%",
    ),
    (
        "task that is done",
        s._task,
        None,
        "{label*}：已完成 {done} 人，为全年目标的 {share}%，已达到",
        "{label*}: {done} persons so far, {share}% of the year's target, which is met",
    ),
    (
        "flag",
        s._flag,
        None,
        "{label*}：{when:1—\\d+月累计|近12个月}为 {value}⟨%⟩⟨‰⟩（"
        + _CI
        + "），{way:高于|低于}{what:正常范围|目标}{end:上限|下限} {bound}",
        "{label*}: {value}⟨%⟩⟨‰⟩ in {when:January\\S*|(?:the )?last 12 months} (95% ⟨confidence ⟩interval {low~high}), "
        "{way:above|below} the {end:upper|lower} end of the {what:normal range|target}, {bound}",
    ),
    (
        "rest of the area above",
        s._difference("parent"),
        None,
        "近12个月{label*}为 {value}⟨‰⟩，{way:高于|低于}{place*}其余地区（{other}⟨‰⟩）",
        "Over the last 12 months, the {label*} was {value}⟨‰⟩, {way:higher|lower} than in the rest of {place*} "
        "({other}⟨‰⟩)",
    ),
    (
        "average of the level",
        s._difference("level"),
        None,
        "近12个月{label*}为 {value}⟨‰⟩，{way:高于|低于}同级各地平均水平（{other}⟨‰⟩）",
        "Over the last 12 months, the {label*} was {value}⟨‰⟩, {way:higher|lower} than the average of areas at this "
        "level ({other}⟨‰⟩)",
    ),
    (
        "rank",
        s._rank,
        None,
        "{label*}：在{place*}的 {areas} 个同级地区中，按数值由高到低居{quarter:\\S+?四分之一}（可能性{p%}）",
        "{label*}: in the {quarter:\\w+ quarter} of the {areas} areas at this level in {place*}, from the highest value "
        "to the lowest (probability {p%})",
    ),
    (
        "chance of the target",
        s._chance_of_target,
        None,
        "{label*}：按目前的趋势，达到全年目标的可能性{p%}",
        "{label*}: on the present trend, the probability of meeting the year's target is {p%}",
    ),
    (
        "late returns",
        s._late,
        None,
        "{source*}有 {late} 份报表迟于",
        "{source:[A-Z][a-z ]+}: {late} returns came after",
    ),
    (
        "completeness",
        s._share("actual"),
        None,
        "{source*}：近12个月报送完整率为 {share}%",
        "{source*}: completeness of returns over the last 12 months was {share}%",
    ),
    (
        "timeliness",
        s._share("on_time"),
        None,
        "{source*}：近12个月报送及时率为 {share}%",
        "{source*}: timeliness of returns over the last 12 months was {share}%",
    ),
    (
        "two sources",
        s._two_sources,
        None,
        "{label*}：{first*} {one}，{second*} {other}，后者{way:多|少} {apart}（{percent}%；可比 {months} 个月）",
        "{label*}: {first:[A-Z][a-z ]+} {one}, {second:[A-Z][a-z ]+} {other}; the latter is {apart} {way:higher|lower} "
        "({percent}%; {months} comparable months)",
    ),
    (
        "two sources agree",
        s._two_sources,
        None,
        "{label*}：{first*} {one}，{second*} {other}，两者一致（可比 {months} 个月）",
        "{label*}: {first:[A-Z][a-z ]+} {one}, {second:[A-Z][a-z ]+} {other}; they agree ({months} comparable months)",
    ),
    (
        "sources differ",
        s._two_sources,
        None,
        "{label*}：近12个月{first*}与{second*}相差 {percent}%",
        "{label*}: over the last 12 months, {first:[A-Z][a-z ]+?} and {second:[A-Z][a-z ]+} differ by {percent}%",
    ),
    (
        "revision",
        s._revision,
        None,
        "，{label*}：由 {before} 修订为 {value}（{change}）",
        ", {label:[a-z ]+}: revised from {before} to {value} ({change})",
    ),
    ("findings", s._doubts, None, "数据疑点 {count} 条", "There {verb:is|are} {count} finding"),
    (
        "revisions",
        s._doubts,
        None,
        "近12个月有 {revised} 项数字经",
        "{revised} figure⟨s⟩ of the last 12 months",
    ),
    (
        "gap",
        s._gap,
        None,
        "{gap:高出目标|低于目标|低于上限|高于下限} {size}⟨ 个百分点⟩⟨ 个千分点⟩ |",
        "| {size}⟨ percentage points⟩⟨ per mille points⟩ {gap:above|below|to spare} |",
    ),
)

STATEMENTS = tuple(
    s.Statement(name, expected, {"zh": s.compiled(zh), "en": s.compiled(en)}, about)
    for name, expected, about, zh, en in _SENTENCES
)
