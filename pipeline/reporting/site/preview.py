"""The preview of one page: rendered again whenever a file that it is made from is saved.

What takes long is kept between two times: the facts are read once, the figures drawn once.
"""

import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import jinja2

from pipeline.house import REPORTS
from pipeline.problems import ProblemError
from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.renderers import Page
from pipeline.reporting.renderers.embedded import Embedded
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.site.edition_pages import Beside, IndexPage, load_pages
from pipeline.reporting.site.templates import templates_of
from pipeline.reporting.text.notes import author_note
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.reporting.figures import Drawn

PAUSE = 0.2  # seconds between two looks at the files


class DrawnOnce:
    """Draws figures as `figures.draw` does, and copies them the next time: templates and theme do not change them."""

    def __init__(self) -> None:
        self.messages: Mapping[str, tuple[str, ...]] = {}
        self.drawn: dict[str, Drawn] = {}
        self.files: dict[str, bytes] = {}

    def __call__(
        self, facts, report: ReportContext, funnels, neighbours, folder: Path, formats, spreads
    ) -> dict:
        from pipeline.reporting.figures import draw

        if self.messages != report.say.messages:
            self.drawn = draw(facts, report, funnels, neighbours, folder, formats, spreads)
            self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
            self.messages = report.say.messages
        for name, content in self.files.items():
            (folder / name).write_bytes(content)
        return self.drawn


class Preview:
    """The page of an area, or the overview (`index`), as HTML by the embedded renderer."""

    def __init__(
        self, workspace: Workspace, report: ReportContext, beside: Beside, area: str, language: str
    ) -> None:
        languages = report.settings.languages
        if language and language not in languages:
            raise ProblemError("--language", language, f"one of {', '.join(languages)}")
        self.workspace, self.draw = workspace, DrawnOnce()
        self.everything = load_pages(workspace.current, report, beside, "", "")
        name = report.in_language(language or languages[0]).page_name(area)
        page = next((page for page in self.everything.all if page.name == name), None)
        if page is None:
            raise ProblemError("AREA", area, "code of an area that has a report, or index")
        self.page = page

    def render(self) -> Path:
        """Write the page to `_site/preview` with templates, theme, texts and note as they now are; returns its path."""
        theme = templates_of(self.workspace) / "theme"
        with tempfile.TemporaryDirectory(prefix="preview-") as work:
            page = self._written(Path(work))
            (done,) = Embedded().render(
                [page],
                self.workspace.site / "preview",
                ["html"],
                theme,
                cache=self.workspace.cache / "fonts",
            )
            shutil.rmtree(page.folder, ignore_errors=True)
        if done.path is None:
            raise ProblemError(page.source.name, done.error, "a page that renders")
        return done.path

    def _written(self, work: Path) -> Page:
        page = self.page
        today = replace(page.report, templates=templates_of(self.workspace))
        report = today.in_language(page.report.language)
        if isinstance(page, IndexPage):
            names = self.everything.names_by_code()
            links = {code: [f"{name}.html" for name in of_area] for code, of_area in names.items()}
            return self.everything.write_index(work, replace(page, report=report, links=links))
        note = author_note(self.workspace.notes, report.name, page.name)
        return write_page(page.facts, report, work, page.peers, note, ("html",), self.draw)


def rendered_on_change(
    render: Callable[[], Path], state: Callable[[], object], pause: float = PAUSE
) -> Iterator[tuple[float, str]]:
    """Call `render` at once and whenever `state` is another; yields its seconds, and the path or what went wrong."""
    before = object()
    while True:
        now = state()
        if now == before:
            time.sleep(pause)
            continue
        before, start = now, time.perf_counter()
        try:
            said = str(render())
        except (ProblemError, jinja2.TemplateError, OSError, ValueError) as problem:
            said = f"Not rendered: {_words(problem)}"
        yield time.perf_counter() - start, said


def watched_files(workspace: Workspace) -> frozenset[tuple[str, int]]:
    """Names and times of the files that a page is made from."""
    found = set()
    for folder in {workspace.reports, REPORTS}:
        for path in folder.rglob("*"):
            if "pages" in path.relative_to(folder).parts[:1] or path.name.startswith("."):
                continue
            try:
                found.add((str(path), path.stat().st_mtime_ns))
            except FileNotFoundError:  # saved by renaming: there again in a moment
                continue
    return frozenset(found)


def _words(problem: Exception) -> str:
    """What went wrong, with the template and its line where it was in one."""
    if isinstance(problem, jinja2.TemplateSyntaxError):
        return f"{_place(problem.filename or problem.name or '', problem.lineno)}: {problem.message}"
    said = str(problem) or type(problem).__name__
    in_templates = [at for at in traceback.extract_tb(problem.__traceback__) if at.filename.endswith(".j2")]
    return f"{_place(in_templates[-1].filename, in_templates[-1].lineno)}: {said}" if in_templates else said


def _place(template: str, line: int | None) -> str:
    """The file that the analyst edits, not the link to it."""
    return f"{Path(template).resolve() if Path(template).is_symlink() else template}, line {line}"
