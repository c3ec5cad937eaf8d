"""The page of `sitrep check`: one HTML file in Chinese, for passing on to the offices; without scripts or network.

Whatever comes from a raw file is escaped, and the same facts give the same bytes.
"""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any

import jinja2

from pipeline.audit.check_facts import (
    Cells,
    Checked,
    Deadline,
    FileSaid,
    Finding,
    Gap,
    Mended,
    Refusal,
    SharedRefusal,
)
from pipeline.audit.months import runs
from pipeline.problems import column_letters
from pipeline.reference import Reference
from pipeline.words.findings import chinese, chinese_month, title
from pipeline.words.numbers import figure
from pipeline.workspace import Settings

_PROBLEMS = {
    "number": ("不是可以计入的数字", "请核对后填写{wish}；没有数据的，请留空或填“—”。"),
    "area": ("地区名称无法对应", "请使用区划表中的名称；确有更名的，请告知新旧名称。{hint}"),
    "period": ("月份无法识别", "请写明年月，例如 2026-06 或 2026年6月。"),
    "column": ("表头与约定不符", "请恢复原有表头；确需改动的，请告知新的表头。"),
    "duplicate": ("同一地区、同一月份重复出现", "请核对后只保留正确的一行。"),
    "personal data": ("含有个人信息", "整个文件未读入，内容未作保留。请删除该列，只报送汇总数。"),
    "changed": ("文件在读取时发生了变化", "文件可能正在传输；请待其完整后重新运行。"),
    "file": ("文件无法按约定读取", "请检查文件是否完整、格式是否正确，然后重新报送。"),
}
_OTHER_PROBLEM = "与约定不符", "请核对后重新报送。"
_STATES = {"on_time": "按期完成", "late": "逾期完成", "open": "未完成"}


def write_page(path: Path, checked: Checked, settings: Settings, reference: Reference) -> None:
    """Write the page; an older one stays whole until the new one is complete."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(page(checked, settings, reference), encoding="utf-8")
    partial.replace(path)


def page(checked: Checked, settings: Settings, reference: Reference) -> str:
    """The whole page as text."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["figure"] = figure
    return environment.get_template("check_page.html.j2").render(
        settings=settings, checked=checked, view=_View(checked, reference), month=chinese_month(checked.month)
    )


class _View:
    """The facts in the words of the page."""

    def __init__(self, checked: Checked, reference: Reference) -> None:
        self._checked = checked
        self._places = checked.places
        self._labels = {name: element.labels.zh for name, element in reference.elements.items()}
        self.source_names = {source.source: source.name for source in checked.sources}

    def area(self, code: str) -> str:
        return self._places.full_name(code) or code

    def element(self, name: str) -> str:
        return self._labels.get(name, name)

    def source(self, name: str) -> str:
        return self.source_names.get(name, name)

    def totals(self) -> dict[str, int]:
        names = ("files", "cells_read", "cells_accepted", "cells_refused", "cells_mended", "cells_checked")
        return {name: sum(getattr(source, name) for source in self._checked.sources) for name in names}

    def returns_missing(self) -> int:
        return sum(gap.returns for gap in self._checked.missing)

    def files(self) -> Iterator[tuple[str, list[tuple[int, FileSaid]]]]:
        """The files that have something, numbered through, by source."""
        numbered = enumerate(self._checked.files_apart, start=1)
        for source, group in groupby(numbered, lambda pair: pair[1].source):
            yield self.source(source), list(group)

    def refusal(self, refusal: Refusal) -> dict[str, str]:
        problem, advice = _PROBLEMS.get(refusal.reason, _OTHER_PROBLEM)
        is_cell = refusal.cells[0][0] > 0 and refusal.reason in ("number", "area", "period", "duplicate")
        return {
            "place": place(refusal.sheet, refusal.cells),
            "cells": f"共 {len(refusal.cells)} 个数字" if len(refusal.cells) > 1 else "",
            "found": refusal.found if is_cell else "",
            "problem": problem,
            "advice": advice.format(wish=_wish(refusal.expected), hint=self._hint(refusal.expected)),
            "said": "" if is_cell else f"{refusal.found}; expected {refusal.expected}",
        }

    def shared(
        self,
    ) -> Iterator[tuple[str, list[tuple[SharedRefusal, dict[str, str], list[tuple[str, str]]]]]]:
        """What many files have alike, by source: worded as for the first, with the files of each place."""
        for source, group in groupby(self._checked.shared, lambda one: one.source):
            yield self.source(source), [(one, self.refusal(one.first), _by_place(one)) for one in group]

    def hidden(self) -> list[str]:
        return [
            f"{self.source(source)}，{path}：{_hidden(said)}" for source, path, said in self._checked.hidden
        ]

    def encodings(self) -> list[str]:
        return [
            f"{source.name}：{name}（{files} 个文件）"
            for source in self._checked.sources
            for name, files in source.encodings
        ]

    def mended_place(self, mended: Mended) -> str:
        return place(mended.sheet, ((mended.row, mended.column),))

    def columns_unread(self) -> list[str]:
        return [
            f"{source.name}（{number} 个文件）：{columns}"
            for source in self._checked.sources
            for columns, number in source.columns_unread
        ]

    def finding(self, finding: Finding) -> dict[str, str]:
        evidence = finding.evidence
        row, column = evidence.get("row") or 0, evidence.get("column") or 0
        in_file = place(evidence.get("sheet") or "", ((row, column),)) if row or evidence.get("sheet") else ""
        return {
            "title": title(finding.kind),
            "about": " ".join(filter(None, (self.area(finding.area_code), self.element(finding.subject)))),
            "month": chinese_month(finding.month),
            "sentence": chinese(finding.kind, evidence, self.source_names),
            "place": in_file,
        }

    def gaps(self, gaps: Iterable[Gap]) -> Iterator[dict[str, Any]]:
        """One row per source and area that gets a report; in it the areas within and their months."""
        for (source, office), group in groupby(
            gaps, lambda gap: (gap.source, self._places.office(gap.area_code))
        ):
            by_months: dict[str, list[str]] = defaultdict(list)
            for gap in group:
                name = "全部单位" if gap.area_code == office else self._places.name(gap.area_code)
                by_months[chinese_months(gap.months)].append(name)
            yield {
                "source": self.source(source),
                "area": self.area(office),
                "lines": [("、".join(names), months) for months, names in by_months.items()],
            }

    def deadlines(self) -> Iterator[dict[str, Any]]:
        for element, group in groupby(self._checked.deadlines, lambda item: item.element):
            items = list(group)
            yield {
                "element": self.element(element),
                "numbers": Counter(item.status for item in items),
                "overdue": sum(item.status == "open" and bool(item.days_late) for item in items),
                "items": [
                    (self.area(item.area_code), chinese_month(item.month), item.due, item.done, _state(item))
                    for item in items
                    if item.status != "on_time"
                ],
            }

    def _hint(self, expected: str) -> str:
        """What a refused name resembles, or the areas it fits."""
        if match := re.search(r"nearest: (.+)$", expected):
            return f"相近的名称：{match[1].replace(', ', '、')}。"
        if match := re.search(r"this one fits ([^:]+)", expected):
            codes = re.findall(r"([^\s,]+)(?: \([^)]*\))?(?:, |$)", match[1])
            areas = "、".join(f"{self.area(code)}（{code}）" for code in codes)
            return f"该名称可以指 {areas}，请在前面加上上级名称。"
        if match := re.search(r"is in areas.csv at level (.+?), not (\S+)", expected):
            return f"该名称在区划表中的层级是 {match[1]}，不是 {match[2]}。"
        if match := re.search(r"which has ([^:]+): the leading zero was lost", expected):
            areas = "、".join(f"{self.area(code)}（{code}）" for code in match[1].split(" and "))
            return f"代码前面的 0 丢失，应为 {areas}；请将该列设为文本格式。"
        return ""


