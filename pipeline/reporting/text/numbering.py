"""Headings, tables and figures of a page, numbered in the order in which its template asks for them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.words.translations import Translator


@dataclass(frozen=True)
class Drawn:
    """A figure as the page takes it.

    Title and subtitle as drawn, the caption that explains the marks, the alternative text, the data as Markdown.
    """

    title: str
    subtitle: str
    caption: str
    alt: str
    data: str = ""


class Numbering:
    """Counts what is there: a table without rows and a figure that was not drawn take no number."""

    def __init__(
        self, _: Translator, drawn: Mapping[str, Drawn], tables: Mapping[str, Callable[[int], str]]
    ) -> None:
        self._ = _
        self.drawn, self.tables = drawn, tables
        self.headings = self.tables_so_far = self.figures_so_far = 0

    def heading(self, text: str) -> str:
        self.headings += 1
        numerals = dict(enumerate(self._("numbering.numerals").split(), start=1))
        number = numerals.get(self.headings, str(self.headings))
        return self._("numbering.heading", number=number, heading=text)

    def table(self, name: str) -> str:
        text = self.tables[name](self.tables_so_far + 1)
        self.tables_so_far += bool(text)
        return text

    def figure(self, name: str, caption: str = "", with_data: bool = True) -> str:
        """The picture with its number and caption (or another), the words for those who do not see it, and its data.

        Without its data where a table of the page has them all.
        """
        if name not in self.drawn:
            return ""
        self.figures_so_far += 1
        drawn = self.drawn[name]
        numbered = self._("numbering.figure", number=self.figures_so_far, caption=caption or drawn.caption)
        picture = f'![{numbered}](figures/{name}.svg){{alt="{attribute(drawn.alt)}"}}'
        return f"{picture}\n\n{drawn.data if with_data else ''}".rstrip() + "\n"


def attribute(text: str) -> str:
    """Plain text for a quoted Markdown attribute."""
    return re.sub(r"([\\&])", r"\\\1", " ".join(text.split())).replace('"', "”")
