"""Both renderers make the same page, part by part, and any text comes out literally."""

from __future__ import annotations

import json
import re
import shutil
import struct
import zlib
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader

from pipeline.problems import ProblemError
from pipeline.reporting.renderers import Page, choose, escape, quarto

THEME = Path(__file__).parents[2] / "reports" / "theme"
FORMATS = ("html", "pdf", "docx")
VERSION = quarto.version()
QUARTO = pytest.param(
    "quarto",
    marks=pytest.mark.skipif(
        VERSION is None or VERSION < quarto.OLDEST, reason="no Quarto 1.9 or newer on PATH"
    ),
)

HOSTILE = [
    "< & \" ' | * _ $ # @ {{ \\ ` [ ] ~ ^ :",
    "{{< include x.qmd >}} {{{< meta title >}}} $x^2$ @cite [a](b) `code` <b>b</b> :smile:",
    "-- --- ... == // /* */ 2026-08-01 -5 x-\\-y https://a.b/c www.x.y",
    "1. 第一 (1) a) - x + y",
    "= 标题",
    "/ term: x",
    '#import "x" #let',
    "~~删~~ ^上^ ~下~ | a | b | [^1] [x]{.y} ::: ``` <!-- c --> &amp; &#123;",
    "`r 1+1` `{python} 1` {=html} ${x} {% %} <label>",
    "# h",
    "> q",
    "- a",
    ": d",
    "罕用字㐂䶮，Ünïcode",
]

SVG = (
    '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE svg>\n'
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 120" width="400pt" height="120pt">\n'
    ' <!-- 人口 & -->\n <path d="M 10 100 \nL 200 20 \nL 390 90 " style="fill: none; stroke: %s"/>\n</svg>\n'
)

CARD = """::: {.key-figure}
[%s]{.label}

[%s]{.value} [‰]{.unit}

[95%%置信区间 6.9～7.9]{.interval}

[%s]{.verdict .%s}
:::
"""

PAGE = """---
title: "青岚县人口形势分析报告"
subtitle: "2026年1—8月"
lang: zh-Hans
page-of: "第 | 页　共 | 页"
kicker: "临江市"
header-left: "青岚县"
header-right: "2026年8月"
footer: "统计中心"
---

::: {.notice}
本报告使用**虚构数据**，仅供演示。
:::

::: {.lead}
1—8月，全县出生 900 人，出生人口性别比为 112.3（95%置信区间 98.5～128.0）。
:::

## 主要指标 {#indicators}

::: {.key-figures}
CARDS
:::

出生人数较少，与正常范围无法区分，[见方法](#methods)。这里
换行，**加粗**。脚注。[^1]

[^1]: 户籍人口口径。

- 同比下降 3.2%。
- 同比上升 1.1%。

### 分月情况

| 月份 | 出生（人） | 性别比 |
|:-----|----:|----:|
| 1月 | 1,120 | 111.3 |
| 2月 | [98]{.uncertain} | [不予公布]{.withheld} |

: 表 1　分月出生人数

::: {.note}
说明：按出生日期统计。
:::

## 趋势

![图 1　性别比的趋势](figures/a.svg){alt="折线图：\\"性别比\\" 在 103 到 110 之间"}

::: {.finding}
**数据疑点**　本月上报死亡 7,874 人，请核对。
:::

![图 2　自然增长率](figures/b.svg){alt="折线图：自然增长率"}

::: {.page-break}
:::

| 乡镇 | 出生 |
|:--|--:|
ROWS

: 表 2　各乡镇

## 方法说明 {#methods}

区间用 Wilson 方法。

::: {.provenance}
数据版本 2026-08
:::
"""


