"""What a terminal asks its hub for the person at the screen, beside the rounds: a place, a slip, the way into a video
appointment. Each is one signed request and one signed answer (docs/protocol.md §11)."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, field

from sync.message import FieldName, Identifier, Message
from sync.wire import FieldwiseEntry, this_protocol


class TakeRequest(Message, frozen=True, kw_only=True):
    """``POST /v1/take``: one place of a slot, at once, for the person at the screen.

    ``id`` becomes the grant's; it is drawn before it is sent, so that asking again gives the same grant.
    """

    protocol: int = field(default_factory=this_protocol)
    terminal_id: Identifier
    incarnation: Identifier
    id: Identifier
    slot_id: Identifier


class TakeReply(Message, frozen=True, kw_only=True):
    """The grant and its slot as feed entries, or why there is none (a code of docs/protocol.md §11)."""

    protocol: int = field(default_factory=this_protocol)
    now_ms: int
    generation: Identifier
    given: bool
    because: str | None = None
    entries: list[FieldwiseEntry] = field(default_factory=list)


class ClaimRequest(Message, frozen=True, kw_only=True):
    """``POST /v1/claim``: a slip from another terminal, by its reference as typed or by the text of its QR."""

    protocol: int = field(default_factory=this_protocol)
    terminal_id: Identifier
    incarnation: Identifier
    reference: Annotated[str, Meta(max_length=40)] | None = None
    claim: Annotated[str, Meta(max_length=400)] | None = None


class ClaimReply(Message, frozen=True, kw_only=True):
    """The record of a slip and its slot as feed entries; ``found`` is false when the slip proves nothing."""

    protocol: int = field(default_factory=this_protocol)
    now_ms: int
    generation: Identifier
    found: bool
    kind: FieldName | None = None
    id: Identifier | None = None
    entries: list[FieldwiseEntry] = field(default_factory=list)


class RoomRequest(Message, frozen=True, kw_only=True):
    """``POST /v1/room``: the address of a video appointment, for the person who stands in the booth."""

    protocol: int = field(default_factory=this_protocol)
    terminal_id: Identifier
    incarnation: Identifier
    booking_id: Identifier


class RoomReply(Message, frozen=True, kw_only=True):
    """The address, and until when it may be open; or why there is none (a code of docs/protocol.md §11).

    The address is a capability: whoever has it is in the appointment. It is kept nowhere at the terminal.
    """

    protocol: int = field(default_factory=this_protocol)
    now_ms: int
    url: Annotated[str, Meta(max_length=500)] | None = None
    until_ms: int | None = None
    because: str | None = None
