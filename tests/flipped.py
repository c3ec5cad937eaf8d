"""Damage to stored files: a bit turned over, an end cut off, nothing left, a folder in place."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def flipped(path: Path, bit: int) -> Iterator[None]:
    """The file with one bit turned over; afterwards it is as it was."""
    _turn(path, bit)
    yield
    _turn(path, bit)


def _turn(path: Path, bit: int) -> None:
    with path.open("r+b") as file:
        file.seek(bit // 8)
        (byte,) = file.read(1)
        file.seek(bit // 8)
        file.write(bytes([byte ^ 1 << bit % 8]))


def bits(path: Path, *, is_whole: bool) -> Iterator[int]:
    """A bit of each byte, every time another one; in the long run all of them."""
    size = path.stat().st_size
    return iter(range(8 * size)) if is_whole else (8 * byte + byte % 8 for byte in range(size))


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "file").write_text("something")


def _another(path: Path) -> None:
    """The bytes of another file of the same kind."""
    others = sorted(
        other for other in path.parent.glob(f"*{path.suffix}") if other != path and other.is_file()
    )
    shutil.copy(others[0], path)


def _link_to_nothing(path: Path) -> None:
    path.unlink()
    path.symlink_to("nowhere")


WAYS: dict[str, Callable[[Path], object]] = {
    "shorter": lambda path: path.write_bytes(path.read_bytes()[:-7]),
    "empty": lambda path: path.write_bytes(b""),
    "gone": Path.unlink,
    "a folder": _folder,
    "another file": _another,
    "a link to nothing": _link_to_nothing,
}
