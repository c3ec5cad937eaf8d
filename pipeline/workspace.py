"""Where things lie in a workspace: a folder with data/raw and data/reference."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.problems import ProblemError

CHECKOUT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Workspace:
    """The folders of one workspace. `reports/` falls back to the checkout's own templates."""

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
        """The published snapshot: a link that is replaced in one step."""
        return self.processed / "current"

    @property
    def cache(self) -> Path:
        return self.processed / ".cache"

    @property
    def site(self) -> Path:
        return self.root / "_site"

    @property
    def templates(self) -> Path:
        own = self.root / "reports"
        return own if (own / "county.qmd.j2").is_file() else CHECKOUT / "reports"

    def source_folders(self) -> list[Path]:
        """Folders below data/raw that hold a source.toml, by name."""
        return sorted(path.parent for path in self.raw.glob("*/source.toml"))


@dataclass(frozen=True)
class Settings:
    """data/reference/workspace.toml: what the workspace is called and how its areas are layered."""

    name: dict[str, str]
    levels: tuple[str, ...]
    report_level: str
    level_names: dict[str, dict[str, str]] = field(default_factory=dict)
    is_fictional: bool = False
    withhold_counts_below: int = 5
    attribution: dict[str, str] = field(default_factory=dict)


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
    table = read_toml(path)
    for key in ("name", "levels", "report_level"):
        if key not in table:
            raise ProblemError(str(path), f"no `{key}`", "name, levels (from the top down) and report_level")
    levels = tuple(table["levels"])
    if table["report_level"] not in levels:
        raise ProblemError(
            str(path), f"report_level {table['report_level']!r}", f"one of {', '.join(levels)}"
        )
    return Settings(
        name=table["name"],
        levels=levels,
        report_level=table["report_level"],
        level_names=table.get("level_names", {}),
        is_fictional=table.get("is_fictional", False),
        withhold_counts_below=int(table.get("withhold_counts_below", 5)),
        attribution=table.get("attribution", {}),
    )


def read_toml(path: Path) -> dict[str, Any]:
    """A TOML file as a dict; a missing file or a slip in it is a ProblemError."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ProblemError(
            str(path), "no such file", "a TOML file; docs/your-own-data.md shows one"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProblemError(str(path), str(error), "valid TOML in UTF-8") from None
