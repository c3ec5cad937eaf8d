"""Every page that an edition has, and what each is made from: the areas of all levels, in all languages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.hashing import digest, file_hash
from pipeline.problems import ProblemError
from pipeline.reporting.area_page.grades import count_grades
from pipeline.reporting.area_page.progress import window_of
from pipeline.reporting.facts.tables import counted_elements
from pipeline.reporting.overview.page import write_index
from pipeline.reporting.renderers import Page
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.shown.area_names import Names, named, names_in
from pipeline.reporting.shown.areas import Areas, load_funnels
from pipeline.reporting.shown.edition_changes import last_editions
from pipeline.reporting.shown.overview import Overview, load_overview
from pipeline.reporting.shown.peers import Peers, peers_of, spreads_of
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.shown.tables import ShownTables, shown_tables
from pipeline.reporting.site.data_files import FILES
from pipeline.reporting.site.templates import files_digest
from pipeline.reporting.text.notes import author_note, misplaced
from pipeline.words.translations import HOUSE


@dataclass(frozen=True)
class Beside:
    """What pages are made from beside their snapshot: the edition before, the authors' notes, the outlines of the areas."""

    previous: Path | None
    notes: Path
    geometry: Path | None


@dataclass(frozen=True)
class AreaPage:
    """The report of an area in one language; `problem` says why it cannot be made."""

    name: str
    key: str
    facts: ShownArea
    report: ReportContext
    peers: Peers
    note: str
    problem: str = ""


@dataclass(frozen=True)
class IndexPage:
    """The overview in one language; its key is known once it is known what it links."""

    name: str
    key: str
    report: ReportContext
    names: Names
    links: dict[str, list[str]]

    def with_links(self, links: dict[str, list[str]]) -> IndexPage:
        return replace(self, key=digest(self.key, repr(links)), links=links)


@dataclass(frozen=True)
class EditionPages:
    """All pages of an edition; `areas` are those of the report level, `above` those of the levels above it."""

    pages: list[AreaPage]
    indexes: list[IndexPage]
    areas: list[ShownArea]
    above: list[ShownArea]
    overview: Overview
    geometry: Path | None
    tables: ShownTables
    data_key: str
    misplaced_notes: list[Path]

    @property
    def all(self) -> list[AreaPage | IndexPage]:
        return [*self.pages, *self.indexes]

    def write_index(self, folder: Path, index: IndexPage) -> Page:
        """Write the overview in one language into a folder."""
        return write_index(
            named(self.areas, index.names),
            index.report,
            folder,
            index.links,
            overview=self.overview.renamed(index.names),
            above=named(self.above, index.names),
            geometry=self.geometry,
            data_files=FILES,
        )

    def names_by_code(self) -> dict[str, list[str]]:
        """The pages of each area, the first language first."""
        names: dict[str, list[str]] = {}
        for page in self.pages:
            names.setdefault(page.facts.area_code, []).append(page.name)
        return names


def load_pages(
    snapshot: Path, report: ReportContext, beside: Beside, code_version: str, renderer: str
) -> EditionPages:
    """Read an edition once, and say of every page what it is made from."""
    report = replace(report, counted=counted_elements(snapshot, report.month))
    settings = report.settings
    _check_sections(report)
    shared = digest(
        code_version,
        renderer,
        files_digest(report.templates),
        files_digest(HOUSE),
        files_digest(report.translations),
        repr(report),
    )
    tables = shown_tables(snapshot, report)
    areas = Areas(tables, report)
    before = last_editions(snapshot, beside.previous, report)
    by_level = {
        level: [replace(facts, last_edition=before.get(facts.area_code)) for facts in areas.of_level(level)]
        for level in settings.reported_levels
    }
    funnels = {level: load_funnels(snapshot, report.month, level) for level in by_level}
    spreads = {level: spreads_of(areas, report.indicators) for level, areas in by_level.items()}
    windows = {name: window_of(spec) for name, spec in report.indicators.items()}
    overview = load_overview(snapshot, beside.previous, report)
    every = [facts for areas in by_level.values() for facts in areas]
    of_area = {facts.area_code: digest(repr(facts)) for facts in every}
    outlines = file_hash(beside.geometry) if beside.geometry else ""
    pages, indexes = [], []
    for language in settings.languages:
        own, names = report.in_language(language), names_in(snapshot, language)
        peers = {
            level: Peers(
                funnels[level],
                peers_of(named(areas, names)),
                count_grades(areas, own, windows),
                spreads[level],
            )
            for level, areas in by_level.items()
        }
        of_level = {level: digest(repr(of_level)) for level, of_level in peers.items()}
        called = digest(repr(names))
        for facts in named(every, names):
            name = own.page_name(facts.area_code)
            note, problem = _note(beside.notes, report.name, name)
            key = digest(shared, language, of_area[facts.area_code], called, of_level[facts.level], note)
            pages.append(AreaPage(name, key, facts, own, peers[facts.level], note, problem))
        key = digest(shared, language, *of_area.values(), called, repr(overview), outlines)
        indexes.append(IndexPage(own.page_name("index"), key, own, names, {}))
    return EditionPages(
        pages,
        indexes,
        by_level[settings.report_level],
        [facts for facts in every if facts.level != settings.report_level],
        overview,
        beside.geometry,
        tables,
        digest(shared, "data"),
        misplaced(beside.notes, report.name, [page.name for page in pages]),
    )


def _check_sections(report: ReportContext) -> None:
    folder = report.templates / "sections"
    for name in report.settings.sections:
        if not (folder / f"{name}.qmd.j2").is_file():
            there = ", ".join(sorted(path.name.removesuffix(".qmd.j2") for path in folder.glob("*.qmd.j2")))
            raise ProblemError("workspace.toml, entry sections", repr(name), f"names of sections: {there}")


def _note(folder: Path, edition: str, name: str) -> tuple[str, str]:
    try:
        return author_note(folder, edition, name), ""
    except ProblemError as problem:
        return "", str(problem)
