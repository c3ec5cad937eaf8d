"""What may be withheld is a type: mypy refuses code that prints a row, or computes with what may not be there."""

from __future__ import annotations

import re
from pathlib import Path

from mypy import api

from pipeline.workspace import CHECKOUT

# A comment names the error of its line; the other lines have none.
SNIPPET = """
from pipeline.reporting.shown.records import ShownArea
from pipeline.reporting.text.wording import interval, span
from pipeline.words.numbers import number
from pipeline.words.translations import Translator

def page(say: Translator, area: ShownArea, row: dict[str, float]) -> list[str]:
    births = area.estimate("birth_rate")
    known = births and births.known
    return [
        number(known.value, 2) if known else "",
        interval(say, births, 2) if births else "",
        number(row, 2),  # arg-type
        interval(say, row, 2),  # arg-type
        number(births.value, 2),  # union-attr
        number(known.value, 2),  # union-attr
        number(100 * births.value) if births else "",  # operator
        number(area.outlook["birth_rate"].projection.median),  # union-attr
    ]
"""


def test_a_row_or_a_withheld_number_cannot_be_printed(tmp_path: Path):
    path = tmp_path / "snippet.py"
    path.write_text(SNIPPET, encoding="utf-8")
    said, problem, _status = api.run(
        [
            "--config-file",
            str(CHECKOUT / "pyproject.toml"),
            "--cache-dir",
            str(CHECKOUT / ".mypy_cache"),
            str(path),
        ]
    )
    assert problem == ""
    found = {int(line): kind for line, kind in re.findall(r"snippet\.py:(\d+): error: .*\[([\w-]+)\]", said)}
    expected = {
        number: line.rpartition("# ")[2]
        for number, line in enumerate(SNIPPET.splitlines(), start=1)
        if "# " in line
    }
    assert found == expected
