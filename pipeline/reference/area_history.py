"""Whether the areas of areas.csv hold together: who lies in whom, and what became of those that ended.

An area lies in one of a higher level, and one that is in use in one that is in use. Whoever follows an area is in use in
the month after it, so that no figure falls into a gap. From every area the way leads to one that is in use: by its
successors, by a later row of its code, or, where nothing followed, by the area above. So none can go in a circle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from graphlib import CycleError, TopologicalSorter
from itertools import zip_longest

from pipeline.months import shift_month
from pipeline.problems import Location, ProblemError
from pipeline.reference.area import Area

_NEVER = date(9999, 12, 1)


@dataclass(frozen=True)
class Row:
    """One row of areas.csv: where it stands, the area, and the last month in which this row is in use."""

    location: Location
    area: Area
    last_month: date

    def __str__(self) -> str:
        return f"{self.area.area_code} {self.area.name} (row {self.location.row})"

    @property
    def is_in_use(self) -> bool:
        return self.last_month == _NEVER

    def overlaps(self, other: Row) -> bool:
        return self.area.valid_from <= other.last_month and other.area.valid_from <= self.last_month


def check_history(lines: Sequence[tuple[Location, Area]], levels: tuple[str, ...]) -> None:
    """Raise ProblemError at the first row that does not fit the others."""
    by_code: dict[str, list[tuple[Location, Area]]] = {}
    for location, area in sorted(lines, key=lambda pair: (pair[1].valid_from, pair[0].row)):
        by_code.setdefault(area.area_code, []).append((location, area))
    rows = {code: _rows_of_a_code(own) for code, own in by_code.items()}
    in_order = sorted((row for own in rows.values() for row in own), key=lambda row: row.location.row)
    for row in in_order:
        _check_codes(row, rows)
    _refuse_circle(in_order, lambda row: _above(row, rows), "parents")
    for row in in_order:
        _check_parent(row, rows, levels)
    followers = {row: list(_followers(row, rows)) for row in in_order}
    _refuse_circle(in_order, lambda row: followers[row], "successors")
    for row in in_order:
        _check_end(row, rows)
    for row in in_order:
        _check_home(row, rows, followers)


def _rows_of_a_code(own: list[tuple[Location, Area]]) -> list[Row]:
    """The rows of a code in the order of their months; one without an end is in use until the next begins."""
    rows = []
    for (location, area), later in zip_longest(own, own[1:]):
        last_month = area.valid_to or _NEVER
        if last_month < area.valid_from:
            found = f"valid_to {last_month:%Y-%m} of {area.area_code}, which begins {area.valid_from:%Y-%m}"
            raise ProblemError(location, found, "a last month that is not before the first")
        if later and later[1].valid_from == area.valid_from:
            found = f"area_code {area.area_code} twice, also in row {location.row}"
            raise ProblemError(later[0], found, "each code once for one valid_from")
        if later and area.valid_to and area.valid_to >= later[1].valid_from:
            raise ProblemError(
                later[0],
                f"area_code {area.area_code} from {later[1].valid_from:%Y-%m}, while row {location.row} goes on to "
                f"{area.valid_to:%Y-%m}",
                "rows of one code that follow one another: mend valid_from here or valid_to there",
            )
        rows.append(
            Row(
                location, area, min(last_month, shift_month(later[1].valid_from, -1)) if later else last_month
            )
        )
    return rows


def _check_codes(row: Row, rows: dict[str, list[Row]]) -> None:
    for code in (*row.area.successor_codes, *filter(None, [row.area.parent_code])):
        if code not in rows:
            wish = f"an area_code of this file, as parent or successor of {row.area.area_code}"
            raise ProblemError(row.location, f"code {code!r}", wish)


def _above(row: Row, rows: dict[str, list[Row]]) -> list[Row]:
    """The rows of the parent's code that are in use at some time with this row; if there is none, all of them."""
    own = rows[row.area.parent_code] if row.area.parent_code else []
    return [parent for parent in own if parent.overlaps(row)] or own


def _check_parent(row: Row, rows: dict[str, list[Row]], levels: tuple[str, ...]) -> None:
    above = _above(row, rows)
    for parent in above:
        if levels.index(parent.area.level) >= levels.index(row.area.level):
            raise ProblemError(
                row.location,
                f"parent_code {parent.area.area_code}, whose level is {parent.area.level} (row {parent.location.row}), for "
                f"{row.area.area_code} {row.area.name} of level {row.area.level}",
                f"a parent of a higher level; the levels of workspace.toml from the top: {', '.join(levels)}",
            )
    if row.is_in_use and above and not any(parent.is_in_use for parent in above):
        last = max(parent.last_month for parent in above)
        raise ProblemError(
            row.location,
            f"parent_code {row.area.parent_code}, which is in use up to {last:%Y-%m}, for {row.area.area_code} "
            f"{row.area.name}, which has no end",
            "a parent that is in use: end this row with valid_to, and write a second row of the code with the new parent",
        )


