"""Text from raw files inside Markdown."""

from __future__ import annotations

import re
import unicodedata

PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def escape(text: str) -> str:
    """Markdown that shows exactly this text wherever inline text may stand: table cell, caption, title.

    Control characters are dropped and runs of blanks become one, so it is one line.
    """
    line = " ".join(text.split())
    shown = "".join(char for char in line if unicodedata.category(char) != "Cc")
    return PUNCTUATION.sub(r"\\\1", shown)
