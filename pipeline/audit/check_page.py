"""The page of `sitrep check`: one HTML file for passing on to the offices, without scripts or network.

The template is `reports/check.html.j2`, the look that of the reports, the words those of the catalogues. Whatever comes
from a raw file is escaped, and the same facts give the same bytes.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import jinja2

from pipeline.audit.check_facts import Cells, Checked, Deadline, Finding, Gap, Refusal, SharedRefusal
from pipeline.house import REPORTS
from pipeline.months import month_runs
from pipeline.problems import column_letters
from pipeline.reference import Reference
from pipeline.words.findings import sentence, title
from pipeline.words.months import month_name, month_of_year
from pipeline.words.numbers import between, figure
from pipeline.words.translations import Translator, read_translator
from pipeline.workspace import Settings

_TEMPLATES = REPORTS
_NO_BREAK = "\N{NO-BREAK SPACE}"
_OF_CELLS = ("number", "date", "area", "period", "duplicate")


def write_page(
    path: Path, checked: Checked, settings: Settings, reference: Reference, templates: Path = _TEMPLATES
) -> None:
    """Write the page; an older one stays whole until the new one is complete."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(page(checked, settings, reference, templates), encoding="utf-8")
    partial.replace(path)


def page(checked: Checked, settings: Settings, reference: Reference, templates: Path = _TEMPLATES) -> str:
    """The whole page as text, in the first language of the workspace."""
    _ = read_translator(settings.languages[0], [templates / "translations"])
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader([templates, _TEMPLATES]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = figure
    return environment.get_template("check.html.j2").render(
        _=_kept_together(_),
        tag=_.tag,
        name=getattr(settings.name, _.language, "") or settings.name.zh,
        settings=settings,
        checked=checked,
        view=_View(_, checked, settings, reference),
        month=month_name(_, checked.month),
    )


def _kept_together(_: Translator):
    """The translator; no line ends between a number and its unit."""
    return lambda message, **values: _.unbroken(_(message, **values))


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

    def areas(self, codes: Iterable[str]) -> str:
        return self._listed(map(self.area, codes))

    def element(self, name: str) -> str:
        return self._labels.get(name, name)

    def month(self, month: date) -> str:
        return month_name(self._, month)

    def heading(self, number: int, section: str) -> str:
        numerals = self._("numbering.numerals").split()
        heading = self._(f"check.section.{section}")
        return self._("numbering.heading", number=numerals[number - 1], heading=heading)

    def number_of(self, name: str) -> str:
        """The head of a column of the table of sources."""
        return self._(f"check.number_of.{name}")

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
            hint["areas"] = self._listed(
                _("check.area_and_code", area=self.area(code), code=code) for code in hint.pop("codes")
            )
        if "levels" in hint:
            hint |= {
                "levels": self._listed(map(self._level, hint["levels"])),
                "wanted": self._level(hint["wanted"]),
            }
        return _(
            f"check.advice.{kind}",
            **hint | ({"names": self._listed(hint["names"])} if "names" in hint else {}),
        )

    def _level(self, level: str) -> str:
        names = self._levels.get(level)
        return getattr(names, self._.language, "") or (names.zh if names else level)

    def positions(self, shared: SharedRefusal) -> list[tuple[str, str]]:
        """The positions of a refusal, each with the files that have it there."""
        files: dict[str, list[str]] = defaultdict(list)
        for path, refusal in shared.by_file:
            files[position(self._, refusal.sheet, refusal.cells)].append(path)
        return [(where, self._listed(paths)) for where, paths in files.items()]

    def position(self, sheet: str, row: int, column: int) -> str:
        return position(self._, sheet, ((row, column),))

    def hidden(self) -> list[str]:
        return [
            self._(
                "check.hidden",
                source=self.sources[file.source],
                path=file.path,
                parts=self._parts(file.parts),
            )
            for file in self._checked.hidden
        ]

    def _parts(self, parts: Iterable[tuple[str, int, int, int]]) -> str:
        """Each hidden part and how many figures it holds."""
        return self._("language.list_separator_long").join(
            self._(
                "check.named",
                name=self.position(sheet, row, column),
                what=self._("check.some_figures", count=figure(number)),
            )
            for sheet, row, column, number in parts
        )

    def encodings(self) -> list[str]:
        return [
            self._("check.encoding", source=source.name, encoding=name, files=files)
            for source in self._checked.sources
            for name, files in source.encodings
        ]

    def columns_unread(self) -> list[str]:
        return [
            self._("check.columns_of_source", source=source.name, files=files, columns=columns)
            for source in self._checked.sources
            for columns, files in source.columns_unread
        ]

    def finding(self, finding: Finding) -> dict[str, str]:
        evidence = finding.evidence
        row, column, sheet = (
            evidence.get("row") or 0,
            evidence.get("column") or 0,
            evidence.get("sheet") or "",
        )
        return {
            "title": title(finding.kind, self._),
            "about": " ".join(filter(None, (self.area(finding.area_code), self.element(finding.subject)))),
            "month": self.month(finding.month),
            "sentence": sentence(finding.kind, evidence, self.sources, self._),
            "position": self.position(sheet, row, column) if row or sheet else "",
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
                "lines": [(self._listed(names), when) for when, names in names_by_months.items()],
            }

    def deadlines(self) -> Iterator[dict[str, Any]]:
        for element, items in self._checked.deadlines_by_element():
            numbers = Counter(item.status for item in items)
            yield {
                "element": self.element(element),
                "numbers": {status: figure(numbers[status]) for status in ("on_time", "late", "open")},
                "overdue": figure(sum(item.is_overdue for item in items)),
                "items": [
                    (
                        self.area(item.area_code),
                        self.month(item.month),
                        item.due,
                        item.done,
                        self._state(item),
                    )
                    for item in items
                    if item.status != "on_time"
                ],
            }

    def _state(self, item: Deadline) -> str:
        if item.days_late:
            return self._(f"check.state.{item.status}_by", days=item.days_late)
        return self._(f"check.state.{item.status}")

    def _listed(self, texts: Iterable[str]) -> str:
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
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    texts = (shown(a) if a == b else between(_, shown(a), shown(b)) for a, b in found)
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