def _followers(row: Row, rows: dict[str, list[Row]]) -> Iterator[Row]:
    """The rows that take this one's place once it has ended: of each successor the row in use in the month after.

    Where no row of a successor is in use then, a later or earlier one stands for it, so that circles are found.
    """
    if row.is_in_use:
        return
    area = row.area
    own = [other for other in rows[area.area_code] if other.area.valid_from > row.last_month]
    if not area.successor_codes:
        if own:
            yield own[0]
        elif area.parent_code:
            yield from _followers_of_code(area.parent_code, row, rows)
    for code in area.successor_codes:
        yield from _followers_of_code(code, row, rows)


def _followers_of_code(code: str, row: Row, rows: dict[str, list[Row]]) -> list[Row]:
    month = shift_month(row.last_month, 1)
    candidates = [other for other in rows[code] if other is not row] or rows[code]
    in_use = [other for other in candidates if other.area.valid_from <= month <= other.last_month]
    return in_use or [other for other in candidates if other.area.valid_from > month][:1] or candidates[-1:]


def _check_end(row: Row, rows: dict[str, list[Row]]) -> None:
    """A named successor is in use in the month after; at the top, where nothing is above, one has to be named."""
    area = row.area
    if row.is_in_use:
        return
    after = shift_month(row.last_month, 1)
    for code in area.successor_codes:
        follower = _followers_of_code(code, row, rows)[0]
        when = ""
        if follower.last_month < after:
            when = f"is in use up to {follower.last_month:%Y-%m}"
        elif follower.area.valid_from > after:
            when = f"begins {follower.area.valid_from:%Y-%m}"
        if when:
            found = f"successor {code} of {area.area_code} {area.name}, which {when}"
            wish = f"a successor that is in use in {after:%Y-%m}, the month after"
            raise ProblemError(row.location, found, wish)
    goes_on = any(other.area.valid_from > row.last_month for other in rows[area.area_code])
    if not area.successor_codes and not goes_on and not area.parent_code:
        raise ProblemError(
            row.location,
            f"valid_to {row.last_month:%Y-%m} without a successor for {area.area_code} {area.name}, above which there is "
            "no area",
            "successor_codes: without them its figures would count nowhere",
        )


def _check_home(row: Row, rows: dict[str, list[Row]], followers: dict[Row, list[Row]]) -> None:
    """Refuse a split whose successors have no area above them all: figures from before would count nowhere."""
    if len(followers[row]) < 2:
        return
    tops = {_top(follower, rows, followers): follower for follower in followers[row]}
    if len(tops) > 1:
        found = ", ".join(f"{follower} in {top}" for top, follower in tops.items())
        raise ProblemError(
            row.location,
            f"successors of {row.area.area_code} {row.area.name} that no area holds together: {found}",
            "an area above them all, in which the figures of before count: add one at the top",
        )


def _top(row: Row, rows: dict[str, list[Row]], followers: dict[Row, list[Row]]) -> Row:
    """The topmost area above this one or, if it ended, above the area that follows it."""
    while not row.is_in_use:
        row = followers[row][0]
    while above := [parent for parent in _above(row, rows) if parent.is_in_use]:
        row = above[0]
    return row


def _refuse_circle(rows: Sequence[Row], onward: Callable[[Row], Sequence[Row]], what: str) -> None:
    """Raise ProblemError where following `onward` from a row leads back to it."""
    try:
        TopologicalSorter({row: onward(row) for row in rows}).prepare()
    except CycleError as error:
        circle: list[Row] = error.args[1][:0:-1]
    else:
        return
    first = circle.index(min(circle, key=lambda row: row.location.row))
    circle = circle[first:] + circle[:first]
    found = f"a circle of {what}: {' → '.join(map(str, [*circle, circle[0]]))}"
    if len(circle) == 1:
        found = f"{circle[0].area.area_code} {circle[0].area.name} as its own {what.removesuffix('s')}"
    expected = {
        "parents": "no parent_code for the area at the top, and for every other the area it lies in",
        "successors": "successors that end in an area that is in use; for an area that nothing followed, none",
    }[what]
    raise ProblemError(circle[0].location, found, expected)
