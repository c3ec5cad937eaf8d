"""A file that is another thing than its name says is told what it is and what to do, in our words."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile

import pytest
import xlwt
from msoffcrypto.format.ooxml import OOXMLFile
from xlwt.CompoundDoc import XlsDoc

from pipeline.ingest.readers import read_opened
from pipeline.problems import ProblemError
from tests.ingest.saved_as import Drawn, saved_as, with_part

TABLE = Drawn([["Area", "Month", "Male"], ["Avonmere", "2024-08", 12]], "Table")
TABS = "Area\tMonth\tMale\nAvonmere\t2024-08\t12\n"
CELLS = "<tr><td>Area</td><td>12</td></tr>"
XML_2003 = (
    '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
    '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet/></Workbook>'
)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def with_password(workbook: bytes, password: str) -> bytes:
    file = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(password, file)
    return file.getvalue()


def old_with_password() -> bytes:
    """An .xls with the record that says it is encrypted, behind the first one."""
    book = xlwt.Workbook()
    book.add_sheet("S").write(0, 0, 1)
    stream = book.get_biff_data()
    begin = 4 + struct.unpack_from("<H", stream, 2)[0]
    protected = stream[:begin] + struct.pack("<HHHHH", 0x2F, 6, 0, 1, 2) + stream[begin:]
    file = io.BytesIO()
    XlsDoc().save(file, protected)
    return file.getvalue()


MISNAMED = [
    ("a.xls", f"<html><body><table>{CELLS}</table>".encode(), "an HTML page named .xls", "save it as .xlsx"),
    (
        "a.xls",
        f"\ufeff <!DOCTYPE html>\n<HTML>{CELLS}".encode(),
        "an HTML page named .xls",
        "save it as .xlsx",
    ),
    ("a.xls", f"<table>{CELLS}</table>".encode("utf-16"), "an HTML page named .xls", "save it as .xlsx"),
    (
        "a.xlsx",
        f"<?xml version='1.0'?><html>{CELLS}".encode(),
        "an HTML page named .xlsx",
        "save it as .xlsx",
    ),
    ("a.csv", f"<html>{CELLS}</html>".encode(), "an HTML page named .csv", "save it as .xlsx"),
    ("a.xls", TABS.encode(), "tab-separated text named .xls", "rename it to .txt"),
    ("a.xls", TABS.encode("utf-16"), "tab-separated text named .xls", "rename it to .txt"),
    ("a.xlsx", TABS.replace("\t", ",").encode(), "comma-separated text named .xlsx", "rename it to .txt"),
    ("a.xls", XML_2003.encode(), "an XML Spreadsheet 2003 named .xls", "save it as .xlsx"),
    (
        "a.xls",
        b"MIME-Version: 1.0\nContent-Type: multipart/related",
        "a web archive (MHTML)",
        "save it as .xlsx",
    ),
    ("a.xls", saved_as("xlsx", TABLE), "an Excel workbook (.xlsx) named .xls", "rename it to .xlsx"),
    ("a.csv", saved_as("xlsx", TABLE), "an Excel workbook (.xlsx) named .csv", "rename it to .xlsx"),
    ("a.xlsx", saved_as("xls", TABLE), "an Excel 97 workbook (.xls) named .xlsx", "rename it to .xls"),
    ("a.xlsx", saved_as("ods", TABLE), "an OpenDocument spreadsheet (.ods) named .xlsx", "rename it to .ods"),
    ("a.xlsx", with_password(saved_as("xlsx", TABLE), "secret"), "protected by a password", "without one"),
    ("a.xls", old_with_password(), "protected by a password", "without one"),
    (
        "a.ods",
        with_part(
            saved_as("ods", TABLE), "META-INF/manifest.xml", "</manifest:manifest>", "<encryption-data/>"
        ),
        "protected by a password",
        "without one",
    ),
    ("a.xlsx", b"%PDF-1.7\n", "a PDF named .xlsx", "ask the office"),
    ("a.xlsx", zipped(word__document=b"<w/>"), "a Word document named .xlsx", "ask the office"),
    ("a.xlsx", zipped(a=b"1", b=b"2"), "an archive (zip)", "unpack it"),
    ("a.csv", gzip.compress(b"a,b\n1,2\n", mtime=0), "an archive (gzip)", "unpack it"),
    ("a.xlsx", b"", "an empty file", "a header"),
    ("a.xlsx", saved_as("xlsx", TABLE)[:2000], "it is damaged or was cut off", "ask for it again"),
    ("a.xls", saved_as("xls", TABLE)[:2000], "it is damaged or was cut off", "ask for it again"),
    ("a.xls", bytes(range(256)) * 4, "it is damaged or was cut off", "ask for it again"),
]


@pytest.mark.parametrize(("name", "content", "found", "what_to_do"), MISNAMED)
def test_what_it_is_and_what_to_do(name, content, found, what_to_do):
    with pytest.raises(ProblemError) as caught:
        list(read_opened(io.BytesIO(content), name, "detect", ("*",), 100).sheets)
    problem = caught.value
    assert found in problem.found
    assert what_to_do in problem.expected
    assert problem.location.file == name
    for word in ("calamine", "xlrd", "Traceback", "Error(", "/tmp", "b'"):
        assert word not in str(problem)


def test_a_workbook_that_is_only_protected_against_changes_is_read():
    """Excel encrypts such a workbook with a password that everybody knows, and opens it without asking."""
    content = with_password(saved_as("xlsx", TABLE), "VelvetSweatshop")
    (sheet,) = read_opened(io.BytesIO(content), "a.xlsx", "detect", ("*",), 100).sheets
    assert sheet.grid.rows()[1] == (2, "Avonmere", "2024-08", "12")
