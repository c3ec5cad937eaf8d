"""Docs that cannot rot: generated pages are as the code is, and what is linked exists."""

from __future__ import annotations

import importlib.util
import re
import shutil

import pytest

from pipeline.reference import read_reference
from pipeline.workspace import CHECKOUT, open_workspace, read_settings

DOCS = CHECKOUT / "docs"


def generated() -> dict[str, str]:
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return {name: page() for name, page in module.PAGES.items()}


@pytest.mark.parametrize("name", ["tables.md", "commands.md"])
def test_a_generated_page_is_up_to_date(name):
    assert (DOCS / name).read_text(encoding="utf-8") == generated()[name], "run `make docs`"


@pytest.mark.parametrize(
    "page",
    [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))],
    ids=lambda page: page.name,
)
def test_links_lead_somewhere(page):
    prose = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#]+)", prose):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_files_that_contributors_are_sent_to_are_there():
    named = re.findall(
        r"`((?:pipeline|reports|tests|docs|data)/[^`<]*)`",
        (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8"),
    )
    assert len(named) > 30
    assert [name for name in named if not (CHECKOUT / name).exists()] == []


@pytest.mark.parametrize(
    ("entry", "table"), [("births_male", "elements"), ("natural_growth_rate", "indicators")]
)
def test_the_toml_of_the_docs_is_valid(awkward, tmp_path, entry, table):
    """Entries of the docs take the place of those of the example."""
    text = (DOCS / "your-own-data.md").read_text(encoding="utf-8")
    block = next(
        block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if f"[{entry}]" in block
    )
    shutil.copytree(awkward.root / "data" / "reference", tmp_path / "data" / "reference")
    (tmp_path / "data" / "raw").mkdir()
    path = tmp_path / "data" / "reference" / f"{table}.toml"
    written = path.read_text(encoding="utf-8")
    for name in re.findall(r"^\[(\w+)\]", block, re.MULTILINE):
        written = re.sub(rf"^\[{name}\]\n(?:.+\n)*", "", written, flags=re.MULTILINE)
    path.write_text(f"{written}\n{block}", encoding="utf-8")
    workspace = open_workspace(tmp_path)
    assert entry in getattr(read_reference(workspace, read_settings(workspace).levels), table)
