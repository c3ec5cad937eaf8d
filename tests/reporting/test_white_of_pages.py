"""How white a printed page is: none but the last has a hole of more than a fifth of its text; heads break well."""

from __future__ import annotations

import io
from dataclasses import dataclass
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
HOLE = 0.2  # of the text of a page, in height
HOLE_OF_A_COLUMN = 0.25  # beside a picture there may be fewer words
PAGE, TOP, BOTTOM = 297, 20, 279  # millimetres; the text is between the last two
CODES = ("990000", "990100", "990101", "990103")
PAGES = [(code, language) for code in CODES for language in ("zh", "en")]


@dataclass(frozen=True)
class White:
    """The highest stretches without ink of a page: over its whole width, below the last ink, in its left and right half.

    All as shares of the height of its text.
    """

    anywhere: float
    foot: float
    left: float
    right: float


def white_of(picture: bytes) -> White:
    page = imread(io.BytesIO(picture))[..., :3].min(axis=2) > 0.99
    text = page[round(len(page) * TOP / PAGE) : round(len(page) * BOTTOM / PAGE)]
    middle = text.shape[1] // 2
    is_white = text.all(axis=1)
    foot = len(is_white) if is_white.all() else int(np.argmin(is_white[::-1]))
    halves = (text[:, :middle], text[:, middle:])
    return White(
        _highest_run(is_white), foot / len(is_white), *(_highest_run(half.all(axis=1)) for half in halves)
    )


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
    *found, _last = [white_of(picture) for picture in pictures(page, font_cache)]
    assert 4 <= len(found) <= 6
    assert max(max(one.anywhere, one.foot) for one in found) <= HOLE, found
    assert max(max(one.left, one.right) for one in found) <= HOLE_OF_A_COLUMN, found


def test_a_hole_is_found(tmp_path):
    """A page whose only words stand at its head, one with words on the left alone, and one that is empty."""
    source = (
        "#set page(width: 210mm, height: 297mm, margin: 20mm)\n#rect(width: 100%, height: 10mm, fill: black)\n"
        "#pagebreak()\n#rect(width: 60mm, height: 259mm, fill: black)\n#pagebreak()\n~"
    )
    path = tmp_path / "page.typ"
    path.write_text(source, encoding="utf-8")
    head, left, empty = map(white_of, typst.compile(path, format="png", ppi=36))
    assert head.foot == head.anywhere == pytest.approx(249 / 259, abs=0.02)
    assert left.anywhere == left.left < 0.02 and left.right == 1
    assert empty.foot == empty.anywhere == 1


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
