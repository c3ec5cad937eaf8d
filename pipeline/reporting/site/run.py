"""The step: a published snapshot to `_site/<edition>`: pages in every language, an overview, data files, a manifest."""

import tempfile
import traceback
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.renderers import Page, Renderer
from pipeline.reporting.renderers.interface import prepare_fonts
from pipeline.reporting.renderers.last_resort import fonts_of
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.site.data_files import write_data_files
from pipeline.reporting.site.edition_pages import AreaPage, Beside, EditionPages, IndexPage, load_pages
from pipeline.reporting.site.manifest import Manifest
from pipeline.reporting.site.quarto_project import DATA, QuartoProject
from pipeline.reporting.site.staging import staged
from pipeline.reporting.site.unknown_letters import unknown_letters
from pipeline.words.numbers import some

Progress = Callable[[str, int, int], None]
AnyPage = TypeVar("AnyPage", AreaPage, IndexPage)


@dataclass(frozen=True)
class Outcome:
    """What a run did: where to look, what was rendered anew, what failed and why, notes that belong nowhere.

    And lines for the letters that no font has and the texts that a catalogue lacks.
    """

    index: Path
    rendered: int
    kept: int
    failures: dict[str, str]
    misplaced_notes: list[Path]
    unknown_letters: list[str] = field(default_factory=list)


def run(
    snapshot: Path,
    site: Path,
    report: ReportContext,
    beside: Beside,
    *,
    codes: list[str],
    formats: list[str],
    renderer: Renderer,
    code_version: str,
    cache: Path,
    executor: Executor | None,
    workers: int,
    progress: Progress,
) -> Outcome:
    """Render what has changed into `site/<edition>`; what was there stands until its replacement is whole."""
    everything = load_pages(snapshot, report, beside, code_version, renderer.name)
    wanted, failures = _wanted(everything, codes)
    index_formats = _index_formats(formats)
    with staged(site / report.name, site / ".work") as target:
        work, theme = target.parent / "pages", report.templates / "theme"
        manifest = Manifest(target)

        def rendered(pages: list[Page], kinds: list[str], keys: dict[str, str]) -> dict[str, str]:
            """Note each rendered file in the manifest; returns what failed, by page, whose older files stay."""
            failed: dict[str, str] = {}
            made = renderer.render(pages, target, kinds, theme, executor, workers, cache) if pages else ()
            for done, result in enumerate(made, start=1):
                progress("rendering", done, len(pages) * len(kinds))
                if result.path is None:
                    failed[result.name] = result.error
                else:
                    manifest.note(result.name, keys[result.name], result.path)
            return failed

        has_news = manifest.keep({page.name for page in everything.all})
        stale = [page for page in wanted if not manifest.is_fresh(page.name, page.key, formats)]
        if not manifest.is_data_fresh(everything.data_key):
            has_news = True
            write_data_files(snapshot, everything.tables, target / "data", report)
            manifest.note_data(everything.data_key)
        pages, unwritten = _written(stale, partial(_write_area, work, formats), executor, progress)
        failures |= unwritten | rendered(pages, formats, {page.name: page.key for page in stale})
        # Now it is known which files there are: the overview links these.
        names = everything.names_by_code()
        links = {code: [file for name in names[code] for file in manifest.files_of(name)] for code in names}
        indexes = [index.with_links(links) for index in everything.indexes]
        stale_indexes = [one for one in indexes if not manifest.is_fresh(one.name, one.key, index_formats)]
        index_pages, unwritten = _written(stale_indexes, partial(everything.write_index, work))
        failures |= unwritten | rendered(index_pages, index_formats, {one.name: one.key for one in indexes})
        told = []
        if has_news or stale or stale_indexes:
            told = _unknown_letters(pages + index_pages, everything, report) + _untranslated(indexes)
            head = {"edition": report.name, "build": report.build, "version": report.version}
            manifest.write({**head, "renderer": renderer.name})
    failed = sum(page.name in failures for page in stale)
    return Outcome(
        site / report.name / f"{indexes[0].name}.{index_formats[0]}",
        len(stale) - failed,
        len(wanted) - len(stale),
        failures,
        everything.misplaced_notes,
        told,
    )


