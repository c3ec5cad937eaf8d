"""Two limits as texts name them."""

from __future__ import annotations

from pipeline.words.translations import Translator

MINUS = "\u2212"


def between(_: Translator, lower: str, upper: str) -> str:
    """`104.8～118.2`, `104.8–118.2`; where a language would set a dash before a minus sign, it says `to`."""
    text = _("language.interval", lower=lower, upper=upper)
    if "–" in text and MINUS in text:
        text = _("language.interval_with_minus", lower=lower, upper=upper)
    return text
