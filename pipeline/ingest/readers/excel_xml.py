"""What an .xlsx says beyond its values: hidden parts, merged cells, raised runs, formulas without a value, far cells.

openpyxl knows most of it, but lays every cell out as an object: 20 times the time of reading the values, and it stops at
files whose styles it does not like. Here the parts are first searched as bytes for the few words that matter; only where
one stands is the sheet gone through, by expat.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree
from xml.parsers import expat

from pipeline.ingest.readers.cell_texts import lowered, raised
from pipeline.ingest.readers.sheet_marks import SheetMarks

_HIDDEN = re.compile(rb"""hidden=["'](?:1|true)""")
_UNSAVED = re.compile(
    rb"""(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:</(?:\w+:)?c>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*<)"""
)
_SAVED_ZERO = re.compile(rb"""(?:</(?:\w+:)?f>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*<(?:\w+:)?v>0(?:\.0)?</""")
_NEVER_CALCULATED = re.compile(rb"""\sfullCalcOnLoad=["'](?:1|true)""")
_REFERENCE = re.compile(rb"""r=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_BROAD = re.compile(rb"""r=["'](?:[A-Z]{3}[0-9]|[A-Z]{2}[0-9]{4}|[A-Z][0-9]{6})""")
_SHEET_DATA = re.compile(rb"<((?:\w+:)?)sheetData\b[^>]*>")
_RANGE = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)(?::\$?([A-Z]{1,3})\$?(\d+))?")
_MANY_CELLS = 20_000_000


class NoSheetError(Exception):
    """A workbook without what every workbook has."""


@dataclass
class _Seen:
    """What was found in one sheet."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0
    filled: int = 0


class ExcelXml:
    """The parts of an .xlsx, opened once: `sheets` are those with cells, in their order in the workbook."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._members = {member.lower().replace("\\", "/"): member for member in self._archive.namelist()}
        workbook = ElementTree.fromstring(self._part("xl/workbook.xml"))
        kinds = self._relations("xl/_rels/workbook.xml.rels")
        self._parts: dict[str, str] = {}
        self._hidden: set[str] = set()
        for sheet in (element for element in workbook.iter() if _local(element.tag) == "sheet"):
            relation = next((value for key, value in sheet.items() if _local(key) == "id"), "")
            kind, target = kinds.get(relation, ("", ""))
            if kind != "worksheet":
                continue
            name = sheet.get("name", "")
            self._parts[name] = target
            if sheet.get("state", "visible") != "visible":
                self._hidden.add(name)
        self.sheets = tuple(self._parts)
        self._raised = self._raised_strings(
            next((target for kind, target in kinds.values() if kind == "sharedStrings"), "")
        )
        self._is_calculated = not _NEVER_CALCULATED.search(self._part("xl/workbook.xml"))
        self._seen: dict[str, _Seen] = {}

    def look_at(self, sheet: str) -> None:
        """Search one sheet, and go through it where there is something to find."""
        xml = self._part(self._parts[sheet])
        has_far_cells = _is_broad(xml)
        is_utf_16 = xml.startswith((b"\xff\xfe", b"\xfe\xff"))
        has_cells_to_read = (
            has_far_cells or bool(self._raised) or self._has_formulas(xml) or b"vertAlign" in xml
        )
        if (
            has_cells_to_read
            or is_utf_16
            or b"mergeCell " in xml
            or (b"hidden=" in xml and _HIDDEN.search(xml))
        ):
            walk = _Walk(self._raised, reads_cells=has_cells_to_read, trusts_zero=self._is_calculated)
            self._seen[sheet] = walk.through(xml if has_cells_to_read else _without_cells(xml))
        else:
            self._seen[sheet] = _Seen()

    def _has_formulas(self, xml: bytes) -> bool:
        """Whether a formula may lack its value; a search for a plain word is many times as quick as one for a pattern."""
        if b"<f" not in xml and b":f" not in xml:
            return False
        return bool(_UNSAVED.search(xml) or (not self._is_calculated and _SAVED_ZERO.search(xml)))

    def extent(self, sheet: str) -> tuple[int, int]:
        """The last row and the last column with anything in them, if they lie far out; else 0."""
        return self._seen[sheet].last_row, self._seen[sheet].last_column

    def filled(self, sheet: str) -> int:
        return self._seen[sheet].filled

    def texts(self, sheet: str) -> dict[tuple[int, int], str]:
        """Texts that the values lack: raised runs as such, and formulas where no value was saved."""
        return self._seen[sheet].texts

    def marks(self, sheet: str) -> SheetMarks:
        seen = self._seen[sheet]
        return SheetMarks(
            is_hidden=sheet in self._hidden,
            hidden_rows=frozenset(seen.hidden_rows),
            hidden_columns=frozenset(seen.hidden_columns),
            merged=tuple(seen.merged),
        )

    def _part(self, path: str) -> bytes:
        member = self._members.get(path.lower())
        if member is None:
            raise NoSheetError("a workbook of which a part is missing")
        return self._archive.read(member)

    def _relations(self, path: str) -> dict[str, tuple[str, str]]:
        """Kind and place of the parts of the workbook, by their ids."""
        return {
            relation.get("Id", ""): (
                relation.get("Type", "").rpartition("/")[2],
                posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/"),
            )
            for relation in ElementTree.fromstring(self._part(path))
        }

    def _raised_strings(self, path: str) -> dict[int, str]:
        """Shared texts with raised or lowered runs, by number, with their digits as marks."""
        if not path or path.lower() not in self._members:
            return {}
        xml = self._part(path)
        if b"vertAlign" not in xml:
            return {}
        items = (item for item in ElementTree.fromstring(xml) if _local(item.tag) == "si")
        texts = ((number, _rich_text(item)) for number, item in enumerate(items))
        return {number: text for number, text in texts if text is not None}


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _rich_text(item: ElementTree.Element) -> str | None:
    """The text of a rich text, its raised runs as marks; None where no run is raised or lowered."""
    pieces, has_marks = [], False
    for run in (run for run in item if _local(run.tag) == "r"):
        text = "".join(part.text or "" for part in run if _local(part.tag) == "t")
        align = next(
            (mark.get("val") for mark in run.iter() if _local(mark.tag) == "vertAlign"),
            "",
        )
        has_marks |= align in ("superscript", "subscript")
        pieces.append({"superscript": raised, "subscript": lowered}.get(align or "", str)(text))
    return "".join(pieces) if has_marks else None


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _is_broad(xml: bytes) -> bool:
    """Whether the cells named in a sheet span more than the memory should hold; empty ones may be among them."""
    if not _BROAD.search(xml):
        return False
    rows, columns, cells = 0, 0, 0
    widths: dict[bytes, int] = {}
    for letters, row in _REFERENCE.findall(xml):
        cells += 1
        rows = max(rows, int(row))
        if letters not in widths:
            widths[letters] = _column(letters.decode())
            columns = max(columns, widths[letters])
    return rows * columns > max(_MANY_CELLS, 20 * cells)


