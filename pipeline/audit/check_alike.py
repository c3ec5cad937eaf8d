"""The same refusal in many files is one: it is said once, with how many files have it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePosixPath

from pipeline.audit.check_facts import FileSaid, Refusal, SharedRefusal

_FEWEST = 3
_OF_THE_FILE = ("file", "column", "period", "personal data")


def share_alike(files: Iterable[FileSaid]) -> tuple[SharedRefusal, ...]:
    """Refusals that at least three files of a source have alike; each file notes which of its own are among them."""
    alike: dict[tuple[str, ...], list[tuple[FileSaid, Refusal]]] = defaultdict(list)
    for file in files:
        for refusal in file.refusals:
            alike[_kind(file, refusal)].append((file, refusal))
    shared = []
    for pairs in alike.values():
        if len({file.path for file, _ in pairs}) >= _FEWEST:
            for file, refusal in pairs:
                file.shared.append(refusal)
            shared.append(
                SharedRefusal(pairs[0][0].source, tuple((file.path, refusal) for file, refusal in pairs))
            )
    return tuple(sorted(shared, key=lambda one: (one.source, -one.files)))


def _kind(file: FileSaid, refusal: Refusal) -> tuple[str, ...]:
    """What makes refusals alike: what was expected and found, without the file's own name and numbers.

    What stands in a cell counts as it stands: 12? and 13? are two mistakes.
    """
    found, expected = refusal.found, refusal.expected
    if refusal.reason in _OF_THE_FILE:
        found, expected = _general(found, file), _general(expected, file)
    return file.source, refusal.reason, found, expected


def _general(text: str, file: FileSaid) -> str:
    name = PurePosixPath(file.path)
    for own in (file.path, name.name, name.stem):
        text = text.replace(own, "*") if own else text
    return re.sub(r"\d+", "0", text)
