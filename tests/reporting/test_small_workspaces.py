"""Workspaces that have less: pages are made, say what can be said, and deny nothing that stands below."""

from __future__ import annotations

import re

import pytest

from pipeline.commands.report import report
from tests import small_workspaces
from tests.reporting.test_awkward_areas import UNRESOLVED, squeezed, text_of

LANGUAGES = ("zh", "en")


# The areas and formats that are rendered, to keep the tests short; `--whole` renders all.
RENDERED = {
    "only_stocks": (["1", "11"], ["html", "pdf"]),
    "only_births": (["1", "11"], ["html"]),
    "only_yearly": (["11"], ["html"]),
    "one_nation": (["1"], ["html"]),
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
            codes, formats = ([], ["html", "pdf"]) if is_whole else RENDERED[name]
            assert report(root, None, codes, formats, "embedded", 1) == 0
            (sites[name],) = (root / "_site").iterdir()
        return sites[name]

    return site


def shown(site, name: str, language: str, kind: str = "html") -> str:
    return squeezed(text_of(site / f"{name}{'' if language == 'zh' else '.en'}.{kind}"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", [each.__name__ for each in small_workspaces.ALL])
def test_all_pages_are_made_and_nothing_is_left_unresolved(made, name, language):
    site = made(name)
    pages = [path for path in sorted(site.iterdir()) if path.suffix in (".html", ".pdf")]
    pages = [path for path in pages if (".en" in path.suffixes) == (language == "en")]
    assert len(pages) >= 2
    for page in pages:
        assert UNRESOLVED.findall(squeezed(text_of(page))) == [], page.name


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


def test_births_alone_have_their_sex_ratio_and_no_rates(made):
    site = made("only_births")
    page = shown(site, "11", "zh")
    assert re.search("截至2024年6月的近12个月，[^，。]*出生784人，出生人口性别比为106.3（", page)
    assert "2024年1—6月的出生人口性别比为106.3（" in page
    assert "没有户籍人口、死亡人数的数据，不计算出生率、死亡率、人口自然增长率。" in page
    for words in ("自然增长率（‰）", "人口数据不全", "数据不足", "插补", "死亡人数（人）", "各地区出生率"):
        assert words not in page, words
    index = shown(site, "index", "zh")
    assert "390" in index and "自然增长率（‰）" not in index, "births are shown without a population too"
    nation = shown(site, "1", "en")
    assert "784" in nation and "Averagepopulation" not in nation and "Crudedeathrate(‰)" not in nation


def test_years_alone_have_their_rates_and_no_trend(made):
    page = shown(made("only_yearly"), "11", "zh")
    assert "出生792人，死亡516人；期间平均户籍人口60,004人" in page
    assert "没有足够的数据估计趋势" in page and "不计算" not in page


def test_one_nation_has_a_report_and_an_overview(made):
    site = made("one_nation")
    page, index = shown(site, "1", "zh"), shown(site, "index", "en")
    assert "截至2024年6月的近12个月，本地区人口自然增长5,440人" in page
    assert "2,700" in page, "of the year so far as well"
    assert "15,680" in index and "7,800" not in index, "the overview is of twelve months"
