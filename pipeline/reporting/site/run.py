"""The step: a published snapshot to `_site/<edition>`: pages in every language, an overview, data files, a manifest."""

from __future__ import annotations

import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.renderers import Page, Rendered, Renderer
from pipeline.reporting.renderers.interface import prepare_fonts
from pipeline.reporting.renderers.last_resort import fonts_of
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.site.data_files import write_data_files
from pipeline.reporting.site.edition_pages import AreaPage, Beside, EditionPages, IndexPage, load_pages
from pipeline.reporting.site.manifest import Manifest
from pipeline.reporting.site.quarto_project import DATA, QuartoProject
from pipeline.reporting.site.unknown_letters import unknown_letters
from pipeline.words.numbers import some

Progress = Callable[[str, int, int], None]


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
    target, work = site / report.name, site / ".work"
    everything = load_pages(snapshot, report, beside, code_version, renderer.name)
    manifest, index_formats = Manifest(target), _index_formats(formats)
    has_leftovers = manifest.keep({page.name for page in everything.all})
    wanted = [page for page in everything.pages if not codes or page.facts.area_code in codes]
    failures = {page.name: page.problem for page in wanted if page.problem}
    stale = [
        page for page in wanted if not page.problem and not manifest.is_fresh(page.name, page.key, formats)
    ]
    links = _links(manifest, everything, stale, formats)
    indexes = [index.with_links(links) for index in everything.indexes]
    stale_indexes = [one for one in indexes if not manifest.is_fresh(one.name, one.key, index_formats)]
    is_data_stale = not manifest.is_data_fresh(everything.data_key)
    outcome = partial(Outcome, target / f"{indexes[0].name}.{index_formats[0]}")
    if not (stale or stale_indexes or is_data_stale or has_leftovers):
        return outcome(0, len(wanted) - len(failures), failures, everything.misplaced_notes)

    shutil.rmtree(work, ignore_errors=True)
    target.mkdir(parents=True, exist_ok=True)
    if is_data_stale:
        write_data_files(snapshot, everything.tables, target / "data", report)
        manifest.note_data(everything.data_key)
    render = partial(
        renderer.render,
        output=target,
        theme=report.templates / "theme",
        executor=executor,
        workers=workers,
        cache=cache,
    )
    keys = {page.name: page.key for page in stale} | {index.name: index.key for index in indexes}
    pages, unwritten = _write_pages(stale, work, formats, executor, progress)
    index_pages, unwritten_indexes = _write_indexes(stale_indexes, everything, work)
    failures |= unwritten | unwritten_indexes
    told = _unknown_letters(pages + index_pages, everything, report) + _untranslated(everything.indexes)
    batches = [(pages + index_pages, formats)] if formats == index_formats else [
        (pages, formats), (index_pages, index_formats)
    ]  # fmt: skip
    for batch, kinds in batches:
        if batch:
            done = render(batch, formats=kinds)
            failures |= _collect(done, manifest, keys, progress, len(batch) * len(kinds))
    if any(page.name in failures for page in stale):
        # Links of what could not be made lead nowhere: the overview again, with what is there.
        links = {code: [name for each in names for name in manifest.files_of(each)]
                 for code, names in everything.names_by_code().items()}  # fmt: skip
        indexes = [index.with_links(links) for index in everything.indexes]
        index_pages, unwritten_indexes = _write_indexes(indexes, everything, work)
        failures |= unwritten_indexes
        keys = {index.name: index.key for index in indexes}
        done = render(index_pages, formats=index_formats)
        failures |= _collect(done, manifest, keys, progress, len(index_pages) * len(index_formats))
    manifest.write(
        {
            "edition": report.name,
            "build": report.build,
            "version": report.version,
            "renderer": renderer.name,
        }
    )
    shutil.rmtree(work, ignore_errors=True)
    failed = sum(page.name in failures for page in stale)
    kept = len(wanted) - len(stale) - sum(bool(page.problem) for page in wanted)
    return outcome(len(stale) - failed, kept, failures, everything.misplaced_notes, told)


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
    wanted = [page for page in everything.pages if not codes or page.facts.area_code in codes]
    sound = [page for page in wanted if not page.problem]
    links: dict[str, list[str]] = {page.facts.area_code: [] for page in wanted}
    for page in wanted:
        links[page.facts.area_code] += [f"{page.name}.{kind}" for kind in ("html", "pdf")]
    indexes = [index.with_links(links) for index in everything.indexes]
    keys = {page.name: page.key for page in sound} | {index.name: index.key for index in indexes}
    project.keep(keys)
    with tempfile.TemporaryDirectory(prefix="pages-") as work:
        stale = [page for page in sound if not project.is_fresh(page.name, page.key)]
        stale_indexes = [index for index in indexes if not project.is_fresh(index.name, index.key)]
        pages, unwritten = _write_pages(stale, Path(work), ["html", "pdf"], executor, progress)
        index_pages, unwritten_indexes = _write_indexes(stale_indexes, everything, Path(work))
        for written in [*pages, *index_pages]:
            project.take(written, keys[written.name])
    if not project.is_data_fresh(everything.data_key):
        write_data_files(snapshot, everything.tables, project.folder / DATA, report)
        project.note_data(everything.data_key)
    pages = project.pages(keys)
    project.finish(keys, theme, prepare_fonts(pages, theme, cache), root / ".fonts")
    failures = {page.name: page.problem for page in wanted if page.problem} | unwritten | unwritten_indexes
    return pages, failures, _unknown_letters(pages, everything, report)


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


