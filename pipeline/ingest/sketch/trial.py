"""A sketch tried on its own file: what would be read of it, and what would be refused and why."""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from pipeline.ingest.files.repeats import Repeats
from pipeline.ingest.readers import Sheet
from pipeline.ingest.source import SourceDescription, read_source
from pipeline.ingest.tables.extract import extract
from pipeline.ingest.tables.missing_parts import missing_parts
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import ProblemError, column_letters
from pipeline.reference import Element


@dataclass(frozen=True)
class Trial:
    """How many values were read and refused, and remarks on what went wrong; `reasons` are those of refusals."""

    read: int = 0
    refused: int = 0
    said: tuple[str, ...] = ()
    reasons: frozenset[str] = frozenset()

    @property
    def is_clean(self) -> bool:
        return self.read > 0 and not self.said


def try_sketch(
    text: str, path: str, sheets: list[Sheet], elements: dict[str, Element], names: Callable[[str], AreaNames]
) -> Trial | str:
    """The trial of a sketch on the sheets of its file, or why it cannot be tried."""
    written = tomllib.loads(text)
    if not all(part.get("elements") for part in written.get("parts", [written])):
        return "put elements of elements.toml in place of # ? below; none could be guessed."
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "source.toml").write_text(text, encoding="utf-8")
        try:
            source = read_source(Path(folder), elements)
        except ProblemError as problem:
            return f"as it stands it cannot be read: {problem.found}; expected {problem.expected}."
    return _tried(source, path, sheets, names)


def _tried(
    source: SourceDescription, path: str, sheets: list[Sheet], names: Callable[[str], AreaNames]
) -> Trial:
    wanted = [sheet for sheet in sheets if _is_wanted(sheet.name, source)]
    carried, extracts = None, []
    for sheet in wanted:
        extracts.append(extract(sheet, path, source, names, None if sheet.begins else carried))
        carried = extracts[-1].carried
    problems = [problem for part in extracts for problem in part.problems]
    tables = [table for part in extracts for table in part.tables]
    problems += missing_parts(source, path, tables, has_problems=bool(problems))
    cells = pl.concat([part.cells for part in extracts])
    refused = Repeats().refuse(cells, are_last=True).drop_nulls("reason")
    said = [str(problem) for problem in problems[:5]]
    said += [
        f"refused: row {row['row']}, column {column_letters(row['column'])}: {row['found']}; expected {row['expected']}"
        for row in refused.head(3).iter_rows(named=True)
    ]
    return Trial(
        read=cells.height - refused.height,
        refused=refused.height,
        said=tuple(" ".join(line.split()) for line in said),
        reasons=frozenset(problem.reason for problem in problems) | set(refused["reason"]),
    )


def _is_wanted(sheet: str, source: SourceDescription) -> bool:
    return not sheet or any(fnmatchcase(sheet, pattern) for pattern in source.sheets)
