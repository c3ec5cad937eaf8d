"""receipts.csv: the days on which files were received, as far as somebody noted them."""

from datetime import date
from pathlib import Path

from pipeline.reference.csv_rows import parse_day, rows_of


def read_receipts(path: Path) -> dict[tuple[str, str], date]:
    """Day of receipt by source and path, where somebody noted it."""
    return {
        (row["source"], row["path"]): parse_day(row["received"], location)
        for location, row in rows_of(path, ("source", "path", "received"), optional=True)
    }
