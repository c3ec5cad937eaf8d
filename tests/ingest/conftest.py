"""One small source read through the step itself."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from pipeline.ingest import run as ingest
from tests.conftest import quiet
from tests.ingest.small_source import REFERENCE, SOURCE
from tests.staged import cells_lost
from tests.staged import read as read_table


@pytest.fixture
def read(tmp_path):
    """Reads files into tables and checks that nothing was lost.

    `files` are names and contents: bytes, text in UTF-8, or a function that makes something at the path.
    """

    def run(files: dict[str, Any], source: str = SOURCE, receipts=None) -> dict[str, pl.DataFrame]:
        folder = tmp_path / "raw" / "births"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "source.toml").write_text(source, encoding="utf-8")
        for name, content in files.items():
            if callable(content):
                content(folder / name)
            else:
                (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        staging = tmp_path / "staging"
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        ingest.run(
            [folder],
            staging,
            tmp_path / "cache",
            reference=replace(REFERENCE, receipts=receipts or {}),
            code_version="",
            executor=None,
            progress=quiet,
        )
        assert cells_lost(staging) == []
        return {name: read_table(staging, name) for name in ("files", "rejects", "totals", "observations")}

    return run
