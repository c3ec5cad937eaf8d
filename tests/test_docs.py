"""Docs that cannot rot: generated pages are as the code is, and what is linked exists."""

from __future__ import annotations

import importlib.util
import re

import pytest

from pipeline.workspace import CHECKOUT

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
    "page", [CHECKOUT / "README.md", *sorted(DOCS.glob("*.md"))], ids=lambda page: page.name
)
def test_links_lead_somewhere(page):
    prose = re.sub(r"`[^`]*`", "", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)#]+)", prose):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_the_source_toml_of_the_docs_is_valid(tmp_path):
    from pipeline.ingest.source import read_source
    from pipeline.reference import Element
    from pipeline.workspace import Words

    text = (DOCS / "your-own-data.md").read_text(encoding="utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)[1]
    (tmp_path / "source.toml").write_text(example, encoding="utf-8")
    names = ("population_male", "births_male", "deaths_male")
    source = read_source(tmp_path, {name: Element(name, Words(name), "flow") for name in names})
    assert source.header_rows == 2
    assert source.elements[1].headers == ("*月累计出生/男", "男婴")
