"""What the sentences of a report say, in both languages, and the query behind each number in them.

A pattern is the sentence itself: `{name}` stands for a number, `{lo~hi}` for an interval, `{p%}` for a probability,
`{way:…|…}` for one of several words, `{name*}` for any text, ⟨…⟩ for what may be missing. Each statement says what
its names must be; `about` is the indicator and window of the last value before it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from recomputed import Area, printed

NUMBER = r"[−+]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
CHANCE = r"在?\d+%以上|(?:about |约为 |less than |more than |不到)?\d+%"
DECIMALS = {"sex_ratio_at_birth": 1}
Expected = Callable[[Area, tuple[str, str], dict[str, str]], dict[str, str]]


@dataclass(frozen=True)
class Statement:
    name: str
    expected: Expected
    patterns: dict[str, re.Pattern[str]]
    about: tuple[str, str] | None = None


def compiled(text: str) -> re.Pattern[str]:
    parts = re.split(r"(\{[^{}]+\}|⟨|⟩)", text)
    return re.compile("".join(_part(part) for part in parts))


def _part(part: str) -> str:
    if part in ("⟨", "⟩"):
        return "(?:" if part == "⟨" else ")?"
    if not part.startswith("{"):
        return re.escape(part)
    name, colon, words = part[1:-1].partition(":")
    if colon:
        return f"(?P<{name}>{words})"
    if "~" in name:
        low, high = name.split("~")
        return f"(?P<{low}>{NUMBER})(?:～|–|至| to )(?P<{high}>{NUMBER})"
    if name.endswith("*"):
        return f"(?P<{name[:-1]}>[^|。；，（）：;:().]+?)"
    if name.endswith("%"):
        return f"(?P<{name[:-1]}>{CHANCE})"
    return f"(?P<{name}>{NUMBER})"


def chance(probability: float | None) -> str:
    if probability is None:
        return "—"
    return "<1" if probability < 0.01 else ">99" if probability > 0.99 else printed(100 * probability)


def said(text: str) -> str:
    """A probability as it is said, the words taken off."""
    sign = "<" if re.search("less|不到", text) else ">" if re.search("more|以上", text) else ""
    return sign + re.sub(r"\D", "", text)


def window_of(found: dict[str, str], default: str) -> str:
    when = found.get("when") or ""
    year = re.search(r"20\d\d(?!年1—|年\d|.*月)", when)
    return "rolling_12" if "12" in when else year[0] if year and "January" not in when else default


def _value(indicator: str, default: str = "ytd", annual: bool = False) -> Expected:
    decimals = DECIMALS.get(indicator, 2)

    def expected(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
        window = window_of(found, default)
        low, high = area.limits(indicator, window)
        values = {
            "value": printed(area.value(indicator, window), decimals),
            "low": printed(low, decimals),
            "high": printed(high, decimals),
        }
        if found.get("before"):
            values["before"] = printed(area.value(indicator, window, 1), decimals)
        if "births" in found:
            values["births"] = printed(area.count("births", window))
        if annual:
            increase = area.increase(window)
            values |= {"people": printed(abs(increase)), "annual": printed(area.annual(window), 2)}
            values["way"] = "down" if increase < 0 else "up"
        range_ = area.warehouse.indicators[indicator].get("normal_range", (0, 0))
        values |= {"from": printed(range_[0]), "to": printed(range_[1])}
        if "bound" in found:
            values["bound"] = values["to" if low > range_[1] else "from"]
        return values

    return expected


def _change(area: Area, about: tuple[str, str], _: dict[str, str]) -> dict[str, str]:
    indicator, window = about
    decimals, row = DECIMALS.get(indicator, 2), area.published(indicator, window)
    change = area.value(indicator, window) - area.value(indicator, window, 1)
    return {
        "before": printed(area.value(indicator, window, 1), decimals),
        "size": printed(abs(change), decimals),
        "way": "up" if change > 0 else "down",
        "low": printed(row["change_lower_95"], decimals),
        "high": printed(row["change_upper_95"], decimals),
    }


def _trend(series: str, decimals: int) -> Expected:
    def expected(area: Area, *_: object) -> dict[str, str]:
        row = area.one("trends", "series = ?", series)
        upper = area.warehouse.indicators["sex_ratio_at_birth"]["normal_range"][1]
        values = {
            "value": row["trend"],
            "low": row["lower_95"],
            "high": row["upper_95"],
        }
        return {name: printed(value, decimals) for name, value in values.items()} | {
            "p": chance(row["probability_above_reference"]),
            "bound": printed(upper),
        }

    return expected


def _moved(area: Area, about: tuple[str, str], _: dict[str, str]) -> dict[str, str]:
    """The trend now less the trend twelve months ago, from the two rows."""
    now, before = (
        area.query(
            "select trend from trends where area_code = ? and series = ? and month = ? - to_months(?::int)",
            *(area.code, about[0], area.month, months),
        )[0]["trend"]
        for months in (0, 12)
    )
    size = now - before
    return {"size": printed(abs(size), DECIMALS.get(about[0], 2)), "way": "up" if size > 0 else "down"}


def _events(area: Area, *_: object) -> dict[str, str]:
    births, deaths = area.count("births", "ytd"), area.count("deaths", "ytd")
    people = area.population("ytd")
    return {"births": printed(births), "deaths": printed(deaths), "people": printed(people)}


def _count_card(indicator: str, element: str) -> Expected:
    def expected(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
        low, high = area.limits(indicator) if "value" in found else (None, None)
        before = area.count(element, "ytd", 1)
        return {
            "count": printed(area.count(element, "ytd")),
            "value": printed(area.value(indicator), 2),
            "low": printed(low, 2),
            "high": printed(high, 2),
            "before": printed(before),
        }

    return expected


def _births(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    return {"births": printed(area.count("births", window_of(found, "ytd")))}


def _missing(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    first, last = area.months(window_of(found, "ytd"))
    known = area.query(
        "select count(*) as n from (select month from counts where area_code = ? and month between ? and ? and element in "
        "('births_male', 'births_female') group by 1 having count(value) = 2)",
        *(area.code, first, last),
    )[0]["n"]
    return {"count": printed((last.year - first.year) * 12 + last.month - first.month + 1 - known)}


def _too_few(area: Area, *_: object) -> dict[str, str]:
    return {"threshold": printed(area.warehouse.indicators["sex_ratio_at_birth"]["withhold_below"])}


def _threshold(area: Area, *_: object) -> dict[str, str]:
    return {"threshold": printed(area.warehouse.withhold_below)}


def _task(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    name = area.warehouse.named(found["label"].strip())
    done, target = area.value(name), area.target(name)[0]
    low, high = area.limits(name)
    return {
        "done": printed(done),
        "share": printed(100 * done / target, 1),
        "low": printed(100 * low / target, 1),
        "high": printed(100 * high / target, 1),
        "due": printed(100 * area.month.month / 12, 1),
    }


def _due(area: Area, *_: object) -> dict[str, str]:
    return {"months": printed(area.month.month), "due": printed(100 * area.month.month / 12, 1)}


def _tally(area: Area, *_: object) -> dict[str, str]:
    """How many rates meet their targets, by limits calculated here; withheld ones are unknown to this count."""
    verdicts = {"met": 0, "missed": 0, "unclear": 0}
    total = 0
    for name, spec in area.warehouse.indicators.items():
        window = "rolling_12" if spec["method"] in ("rate", "balance") else "ytd"
        lower, upper = area.target(name)
        if (lower, upper) == (None, None) or spec["method"] == "count":
            continue
        total += 1
        if is_withheld(area, name, window):
            continue
        low, high = area.limits(name, window)
        if (lower is not None and high < lower) or (upper is not None and low > upper):
            verdicts["missed"] += 1
        elif (lower is None or low >= lower) and (upper is None or high <= upper):
            verdicts["met"] += 1
        else:
            verdicts["unclear"] += 1
    unknown = total - sum(verdicts.values())
    shown = {name: printed(count) for name, count in verdicts.items()}
    return {"total": printed(total), **shown, "unknown": printed(unknown)}


def is_withheld(area: Area, name: str, window: str) -> bool:
    """Few births for a sex ratio, a small count else, or nothing known."""
    spec, smallest = area.warehouse.indicators[name], area.warehouse.withhold_below
    if area.value(name, window) is None:
        return True
    if spec["method"] == "sex_ratio" and area.count("births", window) < spec["withhold_below"]:
        return True
    if area.limits(name, window)[0] is None:
        return True
    is_vital = spec["method"] in ("rate", "balance", "sex_ratio")
    counts = {
        one.code: _births_and_deaths(one, window) if is_vital else _numerator(one, name, window)
        for one in area.siblings()
    }
    return area.code in withheld_among(counts, smallest)


def withheld_among(counts: dict[str, list[float]], smallest: int) -> set[str]:
    """The areas of one parent with a small count; where there is one, also the next in size that counts anybody."""
    small = {code for code, found in counts.items() if any(0 < count < smallest for count in found)}
    others = [
        (sum(found[:2]), code)
        for code, found in counts.items()
        if code not in small and min(found, default=0)
    ]
    return small | {min(others)[1]} if len(small) == 1 and others else small


def _births_and_deaths(area: Area, window: str) -> list[float]:
    """Births and deaths, and a year earlier, as far as they are known."""
    found = [area.count(element, window, back) for back in (0, 1) for element in ("births", "deaths")]
    return [count for count in found if count is not None]


def _numerator(area: Area, name: str, window: str) -> list[float]:
    count = area.published(name, window)["numerator"]
    return [] if count is None else [count]


def _difference(reference: str) -> Expected:
    def expected(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
        name = area.warehouse.named(found["label"].strip())
        row = area.one(
            "comparisons",
            "indicator = ? and reference = ? and time_window = 'rolling_12'",
            *(name, reference),
        )
        decimals, value = DECIMALS.get(name, 2), area.value(name, "rolling_12")
        way = "up" if value > row["reference_lower"] else "down"
        return {
            "value": printed(value, decimals),
            "other": printed(row["reference_lower"], decimals),
            "way": way,
        }

    return expected


def _rank(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    name = area.warehouse.named(found["label"].strip())
    place = area.query("select area_code, parent_code from areas where name = ?", found["place"].strip())[0]
    among = "" if place["parent_code"] is None else place["area_code"]
    row = area.one("ranks", "indicator = ? and among = ? and time_window = 'rolling_12'", name, among)
    quarters = (r"前|top", r"第二|second", r"第三|third", r"后|bottom")
    is_right = re.search(quarters[row["quarter"] - 1], found["quarter"])
    return {
        "areas": printed(row["areas"]),
        "p": chance(row["probability_quarter"]),
        "quarter": found["quarter"] if is_right else str(row["quarter"]),
    }


def _flag(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    name, window = area.warehouse.named(found["label"].strip()), window_of(found, "ytd")
    spec, decimals = area.warehouse.indicators[name], area.warehouse.indicators[name]["decimals"]
    is_range = "正常" in found["what"] or "normal" in found["what"]
    bounds = spec["normal_range"] if is_range else area.target(name)
    low, high = area.limits(name, window)
    values = (area.value(name, window), low, high)
    shown = {
        key: printed(value, decimals) for key, value in zip(("value", "low", "high"), values, strict=True)
    }
    bound = bounds[1] if bounds[1] is not None and low > bounds[1] else bounds[0]
    return shown | {"bound": f"{bound:g}".replace("-", "−"), "way": "up" if low > bound else "down"}


def _chance_of_target(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    name = area.warehouse.named(found["label"].strip())
    return {"p": chance(area.one("outlook", "indicator = ?", name)["probability_met"])}


def _late(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    row = area.returns()[area.warehouse.named(found["source"].strip(), "sources")]
    late = row["actual"] - (row["on_time"] or 0)
    return {"late": printed(late)}


def _share(column: str) -> Expected:
    def expected(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
        row = area.returns()[area.warehouse.named(found["source"].strip(), "sources")]
        return {"share": printed(100 * row[column] / row["expected"], 1)}

    return expected


def _two_sources(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    name = area.warehouse.named(found["label"].strip(), "elements")
    source = area.warehouse.named(found["second"].strip(), "sources")
    row = area.one("disagreements", "element = ? and source = ? and time_window = 'rolling_12'", name, source)
    first, other = row["value_preferred"], row["value"]
    return {
        "one": printed(first),
        "other": printed(other),
        "apart": printed(abs(other - first)),
        "percent": printed(100 * abs(other - first) / first, 1) if first else "—",
        "months": printed(row["months"]),
        "way": "up" if other > first else "down",
    }


def _revision(area: Area, _: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    name = area.warehouse.named(found["label"].strip(), "elements")
    rows = [
        row
        for row in area.query("from revisions where element = ? order by period", name)
        if row["area_code"] in area.within()
    ]
    for month in sorted({row["period"] for row in rows}):
        after = area.query(
            "select value from counts where area_code = ? and element = ? and month = ?",
            area.code,
            name,
            month,
        )[0]["value"]
        change = sum(row["value"] - row["value_before"] for row in rows if row["period"] == month)
        values = {"before": printed(after - change), "value": printed(after)}
        values["change"] = ("+" if change > 0 else "") + printed(change)
        if all(found.get(key, value) == value for key, value in values.items()):
            break
    return values


def _doubts(area: Area, *_: object) -> dict[str, str]:
    doubts = [one for one in area.evidence() if one["kind"] not in ("target_missed", "outside_normal_range")]
    first, last = area.months("rolling_12")
    revised = area.query(
        "select distinct period, element, area_code, span from revisions where period between ? and ?",
        first,
        last,
    )
    revised = {(r["period"], r["element"], r["span"]) for r in revised if r["area_code"] in area.within()}
    return {"count": printed(len(doubts)), "revised": printed(len(revised))}


def _gap(area: Area, about: tuple[str, str], found: dict[str, str]) -> dict[str, str]:
    """gap = value − target: beyond an upper or below a lower bound it is missed, else there is some to spare."""
    name, window = about
    value, (lower, upper) = area.value(name, window), area.target(name)
    decimals = area.warehouse.indicators[name]["decimals"]
    is_below = lower is not None and (upper is None or value < lower)
    gap = value - (lower if is_below else upper)
    is_missed = gap < 0 if is_below else gap > 0
    words = {"高出目标": (True, 1), "低于目标": (True, -1), "低于上限": (False, -1), "高于下限": (False, 1)}
    words |= {"above": (True, 1), "below": (True, -1), "to spare": (False, 1 if gap > 0 else -1)}
    is_right = words[found["gap"]] == (is_missed, 1 if gap > 0 else -1)
    return {"size": printed(abs(gap), decimals), "gap": found["gap"] if is_right else f"gap {gap}"}