def _by_place(shared: SharedRefusal) -> list[tuple[str, str]]:
    """The places of a refusal, each with the files that have it there."""
    files: dict[str, list[str]] = defaultdict(list)
    for path, refusal in shared.by_file:
        files[place(refusal.sheet, refusal.cells)].append(path)
    return [(where, "、".join(paths)) for where, paths in files.items()]


def _hidden(said: str) -> str:
    """`sheet Old: 6 figures; row 5: 2 figures` in Chinese."""
    rules = (
        (r"\bsheet (.+?)(?=[:,])", r"工作表“\1”"),
        (r"\brows? ([\d, -]+)", r"第\1行"),
        (r"\bcolumns? ([A-Z, -]+)", r"\1列"),
        (r": *([\d,]+) figures?", r"：\1 个数字"),
        (r"”, ", "”，"),
        (r"; *", "；"),
    )
    for pattern, words in rules:
        said = re.sub(pattern, words, said)
    return said


def place(sheet: str, cells: Cells) -> str:
    """工作表“分乡镇”，第3～5行F列 — rows with the same columns are drawn together."""
    texts = [f"工作表“{sheet}”"] if sheet else []
    columns: dict[int, list[int]] = defaultdict(list)
    for row, column in cells:
        columns[row].append(column)
    rows: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for row, numbers in columns.items():
        rows[tuple(sorted(numbers))].append(row)
    for numbers, own in rows.items():
        lines = f"第{_ranges(own, str)}行" if own != [0] else ""
        letters = f"{_ranges(numbers, column_letters)}列" if any(numbers) else ""
        texts += [lines + letters] if lines + letters else []
    return "，".join(texts) or "整个文件"


def chinese_months(months: Iterable[date]) -> str:
    """2025年3—5月、2025年11月—2026年1月."""
    return "、".join(_chinese_run(first, last) for first, last in runs(months))


def _chinese_run(first: date, last: date) -> str:
    if first == last:
        return chinese_month(first)
    if first.year == last.year:
        return f"{first.year}年{first.month}—{last.month}月"
    return f"{chinese_month(first)}—{chinese_month(last)}"


def _ranges(numbers: Iterable[int], shown) -> str:
    found: list[list[int]] = []
    for number in sorted(set(numbers)):
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return "、".join(shown(a) if a == b else f"{shown(a)}～{shown(b)}" for a, b in found)


def _wish(expected: str) -> str:
    if "whole number" in expected:
        return " 0 或正整数"
    if re.search(r"\b(day|date)\b", expected):
        return "日期（如 2026-06-30）"
    return "数字"


def _state(item: Deadline) -> str:
    if item.status == "late" and item.days_late:
        return f"逾期 {item.days_late} 天完成"
    if item.status == "open":
        return f"未完成，已逾期 {item.days_late} 天" if item.days_late else "未到期"
    return _STATES.get(item.status, item.status)
