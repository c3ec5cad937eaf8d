"""`sitrep doctor`: each fault is seen, named and mended."""

from __future__ import annotations

import io
import shutil
import sys

import pytest

from pipeline.commands.doctor import doctor
from pipeline.doctor import examine
from pipeline.starter import write_workspace
from tests.conftest import build_quietly
from tests.three_months import write_three_months


@pytest.fixture
def workspace(tmp_path):
    write_workspace(tmp_path / "new")
    return tmp_path / "new"


def found(root):
    return {check.subject: check for check in examine(root)}


def test_a_new_workspace_lacks_only_what_is_still_to_come(workspace, capsys):
    lacking = [subject for subject, check in found(workspace).items() if check.mend and subject != "renderer"]
    assert lacking == ["raw files", "edition"]
    assert doctor(workspace) == 0
    assert "sitrep report" in capsys.readouterr().out


def test_a_folder_that_is_no_workspace_stops(tmp_path, capsys):
    assert doctor(tmp_path) == 1
    assert "sitrep init DIR" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("says", "why"), [("1.3.450", "1.3.450 on PATH is older"), ("none", "does not say its version")]
)
def test_quarto_that_is_passed_over_is_named(workspace, tmp_path, monkeypatch, says, why):
    quarto = tmp_path / "bin" / "quarto"
    quarto.parent.mkdir()
    quarto.write_text(f"#!/bin/sh\necho {says}\n")
    quarto.chmod(0o755)
    monkeypatch.setenv("PATH", str(quarto.parent), prepend=":")
    renderer = found(workspace)["renderer"]
    assert why in renderer.found and "current Quarto" in renderer.mend and not renderer.stops


def test_no_quarto_at_all_is_well(workspace, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    renderer = found(workspace)["renderer"]
    assert renderer.found.endswith("embedded: no quarto on PATH") and not renderer.mend


def test_terminal_without_chinese(workspace, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="cp1252"))
    assert "PYTHONUTF8=1" in found(workspace)["terminal"].mend


def test_full_disk_stops(workspace, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100, 100, 0))
    disk = found(workspace)["disk"]
    assert disk.stops and disk.found.startswith("0.0 GB free") and "make room" in disk.mend


def test_letters_that_no_font_has(workspace):
    with (workspace / "data" / "reference" / "areas.csv").open("a", encoding="utf-8") as file:
        file.write("990000,示例\U000323b0省,province,,,,,,\n")
    fonts = found(workspace)["fonts"]
    assert "U+323B0" in fonts.found and "reports/theme/fonts" in fonts.mend


def test_settings_that_cannot_be_read_stop(workspace):
    (workspace / "data" / "reference" / "workspace.toml").write_text("name = 3\n")
    assert found(workspace)["workspace"].stops


def test_folder_without_source_toml(workspace):
    (workspace / "data" / "raw" / "births").mkdir()
    assert "no source.toml in births" in found(workspace)["raw files"].found


def test_edition_that_is_stale_or_damaged(tmp_path):
    write_three_months(tmp_path)
    build_quietly(tmp_path)
    assert not found(tmp_path)["edition"].mend
    (tmp_path / "data" / "raw" / "births" / "2024-08.csv").write_text("乡镇,男,女\n城关镇,1,2\n柳溪乡,3,4\n")
    edition = found(tmp_path)["edition"]
    assert "2024-08.csv" in edition.found and edition.mend == "sitrep report"
    (tmp_path / "data" / "processed" / "current" / "counts.parquet").write_bytes(b"")
    assert found(tmp_path)["edition"].mend == "sitrep build --edition 2024-08"
