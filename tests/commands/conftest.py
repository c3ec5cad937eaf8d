"""A checked workspace written by hand (`checked.toml`), and the example after a month of real life."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from filelock import FileLock

from pipeline.audit.check_facts import Checked
from pipeline.audit.check_reading import gather
from pipeline.reference import Element, Reference
from pipeline.sample import write_sample
from pipeline.workspace import Settings, Words, Workspace, open_workspace
from tests.commands.lived_in import live_a_month
from tests.conftest import shared_folder
from tests.contract_rows import contract_rows

HOSPITAL, REGISTER = "hospital_births", "population_register"
JUNE = date(2026, 6, 1)
SETTINGS = Settings(
    name=Words("示例省", "Example Province"),
    levels=("province", "county", "township"),
    report_level="county",
    is_fictional=True,
)
_ELEMENTS = {"births_male": "出生男婴", "births_female": "出生女婴", "births_printed": "出生合计"}
_BY_HAND = tomllib.loads(Path(__file__).with_name("checked.toml").read_text(encoding="utf-8"))
REFERENCE = Reference(
    elements={name: Element(name, Words(zh), "flow") for name, zh in _ELEMENTS.items()},
    indicators={},
    areas=(),
    targets=(),
    corrections=(),
)


def refused(row: int, column: int, found: str, reason: str = "number", **more) -> dict:
    like = _BY_HAND["like"]["june"]
    hint = like["hint"] if reason == "number" else None
    return like | {"row": row, "column": column, "found": found, "reason": reason, "hint": hint} | more


def everything() -> dict[str, pl.DataFrame]:
    """The tables that `gather` reads, with something in each."""
    like = _BY_HAND["like"] | {None: {}}
    return {
        name: contract_rows(
            name, [like[row.get("like")] | {k: row[k] for k in row.keys() - {"like"}} for row in rows]
        )
        for name, rows in _BY_HAND["tables"].items()
    }


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """The folders only: one file that no pattern asks for, and one folder that nobody described."""
    raw = tmp_path / "data" / "raw"
    for source in (HOSPITAL, REGISTER):
        (raw / source / "2026").mkdir(parents=True)
        (raw / source / "source.toml").write_text("", encoding="utf-8")
    for name in (
        "住院分娩月报_202605.xlsx",
        "住院分娩月报_202606.xlsx",
        "~$住院分娩月报_202606.xlsx",
        "说明.docx",
    ):
        (raw / HOSPITAL / "2026" / name).write_bytes(b"")
    (raw / "疫苗接种").mkdir()
    return Workspace(tmp_path)


@pytest.fixture
def checked(workspace) -> Checked:
    return gather(workspace, SETTINGS, everything(), JUNE)


@pytest.fixture
def nothing_to_say(workspace) -> Checked:
    """All read, nothing refused, missing or odd."""
    left = dict.fromkeys(("rejects", "corrections", "findings", "completeness", "deadlines"), 0) | {
        "areas": 1,
        "files": 1,
    }
    made = {name: rows.head(left.get(name, rows.height)) for name, rows in everything().items()}
    return gather(workspace, SETTINGS, made, JUNE)


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory, worker_id) -> Workspace:
    """The example in two editions with one of each kind of change between them. Not to be written to."""
    root = shared_folder(tmp_path_factory, worker_id) / "lived_in"
    with FileLock(root.with_suffix(".lock")):
        if not root.exists():
            write_sample(root, counties=6, townships_per_county=5, months=30, awkward=True)
            live_a_month(root)
    return open_workspace(root)
