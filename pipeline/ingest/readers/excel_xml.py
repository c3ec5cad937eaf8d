"""What an .xlsx says beyond its values: hidden parts, merged cells, superscripts, formulas without a value, far cells.

openpyxl knows most of it, but lays every cell out as an object: 20 times the time of reading the values, and it stops at
files whose styles it does not like. Here the parts are first searched as bytes for the few words that matter; only where
one stands is the XML of the sheet read cell by cell.
"""

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from xml.etree import ElementTree

from pipeline.ingest.readers.cell_texts import lowered, raised
from pipeline.ingest.readers.damage import DamageError
from pipeline.ingest.readers.sheet import SheetMarks

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
_LAST_COLUMN = 16_384
_TRUE = ("1", "true")
_ALIGNED = {"superscript": raised, "subscript": lowered}


@dataclass
class SheetFindings:
    """What the XML of one sheet says beyond its values. `texts` are those that the values lack, by row and column: raised
    runs written as such, and formulas where no value was saved.

    `last_row`, `last_column` and `filled` (cells that hold anything) are counted only where cells had to be read.
    """

    marks: SheetMarks
    texts: dict[tuple[int, int], str] = field(default_factory=dict)
    last_row: int = 0
    last_column: int = 0
    filled: int = 0


class ExcelXml:
    """The parts of an .xlsx, opened once; `sheets` are the names of its worksheets in the order of the workbook."""

    def __init__(self, data: bytes) -> None:
        self._archive = zipfile.ZipFile(io.BytesIO(data))
        self._members = {member.lower().replace("\\", "/"): member for member in self._archive.namelist()}
        content = self._part("xl/workbook.xml")
        relations = self._relations("xl/_rels/workbook.xml.rels")
        self._parts: dict[str, str] = {}
        self._hidden: set[str] = set()
        for sheet in (entry for entry in ElementTree.fromstring(content).iter() if _local(entry) == "sheet"):
            relation = next((value for key, value in sheet.items() if key.endswith("}id") or key == "id"), "")
            kind, target = relations.get(relation, ("", ""))
            if kind == "worksheet":
                self._parts[sheet.get("name", "")] = target
                if sheet.get("state", "visible") != "visible":
                    self._hidden.add(sheet.get("name", ""))
        self.sheets = tuple(self._parts)
        self._raised = self._raised_strings(
            next((target for kind, target in relations.values() if kind == "sharedStrings"), "")
        )
        self._is_calculated = not _NEVER_CALCULATED.search(content)

    def look_at(self, sheet: str) -> SheetFindings:
        """Search the XML of one sheet for the words that matter, and read it only where one of them stands."""
        found = SheetFindings(SheetMarks(is_hidden=sheet in self._hidden))
        xml = self._part(self._parts[sheet])
        reads_cells = (
            _is_broad(xml) or bool(self._raised) or self._may_lack_values(xml) or b"vertAlign" in xml
        )
        is_utf_16 = xml.startswith((b"\xff\xfe", b"\xfe\xff"))
        has_marks = b"mergeCell " in xml or (b"hidden=" in xml and _HIDDEN.search(xml))
        if reads_cells or is_utf_16 or has_marks:
            self._add_findings(found, xml if reads_cells else _without_cells(xml), reads_cells=reads_cells)
        return found

    def _may_lack_values(self, xml: bytes) -> bool:
        """Whether a formula may lack its value; a search for a plain word is many times as quick as one for a pattern."""
        if b"<f" not in xml and b":f" not in xml:
            return False
        return bool(_UNSAVED.search(xml) or (not self._is_calculated and _SAVED_ZERO.search(xml)))

    def _add_findings(self, found: SheetFindings, xml: bytes, *, reads_cells: bool) -> None:
        row = column = 0
        for event, element in ElementTree.iterparse(io.BytesIO(xml), ("start", "end")):
            name = _local(element)
            if event == "end":
                if name == "c" and reads_cells:
                    match = _RANGE.match(element.get("r", ""))
                    row, column = (int(match[2]), _column(match[1])) if match else (row, column + 1)
                    self._read_cell(element, row, column, found)
                if name in ("c", "row"):
                    element.clear()
            elif name == "row":
                row, column = int(element.get("r", row + 1)), 0
                if element.get("hidden") in _TRUE:
                    found.marks.hidden_rows.add(row)
            elif name == "col" and element.get("hidden") in _TRUE:
                last = min(int(element.attrib["max"]), _LAST_COLUMN)
                found.marks.hidden_columns.update(range(int(element.attrib["min"]), last + 1))
            elif name == "mergeCell":
                match = _RANGE.fullmatch(element.get("ref", ""))
                if match and match[3]:
                    top, left, bottom, right = match[2], match[1], match[4], match[3]
                    found.marks.merged.append((int(top), _column(left), int(bottom), _column(right)))

    def _read_cell(self, cell: ElementTree.Element, row: int, column: int, found: SheetFindings) -> None:
        parts = {_local(part): part for part in cell}
        value = ("".join(parts["v"].itertext()) if "v" in parts else "").strip()
        runs = _runs(parts["is"]) if "is" in parts else []
        kind = cell.get("t", "n")
        is_unsaved = not value and not runs and kind != "str"
        is_untrusted_zero = value in ("0", "0.0") and not self._is_calculated
        text = None
        if "f" in parts and (is_unsaved or is_untrusted_zero):
            text = "=" + (parts["f"].text or "").strip()
        elif kind == "s" and value.isdecimal():
            text = self._raised.get(int(value))
        else:
            text = _marked(runs)
        if text is not None:
            found.texts[row, column] = text
        if value or any(run for _, run in runs) or text is not None:
            found.filled += 1
            found.last_row, found.last_column = max(found.last_row, row), max(found.last_column, column)

    def _part(self, path: str) -> bytes:
        member = self._members.get(path.lower())
        if member is None:
            raise DamageError("a workbook of which a part is missing")
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
        xml = self._part(path) if path.lower() in self._members else b""
        if b"vertAlign" not in xml:
            return {}
        items = (item for item in ElementTree.fromstring(xml) if _local(item) == "si")
        texts = ((number, _marked(_runs(item))) for number, item in enumerate(items))
        return {number: text for number, text in texts if text is not None}


