"""A sketch of a source.toml, drawn from one file, for the analyst to finish.

What is sure is written as a key, what is a guess bears `# check`, and what nobody could guess is left as a comment with
the headers as they stand. Of several ways to read the file the sketch takes the one under which most of it is read when
tried; a month that no way finds is left out. The sketch says how much of the file it reads.
"""

import tomllib
from dataclasses import replace
from functools import lru_cache
from itertools import islice, product
from pathlib import Path

from pipeline.ingest.readers import read_content
from pipeline.ingest.readers.encodings import DETECT
from pipeline.ingest.sketch.match_element import ElementMatcher
from pipeline.ingest.sketch.meaning import shared_concept
from pipeline.ingest.sketch.period_options import FileTexts, period_options
from pipeline.ingest.sketch.sniffed_table import SniffedTable, further_tables
from pipeline.ingest.sketch.trial import try_sketch
from pipeline.ingest.sketch.writing import Draft, area_options, source_lines
from pipeline.ingest.values.area_names import AreaNames
from pipeline.problems import ProblemError
from pipeline.reference import Reference

_SHEETS_LOOKED_AT = 100
_TRIED = 12
_MANY_ROWS = 20_000
_NO_PERIOD = [
    '# from = ""  # no month or year was found; it may stand in file_name, path, sheet_name, cell, column or header'
]


def sketch_of_file(file: Path, raw: Path, reference: Reference) -> str:
    """A sketch of a source.toml for a file, which belongs to a source if it lies below `raw`, the folder data/raw."""
    if not file.is_file():
        raise ProblemError(str(file), "no such file", "a raw file of one source")
    source = _source_folder(file, raw)
    encoding = _named_encoding(source or file.resolve().parent)
    return sketch(file.resolve(), reference, source, encoding).rstrip()


def sketch(path: Path, reference: Reference, base: Path | None = None, encoding: str = DETECT) -> str:
    """The text of a source.toml for files like the one at `path`.

    `base` is the folder of its source, if it lies in one: its name may say what is counted, and the folders between it
    and the file of what month. `encoding` is that of a text file, if it is known.
    """
    names = lru_cache(lambda level: AreaNames(reference.areas, level))
    content = read_content(path, encoding, ("*",), _SHEETS_LOOKED_AT)
    sheets = list(content.sheets)
    broad = [sheet for sheet in sheets if sheet.begins and sheet.grid.width > 1]
    looks = (SniffedTable(sheet, names(""), reference.areas) for sheet in broad)
    first = max(looks, key=SniffedTable.score, default=None)
    if first is None or not first.value_columns:
        wish = "rows of areas, months or items with numbers in them"
        raise ProblemError(path.name, "no table with figures", wish)
    tables = [first, *further_tables(first)]
    relative = path.relative_to(base).as_posix() if base else _below_dated_folders(path, first)
    texts = [FileTexts(relative, table.sheet.name, tuple(table.above())) for table in tables]
    around = [
        _around(table, text, base.name if base else "") for table, text in zip(tables, texts, strict=True)
    ]
    options = [
        list(islice(product(period_options(table, text) or [_NO_PERIOD], area_options(text, table)), _TRIED))
        for table, text in zip(tables, texts, strict=True)
    ]
    tried = sheets
    if sum(sheet.grid.height for sheet in sheets) > _MANY_ROWS:
        tried = [replace(sheet, grid=sheet.grid.head(_MANY_ROWS // 10)) for sheet in sheets if sheet.begins]
    trials = []
    for number in range(max(map(len, options))):
        taken: set[str] = set()
        drafts = [
            Draft(table, *own[min(number, len(own) - 1)], ElementMatcher(reference.elements, said, taken))
            for table, own, said in zip(tables, options, around, strict=True)
        ]
        lines = source_lines(texts[0], content.encoding, drafts, broad)
        trials.append(try_sketch("\n".join(lines) + "\n", relative, tried, reference.elements, names))
        if trials[-1].failure or trials[-1].is_clean:
            break
    best = max(trials, key=lambda trial: trial.worth)
    if tried is not sheets:
        best = try_sketch(best.text, relative, sheets, reference.elements, names)
    return f"{best.summary(relative.rpartition('/')[2])}\n{best.text}"


def _source_folder(file: Path, raw: Path) -> Path | None:
    """The folder below data/raw in which the file lies, however deep."""
    raw, path = raw.resolve(), file.resolve()
    return raw / path.relative_to(raw).parts[0] if raw in path.parent.parents else None


def _named_encoding(folder: Path) -> str:
    """The encoding that the folder's source.toml names; one that is not there, or not finished, names none."""
    try:
        written = tomllib.loads((folder / "source.toml").read_text(encoding="utf-8-sig"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return DETECT
    encoding = written.get("encoding")
    return encoding if isinstance(encoding, str) and encoding else DETECT


def _below_dated_folders(path: Path, table: SniffedTable) -> str:
    """The name of a file that lies in no source yet, with the folders above that say of what month it is."""
    for depth in range(1, min(4, len(path.parts))):
        relative = "/".join(path.parts[-depth:])
        if period_options(table, FileTexts(relative, table.sheet.name, tuple(table.above()))):
            return relative
    return path.name


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
