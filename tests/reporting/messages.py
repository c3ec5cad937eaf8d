"""Every message that code and templates print, found by Babel."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

from babel.messages.extract import extract
from jinja2.ext import babel_extract

from pipeline.reporting.text.templates import DELIMITERS
from pipeline.workspace import CHECKOUT

KEYWORDS = {"_": None, "say": None, "translator": None, "plural": None}
CODE = ("pipeline/reporting", "pipeline/words")


def messages() -> Iterator[tuple[str, str]]:
    """Where each message stands, and its id."""
    code = [path for folder in CODE for path in sorted((CHECKOUT / folder).rglob("*.py"))]
    for path in [*code, *sorted((CHECKOUT / "reports").rglob("*.j2"))]:
        content = BytesIO(path.read_bytes())
        method = "python" if path.suffix == ".py" else babel_extract
        options = (
            {} if path.suffix == ".py" else DELIMITERS | {"trim_blocks": "true", "lstrip_blocks": "true"}
        )
        for line, found, _comments, _context in extract(method, content, KEYWORDS, options=options):
            yield f"{path.relative_to(CHECKOUT)}:{line}", found if isinstance(found, str) else found[0]
