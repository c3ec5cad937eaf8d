"""One page, rendered again and again: what takes long is kept between two times."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.problems import ProblemError
from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.renderers import Page
from pipeline.reporting.renderers.embedded import Embedded
from pipeline.reporting.report_context import ReportContext
from pipeline.reporting.site.edition_pages import AreaPage, Beside, IndexPage, load_pages
from pipeline.reporting.text.notes import author_note
from pipeline.reporting.text.numbering import Drawn


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
        self,
        snapshot: Path,
        report: ReportContext,
        beside: Beside,
        area: str,
        language: str,
        cache: Path,
    ) -> None:
        self.everything = load_pages(snapshot, report, beside, "", "")
        self.notes, self.cache, self.draw = beside.notes, cache, DrawnOnce()
        name = report.in_language(language).page_name(area)
        page = next((page for page in self.everything.all if page.name == name), None)
        if page is None:
            raise ProblemError("AREA", area, "code of an area that has a report, or index")
        self.page = page

    def render(self, folder: Path) -> Path:
        """Write `<folder>/<page>.html` with today's templates, theme, texts and note; returns its path."""
        report = self.page.report.in_language(self.page.report.language)
        with tempfile.TemporaryDirectory(prefix="preview-") as work:
            page = self._written(replace(self.page, report=report), Path(work))
            (done,) = Embedded().render(
                [page], folder, ["html"], report.templates / "theme", cache=self.cache
            )
            shutil.rmtree(page.folder, ignore_errors=True)
        if done.path is None:
            raise ProblemError(page.source.name, done.error, "a page that renders")
        return done.path

    def _written(self, page: AreaPage | IndexPage, work: Path) -> Page:
        if isinstance(page, IndexPage):
            links = {
                code: [f"{name}.html" for name in names]
                for code, names in self.everything.names_by_code().items()
            }
            return self.everything.write_index(page.with_links(links), work)
        note = author_note(self.notes, page.report.name, page.name)
        return write_page(page.facts, page.report, work, page.peers, note, ("html",), self.draw)
