"""What the messages of a page say in numbers, by their ids, and how each number is found in the tables again.

A rule is given a message as it was printed and says what the numbers in its values must be; under `id`, which message
should have been chosen.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from recomputed import GROWTH, NUMBER, REPORTED, SEX_RATIO, Area, bare, chance, printed, share

Rule = Callable[["Said"], dict[str, str | list[str]]]
ABOUT = {
    "growth": GROWTH,
    "sex_ratio": SEX_RATIO,
    "situation.birth": "birth_rate",
    "situation.death": "death_rate",
}
PER_MILLE = " per 1,000"  # a unit, no number
DOUBTS_OF_INDICATORS = ("target_missed", "outside_normal_range")


@dataclass(frozen=True)
class Said:
    """A message as it was printed, and the indicator that was last spoken of on the page."""

    message: str
    values: dict[str, str]
    text: str
    area: Area | None = None
    about: str = ""
    window: str = "ytd"

    @property
    def row(self) -> dict:
        return self.area.row(self.about, self.window)

    @property
    def spec(self) -> dict:
        return self.area.warehouse.indicators[self.about]

    @property
    def labelled(self) -> str:
        """The indicator that the message names."""
        return self.area.warehouse.named(self.values["label"])

    def printed(self, value: float) -> str:
        return printed(value, self.spec["decimals"])

    def limits(self, row: dict, key: str = "{}_95") -> list[str]:
        return [self.printed(row[key.format(side)]) for side in ("lower", "upper")]


def clean(text: object) -> str:
    return re.sub(r"[\u2060*]|\\(?=[\W_])", "", str(text)).replace("\u00a0", " ")


def side_of(row: dict, low: float | None, high: float | None) -> str:
    """Where the whole 95 % interval lies."""
    if high is not None and row["lower_95"] > high:
        return "higher"
    return "lower" if low is not None and row["upper_95"] < low else "unclear"


def value(m: Said) -> dict:
    return {"value": m.printed(m.row["value"]), "interval": m.limits(m.row)}


def leads(m: Said) -> bool:
    """Whether a page may lead with the window: of twelve months, and of the year so far where those are not known."""
    return m.window == "rolling_12" or m.area.row(m.about, "rolling_12").get("value") is None


def growth(m: Said) -> dict:
    people = m.row["numerator"]
    way = "falling" if people < 0 else "growing"
    return value(m) | {"people": printed(abs(people)), "id": f"growth.{way}" if leads(m) else "none"}


def sex_ratio(m: Said) -> dict:
    """By the one verdict of the edition on the twelve months; of fewer months nothing is said."""
    (low, high), births = m.spec["normal_range"], m.area.births(m.window)
    unclear = "few_births_unclear" if births < m.spec["uncertain_below"] else "unclear"
    judged = verdict(m.area, m.about, "normal_range") if m.window == "rolling_12" else ""
    words = {"higher": "above_normal", "lower": "below_normal", "inside": "inside_normal", "unclear": unclear}
    chosen = words.get(judged, "not_judged")
    found = {"births": printed(births), "low": bare(low), "high": bare(high)}
    return value(m) | found | {"id": f"sex_ratio.{chosen}" if leads(m) else "none"}


def left_open(m: Said) -> dict:
    """Twelve months outside the range by themselves, of which the edition does not say that they are."""
    is_outside = side_of(m.row, *m.spec["normal_range"]) != "unclear"
    is_open = verdict(m.area, m.about, "normal_range") == "unclear"
    return {"id": m.message if is_outside and is_open else "none"}


def too_few(m: Said) -> dict:
    births, few = m.area.births(m.window), m.spec["withhold_below"]
    return {"births": printed(births), "threshold": bare(few), "id": m.message if births < few else "none"}


def trend(m: Said) -> dict:
    row = m.area.one("trends", "series = ?", m.about)
    return {"value": m.printed(row["trend"]), "interval": m.limits(row)}


def moved(m: Said) -> dict:
    """By how much the trend has moved, where the year is judged to have changed."""
    size = m.area.one("trends", "series = ?", m.about)["change_12_months"]
    has_changed = verdict(m.area, m.about, "change") in ("rising", "falling")
    chosen = f"change.trend_{'rising' if size > 0 else 'falling'}"
    return {"size": m.printed(abs(size)), "id": chosen if has_changed else "none"}


def over_a_year(m: Said) -> dict:
    judged = verdict(m.area, m.about, "change")
    return {"id": f"change.{judged}" if judged else "none"}


def own_share(m: Said) -> dict:
    """Of the change over the year where it is judged to have changed, else of the level."""
    has_changed = m.about == GROWTH and verdict(m.area, m.about, "change") in ("rising", "falling")
    part = m.area.one("trends", "series = ?", m.about)["own_share_of_change" if has_changed else "own_share"]
    return {"share": printed(100 * part), "id": m.message if part < 0.9 else "none"}


def change(m: Said) -> dict:
    """The year so far against the same months: told with its interval, and not judged."""
    row = m.row
    found = {"before": m.printed(row["value_last_year"]), "size": m.printed(abs(row["change"]))}
    is_same = not float(NUMBER.search(found["size"])[0].replace(",", ""))
    chosen = "same" if is_same else "higher" if row["change"] > 0 else "lower"
    return found | {"interval": m.limits(row, "change_{}_95"), "id": f"change.{chosen}"}


def events(m: Said) -> dict:
    births, deaths = m.area.row("birth_rate"), m.area.row("death_rate")
    counts = {"births": births.get("numerator"), "deaths": deaths.get("numerator")}
    return {key: printed(count) for key, count in (counts | {"people": births.get("denominator")}).items()}


def task(m: Said) -> dict:
    row, target = m.area.row(m.labelled), m.area.target(m.labelled)[0]
    done, low, high = (100 * row[key] / target for key in ("value", "lower_95", "upper_95"))
    due = 100 * m.area.warehouse.month.month / 12
    pace = "ahead" if low > due else "behind" if high < due else "pace_unclear"
    found = {"done": printed(row["value"]), "share": printed(done, 1), "due": printed(due, 1)}
    found["interval"] = [printed(low, 1), printed(high, 1)]
    is_met = verdict(m.area, m.labelled, "target") == "met"
    return found | {"id": f"targets.{'done_already' if is_met else pace}"}


def bounds_of_grades(m: Said) -> dict:
    """Where good and acceptable begin, as in targets.csv."""
    (row,) = [
        row
        for row in m.area.warehouse.targets
        if row["indicator"] == m.labelled and row["good"] and row["area_code"] in ("", m.area.code)
        if row["level"] == m.area.level
    ]
    return {name: bare(float(row[name])) for name in ("good", "acceptable")}


def pro_rated(m: Said) -> dict:
    month = m.area.warehouse.month.month
    return {"count": bare(month), "due": printed(100 * month / 12, 1)}


def tally(m: Said) -> dict:
    """How many targets are judged which way; of those without a figure nothing is said."""
    verdicts = [verdict(m.area, name, "target") for name in with_targets(m.area)]
    found = {
        "met": bare(verdicts.count("met") + verdicts.count("likely_met")),
        "missed": bare(verdicts.count("missed") + verdicts.count("likely_missed")),
        "unclear": bare(verdicts.count("unclear")),
    }
    is_none, is_part = not any(verdicts), m.message == "targets.some_incomplete"
    chosen = m.message if is_part else "targets.none_calculated" if is_none else "targets.summary"
    return found | {"count": bare(verdicts.count("") if is_part else len(verdicts)), "id": chosen}


def with_targets(area: Area) -> list[str]:
    """The indicators of an area that have a target, and a row in the table of indicators."""
    names = area.warehouse.indicators
    return [name for name in names if area.target(name) != (None, None) and area.row(name)]


def verdict(area: Area, name: str, question: str) -> str:
    """As in the table of verdicts; nothing on a figure that is not known or withheld: of a target the year so far."""
    found = area.one("verdicts", "indicator = ? and question = ?", name, question).get("verdict", "")
    row = area.row(name, "ytd" if question == "target" else "rolling_12")
    is_count = area.warehouse.indicators[name]["method"] == "count"
    is_known = row.get("value") is not None and (is_count or row["lower_95"] is not None)
    return found if found and is_known and not is_withheld(area, name, row) else ""


def is_withheld(area: Area, name: str, row: dict) -> bool:
    """A small count, here or a year earlier, or one that would follow from that of a neighbour and the total."""
    spec, window = area.warehouse.indicators[name], row["time_window"]
    is_vital = spec["method"] in ("rate", "balance", "sex_ratio")
    if spec["method"] == "sex_ratio" and area.births(window) < spec["withhold_below"]:
        return True
    rates = ("birth_rate", "death_rate") if is_vital else (name,)
    keys = ("events", "events_last_year") if is_vital else ("numerator",)
    counts = {
        one.code: [c for key in keys for rate in rates if (c := one.row(rate, window).get(key)) is not None]
        for one in area.siblings()
    }
    return area.code in withheld_among(counts, area.warehouse.withhold_below)


def withheld_among(counts: dict[str, list[float]], smallest: int) -> set[str]:
    """The areas of one parent with a small count; where there is one, also the next in size that counts anybody."""
    small = {code for code, found in counts.items() if any(0 < count < smallest for count in found)}
    others = [(sum(of[:2]), code) for code, of in counts.items() if code not in small and min(of, default=0)]
    return small | {min(others)[1]} if len(small) == 1 and others else small


def compared(m: Said) -> dict:
    condition = "indicator = ? and reference = 'level' and time_window = 'rolling_12'"
    row = m.area.one("comparisons", condition, m.labelled)
    values = {"value": row["value"], "other": row["reference_lower"]}
    found = {key: printed(one, m.area.decimals(m.labelled)) for key, one in values.items()}
    return found | {"id": f"neighbours.{verdict(m.area, m.labelled, 'siblings')}_than_siblings"}


def none_differs(m: Said) -> dict:
    judged = {verdict(m.area, name, "siblings") for name in REPORTED}
    return {"id": m.message if judged in ({"unclear"}, {"unclear", ""}) else "none"}


def rank(m: Said) -> dict:
    query = "select area_code, parent_code from areas where ? in (name, name_en)"
    place = m.area.query(query, m.values["place"])[0]
    among = place["area_code"] if place["parent_code"] else ""
    condition = "indicator = ? and among = ? and time_window = 'rolling_12'"
    row = m.area.one("ranks", condition, m.labelled, among)
    return {"areas": bare(row["areas"]), "probability": chance(row["probability_quarter"])}


def outlook(m: Said) -> dict:
    probability = m.area.one("outlook", "indicator = ?", m.labelled)["probability_met"]
    is_asked = verdict(m.area, m.labelled, "target") == "likely_missed"
    return {"probability": chance(probability), "id": m.message if is_asked else "none"}


def returns(m: Said) -> dict:
    row = m.area.returns()[m.area.warehouse.named(m.values["source"], "sources")]
    come = row["on_time"] if m.message.endswith("timeliness") else row["actual"]
    return {"late": printed(row["actual"] - (row["on_time"] or 0)), "share": share(come, row["expected"])}


def two_sources(m: Said) -> dict:
    name = m.area.warehouse.named(m.values["label"], "elements")
    source = m.area.warehouse.named(m.values.get("second") or m.values["other"], "sources")
    condition = "element = ? and source = ? and time_window = 'rolling_12'"
    row = m.area.one("disagreements", condition, name, source)
    first, other = row["value_preferred"], row["value"]
    way = "same" if first == other else "more" if other > first else "less"
    apart = printed(100 * abs(other - first) / first, 1) if first else []
    found = {"percent": apart, "apart": printed(abs(other - first)), "months": printed(row["months"])}
    if "second" not in m.values:
        return found
    return found | {"one": printed(first), "other": printed(other), "id": f"quality.compared_{way}"}


def revision(m: Said) -> dict:
    """Of the months of an element that were revised the one that fits best."""
    name, found = m.area.warehouse.named(m.values["label"], "elements"), []
    rows = [row for row in m.area.revisions() if row["element"] == name]
    for month in {row["period"] for row in rows}:
        query = "select value from counts where area_code = ? and element = ? and month = ?"
        after = m.area.query(query, m.area.code, name, month)[0]["value"]
        change = sum(row["value"] - row["value_before"] for row in rows if row["period"] == month)
        values = {"before": printed(after - change), "value": printed(after)}
        found.append(values | {"change": ("+" if change > 0 else "") + printed(change)})
    return max(found, key=lambda one: sum(m.values.get(key) == text for key, text in one.items()))


def revised(m: Said) -> dict:
    first, last = m.area.warehouse.months()
    rows = [row for row in m.area.revisions() if first <= row["period"] <= last]
    return {"count": bare(len({(row["period"], row["element"], row["span"]) for row in rows}))}


def doubts(m: Said) -> dict:
    return {"count": bare(sum(one["kind"] not in DOUBTS_OF_INDICATORS for one in m.area.evidence()))}


def finding(m: Said) -> dict:
    """Each number is one of the evidence of a finding of this kind, or the difference of two."""
    values = {key: text for key, text in m.values.items() if key not in ("time_window", "bound_is")}
    shown = {number for text in values.values() for number in NUMBER.findall(text)}
    for one in m.area.evidence():
        numbers = [v for v in one.values() if isinstance(v, int | float)]
        numbers += [abs(this - that) for this in numbers for that in numbers]
        known = {text for v in numbers for text in (bare(v), *(printed(v, places) for places in range(5)))}
        if one["kind"] == m.message.split(".")[1] and shown <= known:
            return {}
    return dict.fromkeys(values, "no finding has it")


def window_of_target(m: Said, name: str) -> str:
    """Yearly rates are held against their target over twelve months, all else since January."""
    return "rolling_12" if m.area.warehouse.indicators[name]["method"] in ("rate", "balance") else "ytd"


def missed_target(m: Said) -> dict:
    row = m.area.row(m.labelled, window_of_target(m, m.labelled))
    value = printed(row["value"], m.area.decimals(m.labelled))
    target = [plain for end in m.area.target(m.labelled) if end is not None for plain in [bare(end)]]
    return {"value": value, "target": target, "id": f"attention.{verdict(m.area, m.labelled, 'target')}"}


def is_far(row: dict, low: float | None, high: float | None) -> bool:
    """Whether the whole 99.8 % interval misses the target."""
    above = high is not None and row["lower_998"] > high
    return above or (low is not None and row["upper_998"] < low)


def members_of_targets(m: Said) -> list[tuple[str, list[dict], list[dict]]]:
    """Of each missed target: its indicator, the areas within that have a figure, and those whose interval misses it."""
    judged = "from verdicts where area_code = ? and question = 'target' and verdict like '%missed'"
    found = []
    for name in (row["indicator"] for row in m.area.query(judged, m.area.code)):
        low, high = m.area.target(name)
        window = window_of_target(m, name)
        rows = [m.area.warehouse.area(code).row(name, window) for code in set(m.area.members().values())]
        rows = [row for row in rows if row.get("lower_95") is not None]
        found.append((name, rows, [row for row in rows if is_far(row, low, high)]))
    return found


def members_behind(m: Said) -> dict:
    counts = [[bare(len(missed)), bare(len(members))] for _name, members, missed in members_of_targets(m)]
    said = [m.values["behind"], m.values["known"]]
    return {} if said in counts else {"behind": [f"one of {counts}"]}


def member_behind(m: Said) -> dict:
    values = {
        printed(row["value"], m.area.decimals(name))
        for name, _members, missed in members_of_targets(m)
        for row in missed
    }
    return {} if set(NUMBER.findall(m.values["value"])) <= values else {"value": [f"one of {values}"]}


def late_by_month(m: Said, source: str = "%") -> list[tuple[str, str]]:
    """Months of twelve in the language of the message, and how many returns of a source were late for each."""
    rows = m.area.query(
        "select month, actual - on_time late from completeness "
        "where area_code = ? and actual > on_time and source like ? and month between ? and ? order by month",
        m.area.code,
        source,
        *m.area.warehouse.months(),
    )
    is_chinese = any("\u4e00" <= letter <= "\u9fff" for letter in m.text)
    name = "{0.year}年{0.month}月" if is_chinese else "{0:%B} {0.year}"
    return [(name.format(row["month"]), bare(row["late"])) for row in rows]


def late_in_month(m: Said) -> dict:
    said = (m.values["month"], m.values["count"])
    return {} if said in late_by_month(m) else {"count": ["another"], "month": ["another"]}


def late_months(m: Said) -> dict:
    """The three months with the most late returns, in their order."""
    months = late_by_month(m, m.area.warehouse.named(m.values["source"], "sources"))
    kept = sorted(sorted(range(len(months)), key=lambda place: -int(months[place][1]))[:3])
    return returns(m) | {
        "months": [n for place in kept for text in months[place] for n in NUMBER.findall(text)]
    }


RULES: dict[str, Rule] = {
    "growth.falling": growth,
    "growth.growing": growth,
    "growth.small_counts": lambda m: {"threshold": bare(m.area.warehouse.withhold_below)},
    "growth.this_period": value,
    "growth.trend": trend,
    "sex_ratio.trend": trend,
    "sex_ratio.trend_alone": trend,
    "situation.*_rate": value,
    "situation.counts_and_population": events,
    "counts.*": events,
    "sex_ratio.this_period": value,
    "sex_ratio.*unclear": sex_ratio,
    "sex_ratio.*_normal": sex_ratio,
    "sex_ratio.not_judged": sex_ratio,
    "sex_ratio.trend_and_period_differ": left_open,
    "sex_ratio.fewer_than": too_few,
    "sex_ratio.too_few": too_few,
    "sex_ratio.months_missing": lambda m: {"count": bare(m.row["months_missing"])},
    "sex_ratio.note_normal_range": lambda m: dict(
        zip(("low", "high"), map(bare, m.spec["normal_range"]), strict=True)
    ),
    "sex_ratio.note_baseline": lambda m: dict(
        zip(("low", "high"), map(m.printed, m.spec["baseline"]), strict=True)
    ),
    "change.trend_*ing": moved,
    **dict.fromkeys(("change.higher", "change.lower", "change.same"), change),
    **dict.fromkeys(("change.rising", "change.falling", "change.unclear"), over_a_year),
    "change.own_share": own_share,
    "members.note": lambda m: {"threshold": bare(m.area.warehouse.withhold_below)},
    "targets.summary": tally,
    "targets.none_calculated": tally,
    "targets.some_incomplete": tally,
    "targets.pro_rated": pro_rated,
    "grades.bounds": bounds_of_grades,
    **dict.fromkeys(
        ("targets.ahead", "targets.behind", "targets.pace_unclear", "targets.done_already"), task
    ),
    "neighbours.*_than_siblings": compared,
    "neighbours.none_differs": none_differs,
    "neighbours.rank": rank,
    "questions.sex_ratio_target": outlook,
    "questions.target_outlook": outlook,
    "questions.completeness": returns,
    "questions.timeliness": late_months,
    "questions.sources_differ": two_sources,
    "quality.late_returns": returns,
    "quality.compared_*": two_sources,
    "quality.revised": revision,
    "quality.revised_same_total": revision,
    "quality.findings": doubts,
    "quality.figures_revised": revised,
}
RULES |= {
    f"findings.{kind}": finding
    for kind in ("target_missed", "outside_normal_range", "rate_differs", "unusual_month*")
}
RULES |= {
    "attention.*missed": missed_target,
    "attention.members_behind": members_behind,
    "attention.member": member_behind,
    "questions.late_in_month": late_in_month,
}
# Their numbers are dates, codes, names of windows or constants of the method, or stand in another message as well.
NO_FIGURES = re.compile(
    r"(months|method|provenance|page|population|labels|area|numbering|findings|questions)\..*"
    r"|.*\.(caption|column_).*|(outlook|neighbours)\.note|(growth|situation)\.(.*_)?incomplete|sex_ratio\.no_.*"
    r"|targets\.(note.*|label_.*|flag)|members\.heading.*|quality\.(area_.*|finding.*|substituted|cumulative)"
)


@cache
def rule_of(message: str) -> Rule | None:
    return RULES.get(message) or next(
        (rule for key, rule in RULES.items() if fnmatchcase(message, key)), None
    )


def is_looked_at(one: Said) -> bool:
    """Whether the numbers of a message are held by its rule, or say nothing of the area."""
    return not one.values or rule_of(one.message) or NO_FIGURES.fullmatch(one.message)


def wrong_messages(said: Iterable[Said], area: Area) -> list[str]:
    """Numbers in messages that are not as they are found again, and messages that should have been others."""
    wrong, about, window = [], "", "ytd"
    for one in said:
        for start, name in ABOUT.items():
            if one.message.startswith(start):
                is_rolling = re.search("近12|12 months", str(one.values.get("period", "")))
                about, window = name, "rolling_12" if is_rolling else "ytd"
        if (rule := rule_of(one.message)) is None:
            continue
        values = {key: clean(text).replace(PER_MILLE, "") for key, text in one.values.items()}
        expected = rule(Said(one.message, values, one.text, area, about, window))
        if (chosen := expected.pop("id", one.message)) not in (one.message, "sex_ratio.this_period"):
            wrong.append(f"{area.code}: {one.message} should be {chosen}: {one.text}")
        for key in expected.keys() & values.keys():
            numbers = NUMBER.findall(expected[key]) if isinstance(expected[key], str) else expected[key]
            if NUMBER.findall(values[key]) != numbers:
                wrong.append(
                    f"{area.code}: {one.message}: {key} is {values[key]}, recomputed {numbers}: {one.text}"
                )
    return wrong
