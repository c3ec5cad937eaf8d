"""The files by which code hosts know the project: held against their schemas and against the code."""

from __future__ import annotations

import subprocess
import sys

import pytest
from ruamel.yaml import YAML

from pipeline import __version__
from pipeline.workspace import CHECKOUT


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("github-workflows", ".github/workflows/*.yml"),
        ("github-issue-forms", ".github/ISSUE_TEMPLATE/*.yml"),
        ("citation-file-format", "CITATION.cff"),
    ],
)
def test_file_is_what_its_host_reads(schema, files):
    paths = [str(path) for path in sorted(CHECKOUT.glob(files))]
    assert paths
    check = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", *paths]
    said = subprocess.run(check, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout


def test_the_version_is_said_alike():
    cited = YAML(typ="safe").load((CHECKOUT / "CITATION.cff").read_text(encoding="utf-8"))
    assert cited["version"] == __version__
    assert f"## {__version__} " in (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
