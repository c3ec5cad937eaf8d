"""A few pages of the awkward example, and the system's Chromium to read them; skipped where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import msgspec
import pytest

from pipeline.build import current_snapshot
from pipeline.commands.report import edition_of, surroundings_of
from pipeline.reference import read_reference
from pipeline.reporting.facts import AreaFacts
from pipeline.reporting.overview import write_index
from pipeline.reporting.pages import write_page
from pipeline.reporting.publication import Publication, load
from pipeline.reporting.renderers.embedded import Embedded
from pipeline.workspace import Workspace, read_settings
from tests.browser.views import DESKTOP, LONGEST, STRANGEST


@pytest.fixture(scope="session")
def site(awkward: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The overview and two counties in both languages, one county with a long name and one with a strange one."""
    folder = tmp_path_factory.mktemp("browser")
    reference = read_reference(awkward, read_settings(awkward).levels)
    snapshot = current_snapshot(awkward)
    edition = edition_of(awkward, snapshot, reference)
    edition = replace(edition, settings=msgspec.structs.replace(edition.settings, languages=("zh", "en")))
    everything = load(awkward.current, edition, surroundings_of(awkward, snapshot), "", "")
    areas = [
        replace(everything.areas[0], name=LONGEST),
        replace(everything.areas[1], name=STRANGEST),
        *everything.areas[2:],
    ]
    pages = []
    for language in edition.settings.languages:
        own = edition.in_language(language)
        links = {
            facts.area_code: [f"{edition.in_language(each).page_name(facts.area_code)}.html"
                              for each in edition.settings.languages]
            for facts in areas[:2]
        }  # fmt: skip
        pages.append(
            write_index(
                areas, own, folder / "pages", links, overview=everything.overview, above=everything.above
            )
        )
        pages += [write_page(facts, own, folder / "pages", around(everything, facts)) for facts in areas[:2]]
    done = list(Embedded().render(pages, folder, ["html"], edition.templates / "theme"))
    assert not [each.error for each in done if each.error]
    return folder


def around(everything: Publication, facts: AreaFacts):
    """What the report of an area needs of the others."""
    return next(page.around for page in everything.pages if page.facts.area_code == facts.area_code)


@dataclass
class Visit:
    """An open page, what it complained of, and what it asked for beyond files."""

    page: object
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium on PATH")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, site: Path) -> Iterator[Callable[..., Visit]]:
    """Open a page by name, at a width, in a colour scheme, with or without JavaScript."""
    contexts = []

    def opened(name: str, width: int = DESKTOP, scheme: str = "light", **options) -> Visit:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, color_scheme=scheme, offline=True, **options
        )
        context.set_default_timeout(5000)
        contexts.append(context)
        seen = Visit(context.new_page())
        seen.page.on("console", lambda message: seen.complaints.append(message.text))
        seen.page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        seen.page.on("request", lambda request: seen.requests.append(request.url))
        seen.page.goto((site / f"{name}.html").as_uri())
        return seen

    yield opened
    for context in contexts:
        context.close()
