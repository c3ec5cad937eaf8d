"""Workspaces that tests share: the fictional example, small and awkward, built once per run."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from pipeline.build import Snapshot, build, current_snapshot
from pipeline.sample import write_sample
from pipeline.workers import worker_pool
from pipeline.workspace import Workspace, open_workspace

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


def build_quietly(root: Path, edition: date | None = None, executor: Executor | None = None) -> Snapshot:
    return build(open_workspace(root), edition=edition, executor=executor, progress=quiet)[0]


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Workspace:
    """Six counties over 30 months, with a tiny, an empty and a brand-new one; built. Not to be written to."""
    shared = tmp_path_factory.getbasetemp()
    root = (shared if worker_id == "master" else shared.parent) / "awkward"
    with FileLock(root.with_suffix(".lock")):
        if not root.exists():
            write_sample(root, counties=6, townships_per_county=5, months=30, awkward=True)
        workspace = open_workspace(root)
        if current_snapshot(workspace) is None:
            build_quietly(root)
    return workspace


@pytest.fixture(scope="session")
def pool() -> Iterator[ProcessPoolExecutor | None]:
    with worker_pool(2) as executor:
        yield executor


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="take all of the real data, not a small part")


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    return getattr(request.config, "workerinput", {}).get("workerid", "master")
