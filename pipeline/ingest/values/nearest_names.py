"""Known names most like an unknown one: shortlisted by the characters they share, then compared one by one."""

from collections.abc import Iterable
from difflib import SequenceMatcher

import numpy as np

_LIKE = 0.5
_SHORTLISTED = 16


class NearestNames:
    """Many names, searched by likeness in time that hardly grows with their number."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = tuple(dict.fromkeys(names))
        self._lengths = np.array([len(name) for name in self._names])
        self._longest = int(self._lengths.max(initial=0))
        indices: dict[str, list[int]] = {}
        for index, name in enumerate(self._names):
            for character in set(name):
                indices.setdefault(character, []).append(index)
        self._indices = {character: np.array(found) for character, found in indices.items()}

    def like(self, written: str) -> list[str]:
        """The names most like the end of a text, the most similar first; none that differ in more than half."""
        end = written[-self._longest :] if self._longest else ""
        found = [self._indices[character] for character in set(end) if character in self._indices]
        if not found:
            return []
        shared = np.bincount(np.concatenate(found), minlength=len(self._names))
        order = np.argsort(-shared / (self._lengths + len(end)), kind="stable")[:_SHORTLISTED]
        matcher = SequenceMatcher(b=end)
        likeness: dict[str, float] = {}
        for index in order:
            matcher.set_seq1(self._names[index])
            likeness[self._names[index]] = matcher.ratio()
        return sorted(
            (name for name in likeness if likeness[name] >= _LIKE), key=lambda name: -likeness[name]
        )
