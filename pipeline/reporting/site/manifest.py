"""manifest.json of an edition: which files there are, what they were made from, and whether they are still right."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from pipeline.hashing import file_hash
from pipeline.stored import has_digest, read_record, write_record

RENDERED = (".html", ".pdf", ".docx")
DATA = (".csv", ".xlsx")


class Manifest:
    """The pages and data files of one folder `_site/<edition>`: what they were made from (keys), and their hashes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, dict] = {}
        self.data: dict[str, str] = {}
        self.data_key = ""
        if content := read_record(folder / "manifest.json"):
            self.pages, self.data = content["pages"], content["data"]
            self.data_key = content.get("data_key", "")

    def is_fresh(self, name: str, key: str, formats: Iterable[str]) -> bool:
        """Whether the page was made from `key` and its files are there as they were written."""
        entry = self.pages.get(name)
        if entry is None or entry["key"] != key:
            return False
        paths = [self.folder / f"{name}.{kind}" for kind in formats]
        return all(path.is_file() and entry["files"].get(path.name) == file_hash(path) for path in paths)

    def is_data_fresh(self, key: str) -> bool:
        """Whether the data files were made from `key` and are there as they were written."""
        paths = {self.folder / "data" / name: listed for name, listed in self.data.items()}
        return (
            bool(self.data)
            and self.data_key == key
            and all(path.is_file() and listed == file_hash(path) for path, listed in paths.items())
        )

    def is_whole(self) -> bool:
        """Whether every file of every page, and every data file, is there as it was written."""
        paths = {
            self.folder / name: hash_
            for entry in self.pages.values()
            for name, hash_ in entry["files"].items()
        }
        return (
            bool(paths) and self.is_data_fresh(self.data_key) and all(map(has_digest, paths, paths.values()))
        )

    def files_of(self, name: str, key: str | None = None) -> list[str]:
        """Names of the page's files; with `key`, only if they were made from it."""
        entry = self.pages.get(name)
        return sorted(entry["files"]) if entry and key in (None, entry["key"]) else []

    def note(self, name: str, key: str, path: Path) -> None:
        """Take in a file just rendered; files of the page that were made from something else are forgotten."""
        entry = self.pages.get(name)
        if entry is None or entry["key"] != key:
            entry = self.pages[name] = {"key": key, "files": {}}
        entry["files"][path.name] = file_hash(path)

    def note_data(self, key: str) -> None:
        """Take in the data files just written."""
        paths = sorted(path for path in (self.folder / "data").iterdir() if path.suffix in DATA)
        self.data, self.data_key = {path.name: file_hash(path) for path in paths}, key

    def keep(self, names: Collection[str]) -> bool:
        """Forget the pages that are no more: another language, an area that ended. Whether there were any."""
        gone = [name for name in self.pages if name not in names]
        for name in gone:
            del self.pages[name]
        return bool(gone)

    def write(self, head: dict[str, str]) -> None:
        """Remove files of pages that are listed no more, then write `manifest.json` whole."""
        listed = {name for entry in self.pages.values() for name in entry["files"]}
        for path in self.folder.iterdir():
            if path.suffix in RENDERED and path.name not in listed:
                path.unlink()
        pages = {
            name: entry | {"files": dict(sorted(entry["files"].items()))}
            for name, entry in sorted(self.pages.items())
        }
        content = {
            **head,
            "pages": pages,
            "data_key": self.data_key,
            "data": self.data,
        }
        beside = self.folder / ".manifest.json"
        write_record(beside, content)
        beside.replace(self.folder / "manifest.json")
