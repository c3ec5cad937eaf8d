"""The same tables, byte for byte, on any number of threads."""

from __future__ import annotations

import numpy as np

from pipeline.hashing import file_hash
from pipeline.tables import PUBLISHED
from pipeline.warehouse import run as warehouse
from tests.warehouse.by_hand import area

TOWNSHIPS = [f"1{n:03d}" for n in range(150)]


def test_same_bytes_on_any_number_of_threads(count, tmp_path, monkeypatch):
    random = np.random.default_rng(7)
    figures = [
        (source, f"{month}.csv", code, month, name, int(random.poisson(9)), span)
        for source, span in (("hospital", "month"), ("register", "ytd"))
        for month in (f"{2022 + n // 12}-{n % 12 + 1:02d}" for n in range(30))
        for code in TOWNSHIPS
        for name in ("births_male", "births_female")
        if random.random() > 0.1
    ]
    areas = (area("1", "county"), *(area(code, "township", "1") for code in TOWNSHIPS))
    written = []
    for threads in (1, 4):
        monkeypatch.setitem(warehouse._CONFIG, "threads", threads)
        tables = count(figures, areas)
        written.append(
            {name: file_hash(tmp_path / f"{name}.parquet") for name in tables if name in PUBLISHED}
        )
    assert written[0] == written[1]
    assert not tables["findings"].is_empty()
    assert not tables["disagreements"].is_empty()
