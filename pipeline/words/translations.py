"""The words of the reports in other languages: message catalogues (gettext), read as they are.

The texts are written in Chinese, in the templates and in the code; a catalogue `translations/<language>.po` has
them in another language. It is a text file that an analyst may edit, and needs no compiling. A message that has no
translation is shown in Chinese, and a test fails on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

SOURCE_LANGUAGE = "zh"
LOCALES = {"zh": "zh_Hans", "en": "en"}


class Translator:
    """Messages of one language; `{name}` in a message is filled with the value given under that name."""

    def __init__(self, language: str, messages: Mapping[str, str | tuple[str, ...]] | None = None) -> None:
        self.language = language
        self.messages = messages or {}

    def __call__(self, message: str, /, **values: object) -> str:
        text = self.messages.get(message) or message
        return _filled(text if isinstance(text, str) else text[0], values)

    def plural(self, one: str, many: str, count: float, /, **values: object) -> str:
        """The form for so many; `{count}` is the number, unless it is given otherwise."""
        text = self.messages.get(one) or (one, many)
        forms = (text, text) if isinstance(text, str) else text
        return _filled(forms[0] if count == 1 else forms[-1], {"count": count} | values)


def read_translator(language: str, folders: Sequence[Path]) -> Translator:
    """The catalogues `<language>.po` of these folders; what stands in an earlier one goes before."""
    messages: dict[str, str | tuple[str, ...]] = {}
    if language != SOURCE_LANGUAGE:
        for folder in reversed(folders):
            path = folder / f"{language}.po"
            if path.is_file():
                messages |= _read_catalogue(path, path.stat().st_mtime_ns)
    return Translator(language, messages)


@cache
def _read_catalogue(path: Path, _changed: int) -> dict[str, str | tuple[str, ...]]:
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file)
    messages: dict[str, str | tuple[str, ...]] = {}
    for message in catalogue:
        if not message.id or message.fuzzy:
            continue
        key = message.id[0] if isinstance(message.id, tuple | list) else message.id
        text = tuple(message.string) if isinstance(message.string, tuple | list) else message.string
        if text and (isinstance(text, str) or all(text)):
            messages[key] = text
    return messages


def _filled(text: str, values: Mapping[str, object]) -> str:
    return text.format_map(values) if values else text
