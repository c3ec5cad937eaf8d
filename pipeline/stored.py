"""What is stored proves itself: records that carry their own digest, and the digests of the files they speak of.

Disks, copies and hands damage files without a word. Whoever opens something stored first holds its bytes against the
digest that was written down with it; what differs, is cut short or gone is made again, never read.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pipeline.hashing import file_hash

SEAL = "seal.json"


def write_record(path: Path, content: Mapping[str, Any]) -> None:
    """Write a JSON file that carries its own digest, in place of whatever is there; one cut short does not count."""
    remove(path)
    path.write_bytes(_sealed(content))


def read_record(path: Path) -> dict[str, Any] | None:
    """What `write_record` wrote; None where it is not there or not one byte as it was written."""
    try:
        text = path.read_bytes()
        content = json.loads(text)
        del content["seal"]
        return content if _sealed(content) == text else None
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _sealed(content: Mapping[str, Any]) -> bytes:
    seal = hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
    return json.dumps({**content, "seal": seal}, ensure_ascii=False, indent=1).encode()


def seal_folder(folder: Path) -> None:
    """Write down the digests of all files below a folder, in a record beside them."""
    remove(folder / SEAL)
    write_record(folder / SEAL, {"files": digests(folder)})


def is_sealed(folder: Path) -> bool:
    """Whether a folder is as it was when it was sealed."""
    record = read_record(folder / SEAL)
    return record is not None and not damaged(folder, record["files"])


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder, by its path there."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): file_hash(path) for path in paths}


def damaged(folder: Path, expected: Mapping[str, str]) -> list[str]:
    """Which files below a folder are not as their digests say: changed, gone, or of the same kind and from elsewhere."""
    kinds = {Path(name).suffix for name in expected}
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.suffix in kinds}
    differing = [name for name, digest in expected.items() if not has_digest(folder / name, digest)]
    folders = {parent.as_posix() for name in expected for parent in Path(name).parents}
    return sorted({*differing, *(found - expected.keys() - folders)})


def has_digest(path: Path, digest: str) -> bool:
    """Whether a file can be read and has this digest."""
    try:
        return file_hash(path) == digest
    except OSError:
        return False


def copy_whole(source: Path, target: Path, digest: str) -> bool:
    """Copy a file if it has this digest: the copy is held against it. Nothing is left otherwise."""
    with suppress(OSError):
        shutil.copyfile(source, target)
    is_same = has_digest(target, digest)
    if not is_same:
        remove(target)
    return is_same


def remove(path: Path) -> None:
    """Take away whatever is there: a file, a link or a folder."""
    try:
        path.unlink(missing_ok=True)
    except (IsADirectoryError, PermissionError):
        if not path.is_dir():
            raise
        shutil.rmtree(path)
