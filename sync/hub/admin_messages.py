"""What the administrators' API says and hears: JSON with stable keys, nothing unknown accepted."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

from sync.hub.seen import CODE_PATTERN

Name = Annotated[str, StringConstraints(min_length=1, max_length=300, pattern=r"^[^\s\x00-\x1f\x7f]+$")]
"""An identifier as the hub gives it: of a site, a record, a terminal, a line or a choice."""
Code = Annotated[str, StringConstraints(pattern=CODE_PATTERN)]
"""The code of what was read, given back by who acts on it."""


class AdminMessage(BaseModel):
    """Base of everything said and heard."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, from_attributes=True)


class Refusal(AdminMessage):
    """Why not: a stable code, and one French sentence that says what to do."""

    code: str
    message: str


class Me(AdminMessage):
    """Whose token this is, and what they may do."""

    name: str
    roles: tuple[str, ...]


class TodoChoice(AdminMessage):
    """One choice of a line: its code, its label, and what it does."""

    code: str
    label: str
    effect: str


class TodoItem(AdminMessage):
    """One line of what waits for a person; nothing personal. Times are UTC."""

    id: str
    code: str
    kind: str
    site_id: str
    place: str
    since: str
    happened: str
    to_do: str
    choices: tuple[TodoChoice, ...]
    urgent: bool
    due_at: str | None
    records: tuple[str, ...]


class TodoList(AdminMessage):
    """What waits for a person, the most urgent first."""

    todo: tuple[TodoItem, ...]


class Settle(AdminMessage):
    """Settles the line ``item`` as it was read (``seen``, its code) with one of its choices."""

    item: Name
    seen: Code
    choice: Name


class Settled(AdminMessage):
    """What came of it; ``again`` when the same person had settled it so before, and nothing was done now."""

    id: str
    code: str
    choice: str
    at: str
    who: str
    again: bool


class Looked(AdminMessage):
    """Registrations compared for the first time, those that could not be opened, and new pairs on the list."""

    compared: int
    unreadable: int
    pairs: int


class TerminalLine(AdminMessage):
    """One terminal. Times are milliseconds since 1970."""

    terminal_id: str
    terminal_no: int
    site_id: str
    functions: list[str]
    last_seen_ms: int | None
    revoked_ms: int | None


class TerminalList(AdminMessage):
    """Every terminal ever enrolled."""

    terminals: tuple[TerminalLine, ...]


class Revoke(AdminMessage):
    """Refuses a terminal for ever."""

    terminal_id: Name


class GrantLine(AdminMessage):
    """One place that a terminal may promise with no network; ``live`` are the bookings known on it."""

    site_id: str
    id: str
    slot_id: str
    starts_at: str
    reason: str
    terminal_no: int
    number: int
    issued_at: str
    state: str
    live: tuple[str, ...]


class GrantList(AdminMessage):
    """The places of slots to come that terminals hold."""

    grants: tuple[GrantLine, ...]


class Risk(AdminMessage):
    """Who may be hit by an act.

    Attributes:
        bookings: ids of the bookings known to be concerned.
        grants: ids of the grants whose terminal may have promised the place to somebody unknown.
        because: why the place is not free, a code of docs/protocol.md §11; ``None`` when it is.
        seen: the code to give back with the act, which is refused when this list has changed.
    """

    bookings: tuple[str, ...]
    grants: tuple[str, ...]
    because: str | None
    seen: str


class WriteOff(AdminMessage):
    """Takes a place back from a terminal that has not released it."""

    site_id: Name
    grant_id: Name
    seen: Code


class Done(AdminMessage):
    """The act was done and journaled; ``bookings`` are those that it concerned."""

    bookings: tuple[str, ...] = ()


class ToTellLine(AdminMessage):
    """One person to tell that their appointment will not take place; nothing personal."""

    site_id: str
    id: str
    state: str
    slot_id: str
    starts_at: str | None
    reason: str
    modality: str
    language: str
    terminal_no: int
    declined_because: str | None
    alternatives: tuple[str, ...]


class ToTellList(AdminMessage):
    """The people to tell, the nearest hour first."""

    to_tell: tuple[ToTellLine, ...]


class Told(AdminMessage):
    """The visitor of a booking knows how it stands."""

    site_id: Name
    booking_id: Name


class Override(AdminMessage):
    """Gives a booking a place that is not free."""

    site_id: Name
    booking_id: Name
    slot_id: Name
    seen: Code


class Withdraw(AdminMessage):
    """Withdraws an open slot to come."""

    site_id: Name
    slot_id: Name
    seen: Code


class HeldBackLine(AdminMessage):
    """One operation of a revoked terminal that waits for a person; nothing personal."""

    terminal_id: str
    terminal_no: int
    site_id: str
    incarnation: str
    seq: int
    kind: str
    record_id: str
    fields: tuple[str, ...]
    state: str | None
    sealed: bool
    received_ms: int


class HeldBackList(AdminMessage):
    """What revoked terminals sent; ``seen`` has, by terminal, the code to give back with the act."""

    held: tuple[HeldBackLine, ...]
    seen: dict[str, str]


class SettleHeld(AdminMessage):
    """Takes or drops what a revoked terminal sent: all of it, or what is about some records."""

    terminal_id: Name
    take: bool
    seen: Code
    records: list[Name] | None = None


class HeldSettled(AdminMessage):
    """How many operations were taken, refused, dropped, and how many wait still."""

    taken: int
    rejected: int
    dropped: int
    left: int
