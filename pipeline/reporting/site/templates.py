"""The files that pages are made from: ours, each of them replaced by the workspace's own of the same name."""

import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from pipeline.hashing import digest, file_hash
from pipeline.house import REPORTS
from pipeline.workspace import Workspace

# Folders of reports/ that are no templates. Catalogues are laid over each other text by text (words/translations.py).
_ASIDE = ("notes", "pages", "translations")


def templates_of(workspace: Workspace) -> Path:
    """A folder with every template and the theme: `reports/` of the checkout, or links to both where there are own files.

    Two runs may make the links at once: each goes on only when all are there, and the same files have the same folder.
    """
    house = REPORTS
    files = dict(_files(house)) | (own := dict(_files(workspace.reports)))
    if not own or workspace.reports.samefile(house):
        return house
    folder = workspace.cache / "templates" / digest(repr(files))[:16]
    for name, path in files.items():
        link = folder / name
        link.parent.mkdir(parents=True, exist_ok=True)
        with suppress(OSError):  # it is there, or links need rights, as on Windows
            link.symlink_to(path)
        if not link.is_symlink():
            shutil.copyfile(path, link)
    return folder


def files_digest(folder: Path, aside: Sequence[str] = _ASIDE) -> str:
    """Changes with any file of a folder; those of the folders `aside` in it do not count."""
    return digest(*(f"{name}:{file_hash(path)}" for name, path in sorted(_files(folder, aside))))


def _files(folder: Path, aside: Sequence[str] = _ASIDE) -> Iterator[tuple[str, Path]]:
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if path.is_file() and name.parts[0] not in aside:
            yield name.as_posix(), path
