"""A line of the tree that `sitrep explain` prints, with what hangs below it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Node:
    """A line of the tree. `amount` is what it adds to the line above; None for a remark, or where it is unknown."""

    text: str
    amount: float | None = None
    below: Sequence[Node] = ()
    is_cell: bool = False

    def after(self, words: str) -> Node:
        """The same line, with words before it."""
        return replace(self, text=words + self.text)

    def lines(self, depth: int = 0) -> Iterator[str]:
        yield f"{'  ' * depth}{self.text}"
        for node in self.below:
            yield from node.lines(depth + 1)

    def cells(self) -> Iterator[float]:
        """The amounts of the raw cells at the ends of the tree, with the signs they count with."""
        if self.is_cell:
            yield self.amount or 0.0
        for node in self.below:
            if node.amount is not None:
                yield from node.cells()
