"""What this machine and this workspace lack for the reports, and how each is mended."""

import locale
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

from pipeline import __version__
from pipeline.problems import ProblemError
from pipeline.snapshots import changed_inputs, current_snapshot, damage, snapshot_folders
from pipeline.words.numbers import counted, some
from pipeline.workspace import Workspace, read_settings

OLDEST_PYTHON = (3, 11)
_FREE_AT_LEAST = 2_000_000_000  # bytes; a province of 130 counties and its reports take about one
_CHINESE = chr(0x4E2D)  # a letter that every Chinese encoding has


@dataclass(frozen=True)
class Check:
    """One thing looked at: what it is, what was found, and how it is mended (empty: all is well).

    `stops` says that there are no reports before it is mended, or wrong ones; else they come out, and could be better.
    """

    subject: str
    found: str
    mend: str = ""
    stops: bool = False


def examine(root: Path) -> Iterator[Check]:
    """All checks, of the machine first; those of the workspace where `root` is one."""
    yield _python()
    yield _packages()
    yield _renderer()
    yield _terminal()
    yield _files()
    yield _disk(root)
    workspace = Workspace(root.resolve())
    if not (workspace.raw.is_dir() and workspace.reference.is_dir()):
        yield Check(
            "workspace",
            f"none in {workspace.root}",
            "`sitrep init DIR` makes one; --root DIR names another",
            True,
        )
        return
    yield from _workspace(workspace)


def _python() -> Check:
    found = f"{platform.python_version()}, {platform.system()} {platform.machine()}"
    if sys.version_info >= OLDEST_PYTHON:
        return Check("Python", found)
    return Check(
        "Python", found, f"Python {'.'.join(map(str, OLDEST_PYTHON))} or newer is needed", stops=True
    )


def _packages() -> Check:
    """Every package that this one asks for, in a version that it asks for."""
    wanted = [Requirement(line) for line in requires("sitrep") or []]
    wrong = []
    for one in wanted:
        if one.marker and not one.marker.evaluate({"extra": ""}):
            continue
        try:
            there = version(one.name)
        except PackageNotFoundError:
            wrong.append(f"{one.name} is missing")
            continue
        if not one.specifier.contains(there, prereleases=True):
            wrong.append(f"{one.name} {there} is not {one.specifier}")
    mend = f"python -m pip install --upgrade sitrep=={__version__}" if wrong else ""
    return Check("packages", some(wrong) if wrong else f"sitrep {__version__}, all that it needs", mend, True)


def _renderer() -> Check:
    """Which renderer `report` takes; a Quarto on PATH that it passes over is to be mended, none at all is well."""
    from pipeline.reporting.renderers import choose

    chosen = choose("auto")
    is_passed_over = shutil.which("quarto") and not chosen.name.startswith("quarto")
    mend = "install a current Quarto, or take this one off PATH" if is_passed_over else ""
    return Check("renderer", f"{chosen.name}: {chosen.why}", mend)


def _terminal() -> Check:
    encoding = sys.stdout.encoding or locale.getpreferredencoding(False)
    try:
        _CHINESE.encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return Check(
            "terminal",
            f"{encoding}, which has no Chinese: names are written as codes",
            "set the environment variable PYTHONUTF8=1; on Windows also `chcp 65001`",
        )
    return Check("terminal", encoding)


def _files() -> Check:
    encoding = sys.getfilesystemencoding()
    try:
        _CHINESE.encode(encoding)
    except UnicodeEncodeError:
        return Check(
            "names of files", f"{encoding}, which has no Chinese", "set PYTHONUTF8=1, or LANG=C.UTF-8"
        )
    return Check("names of files", encoding)


def _disk(root: Path) -> Check:
    folder = next(path for path in (root.resolve(), *root.resolve().parents) if path.is_dir())
    free = shutil.disk_usage(folder).free
    found = f"{free / 1e9:,.1f} GB free at {folder}"
    if free >= _FREE_AT_LEAST:
        return Check("disk", found)
    return Check("disk", found, f"{_FREE_AT_LEAST / 1e9:.0f} GB are wanted: make room", stops=True)


def _workspace(workspace: Workspace) -> Iterator[Check]:
    try:
        settings = read_settings(workspace)
    except ProblemError as problem:
        yield Check("workspace", str(problem), "mend the file; docs/your-own-data.md shows each key", True)
        return
    yield Check("workspace", f"{settings.name.zh} {settings.name.en}".strip())
    yield _sources(workspace)
    yield _letters(workspace)
    yield _edition(workspace)


def _sources(workspace: Workspace) -> Check:
    folders = [path for path in sorted(workspace.raw.iterdir()) if path.is_dir()]
    without = [path.name for path in folders if not (path / "source.toml").is_file()]
    if without:
        return Check("raw files", f"no source.toml in {some(without)}", "`sitrep describe FILE` sketches one")
    if folders:
        return Check("raw files", counted(len(folders), "source"))
    advice = "put files into data/raw/<source>/; `sitrep describe FILE` sketches a source.toml"
    return Check("raw files", "no source yet", advice)


def _letters(workspace: Workspace) -> Check:
    """The letters of the reference tables that no font has; they would be boxes in PDF and figures."""
    from pipeline.reporting.renderers.last_resort import boxes_in, fonts_of
    from pipeline.reporting.site.templates import templates_of

    paths = [path for path in sorted(workspace.reference.iterdir()) if path.suffix in (".csv", ".toml")]
    text = "".join(path.read_text(encoding="utf-8-sig", errors="ignore") for path in paths)
    lacking = boxes_in(text, fonts_of(templates_of(workspace) / "theme"))
    if not lacking:
        return Check("fonts", "every letter of data/reference is there")
    named = some([f"{char} (U+{ord(char):04X})" for char in lacking])
    return Check("fonts", f"none has {named}", "put a font that has them into reports/theme/fonts")


def _edition(workspace: Workspace) -> Check:
    for folder in snapshot_folders(workspace):
        if files := damage(folder):
            edition = folder.name[:7]
            found = f"{edition}: {some(files, 3)} not as published"
            return Check("edition", found, f"sitrep build --edition {edition}")
    snapshot = current_snapshot(workspace)
    if snapshot is None:
        return Check("edition", "not built yet", "sitrep report")
    if changed := changed_inputs(workspace, snapshot):
        return Check("edition", f"{snapshot.edition}; since changed: {some(changed, 3)}", "sitrep report")
    return Check("edition", f"{snapshot.edition}, of the files that are there")