def _without_cells(xml: bytes) -> bytes:
    """A sheet of which only the beginnings of rows are left: most of it is cells, which take long to go through."""
    begin = _SHEET_DATA.search(xml)
    end = xml.rfind(b"</" + begin[1] + b"sheetData>") if begin else -1
    if begin is None or end < 0:
        return xml
    rows = re.findall(b"<" + begin[1] + rb"row\b[^>]*?(?=/?>)", xml[begin.end() : end])
    return xml[: begin.end()] + b"".join(row + b"/>" for row in rows) + xml[end:]


class _Walk:
    """One way through the XML of a sheet, element by element."""

    def __init__(self, raised_strings: dict[int, str], *, reads_cells: bool, trusts_zero: bool) -> None:
        self._seen = _Seen()
        self._raised = raised_strings
        self._trusts_zero = trusts_zero
        self._row = self._column = 0
        self._kind = ""
        self._has_formula = False
        self._formula: list[str] = []
        self._value: list[str] = []
        self._runs: list[list[str]] = []
        self._inside: list[str] | None = None
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        if reads_cells:
            self._parser.EndElementHandler = self._end
            self._parser.CharacterDataHandler = self._text

    def through(self, xml: bytes) -> _Seen:
        self._parser.Parse(xml, True)
        return self._seen

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
            if _is_true(attributes.get("hidden")):
                self._seen.hidden_rows.add(self._row)
        elif name == "f":
            self._has_formula, self._inside = True, self._formula
        elif name == "v":
            self._inside = self._value
        elif name == "r":
            self._runs.append(["", ""])
        elif name == "t":
            self._inside = []
            if self._runs:
                self._runs[-1][1:] = [""]
        elif name == "vertAlign" and self._runs:
            self._runs[-1][0] = attributes.get("val", "")
        elif name == "rPh":
            self._runs.append(["phonetic", ""])
        elif name == "col" and _is_true(attributes.get("hidden")):
            last = min(int(attributes["max"]), 16_384)
            self._seen.hidden_columns.update(range(int(attributes["min"]), last + 1))
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def _start_cell(self, attributes: dict[str, str]) -> None:
        match = _RANGE.match(attributes.get("r", ""))
        if match:
            self._row, self._column = int(match[2]), _column(match[1])
        else:
            self._column += 1
        self._kind = attributes.get("t", "n")
        self._has_formula = False
        self._formula, self._value, self._runs = [], [], []
        self._inside = None

    def _text(self, text: str) -> None:
        if self._inside is not None:
            self._inside.append(text)

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "t" and self._inside is not None:
            text = "".join(self._inside)
            if self._runs:
                self._runs[-1][1] += text
            else:
                self._value.append(text)
        if name in ("t", "v", "f"):
            self._inside = None
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        value = "".join(self._value).strip()
        runs = [run for run in self._runs if run[0] != "phonetic"]
        place = self._row, self._column
        is_unsaved = not value and not runs and self._kind != "str"
        if self._has_formula and (is_unsaved or (value in ("0", "0.0") and not self._trusts_zero)):
            self._seen.texts[place] = "=" + "".join(self._formula).strip()
        elif self._kind == "s" and self._raised and value.isdecimal() and int(value) in self._raised:
            self._seen.texts[place] = self._raised[int(value)]
        elif any(align in ("superscript", "subscript") for align, _ in runs):
            self._seen.texts[place] = "".join(
                {"superscript": raised, "subscript": lowered}.get(align, str)(text) for align, text in runs
            )
        if value or runs or place in self._seen.texts:
            self._seen.filled += 1
            self._seen.last_row = max(self._seen.last_row, self._row)
            self._seen.last_column = max(self._seen.last_column, self._column)

    def _merge(self, reference: str) -> None:
        match = _RANGE.fullmatch(reference)
        if match and match[3]:
            self._seen.merged.append((int(match[2]), _column(match[1]), int(match[4]), _column(match[3])))


def _is_true(text: str | None) -> bool:
    return text in ("1", "true")
