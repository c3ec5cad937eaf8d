"""Whatever a sketch reads, untouched, is right: tables put together at random, some of what no sketch should guess."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.ingest.shapes import CHINESE, ENGLISH, Figures, Shape, counties, value
from tests.ingest.test_sketch_shapes import counted, read

WORDS = {
    "births": {"zh": ("出生", "活产", "住院分娩"), "en": ("births", "live births")},
    "deaths": {"zh": ("死亡",), "en": ("deaths",)},
    "population": {"zh": ("人口", "户籍人口"), "en": ("population",)},
}
SEXES = {
    "zh": (("男", "女", "合计"), ("男性", "女性", "计"), ("男婴", "女婴", "小计")),
    "en": (("Male", "Female", "Total"), ("Boys", "Girls", "Both sexes"), ("M", "F", "All")),
}
NARROWER = {
    "zh": ("二孩", "多胎", "农业户籍", "死亡和"),
    "en": ("infant ", "twin ", "urban ", "deaths and "),
}
LABELS = {"zh": ("地区", "县（市、区）", "区划"), "en": ("Area", "District", "Municipality")}
MONTH = date(2024, 3, 1)
WRITTEN = {
    "zh": ("2024年3月", "202403", "2024-03"),
    "en": ("March 2024", "2024-03", "202403"),
}
NOTES = {"zh": ("注：初步数。", "资料来源：登记"), "en": ("Note: provisional", "Source: register")}


@st.composite
def tables(draw: st.DrawFn) -> tuple[Shape, bool]:
    """A table of one month, what is in it, and whether a word narrows what its elements do not."""
    language = draw(st.sampled_from(("zh", "en")))
    reference = {"zh": CHINESE, "en": ENGLISH}[language]
    what = draw(st.sampled_from(("births", "deaths", "population") if language == "zh" else ("births",)))
    word = draw(st.sampled_from(WORDS[what][language]))
    narrower = draw(st.sampled_from((*[""] * 12, *NARROWER[language][: 3 if what == "deaths" else 4])))
    male, female, total = draw(st.sampled_from(SEXES[language]))
    joint = "" if language == "zh" else " "
    is_in_header = draw(st.booleans())
    columns = [(f"{what}_male", male), (f"{what}_female", female)]
    columns = draw(st.permutations([*columns, *([("", total)] if draw(st.booleans()) else [])]))
    is_coded = draw(st.booleans())
    month = draw(st.sampled_from(WRITTEN[language]))
    place = draw(
        st.sampled_from(("file", "title", "column", "folder", "file", "title", "column", "folder", "nowhere"))
    )
    said = f"{narrower}{word}"
    head = [draw(st.sampled_from(LABELS[language]))]
    head += ["月份" if language == "zh" else "Month"] if place == "column" else []
    head += [f"{said}{joint}{sex}" if is_in_header else sex for _, sex in columns]
    rows = []
    for area in counties(reference):
        both = {f"{what}_{sex}": value(f"{what}_{sex}", area, MONTH) for sex in ("male", "female")}
        row = [area.area_code if is_coded else area.name, *([month] if place == "column" else [])]
        rows.append([*row, *(both.get(element, sum(both.values())) for element, _ in columns)])
    if draw(st.booleans()):
        label = total if language == "en" else "合计"
        sums = [sum(row[-place] for row in rows) for place in range(len(columns), 0, -1)]
        whole = [label, *([month] if place == "column" else []), *sums]
        rows = [whole, *rows] if draw(st.booleans()) else [*rows, whole]
    if draw(st.booleans()):
        rows += [[note] for note in NOTES[language]]
    if draw(st.booleans()):
        head, rows = [*head, "备注"], [[*row, None] for row in rows]
    title = " ".join(filter(None, ("" if is_in_header else said, month if place == "title" else "")))
    titles = [[title]] if title and (place == "title" or draw(st.booleans())) else []
    name = " ".join(filter(None, ("" if titles or is_in_header else said, month if place == "file" else "")))
    ending = draw(st.sampled_from((".csv", ".xlsx")))
    figures: Figures = {
        (element, area.area_code, MONTH, "month"): value(element, area, MONTH)
        for element, _ in columns
        if element
        for area in counties(reference)
    }
    folder = "2024-03/" if place == "folder" else ""
    shape = Shape(
        "random", f"{name or 'x'}{ending}", [*titles, head, *rows], figures, reference, folder=folder
    )
    return shape, bool(narrower) or place == "nowhere"


def test_what_the_sketch_reads_is_right_and_what_it_cannot_know_is_left_open(request):
    right = []

    @examples(request, part=4)
    @given(tables())
    def is_right_or_silent(drawn: tuple[Shape, bool]) -> None:
        shape, cannot_be_known = drawn
        with tempfile.TemporaryDirectory() as folder:
            try:
                text, observations, _ = read(shape, Path(folder))
            except Exception as problem:
                assert "no `from`" in str(problem) or "elements" in str(problem), problem
                right.append(cannot_be_known)
                return
            found = counted(observations)
        assert found.items() <= shape.figures.items(), text
        assert not (found and cannot_be_known), text
        right.append(cannot_be_known or found == shape.figures)

    is_right_or_silent()
    assert sum(right) > 0.95 * len(right)
