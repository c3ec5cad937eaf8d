"""Names in a row of their own, above the rows that they hold: 青禾县 above its townships."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pipeline.ingest.tables.fill_down import RowsBefore
from pipeline.ingest.tables.grid import Rows, last_true_up_to
from pipeline.ingest.tables.header import Table
from pipeline.ingest.values.text_columns import TextColumn


def below_headings(
    rows: Rows,
    table: Table,
    is_figure: np.ndarray,
    above: RowsBefore,
    fits: Callable[[re.Pattern[str], str], bool],
) -> tuple[Rows, RowsBefore]:
    """The rows with the heading above them joined to each text, and the last heading of each column."""
    layout = table.layout
    joints = {table.area[0]: (layout.area_heading, "")} if layout.area_heading else {}
    if layout.element_heading:
        joints[table.element] = (layout.element_heading, "/")
    for name, (pattern, joint) in joints.items():
        texts, head_above = rows.texts(name), above.heads.get(name)
        is_heading = texts.where(lambda text, pattern=pattern: text is not None and fits(pattern, text))
        owner = last_true_up_to(is_heading)
        distinct = [*texts.distinct, head_above]
        heads = np.append(texts.at, len(texts.distinct))[owner]
        is_below = ~is_heading & is_figure & texts.is_there
        pairs = (heads * len(distinct) + texts.at)[is_below]
        joined, at = np.unique(pairs, return_inverse=True)
        named = [
            _joined(*(distinct[number] for number in divmod(pair, len(distinct))), joint) for pair in joined
        ]
        all_at = texts.at.astype(np.int64)
        all_at[is_below] = len(distinct) + at
        rows = rows.written_over({name: TextColumn([*distinct, *named], all_at)})
        if len(owner):
            above = replace(above, heads=above.heads | {name: distinct[heads[-1]]})
    return rows, above


def _joined(head: str | None, text: str, joint: str) -> str:
    return text if head is None or text.startswith(head) else head + joint + text
