"""People are not in here: a file with personal data is refused whole, and its values are never echoed."""

from __future__ import annotations

import re
from collections.abc import Iterable

import polars as pl

from pipeline.ingest.readers import Sheet
from pipeline.ingest.text import normalised
from pipeline.problems import Place, ProblemError

_HEADER_ROWS = 40
_NAME_HEADER = re.compile(r"(.*姓名|名字|联系人|身份证号码?|公民身份号码|联系电话|手机号码?)$")
_MANY_DIGITS = r"\d{11}"
_IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE_NUMBER = re.compile(r"(?:\+?86-?)?1[3-9]\d{9}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_WISH = "aggregates only: take the column out at the office and send the file again"


def refuse_personal_data(sheets: Iterable[Sheet], path: str) -> None:
    """Raise a ProblemError that names the column if any sheet holds names of persons, identity or mobile numbers.

    Identity numbers (GB 11643) count only with a right check digit, mobile numbers only as a whole cell.
    """
    for sheet in sheets:
        for column in sheet.grid.columns[1:]:
            cells = sheet.grid[column]
            what = _personal_header(cells.head(_HEADER_ROWS)) or _personal_numbers(cells)
            if what:
                raise ProblemError(
                    Place(path, sheet.name, 0, int(column)), f"a column of {what}", _WISH, "personal data"
                )


def is_identity_number(text: str) -> bool:
    """Whether 17 digits and a check digit (0–9 or X) fit together by GB 11643."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return text[-1].upper() == _CHECK_DIGITS[total % 11]


def _personal_header(cells: pl.Series) -> str:
    headers = (normalised(cell) for cell in cells if cell)
    return "names or numbers of persons" if any(map(_NAME_HEADER.fullmatch, headers)) else ""


def _personal_numbers(cells: pl.Series) -> str:
    if (cells.str.len_bytes().max() or 0) < 11:
        return ""
    for cell in cells.filter(cells.str.contains(_MANY_DIGITS)).unique():
        plain = normalised(cell)
        if any(map(is_identity_number, _IDENTITY_NUMBER.findall(plain))):
            return "resident identity numbers"
        if _MOBILE_NUMBER.fullmatch(plain):
            return "mobile numbers"
    return ""
