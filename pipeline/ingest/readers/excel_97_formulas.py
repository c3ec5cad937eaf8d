"""Formulas of an .xls that xlrd does not look at: those whose value was never saved, and those cut short."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import olefile

_SHEET, _BEGIN, _END, _FORMULA, _ENGINE, _CONTINUED = 0x85, 0x809, 0x0A, 0x06, 0x1C1, 0x3C
_WORKSHEET = 0
_SHARED, _TABLE = 1, 2  # a formula that only points at another one: 5 bytes
_NO_VALUE = b"\x03\0\0\0\0\0\xff\xff"


class DamagedFormulaError(Exception):
    """A formula that ends before its end."""


def unsaved_formulas(data: bytes) -> dict[str, set[tuple[int, int]]]:
    """Row and column, from 0, of formulas without a value in a workbook that no spreadsheet program calculated.

    Excel writes such a result for an empty text too, but signs as the one that calculated it.
    """
    stream = _stream(data)
    names, found, depth, number = [], [], 0, -1
    is_calculated = False
    for kind, content in _records(stream):
        if kind == _BEGIN:
            number += depth == 0
            depth += 1
            found.append(set()) if depth == 1 else None
        elif kind == _END:
            depth = max(depth - 1, 0)
        elif kind == _ENGINE:
            is_calculated = True
        elif kind == _SHEET:
            names.append(_name(content))
        elif kind == _FORMULA and depth == 1 and len(content) >= 22:
            row, column = struct.unpack_from("<HH", content)
            _refuse_damaged(content)
            if content[6:14] == _NO_VALUE and content[16:20] == bytes(4):
                found[-1].add((row, column))
    if is_calculated:
        return {}
    # the first part is about the workbook, then comes one for each name
    return dict(zip(names, found[1:], strict=False))


def _stream(data: bytes) -> bytes:
    if not olefile.isOleFile(data):
        return data
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        return file.openstream("Workbook" if file.exists("Workbook") else "Book").read()


def _records(stream: bytes) -> Iterator[tuple[int, bytes]]:
    place, wanted = 0, {_SHEET, _BEGIN, _END, _FORMULA, _ENGINE}
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        if kind in wanted:
            yield kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _name(content: bytes) -> str:
    length, is_wide = content[6], content[7] & 1
    return content[8 : 8 + length * (1 + is_wide)].decode("utf-16-le" if is_wide else "latin-1")


def _refuse_damaged(content: bytes) -> None:
    (length,) = struct.unpack_from("<H", content, 20)
    tokens = content[22 : 22 + length]
    is_cut = len(tokens) < length or not tokens or (tokens[0] in (_SHARED, _TABLE) and len(tokens) != 5)
    if is_cut:
        raise DamagedFormulaError("a formula is cut short")
