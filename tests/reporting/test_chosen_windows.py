"""A workspace chooses the windows that its reports show: each has its count, rate and change in the first table."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.commands.report import report
from pipeline.problems import ProblemError
from pipeline.workspace import open_workspace, read_settings
from tests.reporting.denials import read_page, squeezed
from tests.small_workspaces import HEADERS, months_from, only_births, table, write_workspace

MONTHS = months_from(2022, 29)  # to May 2024
FIGURES = table(HEADERS, MONTHS)
# Each window with its months, the last of the calendar that have ended by May, and what it is called.
WINDOWS = {
    "month": (["2024-05"], "2024年5月", "May2024"),
    "quarter": (MONTHS[24:27], "2024年第1季度", "Q12024"),
    "half_year": (MONTHS[18:24], "2023年下半年", "Thesecondhalfof2023"),
    "ytd": (MONTHS[24:29], "1—5月", "January–May"),
    "rolling_12": (MONTHS[17:29], "近12个月", "Last12months"),
    "year": (MONTHS[12:24], "2023年", "2023"),
}


def births_of(months: list[str]) -> int:
    at = {month: place for place, month in enumerate(MONTHS)}
    rows = [FIGURES[1 + 3 * at[month]] for month in months]
    return sum(int(row[2]) + int(row[3]) for row in rows)


def year_before(months: list[str]) -> list[str]:
    return [f"{int(month[:4]) - 1}{month[4:]}" for month in months]


@pytest.fixture(scope="module")
def site(tmp_path_factory, font_cache):
    root = write_workspace(tmp_path_factory.mktemp("windows") / "ws", FIGURES)
    settings = root / "data" / "reference" / "workspace.toml"
    chosen = ", ".join(f'"{window}"' for window in WINDOWS)
    settings.write_text(settings.read_text("utf-8") + f"windows = [{chosen}]\n", "utf-8")
    (root / "data" / "processed" / ".cache").mkdir(parents=True)
    (root / "data" / "processed" / ".cache" / "fonts").symlink_to(font_cache)
    assert report(root, date(2024, 5, 1), ["11"], ["html"], "embedded", 1) == 0
    return root / "_site" / "2024-05"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_chosen_window_is_in_the_table_with_its_change(site, language):
    name = "11.html" if language == "zh" else "11.en.html"
    page = read_page((site / name).read_text("utf-8"), language)
    label = {"zh": "出生人数（人）", "en": "Births"}[language]
    (rows,) = [one for one in page.tables if any(row and row[0] == label for row in one) and len(one) > 20]
    first = next(at for at, row in enumerate(rows) if row[0] == label)
    for (months, zh, en), row in zip(WINDOWS.values(), rows[first:], strict=False):
        assert row[1] == (zh if language == "zh" else en)
        before = [month for month in year_before(months) if month in MONTHS]
        known = f"{births_of(before):,}" if len(before) == len(months) else "—"
        difference = births_of(months) - births_of(before) if known != "—" else None
        change = "—" if difference is None else f"{difference:+d}".replace("-", "−")
        cells = [cell.rstrip("¹²") for cell in row]
        assert (cells[2], cells[4], cells[5]) == (
            f"{births_of(months):,}",
            known,
            change.replace("+0", "0"),
        ), row
    rate = {"zh": "出生率（‰）", "en": "Crude birth rate (‰)"}[language]
    at = next(at for at, row in enumerate(rows) if row[0] == squeezed(rate))
    (value, limits, before, change) = rows[at + 1][2:6]
    assert float(value) == pytest.approx(1000 * births_of(WINDOWS["quarter"][0]) / 60_003, abs=0.02)
    lower, upper = (float(one) for one in limits.replace("～", "–").split("–"))
    assert lower < float(value) < upper
    assert float(change.replace("−", "-")) == pytest.approx(float(value) - float(before), abs=0.011)


@pytest.mark.parametrize(
    ("entry", "found"), [('["week"]', "'week'"), ('["month", "month"]', r"\['month', 'month'\]")]
)
def test_a_window_that_there_is_not_or_twice_is_refused(tmp_path, entry, found):
    root = only_births(tmp_path / "ws")
    settings = root / "data" / "reference" / "workspace.toml"
    settings.write_text(settings.read_text("utf-8") + f"windows = {entry}\n", "utf-8")
    with pytest.raises(ProblemError, match=f"entry windows.*{found}"):
        read_settings(open_workspace(root))
