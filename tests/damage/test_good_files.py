"""The files that are damaged are good before, and docs/damage.md tells of every kind of damage."""

from __future__ import annotations

import re

from pipeline.workspace import CHECKOUT
from tests.damage import test_damaged_cells, test_damaged_columns, test_damaged_files, test_damaged_rows
from tests.staged import read


def test_the_good_files_are_good(good):
    for name in ("rejects", "findings", "revisions"):
        assert read(good.staging, name).is_empty()
    assert read(good.staging, "counts")["value"].null_count() == 0
    assert read(good.staging, "files")["cells_checked"].min() > 0


def test_the_docs_tell_of_every_kind():
    modules = (test_damaged_cells, test_damaged_columns, test_damaged_files, test_damaged_rows)
    tried = {f"{kind.name.replace('_', ' ')} | {kind.meaning}" for module in modules for kind in module.KINDS}
    text = (CHECKOUT / "docs" / "damage.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| ([^|]+ \| [^|]+) \| 10 \|", text, re.MULTILINE)) == tried
    assert len(tried) == 103
