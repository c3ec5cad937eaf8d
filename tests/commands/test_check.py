"""`sitrep check`: what it says on the terminal and on the page for the offices; nothing is left out."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import msgspec
import pytest

from pipeline.audit.check_facts import Checked
from pipeline.audit.check_page import months, page, position, write_page
from pipeline.audit.check_reading import gather
from pipeline.commands.check import say_checked
from pipeline.words.translations import read_translator
from tests.commands.conftest import HOSPITAL, JUNE, REFERENCE, REGISTER, SETTINGS, everything, refused
from tests.contract_rows import contract_rows
from tests.test_commands import sitrep

CHINESE = read_translator("zh")
NO_BREAK = "\N{NO-BREAK SPACE}"


class Page(HTMLParser):
    """The text of a page, its ids, links and elements; unbalanced elements fail."""

    VOID = ("meta", "br", "link", "img")

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.elements, self.parts = [], [], [], [], []
        self.rows: list[list[str]] = []
        self.feed(html)
        assert self.open == []
        self.text = "".join(self.parts).replace(NO_BREAK, " ")

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.elements.append(tag)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values[name] for name in ("href", "src") if name in values]
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.parts.append(data)
            if {"td", "th"} & set(self.open):
                self.rows[-1][-1] += data.replace(NO_BREAK, " ")


@pytest.fixture
def html(checked: Checked) -> str:
    return page(checked, SETTINGS, REFERENCE)


def refused_places(found: Page) -> set[tuple[str, int, int]]:
    """Text, row and column of each refused cell, read off the tables of the page as an office would."""
    places = set()
    for written, text, *_ in (row for row in found.rows if len(row) == 4 and row[0].startswith("工作表")):
        for rows, columns in re.findall(r"第([\d、～]+)行([A-Z、～]+)列", written):
            for row in spread(rows, int):
                places |= {(text, row, column) for column in spread(columns, lambda letter: ord(letter) - 64)}
    return places


def spread(text: str, number) -> list[int]:
    numbers = []
    for part in text.split("、"):
        first, _, last = part.partition("～")
        numbers += range(number(first), number(last or first) + 1)
    return numbers


def test_every_refused_cell_is_on_the_page(html):
    rejects = everything()["rejects"]
    wanted = {(r["found"], r["row"], r["column"]) for r in rejects.iter_rows(named=True) if r["row"]}
    assert refused_places(Page(html)) == wanted
    assert "含有个人信息" in Page(html).text


def test_every_finding_is_on_the_page(html):
    wanted = {f"finding-{name}" for name in everything()["findings"]["finding_id"]}
    assert wanted == {name for name in Page(html).ids if name.startswith("finding-")}


def test_the_page_is_one_file_without_scripts(html):
    found = Page(html)
    assert not {"script", "link", "img", "iframe"} & set(found.elements)
    assert all(link.startswith("#") for link in found.links)
    assert {link[1:] for link in found.links} <= set(found.ids)
    assert len(found.ids) == len(set(found.ids))
    assert "url(" not in html and "http" not in html


def test_text_of_raw_files_is_text(html):
    assert "<script>" not in html
    assert "<b>月报</b>" not in html
    found = Page(html)
    assert "<script>alert(1)</script>" in found.text
    assert "人口<b>月报</b>_202606.xlsx" in found.text


def test_the_same_facts_give_the_same_bytes(checked, tmp_path):
    for name in ("a.html", "b.html"):
        write_page(tmp_path / name, checked, SETTINGS, REFERENCE)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.glob("*.html")) == ["a.html", "b.html"]


def test_an_office_reads_what_to_do(html):
    text = Page(html).text
    assert "请核对后填写 0 或正整数；没有数据的，请留空或填“—”。" in text
    assert "相近的名称：城关镇、柳树乡。" in text
    assert "12 个月" not in text and "5 个月，住院分娩直报为 1,204，公安户籍为 1,101，相差 103。" in text
    assert "电话核实" in text


def test_what_is_missing_late_silent_or_due_is_on_the_page(html):
    rows = Page(html).rows
    assert ["示例青禾县", "住院分娩直报", "柳树乡：2026年6月"] in rows
    assert ["示例柳溪区", "住院分娩直报", "全部单位：2026年6月"] in rows
    assert ["示例青禾县", "住院分娩直报", "全部单位：2026年5月"] in rows
    text = Page(html).text
    assert "从未报送：示例空白县。" in text
    assert "住院分娩直报已连续 4 个月未报" in text
    assert ["示例青禾县城关镇", "2026年4月", "2026-05-10", "2026-05-13", "逾期 3 天完成"] in rows
    assert ["示例青禾县城关镇", "2026年5月", "2026-06-10", "—", "未完成，已逾期 20 天"] in rows
    assert ["示例青禾县城关镇", "2026年6月", "2026-07-10", "—", "未到期"] in rows
    assert f"{HOSPITAL}/2026/说明.docx" in text
    assert "疫苗接种/" in text
    assert "备注, 联系方式" in text


def test_when_there_is_nothing_to_say_the_page_says_so(nothing_to_say):
    text = Page(page(nothing_to_say, SETTINGS, REFERENCE)).text
    assert "全部读入，无退回。" in text
    assert "截至2026年6月，无缺报。" in text
    assert "没有收件日期，未作判断。" in text


def test_where_english_is_the_first_language_the_page_is_english(checked):
    english = msgspec.structs.replace(SETTINGS, languages=("en",))
    found = Page(page(checked, english, REFERENCE))
    assert "Similar names: 城关镇, 柳树乡." in found.text
    assert ["sheet “分乡镇”, row 7 column E", "<script>alert(1)</script>"] in [row[:2] for row in found.rows]
    assert "check." not in found.text


def test_a_mended_cell_is_no_longer_refused(checked):
    assert checked.cells_refused == 6
    (mended,) = [mended for file in checked.files for mended in file.mended]
    assert (mended.found, mended.value) == ("1O5", 105.0)
    assert "1O5" not in {refusal.found for file in checked.files for refusal in file.refusals}
    assert {source.source: source.cells_mended for source in checked.sources} == {HOSPITAL: 1, REGISTER: 0}


def test_the_terminal_groups_by_file(checked, capsys):
    say_checked(checked)
    said = capsys.readouterr().out
    file = said[said.index(f"{HOSPITAL}/2026/住院分娩月报_202606.xlsx: 5 refused, 1 mended, 2 odd") :]
    assert file.index("row 5, column F: found 约15 (2 figures); expected a whole number") < file.index(
        f"\n{REGISTER}/"
    )
    assert said.index("Silent for months") < said.index("5 refused, 1 mended")
    assert (
        "mended: sheet 分乡镇, row 10, column F: found 1O5, counts as 105 (电话核实; 李, 2026-07-03)" in said
    )
    assert f"{HOSPITAL}, 990101 示例青禾县: 1 return, of 柳树乡, in 2026-06" in said
    assert "births_male: 1 on time, 1 late, 2 open, of these 1 past due" in said


def test_a_long_list_is_cut_on_the_terminal_and_whole_on_the_page(workspace, capsys):
    tables = everything() | {
        "rejects": contract_rows("rejects", (refused(row, 6, f"约{row}") for row in range(5, 45)))
    }
    tables["corrections"] = tables["corrections"].clear()
    checked = gather(workspace, SETTINGS, tables, JUNE)
    say_checked(checked)
    assert "… and 35 more kinds of refusal; --html shows all" in capsys.readouterr().out
    assert len(refused_places(Page(page(checked, SETTINGS, REFERENCE)))) == 40


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (((7, 5),), "工作表“分乡镇”，第7行E列"),
        (((7, 5), (7, 6), (8, 5), (8, 6)), "工作表“分乡镇”，第7～8行E～F列"),
        (((7, 5), (9, 28)), "工作表“分乡镇”，第7行E列，第9行AB列"),
        (((0, 3),), "工作表“分乡镇”，C列"),
        (((0, 0),), "工作表“分乡镇”"),
    ],
)
def test_places_are_written_as_in_a_spreadsheet(cells, said):
    assert position(CHINESE, "分乡镇", cells) == said


def test_a_place_without_sheet_or_row_is_the_whole_file():
    assert position(CHINESE, "", ((0, 0),)) == "整个文件"


def test_months_in_a_row_are_drawn_together():
    days = [date(2025, 3, 1), date(2025, 4, 1), date(2025, 11, 1), date(2025, 12, 1), date(2026, 1, 1)]
    assert months(CHINESE, days) == "2025年3月—4月、2025年11月—2026年1月"


def test_check_counts_and_names_what_is_missing(awkward):
    run = sitrep("check", "--root", awkward.root, "--workers", 1)
    assert run.returncode == 0
    assert "Refused: nothing" in run.stdout
    assert "示例空白县: never reported" in run.stdout


def test_a_bad_file_is_said_and_the_rest_goes_on(three_months, tmp_path):
    folder, root = three_months.raw / "births", three_months.root
    (folder / "2024-09.csv").write_text("统计月份,数\n2024年9月,3\n", encoding="utf-8")
    file = folder / "2024-08.csv"
    file.write_bytes(file.read_bytes().replace("镇,33".encode(), "镇,约33".encode()))
    html = tmp_path / "核对单.html"
    run = sitrep("check", "--root", root, "--workers", 1, "--html", html)
    assert run.returncode == 1
    assert "births/2024-08.csv: 1 refused" in run.stdout
    assert "row 2, column B: found 约33; expected a whole number" in run.stdout
    assert "births/2024-09.csv: 1 refused" in run.stdout
    found = Page(html.read_text(encoding="utf-8"))
    assert ["第2行B列", "约33"] in [row[:2] for row in found.rows]
    assert "请核对后填写 0 或正整数" in found.text
    assert "表头与约定不符" in found.text
    built = sitrep("build", "--root", root, "--workers", 1)
    assert built.returncode == 1
    assert "figures were refused" in built.stdout
    assert (three_months.current / "indicators.parquet").exists()


def test_the_page_is_never_written_among_the_raw_files(three_months):
    html = three_months.raw / "核对单.html"
    run = sitrep("check", "--root", three_months.root, "--html", html, "--workers", 1)
    assert run.returncode == 1
    assert "raw files are never written to" in run.stderr
    assert not html.exists()


def test_where_nothing_could_be_read_the_refusals_are_said_all_the_same(three_months):
    for path in three_months.raw.rglob("*.csv"):
        path.write_bytes(b"\xff\xff nothing of use")
    run = sitrep("check", "--root", three_months.root, "--workers", 1)
    assert run.returncode == 1
    assert "refused:" in run.stdout
    assert "not one count that could be read" in run.stderr
