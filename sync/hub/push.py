"""One push while it is judged: who sent it, the records it touches, and what must be written of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import msgspec
from sqlalchemy import Connection

from sync.change import Value
from sync.claim import placeholder_id
from sync.clock import HybridClock, stamp_node, utc_text
from sync.fields import FieldChange, stamps_of
from sync.hub import conflicts, grants
from sync.hub.caller import Caller
from sync.hub.places import Places
from sync.hub.standing import Standing, load
from sync.records import FIELDS
from sync.wire import Operation

SORTED_JSON = msgspec.json.Encoder(order="sorted")
"""Writes names in order: the same text for the same values."""


@dataclass(frozen=True)
class Sender:
    """The terminal whose operations these are."""

    terminal_id: str
    terminal_no: int
    site_id: str
    incarnation: str

    @classmethod
    def of(cls, caller: Caller, incarnation: str) -> Sender:
        """An authenticated terminal that speaks with this incarnation."""
        return cls(caller.terminal_id, caller.terminal_no, caller.site_id, incarnation)

    @property
    def origin(self) -> str:
        """How the feed names what this terminal already holds."""
        return f"{self.terminal_id}/{self.incarnation}"


@dataclass
class Push:
    """One push while it is judged: the records it touches, and what must be written of it.

    Attributes:
        buried: kind and id of what was destroyed at the end of its time (``sync.hub.tombstones``).
        ended: those of them that this push tells of, and of which the hub must tell the other terminals.
        foreign_stamps: those of its operations that another terminal made; ``None`` before ``observe``.
        texts: the values of its operations as JSON, in the order of their names, by the identity of their ``said``.
    """

    sender: Sender
    clock: HybridClock
    now_ms: int
    records: dict[str, dict[str, Standing]] = field(default_factory=dict)
    places: Places = field(default_factory=Places)
    sealed: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    losses: list[conflicts.Loss] = field(default_factory=list)
    buried: set[tuple[str, str]] = field(default_factory=set)
    ended: set[tuple[str, str]] = field(default_factory=set)
    foreign_stamps: set[str] | None = None
    texts: dict[int, bytes] = field(default_factory=dict)

    @cached_property
    def now(self) -> str:
        """``now_ms`` as the records write it."""
        return utc_text(self.now_ms)

    def observe(self, operations: Sequence[Operation]) -> None:
        """Notes the stamps of what is about to be judged, all at once."""
        said = [one.said for one in operations]
        stamps = stamps_of(said)
        self.foreign_stamps = {stamp for stamp in stamps if stamp_node(stamp) != self.sender.terminal_no}
        if stamps:
            self.clock.observe(max(stamps))
        self.texts = {id(one): SORTED_JSON.encode(one.values) for one in said}

    def standings(self) -> list[Standing]:
        """Every record this push may have changed; bookings and grants are those of its places."""
        others = (held for kind, held in self.records.items() if kind not in {"booking", "grant"})
        return [*(one for held in others for one in held.values()), *self.places.standings()]


def load_records(connection: Connection, push: Push, operations: Sequence[Operation]) -> None:
    """Everything the push may touch, with two statements a kind, and the places of the slots it touches.

    Of bookings also what they were moved from and to, and what a voice made of their slips (``sync.hub.families``).
    """
    site_id = push.sender.site_id
    mine = [one for one in operations if one.site_id == site_id and one.kind in FIELDS]
    for kind in sorted({one.kind for one in mine} - {"grant", "booking"}):
        push.records[kind] = load(connection, kind, site_id, [one.id for one in mine if one.kind == kind])
    if not any(one.kind in {"booking", "grant"} for one in mine):
        return
    sent = [one.fields for one in mine if one.kind == "booking"]
    slot_ids = [fields["slot_id"].value for fields in sent if "slot_id" in fields]
    for fields in sent:
        if "wishes" in fields and isinstance(fields["wishes"].value, list):
            slot_ids += fields["wishes"].value
    grant_ids: list[Value] = [one.id for one in mine if one.kind == "grant"]
    grant_ids += [fields["grant_id"].value for fields in sent if "grant_id" in fields]
    booking_ids: list[Value] = [one.id for one in mine if one.kind == "booking"]
    booking_ids += [fields["moved_from"].value for fields in sent if "moved_from" in fields]
    booking_ids += [_placeholder_id(push.sender, fields) for fields in sent]
    push.places = Places.load(connection, site_id, slot_ids, grant_ids, booking_ids)
    push.places.frozen = grants.frozen(connection, site_id)
    push.places.losses = push.losses
    push.records["grant"] = push.places.grants
    push.records["booking"] = push.places.named


def _placeholder_id(sender: Sender, fields: Mapping[str, FieldChange]) -> str | None:
    grant_id, spend_no = (fields[name].value if name in fields else None for name in ("grant_id", "spend_no"))
    if isinstance(grant_id, str) and isinstance(spend_no, int):
        return placeholder_id(sender.terminal_no, grant_id, spend_no)
    return None
