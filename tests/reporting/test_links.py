"""No link leads nowhere: on the pages of an edition, and on those that a plain `quarto render` takes."""

from __future__ import annotations

import re
import shutil

import pytest
from links import dead_links

from pipeline.commands.report import pages
from pipeline.reporting.site.data_files import FILES

AREAS = ["990101", "990100"]


def test_every_link_of_every_page_leads_somewhere(site):
    assert list(dead_links(site)) == []


def test_a_link_to_what_is_not_there_is_dead(tmp_path):
    (tmp_path / "a.html").write_text(
        '<a href="b.html">b</a><a href="#x">x</a><a href="#y">y</a><p id="x"></p>', encoding="utf-8"
    )
    assert list(dead_links(tmp_path)) == [("a.html", "b.html"), ("a.html", "#y")]


@pytest.fixture(scope="module")
def project(awkward, tmp_path_factory):
    """`reports/pages` of a copy of the workspace: one county, its prefecture, the overview."""
    root = tmp_path_factory.mktemp("project")
    shutil.copytree(awkward.root / "data", root / "data", symlinks=True)
    assert written(root / "reports" / "pages") == 0
    return root / "reports" / "pages"


def written(project) -> int:
    return pages(project.parents[1], None, AREAS, 1)


def contents(project) -> dict[str, bytes]:
    return {
        str(path.relative_to(project)): path.read_bytes() for path in project.rglob("*") if path.is_file()
    }


def test_pages_for_quarto_lie_where_their_links_lead(project):
    texts = {path.stem: path.read_text(encoding="utf-8") for path in project.glob("*.qmd")}
    assert set(texts) == {f"{name}{end}" for name in ("index", *AREAS) for end in ("", ".en")}
    for name, text in texts.items():
        links = re.findall(r"(?<!\\)\]\(([^)#]+)\)", text)
        assert links, name
        for link in links:
            page = re.fullmatch(r"(.+)\.(?:html|pdf)", link)
            if not (page and re.fullmatch(r"\d{6}(\.en)?", page[1])):  # of areas not asked for there is none
                assert (project / link).is_file() or page[1] in texts, (name, link)
        assert f"font-css: {name}/font.css" in text and (project / name / "font.css").is_file()
        assert (
            f"reference-doc: {name}/reference.docx" in text and (project / name / "reference.docx").is_file()
        )
    assert {path.name for path in (project / "data").iterdir()} == set(FILES)


def test_an_edit_of_a_page_stays_until_what_it_is_made_of_changes(project):
    page = next(path for path in sorted(project.glob("*.qmd")) if path.stem.isdigit())
    made, untouched = page.read_text(encoding="utf-8"), project / "index.qmd"
    fonts = [project / name / "font.css" for name in ("index", page.stem)]
    before, cut = untouched.stat().st_mtime_ns, [font.stat().st_mtime_ns for font in fonts]
    page.write_text(made + "\nAn edit.\n", encoding="utf-8")
    assert written(project) == 0
    assert page.read_text(encoding="utf-8").endswith("\nAn edit.\n")
    assert [font.stat().st_mtime_ns == time for font, time in zip(fonts, cut, strict=True)] == [True, False]
    note = project.parent / "notes" / "2026-06" / f"{page.stem}.md"
    note.parent.mkdir(parents=True)
    note.write_text("**Late** returns.", encoding="utf-8")
    assert written(project) == 0
    text = page.read_text(encoding="utf-8")
    assert "An edit." not in text and "**Late** returns" in text
    assert untouched.stat().st_mtime_ns == before, "what did not change is not written again"


def test_pages_and_data_files_that_were_lost_or_changed_are_made_again(project):
    whole = contents(project)
    (project / "index.qmd").unlink()
    (project / "data" / "trends.csv").write_text("", encoding="utf-8")
    (project / "999999.qmd").write_text("---\ntitle: of another edition\n---\n", encoding="utf-8")
    assert written(project) == 0
    assert contents(project) == whole
