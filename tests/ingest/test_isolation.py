"""A file that kills its reader, hangs or fills the memory costs only itself, with any number of workers."""

from __future__ import annotations

import os
import time

import polars as pl
import pytest

from pipeline.ingest.files.isolation import Isolated
from pipeline.problems import ProblemError
from pipeline.workers import worker_pool
from tests.ingest.small_source import HEADER, WORKBOOKS

BAD = ("dies", "hangs", "fills the memory", "stumbles")
GOOD = tuple(f"good {number}" for number in range(20))


def work(job: str) -> str:
    if job == "dies":
        os.abort()
    if job == "hangs":
        time.sleep(60)
    if job == "fills the memory":
        bytearray(1 << 46)
    if job == "stumbles":
        [][0]
    return f"read {job}"


def named(job: str) -> str:
    return job


def seconds(job: str) -> float:
    return 1 if job == "hangs" else 30


def may_end(job: str) -> bool:
    return job in ("dies", "hangs")


def give_up(_: str, problem: ProblemError) -> str:
    return f"gave up {problem}"


READING = Isolated(work, named, seconds, may_end, give_up)


@pytest.mark.parametrize("workers", [1, 2])
def test_all_other_files_are_read(workers):
    jobs = [*GOOD[:7], *BAD, *GOOD[7:]]
    with worker_pool(workers) as executor:
        results = sorted(READING.results(jobs, executor))
        if executor:
            assert executor.submit(work, "goes on").result() == "read goes on"
    assert [result for result in results if result.startswith("read")] == sorted(
        f"read {job}" for job in GOOD
    )
    refused = [result for result in results if result.startswith("gave up")]
    assert len(refused) == len(BAD)
    for job in BAD[:3]:
        assert any(f"gave up {job}: found a file at which the reader stops" in text for text in refused)
    stumbled = "stumbles: found a file at which the program stumbles (IndexError in test_isolation.py"
    assert any(stumbled in text for text in refused)


def test_a_far_cell_of_a_binary_workbook_ends_only_its_own_process(read, capfd):
    tables = read(
        {
            "2024-08.xlsb": (WORKBOOKS / "plain.xlsb").read_bytes(),
            "2024-09.xlsb": (WORKBOOKS / "far_cell.xlsb").read_bytes(),
            "2024-10.csv": HEADER + "城关镇,5,6\n",
        }
    )
    observed = tables["observations"].sort("period", "column")
    assert observed.select(pl.col("period").dt.month(), "value").rows() == [(8, 3), (8, 4), (10, 5), (10, 6)]
    (reject,) = tables["rejects"].iter_rows(named=True)
    assert reject["path"] == "2024-09.xlsb"
    assert "the reader stops" in reject["found"]
    assert "allocation" not in capfd.readouterr().err
