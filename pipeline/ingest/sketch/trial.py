"""A sketch tried on its own file: what would be read of it, and what would be refused and why."""

import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import polars as pl

from pipeline.ingest.files.repeats import Repeats
from pipeline.ingest.readers import Sheet
from pipeline.ingest.source import read_source
from pipeline.ingest.tables.extract import extract
from pipeline.ingest.tables.missing_parts import missing_parts
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import ProblemError, column_letters
from pipeline.reference import Element


@dataclass(frozen=True)
class Trial:
    """How many values a sketch read and refused, and remarks on what went wrong; `failure` says why nothing was tried."""

    text: str
    read: int = 0
    refused: int = 0
    said: tuple[str, ...] = ()
    failure: str = ""

    @property
    def is_clean(self) -> bool:
        return self.read > 0 and not self.said

    @property
    def worth(self) -> tuple[bool, bool, int]:
        """A sort key: a clean trial is best, then the one that reads most."""
        return not self.failure, self.is_clean, self.read - self.refused

    def summary(self, file: str) -> str:
        """Comment lines on what the sketch would read of the file as it stands."""
        if self.failure:
            return f"# A sketch to finish: {self.failure}"
        first = (
            f"# A sketch to finish: {self.read:,} figures of {file} would be read, {self.refused:,} refused."
        )
        return "\n".join([first, *(f"# {line}" for line in self.said)])


def try_sketch(
    text: str, path: str, sheets: list[Sheet], elements: dict[str, Element], names: Callable[[str], AreaNames]
) -> Trial:
    """The trial of a sketch on the sheets of its file."""
    written = tomllib.loads(text)
    if not all(part.get("elements") for part in written.get("parts", [written])):
        return Trial(
            text, failure="put elements of elements.toml in place of # ? below; none could be guessed."
        )
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "source.toml").write_text(text, encoding="utf-8")
        try:
            source = read_source(Path(folder), elements)
        except ProblemError as problem:
            failure = f"as it stands it cannot be read: {problem.found}; expected {problem.expected}."
            return Trial(text, failure=failure)
    carried, extracts = None, []
    for sheet in sheets:
        if sheet.name and not any(fnmatchcase(sheet.name, pattern) for pattern in source.sheets):
            continue
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
    remarks = tuple(" ".join(line.split()) for line in said)
    return Trial(text, cells.height - refused.height, refused.height, remarks)
