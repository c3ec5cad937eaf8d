"""Each file of warehouse/sql makes the table that it is named after, as its header says: key, columns, inputs."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from pipeline.reference import read_reference
from pipeline.tables import TABLES
from pipeline.warehouse import run as warehouse
from pipeline.workspace import open_workspace, read_settings
from tests.small_workspaces import ALL

FILES = {path.stem.partition("_")[2]: path for path in sorted(warehouse._SQL.glob("*.sql"))}
MACROS = FILES.pop("macros")


def listed(table: str, what: str) -> list[str] | None:
    """The names behind `-- key:`, `-- columns:` or `-- from:` of a file's header; None where there is no such line."""
    header = FILES[table].read_text(encoding="utf-8").partition("create ")[0]
    found = re.search(rf"^-- {what}:((?:.*,\n-- )*.*)$", header, re.MULTILINE)
    return re.findall(r"\w+", found[1]) if found else None


def query(table: str) -> str:
    """The query of the one statement of a file, which makes the table."""
    text = FILES[table].read_text(encoding="utf-8")
    made = re.findall(rf"^create (?:table|view) {table} as$", text, re.MULTILINE)
    assert len(made) == text.count("create ") == text.count(";\n") == 1, f"{table}: one statement a file"
    return text.partition(f" {table} as\n")[2]


def tables_read(table: str) -> set[str]:
    """The tables behind `from` and `join`, without those that the query defines itself."""
    code = re.sub("--.*", "", query(table))
    own = set(re.findall(r"^(\w+) as \($", code, re.MULTILINE))
    return set(re.findall(r"\b(?:from|join) (\w+)", code)) - own


@pytest.fixture(scope="module")
def connection(awkward, tmp_path_factory):
    """The tables of the awkward workspace, intermediate ones included."""
    with tables_of(awkward.root, tmp_path_factory.mktemp("headers")) as connection:
        yield connection


def tables_of(root: Path, staging: Path) -> duckdb.DuckDBPyConnection:
    from pipeline.ingest import run as ingest

    workspace = open_workspace(root)
    levels = read_settings(workspace).levels
    reference = read_reference(workspace, levels)
    ingest.run(
        workspace.source_folders(),
        staging,
        workspace.cache / "raw",
        reference=reference,
        code_version="",
        executor=None,
        progress=lambda *_: None,
    )
    connection = duckdb.connect(config=warehouse._CONFIG)
    warehouse.make_tables(connection, staging, reference, levels, None)
    return connection


def assert_keys_are_unique(connection: duckdb.DuckDBPyConnection) -> None:
    for table in FILES:
        if key := listed(table, "key"):
            columns = ", ".join(f'"{column}"' for column in key)
            twice = connection.execute(
                f"select {columns} from {table} group by all having count(*) > 1 limit 1"
            )
            assert twice.fetchone() is None, f"{table}: two rows of one key"


@pytest.mark.parametrize(
    "table", [table for table in FILES if (listed(table, "key"), listed(table, "columns")) != (None, None)]
)
def test_a_header_names_what_the_file_reads_and_what_it_makes(connection, table):
    assert set(listed(table, "from")) == tables_read(table)
    if table in TABLES:
        assert tuple(listed(table, "key")) == TABLES[table].key
        assert listed(table, "columns") is None, "the columns are in pipeline/tables.toml"
    else:
        made = [name for name, *_ in connection.execute(f"describe {table}").fetchall()]
        assert listed(table, "columns") == made


def test_every_table_of_the_contract_has_its_file():
    assert {name for name, table in TABLES.items() if table.written_by == "warehouse"} <= FILES.keys() | {
        "vital_events",
        "revisions",
    }


def test_a_key_is_that_of_one_row(connection):
    assert_keys_are_unique(connection)


@pytest.mark.parametrize("write", ALL, ids=lambda write: write.__name__)
def test_a_key_is_that_of_one_row_where_there_is_less(write, tmp_path):
    staging = tmp_path / "staging"
    staging.mkdir()
    with tables_of(write(tmp_path / "workspace"), staging) as connection:
        assert_keys_are_unique(connection)
