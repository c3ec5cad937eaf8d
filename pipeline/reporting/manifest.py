"""manifest.json of an edition: which files there are, what they were made from, and whether they are still right."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pipeline.hashing import file_hash


class Manifest:
    """The pages of one folder `_site/<edition>`: for each its key (what it was made from) and its files' hashes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pages: dict[str, dict] = {}
        path = folder / "manifest.json"
        if path.is_file():
            self.pages = json.loads(path.read_text(encoding="utf-8"))["pages"]

    def is_fresh(self, name: str, key: str, formats: Iterable[str]) -> bool:
        """Whether the page was made from `key` and its files are there as they were written."""
        entry = self.pages.get(name)
        if entry is None or entry["key"] != key:
            return False
        paths = [self.folder / f"{name}.{kind}" for kind in formats]
        return all(path.is_file() and entry["files"].get(path.name) == file_hash(path) for path in paths)

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

    def write(self, head: dict[str, str]) -> None:
        """Remove files of pages that are listed no more, then write `manifest.json` whole."""
        listed = {name for entry in self.pages.values() for name in entry["files"]}
        for path in self.folder.iterdir():
            if path.suffix in (".html", ".pdf") and path.name not in listed:
                path.unlink()
        data = {path.name: file_hash(path) for path in sorted((self.folder / "data").glob("*.csv"))}
        content = {**head, "pages": dict(sorted(self.pages.items())), "data": data}
        beside = self.folder / ".manifest.json"
        beside.write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        beside.replace(self.folder / "manifest.json")