def _links(
    manifest: Manifest, everything: EditionPages, stale: list[AreaPage], formats: list[str]
) -> dict[str, list[str]]:
    """The files of each area, in every language, as they will be after this run."""
    keys = {page.name: page.key for page in stale}
    links: dict[str, list[str]] = {}
    for code, names in everything.names_by_code().items():
        links[code] = []
        for name in names:
            there = manifest.files_of(name, keys.get(name))
            made = [f"{name}.{kind}" for kind in formats] if name in keys else []
            links[code] += sorted({*there, *made})
    return links


def _write_pages(
    areas: list[AreaPage], folder: Path, formats: list[str], executor: Executor | None, progress: Progress
) -> tuple[list[Page], dict[str, str]]:
    """The pages written, and why others could not be: one that fails does not stop the rest."""
    jobs = [(page, folder, tuple(formats)) for page in areas]
    pages, failures = [], {}
    for done, made in enumerate(
        executor.map(_write_page, jobs) if executor else map(_write_page, jobs), start=1
    ):
        if isinstance(made, Page):
            pages.append(made)
        else:
            failures[areas[done - 1].name] = made
        progress("drawing figures", done, len(jobs))
    return pages, failures


def _write_page(job: tuple[AreaPage, Path, tuple[str, ...]]) -> Page | str:
    page, folder, formats = job
    try:
        return write_page(page.facts, page.report, folder, page.peers, page.note, formats)
    except Exception as error:  # whatever it is, the other pages must still come out
        return _words(error)


def _write_indexes(
    indexes: list[IndexPage], everything: EditionPages, folder: Path
) -> tuple[list[Page], dict[str, str]]:
    pages, failures = [], {}
    for index in indexes:
        try:
            pages.append(everything.write_index(index, folder))
        except Exception as error:
            failures[index.name] = _words(error)
    return pages, failures


def _words(error: Exception) -> str:
    """What went wrong and where, for a message of one line."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__}: {error} ({Path(last.filename).name}, line {last.lineno})"


def _collect(
    results: Iterable[Rendered], manifest: Manifest, keys: dict[str, str], progress: Progress, total: int
) -> dict[str, str]:
    """Note each rendered file in the manifest; returns what failed, by page, whose older files stay."""
    failures: dict[str, str] = {}
    for done, result in enumerate(results, start=1):
        progress("rendering", done, total)
        if result.path is None:
            failures[result.name] = result.error
        else:
            manifest.note(result.name, keys[result.name], result.path)
    return failures
