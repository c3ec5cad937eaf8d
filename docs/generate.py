"""Write the generated docs again: `python docs/generate.py`; tests/test_docs.py compares them."""

from __future__ import annotations

from pathlib import Path

import typer

from pipeline.cli import app
from pipeline.tables import TABLES

HERE = Path(__file__).parent


def tables_page() -> str:
    lines = [
        "# Tables",
        "",
        "The published tables, `data/processed/current/<table>.parquet` (a file, or for `observations` a folder with a",
        "file per raw file). Generated from `pipeline/tables.toml`. A period is the first day of its month; an unknown",
        "figure is null, never zero.",
    ]
    for table in TABLES.values():
        if not table.is_published:
            continue
        lines += ["", f"## {table.name}", "", f"One row per {table.grain}; key: {', '.join(table.key)}.", ""]
        lines += ["| column | type | meaning |", "|---|---|---|"]
        lines += [
            f"| {column.name} | {column.type}{_or_null(column)} | {column.meaning} |"
            for column in table.columns
        ]
    return "\n".join(lines) + "\n"


def _or_null(column) -> str:
    return ", may be null" if column.nullable else ""


def commands_page() -> str:
    group = typer.main.get_command(app)
    lines = [
        "# Commands",
        "",
        "`.venv/bin/sitrep COMMAND`, or `python -m pipeline COMMAND`. Long work shows its progress. Exit status: 0 done; 1",
        "something was refused or a report failed (the rest is done all the same); 2 wrong use. Generated from the",
        "commands themselves.",
    ]
    for name, command in group.commands.items():
        context = typer.Context(command, info_name=f"sitrep {name}")
        usage = " ".join(
            [f"sitrep {name}", *(_argument(p) for p in command.params if p.param_type_name == "argument")]
        )
        lines += ["", f"## {name}", "", f"    {usage}", "", command.help or "", ""]
        options = [p for p in command.params if p.param_type_name == "option"]
        for option in options:
            default = option.get_default(context)
            shown = (
                ""
                if default in (None, "", False) or option.name == "workers"
                else f" (without it: {default})"
            )
            lines.append(f"- `{option.opts[0]}`: {option.help or option.name.replace('_', ' ')}{shown}")
    return "\n".join(lines) + "\n"


def _argument(parameter) -> str:
    return parameter.name.upper()


PAGES = {"tables.md": tables_page, "commands.md": commands_page}

if __name__ == "__main__":
    for name, page in PAGES.items():
        (HERE / name).write_text(page(), encoding="utf-8")
