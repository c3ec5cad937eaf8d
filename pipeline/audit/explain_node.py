"""A line of the tree that `sitrep explain` prints, with what hangs below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.words.numbers import figure


@dataclass(frozen=True)
class Node:
    """A line of the tree. `amount` is what it adds to the line above; None for a remark, or where it is unknown."""

    text: str
    amount: float | None = None
    below: tuple[Node, ...] = ()
    is_cell: bool = False

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


def added(element: str, below: list[Node], parts: tuple[str, ...], sign: int) -> Node:
    total = sum_of(node.amount for node in below)
    return Node(f"{minus(sign)}{element}: {shown(total, sign)} = {' + '.join(parts)}", total, tuple(below))


def sum_of(amounts: Iterable[float | None]) -> float | None:
    known = list(amounts)
    return None if not known or any(amount is None for amount in known) else sum(known)  # type: ignore[arg-type]


def shown(value: float | None, sign: int = 1) -> str:
    return "missing" if value is None else figure(sign * value)


def minus(sign: int) -> str:
    return "− " if sign < 0 else ""
