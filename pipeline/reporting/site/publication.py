"""Every page that an edition has, and what each is made from: the areas of all levels, in all languages."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.hashing import digest, file_hash
from pipeline.problems import ProblemError
from pipeline.reporting.facts.area_names import Names, named, names_in
from pipeline.reporting.facts.neighbourhood import Neighbourhood, neighbourhood_of
from pipeline.reporting.facts.overview import Overview, load_overview
from pipeline.reporting.facts.read import counted_elements, load_facts, load_funnels
from pipeline.reporting.facts.records import AreaFacts
from pipeline.reporting.overview.page import write_index
from pipeline.reporting.renderers import Page
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.text.notes import author_note, misplaced

# Folders of reports/ that are no templates.
_ASIDE = ("notes", "pages")


@dataclass(frozen=True)
class Surroundings:
    """What lies outside the snapshot: the edition before, the authors' notes, the outlines of the areas."""

    previous: Path | None
    notes: Path
    geometry: Path | None


@dataclass(frozen=True)
class AreaPage:
    """The report of an area in one language; `problem` says why it cannot be made."""

    name: str
    key: str
    facts: AreaFacts
    report: ReportContext
    around: Neighbourhood
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
class Publication:
    """All pages of an edition; `areas` are those of the report level, `above` those of the levels above it."""

    pages: list[AreaPage]
    indexes: list[IndexPage]
    areas: list[AreaFacts]
    above: list[AreaFacts]
    overview: Overview
    geometry: Path | None
    data_key: str
    misplaced_notes: list[Path]

    def write_index(self, index: IndexPage, folder: Path) -> Page:
        """Write the overview in one language into a folder."""
        return write_index(
            named(self.areas, index.names),
            index.report,
            folder,
            index.links,
            overview=self.overview.renamed(index.names),
            above=named(self.above, index.names),
            geometry=self.geometry,
        )

    def names_by_code(self) -> dict[str, list[str]]:
        """The pages of each area, the first language first."""
        names: dict[str, list[str]] = {}
        for page in self.pages:
            names.setdefault(page.facts.area_code, []).append(page.name)
        return names


def load(
    snapshot: Path, report: ReportContext, surroundings: Surroundings, code_version: str, renderer: str
) -> Publication:
    """Read the facts of an edition once, and say of every page what it is made from."""
    report = replace(report, counted=counted_elements(snapshot, report.month))
    settings, month = report.settings, report.month
    _check_sections(report)
    shared = digest(
        code_version,
        renderer,
        templates_hash(report.templates),
        repr(replace(report, templates=Path(), say=None)),
    )
    by_level = {
        level: load_facts(snapshot, month, level, report.preferred_sources, report.parts)
        for level in settings.reported_levels
    }
    funnels = {level: load_funnels(snapshot, month, level) for level in by_level}
    overview = load_overview(snapshot, surroundings.previous, report)
    every = [facts for areas in by_level.values() for facts in areas]
    of_area = {facts.area_code: digest(repr(facts)) for facts in every}
    outlines = file_hash(surroundings.geometry) if surroundings.geometry else ""
    pages, indexes = [], []
    for language in settings.languages:
        own, names = report.in_language(language), names_in(snapshot, language)
        around = {
            level: neighbourhood_of(named(areas, names), own, funnels[level])
            for level, areas in by_level.items()
        }
        of_level = {level: digest(repr(neighbourhood)) for level, neighbourhood in around.items()}
        called = digest(repr(names))
        for facts in named(every, names):
            name = own.page_name(facts.area_code)
            note, problem = _note(surroundings.notes, report.name, name)
            key = digest(shared, language, of_area[facts.area_code], called, of_level[facts.level], note)
            pages.append(AreaPage(name, key, facts, own, around[facts.level], note, problem))
        key = digest(shared, language, *of_area.values(), called, repr(overview), outlines)
        indexes.append(IndexPage(own.page_name("index"), key, own, names, {}))
    return Publication(
        pages,
        indexes,
        by_level[settings.report_level],
        [facts for facts in every if facts.level != settings.report_level],
        overview,
        surroundings.geometry,
        digest(shared, "data"),
        misplaced(surroundings.notes, report.name, [page.name for page in pages]),
    )


def templates_hash(templates: Path) -> str:
    """Changes with any template, text or theme, and not with what else lies in reports/."""
    files = sorted(path for path in templates.rglob("*") if path.is_file())
    names = {path: path.relative_to(templates) for path in files}
    return digest(
        *(
            f"{names[path].as_posix()}:{file_hash(path)}"
            for path in files
            if names[path].parts[0] not in _ASIDE
        )
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
