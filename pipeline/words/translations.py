"""The texts of the reports, in message catalogues (gettext): `reports/translations/<language>.po`, one a language.

A message has an id (`sex_ratio.trend`) and in each catalogue a text, with words in braces to be filled in. A catalogue
is a text file that an analyst may edit, and needs no compiling. A workspace may have catalogues of its own: what stands
in them goes before the texts of the house.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2] / "reports" / "translations"
FALLBACK = "zh"


@dataclass(frozen=True)
class Translator:
    """The messages of one language: of each id its forms, one or (where it counts something) one for each plural form.

    `plural_rule` is the formula of the catalogue (`n != 1`) that says which form a number takes.
    """

    language: str
    messages: Mapping[str, tuple[str, ...]] = field(repr=False)
    plural_rule: str = "n != 1"

    def __call__(self, message: str, /, **values: object) -> str:
        """The text of a message, filled in; without values as it stands in the catalogue; without a text, the id."""
        return _filled(self.messages.get(message, (message,))[0], values)

    def plural(self, message: str, count: int, /, **values: object) -> str:
        """The form for so many; `{count}` is the number, unless it is given otherwise."""
        forms = self.messages.get(message, (message,))
        form = forms[min(_rule(self.plural_rule)(int(count)), len(forms) - 1)]
        return _filled(form, {"count": count} | values)


def read_translator(language: str, folders: Sequence[Path] = ()) -> Translator:
    """The catalogues `<language>.po` of these folders and of the house; what stands in an earlier one goes before."""
    messages: dict[str, tuple[str, ...]] = {}
    rule = Translator.plural_rule
    for name in (FALLBACK, language):
        for folder in (HOUSE, *reversed(folders)):
            path = folder / f"{name}.po"
            if path.is_file():
                rule, found = _read_catalogue(path, path.stat().st_mtime_ns)
                messages |= found
    return Translator(language, messages, rule)


@cache
def _read_catalogue(path: Path, _changed: int) -> tuple[str, dict[str, tuple[str, ...]]]:
    """The rule of the plural, and the messages that have a text."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file)
    messages = {}
    for message in catalogue:
        is_plural = isinstance(message.id, tuple | list)
        forms = tuple(message.string) if is_plural else (message.string,)
        if message.id and not message.fuzzy and all(forms):
            messages[message.id[0] if is_plural else message.id] = forms
    return catalogue.plural_expr, messages


@cache
def _rule(formula: str) -> Callable[[int], int]:
    return gettext.c2py(formula)


def _filled(text: str, values: Mapping[str, object]) -> str:
    return text.format_map(values) if values else text
