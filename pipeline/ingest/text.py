"""One spelling for texts that offices write in many: widths, spaces, character variants."""

from __future__ import annotations

import re
import unicodedata

_VARIANTS = str.maketrans(
    {"臺": "台", "県": "县", "縣": "县", "區": "区", "鄉": "乡", "鎮": "镇", "—": "-", "–": "-"}
)


def normalised(text: str) -> str:
    """The text in half width, without any space or line break, with variant characters unified."""
    return re.sub(r"[\s\u200b\ufeff]+", "", unicodedata.normalize("NFKC", text)).translate(_VARIANTS)
