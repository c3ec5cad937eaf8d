"""What goes into a renderer and what comes out of it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, as_completed
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.reporting.renderers.fonts import FontSet

FORMATS = {"html": "html", "pdf": "typst", "docx": "docx"}  # what Quarto and format.yml call them
LOGOS = ("logo.svg", "logo.png")


@dataclass(frozen=True)
class Page:
    """A page to render: `folder` holds `<name>.qmd` and everything that it refers to."""

    name: str
    folder: Path

    @property
    def source(self) -> Path:
        return self.folder / f"{self.name}.qmd"

    @property
    def language(self) -> str:
        """`zh` or `en`, as its front matter says."""
        found = re.search(r"^lang: *\"?([a-z]+)", self.text(), re.MULTILINE)
        return found[1] if found else "zh"

    def text(self) -> str:
        return self.source.read_text(encoding="utf-8")

    def printed(self) -> str:
        """What letters are needed for: the text of the page, and that of its figures."""
        figures = sorted((self.folder / "figures").glob("*.svg"))
        return "".join([self.text(), *(path.read_text(encoding="utf-8") for path in figures)])

    def font_css(self, font_set: FontSet) -> str:
        """The style sheet with its letters."""
        from pipeline.reporting.renderers import fonts

        return fonts.page_css(font_set, self.printed())


@dataclass(frozen=True)
class Rendered:
    """One file of one page, "html", "pdf" or "docx"; if it could not be made, `path` is None and `error` says why."""

    name: str
    format: str
    path: Path | None
    error: str = ""


class Renderer(ABC):
    """Turns pages into `<output>/<name>.html`, `.pdf` and `.docx`, one file each, nothing outside them needed."""

    name: str  # as the manifest has it
    why: str  # for the run to say: which renderer it is, and why this one
    pages_a_job = 1

    @abstractmethod
    def work(self, theme: Path) -> Callable[..., list[Rendered]]:
        """A function of `pages`, `output`, `formats`, `theme` and `font_set` that renders some pages in any process."""

    def render(
        self,
        pages: Sequence[Page],
        output: Path,
        formats: Sequence[str],
        theme: Path,
        executor: Executor | None = None,
        workers: int = 1,
        cache: Path | None = None,
    ) -> Iterator[Rendered]:
        """Yields every page and format once, as they get done; a page that fails does not stop the others.

        theme: folder with format.yml and what it names. executor: where work runs, else in `workers` threads.
        cache: where the fonts are kept from run to run, else they are built anew.
        """
        with ExitStack() as stack:
            cache = cache or Path(stack.enter_context(tempfile.TemporaryDirectory()))
            output.mkdir(parents=True, exist_ok=True)
            work = partial(
                self.work(theme),
                output=output.resolve(),
                formats=tuple(formats),
                theme=theme.resolve(),
                font_set=prepare_fonts(pages, theme, cache),
            )
            pool: Any = executor or ThreadPoolExecutor(max(1, workers))
            if not executor:
                stack.callback(pool.shutdown, cancel_futures=True)
            size = min(self.pages_a_job, max(1, ceil(len(pages) / max(1, workers))))
            batches = [pages[start : start + size] for start in range(0, len(pages), size)]
            running: dict[Future, Sequence[Page]] = {pool.submit(work, batch): batch for batch in batches}
            for future in as_completed(running):
                try:
                    yield from future.result()
                except Exception as error:  # the others must still come out
                    said = f"{type(error).__name__}: {error}"
                    yield from (
                        Rendered(page.name, kind, None, said) for page in running[future] for kind in formats
                    )


def prepare_fonts(pages: Sequence[Page], theme: Path, cache: Path) -> FontSet:
    """The fonts of these pages; which characters most pages share, the theme says."""
    # Slow to import, and not needed where all is fresh.
    from pipeline.reporting.renderers import fonts, last_resort

    common = (theme / "characters.txt").read_text(encoding="utf-8")
    return fonts.prepare([page.printed() for page in pages], common, cache, last_resort.fonts_of(theme))


def place_logo(folder: Path, theme: Path) -> None:
    """Put the logo of the theme, if it has one, beside the text of a page, where the filter page.lua looks for it."""
    for name in LOGOS:
        (folder / name).unlink(missing_ok=True)
        if (theme / name).is_file():
            shutil.copy(theme / name, folder / name)


def publish(path: Path, content: bytes) -> Path:
    """Writes a file whole or not at all."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    return path
