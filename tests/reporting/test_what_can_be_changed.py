"""What an analyst changes without Python: title, sections and their order, a section of one's own, a logo."""

from __future__ import annotations

import re
import shutil
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.pofile import read_po, write_po
from pypdf import PdfReader
from test_renderers import png

from pipeline.problems import ProblemError
from pipeline.reference import read_reference
from pipeline.reporting.area_page.page import SECTIONS, write_page
from pipeline.reporting.renderers import choose
from pipeline.reporting.site.edition_pages import load_pages
from pipeline.reporting.site.inputs import beside_snapshot, report_context_of
from pipeline.snapshots import current_snapshot
from pipeline.words.translations import HOUSE
from pipeline.workspace import CHECKOUT, Workspace, open_workspace, read_settings

COUNTY = "990101"
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 10"><rect width="40" height="10" fill="#1f4e79"/></svg>'
OWN_SECTION = """\
## {{ heading(_("住房")) }} {#housing}

{{ f.name | esc }}的住房，见另表。
"""


@pytest.fixture
def workspace(awkward, tmp_path) -> Workspace:
    """The awkward workspace with settings and templates of its own, to be changed."""
    data = tmp_path / "data"
    data.mkdir()
    for part in ("raw", "processed"):
        (data / part).symlink_to(awkward.root / "data" / part, target_is_directory=True)
    shutil.copytree(awkward.reference, data / "reference")
    shutil.copytree(CHECKOUT / "reports", tmp_path / "reports", ignore=shutil.ignore_patterns("pages"))
    return open_workspace(tmp_path)


def set_in(workspace: Workspace, lines: str) -> None:
    """Add settings at the top of workspace.toml, before its tables."""
    path = workspace.reference / "workspace.toml"
    path.write_text(f"{lines}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")


def rendered(
    workspace: Workspace, cache: Path, kinds: tuple[str, ...], languages: tuple[str, ...] = ("zh",)
) -> dict[str, Path]:
    """The report of a county, without its figures, as `name.kind`."""
    snapshot = current_snapshot(workspace)
    report = report_context_of(
        workspace, snapshot, read_reference(workspace, read_settings(workspace).levels)
    )
    everything = load_pages(workspace.current, report, beside_snapshot(workspace, snapshot), "", "")
    pages = [
        write_page(each.facts, each.report, workspace.root / "work", each.peers, draw=lambda *_: {})
        for each in everything.pages
        if each.facts.area_code == COUNTY and each.report.language in languages
    ]
    output = workspace.root / "out"
    done = choose("embedded").render(pages, output, kinds, report.templates / "theme", cache=cache)
    assert not [each.error for each in done if each.error]
    return {path.name: path for path in output.iterdir()}


def headings(page: Path) -> list[str]:
    """The sections of a page by their identifiers."""
    return re.findall(
        r'<section[^>]* id="([\w-]+)"[^>]*class="[^"]*level2', page.read_text(encoding="utf-8")
    ) or (re.findall(r'<h2[^>]*id="([\w-]+)"', page.read_text(encoding="utf-8")))


def test_sections_come_in_the_order_of_the_settings_with_one_of_ones_own(workspace, font_cache):
    set_in(workspace, 'sections = ["provenance", "housing", "headline", "quality", "growth"]')
    own = workspace.reports / "sections" / "housing.qmd.j2"
    own.write_text(OWN_SECTION, encoding="utf-8")
    files = rendered(workspace, font_cache, ("html", "pdf", "docx"))
    assert headings(files["990101.html"]) == ["provenance", "housing", "quality", "growth"]
    pdf = PdfReader(files["990101.pdf"])
    titles = [entry.title for entry in pdf.outline if not isinstance(entry, list)]
    assert [title[:2] for title in titles] == ["一、", "二、", "三、", "四、"]
    assert titles[1] == "二、住房"
    with zipfile.ZipFile(files["990101.docx"]) as archive:
        word = re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())
    for text in (files["990101.html"].read_text(encoding="utf-8"), word):
        assert "示例青禾县的住房，见另表。" in text
    assert "示例青禾县的住房" in "".join("".join(part.extract_text().split()) for part in pdf.pages)


def test_without_settings_the_sections_are_those_of_a_situation_analysis(workspace, font_cache):
    page = rendered(workspace, font_cache, ("html",))["990101.html"]
    order = [name.replace("_", "-") for name in SECTIONS]
    shown = headings(page)
    assert shown == [name for name in order if name in shown]
    assert len(shown) >= len(order) - 1, "the headline has no heading"


