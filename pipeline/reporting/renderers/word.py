"""Word documents: the reference document that pandoc takes its styles from, and the same bytes for the same page."""

import io
import re
import zipfile
from pathlib import Path

REFERENCE = "reference.docx"
# The field of the reference documents' headers that holds the title; `finish` fills it in.
_TITLE_FIELD = b'<w:fldSimple w:instr=" TITLE "><w:r><w:t xml:space="preserve"></w:t></w:r></w:fldSimple>'


def place_reference(folder: Path, theme: Path, language: str) -> Path:
    """Copy the reference document of a language into a folder as `reference.docx`.

    It is the theme's `reference.<language>.docx`, or its `reference.docx` where that language has none of its own.
    """
    own, path = theme / f"reference.{language}.docx", folder / REFERENCE
    path.write_bytes((own if own.is_file() else theme / REFERENCE).read_bytes())
    return path


def finish(content: bytes) -> bytes:
    """The document as pandoc made it, without the hour of its making and options of the renderer.

    Its header says its title at once, not only when the fields are brought up to date.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    core, custom = parts.get("docProps/core.xml", b""), parts["docProps/custom.xml"]
    found = re.search(rb"<dc:title>(.*?)</dc:title>", core, re.DOTALL)
    parts["docProps/core.xml"] = re.sub(
        rb"<dcterms:(created|modified).*?</dcterms:\1>", b"", core, flags=re.S
    )
    parts["docProps/custom.xml"] = re.sub(rb"<property\b.*</property>", b"", custom, flags=re.S)
    for name in parts:
        if found and re.fullmatch(r"word/header\d*\.xml", name):
            title = _TITLE_FIELD.replace(b"></w:t>", b">" + found[1] + b"</w:t>")
            parts[name] = parts[name].replace(_TITLE_FIELD, title)
    return _pack(parts)


def _pack(parts: dict[str, bytes]) -> bytes:
    """A zip archive whose bytes depend on its parts alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, parts[name])
    return buffer.getvalue()
