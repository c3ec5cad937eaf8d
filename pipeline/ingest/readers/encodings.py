"""Bytes to text: the encoding named in source.toml, or the one in which the text reads best."""

import codecs
from collections.abc import Callable, Iterator

from pipeline.ingest.readers.encoding_likeness import likeness
from pipeline.problems import Location, ProblemError

DETECT = "detect"
SAMPLE = 1 << 16
_BLOCK = 1 << 24
_LEAST = 0.7  # of the 2 points of a text that is nothing but common characters of tables
_TABLE = 1.5  # as most tables in their right encoding have
_CLEARLY = 0.15  # the points by which the likeliest encoding must lead
_CHANCE = 6  # so many characters of two bytes of another encoding may be valid UTF-8 by chance
UTF_8 = "utf-8-sig"
ENCODINGS = (UTF_8, "gb18030", "big5", "cp949", "cp932", "euc-jp", "cp1252")


def detect_encoding(sample: bytes, name: str) -> str:
    """The Python name of the encoding, by its byte order mark or by how likely the decoded text is.

    Where none is likely, or two are alike, the file is refused: the analyst knows the office.
    """
    sample = sample[:SAMPLE]
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if b"\0" in sample:
        return _without_mark(sample, name)
    as_utf_8 = _decoded(sample, UTF_8)
    if as_utf_8 is not None and not _may_be_chance(as_utf_8):
        return UTF_8
    texts = {encoding: text for encoding in ENCODINGS if (text := _decoded(sample, encoding)) is not None}
    points = {encoding: likeness(text, encoding) for encoding, text in texts.items()}
    if as_utf_8 is not None and all(points[encoding] < _TABLE for encoding in points if encoding != UTF_8):
        return UTF_8
    found = max(points, key=lambda encoding: points[encoding], default="")
    if not found or points[found] < _LEAST:
        raise ProblemError(
            Location(name),
            f"bytes that are not {', '.join(ENCODINGS[:-1])} or {ENCODINGS[-1]}",
            "a text file in one encoding; name it in source.toml",
        )
    near = [other for other in points if points[found] - points[other] < _CLEARLY]
    if others := [other for other in near if texts[other] != texts[found]]:
        other = max(others, key=lambda encoding: points[encoding])
        wish = 'a text file whose encoding shows; name it in source.toml: encoding = "…"'
        raise ProblemError(Location(name), f"bytes that may be {found} or {other}", wish)
    return found


def _may_be_chance(text: str) -> bool:
    """Whether bytes may be valid UTF-8 by chance: few characters beyond ASCII, most of them unusual."""
    foreign = sum(character > "\x7f" for character in text)
    return foreign <= _CHANCE and likeness(text, UTF_8) < 1


def decoded_blocks(
    read: Callable[[int], bytes], encoding: str, name: str, size: int = _BLOCK
) -> Iterator[str]:
    """The text in blocks of whole lines; a line break inside quotation marks does not end a line.

    Line ends are \\n or \\r\\n; a lone \\r, as old computers wrote it, becomes \\n.
    """
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        wish = "the name of an encoding, such as utf-8, gb18030, big5 or cp1252"
        raise ProblemError("source.toml", f"encoding {encoding!r}", wish) from None
    lines, rest = 1, ""
    content, following = read(size), read(size)
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
        content, following = following, read(size)


def _step(
    decoder: codecs.IncrementalDecoder, content: bytes, name: str, lines: int, *, final: bool = False
) -> str:
    try:
        return decoder.decode(content, final)
    except UnicodeDecodeError as error:
        before = content[: max(error.start, 0)].count(b"\n")
        found = f"bytes that are not {error.encoding}"
        wish = "a text file in one encoding; name it in source.toml, or ask for the file again"
        raise ProblemError(Location(name, row=lines + before), found, wish) from None


def _last_line_end(text: str) -> int:
    """The position after the last line break that stands outside quotation marks."""
    end = text.rfind("\n") + 1
    is_inside = text.count('"', 0, end) % 2 == 1
    while end and is_inside:
        before = text.rfind("\n", 0, end - 1) + 1
        is_inside ^= text.count('"', before, end) % 2 == 1
        end = before
    return end


def _without_mark(sample: bytes, name: str) -> str:
    """The encoding of UTF-16 without a byte order mark: digits and separators have their zero byte first, or last."""
    zeros = [sample[side::2].count(0) for side in (0, 1)]
    if max(zeros) > 20 * min(zeros) and max(zeros) > len(sample) / 20:
        return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
    raise ProblemError(Location(name), "binary content", "a text file with separators, or a workbook")


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)().decode(sample, len(sample) < SAMPLE)
    except UnicodeDecodeError:
        return None