def test_a_section_that_is_not_there_is_named_with_those_that_are(workspace, font_cache):
    set_in(workspace, 'sections = ["headline", "hosing"]')
    with pytest.raises(ProblemError, match=r"(?s)hosing.*headline.*provenance"):
        rendered(workspace, font_cache, ("html",))


def test_the_title_is_that_of_the_settings_in_every_language_and_format(workspace, font_cache):
    set_in(workspace, 'title = { zh = "人口监测月报", en = "population monitor" }')
    files = rendered(workspace, font_cache, ("html", "pdf", "docx"), ("zh", "en"))
    for name, title in (("990101", "示例青禾县人口监测月报"), ("990101.en", None)):
        html = files[f"{name}.html"].read_text(encoding="utf-8")
        shown = re.search(r"<title>(.*?)</title>", html, re.DOTALL)[1].strip()
        assert shown == title or (title is None and "opulation monitor" in shown)
        assert (
            re.sub(r"<[^>]+>|\u2060", "", re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL)[1]).strip()
            == shown
        )
        assert PdfReader(files[f"{name}.pdf"]).metadata.title == shown
        with zipfile.ZipFile(files[f"{name}.docx"]) as archive:
            assert shown in re.sub(r"<[^>]+>", "", archive.read("word/document.xml").decode())
        assert "形势分析" not in html.partition("<body")[2].partition('id="method"')[0]


def height_of_title(page) -> float:
    """How high the largest type of a page stands, in points."""
    found: list[tuple[float, float]] = []

    def note(text: str, cm: list[float], tm: list[float], _font: object, size: float) -> None:
        if text.strip():
            found.append((size * abs(tm[3]), cm[5] + tm[5] * cm[3]))

    page.extract_text(visitor_text=note)
    return max(found)[1]


@pytest.mark.parametrize(("name", "content"), [("logo.svg", SVG.encode()), ("logo.png", png())])
def test_a_logo_stands_above_the_title(workspace, font_cache, name, content):
    before = PdfReader(rendered(workspace, font_cache, ("html", "pdf"))["990101.pdf"]).pages[0]
    place, text = height_of_title(before), before.extract_text()
    assert "data:image" not in above_title(workspace.root / "out" / "990101.html")
    (workspace.reports / "theme" / name).write_bytes(content)
    files = rendered(workspace, font_cache, ("html", "pdf"))
    kind = "svg+xml" if name.endswith("svg") else "png"
    assert f'src="data:image/{kind};base64,' in above_title(files["990101.html"])
    after = PdfReader(files["990101.pdf"]).pages[0]
    assert height_of_title(after) < place - 20, "the title makes room for it"
    assert after.extract_text()[:200] == text[:200], "the logo is an artefact, no text"


def catalogue_like(language: str, change: Callable[[str], str]) -> str:
    """A catalogue with the messages of a language, each text changed."""
    with (HOUSE / f"{language}.po").open("rb") as file:
        catalogue = read_po(file)
    for message in catalogue:
        if message.id and message.id != "language.no_break":
            texts = message.string if isinstance(message.id, tuple | list) else (message.string,)
            changed = tuple(change(text) for text in texts)
            message.string = changed if len(changed) > 1 else changed[0]
    catalogue.locale = "eo"
    catalogue.add("crude birth rate", "kruda naskoprocento")
    with BytesIO() as written:
        write_po(written, catalogue)
        return written.getvalue().decode()


def without_vowels(text: str) -> str:
    """A language of its own: the words in braces as they are, the others without a, e, i, o, u."""
    return "".join(
        part if part.startswith("{") else re.sub("[aeiou]", "", part) for part in re.split(r"(\{\w+\})", text)
    )


