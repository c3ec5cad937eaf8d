"""`reports/pages`: the pages of an edition as a Quarto project takes them, side by side so that their links lead somewhere.

Quarto puts what it renders into the folder of its source. So the texts lie in one folder, `990101.qmd` beside
`index.qmd` and `data/`, and what a page shows in a folder of its own, `990101/`.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from pipeline.hashing import digest, file_hash
from pipeline.reporting.renderers import Page
from pipeline.reporting.renderers.fonts import FontSet, page_css
from pipeline.reporting.renderers.interface import place_logo
from pipeline.reporting.renderers.word import REFERENCE, place_reference
from pipeline.stored import read_record, write_record

DATA = "data"
_FONT_CSS = "font.css"


class FlatPage(Page):
    """A page whose text lies beside its folder, not in it."""

    @property
    def source(self) -> Path:
        return self.folder.parent / f"{self.name}.qmd"


class QuartoProject:
    """The folder, and what each page in it was made from: a page is made again when that changes, and only then.

    So an edit of a page stays while the page would come out the same, and `quarto preview` draws again what changed.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._record = folder / ".made-from.json"
        recorded = read_record(self._record) or {}
        self._keys: dict[str, str] = recorded.get("keys", {})
        self._fonts: dict[str, str] = recorded.get("fonts", {})

    def is_fresh(self, name: str, key: str) -> bool:
        """Whether the page is there, made from `key`; its text may have been edited since."""
        page = self._page(name)
        return self._keys.get(name) == key and page.source.is_file() and page.folder.is_dir()

    def take(self, page: Page, key: str) -> None:
        """Move a page that was written elsewhere in here."""
        flat = self._page(page.name)
        shutil.rmtree(flat.folder, ignore_errors=True)
        text = _beside(page.name, page.text())
        page.source.unlink()
        shutil.move(page.folder, flat.folder)
        flat.source.write_text(text, encoding="utf-8")
        self._keys[page.name] = key

    def is_data_fresh(self, key: str) -> bool:
        """Whether the data files were made from `key` and nobody changed them."""
        return self._keys.get(DATA) == _data_key(key, self.folder / DATA)

    def note_data(self, key: str) -> None:
        """Take in the data files just written."""
        self._keys[DATA] = _data_key(key, self.folder / DATA)

    def keep(self, names: Collection[str]) -> None:
        """Remove what belongs to no page of these names."""
        for path in self.folder.iterdir():
            if path.name.removesuffix(".qmd") in {*names, DATA} or path == self._record:
                continue
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        self._keys = {name: key for name, key in self._keys.items() if name in {*names, DATA}}

    def finish(self, names: Iterable[str], theme: Path, font_set: FontSet, fonts: Path) -> None:
        """Put fonts, logo and reference documents where the pages look for them, and write down what was made."""
        shutil.copytree(font_set.static, fonts, dirs_exist_ok=True)
        place_logo(self.folder, theme)
        cut = {}
        for page in self.pages(names):
            css, text = page.folder / _FONT_CSS, page.printed()
            cut[page.name] = digest(font_set.folder.name, text)
            if self._fonts.get(page.name) != cut[page.name] or not css.is_file():
                css.write_text(page_css(font_set, text), encoding="utf-8")
            place_reference(page.folder, theme, page.language)
        write_record(self._record, {"keys": dict(sorted(self._keys.items())), "fonts": cut})

    def pages(self, names: Iterable[str]) -> list[Page]:
        """Those of these pages that are there."""
        return [page for page in map(self._page, names) if page.source.is_file()]

    def _page(self, name: str) -> FlatPage:
        return FlatPage(name, self.folder / name)


def _beside(name: str, text: str) -> str:
    """The text of a page as it reads from beside its folder: pictures, font and reference document are in there."""
    head = f"---\nfont-css: {name}/{_FONT_CSS}\nreference-doc: {name}/{REFERENCE}\n"
    return re.sub(r"\]\((?=figures/)", f"]({name}/", text.replace("---\n", head, 1))


def _data_key(key: str, folder: Path) -> str:
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return " ".join([key, *(f"{path.name}:{file_hash(path)}" for path in files)])
