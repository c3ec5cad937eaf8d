"""A checked workspace written by hand: two counties, two sources, and something of everything there is to say."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline.audit.check_facts import Checked
from pipeline.audit.check_reading import gather
from pipeline.reference import Element, Reference
from pipeline.sample import write_sample
from pipeline.workspace import Settings, Words, Workspace, open_workspace
from tests.commands.lived_in import live_a_month
from tests.commands.tables_by_hand import table

HOSPITAL, REGISTER = "hospital_births", "population_register"
MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)
SETTINGS = Settings(
    name=Words("示例省", "Example Province"),
    levels=("province", "county", "township"),
    report_level="county",
    is_fictional=True,
)
REFERENCE = Reference(
    elements={
        name: Element(name, Words(zh), "flow")
        for name, zh in (
            ("births_male", "出生男婴"),
            ("births_female", "出生女婴"),
            ("births_printed", "出生合计"),
        )
    },
    indicators={},
    areas=(),
    targets=(),
    corrections=(),
)
NEAREST = {
    "expected": "an area of areas.csv; nearest: 城关镇, 柳树乡",
    "hint": '{"kind": "area.nearest", "names": ["城关镇", "柳树乡"]}',
}
_AREAS = (
    ("990000", "示例省", "province", None),
    ("990101", "示例青禾县", "county", "990000"),
    ("990101001", "城关镇", "township", "990101"),
    ("990101002", "柳树乡", "township", "990101"),
    ("990102", "示例柳溪区", "county", "990000"),
    ("990102001", "河东街道", "township", "990102"),
    ("990103", "示例空白县", "county", "990000"),
)


def finding(
    kind: str, area: str = "990101001", month: date = JUNE, subject: str = "births_male", **evidence
) -> dict:
    return {
        "finding_id": f"{kind}-{area}-{month:%Y%m}",
        "kind": kind,
        "severity": "warning",
        "area_code": area,
        "month": month,
        "subject": subject,
        "evidence": json.dumps(evidence, ensure_ascii=False),
    }


def refused(row: int, column: int, found: str, reason: str = "number", **more) -> dict:
    return {
        "file_id": "june",
        "source": HOSPITAL,
        "path": "2026/住院分娩月报_202606.xlsx",
        "sheet": "分乡镇",
        "row": row,
        "column": column,
        "found": found,
        "expected": "a whole number from 0 to 999,999,999,999",
        "reason": reason,
        "hint": '{"kind": "number.whole"}' if reason == "number" else None,
        **more,
    }


def everything() -> dict:
    """The tables that `gather` reads, with something in each."""
    returns = {
        # source, area: (May, June) as expected, actual, on time
        (HOSPITAL, "990000"): ((3, 3, 1), (3, 1, 1)),
        (HOSPITAL, "990101"): ((2, 2, 0), (2, 1, 1)),
        (HOSPITAL, "990101001"): ((1, 1, 0), (1, 1, 1)),
        (HOSPITAL, "990101002"): ((1, 1, 0), (1, 0, 0)),
        (HOSPITAL, "990102"): ((1, 1, 1), (1, 0, 0)),
        (HOSPITAL, "990102001"): ((1, 1, 1), (1, 0, 0)),
        (REGISTER, "990000"): ((1, 1, None), (1, 1, None)),
        (REGISTER, "990101"): ((1, 1, None), (1, 1, None)),
        (REGISTER, "990101001"): ((1, 1, None), (1, 1, None)),
    }
    place = {
        "source": HOSPITAL,
        "path": "2026/住院分娩月报_202606.xlsx",
        "sheet": "分乡镇",
        "row": 9,
        "column": 6,
    }
    return {
        "areas": table(
            "areas",
            *(
                {"area_code": code, "name": name, "level": level, "parent_code": parent, "current_code": code}
                for code, name, level, parent in _AREAS
            ),
        ),
        "sources": table(
            "sources",
            {"source": HOSPITAL, "name": "住院分娩直报", "every_months": 1},
            {"source": REGISTER, "name": "公安户籍", "every_months": 1},
        ),
        "files": table(
            "files",
            {
                "file_id": "may",
                "source": HOSPITAL,
                "path": "2026/住院分娩月报_202605.xlsx",
                "cells_read": 30,
                "cells_accepted": 30,
            },
            {
                "file_id": "june",
                "source": HOSPITAL,
                "path": "2026/住院分娩月报_202606.xlsx",
                "columns_unread": "备注, 联系方式",
                "hidden": "",
                "rows_left_out": 2,
                "cells_checked": 6,
                "cells_blank": 1,
                "cells_read": 30,
                "cells_accepted": 24,
                "cells_refused": 6,
            },
            {
                "file_id": "register",
                "source": REGISTER,
                "path": "人口<b>月报</b>_202606.xlsx",
                "cells_read": 1,
                "cells_refused": 1,
            },
        ),
        "rejects": table(
            "rejects",
            refused(5, 6, "约15"),
            refused(6, 6, "约15"),
            refused(7, 5, "<script>alert(1)</script>"),
            refused(8, 5, "青禾镇", "area", **NEAREST),
            refused(8, 6, "青禾镇", "area", **NEAREST),
            refused(10, 6, "1O5"),
            refused(
                0,
                4,
                "a column of mobile numbers",
                "personal data",
                expected="aggregates only: take the column out at the office and send the file again",
                file_id="register",
                source=REGISTER,
                path="人口<b>月报</b>_202606.xlsx",
                sheet="名册",
            ),
        ),
        "corrections": table(
            "corrections",
            {
                "file_id": "june",
                "sheet": "分乡镇",
                "row": 10,
                "column": 6,
                "element": "births_female",
                "found": "1O5",
                "was_refused": True,
                "value": 105.0,
                "reason": "电话核实",
                "author": "李",
                "date": date(2026, 7, 3),
            },
        ),
        "findings": table(
            "findings",
            finding("sum_differs", subject="births_printed", printed=31, computed=30, **place),
            finding("stuck", value=12, months=6, first_month="2026-01", **place),
            finding(
                "sources_disagree",
                "990101",
                subject="births_female",
                preferred_source=HOSPITAL,
                source=REGISTER,
                months=5,
                preferred=1204,
                found=1101,
            ),
            finding(
                "long_silent",
                "990102",
                subject="",
                source=HOSPITAL,
                months_silent=4,
                last_return="2026-02",
                areas=1,
            ),
        ),
        "completeness": table(
            "completeness",
            *(
                {
                    "area_code": code,
                    "source": source,
                    "month": month,
                    "expected": expected,
                    "actual": actual,
                    "on_time": on_time,
                }
                for (source, code), months in returns.items()
                for month, (expected, actual, on_time) in zip((MAY, JUNE), months, strict=True)
            ),
        ),
        "deadlines": table(
            "deadlines",
            *(
                {
                    "area_code": "990101001",
                    "element": "births_male",
                    "month": month,
                    "due": date(2026, month.month + 1, 10),
                    "done": done,
                    "status": status,
                    "days_late": late,
                }
                for month, done, status, late in (
                    (date(2026, 3, 1), date(2026, 4, 9), "on_time", None),
                    (date(2026, 4, 1), date(2026, 5, 13), "late", 3),
                    (MAY, None, "open", 20),
                    (JUNE, None, "open", None),
                )
            ),
        ),
    }


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    """The folders only: one file that no pattern asks for, and one folder that nobody described."""
    raw = tmp_path / "data" / "raw"
    for source in (HOSPITAL, REGISTER):
        (raw / source).mkdir(parents=True)
        (raw / source / "source.toml").write_text("", encoding="utf-8")
    (raw / HOSPITAL / "2026").mkdir()
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
    tables = everything()
    tables |= {
        name: tables[name].clear()
        for name in ("rejects", "corrections", "findings", "completeness", "deadlines")
    }
    tables["areas"] = tables["areas"].head(1)
    tables["files"] = tables["files"].head(1)
    return gather(workspace, SETTINGS, tables, JUNE)


@pytest.fixture
def copy(awkward, tmp_path) -> Path:
    """A copy of the built example, to be written to."""
    root = tmp_path / "workspace"
    shutil.copytree(awkward.root / "data", root / "data", symlinks=True)
    return root


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory, worker_id) -> Workspace:
    """The example in two editions with one of each kind of change between them. Not to be written to."""
    shared = tmp_path_factory.getbasetemp()
    root = (shared if worker_id == "master" else shared.parent) / "lived_in"
    with FileLock(root.with_suffix(".lock")):
        if not root.exists():
            write_sample(root, counties=6, townships_per_county=5, months=30, awkward=True)
            live_a_month(root)
    return open_workspace(root)
