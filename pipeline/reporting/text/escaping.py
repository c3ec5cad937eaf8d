"""Text from raw files as Markdown that shows it as it is, without its control characters."""

import re
import unicodedata

# What is no text at all, and PDF forbids: controls but for line breaks and tabs, surrogates,
# U+FEFF, noncharacters.
NO_TEXT = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(f"{chr(plane + 0xFFFE)}{chr(plane + 0xFFFF)}" for plane in range(0, 0x110000, 0x10000))
    + "]"
)
PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def escape(text: str) -> str:
    """Markdown that shows exactly this text wherever inline text may stand: table cell, caption, title.

    Control characters are dropped and runs of blanks become one, so it is one line.
    """
    line = " ".join(text.split())
    shown = "".join(char for char in line if unicodedata.category(char) != "Cc")
    return PUNCTUATION.sub(r"\\\1", shown)


def without_controls(text: str) -> str:
    """The text without what is no text and what PDF forbids."""
    return NO_TEXT.sub("", text)
