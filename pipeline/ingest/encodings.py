"""Bytes to text: the encoding named in source.toml, or the one in which the text reads best."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator
from typing import BinaryIO

from pipeline.problems import Place, ProblemError

DETECT = "detect"
SAMPLE = 1 << 16
_BLOCK = 1 << 24
_OF_TABLES = frozenset(
    "省市县区乡镇村街道男女出生死亡人口户数年月合计縣區鄉鎮戶數計시군구읍면동남여출생사망인구년월계"
)


def detect_encoding(sample: bytes, name: str) -> str:
    """The Python name of the encoding: by byte order mark, else UTF-8, else the likeliest of the East Asian ones.

    Text in Big5 or CP949 is nearly always valid GB18030 as well; what tells them apart is how many of its characters
    are common ones, and how many are those of statistical tables.
    """
    sample = sample[:SAMPLE]
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in sample:
        return _without_mark(sample, name)
    candidates = {encoding: text for encoding in _COMMON if (text := _decoded(sample, encoding)) is not None}
    if not candidates:
        raise ProblemError(
            Place(name),
            f"bytes that are not {' or '.join(_COMMON)}",
            "a text file; name its encoding in source.toml",
        )
    return max(candidates, key=lambda encoding: _likeness(candidates[encoding], _COMMON[encoding]))


def decoded_blocks(file: BinaryIO, encoding: str, name: str, size: int = _BLOCK) -> Iterator[str]:
    """The text in blocks of whole lines; a line break inside quotation marks does not end a line.

    Line ends are \\n or \\r\\n; a lone \\r, as old computers wrote it, becomes \\n.
    """
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise ProblemError(
            "source.toml", f"encoding {encoding!r}", "the name of an encoding, such as utf-8, gb18030 or big5"
        ) from None
    lines, rest = 1, ""
    content, following = file.read(size), file.read(size)
    while content:
        text = rest + _step(decoder, content, name, lines, final=not following)
        if following and text.endswith("\r"):
            text, rest = text[:-1], "\r"
        else:
            rest = ""
        if text.count("\r") > text.count("\r\n"):
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        end = _last_line_end(text) if following else len(text)
        if end:
            yield text[:end]
        lines += text.count("\n", 0, end)
        rest = text[end:] + rest
        content, following = following, file.read(size)


def _step(
    decoder: codecs.IncrementalDecoder, content: bytes, name: str, lines: int, *, final: bool = False
) -> str:
    try:
        return decoder.decode(content, final)
    except UnicodeDecodeError as error:
        before = content[: max(error.start, 0)].count(b"\n")
        raise ProblemError(
            Place(name, row=lines + before),
            f"bytes that are not {error.encoding}",
            "a text file in one encoding; name it in source.toml, or ask for the file again",
        ) from None


def _last_line_end(text: str) -> int:
    """Where the last whole line ends: behind a line break with an even number of quotation marks before it."""
    end = text.rfind("\n") + 1
    is_inside = text.count('"', 0, end) % 2 == 1
    while end and is_inside:
        before = text.rfind("\n", 0, end - 1) + 1
        is_inside ^= text.count('"', before, end) % 2 == 1
        end = before
    return end


def _without_mark(sample: bytes, name: str) -> str:
    """UTF-16 without a byte order mark: the zero bytes of digits and separators stand on one side."""
    zeros = [sample[side::2].count(0) for side in (0, 1)]
    if max(zeros) > 20 * min(zeros) and max(zeros) > len(sample) / 20:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    raise ProblemError(Place(name), "binary content", "a text file with separators, or a workbook")


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample, len(sample) < SAMPLE)
    except UnicodeDecodeError:
        return None


def _likeness(text: str, is_common: Callable[[str], bool]) -> float:
    """Share of common characters plus share of characters that tables of population counts are full of."""
    foreign = [character for character in text if character > "\x7f"]
    if not foreign:
        return 2.0
    return sum(is_common(character) + (character in _OF_TABLES) for character in foreign) / len(foreign)


def _within(encoding: str, first: int, last: int) -> Callable[[str], bool]:
    """Whether the lead byte of a character in an encoding lies in the rows of common characters and signs."""

    def is_common(character: str) -> bool:
        try:
            return first <= character.encode(encoding)[0] <= last
        except UnicodeEncodeError:
            return False

    return is_common


_COMMON: dict[str, Callable[[str], bool]] = {
    "utf-8-sig": lambda _: True,
    "gb18030": _within("gb2312", 0xA1, 0xD7),
    "big5": _within("big5", 0xA1, 0xC6),
    "cp949": _within("euc_kr", 0xA1, 0xC8),
}
