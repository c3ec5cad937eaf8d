"""A tagged PDF as its pages have it: every run of text with its place, width, font and part of the document.

Places are in points from the lower left corner. A run belongs to an element of the structure tree by its mark (MCID);
what has none is an artefact: header, footer, a repeated head of a table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, NumberObject


@dataclass(frozen=True)
class Run:
    """Text shown by one operator."""

    page: int
    mark: int | None
    left: float
    right: float
    y: float
    size: float
    font: str


@dataclass
class Element:
    """An element of the structure tree; `marks` are its own (page, MCID) pairs, `alt` its other text."""

    role: str
    alt: str = ""
    marks: list[tuple[int, int]] = field(default_factory=list)
    children: list[Element] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        yield self
        for child in self.children:
            yield from child.walk()

    def all_marks(self) -> list[tuple[int, int]]:
        return [mark for each in self.walk() for mark in each.marks]


class Document:
    def __init__(self, path: Path) -> None:
        self.reader = PdfReader(path)
        self.name = path.name

    @cached_property
    def numbers(self) -> dict[int, int]:
        """The number of a page by that of its object."""
        return {page.indirect_reference.idnum: n for n, page in enumerate(self.reader.pages)}

    @cached_property
    def runs(self) -> list[Run]:
        return [run for n in range(len(self.reader.pages)) for run in self._runs_of(n)]

    @cached_property
    def runs_by_mark(self) -> dict[tuple[int, int], list[Run]]:
        found = defaultdict(list)
        for run in self.runs:
            found[run.page, run.mark].append(run)
        return found

    def runs_of(self, element: Element) -> list[Run]:
        return [run for mark in element.all_marks() for run in self.runs_by_mark[mark]]

    def _runs_of(self, number: int) -> list[Run]:
        page, runs, marks = self.reader.pages[number], [], []
        fonts = page["/Resources"].get("/Font", {})
        widths = {name: _widths(font.get_object()) for name, font in fonts.items()}
        state = {"font": "", "size": 0.0}

        def before(operator, operands, cm, tm) -> None:
            if operator in (b"BDC", b"BMC"):
                values = operands[1] if len(operands) > 1 else None
                marks.append(values.get("/MCID") if isinstance(values, DictionaryObject) else None)
            elif operator == b"EMC":
                marks.pop()
            elif operator == b"Tf":
                state.update(font=operands[0], size=float(operands[1]))
            elif operator in (b"Tj", b"TJ"):
                parts = operands[0] if operator == b"TJ" else operands
                width = sum(_advance(part, widths[state["font"]]) for part in parts) / 1000 * state["size"]
                x, y, scale = _place(tm, cm)
                mark = next((one for one in reversed(marks) if one is not None), None)
                name = str(fonts[state["font"]].get_object()["/BaseFont"])
                runs.append(
                    Run(number, mark, x, x + width * scale, y, state["size"] * scale, name.split("+")[-1])
                )

        page.extract_text(visitor_operand_before=before)
        return runs

    @cached_property
    def tree(self) -> Element:
        root = self.reader.trailer["/Root"]["/StructTreeRoot"]
        tree = Element("Document")
        self._hang(tree, root.get("/K"), None, root.get("/RoleMap", {}))
        return tree

    def _hang(self, parent: Element, kids, page: int | None, roles) -> None:
        """Give an element its marks and the elements below it."""
        for kid in kids if isinstance(kids, ArrayObject) else [kids]:
            node = kid.get_object()
            if isinstance(node, NumberObject):
                parent.marks.append((page, int(node)))
                continue
            of_node = self.numbers[node.raw_get("/Pg").idnum] if "/Pg" in node else page
            if node.get("/Type") == "/MCR":
                parent.marks.append((of_node, int(node["/MCID"])))
            elif "/S" in node:
                role = str(node["/S"])
                element = Element(str(roles.get(role, role)).lstrip("/"), str(node.get("/Alt", "")))
                parent.children.append(element)
                self._hang(element, node.get("/K", ArrayObject()), of_node, roles)


def _place(tm: list[float], cm: list[float]) -> tuple[float, float, float]:
    """Where a run begins, and how much its font is scaled."""
    x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
    y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
    return x, y, abs(tm[0] * cm[0])


def _widths(font: DictionaryObject) -> dict[int, float]:
    """Advance of each glyph of a composite font; 1000 where none is given."""
    of_glyph: dict[int, float] = {}
    entries = list(font["/DescendantFonts"][0].get_object().get("/W", []))
    while entries:
        first, second = int(entries.pop(0)), entries.pop(0)
        second = second.get_object()
        if isinstance(second, ArrayObject):
            of_glyph.update({first + n: float(width) for n, width in enumerate(second)})
        else:
            width = float(entries.pop(0))
            of_glyph.update(dict.fromkeys(range(first, int(second) + 1), width))
    return of_glyph


def _advance(part: object, widths: dict[int, float]) -> float:
    if isinstance(part, (int, float)):
        return -float(part)
    codes = part.original_bytes if hasattr(part, "original_bytes") else bytes(part)
    return sum(
        widths.get(int.from_bytes(codes[n : n + 2], "big"), 1000.0) for n in range(0, len(codes) - 1, 2)
    )
