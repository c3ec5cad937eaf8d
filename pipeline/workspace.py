"""Where things lie in a workspace: a folder with data/raw and data/reference."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from pipeline.problems import ProblemError
from pipeline.toml_files import read_toml

Window = Literal["month", "quarter", "half_year", "ytd", "rolling_12", "year"]

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Workspace:
    """The folders of one workspace."""

    root: Path

    @property
    def raw(self) -> Path:
        return self.root / "data" / "raw"

    @property
    def reference(self) -> Path:
        return self.root / "data" / "reference"

    @property
    def processed(self) -> Path:
        return self.root / "data" / "processed"

    @property
    def current(self) -> Path:
        """The published snapshot: what the pointer leads to, a folder that may not be there."""
        try:
            name = self.pointer.read_text(encoding="utf-8").strip() if self.pointer.is_file() else ""
        except (OSError, UnicodeDecodeError):
            name = ""
        return self.processed / Path(name).name if name else self.pointer

    @property
    def pointer(self) -> Path:
        """A link to the published snapshot, replaced in one step; a file with its name where links need rights."""
        return self.processed / "current"

    @property
    def cache(self) -> Path:
        return self.processed / ".cache"

    @property
    def site(self) -> Path:
        return self.root / "_site"

    @property
    def reports(self) -> Path:
        """Where the workspace has templates, parts of the theme, texts and notes of its own."""
        return self.root / "reports"

    @property
    def notes(self) -> Path:
        """Where authors put their notes: `<edition>/<area code>.md`."""
        return self.reports / "notes"

    @property
    def geometry(self) -> Path | None:
        """The outlines of the areas, where the workspace has them."""
        paths = (self.reference / f"areas.{ending}" for ending in ("geojson", "topojson"))
        return next((path for path in paths if path.is_file()), None)

    @property
    def translations(self) -> Path:
        """Where the workspace has texts of its own: `<language>.po`."""
        return self.reports / "translations"

    def source_folders(self) -> list[Path]:
        """Folders below data/raw that hold a source.toml, by name."""
        return sorted(path.parent for path in self.raw.glob("*/source.toml"))


class Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A name or a unit in the languages of the reports."""

    zh: str
    en: str = ""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """data/reference/workspace.toml: what the workspace is called, how its areas are layered, what its reports show."""

    name: Words
    levels: tuple[str, ...]
    report_level: str
    level_names: dict[str, Words] = {}
    is_fictional: bool = False
    withhold_counts_below: int = 5
    attribution: Words = Words("")
    languages: tuple[str, ...] = ("zh",)
    title: Words = Words("")
    sections: tuple[str, ...] = ()
    windows: tuple[Window, ...] = ()

    @property
    def reported_levels(self) -> tuple[str, ...]:
        """The levels whose areas get reports, the top first."""
        return self.levels[: self.levels.index(self.report_level) + 1]


def open_workspace(root: Path) -> Workspace:
    """The workspace at `root`; says what is missing when it is none."""
    workspace = Workspace(root.resolve())
    for folder, what in ((workspace.raw, "raw files"), (workspace.reference, "reference tables")):
        if not folder.is_dir():
            raise ProblemError(
                str(folder),
                "no such folder",
                f"a workspace with its {what} there; `sitrep sample DIR` writes one",
            )
    return workspace


def read_settings(workspace: Workspace) -> Settings:
    """Read workspace.toml; every missing or misspelt entry is named."""
    path = workspace.reference / "workspace.toml"
    settings = read_toml(path, Settings)
    if settings.report_level not in settings.levels:
        raise ProblemError(
            str(path), f"report_level {settings.report_level!r}", f"one of {', '.join(settings.levels)}"
        )
    if len(set(settings.windows)) < len(settings.windows):
        raise ProblemError(
            f"{path}, entry windows", str(list(settings.windows)), 'each window once: ["month", "quarter"]'
        )
    if not settings.languages or len(set(settings.languages)) < len(settings.languages):
        raise ProblemError(
            f"{path}, entry languages", str(list(settings.languages)), 'each language once: ["zh", "en"]'
        )
    return settings
