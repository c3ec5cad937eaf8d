"""`sitrep diff`: what changed between two published editions, and why."""

import json
from pathlib import Path

from pipeline.audit.changes import ChangedCount, ChangedIndicator, Comparison, by_cause
from pipeline.commands.console import DONE, say, say_list, say_rest
from pipeline.reference import Indicator, read_reference
from pipeline.snapshots import find_snapshot
from pipeline.words.findings import english
from pipeline.words.numbers import counted, figure, known
from pipeline.workspace import open_workspace, read_settings

_SHOWN = 20
_SHOWN_OF_A_CAUSE = 5


def diff(root: Path, earlier: str, later: str) -> int:
    workspace = open_workspace(root)
    settings = read_settings(workspace)
    reference = read_reference(workspace, settings.levels)
    before, after = find_snapshot(workspace, earlier), find_snapshot(workspace, later)
    comparison = Comparison(before, after, reference.elements)
    old, new = comparison.old, comparison.new
    say(f"{old.edition} (build {old.fingerprint}) → {new.edition} (build {new.fingerprint})")
    _say_inputs(comparison)
    _say_counts(comparison)
    _say_indicators(comparison, settings.report_level, reference.indicators)
    _say_findings(comparison)
    return DONE


def _say_inputs(comparison: Comparison) -> None:
    inputs, old, new = comparison.inputs, comparison.old, comparison.new
    for what, paths in (("New", inputs.new), ("Changed", inputs.changed), ("Gone", inputs.gone)):
        say_list(f"{what}: {counted(len(paths), 'input')}", paths, str, _SHOWN)
    if not inputs.all:
        say("Inputs: the same")
    areas = [f"{code}: {was or 'not there'} → {now or 'not there'}" for code, was, now in comparison.areas()]
    say_list("Areas described otherwise", areas, str, _SHOWN)
    if old.version != new.version:
        say(f"Version: {old.version} → {new.version}")
    elif not inputs.all and old.fingerprint != new.fingerprint:
        say("Code or installed packages: changed")


def _say_counts(comparison: Comparison) -> None:
    """Counts of months that both editions hold and that differ, under the cause of each."""
    title = f"Counts that differ in months of both, up to {comparison.month:%Y-%m}"
    if not comparison.counts:
        say(f"{title}: none")
        return
    several = sum(len(count.causes) > 1 for count in comparison.counts)
    also = f" ({several:,} of them under several causes)" if several else ""
    say(f"{title}: {len(comparison.counts):,}{also}")
    for cause, counts in by_cause(comparison.counts).items():
        lowest = [count for count in counts if count.is_lowest]
        sums = len(counts) - len(lowest)
        say(
            f"  {cause.kind}, {cause.what}: {counted(len(lowest), 'count')} and {counted(sums, 'sum')} that hold them"
        )
        for count in lowest[:_SHOWN_OF_A_CAUSE]:
            say(f"    {_count(count, comparison)}")
        say_rest(len(lowest) - _SHOWN_OF_A_CAUSE, indent="    ")


def _count(count: ChangedCount, comparison: Comparison) -> str:
    change = ""
    if count.before is not None and count.after is not None:
        change = f" ({_signed(count.after - count.before)})"
    return (
        f"{count.month:%Y-%m} {count.area_code} {comparison.names.get(count.area_code, '')} {count.element}: "
        f"{known(count.before)} → {known(count.after)}{change}"
    )


def _say_indicators(comparison: Comparison, level: str, indicators: dict[str, Indicator]) -> None:
    changed = comparison.indicators(level)
    title = f"Indicators of {level} areas, year to {comparison.month:%Y-%m}"
    if not changed:
        say(f"{title}: none differs")
        return

    def worded(each: ChangedIndicator) -> str:
        decimals = indicators[each.indicator].decimals + 1 if each.indicator in indicators else 4
        before, after = (known(value, decimals) for value in (each.before, each.after))
        area = f"{each.area_code} {comparison.names.get(each.area_code, '')}"
        return f"{area} {each.indicator}: {before} → {after}"

    say_list(f"{title}: {len(changed):,} differ, measured by their intervals the most", changed, worded, 10)


def _say_findings(comparison: Comparison) -> None:
    for what, findings in zip(("New", "Gone"), comparison.findings(), strict=True):
        said = [_finding(row, comparison) for row in findings]
        say_list(f"{what}: {counted(len(said), 'finding')}", said, str, 10)


def _finding(row: tuple, comparison: Comparison) -> str:
    month, code, subject, kind, evidence = row
    about = " ".join(filter(None, (code, comparison.names.get(code, ""), subject)))
    said = json.loads(evidence)
    place = "/".join(said[key] for key in ("source", "path") if said.get(key))
    return f"{month:%Y-%m} {about}: {english(kind, said)}{f' ({place})' if place else ''}"


def _signed(value: float) -> str:
    return f"+{figure(value)}" if value > 0 else figure(value)
