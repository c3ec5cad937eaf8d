"""`sitrep check`: the raw files read, without touching what is published."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial
from pathlib import Path

from pipeline.audit.check_facts import (
    Checked,
    FileSaid,
    Finding,
    Gap,
    HiddenValues,
    Mended,
    Refusal,
    SharedRefusal,
)
from pipeline.audit.check_page import write_page
from pipeline.audit.check_run import check_raw_files
from pipeline.commands.console import DONE, REFUSED, at_work, say, say_list, say_rest
from pipeline.months import month_runs
from pipeline.problems import Location, ProblemError
from pipeline.reference import Reference, read_reference
from pipeline.words.findings import english
from pipeline.words.numbers import counted, figure, some
from pipeline.workspace import Workspace, read_settings

_SHOWN = 20
_SHOWN_OF_A_FILE = 5
_HINT = "; --html shows all"
_say_list = partial(say_list, shown=_SHOWN, hint=_HINT)
_say_rest = partial(say_rest, hint=_HINT)


def check(root: Path, workers: int, html: Path | None = None) -> int:
    with at_work(root, workers) as (workspace, executor, progress):
        if html:
            _refuse_among_raw_files(html, workspace)
        settings = read_settings(workspace)
        reference = read_reference(workspace, settings.levels)
        _say_what_reports_need(reference)
        checked, problem = check_raw_files(workspace, settings, reference, executor, progress)
    if problem:
        if checked.sources:
            say("Read")
            _say_sources(checked)
            _say_files(checked)
        raise problem
    say_checked(checked)
    if html:
        write_page(html, checked, settings, reference, workspace.reports)
        say(f"Written: {html}")
    return REFUSED if checked.cells_refused else DONE


def _say_what_reports_need(reference: Reference) -> None:
    """Before anything else, what `report` would stop at though the data are right."""
    from pipeline.reporting.report_context import refuse_too_few

    try:
        refuse_too_few(reference.indicators)
    except ProblemError as problem:
        say(f"`sitrep build` works with this workspace, `sitrep report` does not yet. {problem}")


def say_checked(checked: Checked) -> None:
    """Everything that was found, on the terminal: long lists are cut, and say so."""
    say(f"Read, up to {checked.month:%Y-%m}")
    _say_sources(checked)
    _say_list("Silent for months", checked.silent, lambda finding: _finding(finding, checked))
    if not any(file.refusals for file in checked.files):
        say("Refused: nothing")
    _say_files(checked)
    if not checked.findings:
        say("Odd: nothing")
    _say_list("Odd, in no single file", checked.elsewhere, lambda finding: _finding(finding, checked))
    hidden = "Figures from hidden sheets, rows or columns (hidden in docs/sources.md)"
    _say_list(hidden, checked.hidden, _hidden)
    _say_gaps(f"Missing up to {checked.month:%Y-%m}", checked.missing, checked)
    _say_gaps("Late", checked.late, checked)
    _say_deadlines(checked)
    never = [f"{_area(code, checked)}: never reported to any source" for code in checked.never_reported]
    _say_list("Never reported", never, str)
    _say_list("Files that no pattern of source.toml asks for", checked.unasked, str)
    _say_list("Below data/raw without a source.toml", checked.undescribed, str)
    unread = [
        f"{source.source}, {counted(files, 'file')}: {columns}"
        for source in checked.sources
        for columns, files in source.columns_unread
    ]
    _say_list("Columns nobody asked for", unread, str)


def _refuse_among_raw_files(html: Path, workspace: Workspace) -> None:
    if html.resolve().is_relative_to(workspace.raw):
        raise ProblemError(
            str(html), "a place among the raw files", "a file elsewhere; raw files are never written to"
        )
    if html.is_dir() or not html.resolve().parent.is_dir():
        raise ProblemError(
            str(html), "no file that can be written", "the name of a file in a folder that is there"
        )


def _say_sources(checked: Checked) -> None:
    for source in checked.sources:
        mended = f" ({source.cells_mended:,} of them mended)" if source.cells_mended else ""
        say(
            f"  {source.source}: {counted(source.files, 'file')}, {counted(source.cells_read, 'figure')} = "
            f"{source.cells_accepted:,} accepted + {source.cells_refused:,} refused{mended}; "
            f"{source.cells_blank:,} blank, {source.rows_left_out:,} rows left out by rule, "
            f"{source.cells_checked:,} cells of total rows checked"
        )
        if source.encodings:
            read_as = ", ".join(f"{name} ({counted(files, 'file')})" for name, files in source.encodings)
            say(f"    text read as {read_as}")


def _say_files(checked: Checked) -> None:
    """What many files have alike once; then the files of which there is more to say."""
    for shared in checked.shared[:_SHOWN]:
        say(_shared(shared))
    _say_rest(len(checked.shared) - _SHOWN, "kinds of refusal in many files")
    for file in checked.files_apart[:_SHOWN]:
        _say_file(file, checked)
    _say_rest(len(checked.files_apart) - _SHOWN, "files")


def _shared(shared: SharedRefusal) -> str:
    """`births: 200 files (first 2020-01.csv) refused: row 2, column C: found …; expected …`."""
    path, first = shared.by_file[0]
    cells = f", {shared.cells:,} figures" if shared.cells > shared.files else ""
    return (
        f"{shared.source}: {counted(shared.files, 'file')} (first {path}){cells} refused: "
        f"{_location(first.sheet, *first.cells[0])}: found {first.found}; expected {first.expected}"
    )


def _say_file(file: FileSaid, checked: Checked) -> None:
    shared = sum(len(refusal.cells) for refusal in file.shared)
    refused = f"refused{f' ({shared:,} as said above)' if shared else ''}"
    numbers = ((file.cells_refused, refused), (len(file.mended), "mended"), (len(file.findings), "odd"))
    say(f"{file.source}/{file.path}: {', '.join(f'{n:,} {what}' for n, what in numbers if n)}")
    for what, items, of_more in (
        ("refused", [_refusal(refusal) for refusal in file.own_refusals], "kinds of refusal"),
        ("mended", [_mended(mended) for mended in file.mended], "mended"),
        ("odd", [_finding_in_file(finding, checked) for finding in file.findings], "odd"),
    ):
        for item in items[:_SHOWN_OF_A_FILE]:
            say(f"  {what}: {item}")
        _say_rest(len(items) - _SHOWN_OF_A_FILE, of_more)


def _refusal(refusal: Refusal) -> str:
    times = f" ({len(refusal.cells):,} figures)" if len(refusal.cells) > 1 else ""
    return f"{_location(refusal.sheet, *refusal.cells[0])}: found {refusal.found}{times}; expected {refusal.expected}"


def _mended(mended: Mended) -> str:
    return (
        f"{_location(mended.sheet, mended.row, mended.column)}: found {mended.found}, counts as "
        f"{figure(mended.value)} ({mended.reason}; {mended.author}, {mended.date})"
    )


def _location(sheet: str | None, row: int | None, column: int | None) -> str:
    """A location within a file that is named elsewhere."""
    return str(Location("", sheet or "", row or 0, column or 0)).removeprefix(", ") or "the file"


def _finding(finding: Finding, checked: Checked) -> str:
    subject = f" {finding.subject}" if finding.subject else ""
    area = _area(finding.area_code, checked)
    needed = [finding.evidence.get(key) for key in ("elements", "indicators")]
    unknown = f" ({'; '.join(filter(None, needed))})" if any(needed) else ""
    return f"{finding.month:%Y-%m} {area}{subject}: {english(finding.kind, finding.evidence)}{unknown}"


def _finding_in_file(finding: Finding, checked: Checked) -> str:
    location = _location(*(finding.evidence.get(key) for key in ("sheet", "row", "column")))
    return f"{'' if location == 'the file' else f'{location}: '}{_finding(finding, checked)}"


def _say_gaps(title: str, gaps: Sequence[Gap], checked: Checked) -> None:
    """One line per source and area that gets a report; below it the areas within."""
    lines = []
    for source, office, own in checked.by_office(gaps):
        within = sorted({gap.area_code for gap in own} - {office})
        months = sorted({month for gap in own for month in gap.months})
        returns = counted(sum(gap.returns for gap in own), "return")
        names = f", of {some([checked.places.name(code) for code in within])}" if within else ""
        lines.append(f"{source}, {_area(office, checked)}: {returns}{names}, in {_months(months)}")
    if title.startswith("Missing") and not lines and not checked.never_reported:
        say(f"{title}: nothing")
    elif title == "Late" and not lines and checked.is_receipt_known:
        say("Late: nothing")
    _say_list(title, lines, str)


def _say_deadlines(checked: Checked) -> None:
    if not checked.deadlines:
        return
    say("Items with a due date")
    for element, items in checked.deadlines_by_element():
        number = Counter(item.status for item in items)
        overdue = [item for item in items if item.is_overdue]
        say(
            f"  {element}: {number['on_time']:,} on time, {number['late']:,} late, {number['open']:,} open, "
            f"of these {len(overdue):,} past due"
        )
        for item in overdue[:_SHOWN_OF_A_FILE]:
            say(
                f"    {item.month:%Y-%m} {_area(item.area_code, checked)}: due {item.due}, "
                f"open {counted(item.days_late or 0, 'day')} past due"
            )
        _say_rest(len(overdue) - _SHOWN_OF_A_FILE, "past due")


def _hidden(file: HiddenValues) -> str:
    """`births/a.xlsx: sheet Old: 6 figures; sheet 表一, row 5: 2 figures`."""
    parts = (
        f"{_location(sheet, row, column)}: {counted(number, 'figure')}"
        for sheet, row, column, number in file.parts
    )
    return f"{file.source}/{file.path}: {'; '.join(parts)}"


def _area(code: str, checked: Checked) -> str:
    return f"{code} {checked.places.full_name(code)}".strip()


def _months(months: Iterable[date]) -> str:
    """`2025-03, 2025-05 to 2025-08`."""
    runs = [dict.fromkeys((f"{first:%Y-%m}", f"{last:%Y-%m}")) for first, last in month_runs(months)]
    return some([" to ".join(run) for run in runs], 6)
