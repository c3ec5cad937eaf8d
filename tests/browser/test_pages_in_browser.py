"""Every page as a reader meets it: wide and narrow, light and dark, in both languages."""

from __future__ import annotations

from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.awkward_workspace import HOSTILE, LONG, STRANGEST
from tests.browser.conftest import DESKTOP, PHONE

PAGES = ["index", "index.en", LONG, f"{HOSTILE}.en"]
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
VIEWS = [
    *[
        (name, width, scheme)
        for name in ("index", LONG)
        for width in (DESKTOP, PHONE)
        for scheme in ("light", "dark")
    ],
    ("index.en", PHONE, "light"),
    (f"{HOSTILE}.en", DESKTOP, "dark"),
]


@pytest.mark.parametrize(("name", "width", "scheme"), VIEWS)
def test_a_page_is_accessible_quiet_and_asks_for_nothing(visit, name, width, scheme):
    axe = pytest.importorskip(
        "axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed"
    )
    seen = visit(name, width, scheme)
    found = axe.Axe().run(seen.page, options=RULES).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]][:3]) for each in found] == []
    assert seen.complaints == []
    assert [url for url in seen.requests if not url.startswith(("file:", "data:"))] == []
    assert len([url for url in seen.requests if url.startswith("file:")]) == 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_no_wider_than_a_phone(visit, name):
    page = visit(name, PHONE).page
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE


@pytest.mark.parametrize("name", PAGES)
def test_every_link_within_the_edition_leads_somewhere(visit, site, name):
    page = visit(name).page
    names = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    local = {each for each in names if not each.startswith("#")}
    assert local <= {path.relative_to(site).as_posix() for path in site.rglob("*.*")}
    assert any(each.startswith("index") for each in local) or name.startswith("index")


@pytest.mark.parametrize("name", ["990102", "990102.en", "990100"])
def test_the_first_sheet_that_a_browser_prints_is_the_first_page(visit, name):
    page = visit(name).page
    first_section = page.locator("h2").first.inner_text()
    sheets = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert [round(side / 72 * 25.4) for side in sheets[0].mediabox[2:]] == [210, 297]
    heading, texts = squeezed(first_section), [squeezed(sheet.extract_text()) for sheet in sheets]
    assert heading not in texts[0] and texts[1].startswith(heading)
    assert squeezed(page.locator(".attention li").last.inner_text())[-9:] in texts[0]
    assert len(sheets) <= 8


def squeezed(text: str) -> str:
    """Without blanks, which a PDF has where it likes."""
    return "".join(text.replace("\u2060", "").split())


def test_a_strange_name_is_shown_as_it_is(visit):
    seen = visit("index")
    assert seen.page.locator("a", has_text=STRANGEST).count() >= 1
    assert seen.complaints == []


@pytest.mark.parametrize(("width", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")])
def test_a_figure_has_one_shape_the_font_of_the_page_and_the_colours_of_the_hour(visit, width, scheme):
    page = visit(LONG, width, scheme).page
    ink = "rgb(217, 220, 223)" if scheme == "dark" else "rgb(34, 48, 60)"
    shown = page.eval_on_selector_all(
        ".picture",
        """pictures => pictures.map(picture => {
            const seen = [...picture.querySelectorAll("svg")].filter(svg => svg.getBoundingClientRect().width > 0)
            const styles = [...seen[0].querySelectorAll("text")].map(text => getComputedStyle(text))
            const inks = new Set(styles.map(style => style.fill))
            const fonts = styles.map(style => style.fontFamily.split(",")[0])
            return [seen.length, Math.round(seen[0].viewBox.baseVal.width), [...new Set(fonts)], inks.has("INK")]
        })""".replace("INK", ink),
    )
    widths = {245} if width == PHONE else {461, 533}  # beside its text, or as wide as the page
    assert shown and {each.pop(1) for each in shown} == widths
    assert all(each == [1, ['"Report Sans"'], True] for each in shown)
