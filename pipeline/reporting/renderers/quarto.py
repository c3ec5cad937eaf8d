"""Rendering by Quarto: pages as projects in private folders, because parallel renders in one folder race."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.reporting.renderers import word
from pipeline.reporting.renderers.interface import FORMATS, Page, Rendered, Renderer, place_logo, publish

if TYPE_CHECKING:
    from pipeline.reporting.renderers.fonts import FontSet

OLDEST = (1, 9)
PROJECT = """\
project:
  type: default
  output-dir: _out
  render: ["pages/*.qmd"]
metadata-files:
  - reports/theme/format.yml
"""
FONT_CSS = "font.css"


def version() -> tuple[int, ...] | None:
    """The version of the quarto on PATH, e.g. (1, 9, 38)."""
    quarto = shutil.which("quarto")
    if quarto is None:
        return None
    run = subprocess.run([quarto, "--version"], capture_output=True, text=True)
    found = re.search(r"\d+(?:\.\d+)+", run.stdout)
    return tuple(map(int, found[0].split("."))) if found else None


def dotted(version: tuple[int, ...]) -> str:
    """`1.9.38`."""
    return ".".join(map(str, version))


class Quarto(Renderer):
    """The quarto on PATH."""

    pages_a_job = 16  # a project

    def __init__(self, version: tuple[int, ...]) -> None:
        self.name = f"quarto {dotted(version)}"
        self.why = f"Quarto {dotted(version)} (on PATH)"

    def work(self, _theme: Path) -> Callable[..., list[Rendered]]:
        return render_pages


def render_pages(
    pages: Sequence[Page], output: Path, formats: Sequence[str], theme: Path, font_set: FontSet
) -> list[Rendered]:
    """Renders pages as one project, one format after the other, because Quarto takes one or all.

    What fails is rendered in halves, down to the guilty page.
    """
    done, failed = [], {}
    with tempfile.TemporaryDirectory(prefix="pages-") as work:
        project = Path(work)
        _lay_out(project, pages, theme, font_set)
        for kind in formats:
            if (said := _run(project, kind)) is None:
                done += [_collect(project, page, kind, output) for page in pages]
            else:
                failed[kind] = said
    for kind, said in failed.items():
        if len(pages) == 1:
            done.append(Rendered(pages[0].name, kind, None, f"{pages[0].source.name}: {said}"))
            continue
        middle = len(pages) // 2
        for half in (pages[:middle], pages[middle:]):
            done += render_pages(half, output, [kind], theme, font_set)
    return done


class FlatPage(Page):
    """A page in a Quarto project: its text lies beside the folder with what it shows, so that links lead somewhere."""

    @property
    def source(self) -> Path:
        return self.folder.parent / f"{self.name}.qmd"

    def place_assets(self, theme: Path, font_set: FontSet, has_font: bool = False) -> None:
        """Put font, logo and the reference document of Word where the text looks for them."""
        if not has_font:
            (self.folder / FONT_CSS).write_text(self.font_css(font_set), encoding="utf-8")
        place_logo(self.folder.parent, theme)
        word.place_reference(self.folder, theme, self.language)


def flattened(page: Page, folder: Path) -> FlatPage:
    """A copy of a page in a folder of a Quarto project."""
    flat = FlatPage(page.name, folder / page.name)
    shutil.rmtree(flat.folder, ignore_errors=True)
    shutil.copytree(page.folder, flat.folder, ignore=shutil.ignore_patterns(page.source.name))
    name = page.name
    head = f"---\nfont-css: {name}/{FONT_CSS}\nreference-doc: {name}/{word.REFERENCE}\n"
    text = re.sub(r"\]\((?=figures/)", f"]({name}/", page.text().replace("---\n", head, 1))
    flat.source.write_text(text, encoding="utf-8")
    return flat


def _lay_out(project: Path, pages: Sequence[Page], theme: Path, font_set: FontSet) -> None:
    (project / "_quarto.yml").write_text(PROJECT, encoding="utf-8")
    shutil.copytree(theme, project / "reports" / "theme")
    shutil.copytree(font_set.static, project / ".fonts")
    for page in pages:
        flattened(page, project / "pages").place_assets(theme, font_set)


def _run(project: Path, kind: str) -> str | None:
    """Runs Quarto; None if all went well, else what it said."""
    command = [shutil.which("quarto") or "quarto", "render", "--no-execute", "--to", FORMATS[kind]]
    environment = os.environ | {"NO_COLOR": "1"}
    run = subprocess.run(
        command, cwd=project, env=environment, capture_output=True, text=True, errors="replace"
    )
    return None if run.returncode == 0 else _reason(run.stderr)


def _collect(project: Path, page: Page, kind: str, output: Path) -> Rendered:
    made = project / "_out" / "pages" / f"{page.name}.{kind}"
    if not made.is_file():
        return Rendered(page.name, kind, None, f"{page.source.name}: Quarto made no {kind} file")
    content = made.read_bytes()
    content = word.finish(content) if kind == "docx" else content
    return Rendered(page.name, kind, publish(output / f"{page.name}.{kind}", content))


def _reason(stderr: str) -> str:
    """The lines of Quarto's output that name the error."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", stderr)
    lines = [line.strip() for line in plain.splitlines()]
    telling = [line for line in lines if re.search(r"\.lua:\d+: |\berror\b", line, re.IGNORECASE)]
    reason = re.sub(r"^.*\.lua:\d+: ", "", (telling or lines or [""])[0])
    return reason or "Quarto failed without a word"
