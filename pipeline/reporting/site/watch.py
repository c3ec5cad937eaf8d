"""The preview of one page: rendered again whenever a file that it is made from is saved."""

import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import jinja2

from pipeline.problems import ProblemError
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.site.edition_pages import Beside
from pipeline.reporting.site.preview import Preview
from pipeline.workspace import Workspace

PAUSE = 0.2  # seconds between two looks at the files


def page_renderer(
    workspace: Workspace, report: ReportContext, beside: Beside, area: str, language: str
) -> Callable[[], Path]:
    """A function that renders the page as templates, theme, texts and notes now are; facts are read once, here."""
    languages = report.settings.languages
    if language and language not in languages:
        raise ProblemError("--language", language, f"one of {', '.join(languages)}")
    page = Preview(
        workspace.current, report, beside, area, language or languages[0], workspace.cache / "fonts"
    )
    return lambda: page.render(workspace.site / "preview")


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
    for folder in {workspace.templates, workspace.notes}:
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
        return f"{problem.filename or problem.name}, line {problem.lineno}: {problem.message}"
    said = str(problem) or type(problem).__name__
    in_templates = [at for at in traceback.extract_tb(problem.__traceback__) if at.filename.endswith(".j2")]
    return f"{in_templates[-1].filename}, line {in_templates[-1].lineno}: {said}" if in_templates else said
