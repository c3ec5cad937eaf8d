"""The preview renders again when something is saved, and says what is wrong instead of ending."""

from __future__ import annotations

import resource
import shutil
from itertools import islice

import jinja2
import pytest

from pipeline.problems import ProblemError
from pipeline.reference import read_reference
from pipeline.reporting.site.inputs import beside_snapshot, report_context_of
from pipeline.reporting.site.preview import Preview, rendered_on_change, watched_files
from pipeline.snapshots import current_snapshot
from pipeline.workspace import CHECKOUT, open_workspace, read_settings


@pytest.fixture
def workspace(awkward, tmp_path):
    """The awkward workspace with templates of its own, to be changed."""
    (tmp_path / "data").symlink_to(awkward.root / "data", target_is_directory=True)
    shutil.copytree(CHECKOUT / "reports", tmp_path / "reports", ignore=shutil.ignore_patterns("pages"))
    return open_workspace(tmp_path)


def renderer(workspace, area: str, language: str = ""):
    snapshot = current_snapshot(workspace)
    report = report_context_of(
        workspace, snapshot, read_reference(workspace, read_settings(workspace).levels)
    )
    return Preview(workspace, report, beside_snapshot(workspace, snapshot), area, language).render


def processor_seconds() -> float:
    """Of this process and of those it started and that ended: a busy machine does not change them much."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("性别比较高。", 2),
        ("新加一段，饕餮。", 10),
    ],  # the second has characters that no page had: fonts are cut anew
)
def test_a_saved_template_is_shown_within_two_seconds(workspace, text, limit):
    show = renderer(workspace, "990101")
    show()
    section = workspace.reports / "sections" / "method.qmd.j2"
    section.write_text(f"{section.read_text(encoding='utf-8')}\n\n{text}\n", encoding="utf-8")
    start = processor_seconds()
    path = show()
    seconds = processor_seconds() - start
    assert text in (workspace.site / "preview" / "990101.html").read_text(encoding="utf-8")
    assert path.name == "990101.html"
    assert seconds < limit


def test_a_note_is_shown_in_its_language(workspace):
    show = renderer(workspace, "990101", "en")
    note = workspace.notes / "2026-06" / "990101.en.md"
    note.parent.mkdir(parents=True)
    note.write_text("Two wards were **closed**.", encoding="utf-8")
    show()
    assert "<strong>closed</strong>" in (workspace.site / "preview" / "990101.en.html").read_text(
        encoding="utf-8"
    )


def test_an_unknown_page_is_named(workspace):
    with pytest.raises(ProblemError, match="123456"):
        renderer(workspace, "123456")


def test_what_is_watched_is_what_is_saved(workspace):
    before = watched_files(workspace)
    (workspace.reports / "pages").mkdir()
    (workspace.reports / "pages" / "x.qmd").write_text("x")
    assert watched_files(workspace) == before
    (workspace.reports / "theme" / "theme.css").touch()
    assert watched_files(workspace) != before


def test_it_renders_on_change_only_and_goes_on_after_an_error():
    states = iter([1, 1, 2, 2, 2, 3])
    said = iter(["first", jinja2.TemplateSyntaxError("unexpected '}'", 7, filename="county.qmd.j2"), "third"])

    def render():
        word = next(said)
        if isinstance(word, Exception):
            raise word
        return word

    texts = [text for _, text in islice(rendered_on_change(render, lambda: next(states), pause=0), 3)]
    assert texts == ["first", "Not rendered: county.qmd.j2, line 7: unexpected '}'", "third"]


@pytest.mark.parametrize(
    ("slip", "message"),
    [("{% if %}", "Expected an expression"), ("{{ no_such_thing }}", "'no_such_thing' is undefined")],
)
def test_a_slip_in_a_template_is_told_with_file_and_line(workspace, slip, message):
    section = workspace.reports / "sections" / "method.qmd.j2"
    lines = section.read_text(encoding="utf-8").splitlines()
    section.write_text("\n".join([*lines[:2], slip, *lines[2:]]), encoding="utf-8")
    _seconds, said = next(rendered_on_change(renderer(workspace, "990101"), lambda: 1))
    assert said.startswith("Not rendered: ")
    assert "method.qmd.j2, line 3: " in said
    assert message in said
