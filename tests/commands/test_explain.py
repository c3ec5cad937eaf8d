"""`sitrep explain`: the cells at the ends of the tree make up the published number, and every rule is named."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from pipeline.audit.explain import Explanation
from pipeline.audit.explain_node import Node
from pipeline.commands.explain import area_named, explain
from pipeline.problems import ProblemError
from pipeline.reference import read_reference
from pipeline.workspace import Workspace, read_settings
from tests.commands.lived_in import MALE, RECODED, RESENT, cell, hospital_file, row_of
from tests.test_commands import sitrep

MAY, JUNE = date(2026, 5, 1), date(2026, 6, 1)


def explained(workspace: Workspace, area: str, indicator: str, month: date, window: str) -> Explanation:
    reference = read_reference(workspace, read_settings(workspace).levels)
    return Explanation(workspace.current, reference, area, indicator, month, window)


def tree_of(explanation: Explanation, side: str = "numerator") -> list[Node]:
    return list(explanation.trees(getattr(explanation.indicator.formula, side)))


def nodes(trees: list[Node]) -> Iterator[Node]:
    for node in trees:
        yield node
        yield from nodes(list(node.below))


@pytest.mark.parametrize("window", ["month", "quarter", "ytd", "rolling_12"])
@pytest.mark.parametrize("indicator", ["sex_ratio_at_birth", "natural_growth_rate", "case_handling_rate"])
@pytest.mark.parametrize("area", ["990000", "990104", RECODED, "990203"])
def test_the_cells_add_up_to_the_published_number(lived_in, area, indicator, window):
    explanation = explained(lived_in, area, indicator, JUNE, window)
    published = explanation.rows[window]["numerator"]
    trees = tree_of(explanation)
    if published is None:
        assert any(tree.amount is None for tree in trees)
        return
    assert sum(cell for tree in trees for cell in tree.cells()) == published
    assert sum(tree.amount for tree in trees) == published
    assert not [node.text for node in nodes(trees) if "found here" in node.text]


@pytest.mark.parametrize("area", ["990000", "990104"])
@pytest.mark.parametrize(
    ("indicator", "window"), [("death_rate", "ytd"), ("death_rate", "month"), ("id_entry_rate", "ytd")]
)
def test_the_denominator_is_what_its_month_ends_make_it(lived_in, area, indicator, window):
    explanation = explained(lived_in, area, indicator, JUNE, window)
    (tree,) = tree_of(explanation, "denominator")
    assert tree.amount == pytest.approx(explanation.rows[window]["denominator"], abs=1e-6)


def test_a_month_end_that_nobody_reported_is_named(lived_in):
    (tree,) = tree_of(explained(lived_in, "990104", "death_rate", JUNE, "ytd"), "denominator")
    assert [node.text.split(", ")[-1] for node in tree.below if "interpolated" in node.text] == [
        "interpolated between 2026-03 and 2026-05"
    ]


def test_a_gap_is_bridged_by_cumulative_figures_and_named(lived_in):
    lines = list(explained(lived_in, "990104", "death_rate", JUNE, "ytd").lines())
    assert any("deaths_male: " in line and "from cumulative figures" in line for line in lines)
    assert "    2026-04: missing" in lines
    assert any("population_register: no return" in line for line in lines)
    assert any("a cumulative figure, but none of the month before" in line for line in lines)
    assert "  months of the window without a figure: 2" in lines


def test_a_differenced_month_shows_both_cumulative_figures(lived_in):
    tree = tree_of(explained(lived_in, "990101001", "death_rate", JUNE, "month"))[0]
    (month,) = tree.below[0].below
    assert "differenced by population_register" in month.text
    assert [node.text.split(", ")[-1] for node in month.below] == ["January to 2026-06", "January to 2026-05"]
    assert month.below[1].text.startswith("− ")


def test_an_area_under_a_new_code_goes_on_from_the_old_one(lived_in):
    lines = list(explained(lived_in, RECODED, "sex_ratio_at_birth", JUNE, "ytd").lines())
    assert any("renamed in 2026-01, before it 990104003 胜利乡; its series goes on" in line for line in lines)
    assert any(line.endswith("(of 990104003 胜利乡, carried over)") for line in lines)


def test_a_correction_says_what_stood_there_and_who_mended_it(lived_in):
    lines = list(explained(lived_in, "990103001", "sex_ratio_at_birth", JUNE, "ytd").lines())
    file = hospital_file(lived_in.root, "202601")
    row = row_of(file, "示例东湖区", "东湖乡")
    stood = cell(file, row, MALE)
    said = f"{stood}, corrected to {int(stood) - 30} (录入错误，电话核实; 李, 2026-07-03)"
    assert f"    hospital_births/{file.name}, row {row}, column F: {said}" in lines


def test_a_cell_that_was_refused_and_mended_stands_as_it_was(lived_in):
    lines = list(explained(lived_in, "990101001", "sex_ratio_at_birth", JUNE, "month").lines())
    births = explained(lived_in, "990101001", "sex_ratio_at_birth", JUNE, "month").rows["month"]["numerator"]
    assert any(f"column F: 约{births:g}, corrected to {births:g}" in line for line in lines)


def test_a_figure_sent_again_names_both_files(lived_in):
    lines = list(explained(lived_in, "990101003", "sex_ratio_at_birth", JUNE, "ytd").lines())
    births = int(cell(hospital_file(lived_in.root, "202603_补报"), 2, MALE))
    assert f"    hospital_births/{RESENT}, row 2, column F: {births}" in lines
    first = f"{births - 1} in hospital_births/住院分娩月报_202603.csv"
    assert f"    revised: {first}, {births} in hospital_births/{RESENT}" in lines


def test_a_missing_month_says_which_cell_was_refused(lived_in):
    lines = list(explained(lived_in, "990102", "sex_ratio_at_birth", MAY, "month").lines())
    assert any(
        "refused: hospital_births/住院分娩月报_202605.csv, row" in line and "found 不详" in line
        for line in lines
    )


def test_other_sources_of_the_same_figure_stand_beside_it(lived_in):
    lines = list(explained(lived_in, "990101", "sex_ratio_at_birth", JUNE, "ytd").lines())
    assert any("population_register has" in line for line in lines)


def test_the_short_form_stops_at_the_areas_below(lived_in):
    explanation = explained(lived_in, "990000", "sex_ratio_at_birth", JUNE, "ytd")
    brief, whole = list(explanation.lines(is_brief=True)), list(explanation.lines())
    assert any("990100 示例东州市: " in line for line in brief)
    assert not any("990101" in line or ".csv" in line for line in brief)
    assert len(brief) < len(whole) / 10


def test_the_command_takes_a_name_and_names_the_other_windows(lived_in):
    run = sitrep("explain", "示例青禾县", "sex_ratio_at_birth", "2026-06", "--root", lived_in.root)
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(
        "sex_ratio_at_birth 出生人口性别比 (females = 100), 990101 示例青禾县, ytd 2026-01 to 2026-06"
    )
    assert "\n  rolling_12: " in run.stdout
    assert "hospital_births/住院分娩月报_202606.csv, row" in run.stdout


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("990101", "fertility", "2026-06"), "sex_ratio_at_birth"),
        (("城关镇", "birth_rate", "2026-06"), "add the area above it"),
        (("青和县", "birth_rate", "2026-06"), "青禾县"),
        (("990101", "birth_rate", "2026-05", "--window", "quarter"), "a window that ends in it"),
        (("990101", "birth_rate", "2031-06"), "a month of the edition"),
    ],
)
def test_a_mistake_is_answered_with_what_can_be_asked(lived_in, words, message):
    run = sitrep("explain", *words, "--root", lived_in.root)
    assert run.returncode == 1
    assert message in run.stderr


def test_an_area_is_found_behind_the_one_above(lived_in):
    reference = read_reference(lived_in, read_settings(lived_in).levels)
    assert area_named("示例青禾县城关镇", reference, JUNE) == "990101001"
    with pytest.raises(ProblemError):
        area_named("城关镇", reference, JUNE)


def test_tables_of_rules_that_changed_since_are_named(three_months, capsys):
    table = three_months.reference / "indicators.toml"
    table.write_text(table.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    assert explain(three_months.root, "990101", "sex_ratio_at_birth", None, "ytd", True) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert (
        first
        == "Changed since this was built, so the rules below may be others: data/reference/indicators.toml"
    )
