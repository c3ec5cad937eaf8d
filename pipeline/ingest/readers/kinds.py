"""What a file is, by its first bytes: its name may say something else, and then the analyst is told what to do."""

import codecs
import io
import re
import zipfile
from pathlib import PurePosixPath

from pipeline.ingest.readers.damage import DAMAGED, SEND_AGAIN, damage_told
from pipeline.ingest.readers.passwords import protected
from pipeline.problems import ProblemError

EXCEL, EXCEL_BINARY, EXCEL_97, OPEN_DOCUMENT, TEXT = "xlsx", "xlsb", "xls", "ods", "text"
WORKBOOKS = {".xlsx": EXCEL, ".xlsm": EXCEL, ".xlsb": EXCEL_BINARY, ".xls": EXCEL_97, ".ods": OPEN_DOCUMENT}
LARGEST_WORKBOOK = 300 * 2**20
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_EXCEL = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08")
_HEAD = 4096
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SAVE = (
    "a workbook or a text file; open it in a spreadsheet program, save it as .xlsx and put that in its place"
)
_ASK = "a workbook or a text file with the table; ask the office for it"
_UNPACK = "the table itself; unpack it and put the files in its place"
# How files begin that are no tables, as bytes, and what they are.
_OTHER_BYTES = (
    (rb"%PDF", "a PDF"),
    (rb"\{\\rtf", "a document (RTF)"),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|(?s:BM.{,61}\0)", "a picture"),
)
_ARCHIVES = ((rb"\x1f\x8b", "gzip"), (rb"7z\xbc\xaf\x27\x1c", "7-Zip"), (rb"Rar!", "RAR"), (rb"BZh", "bzip2"))
# How texts begin, in small letters, that are no text with separators.
_OTHER_TEXTS = (
    (r"(?s)<.*urn:schemas-microsoft-com:office:spreadsheet", "an XML Spreadsheet 2003"),
    (
        r"(?s)(<\?xml[^>]*>|<!--.*?-->|\s)*<(!doctype html|html|head|meta|body|table|style|div|script)\b",
        "an HTML page",
    ),
    (r"mime-version:", "a web archive (MHTML)"),
    (r"<\?xml", "an XML document"),
)
_SEPARATED = {",": "comma-separated text", "\t": "tab-separated text", ";": "text with semicolons"}
_DOCUMENTS = {"word": "a Word document", "ppt": "a presentation", "Index": "an Apple Numbers document"}
_CALLED = {
    EXCEL: "an Excel workbook (.xlsx)",
    EXCEL_BINARY: "a binary Excel workbook (.xlsb)",
    EXCEL_97: "an Excel 97 workbook (.xls)",
    OPEN_DOCUMENT: "an OpenDocument spreadsheet (.ods)",
}


def kind_of(content: bytes, name: str) -> str:
    """Which reader a file is for; `content` is the whole of a workbook, or as much of a text file as is at hand.

    A file that is another thing than its name says, or nothing that is read, is refused with what it is and what to do.
    """
    named = WORKBOOKS.get(PurePosixPath(name).suffix.lower(), TEXT)
    if not content:
        raise ProblemError(name, "an empty file", "a header and at least one row")
    found = _kind_by_bytes(content, name)
    if found != named:
        what = _text_kind(content) if found == TEXT else _CALLED[found]
        suffix = "txt" if found == TEXT else found
        if found == TEXT and b"\0" in content[:_HEAD] and not content.startswith(_UTF_16):
            raise ProblemError(name, f"{DAMAGED}, or it is no workbook", SEND_AGAIN)
        wish = f"a name that says what it is; rename it to .{suffix}"
        raise ProblemError(name, _named(what, name), wish)
    return found


def is_workbook_by_bytes(head: bytes) -> bool:
    """Whether the first bytes are those of a workbook or an archive, which must be read whole."""
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06", _OLE, *_OLD_EXCEL))


def is_of_office(head: bytes) -> bool:
    """Whether the first bytes are those of a document of Microsoft Office before 2007, or of an encrypted one."""
    return head.startswith(_OLE)


def _kind_by_bytes(content: bytes, name: str) -> str:
    if content.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _kind_of_zip(content, name)
    if content.startswith(_OLE):
        return _kind_of_ole(content, name)
    if content.startswith(_OLD_EXCEL):
        return EXCEL_97
    for magic, what in _OTHER_BYTES:
        if re.match(magic, content):
            raise ProblemError(name, _named(what, name), _ASK)
    for magic, program in _ARCHIVES:
        if re.match(magic, content):
            raise ProblemError(name, f"an archive ({program})", _UNPACK)
    for beginning, what in _OTHER_TEXTS:
        if re.match(beginning, _as_text(content).lower()):
            raise ProblemError(name, _named(what, name), _SAVE)
    return TEXT


def _named(what: str, name: str) -> str:
    suffix = PurePosixPath(name).suffix.lower()
    return f"{what} named {suffix}" if suffix else what


def _as_text(content: bytes) -> str:
    encoding = "utf-16" if content.startswith(_UTF_16) else "utf-8-sig"
    return content[:_HEAD].decode(encoding, "replace").lstrip()


def _text_kind(content: bytes) -> str:
    head = _as_text(content)
    separator = separator_of(head)
    return _SEPARATED[separator] if separator in head else "text"


def separator_of(text: str) -> str:
    """The sign that most likely separates the cells of a text: the one that stands most often at its beginning."""
    return max(_SEPARATED, key=text[:_HEAD].count)


def _kind_of_zip(content: bytes, name: str) -> str:
    with damage_told(name), zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {member.filename.replace("\\", "/"): member for member in archive.infolist()}
        size = sum(member.file_size for member in members.values())
        if size > LARGEST_WORKBOOK:
            wish = f"at most {LARGEST_WORKBOOK // 2**20} MB; save the sheets that count as CSV, or ask for the file again"
            raise ProblemError(name, f"a workbook of {size / 2**20:,.0f} MB when unpacked", wish)
        if "mimetype" in members and b"opendocument.spreadsheet" in archive.read(members["mimetype"]):
            manifest = members.get("META-INF/manifest.xml")
            if manifest and b"encryption-data" in archive.read(manifest):
                raise protected(name)
            return OPEN_DOCUMENT
    lower = {member.lower() for member in members}
    if "xl/workbook.bin" in lower:
        return EXCEL_BINARY
    if "xl/workbook.xml" in lower:
        return EXCEL
    for folder, what in _DOCUMENTS.items():
        if any(member.startswith(f"{folder}/") for member in members):
            raise ProblemError(name, _named(what, name), _ASK)
    raise ProblemError(name, "an archive (zip)", _UNPACK)


def _kind_of_ole(content: bytes, name: str) -> str:
    import olefile

    with damage_told(name), olefile.OleFileIO(content) as file:
        streams = {"/".join(path).lower() for path in file.listdir()}
    if streams & {"workbook", "book"}:
        return EXCEL_97
    if "worddocument" in streams:
        raise ProblemError(name, _named("a Word document", name), _ASK)
    raise ProblemError(name, "a document of Microsoft Office that holds no workbook", _ASK)