def _local(element: ElementTree.Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def _runs(item: ElementTree.Element) -> list[tuple[str, str]]:
    """The runs of a text, each with its vertical alignment; phonetic readings (rPh) are no part of it."""
    runs = []
    for part in item:
        if _local(part) in ("r", "t"):
            text = "".join(piece.text or "" for piece in part.iter() if _local(piece) == "t")
            aligns = (mark.get("val", "") for mark in part.iter() if _local(mark) == "vertAlign")
            runs.append((next(aligns, ""), text))
    return runs


def _marked(runs: list[tuple[str, str]]) -> str | None:
    """The text of runs, with raised and lowered ones as marks; None where no run is raised or lowered."""
    if not any(align in _ALIGNED for align, _ in runs):
        return None
    return "".join(_ALIGNED.get(align, str)(text) for align, text in runs)


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def _is_broad(xml: bytes) -> bool:
    """Whether the cells of a sheet, empty ones included, span more rows and columns than memory should hold."""
    if not _BROAD.search(xml):
        return False
    cells = _REFERENCE.findall(xml)
    columns = max(_column(letters.decode()) for letters in {letters for letters, _ in cells})
    rows = max(int(row) for _, row in cells)
    return rows * columns > max(_MANY_CELLS, 20 * len(cells))


def _without_cells(xml: bytes) -> bytes:
    """The XML of a sheet without its cells, which are most of it and take long to parse."""
    begin = _SHEET_DATA.search(xml)
    end = xml.rfind(b"</" + begin[1] + b"sheetData>") if begin else -1
    if begin is None or end < 0:
        return xml
    rows = re.findall(b"<" + begin[1] + rb"row\b[^>]*?(?=/?>)", xml[begin.end() : end])
    return xml[: begin.end()] + b"".join(row + b"/>" for row in rows) + xml[end:]
