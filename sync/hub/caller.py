"""Who speaks: a terminal whose signature was verified."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Caller:
    """An authenticated terminal and the counter of its request.

    Attributes:
        public_key: the 32 bytes of the Ed25519 key that it was enrolled with.
        generation: of the hub, when it was authenticated.
        head: of the feed of its site, at that moment.
        incarnation: with which it last spoke; ``None`` before its first round.
        waits: a change of it waits for its record (``sync.hub.early``), so that both ends cannot agree yet.
        revoked: it is refused, and what it sends is kept apart (``sync.hub.quarantine``).
        known_counter: the highest counter that it had used, when it was authenticated.
        whole_through: see ``tables.Terminal``.
        doubled: two copies of it live (``sync.hub.doubled``): it is given no more places.
    """

    terminal_id: str
    terminal_no: int
    site_id: str
    functions: tuple[str, ...]
    reported_generation: str | None
    counter: int
    generation: str
    head: int = 0
    incarnation: str | None = None
    waits: bool = False
    revoked: bool = False
    doubled: bool = False
    public_key: bytes = b""
    known_counter: int = 0
    whole_through: int = 0
