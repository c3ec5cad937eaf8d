"""How white a printed page is: none but the last has a hole of more than a fifth of its height; heads break well."""

from __future__ import annotations

import io
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest
import typst
from matplotlib.image import imread
from pdf_pages import Document

from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.renderers import embedded
from pipeline.reporting.renderers.interface import Page, prepare_fonts
from pipeline.reporting.shown.peers import Peers, peers_of
from pipeline.workspace import CHECKOUT

THEME = CHECKOUT / "reports" / "theme"
HOLE = 0.2  # of the height of a page
PAGES = [(code, language) for code in ("990000", "990100", "990101") for language in ("zh", "en")]


def holes(pages: list[bytes]) -> list[float]:
    """Of each page the highest run of rows without ink, as a share of its height."""
    return [_highest_run(imread(io.BytesIO(page))[..., :3].min(axis=(1, 2)) > 0.99) for page in pages]


def _highest_run(is_white: np.ndarray) -> float:
    runs = [len(list(rows)) for white, rows in groupby(is_white.tolist()) if white]
    return max(runs, default=0) / len(is_white)


def pictures(page: Page, cache: Path) -> list[bytes]:
    """The pages as typst sets them for the PDF."""
    options, fonts = embedded.read_options(THEME), prepare_fonts([page], THEME, cache)
    source = embedded.pandoc(page, "pdf", THEME, options)
    found = typst.compile(
        source,
        root=str(page.folder.resolve()),
        font_paths=[str(fonts.static)],
        ignore_system_fonts=True,
        format="png",
        ppi=36,
    )
    return found if isinstance(found, list) else [found]


@pytest.mark.parametrize(("code", "language"), PAGES)
def test_no_page_but_the_last_has_a_hole(
    levels, funnels, awkward_report, font_cache, tmp_path, code, language
):
    level, facts = next(
        (level, facts) for level, areas in levels.items() for facts in areas if facts.area_code == code
    )
    report, peers = awkward_report.in_language(language), Peers(funnels[level], peers_of(levels[level]))
    page = write_page(facts, report, tmp_path / "pages", peers, formats=["pdf"])
    *found, _last = holes(pictures(page, font_cache))
    assert len(found) >= 2
    assert max(found) <= HOLE, found


def test_a_hole_is_found(tmp_path):
    """A page whose only words stand at its head, and one that is empty."""
    source = "#set page(width: 100pt, height: 100pt, margin: 0pt)\n#rect(height: 10pt, fill: black)\n#pagebreak()\n~"
    path = tmp_path / "page.typ"
    path.write_text(source, encoding="utf-8")
    first, second = holes(typst.compile(path, format="png", ppi=72))
    assert first == pytest.approx(0.9, abs=0.03)
    assert second == 1


@pytest.mark.parametrize("name", ["990101", "990100", "index"])
def test_no_head_of_a_column_leaves_a_character_alone(site, name):
    """A line of a head with several lines is wider than one Chinese character."""
    document = Document(site / f"{name}.pdf")
    heads = [document.runs_of(each) for each in document.tree.walk() if each.role == "TH"]
    broken = 0
    for runs in heads:
        lines: dict[float, list] = {}
        for run in runs:
            lines.setdefault(round(run.y, 1), []).append(run)
        broken += len(lines) > 1
        for line in lines.values() if len(lines) > 1 else ():
            assert max(r.right for r in line) - min(r.left for r in line) > 1.1 * line[0].size, (name, line)
    assert len(heads) > 10
    assert broken
