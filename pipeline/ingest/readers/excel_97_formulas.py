"""Formulas of an .xls whose value was never saved, and damaged ones: xlrd tells neither from an empty cell."""

import io
import struct
from collections.abc import Iterator

import olefile

from pipeline.ingest.readers.damage import DAMAGED, DamageError

_SHEET, _BEGIN, _END, _FORMULA, _ENGINE = 0x85, 0x809, 0x0A, 0x06, 0x1C1
_WORKSHEET = 0
_SHARED, _TABLE = 1, 2  # a formula that only points at another one: 5 bytes
_NO_VALUE = b"\x03\0\0\0\0\0\xff\xff"


def unsaved_formulas(data: bytes) -> list[set[tuple[int, int]]]:
    """Row and column, from 0, of formulas without a value, sheet by sheet; none in a workbook that was calculated.

    Excel writes the same for a formula whose result is an empty text, but leaves a record that says it calculated.
    """
    places: list[int] = []
    found: dict[int, set[tuple[int, int]]] = {}
    sheet, depth, is_calculated = 0, 0, False
    for location, kind, content in _records(_stream(data)):
        if kind == _BEGIN:
            sheet = sheet if depth else location
            depth += 1
        elif kind == _END:
            depth = max(depth - 1, 0)
        elif kind == _ENGINE:
            is_calculated = True
        elif kind == _SHEET and content[5] == _WORKSHEET:
            places.append(struct.unpack_from("<I", content)[0])
        elif kind == _FORMULA and depth == 1:
            _refuse_damaged(content)
            if content[6:14] == _NO_VALUE and content[16:20] == bytes(4):
                found.setdefault(sheet, set()).add(struct.unpack_from("<HH", content))
    return [] if is_calculated else [found.get(location, set()) for location in places]


def _stream(data: bytes) -> bytes:
    if not olefile.isOleFile(data):
        return data
    with olefile.OleFileIO(io.BytesIO(data)) as file:
        return file.openstream("Workbook" if file.exists("Workbook") else "Book").read()


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    location, wanted = 0, {_SHEET, _BEGIN, _END, _FORMULA, _ENGINE}
    while location + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, location)
        if kind in wanted:
            yield location, kind, stream[location + 4 : location + 4 + length]
        location += 4 + length


def _refuse_damaged(content: bytes) -> None:
    (length,) = struct.unpack_from("<H", content, 20)
    tokens = content[22 : 22 + length]
    is_cut = len(tokens) < length or not tokens or (tokens[0] in (_SHARED, _TABLE) and len(tokens) != 5)
    if is_cut:
        raise DamageError(f"{DAMAGED} (a formula is cut short)")
