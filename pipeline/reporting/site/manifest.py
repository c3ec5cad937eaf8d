"""manifest.json of an edition: which files there are, what they were made from, and whether they are still right."""

from collections.abc import Collection, Iterable
from pathlib import Path

from pipeline.hashing import file_hash
from pipeline.stored import damaged, digests, has_digest, read_record, write_record

RENDERED = (".html", ".pdf", ".docx")


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
        entry = self.pages.get(name, {"key": ""})
        files = [f"{name}.{kind}" for kind in formats]
        return entry["key"] == key and all(
            has_digest(self.folder / file, entry["files"].get(file, "")) for file in files
        )

    def is_data_fresh(self, key: str) -> bool:
        """Whether the data files were made from `key` and are there as they were written."""
        return bool(self.data) and self.data_key == key and not damaged(self.folder / "data", self.data)

    def is_whole(self) -> bool:
        """Whether every file of every page, and every data file, is there as it was written."""
        files = {name: digest for entry in self.pages.values() for name, digest in entry["files"].items()}
        are_pages = bool(files) and all(
            has_digest(self.folder / name, digest) for name, digest in files.items()
        )
        return are_pages and self.is_data_fresh(self.data_key)

    def files_of(self, name: str) -> list[str]:
        """Names of the page's files."""
        return sorted(self.pages.get(name, {"files": ()})["files"])

    def note(self, name: str, key: str, path: Path) -> None:
        """Take in a file just rendered; files of the page that were made from something else are forgotten."""
        entry = self.pages.get(name)
        if entry is None or entry["key"] != key:
            entry = self.pages[name] = {"key": key, "files": {}}
        entry["files"][path.name] = file_hash(path)

    def note_data(self, key: str) -> None:
        """Take in the data files just written."""
        self.data, self.data_key = digests(self.folder / "data"), key

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
        beside = self.folder / ".manifest.json"
        write_record(beside, {**head, "pages": pages, "data_key": self.data_key, "data": self.data})
        beside.replace(self.folder / "manifest.json")
