"""A sketch of a source.toml, drawn from one file, for the analyst to finish.

What is sure is written as a key, what is a guess bears `# check`, and what nobody could guess is left as a comment with
the headers as they stand. The sketch is read back and tried on the file, and says how much of it would be read.
"""

from __future__ import annotations

import tempfile
import tomllib
from collections.abc import Callable
from pathlib import Path

import polars as pl

from pipeline.ingest.extract import Extract, extract
from pipeline.ingest.missing import missing_parts
from pipeline.ingest.names import AreaNames
from pipeline.ingest.readers import read_content
from pipeline.ingest.repeats import Repeats
from pipeline.ingest.sketch.seen import SeenTable, further_tables
from pipeline.ingest.sketch.writing import source_lines
from pipeline.ingest.source import read_source
from pipeline.problems import ProblemError, column_letters
from pipeline.reference import Reference

_SHEETS_LOOKED_AT = 100


def sketch(path: Path, reference: Reference) -> str:
    """The text of a source.toml for files like the one at `path`."""
    names = AreaNames(reference.areas)
    content = read_content(path, "detect", ("*",), _SHEETS_LOOKED_AT)
    sheets = [sheet for sheet in content.sheets if sheet.begins and sheet.grid.width > 1]
    first = max(
        (SeenTable(sheet, names, reference.areas) for sheet in sheets), key=SeenTable.score, default=None
    )
    if first is None or not first.figures:
        raise ProblemError(
            path.name, "no table with figures", "rows of areas, months or items with numbers in them"
        )
    tables = [first, *further_tables(first)]
    text = "\n".join(source_lines(path, content.encoding, tables, sheets, reference.elements))
    return f"{_tried(text, path, reference)}\n{text}\n"


def _tried(text: str, path: Path, reference: Reference) -> str:
    """Comment lines on what the sketch would read of the file as it stands."""
    written = tomllib.loads(text)
    if not all(part.get("elements") for part in written.get("parts", [written])):
        return "# A sketch to finish: put elements of elements.toml in place of # ? below; none could be guessed."
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "source.toml").write_text(
            text.replace('name.zh = ""', 'name.zh = "?"'), encoding="utf-8"
        )
        try:
            source = read_source(Path(folder), reference.elements)
        except ProblemError as problem:
            return f"# A sketch to finish. As it stands it cannot be read: {problem.found}; expected {problem.expected}."
    names: Callable[[str], AreaNames] = lambda level: AreaNames(reference.areas, level)  # noqa: E731
    content = read_content(path, source.encoding, source.sheets, source.sheets_at_most)
    extracts: list[Extract] = []
    for sheet in content.sheets:
        if sheet.is_wanted:
            extracts.append(extract(sheet, path.name, source, names, None))
    problems = [problem for part in extracts for problem in part.problems]
    tables = [table for part in extracts for table in part.tables]
    problems += missing_parts(source, path.name, tables, has_problems=bool(problems))
    cells = pl.concat([part.cells for part in extracts])
    refused = list(Repeats().refuse(cells, are_last=True).drop_nulls("reason").iter_rows(named=True))
    read = cells.height
    lines = [
        f"# A sketch to finish: {read - len(refused):,} figures of {path.name} would be read, {len(refused):,} refused."
    ]
    lines += [f"# {problem}" for problem in problems[:5]]
    lines += [
        f"# refused: row {row['row']}, column {column_letters(row['column'])}: {row['found']}; expected {row['expected']}"
        for row in refused[:3]
    ]
    return "\n".join(line.replace("\n", " ") for line in lines)
