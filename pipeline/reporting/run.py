"""The step: a published snapshot to `_site/<edition>`: pages, an index, data files and a manifest."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.reporting.facts import AreaFacts, load_facts
from pipeline.reporting.pages import Edition, write_index, write_page
from pipeline.reporting.renderers import Page, Rendered, Renderer, choose
from pipeline.reporting.renderers.pages import prepare_fonts
from pipeline.reporting.renderers.quarto import place_fonts

Progress = Callable[[str, int, int], None]
_DATA = {
    "indicators": (
        "area_code",
        "month",
        "time_window",
        "indicator",
        "numerator",
        "denominator",
        "value",
        "lower_95",
        "upper_95",
        "lower_998",
        "upper_998",
        "value_last_year",
        "target",
        "gap",
    ),
    "trends": ("area_code", "month", "series", "trend", "lower_80", "upper_80", "lower_95", "upper_95"),
    "completeness": ("area_code", "source", "month", "expected", "actual", "on_time"),
}


@dataclass(frozen=True)
class Outcome:
    """What a run did: where to look, what was rendered anew, and which pages failed and why."""

    index: Path
    rendered: int
    kept: int
    failures: dict[str, str]


def run(
    snapshot: Path,
    site: Path,
    edition: Edition,
    *,
    codes: list[str],
    formats: list[str],
    renderer_name: str,
    code_version: str,
    cache: Path,
    preferred: dict[str, str],
    executor: Executor | None,
    workers: int,
    progress: Progress,
) -> Outcome:
    """Render what has changed into `site/<edition>`; what was there stands until its replacement is whole."""
    renderer = choose(renderer_name)
    level = edition.settings.report_level
    areas = load_facts(snapshot, edition.month, level, preferred, codes)
    target = site / edition.name
    shared = _hash(code_version, renderer.name, _hash_folder(edition.templates), json.dumps(_plain(edition)))
    keys = {facts.area_code: _hash(shared, repr(facts)) for facts in areas}
    manifest = _read_manifest(target)
    stale = [
        facts
        for facts in areas
        if not _is_fresh(target, manifest, facts.area_code, keys[facts.area_code], formats)
    ]
    every = areas if not codes else load_facts(snapshot, edition.month, level, preferred)
    links = {facts.area_code: _files_of(manifest, facts.area_code) for facts in every}
    for facts in stale:
        code = facts.area_code
        kept = links[code] if manifest["pages"].get(code, {}).get("key") == keys[code] else []
        links[code] = sorted({*kept, *(f"{code}.{kind}" for kind in formats)})
    keys["index"] = _hash(shared, repr([(f.area_code, f.name, f.estimates) for f in every]), repr(links))
    is_index_stale = not _is_fresh(target, manifest, "index", keys["index"], formats)
    if not stale and not is_index_stale:
        return Outcome(target / f"index.{formats[0]}", 0, len(areas), {})

    target.mkdir(parents=True, exist_ok=True)
    work = site / ".work"
    shutil.rmtree(work, ignore_errors=True)
    render = partial(
        renderer.render,
        output=target,
        formats=formats,
        theme=edition.templates / "theme",
        executor=executor,
        workers=workers,
        cache=cache,
    )
    pages = _write_pages(stale, edition, work, executor, progress)
    if is_index_stale:
        pages.append(write_index(every, edition, work, links))
    failures = _collect(render(pages), manifest, keys, progress, len(pages) * len(formats))
    if failures:
        links = {code: _files_of(manifest, code) for code in links}
        failures |= _collect(
            render([write_index(every, edition, work, links)]), manifest, keys, progress, len(formats)
        )
    _write_data(snapshot, target / "data", edition)
    _remove_outdated(target, manifest)
    _write_manifest(target, manifest, edition, renderer)
    shutil.rmtree(work, ignore_errors=True)
    failed = sum(facts.area_code in failures for facts in stale)
    return Outcome(target / f"index.{formats[0]}", len(stale) - failed, len(areas) - len(stale), failures)


def write_project(
    snapshot: Path,
    root: Path,
    edition: Edition,
    *,
    codes: list[str],
    cache: Path,
    preferred: dict[str, str],
    executor: Executor | None,
    progress: Progress,
) -> list[Page]:
    """Write pages, figures and fonts below `root` for a plain `quarto render` there; renders nothing."""
    folder = root / "reports" / "pages"
    shutil.rmtree(folder, ignore_errors=True)
    areas = load_facts(snapshot, edition.month, edition.settings.report_level, preferred, codes)
    links = {facts.area_code: [f"{facts.area_code}.html", f"{facts.area_code}.pdf"] for facts in areas}
    pages = [
        *_write_pages(areas, edition, folder, executor, progress),
        write_index(areas, edition, folder, links),
    ]
    place_fonts(root, pages, prepare_fonts(pages, edition.templates / "theme", cache))
    return pages


def _write_pages(
    areas: list[AreaFacts], edition: Edition, folder: Path, executor: Executor | None, progress: Progress
) -> list[Page]:
    jobs = [(facts, edition, folder) for facts in areas]
    pages = []
    for page in executor.map(_write_page, jobs) if executor else map(_write_page, jobs):
        pages.append(page)
        progress("drawing figures", len(pages), len(jobs))
    return pages


def _write_page(job: tuple[AreaFacts, Edition, Path]) -> Page:
    return write_page(*job)


def _collect(
    results: Iterable[Rendered], manifest: dict, keys: dict[str, str], progress: Progress, total: int
) -> dict[str, str]:
    """Note each rendered file in the manifest; returns what failed, by page, whose older files stay."""
    failures: dict[str, str] = {}
    for done, result in enumerate(results, start=1):
        progress("rendering", done, total)
        if result.path is None:
            failures[result.name] = result.error
            continue
        entry = manifest["pages"].get(result.name)
        if entry is None or entry["key"] != keys[result.name]:
            entry = manifest["pages"][result.name] = {"key": keys[result.name], "files": {}}
        entry["files"][result.path.name] = _hash_file(result.path)
    return failures


def _files_of(manifest: dict, name: str) -> list[str]:
    return sorted(manifest["pages"].get(name, {"files": {}})["files"])


def _is_fresh(target: Path, manifest: dict, name: str, key: str, formats: Iterable[str]) -> bool:
    entry = manifest["pages"].get(name)
    if entry is None or entry["key"] != key:
        return False
    files = entry["files"]
    return all(
        f"{name}.{kind}" in files
        and (target / f"{name}.{kind}").is_file()
        and _hash_file(target / f"{name}.{kind}") == files[f"{name}.{kind}"]
        for kind in formats
    )


def _write_data(snapshot: Path, folder: Path, edition: Edition) -> None:
    """The published figures of the report level and above as CSV; small counts are withheld, formulas defused."""
    folder.mkdir(exist_ok=True)
    levels = edition.settings.levels
    shown = levels[: levels.index(edition.settings.report_level) + 1]
    areas = pl.read_parquet(snapshot / "areas.parquet").filter(pl.col("level").is_in(shown))
    for name, columns in _DATA.items():
        table = pl.scan_parquet(snapshot / f"{name}.parquet").filter(
            pl.col("area_code").is_in(areas["area_code"].implode())
        )
        if name == "indicators":
            table = _without_small_counts(
                table.filter(pl.col("month") == edition.month), edition.settings.withhold_counts_below
            )
        _write_csv(table.select(columns).collect(), folder / f"{name}.csv")


def _without_small_counts(table: pl.LazyFrame, threshold: int) -> pl.LazyFrame:
    is_small = pl.col("events").is_between(1, threshold - 1)
    figures = ("numerator", "denominator", "value", "lower_95", "upper_95", "lower_998", "upper_998", "gap")
    return table.with_columns(pl.when(~is_small).then(pl.col(name)).alias(name) for name in figures)


def _write_csv(table: pl.DataFrame, path: Path) -> None:
    """UTF-8 with a byte order mark, for Excel; a cell that Excel would take for a formula gets an apostrophe."""
    beside = path.with_suffix(".partial")
    with beside.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.columns)
        for row in table.iter_rows():
            writer.writerow(
                [
                    "'" + cell if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@") else cell
                    for cell in row
                ]
            )
    beside.replace(path)


def _read_manifest(target: Path) -> dict:
    try:
        return json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, json.JSONDecodeError):
        return {"pages": {}}


def _remove_outdated(target: Path, manifest: dict) -> None:
    """Files of pages that have been rendered since in other formats only."""
    listed = {name for entry in manifest["pages"].values() for name in entry["files"]}
    for path in target.iterdir():
        if path.suffix in (".html", ".pdf") and path.name not in listed:
            path.unlink()


def _write_manifest(target: Path, manifest: dict, edition: Edition, renderer: Renderer) -> None:
    manifest = {
        "edition": edition.name,
        "build": edition.build,
        "version": edition.version,
        "renderer": renderer.name,
        "pages": dict(sorted(manifest["pages"].items())),
        "data": {path.name: _hash_file(path) for path in sorted((target / "data").glob("*.csv"))},
    }
    beside = target / ".manifest.json"
    beside.write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    beside.replace(target / "manifest.json")


def _plain(edition: Edition) -> dict:
    return {
        "month": edition.name,
        "build": edition.build,
        "version": edition.version,
        "settings": repr(edition.settings),
        "labels": edition.element_labels,
        "sources": edition.source_names,
        "indicators": repr(edition.indicators),
    }


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _hash_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _hash_folder(folder: Path) -> str:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return _hash(*(f"{path.relative_to(folder)}:{_hash_file(path)}" for path in files))
