"""Workspaces that have less: pages are made, say what can be said, and deny nothing that stands below."""

from __future__ import annotations

import re

import pytest

from pipeline.commands.report import report
from tests import small_workspaces
from tests.reporting.denials import denials, read_page
from tests.reporting.test_awkward_areas import UNRESOLVED, squeezed, text_of

LANGUAGES = ("zh", "en")


# The areas and formats that are rendered, to keep the tests short, where not two areas as HTML; `--whole` renders all.
TWO = ["1", "11"], ["html"]
RENDERED = {
    "only_stocks": (["1", "11"], ["html", "pdf"]),
    "only_yearly": (["11"], ["html"]),
    "one_nation": (["1"], ["html"]),
    "many_townships": (["11"], ["html", "pdf"]),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory, font_cache, request):
    """A function that renders a workspace once: the reports of some of its areas, and its overview."""
    sites, is_whole = {}, request.config.getoption("--whole")

    def site(name: str):
        if name not in sites:
            root = getattr(small_workspaces, name)(tmp_path_factory.mktemp(name))
            (root / "data" / "processed" / ".cache").mkdir(parents=True)
            (root / "data" / "processed" / ".cache" / "fonts").symlink_to(font_cache)
            codes, formats = ([], ["html", "pdf"]) if is_whole else RENDERED.get(name, TWO)
            assert report(root, None, codes, formats, "embedded", 1) == 0
            (sites[name],) = (root / "_site").iterdir()
        return sites[name]

    return site


def shown(site, name: str, language: str, kind: str = "html") -> str:
    return squeezed(text_of(site / f"{name}{'' if language == 'zh' else '.en'}.{kind}"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [each.__name__ for each in small_workspaces.LESS])
def test_all_pages_are_made_and_nothing_is_left_unresolved(made, name, language):
    site = made(name)
    pages = [path for path in sorted(site.iterdir()) if path.suffix in (".html", ".pdf")]
    pages = [path for path in pages if (".en" in path.suffixes) == (language == "en")]
    assert len(pages) >= 2
    for page in pages:
        assert UNRESOLVED.findall(squeezed(text_of(page))) == [], page.name


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [each.__name__ for each in small_workspaces.LESS])
def test_no_page_denies_what_stands_on_it(made, name, language):
    pages = [
        path for path in sorted(made(name).glob("*.html")) if (".en" in path.suffixes) == (language == "en")
    ]
    found = {page.name: denials(read_page(page.read_text(encoding="utf-8"), language)) for page in pages}
    assert {page: denied for page, denied in found.items() if denied} == {}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [each.__name__ for each in small_workspaces.LESS])
def test_every_dash_of_a_table_has_its_reason_in_its_title_and_below_the_table(made, name, language):
    for path in sorted(made(name).glob("*.html")):
        if (".en" in path.suffixes) != (language == "en"):
            continue
        text = re.sub('<details class="figure-data">.*?</details>', "", path.read_text("utf-8"), flags=re.S)
        for table, below in re.findall("(<table.*?</table>)(.{0,400})", text, re.S):
            for cell in re.findall("<td[^>]*>(.*?)</td>", table, re.S):
                if cell.strip().startswith("—") or ">—" in cell:
                    title = re.search('class="absent" title="([^"]+)"', cell)
                    assert title, (path.name, cell)
                    assert f"{re.sub('<[^>]+>', '', cell).strip()} {title[1]}" in below, (path.name, cell)


RATE = "<p>出生率为 13.20‰（95%置信区间 12.30～14.15）。</p>"
ROW = "<tr><td>出生率（‰）</td><td>13.20</td></tr>"


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (f"<p>2023年，全县报送的数据不足以计算出生率、死亡率。</p>{RATE}", "situation.birth_rate"),
        (f"<p>2023年，全县报送的数据不足以计算出生率。</p><table>{ROW}</table>", "labels.birth_rate"),
        (f"<p>没有户籍人口的数据，不计算出生率。</p><table>{ROW}</table>", "birth_rate is not calculated"),
        (f"<table>{ROW}{ROW}</table>", "twice in a table"),
        ('<div class="key-figure"><p>一年前 840</p><p>与此前12个月无从比较</p></div>', "a card"),
        (f"<p>2023年，全县报送的数据不足以计算死亡率。</p>{RATE}<table>{ROW}</table>", ""),
    ],
)
def test_a_denial_is_found(page, found):
    denied = denials(read_page(page, "zh"))
    assert any(found in one for one in denied) if found else denied == []


def test_where_the_deaths_of_a_month_are_missing_the_birth_rate_is_told(made):
    page = shown(made("deaths_withheld_by_one"), "11", "zh")
    assert "2024年1—6月，全县报送的数据不足以计算死亡率。" in page and "出生率为" in page
    assert "不足以计算出生率" not in page


def test_a_population_alone_is_said_and_births_are_said_to_be_missing(made):
    site = made("only_stocks")
    page = shown(site, "11", "zh")
    assert "2023年1月末，全县户籍人口60,000人。" in page
    assert "没有出生人数、死亡人数的数据，不计算出生人口性别比、出生率、死亡率、人口自然增长率。" in page
    assert "AttheendofJanuary2023,theregisteredpopulationoftheareawas60,000." in shown(site, "11", "en")
    assert "Therearenodataonbirths,deaths." in shown(site, "11", "en", "pdf")
    for words in ("没有收到", "Wilson", "插补", "没有出生人口", "缺"):
        assert words not in page, words
    nation, index = shown(site, "1", "zh"), shown(site, "index", "zh")
    for people in ("60,000", "60,003", "60,006"):
        assert people in nation and people in index
    assert "180,009" in nation
    assert "性别比" not in re.sub(r"不计算[^。]*。", "", index)
    assert "各地2023年1月末户籍人口" in index and "近12个月主要指标" not in index


