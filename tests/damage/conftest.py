"""The good workspace, and after `--whole` the table of docs/damage.md: what told of the damage, kind by kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.damage.kinds import Kind
from tests.damage.struck import Good, damage_shows, good_workspace

_TOLD_BY = ("refused", "found", "missing", "revision", "harmless")


@pytest.fixture(scope="session")
def good(tmp_path_factory: pytest.TempPathFactory) -> Good:
    return good_workspace(tmp_path_factory.mktemp("damage") / "good")


@pytest.fixture
def assert_told(good: Good, request: pytest.FixtureRequest, record_property) -> Callable[[Kind], None]:
    """Does a kind of damage and holds what becomes of it against what must."""

    def assert_told(kind: Kind) -> None:
        told = damage_shows(kind, good, request.config.getoption("--whole"))
        record_property("damage", (kind.group, kind.name, kind.meaning, told))

    return assert_told


def pytest_terminal_summary(terminalreporter, config) -> None:
    calls = [report for report in terminalreporter.stats.get("passed", ()) if report.when == "call"]
    rows = [value for report in calls for name, value in report.user_properties if name == "damage"]
    if rows and config.getoption("--whole"):
        terminalreporter.write_line("\n".join(_lines(rows)))


def _lines(rows: list[tuple[str, str, str, list[list[str]]]]) -> Iterator[str]:
    """A table in Markdown for each group of kinds: number of examples, and of those told of in each way."""
    for group in sorted({row[0] for row in rows}):
        yield f"\n### In {group}\n"
        yield f"| kind | what is done | examples | {' | '.join(_TOLD_BY)} |"
        yield f"|---|---|{'--:|' * (len(_TOLD_BY) + 1)}"
        for _, name, meaning, told in sorted(row for row in rows if row[0] == group):
            times = (sum(way in example for example in told) for way in _TOLD_BY)
            cells = " | ".join(str(number) if number else "" for number in times)
            yield f"| {name.replace('_', ' ')} | {meaning} | {len(told)} | {cells} |"
