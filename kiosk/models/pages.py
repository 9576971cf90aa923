"""Cutting a list into pages: a terminal never scrolls without a button. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list. ``number`` counts from 0; ``first`` and ``last`` count items from 1."""

    items: tuple[Item, ...]
    number: int
    count: int
    total: int
    first: int

    @property
    def last(self) -> int:
        """The position of the last item shown, 0 when the list is empty."""
        return self.first + len(self.items) - 1

    @property
    def has_next(self) -> bool:
        """True when « Suite » leads somewhere."""
        return self.number + 1 < self.count

    @property
    def has_previous(self) -> bool:
        """True when « Avant » leads somewhere."""
        return self.number > 0


def page_of(items: Sequence[Item], number: int, size: int) -> Page[Item]:
    """Returns page ``number``, brought back inside the list when it is beyond an end.

    Raises:
        ValueError: ``size`` is not at least 1.
    """
    if size < 1:
        raise ValueError("a page holds at least one item")
    count = max(1, -(-len(items) // size))
    number = min(max(number, 0), count - 1)
    start = number * size
    return Page(tuple(items[start : start + size]), number, count, len(items), start + 1 if items else 0)
