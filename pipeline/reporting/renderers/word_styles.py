"""The look of a Word document: Chinese official documents (GB/T 9704), and a serif equivalent for other languages.

Sizes are those of Chinese type: 二号 22 pt, 三号 16 pt, 四号 14 pt, 五号 10.5 pt, 小五 9 pt, 六号
7.5 pt. Word takes half points for type and twentieths of a point for everything else. Lines are not justified: an
interval is never broken, and what stands before it would be pulled apart.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

QUIET, INK, HAIRLINE, WASH = "5F6973", "1F4E79", "A6A6A6", "F2F2F2"

# A font that few machines have, and the one that nearly every machine has.
SUBSTITUTES = {"方正小标宋简体": "宋体", "仿宋_GB2312": "仿宋", "楷体_GB2312": "楷体"}


@dataclass(frozen=True)
class Look:
    """Fonts and sizes of one language; sizes in points."""

    title_font: str
    body_font: str
    heading_font: str
    subheading_font: str
    title_size: float
    body_size: float
    table_size: float
    small_table_size: float
    line_pitch: float
    first_line_characters: int
    paragraph_gap: float


CHINESE = Look("方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312", 22, 16, 9, 7.5, 28, 2, 0)
ENGLISH = Look("宋体", "宋体", "宋体", "宋体", 20, 11.5, 9, 7.5, 17, 0, 6)


def look_of(language: str) -> Look:
    return CHINESE if language == "zh" else ENGLISH


def styles(look: Look) -> dict[tuple[str, str], str]:
    """The inside of each style, by its type and name as pandoc and our filter name them."""
    body, small = look.body_size, look.table_size
    text = _paragraph(look, indent=look.first_line_characters, after=look.paragraph_gap)
    flush = _paragraph(look, after=look.paragraph_gap)
    cell = partial(_paragraph, look, before=1.5, after=1.5)
    close = _paragraph(look, pitch=small * 1.65, before=3, after=6)
    bar = f'<w:pBdr><w:left w:val="single" w:sz="18" w:space="8" w:color="{INK}"/></w:pBdr>'
    shade = f'<w:shd w:val="clear" w:color="auto" w:fill="{WASH}"/>'
    return {
        ("paragraph", "Normal"): flush + _run(look.body_font, body),
        ("paragraph", "Body Text"): text,
        ("paragraph", "First Paragraph"): text,
        ("paragraph", "Compact"): cell(pitch=small * 1.35) + _run(look.body_font, small),
        **{
            ("paragraph", f"{name}{kept}"): cell(pitch=size * 1.35, more=keep) + _run(look.body_font, size)
            for name, size in (("Table Text", small), ("Small Table Text", look.small_table_size))
            for kept, keep in (("", ""), (" Kept", "<w:keepNext/>"))
        },
        ("paragraph", "List Text"): flush,
        ("paragraph", "Title"): _paragraph(look, "center", pitch=look.title_size * 1.6, before=0, after=6)
        + _run(look.title_font, look.title_size, bold=look is ENGLISH),
        ("paragraph", "Subtitle"): _paragraph(look, "center", after=18) + _run(look.subheading_font, body),
        ("paragraph", "Kicker"): _paragraph(look, "center", after=6)
        + _run(look.body_font, small + 1.5, QUIET),
        ("paragraph", "heading 1"): _heading(look, 1)
        + _run(look.heading_font, body if look is CHINESE else 14, bold=look is ENGLISH),
        ("paragraph", "heading 2"): _heading(look, 2)
        + _run(look.subheading_font, body if look is CHINESE else 12, bold=look is ENGLISH),
        ("paragraph", "Lead"): text + _run(look.subheading_font, body),
        ("paragraph", "Notice"): _set_apart(look, small + 1.5, shade),
        ("paragraph", "Finding"): _set_apart(look, small, bar),
        ("paragraph", "Author Note"): _set_apart(look, small + 1.5, bar + shade),
        ("paragraph", "Note"): close + _run(look.body_font, small, QUIET),
        ("paragraph", "Provenance"): close + _run(look.body_font, small - 1, QUIET),
        ("paragraph", "Footnote Text"): close + _run(look.body_font, small - 1),
        ("paragraph", "Table Caption"): _caption(look, keep=True),
        ("paragraph", "Image Caption"): _caption(look),
        ("paragraph", "Figure"): '<w:pPr><w:keepNext/><w:spacing w:before="120" w:after="0" w:line="240" '
        'w:lineRule="auto"/><w:ind w:firstLineChars="0" w:firstLine="0"/><w:jc w:val="center"/></w:pPr>',
        ("paragraph", "header"): _paragraph(look, "center", pitch=14) + _run(look.body_font, 9, QUIET),
        ("paragraph", "footer"): _paragraph(look, "left", pitch=18)
        + _run("宋体", 14 if look is CHINESE else 10),
        ("character", "Table Heading"): _run(look.heading_font, small, bold=look is ENGLISH),
        ("character", "Quiet"): f'<w:rPr><w:color w:val="{QUIET}"/></w:rPr>',
        ("character", "Figure Value"): f'<w:rPr><w:b/><w:color w:val="{INK}"/></w:rPr>',
        ("character", "Hyperlink"): f'<w:rPr><w:color w:val="{INK}"/><w:u w:val="single"/></w:rPr>',
        ("table", "Table"): _table(),
    }


def _paragraph(
    look: Look,
    align: str = "left",
    *,
    indent: int = 0,
    pitch: float = 0,
    before: float = 0,
    after: float = 0,
    more: str = "",
) -> str:
    """Paragraph properties; without a pitch the lines are as far apart as the standard has it."""
    rule = "atLeast" if pitch else "exact"
    spacing = f'<w:spacing w:before="{_twips(before)}" w:after="{_twips(after)}" '
    spacing += f'w:line="{_twips(pitch or look.line_pitch)}" w:lineRule="{rule}"/>'
    first = f'<w:ind w:firstLineChars="{indent * 100}" w:firstLine="{_twips(indent * look.body_size)}"/>'
    return f'<w:pPr>{more}{spacing}{first}<w:jc w:val="{align}"/></w:pPr>'


def _heading(look: Look, level: int) -> str:
    before, after = (10, 0) if look is CHINESE else (14, 7)
    space = f'<w:spacing w:before="{_twips(before)}" w:after="{_twips(after)}" '
    space += f'w:line="{_twips(look.line_pitch)}" w:lineRule="exact"/>'
    indent = f'<w:ind w:firstLineChars="{look.first_line_characters * 100}" '
    indent += f'w:firstLine="{_twips(look.first_line_characters * look.body_size)}"/>'
    return f'<w:pPr><w:keepNext/><w:keepLines/>{space}{indent}<w:outlineLvl w:val="{level - 1}"/></w:pPr>'


def _caption(look: Look, keep: bool = False) -> str:
    more = "<w:keepNext/>" if keep else ""
    return _paragraph(look, "left", pitch=look.table_size * 1.6, before=8, after=4, more=more) + _run(
        look.heading_font, look.table_size + 1.5
    )


def _set_apart(look: Look, size: float, marks: str) -> str:
    return _paragraph(look, pitch=size * 1.6, before=4, after=4, more=marks) + _run(look.body_font, size)


def _run(font: str, size: float, colour: str = "000000", bold: bool = False) -> str:
    """Character properties: Latin letters and figures in Times New Roman, Chinese in the font given."""
    return (
        f'<w:rPr><w:rFonts w:ascii="Times New Roman" w:hAnsi="Times New Roman" w:cs="Times New Roman" '
        f'w:eastAsia="{font}"/>{"<w:b/>" if bold else ""}<w:i w:val="0"/><w:color w:val="{colour}"/>'
        f'<w:sz w:val="{round(size * 2)}"/><w:szCs w:val="{round(size * 2)}"/></w:rPr>'
    )


def _table() -> str:
    """Rules above, below and under the head, hairlines between rows; a row is never split."""
    rule = '<w:{side} w:val="single" w:sz="{size}" w:space="0" w:color="{colour}"/>'.format
    edges = "".join(rule(side=side, size=12, colour="000000") for side in ("top", "bottom"))
    return (
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblBorders>'
        f"{edges}{rule(side='insideH', size=4, colour=HAIRLINE)}</w:tblBorders>"
        '<w:tblCellMar><w:left w:w="50" w:type="dxa"/><w:right w:w="50" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        "<w:trPr><w:cantSplit/></w:trPr>"
        '<w:tblStylePr w:type="firstRow">'
        f"<w:tblPr/><w:tcPr><w:tcBorders>{rule(side='bottom', size=8, colour='000000')}</w:tcBorders></w:tcPr>"
        "</w:tblStylePr>"
    )


def _twips(points: float) -> int:
    return round(points * 20)
