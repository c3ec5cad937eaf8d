"""Word documents: in the style of official documents, the same words as the page, the same bytes, in both renderers."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import pytest
from test_renderers import CARD, PAGE, QUARTO, hostile_page, squeeze, write_page

from pipeline.reporting.renderers import choose
from pipeline.reporting.renderers.word import finish

THEME = Path(__file__).parents[2] / "reports" / "theme"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
MILLIMETRE = 1440 / 25.4


DECIMALS = """---
title: "青岚县"
lang: zh-Hans
---

| 乡镇 | 性别比 |
|:--|--:|
| 甲 | 112.25 |
| 乙 | [98.5]{.uncertain} |
| 丙 | 7 |
| 丁 | [不予公布]{.withheld} |

: 表 1　各乡镇
"""


class Word:
    """The parts of a document."""

    def __init__(self, content: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            self.entries = archive.infolist()
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.body = ElementTree.fromstring(self.parts["word/document.xml"])[0]
        self.styles = {
            style.find(f"{W}name").get(f"{W}val"): style
            for style in ElementTree.fromstring(self.parts["word/styles.xml"]).iter(f"{W}style")
        }
        self.names = {style.get(f"{W}styleId"): name for name, style in self.styles.items()}

    def paragraphs(self, style: str) -> list[str]:
        found = []
        for paragraph in self.body.iter(f"{W}p"):
            marked = paragraph.find(f"{W}pPr/{W}pStyle")
            if marked is not None and self.names[marked.get(f"{W}val")] == style:
                found.append(text_of(paragraph))
        return found

    def cells(self) -> list[str]:
        return [text_of(cell) for cell in self.body.iter(f"{W}tc")]

    def alts(self) -> list[str]:
        return [drawing.get("descr") for drawing in self.body.iter(DRAWING)]

    def font(self, style: str) -> tuple[str, str]:
        run = self.styles[style].find(f"{W}rPr")
        return run.find(f"{W}rFonts").get(f"{W}eastAsia"), run.find(f"{W}sz").get(f"{W}val")


def text_of(element) -> str:
    return "".join(text.text or "" for text in element.iter(f"{W}t")).replace("\u2060", "")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    cards = "\n".join(
        CARD % card
        for card in (("出生率", "7.40", "偏低", "lower"), ("死亡率", "6.1", "无法区分", "unclear"))
    )
    rows = "\n".join(f"| 第{i}镇 | {i * 13} |" for i in range(1, 61))
    english = PAGE.replace("lang: zh-Hans", "lang: en").replace("CARDS", cards).replace("ROWS", rows)
    return [
        write_page(folder, "990101", PAGE.replace("CARDS", cards).replace("ROWS", rows)),
        write_page(folder, "990102", hostile_page()),
        write_page(folder, "990101.en", english),
        write_page(folder, "990103", DECIMALS),
    ]


@pytest.fixture(scope="module")
def rendered(pages, font_cache, tmp_path_factory):
    made = {}

    def render(name: str) -> Path:
        if name not in made:
            made[name] = tmp_path_factory.mktemp(name)
            done = choose(name).render(pages, made[name], ["docx"], THEME, cache=font_cache)
            assert all(one.path for one in done)
        return made[name]

    return render


@pytest.fixture(params=["embedded", QUARTO])
def folder(request, rendered) -> Path:
    return rendered(request.param)


def document(folder: Path, name: str = "990101") -> Word:
    return Word((folder / f"{name}.docx").read_bytes())


def test_every_part_of_the_page_is_there_in_a_style_of_its_own(folder):
    word = document(folder)
    assert word.paragraphs("Title") == ["青岚县人口形势分析报告"]
    assert word.paragraphs("Kicker") == ["临江市"]
    assert word.paragraphs("heading 1") == ["主要指标", "趋势", "方法说明"]
    assert word.paragraphs("heading 2") == ["分月情况"]
    assert word.paragraphs("Table Caption") == ["表 1　分月出生人数", "表 2　各乡镇"]
    assert word.paragraphs("Image Caption") == ["图 1　性别比的趋势", "图 2　自然增长率"]
    assert word.paragraphs("List Text") == ["同比下降 3.2%。", "同比上升 1.1%。"]
    assert word.paragraphs("Note") == ["说明：按出生日期统计。"]
    assert word.alts() == ['折线图："性别比" 在 103 到 110 之间', "折线图：自然增长率"]
    cells = word.cells()
    assert cells[:8] == ["出生率", "7.40 ‰", "95%置信区间 6.9～7.9", "偏低",
                         "死亡率", "6.1 ‰", "95%置信区间 6.9～7.9", "无法区分"]  # fmt: skip
    assert cells[8:17] == ["月份", "出生（人）", "性别比", "1月", "1,120", "111.3", "2月", "98", "不予公布"]


def test_the_look_is_that_of_official_documents(folder):
    word = document(folder)
    assert word.font("Title") == ("方正小标宋简体", "44")
    assert word.font("Normal") == ("仿宋_GB2312", "32")
    assert word.font("heading 1") == ("黑体", "32")
    assert word.font("heading 2") == ("楷体_GB2312", "32")
    spacing = word.styles["Body Text"].find(f"{W}pPr/{W}spacing")
    assert (spacing.get(f"{W}line"), spacing.get(f"{W}lineRule")) == ("560", "exact")
    margins = word.body.find(f"{W}sectPr/{W}pgMar")
    millimetres = [
        round(int(margins.get(f"{W}{side}")) / MILLIMETRE) for side in ("top", "bottom", "left", "right")
    ]
    assert millimetres == [37, 35, 28, 26]
    size = word.body.find(f"{W}sectPr/{W}pgSz")
    assert (size.get(f"{W}w"), size.get(f"{W}h")) == ("11906", "16838")


def test_header_and_footer_say_the_title_and_the_page(folder):
    word = document(folder)
    for number in (1, 2):
        header, footer = (word.parts[f"word/{part}{number}.xml"].decode() for part in ("header", "footer"))
        assert "青岚县人口形势分析报告" in header and "TITLE" in header
        assert "PAGE" in footer
    assert b"evenAndOddHeaders" in word.parts["word/settings.xml"]


def test_tables_have_rules_a_head_on_every_page_and_whole_rows(folder):
    word = document(folder)
    table = word.styles["Table"]
    borders = table.find(f"{W}tblPr/{W}tblBorders")
    assert [edge.tag.removeprefix(W) for edge in borders] == ["top", "bottom", "insideH"]
    assert table.find(f"{W}trPr/{W}cantSplit") is not None
    assert len(list(word.body.iter(f"{W}tblHeader"))) == 2


def test_another_language_is_set_smaller_and_in_roman_type(folder):
    word = document(folder, "990101.en")
    assert word.font("Normal")[1] == "23" and word.font("Title")[1] == "40"
    assert word.styles["Normal"].find(f"{W}rPr/{W}rFonts").get(f"{W}ascii") == "Times New Roman"


def test_numbers_of_a_column_stand_with_their_points_below_each_other(folder):
    """As in HTML and PDF; in Word by spaces as wide as a point and as a digit."""
    column = document(folder, "990103").cells()[3::2]
    assert column == ["112.25", "98.5\u2007", "7\u2008\u2007\u2007", "不予公布"]


def test_figures_are_pictures_that_every_word_shows(folder):
    names = [name for name in document(folder).parts if name.startswith("word/media/")]
    assert len(names) == 2 and all(name.endswith(".png") for name in names)


def test_any_text_comes_out_literally(folder):
    from test_renderers import HOSTILE

    word = document(folder, "990102")
    shown = squeeze(text_of(word.body))
    for i, hostile in enumerate(HOSTILE):
        assert squeeze(f"第{i}：{hostile}。") in shown
        assert hostile in word.cells()
    assert word.paragraphs("Title") == [HOSTILE[1]] and word.alts() == [HOSTILE[1]]


@pytest.mark.parametrize("renderer", ["embedded", QUARTO])
def test_same_page_same_bytes(renderer, rendered, pages, font_cache, tmp_path):
    done = choose(renderer).render(pages[:1], tmp_path, ["docx"], THEME, cache=font_cache)
    assert len(list(done)) == 1
    assert (tmp_path / "990101.docx").read_bytes() == (rendered(renderer) / "990101.docx").read_bytes()


@pytest.mark.parametrize("name", ["990101", "990102", "990101.en"])
@pytest.mark.skipif(QUARTO.marks[0].args[0], reason=QUARTO.marks[0].kwargs["reason"])
def test_both_renderers_write_the_same_document(rendered, name):
    ours, theirs = (document(rendered(renderer), name) for renderer in ("embedded", "quarto"))
    for part in ("Title", "Subtitle", "heading 1", "heading 2", "Table Caption", "Image Caption"):
        assert ours.paragraphs(part) == theirs.paragraphs(part)
    assert (ours.cells(), ours.alts(), text_of(ours.body)) == (
        theirs.cells(),
        theirs.alts(),
        text_of(theirs.body),
    )


def test_nothing_of_the_hour_is_left(folder):
    word = document(folder)
    assert {entry.date_time for entry in word.entries} == {(1980, 1, 1, 0, 0, 0)}
    assert b"dcterms" not in re.sub(rb'xmlns:\w+="[^"]+"', b"", word.parts["docProps/core.xml"])
    assert b"<property" not in word.parts["docProps/custom.xml"]


def test_a_theme_may_bring_its_own_reference_document(pages, font_cache, tmp_path):
    import shutil

    theme = tmp_path / "theme"
    shutil.copytree(THEME, theme)
    own = theme / "reference.zh.docx"
    with zipfile.ZipFile(own) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/styles.xml"] = parts["word/styles.xml"].replace("仿宋_GB2312".encode(), "华文中宋".encode())
    with zipfile.ZipFile(own, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    (done,) = choose("embedded").render(pages[:1], tmp_path / "out", ["docx"], theme, cache=font_cache)
    assert Word(done.path.read_bytes()).font("Normal")[0] == "华文中宋"


def test_every_part_is_well_formed_and_finishing_twice_changes_nothing(folder):
    content = (folder / "990101.docx").read_bytes()
    for name, part in Word(content).parts.items():
        if name.endswith((".xml", ".rels")):
            ElementTree.fromstring(part)
    assert finish(content) == content