def write_project(
    snapshot: Path,
    root: Path,
    report: ReportContext,
    beside: Beside,
    *,
    codes: list[str],
    code_version: str,
    cache: Path,
    executor: Executor | None,
    progress: Progress,
) -> tuple[list[Page], dict[str, str], list[str]]:
    """Write pages, figures, data files and fonts below `root` for a plain `quarto render` there; renders nothing.

    What is there and would come out the same stays untouched. Returns the pages, why others could not be written, and a
    line for the letters that no font has.
    """
    project, theme = QuartoProject(root / "reports" / "pages"), report.templates / "theme"
    everything = load_pages(snapshot, report, beside, code_version, "")
    wanted, failures = _wanted(everything, codes)
    links = {
        code: [f"{name}.{kind}" for name in names for kind in ("html", "pdf")]
        for code, names in everything.names_by_code().items()
        if not codes or code in codes
    }
    indexes = [index.with_links(links) for index in everything.indexes]
    keys = {page.name: page.key for page in wanted} | {index.name: index.key for index in indexes}
    project.keep(keys)
    with tempfile.TemporaryDirectory(prefix="pages-") as work:
        write = partial(_write_area, Path(work), ("html", "pdf"))
        stale = [page for page in wanted if not project.is_fresh(page.name, page.key)]
        stale_indexes = [index for index in indexes if not project.is_fresh(index.name, index.key)]
        written, unwritten = _written(stale, write, executor, progress)
        written_indexes, unwritten_indexes = _written(
            stale_indexes, partial(everything.write_index, Path(work))
        )
        for page in [*written, *written_indexes]:
            project.take(page, keys[page.name])
    if not project.is_data_fresh(everything.data_key):
        write_data_files(snapshot, everything.tables, project.folder / DATA, report)
        project.note_data(everything.data_key)
    pages: list[Page] = [*project.pages(keys)]
    project.finish(keys, theme, prepare_fonts(pages, theme, cache), root / ".fonts")
    return pages, failures | unwritten | unwritten_indexes, _unknown_letters(pages, everything, report)


def _wanted(everything: EditionPages, codes: list[str]) -> tuple[list[AreaPage], dict[str, str]]:
    """The pages asked for that can be made, and why others cannot."""
    wanted = [page for page in everything.pages if not codes or page.facts.area_code in codes]
    problems = {page.name: page.problem for page in wanted if page.problem}
    return [page for page in wanted if not page.problem], problems


def _unknown_letters(pages: list[Page], everything: EditionPages, report: ReportContext) -> list[str]:
    return unknown_letters(
        pages,
        {page.name: page.facts for page in everything.pages},
        report.settings.levels,
        report.settings.name.zh,
        fonts_of(report.templates / "theme"),
    )


def _untranslated(indexes: list[IndexPage]) -> list[str]:
    """A line for each language whose catalogue lacks texts, which are then said in another."""
    catalogues = [index.report.say for index in indexes if index.report.say.missing]
    return [
        f"{say.language}.po: no text for {len(say.missing)} of {len(say.messages)} messages: {some(say.missing)}"
        for say in catalogues
    ]


def _index_formats(formats: list[str]) -> list[str]:
    """The overview is a page to click and to print: it comes as HTML, or as PDF, never in Word."""
    return [kind for kind in formats if kind != "docx"] or ["html"]


def _written(
    pages: Sequence[AnyPage],
    write: Callable[[AnyPage], Page],
    executor: Executor | None = None,
    progress: Progress = lambda *_: None,
) -> tuple[list[Page], dict[str, str]]:
    """The pages written, and why others could not be: one that fails does not stop the rest."""
    written, failures = [], {}
    made = (executor.map if executor else map)(partial(_tried, write), pages)
    for done, (page, result) in enumerate(zip(pages, made, strict=True), start=1):
        if isinstance(result, Page):
            written.append(result)
        else:
            failures[page.name] = result
        progress("drawing figures", done, len(pages))
    return written, failures


def _tried(write: Callable[[AnyPage], Page], page: AnyPage) -> Page | str:
    try:
        return write(page)
    except Exception as error:  # whatever it is, the other pages must still come out
        return _words(error)


def _write_area(folder: Path, formats: Sequence[str], page: AreaPage) -> Page:
    return write_page(page.facts, page.report, folder, page.peers, page.note, formats)


def _words(error: Exception) -> str:
    """What went wrong and where, for a message of one line."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})"