def test_births_alone_have_their_sex_ratio_and_no_rates(made):
    site = made("only_births")
    page = shown(site, "11", "zh")
    assert re.search("截至2024年6月的近12个月，[^，。]*出生784人，出生人口性别比为106.3（", page)
    assert "2024年1—6月的出生人口性别比为106.3（" in page
    assert "没有户籍人口、死亡人数的数据，不计算出生率、死亡率、人口自然增长率。" in page
    for words in ("自然增长率（‰）", "人口数据不全", "数据不足", "插补", "死亡人数（人）", "各地区出生率"):
        assert words not in page, words
    index = shown(site, "index", "zh")
    assert "784" in index and "自然增长率（‰）" not in index, "births are shown without a population too"
    assert "近12个月出生人数784人" in page, "the card and the overview show the births of the same months"
    assert "与此前12个月" not in page, "a count alone is not compared"
    nation = shown(site, "1", "en")
    assert "784" in nation and "Averagepopulation" not in nation and "Crudedeathrate(‰)" not in nation


def test_years_alone_have_their_rates_and_no_trend(made):
    page = shown(made("only_yearly"), "11", "zh")
    assert "出生792人，死亡516人；期间平均户籍人口60,004人" in page
    assert page.count("至少5个整年的数据") == 2, "no trend of three years, and the page says why"
    assert "不计算" not in page
    assert "2023年出生人口性别比" in page, "the card names the year"
    assert "2023年，全县出生792人，出生人口性别比为106.3" in page
    assert "不足12个月" not in page and "无从比较" not in page
    for words in ("1—12月", "截至2023年12月"):
        assert words not in page, words
    assert page.count("792106.3") == 1, "one row for the year"


@pytest.mark.parametrize("name", ["twenty_years", "quarterly"])
def test_years_enough_have_a_trend_without_a_season(made, name):
    """Also those of quarters, which make whole years."""
    page, english = (shown(made(name), "11", language) for language in LANGUAGES)
    assert (
        "按各年数字估计，当前人口自然增长率的趋势水平为" in page
        and "综合全县历年数据和同级地区水平估计" in page
    )
    assert "Fromthefiguresoftheyears,thenaturalgrowthratenowstandsatatrendlevelof" in english
    for words in ("季节调整", "至少5个整年", "含季节项"):
        assert words not in page, words
    assert "seasonallyadjusted" not in english.lower()


def test_the_last_year_leads_where_nothing_newer_is_known(made):
    site = made("years_beside_months")
    page = shown(site, "11", "zh")
    assert "2024年1—5月" in page, "the edition is of May"
    assert "近12个月出生人口性别比" in page and "近12个月出生人数" in page, "births are known by month"
    assert "2023年人口自然增长率" in page and "2023年死亡人数" in page, "the cards name the year"
    assert re.search("2023年，全县人口自然增长[0-9,]+人，人口自然增长率为", page)
    drawn = squeezed((site / "11.html").read_text(encoding="utf-8"))
    assert "死亡率（2023年）" in drawn and "人口自然增长率（2023年）" in drawn, "in the profile as well"
    assert "与同级其余地区的比较（近12个月）" in page and "死亡率（‰）2023年" in page
    index = shown(site, "index", "zh")
    assert re.search(r"2023年[0-9.]+～[0-9.]+|[0-9.]+～[0-9.]+2023年", index), "growth is that of the year"


def test_one_nation_has_a_report_and_an_overview(made):
    site = made("one_nation")
    page, index = shown(site, "1", "zh"), shown(site, "index", "en")
    assert "截至2024年6月的近12个月，本地区人口自然增长5,440人" in page
    assert "2,700" in page, "of the year so far as well"
    assert "数据来源：月报（出生人数、户籍人口、死亡人数）。" in page, "where deaths come from as well"
    assert "15,680" in index and "7,800" not in index, "the overview is of twelve months"
    assert "指标一览" in page and "同级各地的最低至最高" not in page, "nor is there a spread"
    assert "综合本地区历年数据估计" in page and "同级地区水平" not in page, "there are no areas beside it"


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_normal_range_nothing_is_held_against_one(made, language):
    """Neither sentence, table nor figure; the ratio is told, compared with the siblings, and its change judged."""
    site = made("no_normal_range")
    for name in ("1", "11", "index"):
        page = squeezed((site / f"{name}{'' if language == 'zh' else '.en'}.html").read_text("utf-8"))
        for words in ("正常范围", "normalrange"):
            assert words not in re.sub("<style.*?</style>|[^>]*（CSV）|[^>]*\\(CSV\\)", "", page), (
                name,
                words,
            )
    page = shown(site, "11", language)
    value = {"zh": "出生人口性别比为106.2（", "en": "sexratioatbirthof106.2("}[language]
    assert value in page
    assert {"zh": "不作判定", "en": "notjudged"}[language] not in page
    change = {"zh": "女=10095%置信区间92.4～122.1一年前106.2一年来未见明显变化", "en": "Ayearbefore:106.2"}[
        language
    ]
    assert change in page, "the card says how the ratio has changed"
