"""Pages as they are written: sections, numbers, both languages, and the most awkward areas and names."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import msgspec
import polars as pl
import pypandoc
import pytest

from pipeline.reporting import figures
from pipeline.reporting.area_page.grades import count_grades
from pipeline.reporting.area_page.page import write_page
from pipeline.reporting.area_page.progress import window_of
from pipeline.reporting.shown.peers import Peers, peers_of
from pipeline.reporting.shown.records import AreaBreak
from pipeline.reporting.text.escaping import escape
from pipeline.reporting.text.numbering import Drawn

HAN = re.compile(r"[\u2e80-\u2fff\u3001-\u9fff，：；（）～]")
WITH_REPORT = ("province", "prefecture", "county")
NAMES = (
    "示例㐂䶮县",
    "示例内蒙古自治区呼伦贝尔市莫力达瓦达斡尔族自治旗",
    "示例<b>A&B</b>县",
    "示例\"引'号|管*星_下$元#井@艾{{花}}{% 括 %}县",
    "示例`反引`[链](x)!^~县",
)


@pytest.fixture(scope="module")
def report(awkward_report):
    return awkward_report


@pytest.fixture(scope="module")
def peers(report, levels, funnels):
    windows = {name: window_of(spec) for name, spec in report.indicators.items()}
    return {
        level: Peers(funnels[level], peers_of(areas), count_grades(areas, report, windows))
        for level, areas in levels.items()
    }


def drawn_quickly(*_) -> dict[str, Drawn]:
    """All figures that there may be, without drawing any."""
    names = ("events", "sex_ratio", "growth", "outlook", "funnel", "members", "members_trend")
    return {
        name: Drawn("finding", "what it shows", f"caption of {name}", "alternative text") for name in names
    }


@pytest.fixture(scope="module")
def write(report, peers, tmp_path_factory):
    """Writes a page and returns its source; figures are drawn only where they are asked for."""
    folder = tmp_path_factory.mktemp("pages")

    def written(facts, language="zh", *, sections=(), is_drawn=False, **more):
        settings = msgspec.structs.replace(report.settings, sections=sections)
        own = replace(report, settings=settings).in_language(language)
        with pytest.MonkeyPatch.context() as patch:
            if not is_drawn:
                patch.setattr(figures, "draw", drawn_quickly)
            return write_page(facts, own, folder, peers[facts.level], **more).source.read_text(
                encoding="utf-8"
            )

    return written


def named(levels, name: str):
    return next(facts for facts in levels["county"] if facts.name == name)


@pytest.fixture(scope="module")
def county(levels):
    return next(facts for facts in levels["county"] if facts.area_code == "990101")


def shown(source: str, **options) -> str:
    return pypandoc.convert_text(
        source, "plain", "markdown-raw_html-raw_tex-tex_math_dollars-citations", **options
    )


def test_sections_come_in_the_order_of_a_situation_analysis(write, county):
    headings = re.findall(r"^## (.*?) \{#", write(county), re.MULTILINE)
    assert headings == [
        *(
            "一、基本情况",
            "二、出生人口性别比",
            "三、人口自然增长",
            "四、目标进展与全年预计",
            "五、与周边地区比较",
        ),
        *("六、各乡镇比较", "七、数据质量", "八、值得了解的问题", "九、方法与来源", "十、数据版本"),
    ]
    headings = re.findall(r"^## (.*?) \{#", write(county, "en"), re.MULTILINE)
    assert headings[:2] == ["1. Basic situation", "2. Sex ratio at birth"]
    assert len(headings) == 10


def test_sections_may_be_left_out_and_put_in_another_order(write, county):
    source = write(county, sections=("headline", "growth", "situation"))
    assert re.findall(r"^## (.*?) \{#", source, re.MULTILINE) == ["一、人口自然增长", "二、基本情况"]
    assert source.index("图 1　caption of growth") < source.index("图 2　caption of events")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_tables_and_figures_are_numbered_without_a_gap(write, county, language):
    source = write(county, language)
    kinds = ("表", "图") if language == "zh" else ("Table", "Figure")
    for kind in kinds:
        numbers = re.findall(rf"(?:: |!\[){kind}[\u00a0 ](\d+)", source)
        assert numbers == [str(n + 1) for n in range(len(numbers))]
        assert len(numbers) >= 5


def test_english_pages_have_no_chinese_but_names(awkward, write, levels):
    names = set(pl.read_parquet(awkward.current / "areas.parquet")["name"]) | {"中文"}
    names |= {name.replace('"', "”").replace("\\", "") for name in names}  # as in alternative texts
    names |= {escape(name) for name in names}
    for areas in (levels[level] for level in WITH_REPORT):
        for facts in areas[:2]:
            source = write(facts, "en", is_drawn=True)
            for name in sorted(names, key=len, reverse=True):
                source = source.replace(name, "")
            left = [
                line for line in source.splitlines() if HAN.search(re.sub(r"\S*\.(?:csv|xlsx)", "", line))
            ]
            assert left == [], facts.name


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_area_of_every_level_has_a_page_without_gaps(write, levels, language):
    for areas in (levels[level] for level in WITH_REPORT):
        for facts in areas:
            text = write(facts, language)
            assert not re.search(
                r"\bnan\b|\bNone\b(?! of| \|)|StrictUndefined|\{\w+\}(?!\])", text.replace("{.", "")
            ), facts.name
            assert "。。" not in text and ".. " not in text and "??" not in text
            assert len(re.findall("^:::$", text, re.M)) == len(re.findall("^::: ", text, re.M)), facts.name


def test_a_prefecture_lists_its_counties_and_has_no_targets(write, levels):
    prefecture = levels["prefecture"][0]
    text = write(prefecture)
    assert "全市" in text and "全县" not in text
    assert "[示例青禾县](990101.html)" in text
    assert "## 四、全年预计" in text and "年度目标" not in text
    assert "[示例青禾县](990101.en.html)" in write(prefecture, "en")


def test_an_empty_county_says_so(write, levels):
    text = write(named(levels, "示例空白县"))
    assert "没有收到该地区的任何数据" in text
    assert "该地区是否已开始报送" in text


def test_a_tiny_county_has_neither_ratio_nor_trend_of_it(write, levels):
    text = write(named(levels, "示例雾川县"))
    assert "不单独列出" in text and "figures/sex_ratio.svg" not in text
    assert "出生人数过少，不计算" in text


@pytest.mark.parametrize(
    ("language", "not_judged", "words"),
    [
        ("zh", "不足12个月，不作判定。", "高于|低于|暂不能判定|在正常范围"),
        ("en", "with less than 12 months it is not judged.", "above|below|it is open|within the normal"),
    ],
)
def test_fewer_than_twelve_months_are_told_once_and_not_judged(write, levels, language, not_judged, words):
    """An interval as a whole above the normal range: still only the months so far."""
    facts = named(levels, "示例新设县")
    assert facts.estimate("sex_ratio_at_birth").lower > 107 and not facts.verdict(
        "sex_ratio_at_birth", "normal_range"
    )
    source = write(facts, language, sections=("headline", "sex_ratio"))
    lead, cards, section = re.split(r"\n::: \{\.key-figures\}|\n## .*\{#sex-ratio\}", source)
    said = section.partition("\n|")[0]
    for text in (lead, said):
        assert text.count("153.3") == 1 and not_judged in text.replace("\u00a0", " ")
        assert not re.search(words, text)
    assert "verdict .higher" not in source and not re.search(words, cards.partition(".attention")[0])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_most_awkward_names_stand_as_they_are(write, county, name, language):
    own = replace(
        county,
        name=name,
        parents=["示例省", name],
        breaks=[AreaBreak(date(2026, 1, 1), "merged", [f"990105 {name}"])],
    )
    source = write(own, language, sections=("headline", "neighbours", "quality", "questions"))
    text = " ".join(shown(source).split())
    squeezed = name.replace(" ", "")
    assert ("同级其余地区的平均水平" if language == "zh" else "the average of the siblings") in text
    assert text.replace(" ", "").count(squeezed) >= 2
    title = (
        " ".join(shown(source, extra_args=["--standalone", "--template=/dev/stdin"]).split()) if False else ""
    )
    assert title == ""
    assert "<b>" not in pypandoc.convert_text(
        source, "html", "markdown-raw_html-raw_tex-tex_math_dollars-citations"
    )


def test_the_authors_note_stands_apart(write, county):
    text = write(county, note="本月**补报**两个乡镇。")
    assert "::: {.author-note}\n[编者按]{.label}\n\n本月**补报**两个乡镇。" in text
    assert "author-note" not in write(county)
    assert "Note by the author" in write(county, "en", note="Two returns came late.")
