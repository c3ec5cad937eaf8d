"""The author's own note on an area: paragraphs, emphasis and lists, and nothing else, whatever is typed.

The text is not cleaned of what is dangerous: it is taken apart into the few things that a note may have, and these are
written anew as Markdown with every other character escaped. So HTML, links, images, code, divs and the braces of
templates come out as the characters they are.
"""

import re
from collections.abc import Iterable
from pathlib import Path

from pipeline.problems import ProblemError
from pipeline.reporting.text.escaping import escape

LONGEST = 10_000
_ITEM = re.compile(r"\s{0,3}(?:[-*+•]|(\d{1,3})[.)、])\s+(?=\S)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*$")
_EMPHASIS = re.compile(
    r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1|(?<![0-9A-Za-z*_])(\*|_)(?=[^\s*_])(.+?)(?<=[^\s*_])\3(?![0-9A-Za-z*_])"
)


def note_path(folder: Path, edition: str, page: str) -> Path:
    """Where the note of a page lies: `<folder>/2026-06/990101.md`, in English `990101.en.md`."""
    return folder / edition / f"{page}.md"


def author_note(folder: Path, edition: str, page: str) -> str:
    """The note of a page as safe Markdown; empty without one. Raises ProblemError where it is too long or no text."""
    path = note_path(folder, edition, page)
    if not path.is_file():
        return ""
    text = _read(path)
    if len(text) > LONGEST:
        raise ProblemError(str(path), f"{len(text):,} characters", f"{LONGEST:,} at most; shorten the note")
    return safe_markdown(text)


def misplaced(folder: Path, edition: str, pages: Iterable[str]) -> list[Path]:
    """Notes of the edition that belong to no page: a misspelt code, a language that is not made."""
    known = {note_path(folder, edition, page) for page in pages}
    return sorted(path for path in (folder / edition).glob("*") if path.is_file() and path not in known)


def safe_markdown(text: str) -> str:
    """Paragraphs, emphasis and lists of a text; a heading becomes a paragraph in bold."""
    blocks = re.split(r"\n\s*\n", text.replace("\r\n", "\n").replace("\r", "\n").strip("\n\ufeff "))
    return "\n\n".join(made for block in blocks if (made := _block(block.split("\n"))))


def _block(lines: list[str]) -> str:
    """A run of lines without a blank one: sentences of one paragraph, list items, headings."""
    parts: list[tuple[str, list[str]]] = []
    for line in lines:
        if heading := _HEADING.fullmatch(line):
            parts.append(("heading", [heading[1]]))
        elif item := _ITEM.match(line):
            parts.append((f"{item[1]}. " if item[1] else "- ", [line[item.end() :]]))
        elif parts and parts[-1][0] != "heading":
            parts[-1][1].append(line)
        else:
            parts.append(("", [line]))
    made, before = [], None
    for kind, inside in parts:
        shown = _joined(inside)
        if not shown:
            continue
        if before is not None and not _is_same_list(before, kind):
            made.append("")
        if kind == "heading":
            made.append(f"**{escape(' '.join(inside).replace('*', ''))}**")
        else:
            made.append(kind + shown)
        before = kind
    return "\n".join(made)


def _is_same_list(before: str, kind: str) -> bool:
    """Whether both are list items, with bullets or with numbers."""
    is_numbered = [each[:1].isdigit() for each in (before, kind)]
    return before.endswith(" ") and kind.endswith(" ") and is_numbered[0] == is_numbered[1]


def _joined(lines: list[str]) -> str:
    """Lines as one; between Chinese characters a line break is no blank (the theme sees to it)."""
    return "\n".join(shown for line in lines if (shown := _inline(line)))


def _inline(line: str) -> str:
    """A line with its emphasis, everything else escaped."""
    made, at = "", 0
    for found in _EMPHASIS.finditer(line):
        mark, inside = ("**", found[2]) if found[1] else ("*", found[4])
        made += _escaped(line[at : found.start()]) + f"{mark}{escape(inside)}{mark}"
        at = found.end()
    return (made + _escaped(line[at:])).strip()


def _escaped(text: str) -> str:
    """As `escape`, with the blanks at both ends kept."""
    shown = escape(text)
    if not shown:
        return " " if text else ""
    return " " * text[0].isspace() + shown + " " * text[-1].isspace()


def _read(path: Path) -> str:
    """UTF-8, or what Windows calls ANSI in Chinese."""
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ProblemError(str(path), "bytes that are no text", "a text file in UTF-8")
