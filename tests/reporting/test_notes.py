"""The author's note shows the author's words and does nothing else, whatever stands in it."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from pipeline.problems import ProblemError
from pipeline.reporting.renderers import Page, choose
from pipeline.reporting.text.notes import LONGEST, author_note, misplaced, safe_markdown

THEME = Path(__file__).parents[2] / "reports" / "theme"

HOSTILE = [
    "<script>alert(1)</script>",
    '<img src="https://a.b/c.png" onerror="x()">',
    "[按这里](javascript:alert(1))",
    "![图](https://a.b/c.png)",
    "{{ settings }} {% include 'x' %} <# x #>",
    "{{< include /etc/passwd >}}",
    "::: {.notice}",
    "```{python}",
    "`code` and $x^2$ and @cite and ~~x~~ and [^1] and &amp;",
    "| a | b |",
    "> 引用",
    "===",
    "[x]{.verdict .higher}",
    "<https://a.b/c>",
    "---",
]


def write(folder: Path, text: str | bytes, name: str = "990101") -> Path:
    path = folder / "2026-06" / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def test_paragraphs_emphasis_and_lists_are_kept():
    note = "第一段，**要点**。\n第二行。\n\n- 一\n- *二*\n\n1. 甲\n2. 乙"
    assert safe_markdown(note) == note


def test_a_list_behind_a_line_of_text_is_a_list_and_a_heading_is_bold():
    assert safe_markdown("# 说明\n如下：\n- 一\n1. 甲") == "**说明**\n\n如下：\n\n- 一\n\n1. 甲"


def test_a_star_that_is_no_emphasis_stays_a_star():
    assert safe_markdown("3*4*5 a_b_c ** x") == r"3\*4\*5 a\_b\_c \*\* x"


@pytest.mark.parametrize("joint", ["\n\n", "\n"])
def test_everything_else_is_shown_as_the_characters_it_is(joint, font_cache, tmp_path):
    page = Page("note", tmp_path / "note")
    page.folder.mkdir()
    text = safe_markdown(joint.join(HOSTILE))
    page.source.write_text(f'---\ntitle: "x"\nlang: zh-Hans\n---\n\n{text}\n', encoding="utf-8")
    (done,) = choose("embedded").render([page], tmp_path / "out", ["html"], THEME, cache=font_cache)
    html = done.path.read_text(encoding="utf-8").partition("</header>")[2]
    assert set(re.findall(r"<(\w+)", html)) <= {"p", "section", "br", "span"}
    shown = " ".join(unescape(re.sub(r"<[^>]+>", "", html)).split())
    for line in HOSTILE:
        assert line in shown


def test_no_note_no_text(tmp_path):
    assert author_note(tmp_path, "2026-06", "990101") == ""


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_note_from_any_editor_is_read(tmp_path, encoding):
    folder = write(tmp_path, "本月出生偏少。\r\n\r\n见附表。".encode(encoding))
    assert author_note(folder, "2026-06", "990101") == "本月出生偏少。\n\n见附表。"


def test_a_note_too_long_is_refused_by_name(tmp_path):
    folder = write(tmp_path, "长" * (LONGEST + 1))
    with pytest.raises(ProblemError, match=r"990101\.md: found 10,001 characters; expected 10,000 at most"):
        author_note(folder, "2026-06", "990101")


def test_bytes_that_are_no_text_are_refused_by_name(tmp_path):
    with pytest.raises(ProblemError, match=r"990101\.md: found bytes that are no text"):
        author_note(write(tmp_path, b"\xff\xff\xff"), "2026-06", "990101")


def test_a_note_of_no_page_is_told(tmp_path):
    write(tmp_path, "x")
    write(tmp_path, "x", "990109.en")
    assert [path.name for path in misplaced(tmp_path, "2026-06", ["990101"])] == ["990109.en.md"]
