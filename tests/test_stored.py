"""What is stored proves itself: of every flipped bit, cut and empty file of a snapshot none is taken for what it was."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline import build as building
from pipeline.commands.diff import diff
from pipeline.commands.explain import explain
from pipeline.commands.status import status
from pipeline.problems import ProblemError
from pipeline.reporting.site.manifest import Manifest
from pipeline.snapshots import all_snapshots, current_snapshot, damage, input_hashes
from pipeline.stored import copy_whole, damaged, digests, has_digest, read_record, write_record
from pipeline.workspace import Workspace
from tests.conftest import build_quietly
from tests.flipped import WAYS, bits, flipped
from tests.test_build import hashes
from tests.test_commands import sitrep
from tests.three_months import MONTHS, births

CONTENT = {"text": "青禾县", "number": 12, "list": [1, 2], "nested": {"a": None}}


@pytest.fixture
def workspace(three_months) -> Workspace:
    """The built workspace, a copy to be damaged."""
    return three_months


@pytest.fixture(scope="module")
def is_whole(request) -> bool:
    return request.config.getoption("--whole")


def test_a_record_reads_as_it_was_written(tmp_path):
    path = tmp_path / "record.json"
    write_record(path, CONTENT)
    assert read_record(path) == CONTENT
    assert list(tmp_path.iterdir()) == [path]


def test_no_bit_of_a_record_can_be_another(tmp_path, is_whole):
    path = tmp_path / "record.json"
    write_record(path, CONTENT)
    for bit in bits(path, is_whole=is_whole):
        with flipped(path, bit):
            assert read_record(path) is None, bit


@pytest.mark.parametrize(
    "text", ["", "[]", "3", "{}", '{"seal": ""}', "[" * 100_000, '{"a": 1, "seal": "x"}']
)
def test_what_is_no_record_is_none(tmp_path, text):
    (tmp_path / "record.json").write_text(text)
    assert read_record(tmp_path / "record.json") is None


def test_a_record_takes_the_place_of_a_folder(tmp_path):
    (tmp_path / "record.json" / "inside").mkdir(parents=True)
    write_record(tmp_path / "record.json", CONTENT)
    assert read_record(tmp_path / "record.json") == CONTENT


def test_nothing_is_copied_that_differs(tmp_path):
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"figures")
    digest = digests(tmp_path)["source"]
    assert copy_whole(source, target, digest)
    assert target.read_bytes() == b"figures"
    source.write_bytes(b"fiqures")
    assert not copy_whole(source, target, digest)
    assert not target.exists()
    assert not copy_whole(tmp_path / "nowhere", target, digest)


def test_every_byte_of_a_published_table_and_of_its_record_counts(workspace, is_whole):
    tables = current_snapshot(workspace).tables
    name = next(name for name in tables if name.startswith("observations"))
    for bit in bits(workspace.current / name, is_whole=is_whole):
        with flipped(workspace.current / name, bit):
            assert not has_digest(workspace.current / name, tables[name]), bit
    assert has_digest(workspace.current / name, tables[name])
    record = workspace.current / "snapshot.json"
    for bit in bits(record, is_whole=is_whole):
        with flipped(record, bit):
            assert read_record(record) is None, bit
    assert damage(workspace.current) == []


@pytest.mark.parametrize("way", WAYS)
def test_every_published_file_damaged_in_turn_is_noticed(workspace, way, tmp_path):
    for name in [*current_snapshot(workspace).tables, "snapshot.json"]:
        folder = tmp_path / "copy"
        shutil.copytree(workspace.current, folder)
        if way != "another file" or name != "snapshot.json":
            WAYS[way](folder / name)
            assert name in damage(folder)
        shutil.rmtree(folder)


def test_a_table_from_elsewhere_is_noticed(workspace):
    """One more file in `observations` would count as well."""
    path = next(workspace.current.glob("observations.parquet/*"))
    shutil.copy(path, path.with_name("ffffffffffff.parquet"))
    assert damage(workspace.current) == ["observations.parquet/ffffffffffff.parquet"]


def test_a_file_of_another_kind_is_no_damage(workspace):
    (workspace.current / "notes.txt").write_text("seen by me")
    assert damage(workspace.current) == []


def test_nothing_published_shares_bytes_with_the_cache(workspace):
    for path in workspace.current.rglob("*"):
        assert path.is_dir() or path.stat().st_nlink == 1


@pytest.mark.parametrize("name", ["observations.parquet", "snapshot.json"])
def test_a_damaged_edition_is_made_again_and_that_is_said(workspace, name, caplog):
    before = hashes(workspace.current)
    path = workspace.current / name
    path = next(path.iterdir()) if path.is_dir() else path
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    snapshot, is_new = build_again(workspace)
    assert is_new
    assert caplog.messages == [
        f"The published edition 2024-08 was damaged ({path.relative_to(workspace.current).as_posix()}); "
        "it is made again"
    ]
    assert hashes(workspace.current) == before
    assert snapshot == current_snapshot(workspace)
    assert build_again(workspace) == (snapshot, False)


def test_no_flip_of_a_published_table_leaves_the_edition_up_to_date(workspace, is_whole):
    """What `build` asks before it says so, at twenty places of a table; in the long run at every bit."""
    fingerprint = current_snapshot(workspace).fingerprint
    path = workspace.current / "counts.parquet"
    every = list(bits(path, is_whole=is_whole))
    for bit in every if is_whole else every[:: len(every) // 20]:
        with flipped(path, bit):
            assert building._published(workspace, fingerprint, None) is None, bit
    assert building._published(workspace, fingerprint, None)


def build_again(workspace: Workspace):
    return building.build_edition(workspace, edition=None, executor=None, progress=lambda *_: None)


def test_the_command_says_what_was_damaged(workspace):
    for path in (
        workspace.current / "counts.parquet",
        next(workspace.cache.glob("raw/*.observations.parquet")),
    ):
        path.write_bytes(path.read_bytes()[:-9])
    run = sitrep("build", "--root", workspace.root, "--workers", 1)
    assert (run.returncode, run.stdout[:5]) == (0, "Built")
    lines = run.stderr.splitlines()
    assert "The published edition 2024-08 was damaged (counts.parquet); it is made again" in lines
    assert (
        len([line for line in lines if re.fullmatch(r"The cached reading of births/.* read again", line)])
        == 1
    )


def test_a_damaged_earlier_edition_is_no_hindrance(workspace, caplog):
    build_quietly(workspace.root, date(2024, 7, 1))
    july = all_snapshots(workspace)[0][1]
    (july / "snapshot.json").write_bytes(b"")
    assert build_again(workspace)[1] is False
    assert caplog.messages == []


@pytest.mark.parametrize("way", ["a copied folder", "a link to nothing", "a file"])
def test_current_is_turned_whatever_it_was(workspace, way):
    before = hashes(workspace.current)
    target = workspace.current.resolve()
    workspace.current.unlink()
    if way == "a copied folder":
        shutil.copytree(target, workspace.current)
    elif way == "a link to nothing":
        workspace.current.symlink_to("2001-01-000000000000")
    else:
        workspace.current.write_text("nothing")
    assert build_again(workspace)[1] is False
    assert workspace.current.is_symlink()
    assert hashes(workspace.current) == before


def test_files_where_folders_should_be_are_no_hindrance(workspace):
    before = hashes(workspace.current)
    target = workspace.current.resolve()
    for folder in (target, workspace.cache / "raw", workspace.processed / ".staging"):
        shutil.rmtree(folder, ignore_errors=True)
        folder.write_text("no folder")
    build_again(workspace)
    assert hashes(workspace.current) == before


def test_commands_take_no_figure_from_a_damaged_edition(workspace, capsys):
    build_quietly(workspace.root, date(2024, 7, 1))
    (_, july), (_, august) = all_snapshots(workspace)
    with flipped(august / "counts.parquet", 5000):
        for command in (
            lambda: explain(workspace.root, "9901", "sex_ratio_at_birth", None, "month", False),
            lambda: diff(workspace.root, "2024-07", "2024-08"),
        ):
            workspace.current.unlink()
            workspace.current.symlink_to(august.name)
            with pytest.raises(
                ProblemError, match=rf"{august.name}/counts.parquet: found .* not as .* published"
            ):
                command()
        status(workspace.root)
    assert "Damaged: edition 2024-08, counts.parquet" in capsys.readouterr().out
    assert diff(workspace.root, "2024-07", "2024-08") == 0
    with flipped(july / "snapshot.json", 5000):
        with pytest.raises(ProblemError, match=r"snapshot.json: .* `sitrep build --edition 2024-07`"):
            diff(workspace.root, "2024-07", "2024-08")
        assert status(workspace.root) == 0


def test_a_report_is_not_compared_with_a_damaged_edition(workspace, caplog):
    from pipeline.snapshots import edition_before

    build_quietly(workspace.root, date(2024, 7, 1))
    latest = build_quietly(workspace.root)
    july = all_snapshots(workspace)[0][1]
    assert edition_before(workspace, latest) == july
    with flipped(july / "counts.parquet", 5000):
        assert edition_before(workspace, latest) is None
    assert "Not compared with edition 2024-07: counts.parquet" in caplog.text


def test_a_table_of_rules_that_changes_during_a_build_is_read_again(workspace, monkeypatch):
    """Weights of the file before and after, mixed, would be published as either."""
    areas = workspace.reference / "areas.csv"
    text = areas.read_text(encoding="utf-8")
    areas.write_text(text.replace("柳溪乡", "柳溪镇"), encoding="utf-8")
    read = building.read_reference

    def read_and_change(*arguments):
        reference = read(*arguments)
        areas.write_text(text, encoding="utf-8")
        return reference

    monkeypatch.setattr(building, "read_reference", read_and_change)
    snapshot, _ = build_again(workspace)
    assert snapshot.inputs == input_hashes(workspace)
    assert "柳溪乡" in pl.read_parquet(workspace.current / "areas.parquet")["name"].to_list()
    assert pl.read_parquet(workspace.current / "rejects.parquet").is_empty()


def test_a_table_of_rules_that_never_rests_stops_the_build(workspace, monkeypatch):
    before, areas = hashes(workspace.current), workspace.reference / "areas.csv"
    read = building.read_reference

    def change_and_read(*arguments):
        _append_area(areas)
        return read(*arguments)

    _append_area(areas)
    monkeypatch.setattr(building, "read_reference", change_and_read)
    with pytest.raises(
        ProblemError, match=r"data/reference/areas.csv: found a file that changed again and again"
    ):
        build_again(workspace)
    assert hashes(workspace.current) == before


def _append_area(areas: Path) -> None:
    size = areas.stat().st_size
    with areas.open("a", encoding="utf-8") as file:
        file.write(f"9901{size:05},新镇{size},township,9901\n")


def test_a_raw_file_that_changes_during_a_build_is_never_up_to_date_with_what_was_not_read(
    workspace, monkeypatch
):
    """The hashes of a snapshot are those of the bytes that were counted."""
    from pipeline.ingest import run as ingest

    raw = workspace.raw / "births" / f"{MONTHS[-1]}.csv"
    raw.write_bytes(births(70))
    read = ingest.read_whole

    def overwrite_and_read(*arguments):
        raw.write_bytes(births(80))
        return read(*arguments)

    monkeypatch.setattr(ingest, "read_whole", overwrite_and_read)
    snapshot, _ = build_again(workspace)
    assert snapshot.inputs == input_hashes(workspace)
    assert boys(workspace) == 80
    assert build_again(workspace) == (snapshot, False)
    raw.write_bytes(births(70))
    monkeypatch.undo()
    assert build_again(workspace)[1]
    assert boys(workspace) == 70


def test_a_raw_file_that_never_rests_is_refused_and_read_when_it_does(workspace, monkeypatch):
    from pipeline.ingest.files import raw_bytes

    raw = workspace.raw / "births" / f"{MONTHS[-1]}.csv"
    raw.write_bytes(births(70))
    read = raw_bytes._read

    def overwrite_and_read(path, scratch):
        path.write_bytes(births(71, lines=path.stat().st_size))
        return read(path, scratch)

    with monkeypatch.context() as patched:
        patched.setattr(raw_bytes, "PAUSE", 0)
        patched.setattr(raw_bytes, "_read", overwrite_and_read)
        snapshot, _ = build_again(workspace)
    (reject,) = pl.read_parquet(workspace.current / "rejects.parquet").iter_rows(named=True)
    assert (reject["path"], reject["found"]) == (raw.name, "a file that changed while it was read")
    assert snapshot.month == date(2024, 7, 1)
    raw.write_bytes(births(72))
    build_again(workspace)
    assert boys(workspace) == 72


def boys(workspace: Workspace) -> float:
    counts = pl.read_parquet(workspace.current / "counts.parquet")
    return counts.filter(area_code="990101", element="births_male", month=date(2024, 8, 1))["value"].item()


def test_records_hold_no_time_and_no_place(workspace):
    text = (workspace.current / "snapshot.json").read_text(encoding="utf-8")
    assert str(workspace.root) not in text
    assert set(json.loads(text)["tables"]) == set(hashes(workspace.current)) - {"snapshot.json"}
    assert damaged(workspace.current, json.loads(text)["tables"]) == []
    assert os.readlink(workspace.current) == current_snapshot(workspace).folder_name


def test_a_damaged_manifest_of_reports_lists_nothing(tmp_path):
    """Then every page is rendered again, as if none were there."""
    manifest = Manifest(tmp_path)
    (tmp_path / "9901.html").write_text("a page")
    manifest.note("9901", "key", tmp_path / "9901.html")
    manifest.write({"edition": "2024-08"})
    assert Manifest(tmp_path).is_fresh("9901", "key", ["html"])
    with flipped(tmp_path / "manifest.json", 800):
        assert not Manifest(tmp_path).pages
    (tmp_path / "manifest.json").write_bytes(b"{")
    assert not Manifest(tmp_path).pages
