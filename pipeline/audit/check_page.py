"""The page of `sitrep check`: one HTML file for passing on to the offices, without scripts or network.

The template is `reports/check.html.j2`, the look that of the reports, the words those of the catalogues. Whatever comes
from a raw file is escaped, and the same facts give the same bytes.
"""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2

from pipeline.audit.check_facts import Cells, Checked, Finding, Gap, HiddenValues, Refusal, SharedRefusal
from pipeline.house import REPORTS
from pipeline.months import month_runs
from pipeline.problems import column_letters
from pipeline.reference import Reference
from pipeline.words.findings import sentence, title
from pipeline.words.months import month_name, month_of_year
from pipeline.words.numbers import between, figure
from pipeline.words.translations import Translator, read_translator
from pipeline.workspace import Settings

_OF_CELLS = ("number", "date", "area", "period", "duplicate")


def write_page(
    path: Path, checked: Checked, settings: Settings, reference: Reference, templates: Path = REPORTS
) -> None:
    """Write the page; an older one stays whole until the new one is complete."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(page(checked, settings, reference, templates), encoding="utf-8")
    partial.replace(path)


def page(checked: Checked, settings: Settings, reference: Reference, templates: Path = REPORTS) -> str:
    """The whole page as text, in the first language of the workspace."""
    _ = read_translator(settings.languages[0], [templates / "translations"])
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([templates, REPORTS]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    view = _View(_, checked, settings, reference)
    environment.filters |= {"figure": figure, "area": view.area}
    return environment.get_template("check.html.j2").render(
        _=lambda message, **values: _.unbroken(_(message, **values)),
        tag=_.tag,
        name=getattr(settings.name, _.language, "") or settings.name.zh,
        settings=settings,
        checked=checked,
        view=view,
        month=month_name(_, checked.month),
    )


class _View:
    """The facts in the words of the page."""

    def __init__(self, _: Translator, checked: Checked, settings: Settings, reference: Reference) -> None:
        self._ = _
        self._checked = checked
        self._levels = settings.level_names
        self._labels = {
            name: getattr(element.labels, _.language, "") or element.labels.zh
            for name, element in reference.elements.items()
        }
        self.sources = {source.source: source.name for source in checked.sources}

    def area(self, code: str) -> str:
        return self._checked.places.full_name(code) or code

    def element(self, name: str) -> str:
        return self._labels.get(name, name)

    def month(self, month: date) -> str:
        return month_name(self._, month)

    def refusal(self, refusal: Refusal) -> dict[str, str]:
        """The words for a refusal; what is no mistake in a cell is said as the program found it, in English."""
        _, reason = self._, refusal.reason.replace(" ", "_")
        known = reason if f"check.problem.{reason}" in _.messages else "other"
        is_cell = refusal.cells[0][0] > 0 and refusal.reason in _OF_CELLS
        return {
            "position": position(_, refusal.sheet, refusal.cells),
            "cells": _("check.figures", count=len(refusal.cells)) if len(refusal.cells) > 1 else "",
            "found": refusal.found if is_cell else "",
            "problem": _(f"check.problem.{known}"),
            "advice": self._advice(refusal, known),
            "said": "" if is_cell else f"{refusal.found}; expected {refusal.expected}",
        }

    def _advice(self, refusal: Refusal, reason: str) -> str:
        _, hint = self._, dict(refusal.hint)
        kind = hint.pop("kind", "")
        if not kind.startswith(reason) or f"check.advice.{kind}" not in _.messages:
            return _(f"check.advice.{reason}")
        if "codes" in hint:
            areas = [_("check.area_and_code", area=self.area(code), code=code) for code in hint.pop("codes")]
            hint["areas"] = self.listed(areas)
        if "levels" in hint:
            hint["levels"] = self.listed(map(self._level, hint["levels"]))
            hint["wanted"] = self._level(hint["wanted"])
        if "names" in hint:
            hint["names"] = self.listed(hint["names"])
        return _(f"check.advice.{kind}", **hint)

    def _level(self, level: str) -> str:
        names = self._levels.get(level)
        return getattr(names, self._.language, "") or (names.zh if names else level)

    def positions(self, shared: SharedRefusal) -> list[tuple[str, str]]:
        """The positions of a refusal, each with the files that have it there."""
        files: dict[str, list[str]] = defaultdict(list)
        for path, refusal in shared.by_file:
            files[position(self._, refusal.sheet, refusal.cells)].append(path)
        return [(where, self.listed(paths)) for where, paths in files.items()]

    def position(self, sheet: str, row: int, column: int) -> str:
        return position(self._, sheet, ((row, column),))

    def parts(self, file: HiddenValues) -> str:
        """Each hidden part of a file and how many figures it holds."""
        _ = self._
        named = []
        for sheet, row, column, number in file.parts:
            what = _("check.some_figures", count=figure(number))
            named.append(_("check.named", name=self.position(sheet, row, column), what=what))
        return _("language.list_separator_long").join(named)

    def finding(self, finding: Finding) -> dict[str, str]:
        evidence = finding.evidence
        sheet, row, column = (evidence.get(key) for key in ("sheet", "row", "column"))
        return {
            "title": title(finding.kind, self._),
            "about": " ".join(filter(None, (self.area(finding.area_code), self.element(finding.subject)))),
            "month": self.month(finding.month),
            "sentence": sentence(finding.kind, evidence, self.sources, self._),
            "position": self.position(sheet or "", row or 0, column or 0) if row or sheet else "",
        }

    def gaps(self, gaps: Sequence[Gap]) -> Iterator[dict[str, Any]]:
        """One row per source and area that gets a report; in it the areas within and their months."""
        for source, office, group in self._checked.by_office(gaps):
            names_by_months: dict[str, list[str]] = defaultdict(list)
            for gap in group:
                is_whole = gap.area_code == office
                name = self._("check.whole_office") if is_whole else self._checked.places.name(gap.area_code)
                names_by_months[months(self._, gap.months)].append(name)
            yield {
                "source": self.sources.get(source, source),
                "area": self.area(office),
                "lines": [(self.listed(names), when) for when, names in names_by_months.items()],
            }

    def listed(self, texts: Iterable[str]) -> str:
        return self._("language.list_separator").join(texts)


def position(_: Translator, sheet: str, cells: Cells) -> str:
    """工作表“分乡镇”，第3～5行F列 — rows with the same columns are drawn together."""
    columns: dict[int, list[int]] = defaultdict(list)
    for row, column in cells:
        columns[row].append(column)
    rows: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row, numbers in columns.items():
        rows[tuple(sorted(numbers))].append(row)
    texts = [_("check.sheet", sheet=sheet)] if sheet else []
    for within, own in rows.items():
        words = {"rows": _ranges(_, own, str), "columns": _ranges(_, within, column_letters)}
        known = [name for name, numbers in (("rows", own), ("columns", within)) if any(numbers)]
        if known:
            texts.append(_(f"check.at.{'_and_'.join(known)}", **{name: words[name] for name in known}))
    return _("language.clause_separator").join(texts) or _("check.whole_file")


def _ranges(_: Translator, numbers: Iterable[int], shown) -> str:
    # the numbers of a run less their places are all alike
    runs = (list(run) for __, run in groupby(enumerate(sorted(set(numbers))), lambda pair: pair[1] - pair[0]))
    ends = ((shown(run[0][1]), shown(run[-1][1])) for run in runs)
    texts = (first if first == last else between(_, first, last) for first, last in ends)
    return _("language.list_separator").join(texts)


def months(_: Translator, every: Iterable[date]) -> str:
    """2025年3月—5月、2025年11月—2026年1月."""
    return _("language.list_separator").join(_run(_, first, last) for first, last in month_runs(every))


def _run(_: Translator, first: date, last: date) -> str:
    if first == last:
        return month_name(_, first)
    if first.year == last.year:
        names = {name: month_of_year(_, day.month) for name, day in (("first", first), ("last", last))}
        return _("check.months_of_year", year=first.year, **names)
    return _("check.months", first=month_name(_, first), last=month_name(_, last))
