"""Writing text the same way on every machine."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

Row = Sequence[object]


def write_csv(path: Path, header: Row, rows: Iterable[Row]) -> None:
    """A CSV in UTF-8 with plain line feeds."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    write_bytes(path, buffer.getvalue().encode())


def write_bytes(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
