"""Where the links of a page lead: files beside it, places in it and in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import unquote


def dead_links(folder: Path) -> Iterator[tuple[str, str]]:
    """Page and target of every link of the pages of a folder that leads nowhere; there must be links."""
    pages = {
        path.name: _without_code(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.html"))
    }
    targets = {
        name: re.findall(r"""<(?:a|link|img|script)\b[^>]*?\s(?:href|src)=["']([^"']+)""", page)
        for name, page in pages.items()
    }
    assert sum(map(len, targets.values())) > len(pages)
    for name in pages:
        for target in map(unescape, targets[name]):
            if re.match("(data|https?|mailto):", target):
                continue
            file, _, place = unquote(target).partition("#")
            file = file or name
            has_place = (
                not place
                or file not in pages
                or re.search(rf"""\s(id|name)=["']{re.escape(place)}["']""", pages[file])
            )
            if not (folder / file).is_file() or not has_place:
                yield name, target


def _without_code(html: str) -> str:
    return re.sub(r"(<(script|style)\b[^>]*>).*?</\2>", r"\1", html, flags=re.DOTALL)
