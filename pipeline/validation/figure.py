"""The figure of the validation: left-out counts outside their 95 % limits, by size of the area."""

from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.validation.measures import MISSED, Row
from pipeline.validation.rows import LEFT_OUT, PUBLISHED_TAILS, TAIL_TARGETS

LIMITS = "95"
NOMINAL = 2.5
PUBLISHED = tuple(float(part) for part in PUBLISHED_TAILS[LIMITS].removesuffix(" %").split(" / "))
MARKERS = "osD^vP*X<>"
MOST_LABELLED = 9


def write_figure(rows: list[Row], path: Path) -> None:
    """Write an SVG, the same bytes for the same rows; nothing if no row is of left-out counts."""
    tails = [row for row in rows if row.what.startswith(f"{LEFT_OUT}:") and f"above {LIMITS} %" in row.what]
    series = list(dict.fromkeys(row.series for row in tails))
    if not tails:
        return
    with matplotlib.rc_context({"svg.hashsalt": "calibration", "font.size": 9, "svg.fonttype": "none"}):
        figure = Figure(figsize=(4.4 * len(series) + 1, 4.4), layout="constrained")
        panels = figure.subplots(1, len(series), sharey=True, squeeze=False)[0]
        columns = _all_columns(tails)
        for panel, name in zip(panels, series, strict=True):
            _panel(panel, name, [row for row in tails if row.series == name], columns)
        panels[0].set_ylabel("left-out months outside the 95 % limits, %\n← below                above →")
        figure.suptitle(finding(tails), fontsize=10, fontweight="bold")
        figure.legend(
            *panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=4, frameon=False
        )
        figure.savefig(path, format="svg", metadata={"Date": None})


def finding(tails: list[Row]) -> str:
    """What the figure shows, in words: where the limits hold, where they are too narrow, where too wide."""
    missed = [row for row in tails if not row.is_within_noise]
    narrow: list[str] = []
    wide: list[str] = []
    for row in missed:
        beyond = (of for _, of in row.cells if row.target.outcome(of) == MISSED)
        (narrow if any(of.value > row.target.high for of in beyond) else wide).append(
            f"{row.series} {row.process}"
        )
    return (
        f"The 95 % limits of left-out months hold in {len(tails) - len(missed)} of {len(tails)} cases\n"
        f"too narrow: {', '.join(narrow) or 'never'}; too wide: {', '.join(wide) or 'never'}"
    )


def _panel(panel: Axes, name: str, rows: list[Row], columns: list[str]) -> None:
    target = TAIL_TARGETS[LIMITS]
    line: dict[str, Any] = {"color": "0.4", "linewidth": 0.8}
    for sign, published, labels in zip(
        (-1, 1), PUBLISHED, ((None,) * 3, ("target", "nominal 2.5 %", "Chao et al. 2021")), strict=True
    ):
        low, high = sorted((sign * target.low, sign * target.high))
        panel.axhspan(low, high, color="0.88", zorder=0, label=labels[0])
        panel.axhline(sign * NOMINAL, label=labels[1], **line)
        panel.axhline(sign * published, linestyle=":", label=labels[2], **line)
    for number, row in enumerate(rows):
        at = [columns.index(column) for column in row.measured]
        style: dict[str, Any] = {
            "marker": MARKERS[number % len(MARKERS)],
            "markersize": 4.5,
            "linewidth": 0.7,
        }
        style |= {"color": "black"} if number == 0 else {"color": "0.35", "markerfacecolor": "white"}
        for side, sign in ((0, -1), (1, 1)):
            values = [sign * sides[side].value for sides in row.measured.values()]
            label = row.process if side and number < MOST_LABELLED else None
            panel.plot(at, values, label=label, zorder=3 if number == 0 else 2, **style)
    panel.axhline(0, color="black", linewidth=0.6)
    panel.set_xticks(range(len(columns)), columns, fontsize=8)
    panel.set_xlabel("births a month" if name != "deaths" else "deaths a month")
    panel.set_title(name, fontsize=9)
    panel.yaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")


def _all_columns(rows: list[Row]) -> list[str]:
    """Every column, in the order of the row that has most."""
    widest = max(rows, key=lambda row: len(row.measured))
    return list(dict.fromkeys([*widest.measured, *(column for row in rows for column in row.measured)]))
