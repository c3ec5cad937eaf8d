"""`sitrep preview`: one page rendered again whenever something that it is made from is saved."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import jinja2

from pipeline.build import build_edition
from pipeline.commands.console import DONE, at_work, say
from pipeline.commands.report import edition_of, surroundings_of
from pipeline.problems import ProblemError
from pipeline.reference import read_reference
from pipeline.workspace import Workspace, read_settings

PAUSE = 0.2  # seconds between two looks at the files


def preview(root: Path, edition: date | None, area: str, language: str) -> int:
    """Render, then watch until Ctrl-C."""
    with at_work(root, 1) as (workspace, _, progress):
        snapshot, _ = build_edition(workspace, edition=edition, executor=None, progress=progress)
        progress.close()
        reference = read_reference(workspace, read_settings(workspace).levels)
        shared = edition_of(workspace, snapshot, reference)
        surroundings = surroundings_of(workspace, snapshot)
        show = page_renderer(workspace, workspace.current, shared, surroundings, area, language)
        try:
            for seconds, said in rendered_on_change(show, lambda: _watched(workspace)):
                say(f"{said} ({seconds:.1f} s)")
        except KeyboardInterrupt:
            say()
    return DONE


def rendered_on_change(
    render: Callable[[], str], state: Callable[[], object], pause: float = PAUSE
) -> Iterator[tuple[float, str]]:
    """Call `render` at once and whenever `state` is another; yields its seconds and what it said."""
    before = object()
    while True:
        now = state()
        if now == before:
            time.sleep(pause)
            continue
        before, start = now, time.perf_counter()
        try:
            said = render()
        except (ProblemError, jinja2.TemplateError, OSError, ValueError) as problem:
            said = f"Not rendered: {_words(problem)}"
        yield time.perf_counter() - start, said


def page_renderer(
    workspace: Workspace, snapshot: Path, edition, surroundings, area: str, language: str
) -> Callable[[], str]:
    """A function that renders the page as templates, theme, texts and notes now are; facts are read once, here."""
    from pipeline.reporting.site.preview import Preview

    language = language or edition.settings.languages[0]
    if language not in edition.settings.languages:
        raise ProblemError("--language", language, f"one of {', '.join(edition.settings.languages)}")
    page = Preview(snapshot, edition, surroundings, area, language, workspace.cache / "fonts")
    return lambda: f"{page.render(workspace.site / 'preview')}"


def _watched(workspace: Workspace) -> frozenset[tuple[str, int]]:
    """Names and times of the files that a page is made from."""
    folders = {workspace.templates, workspace.notes}
    found = set()
    for folder in folders:
        for path in folder.rglob("*"):
            if "pages" in path.relative_to(folder).parts[:1] or path.name.startswith("."):
                continue
            try:
                found.add((str(path), path.stat().st_mtime_ns))
            except FileNotFoundError:  # saved by renaming: there again in a moment
                continue
    return frozenset(found)


def _words(problem: Exception) -> str:
    if isinstance(problem, jinja2.TemplateSyntaxError):
        return f"{problem.filename or problem.name}, line {problem.lineno}: {problem.message}"
    said = str(problem) or type(problem).__name__
    in_templates = [at for at in traceback.extract_tb(problem.__traceback__) if at.filename.endswith(".j2")]
    return f"{in_templates[-1].filename}, line {in_templates[-1].lineno}: {said}" if in_templates else said
