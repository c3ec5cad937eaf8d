"""One spelling for texts that offices write in many: widths, spaces, character variants."""

import re
import unicodedata
from functools import lru_cache

_VARIANTS = str.maketrans(
    {"臺": "台", "県": "县", "縣": "县", "區": "区", "鄉": "乡", "鎮": "镇", "—": "-", "–": "-"}
)


@lru_cache(maxsize=1 << 16)
def normalised(text: str) -> str:
    """The text in half width, without any space or line break, with variant characters unified."""
    return re.sub(r"[\s\u200b\ufeff]+", "", folded(text)).translate(_VARIANTS)


@lru_cache(maxsize=1 << 16)
def spaced(text: str) -> str:
    """As `normalised`, but with a blank where letters or digits stand on both sides of one: Aug 2024, 1 2月."""
    plain = re.sub(r"[\s\u200b\ufeff]+", " ", folded(text)).translate(_VARIANTS)
    return re.sub(r"(?<![0-9A-Za-zÀ-ɏ]) | (?![0-9A-Za-zÀ-ɏ])", "", plain)


def folded(text: str) -> str:
    """The text in half width (NFKC), except that superscript, subscript and circled digits stay marks."""
    if text.isascii():
        return text
    plain = unicodedata.normalize("NFKC", text)
    if plain == text or not any(map(_would_become_digits, text)):
        return plain
    kept = re.escape("".join(filter(_would_become_digits, text)))
    parts = re.split(f"([{kept}])", text)
    return "".join(part if part in kept else unicodedata.normalize("NFKC", part) for part in parts)


@lru_cache(maxsize=4096)
def _would_become_digits(char: str) -> bool:
    """Whether NFKC would make digits of a character that is none: ¹, ₂, ③, ½, ㋀; the full-width １ is a digit."""
    if unicodedata.category(char) == "Nd" or char.isascii():
        return False
    return any(digit.isdecimal() for digit in unicodedata.normalize("NFKC", char))
