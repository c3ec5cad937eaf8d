"""The numbers of an overview once more, from the Parquet files of two editions by queries of their own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from recomputed import Area, Warehouse, printed
from statements import is_withheld, withheld_among

SEX_RATIO, GROWTH = "sex_ratio_at_birth", "natural_growth_rate"
TREND_MONTHS = 60
LISTED_FIGURES = 12


@dataclass(frozen=True)
class Change:
    """A count that differs between two editions."""

    code: str
    element: str
    month: date
    before: float | None
    now: float | None


def share(actual: float, expected: float, decimals: int) -> str:
    """Per cent; all and nothing are said only where they are exact."""
    if not expected:
        return ""
    least = 10.0**-decimals
    value = 100 * actual / expected
    return printed(min(max(value, least), 100 - least) if 0 < actual < expected else value, decimals)


class ReportContext:
    """The areas of a level in a warehouse, and in the folder of the edition before."""

    def __init__(self, warehouse: Warehouse, before: Path, level: str) -> None:
        self.warehouse, self.spec = warehouse, warehouse.indicators[SEX_RATIO]
        for name in ("areas", "counts", "indicators", "completeness"):
            warehouse.connection.execute(
                f"create or replace table before_{name} as from '{before / name}.parquet'"
            )
        self.previous = warehouse.rows("select max(month) as month from before_counts")[0]["month"]
        self.codes = self._codes("areas", level, warehouse.month)
        self.codes_before = self._codes("before_areas", level, self.previous)

    def _codes(self, table: str, level: str, month: date) -> list[str]:
        rows = self.warehouse.rows(
            f"select area_code from {table} where level = ? and valid_from <= ? and coalesce(valid_to, ?) >= ? "
            "order by area_code",
            *(level, month, month, month),
        )
        return [row["area_code"] for row in rows]

    def area(self, code: str) -> Area:
        return self.warehouse.area(code)

    def judged(self, low: float, high: float) -> str:
        bottom, top = self.spec["normal_range"]
        return "higher" if low > top else "lower" if high < bottom else "unclear"

    def has_ratio(self, code: str, window: str = "ytd") -> bool:
        area = self.area(code)
        return area.count("births", window) is not None and not is_withheld(area, SEX_RATIO, window)

    @cached_property
    def verdicts(self) -> dict[str, str]:
        """By code, of the year so far; without those of too few births."""
        return {
            code: self.judged(*self.area(code).limits(SEX_RATIO))
            for code in self.codes
            if self.has_ratio(code)
        }

    @cached_property
    def outside(self) -> set[str]:
        """Those outside by the 99.8 % interval as well."""
        rows = {code: self.area(code).published(SEX_RATIO, "ytd") for code in self.verdicts}
        return {
            code for code, row in rows.items() if self.judged(row["lower_998"], row["upper_998"]) != "unclear"
        }

    @cached_property
    def verdicts_before(self) -> dict[str, tuple[list[str], str]]:
        """What the edition before said of each area: its printed value with limits, and the verdict."""
        rows = self.warehouse.rows(
            "from before_indicators where month = ? and indicator = ? and time_window = 'ytd' "
            "and lower_95 is not null and numerator + denominator >= ?",
            *(self.previous, SEX_RATIO, self.spec["withhold_below"]),
        )
        hidden = self._withheld_before()
        return {
            row["area_code"]: (
                [printed(row[key], 1) for key in ("value", "lower_95", "upper_95")],
                self.judged(row["lower_95"], row["upper_95"]),
            )
            for row in rows
            if row["area_code"] not in hidden
        }

    def _withheld_before(self) -> set[str]:
        """The areas whose births and deaths of the year so far the edition before did not show."""
        rows = self.warehouse.rows(
            "select i.area_code, parent_code, list(events order by indicator) || list(events_last_year) as counts "
            "from before_indicators i join before_areas a on i.area_code = a.area_code and a.valid_to is null "
            "where month = ? and time_window = 'ytd' and indicator in ('birth_rate', 'death_rate') group by all",
            self.previous,
        )
        of_parent: dict[str, dict[str, list[float]]] = {}
        for row in rows:
            known = [count for count in row["counts"] if count is not None]
            of_parent.setdefault(row["parent_code"], {})[row["area_code"]] = known
        smallest = self.warehouse.withhold_below
        return set().union(*(withheld_among(counts, smallest) for counts in of_parent.values()))

    @cached_property
    def judged_otherwise(self) -> list[str]:
        both = [code for code in self.codes if code in self.codes_before]
        return [
            code
            for code in both
            if self.verdicts.get(code) != self.verdicts_before.get(code, (None, None))[1]
        ]

    @cached_property
    def changes(self) -> list[Change]:
        rows = self.warehouse.rows(
            "select now.area_code code, now.element, now.month, was.value as before, now.value as now "
            "from counts as now join before_counts as was using (area_code, month, element) "
            "where now.month <= ? and list_contains(?, now.area_code) and now.value is distinct from was.value",
            *(self.previous, self.codes),
        )
        return [Change(**row) for row in rows]

    def changed(self, kind: str) -> list[Change]:
        """`revised`: both are known; `late`: unknown before; `lost`: unknown now."""
        return [
            one
            for one in self.changes
            if kind == ("late" if one.before is None else "lost" if one.now is None else "revised")
        ]

    def figures(self) -> list[tuple[str, ...]]:
        """The numbers of the table of revised figures, the largest changes first; small counts are withheld."""
        revised = self.changed("revised")
        shown = sorted(revised, key=lambda one: -abs(one.now - one.before))[:LISTED_FIGURES]
        return [
            () if self.is_small(one.before) or self.is_small(one.now) else (
                printed(one.before),
                printed(one.now),
                ("+" if one.now > one.before else "") + printed(one.now - one.before),
            )
            for one in shown
        ]  # fmt: skip

    def is_small(self, count: float) -> bool:
        return 0 < count < self.warehouse.withhold_below

    def months(self, last: date) -> list[date]:
        numbers = range(last.year * 12 + last.month - 12, last.year * 12 + last.month)
        return [date(number // 12, number % 12 + 1, 1) for number in numbers]

    def returns(self, codes: list[str], months: list[date], table: str = "completeness") -> dict:
        return self.warehouse.rows(
            "select coalesce(sum(expected), 0)::int expected, coalesce(sum(actual), 0)::int actual, "
            "coalesce(sum(on_time), 0)::int on_time, count(*) = count(on_time) as is_timed "
            f"from {table} where list_contains(?, area_code) and list_contains(?, month)",
            *(codes, months),
        )[0]

    def completeness_before_and_now(self) -> list[str]:
        months = self.months(self.previous)
        both = [self.returns(self.codes, months, table) for table in ("before_completeness", "completeness")]
        shares = [share(one["actual"], one["expected"], 1) for one in both]
        return shares if shares[0] != shares[1] else shares[:1]

    def completeness(self) -> list[str]:
        """Due, come, their share, and the share that came in time where it is known of all."""
        row = self.returns(self.codes, self.months(self.warehouse.month))
        return [printed(row["expected"]), printed(row["actual"]), share(row["actual"], row["expected"], 1)]

    def timeliness(self) -> list[str]:
        row = self.returns(self.codes, self.months(self.warehouse.month))
        return [share(row["on_time"], row["expected"], 1)]

    def grid_row(self, codes: list[str]) -> tuple[str, ...]:
        rows = [self.returns(codes, [month]) for month in self.months(self.warehouse.month)]
        return tuple(share(row["actual"], row["expected"], 0) for row in rows if row["expected"])

    def area_row(self, code: str) -> tuple[str, ...]:
        """The numbers of an area's row, from left to right."""
        area, numbers = self.area(code), []
        if not is_withheld(area, "birth_rate", "ytd"):
            numbers += [printed(area.count("births", "ytd")), printed(area.population("ytd"))]
        if self.has_ratio(code):
            numbers += self.sex_ratio(code)
        if self.has_ratio(code, "rolling_12"):
            numbers += self._trend(code)
        if not is_withheld(area, GROWTH, "ytd"):
            numbers += [printed(area.value(GROWTH), 2), *(printed(one, 2) for one in area.limits(GROWTH))]
        row = self.returns([code], self.months(self.warehouse.month))
        if row["expected"]:
            numbers.append(share(row["actual"], row["expected"], 1))
        return tuple(numbers)

    def sex_ratio(self, code: str) -> list[str]:
        """Of the year so far, with its limits."""
        area = self.area(code)
        return [printed(value, 1) for value in (area.value(SEX_RATIO), *area.limits(SEX_RATIO))]

    def _trend(self, code: str) -> list[str]:
        rows = self.warehouse.rows(
            "from trends where area_code = ? and series = ? and month <= ? order by month desc limit ?",
            *(code, SEX_RATIO, self.warehouse.month, TREND_MONTHS),
        )
        last, first = rows[0], rows[-1]
        values = (first["trend"], last["trend"], last["trend"], last["lower_95"], last["upper_95"])
        return [printed(value, 1) for value in values]
