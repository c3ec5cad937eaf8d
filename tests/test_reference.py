"""Slips in the analyst's own tables: each is answered with the file, the entry, what was found and expected."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline.ingest.source import read_source
from pipeline.problems import ProblemError
from pipeline.reference import parse_terms, read_reference
from pipeline.workspace import open_workspace, read_settings

SLIPS = [
    (
        "reference/workspace.toml",
        'report_level = "county"',
        'report_level = "shire"',
        "found report_level 'shire'",
    ),
    ("reference/workspace.toml", "levels = ", "layers = ", "unknown field `layers`"),
    (
        "reference/indicators.toml",
        'method = "balance"',
        'method = "guess"',
        "'guess', which is none of the words",
    ),
    (
        "reference/indicators.toml",
        "decimals = 1",
        'decimals = "one"',
        "entry .*decimals.*a text in quotation marks where a whole number belongs",
    ),
    ("reference/indicators.toml", '"births - deaths"', '"births - death"', "'death' in 'births - death'"),
    ("reference/indicators.toml", "[birth_rate]", "[birth_rate", "valid TOML"),
    (
        "reference/indicators.toml",
        'numerator = "deaths"\ndenominator = "population"',
        'numerator = "deaths"',
        r"indicators.toml \[death_rate\]: found no denominator with method \"rate\"; expected a denominator",
    ),
    (
        "reference/indicators.toml",
        'method = "rate"\nnumerator = "deaths"',
        'method = "count"\nnumerator = "deaths"',
        r"\[death_rate\]: found denominator 'population' with method \"count\"; expected no denominator",
    ),
    (
        "reference/indicators.toml",
        "baseline = [104.6, 108.0]",
        "baseline = [108.0, 104.6]",
        r"\[sex_ratio_at_birth\]: found baseline from 108 to 104.6; expected the lower end first",
    ),
    (
        "reference/indicators.toml",
        "false_discovery = 0.05",
        "false_discovery = 5",
        r"\[sex_ratio_at_birth\]: found false_discovery 5; expected a share",
    ),
    ("reference/elements.toml", '"births_male", "births_female"]', '"boys"]', "sum_of names 'boys'"),
    ("reference/areas.csv", ",township,", ",hamlet,", "areas.csv, row .*found level 'hamlet'"),
    ("reference/areas.csv", ",990100,", ",990999,", "found code '990999'; expected an area_code"),
    ("reference/targets.csv", "sex_ratio_at_birth,", "sex_ratio,", "targets.csv, row .*'sex_ratio'"),
    ("reference/targets.csv", ",107,", ",about 107,", "at_most 'about 107'; expected a number"),
    (
        "raw/population_register/source.toml",
        'span = "ytd"',
        'span = "so far"',
        "'so far', which is none of the words",
    ),
    ("raw/population_register/source.toml", "births_male", "boys", "found boys; expected an element"),
    ("raw/population_register/source.toml", "leave_out", "skip", "unknown field `skip`"),
    ("raw/population_register/source.toml", "合计|总计)", "合计|总计", "a regular expression"),
    ("raw/hospital_births/source.toml", 'column = "*月份"', "", r"\[period\]: found no `column`"),
]


def read_all(root: Path) -> None:
    workspace = open_workspace(root)
    reference = read_reference(workspace, read_settings(workspace).levels)
    for folder in workspace.source_folders():
        read_source(folder, reference.elements)


@pytest.mark.parametrize(("name", "right", "wrong", "message"), SLIPS, ids=lambda text: text[:40])
def test_a_slip_is_named(awkward, tmp_path, name, right, wrong, message):
    root = tmp_path / "workspace"
    for part in ("raw", "reference"):
        shutil.copytree(
            awkward.root / "data" / part,
            root / "data" / part,
            ignore=shutil.ignore_patterns("*.csv.bak", "*.xlsx"),
        )
    read_all(root)
    file = root / "data" / name
    text = file.read_text(encoding="utf-8")
    assert right in text
    file.write_text(text.replace(right, wrong), encoding="utf-8")
    with pytest.raises(ProblemError, match=message) as problem:
        read_all(root)
    assert file.name in str(problem.value)


def test_terms_have_signs():
    assert parse_terms("a + b - c", {"a": 0, "b": 0, "c": 0}, "") == {"a": 1, "b": 1, "c": -1}


def test_an_area_that_ended_without_a_successor_is_followed_by_the_area_above(awkward, tmp_path):
    shutil.copytree(awkward.reference, tmp_path / "data" / "reference")
    (tmp_path / "data" / "raw").mkdir()
    path = tmp_path / "data" / "reference" / "areas.csv"
    ended = "990101099,示例撤销镇,township,990101,,,2024-12,\n"
    renamed = (
        "990101098,示例旧名镇,township,990101,,,2024-12,\n990101098,示例新名镇,township,990101,,2025-01,,\n"
    )
    path.write_text(path.read_text(encoding="utf-8") + ended + renamed, encoding="utf-8")
    areas = read_reference(open_workspace(tmp_path), ("province", "prefecture", "county", "township")).areas
    successors = {area.name: area.successor_codes for area in areas}
    assert successors["示例撤销镇"] == ("990101",)
    assert successors["示例旧名镇"] == successors["示例新名镇"] == ()
