"""What a finding says, in one sentence of each language: for the reports, and in English for the commands.

The sentences stand in the catalogues: `findings.<kind>`, and `findings.<kind>.<variant>` where evidence may be of several
forms. The numbers come from the evidence. A kind without a sentence, or evidence without the numbers that its sentences
need, is shown as it is: nothing is left unsaid.
"""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from string import Formatter
from typing import Any

from pipeline.words.finding_values import Evidence, Measure, printed_evidence
from pipeline.words.months import month_name, months_so_far
from pipeline.words.numbers import between, figure
from pipeline.words.translations import Translator, read_translator

_COUNTED = {"months_silent": "months", "rows_added": "rows"} | {n: n for n in ("areas", "figures", "months")}
_POSITION = ("source", "path", "sheet", "row", "column")


def english(kind: str, evidence: Evidence) -> str:
    """One line for the terminal; the cell is not in it, sources and months are as in the files."""
    _ = read_translator("en")
    return _sentence(_, kind, evidence, {}, figure, Measure()) or _as_it_is(kind, evidence, figure)


def sentence(
    kind: str,
    evidence: Evidence,
    source_names: Mapping[str, str],
    translator: Translator,
    month: date | None = None,
    measure: Measure | None = None,
) -> str:
    """One sentence in the language of the translator; with `month`, the year to date is named by its months."""
    shown = partial(_number_or_month, translator)
    said = _sentence(translator, kind, evidence, source_names, shown, measure or Measure(), month)
    return said or _as_it_is(title(kind, translator), evidence, shown)


def title(kind: str, _: Translator) -> str:
    """What a kind of finding is called on the page."""
    message = f"findings.title.{kind}"
    return _(message) if message in _.messages else kind


def _sentence(
    _: Translator,
    kind: str,
    evidence: Evidence,
    source_names: Mapping[str, str],
    shown: Callable[[Any], str],
    measure: Measure,
    month: date | None = None,
) -> str:
    """Of the sentences of a kind the one that says most of what is known; empty if none can be said."""
    words = {key: shown(value) for key, value in printed_evidence(kind, evidence, measure).items()}
    for key in ("source", "preferred_source"):
        if key in words:
            words[key] = source_names.get(words[key], words[key])
    for key, what in _COUNTED.items():
        if isinstance(count := evidence.get(key), int):
            words[key] = _.plural(f"findings.count_{what}", count, count=f"{count:,}")
    for level in ("95", "998"):
        if f"lower_{level}" in words and f"upper_{level}" in words:
            words[f"interval_{level}"] = between(_, words[f"lower_{level}"], words[f"upper_{level}"])
    words |= _named(_, kind, evidence, words, month)
    of_kind = [one for one in _.messages if one == f"findings.{kind}" or one.startswith(f"findings.{kind}.")]
    needed = {message: _placeholders(_.messages[message][0]) for message in sorted(of_kind)}
    known = [message for message, names in needed.items() if names <= words.keys()]
    most = max(known, key=lambda message: len(needed[message]), default=None)
    return _(most, **{name: words[name] for name in needed[most]}) if most else ""


def _named(
    _: Translator, kind: str, evidence: Evidence, words: Mapping[str, str], month: date | None
) -> dict[str, str]:
    """Windows, directions and yes or no in words."""
    messages = {key: f"findings.{key}.{evidence[key]}" for key in ("time_window", "span") if key in evidence}
    if "change_percent" in evidence:
        messages["moved"] = f"findings.moved.{'up' if evidence['change_percent'] > 0 else 'down'}"
    if "is_counted" in evidence:
        messages["is_counted"] = f"findings.is_counted.{'yes' if evidence['is_counted'] else 'no'}"
    named = {key: _(message) for key, message in messages.items() if message in _.messages}
    if month:
        so_far = _("months.cumulative", months=months_so_far(_, month))
        named |= {key: so_far for key in named if evidence.get(key) == "ytd"}
    bound = f"findings.bound.{kind}.{evidence.get('verdict')}"
    if bound in _.messages:
        named["bound_is"] = _(bound, bound=words["bound"])
    return named


def _number_or_month(_: Translator, value: Any) -> str:
    if isinstance(value, str) and len(value) in (7, 10) and value[4] == "-":
        try:
            return month_name(_, date.fromisoformat(f"{value[:7]}-01"))
        except ValueError:
            return value
    return figure(value)


def _placeholders(text: str) -> set[str]:
    return {name for _text, name, _format, _conversion in Formatter().parse(text) if name}


def _as_it_is(name: str, evidence: Evidence, shown: Callable[[Any], str]) -> str:
    rest = ", ".join(f"{key} {shown(value)}" for key, value in evidence.items() if key not in _POSITION)
    return f"{name}: {rest}" if rest else name
