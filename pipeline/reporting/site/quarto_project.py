"""`reports/pages`: the pages of an edition as a Quarto project takes them, side by side so that their links lead somewhere.

Quarto puts what it renders into the folder of its source. So the texts lie in one folder, `990101.qmd` beside
`index.qmd` and `data/`, and what a page shows in a folder of its own, `990101/`.
"""

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

from pipeline.hashing import digest
from pipeline.reporting.renderers import Page
from pipeline.reporting.renderers.fonts import FontSet
from pipeline.reporting.renderers.quarto import FONT_CSS, FlatPage, flattened
from pipeline.stored import digests, read_record, write_record

DATA = "data"


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
        """Copy a page that was written elsewhere into here."""
        flattened(page, self.folder)
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
        cut = {}
        for page in self.pages(names):
            cut[page.name] = digest(font_set.folder.name, page.printed())
            has_font = self._fonts.get(page.name) == cut[page.name] and (page.folder / FONT_CSS).is_file()
            page.place_assets(theme, font_set, has_font)
        write_record(self._record, {"keys": dict(sorted(self._keys.items())), "fonts": cut})

    def pages(self, names: Iterable[str]) -> list[FlatPage]:
        """Those of these pages that are there."""
        return [page for page in map(self._page, names) if page.source.is_file()]

    def _page(self, name: str) -> FlatPage:
        return FlatPage(name, self.folder / name)


def _data_key(key: str, folder: Path) -> str:
    return digest(key, repr(digests(folder)))
