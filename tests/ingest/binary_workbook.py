"""A small .xlsb by hand: no library writes them."""

from __future__ import annotations

import io
import struct
import zipfile

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_CONTENT = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="bin" ContentType="application/vnd.ms-excel.sheet.binary.macroEnabled.main"/></Types>"""


def binary_workbook(
    cells: dict[tuple[int, int], str | float], *, name: str = "表一", is_hidden: bool = False
) -> bytes:
    """One sheet; cells by row and column from 1."""
    sheet = [_record(129), _record(148, struct.pack("<4I", 0, 0, 0, 0)), _record(145)]
    row_before = 0
    for (row, column), cell in sorted(cells.items()):
        if row != row_before:
            sheet.append(_record(0, struct.pack("<II", row - 1, 0) + bytes(9)))
            row_before = row
        place = struct.pack("<II", column - 1, 0)
        is_text = isinstance(cell, str)
        sheet.append(
            _record(6 if is_text else 5, place + (_text(cell) if is_text else struct.pack("<d", cell)))
        )
    sheet += [_record(146), _record(130)]
    bundle = struct.pack("<II", int(is_hidden), 1) + _text("rId1") + _text(name)
    book = [_record(131), _record(143), _record(156, bundle), _record(144), _record(132)]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT)
        archive.writestr("_rels/.rels", _relation("officeDocument", "xl/workbook.bin"))
        archive.writestr("xl/workbook.bin", b"".join(book))
        archive.writestr("xl/_rels/workbook.bin.rels", _relation("worksheet", "worksheets/sheet1.bin"))
        archive.writestr("xl/worksheets/sheet1.bin", b"".join(sheet))
    return file.getvalue()


def _record(kind: int, content: bytes = b"") -> bytes:
    return _varint(kind) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    if number < 128:
        return bytes([number])
    return bytes([number & 127 | 128, number >> 7])


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _relation(kind: str, target: str) -> str:
    return (
        f'<?xml version="1.0"?><Relationships xmlns="{_RELATIONS}">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/{kind}" Target="{target}"/></Relationships>'
    )
