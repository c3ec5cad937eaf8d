"""The tables at which the wings meet: `tables.toml` read into records, and their Arrow schemas.

A wing reads and writes these tables and knows nothing else of the other wings. Every published Parquet file is held
against this contract by the tests, and the contract is printed in docs/tables.md. A table that stays within the warehouse
has its contract in the header of its file in `warehouse/sql`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Column:
    """One column: its type (string, int64, double, date or bool), what it means, and whether it may be null."""

    name: str
    type: str
    meaning: str
    nullable: bool


@dataclass(frozen=True)
class Table:
    """One table: what a row is, which columns identify it, and which wing writes it."""

    name: str
    grain: str
    key: tuple[str, ...]
    written_by: str
    is_published: bool
    columns: tuple[Column, ...]

    @property
    def column_names(self) -> list[str]:
        return [column.name for column in self.columns]


def _read() -> dict[str, Table]:
    entries = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
    tables: dict[str, Table] = {}
    for name, entry in entries.items():
        first = tables[entry["begins_like"]].columns if "begins_like" in entry else ()
        tables[name] = Table(
            name,
            entry["grain"],
            tuple(entry["key"].split(", ")),
            entry["written_by"],
            entry.get("is_published", True),
            (*first, *_columns(entry["columns"])),
        )
    return tables


def _columns(text: str) -> Iterator[Column]:
    for line in text.splitlines():
        name, kind, meaning = line.split(maxsplit=2)
        yield Column(name, kind.removesuffix("?"), meaning, kind.endswith("?"))


TABLES: dict[str, Table] = _read()
PUBLISHED: tuple[str, ...] = tuple(table.name for table in TABLES.values() if table.is_published)
# of a finding, the gravest first
SEVERITIES = ("error", "warning", "note")


def schema(name: str) -> pa.Schema:
    """The Arrow schema of a table, nullability included."""
    import pyarrow as pa

    types = {
        "string": pa.string(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "date": pa.date32(),
        "bool": pa.bool_(),
    }
    return pa.schema([pa.field(c.name, types[c.type], nullable=c.nullable) for c in TABLES[name].columns])
