"""Workspaces that tests share: the fictional example, small and awkward, built once per run."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from filelock import FileLock
from hypothesis import settings

from pipeline.build import build_edition
from pipeline.commands.report import report
from pipeline.reporting import renderers
from pipeline.reporting.renderers import fonts
from pipeline.snapshots import Snapshot, current_snapshot
from pipeline.workspace import CHECKOUT, Workspace, open_workspace
from tests.awkward_workspace import write_awkward
from tests.three_months import write_three_months

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")


def quiet(*_: object) -> None:
    """Progress that nobody watches."""


def build_quietly(root: Path, edition: date | None = None) -> Snapshot:
    return build_edition(open_workspace(root), edition=edition, executor=None, progress=quiet)[0]


def shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder that all workers of a run have in common."""
    own = tmp_path_factory.getbasetemp()
    return own if worker_id == "master" else own.parent


@pytest.fixture(scope="session")
def font_cache(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """Where fonts cut down to a run are kept. To cut them costs seconds, so that all runs ask for the same letters;
    what a page carries does not depend on those of others (test_fonts).
    """
    folder = shared_folder(tmp_path_factory, worker_id) / "fonts"
    folder.mkdir(exist_ok=True)
    words = [*(CHECKOUT / "reports").rglob("*"), *(CHECKOUT / "pipeline" / "sample").rglob("*")]
    words += Path(__file__).parent.glob("*_workspace*.py")
    texts = [
        path.read_text(encoding="utf-8")
        for path in words
        if path.suffix in (".po", ".j2", ".toml", ".csv", ".py")
    ]
    letters = "".join(texts) + "‹›→↓≤≥＊"
    with pytest.MonkeyPatch.context() as patch:
        wider = {"prepare": lambda texts, *rest: fonts.prepare([*texts, letters], *rest)}
        patch.setattr(renderers, "fonts", SimpleNamespace(**vars(fonts) | wider))
        yield folder


@pytest.fixture(scope="session")
def awkward(tmp_path_factory: pytest.TempPathFactory, worker_id: str, font_cache: Path) -> Workspace:
    """Nine counties over 30 months, most of them awkward in a way of their own; built. Not to be written to."""
    root = shared_folder(tmp_path_factory, worker_id) / "awkward"
    with FileLock(root.with_suffix(".lock")):
        if not root.exists():
            write_awkward(root)
        workspace = open_workspace(root)
        if current_snapshot(workspace) is None:
            build_quietly(root)
            (workspace.cache / "fonts").symlink_to(font_cache, target_is_directory=True)
    return workspace


@pytest.fixture(scope="session")
def site(awkward: Workspace) -> Path:
    """`_site/2026-06` of the awkward workspace: every page in both languages and all formats, by the embedded renderer."""
    with FileLock(awkward.root / "site.lock"):
        folder = awkward.site / "2026-06"
        if not (folder / "manifest.json").exists():
            assert report(awkward.root, None, [], ["html", "pdf", "docx"], "embedded", 1) == 0
    return folder


@pytest.fixture(scope="session")
def built_three_months(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest workspace, built. Not to be written to."""
    root = tmp_path_factory.mktemp("three_months") / "workspace"
    write_three_months(root)
    build_quietly(root)
    return root


@pytest.fixture
def three_months(built_three_months: Path, tmp_path: Path) -> Workspace:
    """A copy of the smallest workspace, built, to be changed."""
    shutil.copytree(built_three_months, tmp_path / "workspace", symlinks=True)
    return open_workspace(tmp_path / "workspace")


# What takes minutes comes first, so that no worker waits for another at the end; `--dist loadfile` takes modules in this
# order. The first two start on each worker: the one renders with Quarto while the other makes the pages that many share.
LONGEST_FIRST = (
    "reporting/test_quarto.py",
    "reporting/test_reports.py",
    "statistics/test_validation.py",
    "test_commands.py",
    "reporting/test_renderers.py",
    "real/",
    "statistics/",
    "reporting/test_word.py",
    "browser/",
    "commands/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules that take long before the others; within a module the order stays."""

    def place(item: pytest.Item) -> int:
        path = item.path.relative_to(Path(__file__).parent).as_posix()
        return next(
            (n for n, start in enumerate(LONGEST_FIRST) if path.startswith(start)), len(LONGEST_FIRST)
        )

    items.sort(key=place)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--whole", action="store_true", help="take all of the real data, not a small part")
