"""Conservation over histories made at random: areas are renamed, merged, split, ended and taken up again.

Each history is a province of its own, so that one run of the step counts them all. Every area in use sends its births
every month; in each month the province must show the sum of what was sent: nothing lost, nothing doubled.
"""

from __future__ import annotations

import random

import polars as pl

from pipeline.reference.areas import read_areas
from tests.warehouse.by_hand import ELEMENTS, LEVELS, month_of

MONTHS = [f"2024-{month:02d}" for month in range(1, 13)]
COLUMNS = "area_code,name,level,parent_code,aliases,valid_from,valid_to,successor_codes\n"


class History:
    """A province and what becomes of its counties, month by month."""

    def __init__(self, number: int) -> None:
        self.chance = random.Random(number)
        self.province = f"{number:05d}"
        self.codes = 0
        self.ended: list[str] = []
        self.rows: list[list[str]] = []
        self.in_use: dict[str, int] = {}
        self.sent: dict[str, dict[str, int]] = {}
        self.prefectures = [f"{self.province}P{n}" for n in range(self.chance.randint(0, 2))]
        for _ in range(self.chance.randint(1, 5)):
            self._begin("")
        for month, following in zip(MONTHS, [*MONTHS[1:], None], strict=True):
            self.sent[month] = {code: self.chance.randint(0, 99) for code in self.in_use}
            if following and self.chance.random() < 0.5:
                self._change(month, following)

    def _begin(self, month: str, code: str = "") -> str:
        if not code:
            again = [code for code in self.ended if code not in self.in_use]
            if again and self.chance.random() < 0.2:
                code = self.chance.choice(again)
            else:
                self.codes += 1
                code = f"{self.province}{self.codes:02d}"
        above = self.chance.choice([self.province, *self.prefectures])
        self.in_use[code] = len(self.rows)
        self.rows.append([code, f"{code}县", "county", above, "", month, "", ""])
        return code

    def _end(self, code: str, month: str, successors: list[str]) -> None:
        row = self.rows[self.in_use.pop(code)]
        row[6:] = [month, "|".join(successors)]
        self.ended.append(code)

    def _change(self, month: str, following: str) -> None:
        kind = self.chance.choice(("recode", "rename", "merge", "absorb", "split", "give", "end"))
        old = self.chance.sample(list(self.in_use), min(len(self.in_use), self.chance.randint(1, 3)))
        if kind == "rename":
            row = self.rows[self.in_use[old[0]]]
            if row[5] != following:
                self._end(old[0], month, [])
                self._begin(following, old[0])
            return
        others = [code for code in self.in_use if code not in old]
        if kind == "end":  # its figures count in the area above from then on
            if others:
                self._end(old[0], month, [])
                # by the rule, a code that is taken up again would go on from its former area
                self.ended = [code for code in self.ended if code != old[0]]
            return
        if kind in ("absorb", "give") and not others:
            return
        if kind == "absorb":
            successors = [self.chance.choice(others)]
        elif kind in ("merge", "recode"):
            successors = []
        else:
            successors = [self.chance.choice(others)] if kind == "give" else []
            old = old[:1]
        ended = [(code, self.in_use[code]) for code in (old[:1] if kind == "recode" else old)]
        for code, _ in ended:
            self._end(code, month, [])
        new = {"absorb": 0, "give": self.chance.randint(1, 2), "split": self.chance.randint(2, 3)}.get(
            kind, 1
        )
        successors += [self._begin(following) for _ in range(new)]
        for _, place in ended:
            self.rows[place][7] = "|".join(successors)


def areas_of(histories, folder):
    """The areas of all histories below one country, as areas.csv has them."""
    lines = ["0,Land,country,,,,,"]
    for history in histories:
        lines.append(f"{history.province},省,province,0,,,,")
        lines += [f"{code},市,prefecture,{history.province},,,," for code in history.prefectures]
        lines += [",".join(row) for row in history.rows]
    path = folder / "areas.csv"
    path.write_text(COLUMNS + "\n".join(lines) + "\n", encoding="utf-8")
    return read_areas(path, LEVELS)


def test_no_birth_is_lost_or_doubled_in_histories_made_at_random(count, tmp_path, request):
    number = 1_000 if request.config.getoption("--whole") else 200
    histories = [History(each) for each in range(number)]
    areas = areas_of(histories, tmp_path)
    figures = [
        ("register", f"{month}.csv", code, month, "births_male", births)
        for history in histories
        for month, sent in history.sent.items()
        for code, births in sent.items()
    ]
    for edition in (MONTHS[-1], MONTHS[5]):
        tables = count(
            figures, areas, elements={"births_male": ELEMENTS["births_male"]}, edition=month_of(edition)
        )
        shown = {
            (code, f"{month:%Y-%m}"): value
            for code, month, value in tables["counts"]
            .filter(pl.col("area_code").is_in([history.province for history in histories]))
            .select("area_code", "month", "value")
            .iter_rows()
        }
        sent = {
            (history.province, month): sum(history.sent[month].values())
            for history in histories
            for month in MONTHS[: MONTHS.index(edition) + 1]
        }
        wrong = {key: (value, shown.get(key)) for key, value in sent.items() if shown.get(key) != value}
        assert not wrong, (edition, len(wrong), list(wrong.items())[:5])


def as_offices_send(history: History, chance: random.Random):
    """What comes of a history in practice: gaps, two sources, old codes gone on with, new ones used too early."""
    codes = sorted({row[0] for row in history.rows})
    above = [history.province, *history.prefectures] if chance.random() < 0.3 else []
    for month, sent in history.sent.items():
        for code, births in sent.items():
            if chance.random() < 0.9:
                yield "register", f"{month}.csv", code, month, "births_male", births
            if chance.random() < 0.2:
                yield "hospital", f"{month}.csv", code, month, "births_male", births + 1
        for code in [*codes, *above]:
            if chance.random() < 0.1:
                yield "register", f"{month}b.csv", code, month, "births_male", chance.randint(0, 9)
            if chance.random() < 0.1:
                span = chance.choice(("month", "ytd", "quarter", "year"))
                yield "other", f"{month}.csv", code, month, "deaths", chance.randint(0, 9), span


def test_figures_under_codes_of_another_time_stop_no_build(count, tmp_path):
    """The build checks itself whether what was sent is shown or missing: it does, whatever the offices send."""
    chance = random.Random(0)
    histories = [History(each) for each in range(100)]
    figures = [row for history in histories for row in as_offices_send(history, chance)]
    for edition in (MONTHS[-1], MONTHS[5]):
        tables = count(
            figures,
            areas_of(histories, tmp_path),
            elements={name: ELEMENTS[name] for name in ("births_male", "deaths")},
            edition=month_of(edition),
        )
        assert tables["counts"]["value"].sum() > 0
