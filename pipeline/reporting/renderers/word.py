"""Word documents: the reference document that pandoc takes its styles from, and the same bytes for the same page."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pypandoc

from pipeline.reporting.renderers.word_styles import SUBSTITUTES, look_of, styles

REFERENCE = "reference.docx"
_MILLIMETRE = 1440 / 25.4
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)
_CONTENT = "application/vnd.openxmlformats-officedocument.wordprocessingml."
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
_TITLE_FIELD = '<w:fldSimple w:instr=" TITLE "><w:r><w:t xml:space="preserve"></w:t></w:r></w:fldSimple>'
_PAGE = '<w:fldSimple w:instr=" PAGE "><w:r><w:t>1</w:t></w:r></w:fldSimple>'
# Name of the part, what it is, which pages, and how its paragraph is set: a page number stands outside.
_MARGINS = (
    ("header1", "header", "default", "center"),
    ("header2", "header", "even", "center"),
    ("footer1", "footer", "default", "right"),
    ("footer2", "footer", "even", "left"),
)


def place_reference(folder: Path, theme: Path, language: str) -> Path:
    """Write the reference document into a folder: the theme's own `reference.docx`, or ours for this language."""
    own, path = theme / REFERENCE, folder / REFERENCE
    path.write_bytes(own.read_bytes() if own.is_file() else reference_document(language))
    return path


@cache
def reference_document(language: str) -> bytes:
    """pandoc's own reference document in the style of official documents: styles, page, header and footer."""
    pandoc = [pypandoc.get_pandoc_path(), "--print-default-data-file", "reference.docx"]
    parts = _unpack(subprocess.run(pandoc, capture_output=True, check=True).stdout)
    parts["word/styles.xml"] = _with_styles(parts["word/styles.xml"], language)
    fonts = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{other}"/><w:charset w:val="86"/></w:font>'
        for name, other in SUBSTITUTES.items()
    )
    parts["word/fontTable.xml"] = parts["word/fontTable.xml"].replace("</w:fonts>", f"{fonts}</w:fonts>")
    parts["word/settings.xml"] = re.sub(
        r"(<w:defaultTabStop[^>]*/>)", r"\1<w:evenAndOddHeaders/>", parts["word/settings.xml"]
    )
    references = ""
    for number, (part, kind, pages, align) in enumerate(_MARGINS, start=101):
        parts[f"word/{part}.xml"] = _margin(kind, align)
        references += f'<w:{kind}Reference w:type="{pages}" r:id="rId{number}"/>'
        parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
            "</Types>",
            f'<Override PartName="/word/{part}.xml" ContentType="{_CONTENT}{kind}+xml"/></Types>',
        )
        parts["word/_rels/document.xml.rels"] = parts["word/_rels/document.xml.rels"].replace(
            "</Relationships>",
            f'<Relationship Id="rId{number}" Type="{_RELATION}{kind}" Target="{part}.xml"/></Relationships>',
        )
    document = re.sub(r"<w:sectPr.*?</w:sectPr>|<w:sectPr\s*/>", "", parts["word/document.xml"], flags=re.S)
    parts["word/document.xml"] = document.replace("</w:body>", f"{_page(references)}</w:body>")
    return _pack(parts)


def finish(content: bytes) -> bytes:
    """The document as pandoc made it, without the hour of its making and options of the renderer.

    Its header says its title at once, not only when the fields are brought up to date.
    """
    parts = _unpack(content)
    core = parts.get("docProps/core.xml", "")
    found = re.search(r"<dc:title>(.*?)</dc:title>", core, re.DOTALL)
    parts["docProps/core.xml"] = re.sub(r"<dcterms:(created|modified).*?</dcterms:\1>", "", core, flags=re.S)
    parts["docProps/custom.xml"] = re.sub(
        r"<property\b.*</property>", "", parts["docProps/custom.xml"], flags=re.S
    )
    for name in parts:
        if found and re.fullmatch(r"word/header\d*\.xml", name):
            parts[name] = parts[name].replace(
                _TITLE_FIELD, _TITLE_FIELD.replace("></w:t>", f">{found[1]}</w:t>")
            )
    return _pack(parts)


def _with_styles(xml: str, language: str) -> str:
    """The style sheet with ours in the place of pandoc's, and those that pandoc does not have behind them."""
    for (kind, name), inside in styles(look_of(language)).items():
        pattern = re.compile(
            rf"(<w:style\b[^>]*>\s*<w:name w:val={quoteattr(name)} />.*?)(</w:style>)", re.DOTALL
        )
        if found := pattern.search(xml):
            head = re.sub(
                r"<w:(pPr|rPr|tblPr|trPr|tblStylePr)\b[^>]*?(/>|>.*?</w:\1>)", "", found[1], flags=re.S
            )
            xml = f"{xml[: found.start()]}{head}{inside}</w:style>{xml[found.end() :]}"
        else:
            based = {"paragraph": "Normal", "character": "DefaultParagraphFont"}[kind]
            style_id = name.title().replace(" ", "")
            xml = xml.replace(
                "</w:styles>",
                f'<w:style w:type="{kind}" w:customStyle="1" w:styleId="{style_id}"><w:name w:val="{escape(name)}"/>'
                f'<w:basedOn w:val="{based}"/><w:qFormat/>{inside}</w:style></w:styles>',
            )
    return xml


def _margin(kind: str, align: str) -> str:
    """A header with the title of the document, or a footer with the number of the page: — 1 —"""
    text = '<w:r><w:t xml:space="preserve">{}</w:t></w:r>'.format
    inside = _TITLE_FIELD if kind == "header" else text("— ") + _PAGE + text(" —")
    outside = '<w:ind w:{0}Chars="100" w:{0}="280"/>'.format("right" if align == "right" else "left")
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{"hdr" if kind == "header" else "ftr"} {_NAMESPACES}>'
        f'<w:p><w:pPr><w:pStyle w:val="{kind.title()}"/>{outside if kind == "footer" else ""}'
        f'<w:jc w:val="{align}"/></w:pPr>{inside}</w:p></w:{"hdr" if kind == "header" else "ftr"}>'
    )


def _page(references: str) -> str:
    """A4 with the margins of the standard: 37 mm above, 35 below, 28 left, 26 right."""
    top, bottom, left, right, header, footer = (round(mm * _MILLIMETRE) for mm in (37, 35, 28, 26, 22, 25))
    return (
        f'<w:sectPr>{references}<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="{top}" w:right="{right}" '
        f'w:bottom="{bottom}" w:left="{left}" w:header="{header}" w:footer="{footer}" w:gutter="0"/></w:sectPr>'
    )


def _unpack(content: bytes) -> dict[str, str | bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    return {
        name: data.decode("utf-8") if name.endswith((".xml", ".rels")) else data
        for name, data in parts.items()
    }


def _pack(parts: dict[str, str | bytes]) -> bytes:
    """A zip archive whose bytes depend on its parts alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            data = parts[name]
            archive.writestr(entry, data.encode() if isinstance(data, str) else data)
    return buffer.getvalue()