def test_a_new_language_is_a_new_catalogue(workspace, font_cache):
    path = workspace.reference / "workspace.toml"
    settings = re.sub("languages = .*", 'languages = ["zh", "eo"]', path.read_text(encoding="utf-8"))
    path.write_text(settings, encoding="utf-8")
    with pytest.raises(ProblemError, match=r"'eo'.*eo\.po"):
        rendered(workspace, font_cache, ("html",), ("eo",))
    own = workspace.translations / "eo.po"
    own.write_text(catalogue_like("en", without_vowels), encoding="utf-8")
    files = rendered(workspace, font_cache, ("html",), ("zh", "eo"))
    chinese, page = (files[f"990101{end}.html"].read_text(encoding="utf-8") for end in ("", ".eo"))
    assert '<html lang="eo">' in page
    assert re.search(r'<a href="990101\.eo\.html"[^>]*hreflang="eo"[^>]*>Esperanto</a>', chinese)
    text = re.sub(r"<(style|script).*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    assert "kruda naskoprocento" in text.lower(), "a name of the reference tables"
    assert "95% cnfdnc ntrvl" in text
    assert re.findall(r"\b(?:the|and|with|month|interval)\b", text) == []
    assert re.findall("[0-9](?:年|月|人)|本县|全县", text) == []


def test_a_text_of_ones_own_goes_before_that_of_the_house(workspace, font_cache):
    shutil.rmtree(workspace.reports)
    workspace.translations.mkdir(parents=True)
    own = workspace.translations / "zh.po"
    own.write_text('msgid "sex_ratio.heading"\nmsgstr "出生性别"\n', encoding="utf-8")
    page = rendered(workspace, font_cache, ("html",))["990101.html"].read_text(encoding="utf-8")
    assert "二、出生性别" in page
    assert "三、人口自然增长" in page


def test_word_takes_its_styles_from_the_reference_document_of_the_workspace(workspace, font_cache):
    with zipfile.ZipFile(workspace.reports / "theme" / "reference.zh.docx") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["word/styles.xml"] = parts["word/styles.xml"].replace("仿宋_GB2312".encode(), "华文中宋".encode())
    shutil.rmtree(workspace.reports)
    own = workspace.reports / "theme" / "reference.zh.docx"  # and nothing else
    own.parent.mkdir(parents=True)
    with zipfile.ZipFile(own, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    files = rendered(workspace, font_cache, ("docx",), ("zh", "en"))
    styles = {}
    for name in ("990101", "990101.en"):
        with zipfile.ZipFile(files[f"{name}.docx"]) as archive:
            styles[name] = archive.read("word/styles.xml").decode()
    assert "华文中宋" in styles["990101"] and "仿宋_GB2312" not in styles["990101"]
    assert "华文中宋" not in styles["990101.en"], "another language has its own"


@pytest.mark.parametrize(
    ("name", "add", "shown"),
    [
        ("theme/theme.css", "\n.of-our-office { color: red; }\n", ".of-our-office"),
        ("theme/page.html", "\n<!-- of our office -->\n", "<!-- of our office -->"),
        ("county.qmd.j2", "\n\nOf our office.\n", "<p>Of our office.</p>"),
        ("sections/method.qmd.j2", "\n\nOf our office.\n", "<p>Of our office.</p>"),
    ],
)
def test_one_file_of_a_workspace_replaces_ours_and_the_others_stay(
    workspace, font_cache, tmp_path, name, add, shown
):
    plain, own = tmp_path / "plain", workspace.reports / name
    shutil.rmtree(workspace.reports)
    before = rendered(workspace, font_cache, ("html",))["990101.html"].rename(plain).read_text("utf-8")
    own.parent.mkdir(parents=True)
    own.write_text((CHECKOUT / "reports" / name).read_text(encoding="utf-8") + add, encoding="utf-8")
    page = rendered(workspace, font_cache, ("html",))["990101.html"].read_text(encoding="utf-8")
    assert shown not in before and shown in page
    for text in ("一、", "@font-face", "表 1"):
        assert page.count(text) == before.count(text) > 0


def refused(*_: object) -> None:
    raise OSError("a required privilege is not held by the client")


@pytest.mark.parametrize("links", [True, False])
def test_a_file_of_the_workspace_makes_its_pages_stale(workspace, monkeypatch, links):
    """Also where the system makes no links."""
    shutil.rmtree(workspace.reports)

    def keys() -> dict[str, str]:
        snapshot = current_snapshot(workspace)
        reference = read_reference(workspace, read_settings(workspace).levels)
        report = report_context_of(workspace, snapshot, reference)
        everything = load_pages(workspace.current, report, beside_snapshot(workspace, snapshot), "", "")
        return {page.name: page.key for page in everything.all}

    if not links:
        monkeypatch.setattr(Path, "symlink_to", refused)
    before, own = keys(), workspace.reports / "theme" / "theme.css"
    assert keys() == before
    own.parent.mkdir(parents=True)
    own.write_text("body { color: red; }", encoding="utf-8")
    changed = keys()
    assert all(changed[name] != key for name, key in before.items())
    own.write_text("body { color: blue; }", encoding="utf-8")
    assert all(key != changed[name] for name, key in keys().items()), "also when its content changes again"
    own.unlink()
    assert keys() == before


def above_title(page: Path) -> str:
    return page.read_text(encoding="utf-8").partition("<body")[2].partition("<h1")[0]
