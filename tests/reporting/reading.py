"""Reads the numbers of a page, and holds each against the query of its sentence, or of its row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from patterns_of_sentences import STATEMENTS
from recomputed import Area, printed
from statements import DECIMALS, NUMBER, said

MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
# Dates, names of windows and of intervals, files, and the numbers of the method: they say nothing of the area.
NO_FIGURES = re.compile(
    r"20\d\d年(?:\d+—)?(?:\d+月)?(?:、\d+月)*"
    r"|\d+—\d+月|\d+月|近12个月|12个月前|女=100|Chao 等，2019"
    rf"|{MONTH}(?:–{MONTH})?(?:, {MONTH})* 20\d\d|\b20\d\d\b(?! births)"
    r"|(?:[Ll]ast|[Tt]he|over) 12 months|months of the last 12"
    r"|per 100 females|(?:females|male) = 100|(?:80|95|99\.8)% ?(?:置信|趋势|预测)?区间|[\w/\-（）]+\.(?:csv|xlsx)"
    r"|(?:80|95|99\.8)% (?:confidence |trend |prediction )?interval"
)
# Stand for signs in a name while the page is read: there they end no cell, make nothing bold and link nothing.
KEPT = {"|": "\ue000", "*": "\ue001", "[": "\ue002", "]": "\ue003"}
UP, DOWN = (
    {"up", "上升", "增长", "higher", "grew", "risen", "高", "高于", "above", "多"},
    {*("down", "下降", "减少", "低", "lower", "fell", "fallen", "低于", "below", "少")},
)


@dataclass
class Line:
    """A paragraph, a card, an item or a row of a table, and the section it stands in."""

    text: str
    section: str
    block: str
    is_row: bool


@dataclass
class Reading:
    """What became of the numbers of a page."""

    by_sentence: int = 0
    by_set: int = 0
    in_tables: int = 0
    statements: set[str] = field(default_factory=set)
    wrong: list[str] = field(default_factory=list)


def lines_of(source: str) -> list[Line]:
    """The text without front matter, headings, captions, headers of tables, links and marks."""
    lines, section, blocks, card, header = [], "", [], [], True
    for raw in source.split("\n---\n", 1)[1].splitlines():
        raw = re.sub(r"\\([|*\[\]])", lambda sign: KEPT[sign[1]], raw)
        text = re.sub(r"[\u2060*]|\\(?=[\W_])", "", raw).replace("\u00a0", " ").strip()
        if fence := re.match(r":::+\s*(?:\{\.([\w-]+).*\})?$", text):
            if fence[1]:
                blocks.append(fence[1])
            elif blocks and blocks.pop() == "key-figure":
                lines.append(Line(" ".join(card), section, "key-figure", False))
                card = []
            continue
        if heading := re.match(r"#+ .*\{#([\w-]+)\}", text):
            section = heading[1]
        header = not text.startswith("|") or (header and not re.match(r"\|[-: |]+\|$", text))
        if not text or text[0] in "#:" or text.startswith("![") or (text.startswith("|") and header):
            continue
        if re.match(r"\|[-: |]+\|$", text):
            continue
        text = re.sub(r"\[([^\[\]]*)\](?:\{[^{}]*\}|\([^()]*\))", r"\1", text)
        if blocks[-1:] == ["key-figure"]:
            card.append(text)
        else:
            lines.append(Line(text.removeprefix("- "), section, (blocks or [""])[-1], text[0] == "|"))
    return [
        line
        for line in lines
        if line.section not in ("method", "provenance") and line.block not in ("note", "notice")
    ]


def figures_of(line: Line) -> list[re.Match[str]]:
    """The numbers of a line that say something of the area."""
    others = {place for match in NO_FIGURES.finditer(line.text) for place in range(*match.span())}
    return [
        match for match in re.finditer(NUMBER, line.text) if not others.intersection(range(*match.span()))
    ]


def read(lines: list[Line], area: Area, language: str) -> Reading:
    reading, about = Reading(), ("", "")
    for line in lines:
        if line.is_row:
            about = row_about(line, area)
        about = read_line(line, area, language, about, reading)
    return reading


def row_about(line: Line, area: Area) -> tuple[str, str]:
    """The indicator and window of a row of a table, by its label."""
    label = line.text.split("|")[1].strip()
    name = area.warehouse.named(re.sub(r"（[‰%]）| \([‰%]\)|，近12个月|, last 12 months", "", label))
    is_rolling = re.search("近12个月|last 12", label) or line.section == "neighbours"
    return name, "rolling_12" if is_rolling else "ytd"


def read_line(
    line: Line, area: Area, language: str, about: tuple[str, str], reading: Reading
) -> tuple[str, str]:
    """Hold each number of a line against the query of its sentence, and what is left against the set."""
    found = [
        (match, one)
        for one in STATEMENTS
        for match in one.patterns[language].finditer(line.text)
        if not line.is_row or one.name == "gap"
    ]
    explained: set[int] = set()
    for match, one in sorted(found, key=lambda pair: (pair[0].start(), -pair[0].end())):
        if explained.intersection(*[range(*match.span())]) and not line.is_row:
            continue
        groups = {name: text for name, text in match.groupdict().items() if text is not None}
        try:
            expected = one.expected(area, about, groups)
        except (KeyError, TypeError, IndexError) as error:
            reading.wrong.append(f"{area.code} {language}: {one.name}: {error!r} in: {line.text}")
            continue
        for name, text in groups.items():
            if name in expected and not agrees(name, text, expected[name]):
                reading.wrong.append(
                    f"{area.code} {language}: {one.name}: {name} is {text}, recomputed {expected[name]}, in: {line.text}"
                )
            if name in expected and re.search(r"\d", text):
                reading.by_sentence += 1
                explained.update(range(*match.span(name)))
        reading.statements.add(one.name)
        if one.about:
            window = "rolling_12" if "12" in groups.get("when", "") else one.about[1]
            about = one.about[0], window
    known = None
    for match in figures_of(line):
        if explained.intersection(range(*match.span())):
            continue
        known = known if known is not None else numbers_of(line, area, about)
        if match[0].removeprefix("+") in known:
            reading.by_set += not line.is_row
            reading.in_tables += line.is_row
        else:
            reading.wrong.append(f"{area.code} {language}: {match[0]} is not known, in: {line.text}")
    return about


def agrees(name: str, text: str, expected: str) -> bool:
    if name == "way":
        return text in (UP if expected == "up" else DOWN)
    return (said(text) if name == "p" else text) == expected


def numbers_of(line: Line, area: Area, about: tuple[str, str]) -> set[str]:
    """What a line without a sentence of its own may say: a finding its evidence, a row the figures of its subject."""
    if not line.is_row:
        figures = {match[0] for match in figures_of(line)}
        if figures and figures <= (former := area.former()):
            return former
        return max(
            (of_evidence(one) for one in area.evidence()), key=lambda one: len(one & figures), default=set()
        )
    label = line.text.split("|")[1].strip()
    for sign, kept in KEPT.items():
        label = label.replace(kept, sign)
    if source := area.warehouse.named(label, "sources"):
        row = area.returns()[source]
        shares = {printed(100 * (row[name] or 0) / row["expected"], 1) for name in ("actual", "on_time")}
        return shares | {printed(row["expected"]), printed(row["actual"])}
    if line.section == "members":
        members = area.query("select area_code, name, name_en from areas where parent_code = ?", area.code)
        code = next(
            row["area_code"]
            for row in members
            if label in [(row[name] or "").replace("\\", "") for name in ("name", "name_en")]
        )
        return set().union(
            *(
                of_window(area.warehouse.area(code), name, "rolling_12", 1)
                for name in ("birth_rate", "death_rate", "natural_growth_rate", "sex_ratio_at_birth")
            )
        )
    if line.section == "sex-ratio":
        year = re.fullmatch(r"(20\d\d)年?", label)
        window = year[1] if year else "rolling_12" if "12" in label else "ytd"
        return of_window(area, "sex_ratio_at_birth", window, 1)
    if line.section == "targets" and re.fullmatch(r"(?:\s*\d+\s*\|){5}", line.text.split("|", 2)[2]):
        level = area.query("select count(*) n from areas where level = ?", area.level)[0]["n"]
        shown = [int(text) for text in re.findall(r"\d+", line.text.split("|", 2)[2])]
        return {str(count) for count in shown} if sum(shown) <= level else set()
    names = {
        "出生人数（人）": "birth_rate",
        "死亡人数（人）": "death_rate",
        "自然增长人数（人）": "natural_growth_rate",
        "Births": "birth_rate",
        "Deaths": "death_rate",
        "Natural growth (persons)": "natural_growth_rate",
        "Crude birth rate (‰)": "birth_rate",
        "出生率（‰）": "birth_rate",
    }
    name = about[0] or names.get(label, "")
    return of_window(area, name, about[1]) | of_tables(area, name) if name else set()


def of_evidence(evidence: dict) -> set[str]:
    """The figures of one finding, and the differences of any two of them."""
    figures = [value for value in evidence.values() if isinstance(value, int | float) and value is not True]
    figures += [abs(one - other) for one in figures for other in figures]
    texts = [str(value) for value in evidence.values()]
    # rates of the example are printed to two decimals, where the evidence has four
    texts += [printed(evidence[name], 2) for name in ("printed", "computed") if name in evidence]
    return {*texts, *(f"{value:,}" for value in figures), *(str(value) for value in figures)}


def of_window(area: Area, name: str, window: str, decimals: int | None = None) -> set[str]:
    """The figures of an indicator in a window, as they are printed."""
    spec = area.warehouse.indicators[name]
    decimals = spec["decimals"] if decimals is None else decimals
    values = (
        [area.value(name, window), area.value(name, window, 1), *area.limits(name, window)]
        if (area.value(name, window) is not None)
        else []
    )
    row = area.published(name, window)
    values += [row.get(key) for key in ("change", "change_lower_95", "change_upper_95")]
    counts = [row.get(key) for key in ("numerator", "numerator_last_year", "denominator")]
    if spec["method"] == "sex_ratio":
        counts = [area.count("births", window), spec["withhold_below"], area.warehouse.withhold_below]
    elif name == "natural_growth_rate":
        counts = [area.increase(window), area.increase(window, 1)]
    elif name in ("birth_rate", "death_rate"):
        element = name.replace("_rate", "s")
        counts = [area.count(element, window), area.count(element, window, 1), area.population(window)]
    shown = {printed(value, decimals) for value in values if value is not None}
    return shown | {printed(count) for count in counts if count is not None}


def of_tables(area: Area, name: str) -> set[str]:
    """What is said of an indicator by the outlook, the comparisons and the targets."""
    decimals = area.warehouse.indicators[name]["decimals"]
    row = area.one("outlook", "indicator = ?", name)
    keys = (
        "projected",
        "lower_80",
        "upper_80",
        "lower_95",
        "upper_95",
        "expected_rest",
        "needed_rest_lower",
        "needed_rest_upper",
    )
    values = [row.get(key) for key in keys]
    for reference in ("parent", "level"):
        against = area.one(
            "comparisons", "indicator = ? and reference = ? and time_window = 'rolling_12'", name, reference
        )
        values.append(against.get("reference_lower"))
    shown = {printed(value, decimals) for value in values if value is not None}
    if row and row["probability_met"] is not None:
        p = row["probability_met"]
        shown.add("1" if p < 0.01 else "99" if p > 0.99 else printed(100 * p))
    for bound in area.target(name):
        if bound is not None:
            shown.add(f"{bound:g}".replace("-", "−"))
            if DECIMALS.get(name) is None and (done := area.value(name)) is not None and bound:
                shown |= {printed(abs(bound - done)), printed(100 * done / bound, 1)}
    return shown
