"""The bytes of a raw file, hashed while they are read: the hash in `files` is that of the bytes that were counted."""

import hashlib
import io
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.ingest.files.raw_files import RawFile
from pipeline.problems import Location, ProblemError, printable

MOVED = "changed"
READINGS = 3
PAUSE = 0.3  # seconds between two readings of a file that moves
_BLOCK = 1 << 20
_IN_MEMORY = 1 << 26


def read_whole(file: RawFile, scratch: Path) -> tuple[RawFile, BinaryIO]:
    """The bytes of a file, to be closed by the caller, and the file with the hash and size of these bytes.

    A file that differs from what was listed is being written, or has been replaced: it is read until two readings in a
    row agree. If they do not, or it cannot be read any more, it has a problem, and no bytes. What is
    read cannot change any more: it lies in memory, or if it is large in a copy without a name below `scratch`.
    """
    if file.problem:
        return file, io.BytesIO()
    try:
        for reading in range(READINGS):
            if reading:
                time.sleep(PAUSE)
            content, digest, size = _read(file.folder / file.path, scratch)
            if digest == file.sha256:
                return file, content
            content.close()
            file = replace(file, sha256=digest, bytes=size)
        found = "a file that changed while it was read"
    except OSError as error:
        found = f"a file that could not be read any more ({error.strerror or 'an error'})"
    problem = ProblemError(
        Location(printable(file.path)), found, "a file that stays as it is; run again when it is whole", MOVED
    )
    return replace(file, sha256="", bytes=0, problem=problem), io.BytesIO()


def _read(path: Path, scratch: Path) -> tuple[BinaryIO, str, int]:
    content = cast(BinaryIO, tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=str(scratch)))  # noqa: SIM115
    hashed = hashlib.sha256()
    with path.open("rb") as original:
        while block := original.read(_BLOCK):
            hashed.update(block)
            content.write(block)
    size = content.tell()
    content.seek(0)
    return content, hashed.hexdigest(), size
