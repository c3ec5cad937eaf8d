"""Every text of the reports that goes through the translator, found in code and templates by Babel."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from pipeline.reporting.text.templates import DELIMITERS
from pipeline.workspace import CHECKOUT

KEYWORDS = {"_": None, "say": None, "plural": (1, 2)}
CODE = (
    "pipeline/reporting",
    "pipeline/finding_words.py",
    "pipeline/interval_words.py",
    "pipeline/month_words.py",
)


def messages() -> Iterator[tuple[str, str | tuple[str, str]]]:
    """Where each message stands, and the message: a text, or the forms for one and for many."""
    for path in _files():
        content = BytesIO(path.read_bytes())
        method = "python" if path.suffix == ".py" else babel_extract
        options = (
            {} if path.suffix == ".py" else DELIMITERS | {"trim_blocks": "true", "lstrip_blocks": "true"}
        )
        for line, found, _comments, _context in extract(method, content, KEYWORDS, options=options):
            yield f"{path.relative_to(CHECKOUT)}:{line}", tuple(found) if isinstance(found, list) else found


def _files() -> Iterator[Path]:
    for name in CODE:
        path = CHECKOUT / name
        yield from [path] if path.is_file() else sorted(path.rglob("*.py"))
    yield from sorted((CHECKOUT / "reports").rglob("*.j2"))


HEAD = (
    "# The texts of the reports and of the findings in English: msgid as written in code and templates, msgstr as shown.",
    "# Words in braces are filled in and stay as they are. `python -m tests.reporting.messages` puts new texts in.",
    'msgid ""',
    'msgstr ""',
    '"Language: en\\n"',
    '"Content-Type: text/plain; charset=utf-8\\n"',
    '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"',
    "",
)


def catalogue(known: dict[str | tuple[str, ...], str | tuple[str, ...]]) -> str:
    """A catalogue of the messages there are now, in their order; what has no translation is left empty."""
    places: dict[str | tuple[str, str], str] = {}
    for place, message in messages():
        places.setdefault(message, place.partition(":")[0])
    lines = list(HEAD)
    for message, place in places.items():
        said = known.get(message) or ("" if isinstance(message, str) else ("", ""))
        lines.append(f"#: {place}")
        if isinstance(message, str):
            lines += [f"msgid {_quoted(message)}", f"msgstr {_quoted(said)}", ""]
        else:
            lines += [f"msgid {_quoted(message[0])}", f"msgid_plural {_quoted(message[1])}"]
            lines += [*(f"msgstr[{n}] {_quoted(text)}" for n, text in enumerate(said)), ""]
    return "\n".join(lines)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


if __name__ == "__main__":
    path = CHECKOUT / "reports" / "translations" / "en.po"
    with path.open("rb") as file:
        found = read_po(file)
    said = {tuple(m.id) if isinstance(m.id, tuple | list) else m.id: m.string for m in found if m.id}
    path.write_text(catalogue(said), encoding="utf-8")
