"""source.toml as an analyst writes it, entry by entry; an unknown or misspelt one is refused by its name."""

from typing import Annotated, Literal

import msgspec

from pipeline.workspace import Words

AboveTable = Literal["file_name", "path", "sheet_name", "cell"]
Span = Literal["month", "ytd", "quarter", "year"]
Patterns = str | list[str]


class Header(msgspec.Struct, forbid_unknown_fields=True):
    rows: Annotated[int, msgspec.Meta(ge=1, le=10)] = 1
    contains: str = "*"


class Columns(msgspec.Struct, forbid_unknown_fields=True):
    leave_out: str = ""


class Rows(msgspec.Struct, forbid_unknown_fields=True):
    leave_out: str = ""
    totals: str = ""
    several_per_area: Literal["refuse", "sum"] = "refuse"


class Year(msgspec.Struct, forbid_unknown_fields=True):
    where: Literal["file_name", "path", "sheet_name", "cell", "column"] = msgspec.field(name="from")
    column: Patterns = ""
    contains: str = ""
    pattern: str = ""


class Period(msgspec.Struct, forbid_unknown_fields=True):
    where: Literal["file_name", "path", "sheet_name", "cell", "column", "header"] = msgspec.field(name="from")
    column: Patterns = ""
    contains: str = ""
    pattern: str = ""
    fill_down: bool = False
    year: Year | None = None
    span: Literal["as_written"] | None = None
    year_begins: Annotated[int, msgspec.Meta(ge=1, le=12)] | None = None
    shift_months: Annotated[int, msgspec.Meta(ge=-12, le=12)] = 0


class Within(msgspec.Struct, forbid_unknown_fields=True):
    where: AboveTable = msgspec.field(name="from")
    contains: str = ""
    pattern: str = ""


class Block(msgspec.Struct, forbid_unknown_fields=True):
    """How many rows a name is written once for, and on which of them."""

    rows: Annotated[int, msgspec.Meta(ge=2, le=1000)]
    name_on: Literal["first", "middle", "last"] | Annotated[int, msgspec.Meta(ge=1)]


class Area(msgspec.Struct, forbid_unknown_fields=True):
    columns: list[Patterns] = []
    where: Literal["file_name", "path", "sheet_name", "cell", "header"] | None = msgspec.field(
        name="from", default=None
    )
    fixed: str = ""
    contains: str = ""
    pattern: str = ""
    level: str = ""
    fill_down: bool | Literal["all"] = False
    block: Block | None = None
    heading: str = ""
    within: Within | None = None


class ElementOfRows(msgspec.Struct, forbid_unknown_fields=True):
    where: Literal["column", "sheet_name", "cell", "file_name"] = msgspec.field(name="from")
    column: Patterns = ""
    columns: list[Patterns] = []
    value: Patterns = ""
    contains: str = ""
    pattern: str = ""
    fill_down: bool = False
    heading: str = ""


Lookup = Period | Year | Area | Within | ElementOfRows


class Column(msgspec.Struct, forbid_unknown_fields=True):
    header: Patterns
    span: Span | None = None
    times: Annotated[float, msgspec.Meta(gt=0)] = 1
    optional: bool = False


ColumnsOfElement = str | list[str | Column] | Column
_Elements = Annotated[dict[str, ColumnsOfElement], msgspec.Meta(min_length=1)]


class Part(msgspec.Struct, forbid_unknown_fields=True):
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


class Numbers(msgspec.Struct, forbid_unknown_fields=True):
    decimal: Literal[".", ","] | None = None
    thousands: Literal[",", ".", " ", "'"] | None = None
    dash: Literal[0] | None = None
    marks: Literal["refuse", "leave_off"] = "refuse"


class Due(msgspec.Struct, forbid_unknown_fields=True):
    day: Annotated[int, msgspec.Meta(ge=1, le=31)] | None = None
    months_after: Annotated[int, msgspec.Meta(ge=0, le=24)] = 1
    level: str = ""
    every: Literal["month", "quarter", "year"] = "month"


class Received(msgspec.Struct, forbid_unknown_fields=True):
    where: Literal["path", "file_name"] = msgspec.field(name="from")
    pattern: str = ""


class Limits(msgspec.Struct, forbid_unknown_fields=True):
    sheets: Annotated[int, msgspec.Meta(ge=1)] = 100
    columns: Annotated[int, msgspec.Meta(ge=1)] = 1000


class Source(msgspec.Struct, forbid_unknown_fields=True):
    """The whole of a source.toml."""

    name: Words
    files: Patterns = "*"
    encoding: str = "detect"
    sheets: Patterns = "*"
    hidden: Literal["read", "leave_out"] = "read"
    header: Header = msgspec.field(default_factory=Header)
    columns: Columns = msgspec.field(default_factory=Columns)
    rows: Rows = msgspec.field(default_factory=Rows)
    period: Period | None = None
    area: Area | None = None
    element: ElementOfRows | None = None
    elements: _Elements | None = None
    numbers: Numbers = msgspec.field(default_factory=Numbers)
    parts: list[Part] = []
    due: Due = msgspec.field(default_factory=Due)
    received: Received | None = None
    limits: Limits = msgspec.field(default_factory=Limits)