class Seen(HTMLParser):
    """What a reader meets in the main part of an HTML page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.headings, self.texts, self.cells, self.captions, self.alts = [], [], [], [], []
        self.loads, self.tags, self.title, self.lang = [], Counter(), "", ""
        self._open: list[tuple[str, list[str]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        self.tags[tag] += 1
        if tag == "html":
            self.lang = values["lang"]
        if values.get("role") == "img":
            self.alts.append(values["aria-label"])
        if tag not in ("a", "html"):
            self.loads += [values[name] for name in ("src", "srcset", "href") if name in values]
        if tag in ("title", "h1", "h2", "h3", "p", "li", "th", "td", "figcaption", "style"):
            self._open.append((tag, []))

    def handle_data(self, data):
        if self._open:
            self._open[-1][1].append(data)

    def handle_endtag(self, tag):
        if not self._open or self._open[-1][0] != tag:
            return
        text = "".join(self._open.pop()[1]).replace("\n", " ").strip()
        if tag == "title":
            self.title = text
        elif tag == "style":
            self.loads += re.findall(r"url\(([^)]{0,40})", text)
        elif tag[0] == "h":
            self.headings.append((tag, text))
        else:
            part = {"th": self.cells, "td": self.cells, "figcaption": self.captions}.get(tag, self.texts)
            part.append(text)


def png() -> bytes:
    """A grey picture of one point."""
    chunks = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(b"\0\x80")),
        (b"IEND", b""),
    ]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def write_page(folder: Path, name: str, text: str) -> Page:
    page = Page(name, folder / name)
    (page.folder / "figures").mkdir(parents=True)
    for figure in ("a.png", "b.png"):
        (page.folder / "figures" / figure).write_bytes(png())
    for figure, colour in (("a.svg", "#1f4e79"), ("a.dark.svg", "#93bbe3"), ("b.svg", "#1f4e79")):
        (page.folder / "figures" / figure).write_text(SVG % colour, encoding="utf-8")
    page.source.write_text(text, encoding="utf-8")
    return page


def hostile_page() -> str:
    title = json.dumps(escape(HOSTILE[1]), ensure_ascii=False)
    paragraphs = "\n\n".join(
        [f"第{i}：{escape(text)}。" for i, text in enumerate(HOSTILE)] + list(map(escape, HOSTILE))
    )
    rows = "\n".join(f"| {escape(text)} | {i} |" for i, text in enumerate(HOSTILE))
    figure = f'![{escape(HOSTILE[0])}](figures/a.svg){{alt="{escape(HOSTILE[1])}"}}'
    return (
        f"---\ntitle: {title}\nlang: zh-Hans\n---\n\n## {escape(HOSTILE[1])}\n\n{paragraphs}\n\n"
        f"| 文字 | 行 |\n|:---|---:|\n{rows}\n\n: {escape(HOSTILE[0])}\n\n{figure}\n"
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory) -> list[Page]:
    folder = tmp_path_factory.mktemp("pages")
    cards = "\n".join(
        CARD % card
        for card in (
            ("出生率", "7.40", "偏低", "lower"),
            ("死亡率", "6.1", "无法区分", "unclear"),
            ("增长率", "−0.66", "达到目标", "good"),
        )
    )
    rows = "\n".join(f"| 第{i}镇 | {i * 13} |" for i in range(1, 61))
    english = (
        '---\ntitle: "Qinglan County"\nlang: en\npage-of: "page | of |"\n---\n\n## Births\n\n900 births.\n'
    )
    return [
        write_page(folder, "990101", PAGE.replace("CARDS", cards).replace("ROWS", rows)),
        write_page(folder, "990102", hostile_page()),
        write_page(
            folder, "990103", PAGE.replace("figures/b.svg", "figures/missing.svg").replace("CARDS", cards)
        ),
        write_page(folder, "990104", english),
    ]


@pytest.fixture(scope="module")
def rendered(pages, font_cache, tmp_path_factory):
    """renderer name -> (output folder, {(page, format): Rendered}), each rendered once."""
    made = {}

    def render(name: str):
        if name not in made:
            output = tmp_path_factory.mktemp(name)
            done = choose(name).render(pages, output, FORMATS, THEME, workers=2, cache=font_cache)
            made[name] = output, {(one.name, one.format): one for one in done}
        return made[name]

    return render


@pytest.fixture(params=["embedded", QUARTO])
def result(request, rendered):
    return rendered(request.param)


def seen(output: Path, name: str = "990101") -> Seen:
    return Seen((output / f"{name}.html").read_text(encoding="utf-8"))


def pdf_text(path: Path) -> str:
    """All text without blanks, for typst sets blanks of its own between Chinese and Latin."""
    return "".join("".join(page.extract_text().split()) for page in PdfReader(path).pages)


def squeeze(text: str) -> str:
    return "".join(text.split())


def test_html_has_every_part_of_the_page(result):
    page = seen(result[0])
    assert page.title == "青岚县人口形势分析报告" and page.lang == "zh-Hans"
    assert page.headings == [
        ("h1", "青岚县人口形势分析报告"),
        ("h2", "主要指标"),
        ("h3", "分月情况"),
        ("h2", "趋势"),
        ("h2", "方法说明"),
    ]
    assert page.captions == ["表 1　分月出生人数", "图 1　性别比的趋势", "图 2　自然增长率", "表 2　各乡镇"]
    assert page.alts == ['折线图："性别比" 在 103 到 110 之间', "折线图：自然增长率"]
    assert page.cells[:9] == [
        "月份",
        "出生（人）",
        "性别比",
        "1月",
        "1,120",
        "111.3",
        "2月",
        "98",
        "不予公布",
    ]
    assert "出生人数较少，与正常范围无法区分，见方法。这里换行，加粗。脚注。1" in page.texts
    assert "数据疑点　本月上报死亡 7,874 人，请核对。" in page.texts
    assert page.tags["svg"] == 2


@pytest.mark.parametrize("name", ["990101", "990102"])
@pytest.mark.skipif(QUARTO.marks[0].args[0], reason=QUARTO.marks[0].kwargs["reason"])
def test_both_renderers_show_the_same(rendered, name):
    ours, theirs = (seen(rendered(renderer)[0], name) for renderer in ("embedded", "quarto"))
    for part in ("title", "lang", "headings", "texts", "cells", "captions", "alts"):
        assert getattr(ours, part) == getattr(theirs, part), part
    first, second = (pdf_text(rendered(renderer)[0] / f"{name}.pdf") for renderer in ("embedded", "quarto"))
    assert first == second


def test_pdf_has_every_part_of_the_page(result):
    reader = PdfReader(result[0] / "990101.pdf")
    text = pdf_text(result[0] / "990101.pdf")
    for part in (
        "出生人口性别比为112.3（95%置信区间98.5～128.0）",
        "表1分月出生人数",
        "图2自然增长率",
        "−0.66‰",
        "户籍人口口径",
        f"第1页共{len(reader.pages)}页",
        "第60镇780",
        "数据版本2026-08",
    ):
        assert part in text
    assert text.count("乡镇出生") == 2, "the header of a table stands again on its second page"
    titles = [entry.title for entry in reader.outline if not isinstance(entry, list)]
    assert titles == ["主要指标", "趋势", "方法说明"]
    assert reader.metadata.title == "青岚县人口形势分析报告"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert "折线图：自然增长率".encode("utf-16-be") in b"".join(_alts(reader))


def _alts(reader: PdfReader) -> list[bytes]:
    texts = []
    for number in range(1, len(reader.xref_objStm) + len(reader.xref.get(0, {})) + 1):
        try:
            found = reader.get_object(number)
        except Exception:
            continue
        if isinstance(found, dict) and "/Alt" in found:
            texts.append(str(found["/Alt"]).encode("utf-16-be"))
    return texts


def test_pdf_embeds_a_regular_and_a_bold_face(result):
    faces = {}
    for page in PdfReader(result[0] / "990101.pdf").pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
            faces[descriptor["/FontName"].split("+")[1]] = "/FontFile2" in descriptor
    assert faces == {"ReportSans-Regular": True, "ReportSans-Bold": True}


def test_pdf_is_tagged_and_says_that_it_is_accessible(result):
    root = PdfReader(result[0] / "990101.pdf").trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root
    assert re.search(rb"pdfuaid:part>\s*1\s*<", root["/Metadata"].get_object().get_data())


def test_html_is_one_file_that_loads_nothing(result):
    for name in ("990101", "990102", "990104"):
        page = seen(result[0], name)
        assert page.tags["script"] == 0 and page.tags["link"] == 0
        assert page.loads and all(load.startswith(("data:", "#")) for load in page.loads)


def test_files_are_small(result):
    output, done = result
    assert (output / "990101.html").stat().st_size < 300_000
    assert (output / "990101.pdf").stat().st_size < 300_000
    assert all(one.path.stat().st_size for one in done.values() if one.path)


def test_any_text_comes_out_literally(result):
    page = seen(result[0], "990102")
    text = pdf_text(result[0] / "990102.pdf")
    assert page.title == HOSTILE[1] and ("h2", HOSTILE[1]) in page.headings
    assert page.captions == [HOSTILE[0], HOSTILE[0]] and page.alts == [HOSTILE[1]]
    for i, hostile in enumerate(HOSTILE):
        assert f"第{i}：{hostile}。" in page.texts
        assert hostile in page.texts and hostile in page.cells
        assert squeeze(f"第{i}：{hostile}。") in text


def test_language_of_the_page_decides_the_words(result):
    assert seen(result[0], "990104").lang == "en"
    assert "page1of1" in pdf_text(result[0] / "990104.pdf")


def test_a_page_without_its_figure_fails_alone(result):
    output, done = result
    assert {key for key, one in done.items() if one.error} == {("990103", kind) for kind in FORMATS}
    for kind in FORMATS:
        failed, ending = done["990103", kind], "png" if kind == "docx" else "svg"
        assert failed.path is None and "990103.qmd" in failed.error
        assert f"figures/missing.{ending}: file not found beside the page" in failed.error
    assert sorted(path.name for path in output.iterdir()) == sorted(
        f"{name}.{kind}" for name in ("990101", "990102", "990104") for kind in FORMATS
    )


@pytest.mark.parametrize("renderer", ["embedded", QUARTO])
def test_same_bytes_whatever_else_is_rendered(renderer, rendered, pages, font_cache, tmp_path):
    first, _ = rendered(renderer)
    kinds = ("html", "pdf")  # Word: test_word.py
    chosen = pages[3:] + (pages[:1] if renderer == "embedded" else [])  # a page costs Quarto seconds
    again = list(choose(renderer).render(chosen, tmp_path, kinds, THEME, cache=font_cache))
    assert len(again) == len(chosen) * len(kinds)
    for name in (f"{page.name}.{kind}" for page in chosen for kind in kinds):
        assert (tmp_path / name).read_bytes() == (first / name).read_bytes()


def test_an_unknown_renderer_is_named():
    with pytest.raises(ProblemError, match="auto, quarto or embedded"):
        choose("latex")


def test_without_quarto_the_embedded_renderer_is_chosen(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert choose().name.startswith("embedded (pandoc ")
    assert choose().why == "embedded: no quarto on PATH"
    with pytest.raises(ProblemError, match="no quarto on PATH"):
        choose("quarto")


def test_the_renderer_says_why_it_was_chosen(monkeypatch):
    found = {"version": (1, 9, 38)}
    monkeypatch.setattr(quarto, "version", lambda: found["version"])
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/quarto")
    assert choose().why == "Quarto 1.9.38 (on PATH)"
    assert choose("embedded").why == "embedded: as asked"
    found["version"] = (1, 5, 57)
    assert choose().why == "embedded: Quarto 1.5.57 on PATH is older than 1.9"
    with pytest.raises(ProblemError, match=r"Quarto 1\.5\.57 on PATH is older"):
        choose("quarto")
    found["version"] = None
    assert choose().why == "embedded: the quarto on PATH does not say its version"


def test_escape_makes_one_line():
    assert escape(" a\tb\n c\x00 ") == "a b c"
    assert escape("a|b") == r"a\|b"
