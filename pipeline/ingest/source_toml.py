"""source.toml as an analyst writes it, entry by entry; an unknown or misspelt one is refused by its name."""

import re
from typing import Annotated, Any, Literal

import msgspec

from pipeline.workspace import Words

Span = Literal["month", "ytd", "quarter", "year"]


class Patterns(tuple[str, ...]):
    """Names in order of preference, written as one text or as a list of them."""


def decoded(kind: type, entry: Any) -> Any:
    """An entry that is one text or several, as a hook for msgspec."""
    assert kind is Patterns
    try:
        texts = msgspec.convert(entry, str | list[str])
    except msgspec.ValidationError as error:
        raise ValueError(str(error).partition(" - at ")[0]) from None
    return Patterns([texts] if texts else []) if isinstance(texts, str) else Patterns(texts)


def cut(pattern: str, text: str) -> str | None:
    """The part of a text that a pattern asks for, all of it where there is none; None where it does not fit."""
    if not pattern:
        return text
    match = re.search(pattern, text)
    return match.group(match.lastindex or 0) if match else None


class Section(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A table of source.toml."""


class Lookup(Section, frozen=True):
    """Where to find a text (file_name, path, sheet_name, cell, column or header), and which part of it counts."""

    where: Any = msgspec.field(name="from", default=None)
    contains: str = ""
    pattern: str = ""

    def cut(self, text: str) -> str | None:
        return cut(self.pattern, text)


class Header(Section, frozen=True):
    rows: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1
    contains: str = "*"


class Columns(Section, frozen=True):
    leave_out: str = ""


class Rows(Section, frozen=True):
    leave_out: str = ""
    totals: str = ""
    several_per_area: Literal["refuse", "sum"] = "refuse"


class Year(Lookup, frozen=True, kw_only=True):
    where: Literal["file_name", "path", "sheet_name", "cell", "column"] = msgspec.field(name="from")
    column: Patterns = Patterns()


class Period(Lookup, frozen=True, kw_only=True):
    where: Literal["file_name", "path", "sheet_name", "cell", "column", "header"] = msgspec.field(name="from")
    column: Patterns = Patterns()
    fill_down: bool = False
    year: Year | None = None
    span: Literal["as_written"] | None = None
    year_begins: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None
    shift_months: Annotated[int, msgspec.Meta(ge=-12, le=12)] = 0


class Within(Lookup, frozen=True, kw_only=True):
    where: Literal["file_name", "path", "sheet_name", "cell"] = msgspec.field(name="from")


class Block(Section, frozen=True):
    """How many rows a name is written once for, and on which of them."""

    rows: Annotated[int, msgspec.Meta(ge=2, le=1000)]
    name_on: Literal["first", "middle", "last"] | Annotated[int, msgspec.Meta(ge=1)]

    @property
    def named_row(self) -> int:
        """The row of the block, from 1, on which the name stands."""
        if isinstance(self.name_on, int):
            return self.name_on
        return {"first": 1, "middle": self.rows // 2 + 1, "last": self.rows}[self.name_on]


class Area(Lookup, frozen=True, kw_only=True):
    columns: tuple[Patterns, ...] = ()
    where: Literal["file_name", "path", "sheet_name", "cell", "header"] | None = msgspec.field(
        name="from", default=None
    )
    fixed: str = ""
    level: str = ""
    fill_down: bool | Literal["all"] = False
    block: Block | None = None
    heading: str = ""
    within: Within | None = None


class ElementOfRows(Lookup, frozen=True, kw_only=True):
    where: Literal["column", "sheet_name", "cell", "file_name"] = msgspec.field(name="from")
    column: Patterns = Patterns()
    columns: tuple[Patterns, ...] = ()
    value: Patterns = Patterns()
    fill_down: bool = False
    heading: str = ""

    @property
    def named_in(self) -> tuple[Patterns, ...]:
        """The columns that name the element of a row, from the top down."""
        return (self.columns or (self.column,)) if self.where == "column" else ()


class Column(Section, frozen=True):
    header: Patterns
    span: Span | None = None
    times: Annotated[float, msgspec.Meta(gt=0)] = 1
    optional: bool = False


ColumnsOfElement = str | list[str | Column] | Column
_Elements = Annotated[dict[str, ColumnsOfElement], msgspec.Meta(min_length=1)]


class Part(Section, frozen=True):
    """One of [[parts]]: the sections it has itself; it inherits the others."""

    sheets: Patterns | None = None
    header: Header | None = None
    columns: Columns | None = None
    rows: Rows | None = None
    period: Period | None = None
    area: Area | None = None
    element: ElementOfRows | None = None
    elements: _Elements | None = None
    optional: bool = False


class Numbers(Section, frozen=True):
    decimal: Literal[".", ","] | None = None
    thousands: Literal[",", ".", " ", "'"] | None = None
    dash: Literal[0] | None = None
    marks: Literal["refuse", "leave_off"] = "refuse"


class Due(Section, frozen=True):
    day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None = None
    months_after: Annotated[int, msgspec.Meta(ge=0, le=24)] = 1
    level: str = ""
    every: Literal["month", "quarter", "year"] = "month"


class Received(Section, frozen=True):
    where: Literal["path", "file_name"] = msgspec.field(name="from")
    pattern: str = ""

    def cut(self, text: str) -> str | None:
        return cut(self.pattern, text)


class Limits(Section, frozen=True):
    sheets: Annotated[int, msgspec.Meta(ge=1)] = 100
    columns: Annotated[int, msgspec.Meta(ge=1)] = 1000


class Source(Section, frozen=True):
    """The whole of a source.toml."""

    name: Words
    files: Patterns = Patterns("*")
    encoding: str = "detect"
    sheets: Patterns = Patterns("*")
    hidden: Literal["read", "leave_out"] = "read"
    header: Header = Header()
    columns: Columns = Columns()
    rows: Rows = Rows()
    period: Period | None = None
    area: Area | None = None
    element: ElementOfRows | None = None
    elements: _Elements | None = None
    numbers: Numbers = Numbers()
    parts: list[Part] = []
    due: Due = Due()
    received: Received | None = None
    limits: Limits = Limits()
