"""A sketch of a source.toml, drawn from one file, for the analyst to finish.

What is sure is written as a key, what is a guess bears `# check`, and what nobody could guess is left as a comment with
the headers as they stand. Of several ways to read the file the sketch takes the one under which most of it is read when
tried; a month that no way finds is left out. The sketch says how much of the file it reads.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import islice, product
from pathlib import Path

from pipeline.ingest.readers import Sheet, read_content
from pipeline.ingest.sketch.match_element import ElementMatcher
from pipeline.ingest.sketch.meaning import shared_concept
from pipeline.ingest.sketch.period_options import FileTexts, period_options
from pipeline.ingest.sketch.sniffed_table import SniffedTable, further_tables
from pipeline.ingest.sketch.trial import Trial, try_sketch
from pipeline.ingest.sketch.writing import Sections, area_options, source_lines
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import ProblemError
from pipeline.reference import Reference

_SHEETS_LOOKED_AT = 100
_TRIED = 12
_MANY_ROWS = 20_000
_NO_PERIOD = [
    '# from = ""  # no month or year was found; it may stand in file_name, path, sheet_name, cell, column or header'
]


def sketch(path: Path, reference: Reference, base: Path | None = None, encoding: str = "detect") -> str:
    """The text of a source.toml for files like the one at `path`.

    `base` is the folder of its source, if it lies in one: its name may say what is counted, and the folders between it
    and the file of what month. `encoding` is that of a text file, if it is known.
    """
    names = lru_cache(lambda level: AreaNames(reference.areas, level))
    content = read_content(path, encoding, ("*",), _SHEETS_LOOKED_AT)
    sheets = list(content.sheets)
    broad = [sheet for sheet in sheets if sheet.begins and sheet.grid.width > 1]
    first = max(
        (SniffedTable(sheet, names(""), reference.areas) for sheet in broad),
        key=SniffedTable.score,
        default=None,
    )
    if first is None or not first.value_columns:
        raise ProblemError(
            path.name, "no table with figures", "rows of areas, months or items with numbers in them"
        )
    relative = path.relative_to(base).as_posix() if base else _below_dated_folders(path, first)
    return _best(
        relative, base.name if base else "", content.encoding, first, sheets, broad, reference, names
    )


def _below_dated_folders(path: Path, table: SniffedTable) -> str:
    """The name of a file that lies in no source yet, with the folders above that say of what month it is."""
    for depth in range(1, min(4, len(path.parts))):
        relative = "/".join(path.parts[-depth:])
        if period_options(table, FileTexts(relative, table.sheet.name, tuple(table.above()))):
            return relative
    return path.name


def _best(
    path: str,
    source: str,
    encoding: str,
    first: SniffedTable,
    sheets: list[Sheet],
    broad: list[Sheet],
    reference: Reference,
    names,
) -> str:
    """The sketch of which most is read when it is tried, as text."""
    tables = [first, *further_tables(first)]
    texts = [FileTexts(path, table.sheet.name, tuple(table.above())) for table in tables]
    options = [
        list(islice(product(period_options(table, text) or [_NO_PERIOD], area_options(text, table)), _TRIED))
        for table, text in zip(tables, texts, strict=True)
    ]
    tried = sheets
    if sum(sheet.grid.height for sheet in sheets) > _MANY_ROWS:
        tried = [replace(sheet, grid=sheet.grid.head(_MANY_ROWS // 10)) for sheet in sheets if sheet.begins]
    best: tuple[str, Trial | str] | None = None
    for number in range(max(map(len, options))):
        sections = [Sections(*own[min(number, len(own) - 1)]) for own in options]
        taken: set[str] = set()
        matchers = [
            ElementMatcher(reference.elements, _around(table, text, source), taken)
            for table, text in zip(tables, texts, strict=True)
        ]
        text = "\n".join(source_lines(texts[0], encoding, tables, sections, broad, matchers)) + "\n"
        trial = try_sketch(text, path, tried, reference.elements, names)
        if best is None or _worth(trial) > _worth(best[1]):
            best = text, trial
        if isinstance(trial, str) or trial.is_clean:
            break
    text, trial = best
    if tried is not sheets:
        trial = try_sketch(text, path, sheets, reference.elements, names)
    return f"{_said(trial, path)}\n{text}"


def _around(table: SniffedTable, texts: FileTexts, source: str) -> tuple[str, str, frozenset[str]]:
    """What a table counts, by the texts around it, the nearest first."""
    headers = []
    if table.is_long:
        named = (*table.value_columns[:1], table.items) if not table.is_wide_by_month else (table.items,)
        headers = [table.words(table.headers[column]) for column in named]
    return shared_concept(
        [
            *headers,
            *reversed(texts.above),
            texts.sheet,
            texts.name,
            *reversed(texts.folders.split("/")),
            source,
        ]
    )


def _worth(trial: Trial | str) -> tuple[bool, bool, int]:
    """A sort key of trials: a clean one is best, then the one that reads most."""
    if isinstance(trial, str):
        return False, False, 0
    return True, trial.is_clean, trial.read - trial.refused


def _said(trial: Trial | str, path: str) -> str:
    """Comment lines on what the sketch would read of the file as it stands."""
    if isinstance(trial, str):
        return f"# A sketch to finish: {trial}"
    name = path.rpartition("/")[2]
    lines = [
        f"# A sketch to finish: {trial.read:,} figures of {name} would be read, {trial.refused:,} refused.",
        *(f"# {line}" for line in trial.said),
    ]
    return "\n".join(lines)
