"""The texts of the reports, in message catalogues (gettext): `reports/translations/<language>.po`, one a language.

A message has an id (`sex_ratio.trend`) and in each catalogue a text, with words in braces to be filled in. A catalogue
is a text file that an analyst may edit, and needs no compiling. A workspace may have catalogues of its own: what stands
in them goes before the texts of the house.
"""

import gettext
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from pipeline.house import REPORTS

HOUSE = REPORTS / "translations"
NO_BREAK = "\N{NO-BREAK SPACE}"
COMPLETE = "zh"  # a catalogue of the house that has every message: tests hold it so

Record = Callable[[str, Mapping[str, object], str], None]


@dataclass(frozen=True)
class Translator:
    """The messages of one language: of each id its forms, one or (where it counts something) one for each plural form.

    `tag` is the language as HTML names it (`zh-Hans`), `plural_rule` the formula of the catalogue (`n != 1`) that says
    which form a number takes, `missing` the ids that are said in another language. `record` is told of each message
    that is printed: its id, the values that are filled in, and the text.
    """

    language: str
    tag: str
    plural_rule: str
    messages: Mapping[str, tuple[str, ...]] = field(repr=False)
    missing: tuple[str, ...] = ()
    record: Record | None = None

    def __call__(self, message: str, /, **values: object) -> str:
        """The text of a message, filled in; without values as it stands in the catalogue; without a text, the id."""
        return self._filled(message, self._forms(message)[0], values)

    def plural(self, message: str, count: int, /, **values: object) -> str:
        """The form for so many; `{count}` is the number, unless it is given otherwise."""
        forms = self._forms(message)
        form = forms[min(_plural_form(self.plural_rule)(int(count)), len(forms) - 1)]
        return self._filled(message, form, {"count": count} | values)

    def unbroken(self, text: str) -> str:
        """The same text with blanks that do not break where a number and its unit would be torn apart."""
        return re.sub(self("language.no_break"), NO_BREAK, text)

    @property
    def name(self) -> str:
        """The language by its own name: `中文`."""
        from babel import Locale, UnknownLocaleError

        try:
            name = Locale.parse(self.tag, sep="-").get_language_name(self.tag.replace("-", "_"))
            return name or self.tag
        except UnknownLocaleError:
            return self.tag

    def _forms(self, message: str) -> tuple[str, ...]:
        return self.messages.get(message, (message,))

    def _filled(self, message: str, text: str, values: Mapping[str, object]) -> str:
        said = text.format_map(values) if values else text
        if self.record:
            self.record(message, values, said)
        return said


def read_translator(language: str, folders: Sequence[Path] = (), instead: str = COMPLETE) -> Translator:
    """The catalogues `<language>.po` of these folders and of the house; what stands in an earlier one goes before.

    What has no text there is said in the language `instead`, else in Chinese.
    """
    messages: dict[str, tuple[str, ...]] = {}
    own: dict[str, tuple[str, ...]] = {}
    tag, rule = language, "n != 1"
    for name in dict.fromkeys((COMPLETE, instead, language)):
        for path in [folder / f"{name}.po" for folder in (HOUSE, *reversed(folders))]:
            if path.is_file():
                found_tag, found_rule, found = _read_catalogue(path, path.stat().st_mtime_ns)
                messages |= found
                if name == language:
                    own |= found
                    tag, rule = found_tag or tag, found_rule
    return Translator(language, tag, rule, messages, tuple(sorted(messages.keys() - own.keys())))


def has_catalogue(language: str, folders: Sequence[Path]) -> bool:
    return any((folder / f"{language}.po").is_file() for folder in (HOUSE, *folders))


@cache
def _read_catalogue(path: Path, _changed: int) -> tuple[str, str, dict[str, tuple[str, ...]]]:
    """The tag of the language, where the head names it, the rule of the plural, and the messages that have a text."""
    from babel.messages.pofile import read_po

    with path.open("rb") as file:
        catalogue = read_po(file)
    messages: dict[str, tuple[str, ...]] = {}
    for message in catalogue:
        name = message.id if isinstance(message.id, str) else message.id[0]
        string = message.string or ""
        forms = (string,) if isinstance(string, str) else tuple(string)
        if name and not message.fuzzy and all(forms):
            messages[name] = forms
    return str(catalogue.locale_identifier or "").replace("_", "-"), catalogue.plural_expr, messages


@cache
def _plural_form(rule: str) -> Callable[[int], int]:
    return gettext.c2py(rule)
