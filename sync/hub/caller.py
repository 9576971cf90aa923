"""Who speaks: a terminal whose signature was verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """An authenticated terminal and the counter of its request.

    Attributes:
        waits: a change of it waits for its record (``sync.hub.early``), so that both ends cannot agree yet.
    """

    terminal_id: str
    terminal_no: int
    site_id: str
    functions: tuple[str, ...]
    reported_generation: str | None
    counter: int
    waits: bool = False
