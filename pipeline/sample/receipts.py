"""When the files came: mostly in time, by the tenth of the next month, and now and then late."""

from datetime import timedelta
from pathlib import Path

from pipeline.months import shift_month
from pipeline.sample.months import Months
from pipeline.sample.seeds import generator
from pipeline.sample.text_files import Row, write_csv

HEADER = ("source", "path", "received", "note")
_TIMELY_DAYS, _LATE_DAYS, _SHARE_LATE = (2, 10), (11, 19), 0.06
_RESENT_AFTER_MONTHS = 2


def write_receipts(folder: Path, raw: Path, months: Months) -> None:
    """Write receipts.csv for the files of hospitals and register below `raw`, by the month in their names."""
    rows: list[Row] = []
    for source, pattern in (
        ("hospital_births", "住院分娩月报_{month:%Y%m}{mark}.csv"),
        ("population_register", "人口统计月报_{month.year}年{month.month}月{mark}.xlsx"),
    ):
        for month in months:
            random = generator(len(source), "receipts", month.year, month.month)
            for mark, months_after in (("", 1), ("（更正）", _RESENT_AFTER_MONTHS)):
                path = pattern.format(month=month, mark=mark)
                if (raw / source / path).exists():
                    is_late = random.random() < _SHARE_LATE
                    first, last = _LATE_DAYS if is_late else _TIMELY_DAYS
                    day = int(random.integers(first, last + 1))
                    received = shift_month(month, months_after) + timedelta(days=day - 1)
                    rows.append((source, path, received.isoformat(), "更正后重报" if mark else ""))
    write_csv(folder / "receipts.csv", HEADER, rows)
