"""Rendering without Quarto: pandoc from its wheel, typst in process, the same theme."""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import pypandoc
import typst

from pipeline.reporting.renderers import word
from pipeline.reporting.renderers.interface import FORMATS, Page, Rendered, Renderer, place_logo, publish

if TYPE_CHECKING:
    from pipeline.reporting.renderers.fonts import FontSet

WRITERS = {"html": "html5", "pdf": "typst", "docx": "docx"}


class RenderError(Exception):
    """A page cannot be rendered; the text says why."""


class Embedded(Renderer):
    """Pandoc and typst, one page at a time, all formats of a page in one job."""

    def __init__(self, because: str = "as asked") -> None:
        self.name = f"embedded (pandoc {pypandoc.get_pandoc_version()}, typst {version('typst')})"
        self.why = f"embedded: {because}"

    def work(self, theme: Path) -> Callable[..., list[Rendered]]:
        return partial(render_pages, options=read_options(theme))


def render_pages(
    pages: Sequence[Page],
    output: Path,
    formats: Sequence[str],
    theme: Path,
    font_set: FontSet,
    options: dict,
) -> list[Rendered]:
    """Every format of each page."""
    done = []
    for page in pages:
        place_logo(page.folder, theme)
        for kind in formats:
            try:
                path = publish(output / f"{page.name}.{kind}", MAKERS[kind](page, theme, options, font_set))
                done.append(Rendered(page.name, kind, path))
            except (RenderError, OSError) as error:
                done.append(Rendered(page.name, kind, None, str(error)))
    return done


def html(page: Page, theme: Path, options: dict, font_set: FontSet) -> bytes:
    with tempfile.TemporaryDirectory() as work:
        css = Path(work) / "font.css"
        css.write_text(page.font_css(font_set), encoding="utf-8")
        return pandoc(page, "html", theme, options, "--metadata", f"font-css={css}")


def pdf(page: Page, theme: Path, options: dict, font_set: FontSet) -> bytes:
    source = pandoc(page, "pdf", theme, options)
    try:
        return typst.compile(  # type: ignore[call-overload]  # whose types want source and root alike
            source,
            root=str(page.folder.resolve()),
            font_paths=_typst_fonts(font_set.static),
            ignore_system_fonts=True,
            format="pdf",
            timestamp=0,
            pdf_standards=options["format"]["typst"].get("pdf-standard", []),
        )
    except typst.TypstError as error:
        raise RenderError(f"{page.source.name}: typst: {error.message}") from error


def docx(page: Page, theme: Path, options: dict, _font_set: FontSet) -> bytes:
    with tempfile.TemporaryDirectory() as work:
        reference = word.place_reference(Path(work), theme, page.language)
        return word.finish(
            pandoc(page, "docx", theme, options, "--reference-doc", str(reference), "--output", "-")
        )


MAKERS = {"html": html, "pdf": pdf, "docx": docx}


def pandoc(page: Page, kind: str, theme: Path, options: dict, *more: str) -> bytes:
    """The page in HTML, as a typst document, or in Word."""
    arguments = [page.source.name, "--from", options["from"], "--to", WRITERS[kind], *more]
    if template := options["format"].get(FORMATS[kind], {}).get("template"):
        arguments += ["--template", str(_in_theme(theme, template))]
    for entry in options["filters"]:
        arguments += ["--lua-filter", str(_in_theme(theme, entry["path"]))]
    run = _pandoc(arguments, page.folder)
    if run.returncode != 0:
        raise RenderError(f"{page.source.name}: {_reason(run.stderr.decode('utf-8', 'replace'))}")
    return run.stdout


def read_options(theme: Path) -> dict:
    """format.yml as a dictionary, leaves are text or booleans; read by pandoc, so without a YAML library."""
    with tempfile.TemporaryDirectory() as work:
        template = Path(work) / "meta.plain"
        template.write_text("$meta-json$")
        arguments = ["--from", "markdown-smart", "--to", "plain", "--template", str(template)]
        run = _pandoc([*arguments, "--metadata-file", "format.yml"], theme)
    run.check_returncode()
    return json.loads(run.stdout)


def _pandoc(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess:
    command = [pypandoc.get_pandoc_path(), *arguments, "--wrap", "none"]
    return subprocess.run(command, cwd=folder, input=b"", capture_output=True)


def _in_theme(theme: Path, path: str) -> Path:
    return theme / Path(path).name


@lru_cache(maxsize=2)
def _typst_fonts(folder: Path) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


def _reason(stderr: str) -> str:
    """What pandoc said, without its own stack and file names."""
    text = stderr.split("stack traceback:")[0]
    lines = [
        line.strip()
        for line in text.splitlines()
        if line.strip() and not line.startswith("Error running filter")
    ]
    return re.sub(r"^\S*\.lua:\d+: ", "", " ".join(lines)) or "pandoc failed without a word"
