"""People are not in here: a file with personal data is refused whole, and its values are never echoed."""

import re

import polars as pl

from pipeline.ingest.readers import Sheet
from pipeline.ingest.values.spelling import normalised
from pipeline.problems import Location, ProblemError

_HEADER_ROWS = 40
_SHORTEST = 6  # bytes: two Chinese characters
_DIGITS = "[0-9０-９]"
_SUSPICIOUS = re.compile(
    r"名|联系人|身份|电话|手机"
    rf"|^\s*(?:\+?[8８][6６]\D?)?[1１][ -]?[3-9３-９](?:[ -]?{_DIGITS}){{9}}"
    rf"|(?:{_DIGITS}[ -]?){{17}}"
)
_NAME_HEADER = re.compile(r"(.*姓名|名字|联系人|身份证号码?|公民身份号码|联系电话|手机号码?)$")
_IDENTITY_NUMBER = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)")
_MOBILE_NUMBER = re.compile(r"(?:\+?86)?1[3-9]\d{9}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_WISH = "aggregates only: take the column out at the office and send the file again"


def refuse_personal_data(sheet: Sheet, path: str) -> None:
    """Raise a ProblemError that names the column if the sheet holds names of persons, identity or mobile numbers.

    Identity numbers (GB 11643) count only with a right check digit, mobile numbers only as a whole cell.
    """
    head, body = sheet.grid[:, 1:].head(_HEADER_ROWS), sheet.grid[:, 1:].slice(_HEADER_ROWS)
    suspicious = {
        part.name: [cell for cell in part.to_list() if cell and _SUSPICIOUS.search(cell)] for part in head
    }
    if body.height:
        longest = body.select(pl.all().str.len_bytes().max()).row(0)
        texts = [
            name for name, length in zip(body.columns, longest, strict=True) if (length or 0) >= _SHORTEST
        ]
        for part in body.select(texts):
            suspicious[part.name] += part.filter(part.str.contains(_SUSPICIOUS.pattern)).unique().to_list()
    for column, cells in suspicious.items():
        if what := _personal(cells):
            raise ProblemError(
                Location(path, sheet.name, 0, int(column)), f"a column of {what}", _WISH, "personal data"
            )


def is_identity_number(text: str) -> bool:
    """Whether 17 digits and a check digit (0–9 or X) fit together by GB 11643."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, text, strict=False))
    return text[-1].upper() == _CHECK_DIGITS[total % 11]


def _personal(cells: list[str]) -> str:
    """What the cells of a column hold that they must not hold; empty for nothing."""
    for cell in cells:
        plain = normalised(cell)
        if _NAME_HEADER.fullmatch(plain):
            return "names or numbers of persons"
        digits = plain.replace("-", "")
        if any(map(is_identity_number, _IDENTITY_NUMBER.findall(digits))):
            return "resident identity numbers"
        if _MOBILE_NUMBER.fullmatch(digits):
            return "mobile numbers"
    return ""
