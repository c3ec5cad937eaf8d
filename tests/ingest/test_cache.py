"""The cache of what was read: no damage to it changes a figure, and no file that moves is kept under another's name."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.hashing import file_hash
from pipeline.ingest import run as ingest
from pipeline.ingest.files import raw_bytes
from pipeline.ingest.files.cache import PARTS, Entry
from tests.conftest import quiet
from tests.flipped import WAYS, bits, flipped
from tests.ingest.small_source import HEADER, REFERENCE, SOURCE

GOOD = HEADER + "城关镇,13,14\n柳溪乡,5,6\n小计,18,20\n"
# A refused cell and a total that differs, so that entries of every part are there.
ODD = HEADER + "城关镇,13,14\n柳溪乡,5,约6\n青禾县和平镇,0,\n小计,18,20\n"
ODD_SUM = HEADER + "城关镇,13,14\n柳溪乡,5,6\n小计,19,20\n"
TOTALS = SOURCE.replace('leave_out = "^(合计|注)"', 'leave_out = "^(合计|注)"\ntotals = "^小计"')


class Step:
    """The step of reading with a cache of its own; `tables` reads what it left."""

    def __init__(self, root: Path) -> None:
        self.raw = root / "raw" / "births"
        self.raw.mkdir(parents=True)
        (self.raw / "source.toml").write_text(TOTALS, encoding="utf-8")
        self.cache, self.staging = root / "cache", root / "staging"
        self.write("2024-08.csv", ODD)
        self.write("2024-07.csv", ODD_SUM)
        self.write("2024-09.csv", GOOD)

    def write(self, name: str, text: str) -> None:
        (self.raw / name).write_text(text, encoding="utf-8")

    def tables(self, executor=None) -> dict[str, list[tuple]]:
        shutil.rmtree(self.staging, ignore_errors=True)
        self.staging.mkdir()
        ingest.run(
            [self.raw],
            self.staging,
            self.cache,
            reference=REFERENCE,
            code_version="",
            executor=executor,
            progress=quiet,
        )
        names = ("files", "rejects", "totals", "blanks", "observations.parquet/*")
        return {
            name: pl.read_parquet(self.staging / f"{name.removesuffix('.parquet/*')}.parquet").rows()
            for name in names
        }

    def boys(self, month: str) -> list[float]:
        rows = pl.read_parquet(self.staging / "observations.parquet" / "*.parquet")
        return rows.filter(period=date.fromisoformat(f"{month}-01"), element="births_male")["value"].to_list()

    def entries(self) -> list[Entry]:
        return [Entry(path.with_suffix("")) for path in sorted(self.cache.glob("*.json"))]


@pytest.fixture
def step(tmp_path, monkeypatch) -> Step:
    monkeypatch.setattr(raw_bytes, "PAUSE", 0)
    return Step(tmp_path)


@pytest.fixture
def is_whole(request) -> bool:
    return request.config.getoption("--whole")


def test_there_are_entries_of_every_part(step):
    step.tables()
    there = {name for entry in step.entries() for name in PARTS if entry.part(name).is_file()}
    assert there >= {"observations", "rejects", "totals"}


def test_no_bit_of_an_entry_can_be_another(step, tmp_path, is_whole):
    step.tables()
    targets = {name: tmp_path / name for name in PARTS}
    of_kind = {name: entry for entry in step.entries() for name in PARTS if entry.part(name).exists()}
    for entry in set(of_kind.values()) if is_whole else {of_kind["rejects"]}:
        sealed = entry.take(targets)
        for path in files_of(entry):
            for bit in list(bits(path, is_whole=is_whole))[:: 1 if is_whole else 5]:
                with flipped(path, bit):
                    assert entry.take(targets) is None, bit
        assert entry.take(targets) == sealed


def test_no_flipped_bit_changes_a_figure(step, caplog, is_whole):
    """Through the step itself: at a few places of each cached file, in the long run at every byte."""
    before = step.tables()
    paths = {path.name.partition(".")[2]: path for entry in step.entries() for path in files_of(entry)}
    for path in paths.values():
        every = list(bits(path, is_whole=False))
        for bit in every if is_whole else every[5 :: len(every) // 3]:
            caplog.clear()
            _flip(path, bit)
            assert step.tables() == before
            (said,) = caplog.messages
            assert said.startswith("The cached reading of births/2024-0")
            assert said.endswith(".csv was damaged; read again")
    caplog.clear()
    assert step.tables() == before
    assert not caplog.messages


def files_of(entry: Entry) -> list[Path]:
    return [path for path in (entry.record, *map(entry.part, PARTS)) if path.exists()]


def _flip(path: Path, bit: int) -> None:
    content = bytearray(path.read_bytes())
    content[bit // 8] ^= 1 << bit % 8
    path.write_bytes(content)


@pytest.mark.parametrize("way", WAYS)
def test_every_cached_file_damaged_in_turn(step, way, caplog):
    before = step.tables()
    for path in sorted(step.cache.iterdir()):
        WAYS[way](path)
        assert step.tables() == before
    caplog.clear()
    assert step.tables() == before
    assert not caplog.messages


def test_many_damaged_entries_are_one_line(step, caplog):
    for number in range(6):
        step.write(f"2023-0{number + 1}.csv", GOOD)
    before = step.tables()
    for path in step.cache.glob("*.json"):
        path.write_bytes(b"")
    assert step.tables() == before
    (line,) = caplog.messages
    assert "… and 4 more were damaged; read again" in line


def test_a_cache_that_is_a_file_is_made_again(step):
    before = step.tables()
    shutil.rmtree(step.cache)
    step.cache.write_text("no folder")
    assert step.tables() == before


def test_an_entry_under_the_name_of_another_does_not_count(step):
    before = step.tables()
    one, other, _ = sorted(step.cache.glob("*.json"))
    a, b = one.name.partition(".")[0], other.name.partition(".")[0]
    for path in list(step.cache.glob(f"{a}.*")):
        shutil.copy(path, path.with_name(path.name.replace(a, b)))
    assert step.tables() == before


def test_a_file_with_a_problem_is_looked_at_every_time(step):
    """Its hash is not known: another problem would have the same name."""
    (step.raw / "2024-10.csv").mkdir()
    assert "a folder named like a file" in str(step.tables()["rejects"])
    (step.raw / "2024-10.csv").rmdir()
    (step.raw / "2024-10.csv").symlink_to("nowhere")
    assert "a link that leads nowhere" in str(step.tables()["rejects"])


def before_each_reading(monkeypatch, work: Callable[[Path], None]) -> None:
    read = raw_bytes._read

    def work_and_read(path, scratch):
        work(path)
        return read(path, scratch)

    monkeypatch.setattr(raw_bytes, "_read", work_and_read)


def test_a_file_overwritten_between_listing_and_reading(step, monkeypatch):
    """It is read as it is now, and known by what was read: the old bytes, should they come back, are read anew."""
    changed = GOOD.replace("13", "77").replace("18", "82")
    with monkeypatch.context() as patched:
        before_each_reading(
            patched,
            lambda path: path.write_text(changed if path.name == "2024-09.csv" else ODD, encoding="utf-8"),
        )
        step.tables()
    assert step.boys("2024-09") == [77, 5]
    assert step.boys("2024-08") == [13, 5, 0]
    known = dict(pl.read_parquet(step.staging / "files.parquet").select("path", "sha256").iter_rows())
    assert known["2024-09.csv"] == file_hash(step.raw / "2024-09.csv")
    step.write("2024-09.csv", GOOD)
    step.tables()
    assert step.boys("2024-09") == [13, 5]


@pytest.mark.parametrize("kind", ["moves", "goes"])
def test_a_file_that_never_rests_is_refused_and_read_when_it_does(step, monkeypatch, kind):
    def move(path: Path) -> None:
        if path.name != "2024-09.csv":
            return
        if kind == "goes":
            path.unlink(missing_ok=True)
        else:
            path.write_text(path.read_text(encoding="utf-8") + "注,,\n", encoding="utf-8")

    with monkeypatch.context() as patched:
        before_each_reading(patched, move)
        tables = step.tables()
    assert step.boys("2024-09") == []
    assert step.boys("2024-08") == [13, 5, 0]
    (reject,) = (
        pl.read_parquet(step.staging / "rejects.parquet").filter(path="2024-09.csv").iter_rows(named=True)
    )
    assert reject["reason"] == "changed"
    assert reject["found"].startswith(
        {"moves": "a file that changed while it was read", "goes": "a file that could not be read any more"}[
            kind
        ]
    )
    assert "run again when it is whole" in reject["expected"]
    assert len(tables["files"]) == 3
    step.write("2024-09.csv", GOOD)
    step.tables()
    assert step.boys("2024-09") == [13, 5]


def test_a_large_file_is_read_from_a_copy_that_nobody_can_change(step, monkeypatch):
    """Text beyond what memory should hold is read through a nameless copy; the figures are the same."""
    before = step.tables()
    shutil.rmtree(step.cache)
    monkeypatch.setattr(raw_bytes, "_IN_MEMORY", 16)
    monkeypatch.setattr(raw_bytes, "_BLOCK", 7)
    read = ingest.read_whole

    def read_and_overwrite(file, scratch):
        found = read(file, scratch)
        (file.folder / file.path).write_text("overwritten", encoding="utf-8")
        return found

    monkeypatch.setattr(ingest, "read_whole", read_and_overwrite)
    assert step.tables() == before
    assert not [path for path in step.cache.iterdir() if path.suffix not in (".json", ".parquet")]


def test_a_file_that_is_rewritten_all_the_while(step):
    """Whatever was caught is counted under the hash of exactly those bytes, or refused; never mixed."""
    versions = [HEADER + f"城关镇,{n},{n}\n柳溪乡,{n},{n}\n小计,{2 * n},{2 * n}\n" for n in (100, 200, 300)]
    known = {}
    for text in versions:
        step.write("2024-09.csv", text)
        known[file_hash(step.raw / "2024-09.csv")] = text
    is_over = threading.Event()

    def rewrite() -> None:
        while not is_over.is_set():
            for text in versions:
                step.write("2024-09.csv", text)
                time.sleep(0.001)

    writer = threading.Thread(target=rewrite)
    writer.start()
    try:
        for _ in range(15):
            step.tables()
            files = pl.read_parquet(step.staging / "files.parquet").filter(path="2024-09.csv")
            (sha256,) = files["sha256"]
            boys = step.boys("2024-09")
            assert not boys or set(boys) == {_only_figure(known[sha256])} or sha256 not in known
    finally:
        is_over.set()
        writer.join()
    step.write("2024-09.csv", GOOD)
    step.tables()
    assert step.boys("2024-09") == [13, 5]
    for sha256, text in known.items():
        step.write("2024-09.csv", text)
        assert file_hash(step.raw / "2024-09.csv") == sha256
        step.tables()
        assert step.boys("2024-09") == [_only_figure(text)] * 2


def _only_figure(text: str) -> float:
    return float(text.splitlines()[1].split(",")[1])
