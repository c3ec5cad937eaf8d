"""Good files damaged at random: no traceback, no cell lost, and no figure that changes without a word."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from itertools import count as numbers
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st

from pipeline import build
from pipeline.reference import Reference, read_reference
from pipeline.workspace import Settings, open_workspace, read_settings
from tests.conftest import quiet
from tests.damage import in_cells, in_columns, in_files, in_rows
from tests.damage.good_workspace import write_good_workspace
from tests.damage.kinds import Choose, Damage, Kind, Tables
from tests.damage.verdict import Build, cells_lost, is_same, judge

_EXAMPLES_IN_WHOLE = 10
KINDS = [*in_cells.KINDS, *in_rows.KINDS, *in_columns.KINDS, *in_files.KINDS]


@dataclass(frozen=True)
class Good:
    """The undamaged workspace, built once."""

    root: Path
    tables: Tables
    reference: Reference
    settings: Settings
    build: Build

    @contextmanager
    def struck(self, damage: Damage):
        """A copy of the workspace with the damage done, what ingest has read before with it."""
        with tempfile.TemporaryDirectory(dir=self.root.parent) as folder:
            root = Path(folder) / "workspace"
            shutil.copytree(self.root, root, copy_function=os.link, ignore=shutil.ignore_patterns("staging"))
            for path, content in damage.items():
                place = root / "data" / "raw" / path
                place.unlink(missing_ok=True)
                if content is not None:
                    place.write_bytes(content)
            yield root

    def counted(self, root: Path) -> Build:
        return _counted(root, self.settings, self.reference)


def _counted(root: Path, workspace_settings: Settings, reference: Reference) -> Build:
    staging = root / "staging"
    build.build_warehouse(
        open_workspace(root),
        workspace_settings,
        reference,
        staging,
        edition=None,
        executor=None,
        progress=quiet,
    )
    return Build(staging, reference)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    root = tmp_path_factory.mktemp("damage") / "good"
    tables = write_good_workspace(root)
    workspace = open_workspace(root)
    workspace_settings = read_settings(workspace)
    reference = read_reference(workspace, workspace_settings.levels)
    with pytest.MonkeyPatch.context() as patch:
        # the code stays the same while the tests run
        patch.setattr(build, "code_version", cache(build.code_version))
        yield Good(root, tables, reference, workspace_settings, _counted(root, workspace_settings, reference))


def test_the_good_files_are_good(good):
    assert good.build.tables["rejects"].is_empty()
    assert good.build.tables["findings"].is_empty()
    assert good.build.tables["revisions"].is_empty()
    assert good.build.tables["counts"]["value"].null_count() == 0
    assert good.build.tables["files"]["cells_checked"].min() > 0


def test_enough_kinds():
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 40


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_damage_shows(kind: Kind, good: Good, request: pytest.FixtureRequest, record_property):
    is_whole = request.config.getoption("--whole")
    told = []

    @settings(
        max_examples=_EXAMPLES_IN_WHOLE if is_whole else 1,
        derandomize=not is_whole,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def strike(data):
        damage = kind.strike(_choosing(kind, data), good.tables)
        told.append(_told(kind, damage, good))

    strike()
    record_property("damage", (kind.group, kind.name, kind.meaning, told))


def _choosing(kind: Kind, data: st.DataObject) -> Choose:
    """Draws by position, turned by the kind's name: the simplest of each kind strikes elsewhere."""
    turns = (crc32(f"{kind.name} {number}".encode()) for number in numbers())

    def choose(options):
        drawn = data.draw(st.integers(0, len(options) - 1))
        return options[(drawn + next(turns)) % len(options)]

    return choose


def _told(kind: Kind, damage: Damage, good: Good) -> list[str]:
    """Do the damage, count, and hold the tables against those of the good files."""
    note(_described(damage, good))
    with good.struck(damage) as root:
        after = good.counted(root)
    assert cells_lost(after) == []
    verdict = judge(good.build, after, set(damage))
    assert not verdict.silent, "changed without a word:\n" + "\n".join(verdict.silent[:10])
    if kind.must_be == "harmless":
        assert is_same(good.build, after)
    elif kind.must_be:
        assert kind.must_be in verdict.told_by
    _assert_nobody_is_named(after)
    return sorted(verdict.told_by)


def _assert_nobody_is_named(after: Build) -> None:
    for table in (
        after.observations,
        after.tables["rejects"],
        after.tables["files"],
        after.tables["findings"],
    ):
        text = table.write_csv()
        for person in (in_files.IDENTITY_NUMBER, in_files.MOBILE_NUMBER, "王某某"):
            assert person not in text


def _described(damage: Damage, good: Good) -> str:
    """The lines of a damaged text file that are others than before."""
    lines = []
    for path, content in damage.items():
        table = good.tables.get(path)
        if content is None or table is None or table.is_workbook:
            lines.append(f"{path}: {'gone' if content is None else f'{len(content)} bytes'}")
            continue
        was = table.content().decode(table.encoding).splitlines()
        now = content.decode(table.encoding, errors="replace").splitlines()
        lines += [f"{path}, line {number}: {line}" for number, line in enumerate(now, 1) if line not in was]
    return "\n".join(lines)
