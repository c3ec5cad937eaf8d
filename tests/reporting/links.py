"""Where the links of a page lead: files beside it, places in it and in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []
        self.places: set[str] = set()

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.places |= {values[name] for name in ("id", "name") if values.get(name)}
        self.targets += [
            values[name]
            for name in ("href", "src")
            if tag in ("a", "link", "img", "script") and values.get(name)
        ]


def dead_links(folder: Path) -> Iterator[tuple[str, str]]:
    """Page and target of every link of the pages of a folder that leads nowhere; there must be links."""
    read = {path.name: _read(path) for path in sorted(folder.glob("*.html"))}
    assert sum(len(page.targets) for page in read.values()) > len(read)
    for name, page in read.items():
        for target in page.targets:
            if re.match("(data|https?|mailto):", target):
                continue
            file, _, place = unquote(target).partition("#")
            leads = read.get(file or name)
            if not (folder / (file or name)).is_file() or (place and leads and place not in leads.places):
                yield name, target


def _read(page: Path) -> _Links:
    parser = _Links()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser
