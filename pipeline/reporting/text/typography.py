"""Numbers kept together with their units at the end of a line."""

from __future__ import annotations

import re

from pipeline.reporting.text.wording import NO_BREAK

# A blank between a number and the Chinese word after it, or before it: `10,052 人`, `为 118.0`.
_CHINESE = re.compile(r"(?<=[0-9%‰]) (?=[\u4e00-\u9fff])")
_ENGLISH = re.compile(
    r"(?<=[0-9]) (?=(?:births?|deaths?|people|persons?|per|percentage|areas?|months?|returns?|females?)\b)"
    r"|(?<=\bTable) (?=[0-9])|(?<=\bFigure) (?=[0-9])"
)


def unbroken(text: str, language: str) -> str:
    """The same text with blanks that do not break where a number and its unit would be torn apart."""
    return (_CHINESE if language == "zh" else _ENGLISH).sub(NO_BREAK, text)
