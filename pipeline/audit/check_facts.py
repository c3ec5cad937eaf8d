"""What `sitrep check` has to say, as plain values: the terminal and the page word the same facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import groupby
from typing import Any

from pipeline.audit.check_places import Places

Cells = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class SourceRead:
    source: str
    name: str
    files: int
    cells_read: int
    cells_accepted: int
    cells_refused: int
    cells_mended: int
    cells_blank: int
    cells_checked: int
    rows_left_out: int
    findings: int
    columns_unread: tuple[tuple[str, int], ...]
    encodings: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Refusal:
    """Refused cells of one sheet that are alike: what stood there, what was expected, and where.

    `hint` is what ingest says for the office: a kind and its values, empty where the reason says it all.
    """

    sheet: str
    found: str
    expected: str
    reason: str
    hint: Mapping[str, Any]
    cells: Cells


@dataclass(frozen=True)
class Mended:
    """A cell, refused or accepted, that a correction has put right."""

    sheet: str
    row: int
    column: int
    element: str
    found: str
    value: float
    reason: str
    author: str
    date: date


@dataclass(frozen=True)
class Finding:
    finding_id: str
    kind: str
    severity: str
    area_code: str
    month: date
    subject: str
    evidence: Mapping[str, Any]

    @property
    def file(self) -> tuple[str, str]:
        """Source and path of the file it is about, as far as it is about one."""
        return self.evidence.get("source", ""), self.evidence.get("path", "")


@dataclass
class FileSaid:
    """All there is to say of one raw file. `shared` are those of its refusals that many files have alike."""

    source: str
    path: str
    refusals: list[Refusal] = field(default_factory=list)
    shared: list[Refusal] = field(default_factory=list)
    mended: list[Mended] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def cells_refused(self) -> int:
        return sum(len(refusal.cells) for refusal in self.refusals)

    @property
    def own_refusals(self) -> list[Refusal]:
        return [refusal for refusal in self.refusals if refusal not in self.shared]


@dataclass(frozen=True)
class SharedRefusal:
    """A refusal that many files of a source have alike: each file with its own wording and cells."""

    source: str
    by_file: tuple[tuple[str, Refusal], ...]

    @property
    def first(self) -> Refusal:
        return self.by_file[0][1]

    @property
    def files(self) -> int:
        return len({path for path, _ in self.by_file})

    @property
    def cells(self) -> int:
        return sum(len(refusal.cells) for _, refusal in self.by_file)


@dataclass(frozen=True)
class Gap:
    """Months in which an area, with all that lies within it, sent nothing to a source (or sent it late)."""

    source: str
    area_code: str
    months: tuple[date, ...]
    returns: int


@dataclass(frozen=True)
class Deadline:
    area_code: str
    element: str
    month: date
    due: date
    done: date | None
    status: str
    days_late: int | None

    @property
    def is_overdue(self) -> bool:
        return self.status == "open" and bool(self.days_late)


@dataclass(frozen=True)
class HiddenValues:
    """Values that were read from hidden parts of a file: sheet, row, column (0: the whole sheet) and how many."""

    source: str
    path: str
    parts: tuple[tuple[str, int, int, int], ...]


@dataclass(frozen=True)
class Checked:
    month: date
    sources: tuple[SourceRead, ...]
    files: tuple[FileSaid, ...]
    silent: tuple[Finding, ...]
    elsewhere: tuple[Finding, ...]
    missing: tuple[Gap, ...]
    late: tuple[Gap, ...]
    is_receipt_known: bool
    deadlines: tuple[Deadline, ...]
    never_reported: tuple[str, ...]
    unasked: tuple[str, ...]
    undescribed: tuple[str, ...]
    places: Places
    shared: tuple[SharedRefusal, ...] = ()
    hidden: tuple[HiddenValues, ...] = ()

    @property
    def files_apart(self) -> tuple[FileSaid, ...]:
        """Files of which there is more to say than what they share with many."""
        return tuple(file for file in self.files if file.own_refusals or file.mended or file.findings)

    @cached_property
    def cells_refused(self) -> int:
        """Refused cells that no correction has mended."""
        return sum(file.cells_refused for file in self.files)

    @property
    def findings(self) -> int:
        return sum(len(file.findings) for file in self.files) + len(self.silent) + len(self.elsewhere)

    def total(self, name: str) -> int:
        """The sum over all sources of one of their numbers, such as `cells_read`."""
        return sum(getattr(source, name) for source in self.sources)

    def by_office(self, gaps: Sequence[Gap]) -> Iterator[tuple[str, str, list[Gap]]]:
        """Source, area that gets a report, and the gaps in what came from it."""
        pairs = groupby(gaps, lambda gap: (gap.source, self.places.office(gap.area_code)))
        return ((source, office, list(group)) for (source, office), group in pairs)

    def deadlines_by_element(self) -> Iterator[tuple[str, list[Deadline]]]:
        groups = groupby(self.deadlines, lambda item: item.element)
        return ((element, list(items)) for element, items in groups)
