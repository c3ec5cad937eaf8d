"""What passes for a raw file and is none: each is refused with what was found, and the good file beside it counts."""

from __future__ import annotations

import os
import zipfile
from datetime import date

import pytest
import xlsxwriter

from pipeline.problems import ProblemError
from tests.ingest.small_source import HEADER, SOURCE, write_workbook

GOOD = {"2024-09.csv": HEADER + "城关镇,3,4\n"}


def only_reject(read, files, source=SOURCE):
    tables = read(files | GOOD, source)
    (reject,) = tables["rejects"].iter_rows(named=True)
    assert tables["observations"].height == 2
    assert reject["expected"]
    return reject


def test_a_workbook_that_would_fill_the_memory(read):
    def bomb(path):
        with (
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
            archive.open("xl/a.xml", "w") as member,
        ):
            for _ in range(301):
                member.write(bytes(1 << 20))
        assert path.stat().st_size < 1 << 20

    reject = only_reject(read, {"2024-08.xlsx": bomb})
    assert "301 MB when unpacked" in reject["found"]


def test_a_workbook_of_two_hundred_sheets(read, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as workbook:
        for number in range(200):
            workbook.add_worksheet(f"表{number}").write_row(0, 0, ["乡镇", "男", "女"])
    reject = only_reject(read, {"2024-08.xlsx": (tmp_path / "book.xlsx").read_bytes()})
    assert reject["found"] == "200 sheets to read"
    assert "[limits] sheets" in reject["expected"]


def test_a_sheet_of_five_thousand_columns(read, tmp_path):
    rows = [["乡镇", "男", "女", *range(4997)], ["城关镇", 1, 2]]
    reject = only_reject(read, {"2024-08.xlsx": write_workbook(tmp_path / "book.xlsx", rows)})
    assert "5,000 columns, up to GJH" in reject["found"]


def test_a_text_file_of_five_thousand_columns(read):
    text = HEADER.strip() + "," * 4997 + "\n城关镇,1,2\n"
    assert "5,000 columns" in only_reject(read, {"2024-08.csv": text})["found"]


def test_a_workbook_cut_in_half(read, tmp_path):
    content = write_workbook(tmp_path / "book.xlsx", [["乡镇", "男", "女"], *[["城关镇", 1, 2]] * 50])
    reject = only_reject(read, {"2024-08.xlsx": content[: len(content) // 2]})
    assert "cannot be opened" in reject["found"]


def test_a_text_file_cut_within_a_character(read):
    content = (HEADER + "城关镇,1,2\n柳溪乡,5,6\n").encode("utf-8")
    cut = content[: content.index("溪".encode()) + 2]
    assert "bytes that are not" in only_reject(read, {"2024-08.csv": cut})["found"]


def test_a_text_file_cut_within_a_row(read):
    reject = only_reject(read, {"2024-08.csv": HEADER + "城关镇,12,13\n柳溪乡,5"})
    assert (reject["row"], reject["found"]) == (3, "the file ends in the middle of a row")


def test_a_last_line_without_an_end_is_no_cut(read):
    tables = read({"2024-08.csv": HEADER + "城关镇,1,2\n注：含补报,见附件"})
    assert tables["rejects"].is_empty()
    tables = read({"2024-08.csv": HEADER + "城关镇,1,2\n柳溪乡,5,6"})
    assert tables["observations"].height == 4


def test_a_table_that_lacks_the_total_row_it_promises(read):
    source = SOURCE.replace('leave_out = "^(合计|注)"', 'totals = "^合计"')
    tables = read({"2024-08.csv": HEADER + "城关镇,1,2\n合计,1,2\n柳溪乡,5,6\n"}, source)
    (reject,) = tables["rejects"].iter_rows(named=True)
    assert (reject["row"], reject["reason"]) == (4, "file")
    assert "no row like '^合计' behind it" in reject["found"]
    assert tables["observations"].height == 4


def test_figures_shifted_to_where_no_header_stands(read):
    tables = read({"2024-08.csv": "乡镇,男,女\n城关镇,,1,2\n"})
    (reject,) = tables["rejects"].iter_rows(named=True)
    assert (reject["row"], reject["column"], reject["reason"]) == (2, 4, "column")
    assert reject["found"] == "a figure in a column without a header"


def test_a_folder_named_like_a_file(read):
    reject = only_reject(read, {"2024-08.csv": lambda path: path.mkdir()})
    assert reject["found"] == "a folder named like a file"


def test_a_link_out_of_the_workspace(read, tmp_path):
    secret = tmp_path / "elsewhere.csv"
    secret.write_text(HEADER + "城关镇,1,2\n", encoding="utf-8")
    reject = only_reject(read, {"2024-08.csv": lambda path: path.symlink_to(secret)})
    assert "leads out of data/raw" in reject["found"]


def test_a_link_that_leads_nowhere(read):
    reject = only_reject(read, {"2024-08.csv": lambda path: path.symlink_to(path.with_name("gone.csv"))})
    assert "leads nowhere" in reject["found"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(read):
    def closed(path):
        path.write_text(HEADER, encoding="utf-8")
        path.chmod(0)

    assert "ermission" in only_reject(read, {"2024-08.csv": closed})["found"]


@pytest.mark.parametrize("name", ["2024-08\n.csv", "2024-08\x1b[31m.csv", "2024-08\u202ecsv.csv"])
def test_a_name_with_a_line_break_or_control_character(read, name):
    reject = only_reject(read, {name: HEADER + "城关镇,1,2\n"})
    assert "control character" in reject["found"]
    assert reject["path"].isprintable()


def test_a_name_that_is_no_text(read):
    def write(path):
        with open(os.path.join(os.fsencode(path.parent), b"\xd4\xc2\xb1\xa8_2024-08.csv"), "wb") as file:
            file.write(HEADER.encode())

    assert "control character" in only_reject(read, {"unused": write})["found"]


@pytest.mark.parametrize("pattern", ["../*.csv", "/etc/*", "a/../../*.csv"])
def test_a_pattern_that_leads_out_of_the_folder_is_a_slip_in_the_source_toml(read, pattern):
    with pytest.raises(ProblemError, match=r"source.toml.*files"):
        read(GOOD, SOURCE.replace('"*.*"', f'"{pattern}"'))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HEADER + '城关镇,"1,2\n柳溪乡,5,6\n和平镇,7,8\n', "a quotation mark that is not closed"),
        (HEADER + '城关镇,1,2,\n柳溪乡,"5"x,6\n', "a quotation mark that is not closed"),
    ],
)
def test_quotation_marks_that_would_swallow_rows(read, text, found):
    reject = only_reject(read, {"2024-08.csv": text})
    assert found in reject["found"]
    assert reject["row"] >= 2


def test_personal_data_on_a_sheet_that_nobody_asked_for(read, tmp_path):
    with xlsxwriter.Workbook(tmp_path / "book.xlsx") as workbook:
        workbook.add_worksheet("汇总").write_row(0, 0, ["乡镇", "男", "女"])
        workbook.add_worksheet("名单").write_row(0, 0, ["姓 名", "住址"])
    content = (tmp_path / "book.xlsx").read_bytes()
    reject = only_reject(read, {"2024-08.xlsx": content}, 'sheets = "汇总"\n' + SOURCE)
    assert (reject["sheet"], reject["reason"]) == ("名单", "personal data")


def test_files_come_in_the_order_of_receipt_and_then_of_their_names(read):
    text = HEADER + "城关镇,3,4\n"
    names = ["2024年9月.csv", "2024年10月.csv", "2024年9月(2).csv", "2024年9月(10).csv"]
    files = read(dict.fromkeys(names, text), receipts={("births", "2024年10月.csv"): date(2024, 9, 1)})[
        "files"
    ]
    assert files.sort("sequence")["path"].to_list() == [names[0], names[2], names[3], names[1]]
    assert files.sort("sequence")["received"].to_list() == [None, None, None, date(2024, 9, 1)]
