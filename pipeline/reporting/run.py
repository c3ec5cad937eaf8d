"""The step: a published snapshot to `_site/<edition>`: pages, an index, data files and a manifest."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline.hashing import digest, folder_hash
from pipeline.reporting.data_files import write_data_files
from pipeline.reporting.edition import Edition
from pipeline.reporting.facts import AreaFacts, load_facts
from pipeline.reporting.manifest import Manifest
from pipeline.reporting.pages import write_index, write_page
from pipeline.reporting.renderers import Page, Rendered, choose
from pipeline.reporting.renderers.interface import prepare_fonts
from pipeline.reporting.renderers.quarto import place_fonts

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What a run did: where to look, what was rendered anew, and which pages failed and why."""

    index: Path
    rendered: int
    kept: int
    failures: dict[str, str]


def run(
    snapshot: Path,
    site: Path,
    edition: Edition,
    *,
    codes: list[str],
    formats: list[str],
    renderer_name: str,
    code_version: str,
    cache: Path,
    executor: Executor | None,
    workers: int,
    progress: Progress,
) -> Outcome:
    """Render what has changed into `site/<edition>`; what was there stands until its replacement is whole."""
    renderer = choose(renderer_name)
    target, work = site / edition.name, site / ".work"
    areas, every = _load(snapshot, edition, codes)
    elsewhere = replace(edition, templates=Path())
    shared = digest(code_version, renderer.name, folder_hash(edition.templates), repr(elsewhere))
    keys = {facts.area_code: digest(shared, repr(facts)) for facts in areas}
    manifest = Manifest(target)
    stale = [
        facts for facts in areas if not manifest.is_fresh(facts.area_code, keys[facts.area_code], formats)
    ]
    links = _links(manifest, every, stale, keys, formats)
    keys["index"] = digest(shared, repr([(f.area_code, f.name, f.estimates) for f in every]), repr(links))
    is_index_stale = not manifest.is_fresh("index", keys["index"], formats)
    if not stale and not is_index_stale:
        return Outcome(target / f"index.{formats[0]}", 0, len(areas), {})

    shutil.rmtree(work, ignore_errors=True)
    target.mkdir(parents=True, exist_ok=True)
    render = partial(
        renderer.render,
        output=target,
        formats=formats,
        theme=edition.templates / "theme",
        executor=executor,
        workers=workers,
        cache=cache,
    )
    pages = _write_pages(stale, edition, work, executor, progress)
    if is_index_stale:
        pages.append(write_index(every, edition, work, links))
    failures = _collect(render(pages), manifest, keys, progress, len(pages) * len(formats))
    if failures:
        links = {code: manifest.files_of(code) for code in links}
        index = write_index(every, edition, work, links)
        failures |= _collect(render([index]), manifest, keys, progress, len(formats))

    settings = edition.settings
    shown = settings.levels[: settings.levels.index(settings.report_level) + 1]
    fewest_births = {name: spec.withhold_below for name, spec in edition.indicators.items()}
    write_data_files(
        snapshot, target / "data", edition.month, shown, settings.withhold_counts_below, fewest_births
    )
    manifest.write(
        {
            "edition": edition.name,
            "build": edition.build,
            "version": edition.version,
            "renderer": renderer.name,
        }
    )
    shutil.rmtree(work, ignore_errors=True)
    failed = sum(facts.area_code in failures for facts in stale)
    return Outcome(target / f"index.{formats[0]}", len(stale) - failed, len(areas) - len(stale), failures)


def write_project(
    snapshot: Path,
    root: Path,
    edition: Edition,
    *,
    codes: list[str],
    cache: Path,
    executor: Executor | None,
    progress: Progress,
) -> list[Page]:
    """Write pages, figures and fonts below `root` for a plain `quarto render` there; renders nothing."""
    folder = root / "reports" / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    areas, _ = _load(snapshot, edition, codes)
    links = {facts.area_code: [f"{facts.area_code}.{kind}" for kind in ("html", "pdf")] for facts in areas}
    pages = [
        *_write_pages(areas, edition, folder, executor, progress),
        write_index(areas, edition, folder, links),
    ]
    place_fonts(root, pages, prepare_fonts(pages, edition.templates / "theme", cache))
    return pages


def _load(snapshot: Path, edition: Edition, codes: list[str]) -> tuple[list[AreaFacts], list[AreaFacts]]:
    """The areas asked for, and all of the report level for the index."""
    every = load_facts(snapshot, edition.month, edition.settings.report_level, edition.preferred_sources)
    return [facts for facts in every if not codes or facts.area_code in codes], every


def _links(
    manifest: Manifest,
    every: list[AreaFacts],
    stale: list[AreaFacts],
    keys: dict[str, str],
    formats: list[str],
) -> dict[str, list[str]]:
    """The files of each area as they will be after this run."""
    links = {facts.area_code: manifest.files_of(facts.area_code) for facts in every}
    for facts in stale:
        code = facts.area_code
        links[code] = sorted({*manifest.files_of(code, keys[code]), *(f"{code}.{kind}" for kind in formats)})
    return links


def _write_pages(
    areas: list[AreaFacts], edition: Edition, folder: Path, executor: Executor | None, progress: Progress
) -> list[Page]:
    jobs = [(facts, edition, folder) for facts in areas]
    pages = []
    for page in executor.map(_write_page, jobs) if executor else map(_write_page, jobs):
        pages.append(page)
        progress("drawing figures", len(pages), len(jobs))
    return pages


def _write_page(job: tuple[AreaFacts, Edition, Path]) -> Page:
    return write_page(*job)


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
