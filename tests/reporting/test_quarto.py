"""Quarto and the embedded renderer on the same workspace: the same sections, numbers, tables, figures and captions.

Both ways to Quarto are taken: `sitrep report --renderer quarto`, and a plain `quarto render` at the root.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from links import dead_links
from pypdf import PdfReader

from pipeline.commands.report import report
from pipeline.reporting import figures
from pipeline.reporting.renderers import quarto
from pipeline.workspace import CHECKOUT
from tests.awkward_workspace import HOSTILE

pytestmark = pytest.mark.skipif(
    (quarto.version() or (0,)) < quarto.OLDEST, reason="Quarto 1.9 or newer is not on PATH"
)
CODES = [HOSTILE, f"{HOSTILE}.en"]  # the county with the strangest name
# A plain `quarto render` takes the pages in Chinese: those in English pass through the same Quarto by the command.
REPORTS = [*(("quarto", code) for code in CODES), ("plain", HOSTILE)]
PAGES = [*REPORTS, *(("quarto", code) for code in ("index", "index.en")), ("plain", "index")]
# the page of an area or in a language that was not asked for
OTHER = {
    "quarto": re.compile(rf"(?!{HOSTILE})\d{{6}}(\.en)?\.html"),
    "plain": re.compile(rf"(?!{HOSTILE})\d{{6}}\.html|\w+\.en\.html"),
}


class Outline(HTMLParser):
    """The text of headings, cells, captions and alternatives, in order."""

    KEPT = ("title", "h1", "h2", "h3", "th", "td", "figcaption", "p", "li")

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[tuple[str, str]] = []
        self._open: list[str] = []

    def handle_starttag(self, tag, attrs):
        if ("role", "img") in attrs:
            self.parts.append(("alt", dict(attrs).get("aria-label", "")))
        if tag in self.KEPT:
            self._open.append(tag)
            self.parts.append((tag, ""))

    def handle_endtag(self, tag):
        if tag in self.KEPT and tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data):
        if self._open:
            tag, text = self.parts[-1]
            self.parts[-1] = (tag, text + data)


def outline(page: Path) -> list[tuple[str, str]]:
    parser = Outline()
    parser.feed(page.read_text(encoding="utf-8"))
    return [(tag, squeezed) for tag, text in parser.parts if (squeezed := re.sub(r"\s+", " ", text).strip())]


def numbers(pdf: Path) -> list[str]:
    text = "".join(page.extract_text() for page in PdfReader(pdf).pages)
    return sorted(re.findall(r"\d[\d,]*(?:\.\d+)?", re.sub(r"[\u2060\s]", "", text)))


class DrawnOnce:
    """Draws the figures of a page, and copies them for the second renderer: both show the same files."""

    def __init__(self, draw) -> None:
        self.draw, self.kept = draw, {}

    def __call__(self, about, report, *rest, **named):
        folder = next(each for each in rest if isinstance(each, Path))
        key = getattr(about, "area_code", "index"), report.language
        if key not in self.kept:
            drawn = self.draw(about, report, *rest, **named)
            self.kept[key] = drawn, {path.name: path.read_bytes() for path in folder.iterdir()}
        drawn, files = self.kept[key]
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
        return drawn


@pytest.fixture(scope="module")
def rendered(awkward, tmp_path_factory) -> dict[str, Path]:
    """Folders with `<code>/<code>.html` or `<code>.html`, by the way that made them."""
    root = tmp_path_factory.mktemp("quarto")
    shutil.copytree(awkward.root / "data", root / "data", symlinks=True)
    shutil.copytree(CHECKOUT / "reports", root / "reports", ignore=shutil.ignore_patterns("pages"))
    (root / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    project = (CHECKOUT / "_quarto.yml").read_text(encoding="utf-8")
    assert project.count("pipeline pages") == 1 and project.count('"reports/pages/*.qmd"') == 1
    project = project.replace("pipeline pages", f"pipeline pages --area {HOSTILE}")
    project = project.replace('"reports/pages/*.qmd"', f'"reports/pages/{HOSTILE}.qmd"')
    (root / "_quarto.yml").write_text(project, encoding="utf-8")
    site, found, runs, run_quarto = root / "_site" / "2026-06", {}, [], quarto._run
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quarto, "_run", lambda project, kind: runs.append(kind) or run_quarto(project, kind))
        for name in ("draw", "draw_overview"):
            patch.setattr(figures, name, DrawnOnce(getattr(figures, name)))
        for name in ("embedded", "quarto"):
            assert report(root, None, [HOSTILE], ["html", "pdf"], name, 1) == 0
            found[name] = shutil.move(site, root / name)
    assert runs == ["html", "pdf", "html", "pdf"], "once a format for reports and overviews: nothing failed"
    run = subprocess.run(["quarto", "render"], cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-3000:]
    found["plain"] = root / "plain"
    found["start"] = root / "_site" / "quarto" / "index.html"
    shutil.copytree(root / "_site" / "quarto" / "reports" / "pages", found["plain"])
    return found


@pytest.mark.parametrize("way", ["quarto", "plain"])
def test_links_lead_somewhere(rendered, way):
    dead = [(page, target) for page, target in dead_links(rendered[way]) if not OTHER[way].fullmatch(target)]
    assert dead == [], "but to pages of areas that were not asked for"


def test_what_quarto_opens_leads_to_the_overview(rendered):
    assert "URL='reports/pages/index.html'" in rendered["start"].read_text(encoding="utf-8")


@pytest.mark.parametrize(("way", "code"), PAGES)
def test_pages_say_the_same(rendered, way, code):
    ours, theirs = (outline(rendered[name] / f"{code}.html") for name in ("embedded", way))
    assert len(ours) > 20
    assert theirs == ours


@pytest.mark.parametrize(("way", "code"), REPORTS)
def test_pdfs_hold_the_same_numbers(rendered, way, code):
    ours, theirs = (numbers(rendered[name] / f"{code}.pdf") for name in ("embedded", way))
    assert len(ours) > 100
    assert theirs == ours


@pytest.mark.parametrize("way", ["quarto", "plain"])
def test_pages_of_quarto_ask_for_nothing_and_stay_small(rendered, way):
    for page in rendered[way].glob("*.html"):
        html = page.read_text(encoding="utf-8")
        assert page.stat().st_size < 2_000_000
        assert not re.search(r"""(src|href)\s*=\s*["']https?://""", html)
