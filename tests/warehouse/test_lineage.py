"""The cells at the end of the lineage, with their signs, add up to every count: of the example and of generated ones."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import duckdb
import pytest

from pipeline.audit.explain_tree import Tracer
from pipeline.audit.lineage import Lineage
from pipeline.reference import Reference, read_reference
from pipeline.workspace import Workspace, open_workspace, read_settings
from tests.conftest import build_quietly
from tests.small_workspaces import ALL
from tests.warehouse.by_hand import ELEMENTS, INDICATORS, area, monthly
from tests.warehouse.test_random_histories import History, areas_of, as_offices_send

CELLS = """
    create table cells as
    select file_id, area_code as named_code, period, span, element, coalesce(corrections.value, cell.value) as value
    from (
        select file_id, sheet, "row", "column", element, area_code, period, span, value from observations
        union all
        select file_id, sheet, "row", "column", element, area_code, period, span, 0 from rejects
        semi join corrections using (file_id, sheet, "row", "column", element)
    ) as cell
    left join corrections using (file_id, sheet, "row", "column", element)"""

OF_FIGURES = """
    create table figures_of_cells as
    select source, area_code, period, span, element, sum(value) as value
    from lineage_of_figures join cells using (file_id, named_code, period, span, element) group by all"""

OF_COUNTS = """
    create table counts_of_cells as
    select source, area_code, month, element, total, sum(sign * value) as value
    from lineage_of_counts join figures_of_cells using (source, area_code, period, span, element) group by all"""

# of each area, the units that its sum is made of
WALKED = """
    create table walked as
    with recursive walked as (
        select area_code, element, part_code, is_unit from lineage_of_sums
        union all
        select walked.area_code, walked.element, below.part_code, below.is_unit
        from walked join lineage_of_sums as below
        on below.area_code = walked.part_code and below.element = walked.element and not walked.is_unit
    )
    from walked where is_unit"""

SUMS = """
    create table sums as
    select walked.area_code, month, walked.element, if(count(*) = count(value), sum(value), null) as value,
        if(count(*) = count(value_ytd), sum(value_ytd), null) as value_ytd
    from walked join reported_counts on reported_counts.area_code = part_code
        and reported_counts.element = walked.element
    group by all"""

BY_MONTHS = """
    create table by_months as
    select area_code, element, time_window, time_windows.month,
        if(count(value) = datediff('month', first_month, time_windows.month) + 1, sum(value), null) as total
    from time_windows join counts on counts.month between first_month and time_windows.month
    semi join single_elements using (element)
    group by area_code, element, time_window, time_windows.month, first_month"""

BRIDGED = """
    create table bridged as
    select bridge.area_code, bridge.element, time_window, bridge.month, sum(sign * value_ytd) as total
    from lineage_of_windows as bridge join counts on counts.area_code = bridge.area_code
        and counts.element = bridge.element and counts.month = cumulative_month
    group by all"""

MADE = (CELLS, OF_FIGURES, OF_COUNTS, WALKED, SUMS, BY_MONTHS, BRIDGED)

# what is wrong, as rows; none where the lineage holds
WRONG = {
    "figures": """
        from figures left join figures_of_cells using (source, area_code, period, span, element)
        where figures.value is distinct from figures_of_cells.value""",
    "sources": """
        from source_counts left join counts_of_cells using (source, area_code, month, element)
        where counts_of_cells.total = 'month' and source_counts.value is distinct from counts_of_cells.value
        and not (source_counts.value is null and counts_of_cells.value < 0)""",
    "months": """
        from reported_counts left join (from counts_of_cells where total = 'month') as own
        using (source, area_code, month, element) where reported_counts.value is distinct from own.value""",
    "cumulative": """
        from reported_counts join (from counts_of_cells where total = 'ytd') as own
        on own.source = ytd_source and own.area_code = reported_counts.area_code
        and own.month = reported_counts.month and own.element = reported_counts.element
        where value_ytd is distinct from own.value""",
    "sums of months": """
        from reported_counts as upto join reported_counts as own using (area_code, element)
        where upto.ytd_source is null and upto.value_ytd is not null
        and year(own.month) = year(upto.month) and own.month <= upto.month
        group by area_code, element, upto.month, upto.value_ytd having sum(own.value) <> upto.value_ytd""",
    "own counts": """
        from counts join reported_counts using (area_code, month, element)
        where (made_of = 'figures' and counts.value is distinct from reported_counts.value)
        or (ytd_made_of = 'figures' and counts.value_ytd is distinct from reported_counts.value_ytd)""",
    "sums": """
        from counts left join sums using (area_code, month, element)
        where (made_of = 'areas' and counts.value is distinct from sums.value)
        or (ytd_made_of = 'areas' and counts.value_ytd is distinct from sums.value_ytd)""",
    "parts": """
        from counts join parts using (element) join counts as part
        on part.element = parts.part and part.area_code = counts.area_code and part.month = counts.month
        group by counts.area_code, counts.month, element, counts.made_of, counts.value, counts.ytd_made_of, counts.value_ytd
        having (counts.made_of = 'parts' and counts.value <> sum(part.value))
        or (counts.ytd_made_of = 'parts' and counts.value_ytd <> sum(part.value_ytd))""",
    "missing": "from counts where (made_of is null) <> (value is null) or (ytd_made_of is null) <> (value_ytd is null)",
    "windows": """
        from indicator_values join single_elements using (indicator)
        left join by_months using (area_code, element, time_window, month)
        left join bridged using (area_code, element, time_window, month)
        where numerator is distinct from coalesce(bridged.total, by_months.total)""",
}


def wrong(folder: Path, reference: Reference) -> dict[str, int]:
    """How many rows do not add up in the tables of a folder, by the step that they are wrong in."""
    with duckdb.connect() as database:
        for path in folder.glob("*.parquet"):
            pattern = str(path / "*.parquet" if path.is_dir() else path)
            name = "indicator_values" if path.stem == "indicators" else path.stem
            database.read_parquet(pattern).create_view(name, replace=True)
        database.execute("create table parts (element varchar, part varchar)")
        database.execute("create table single_elements (indicator varchar, element varchar)")
        for element in reference.elements.values():
            for part in element.sum_of:
                database.execute("insert into parts values (?, ?)", [element.name, part])
        for indicator in reference.indicators.values():
            if list(indicator.formula.numerator.values()) == [1]:
                (element,) = indicator.formula.numerator
                if reference.elements[element].kind == "flow":
                    database.execute("insert into single_elements values (?, ?)", [indicator.name, element])
        for made in MADE:
            database.execute(made)
        known = database.execute("select count(value) + count(value_ytd) from counts").fetchone()
        assert known > (0,)
        rows = {
            step: database.execute(f"select count(*) from (select 1 {query})").fetchone()[0]
            for step, query in WRONG.items()
        }
        return {step: number for step, number in rows.items() if number}


def test_the_cells_add_up_to_every_count_of_the_example(awkward):
    assert wrong(awkward.current, reference_of(awkward)) == {}


@pytest.mark.parametrize("write", ALL, ids=lambda write: write.__name__)
def test_the_cells_add_up_where_there_is_less(write, tmp_path):
    workspace = open_workspace(write(tmp_path))
    build_quietly(workspace.root)
    assert wrong(workspace.current, reference_of(workspace)) == {}


def reference_of(workspace: Workspace) -> Reference:
    return read_reference(workspace, read_settings(workspace).levels)


BY_HAND = Reference(ELEMENTS, INDICATORS, (), (), ())


def test_the_cells_add_up_in_histories_made_at_random(count, tmp_path):
    """Gaps, several sources, old codes gone on with, cumulative figures, quarters and years; areas merged and split."""
    chance = random.Random(1)
    histories = [History(each) for each in range(60)]
    figures = [row for history in histories for row in as_offices_send(history, chance)]
    count(figures, areas_of(histories, tmp_path))
    assert wrong(tmp_path, BY_HAND) == {}


@pytest.mark.parametrize("missing", [None, 2, 3])
def test_a_month_is_the_difference_of_cumulative_figures_and_they_the_months_between(
    count, tmp_path, missing
):
    """Terms by hand: March is stated since January only, April and May by the month, June since January."""
    rows = monthly("register", "11", "deaths", [3, None, None, 5, 6])
    rows += monthly("register", "11", "deaths", [None, None, 12, None, None, 30], span="ytd")
    rows = [row for row in rows if row[3] != f"2024-{missing or 0:02d}"]
    terms = count(rows)["lineage_of_counts"].filter(month=date(2024, 6, 1), total="month")
    spans = {
        (f"{period:%m}", span): sign for period, span, sign in terms.select("period", "span", "sign").rows()
    }
    june = {("06", "ytd"): 1, ("05", "month"): -1, ("04", "month"): -1, ("03", "ytd"): -1}
    assert spans == (june if missing != 3 else {})
    assert wrong(tmp_path, BY_HAND) == {}


def test_a_former_area_whose_own_townships_once_reported_is_the_sum_of_these(count, tmp_path):
    areas = (
        area("0", "province"),
        area("1", "county", "0", until="2024-02", successors=["2", "3"]),
        area("11", "township", "1", until="2024-02", successors=["2", "3"]),
        area("2", "county", "0", since="2024-03"),
        area("3", "county", "0", since="2024-03"),
    )
    rows = [
        row
        for code, values in {"1": [9, 9], "11": [4, 5]}.items()
        for row in monthly("r", code, "deaths", values)
    ]
    rows += [row for code in "23" for row in monthly("r", code, "deaths", [6], first=3)]
    tables = count(rows, areas)
    assert tables["lineage_of_sums"].filter(area_code="0", element="deaths")["part_code"].to_list() == [
        "11",
        "2",
        "3",
    ]
    assert tables["counts"].filter(area_code="0", element="deaths")["value"].to_list() == [4, 5, 12]
    assert wrong(tmp_path, BY_HAND) == {}
    (tmp_path / "indicator_values.parquet").rename(tmp_path / "indicators.parquet")
    lineage = Lineage(tmp_path, "0", ["deaths"], "ytd", date(2024, 3, 1))
    tree = Tracer(lineage, ELEMENTS).window("0", "deaths", 1)
    assert tree.amount == sum(tree.cells()) == 21
    assert [node.text for node in tree.below[0].below] == ["11 area 11: 4, reported by r"]
