"""Numbers kept together with their units at the end of a line."""

from __future__ import annotations

import re

from pipeline.reporting.text.wording import NO_BREAK
from pipeline.words.translations import Translator


def unbroken(text: str, _: Translator) -> str:
    """The same text with blanks that do not break where a number and its unit would be torn apart."""
    return re.sub(_("language.no_break"), NO_BREAK, text)
