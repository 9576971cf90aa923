"""The replica's part of this slice while it is being built: the same names over the shipped store, without the hub."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sync.change import Value
from sync.clock import utc_text
from sync.promise import CANCELLED, GUARANTEED, LIVE
from sync.records.booking import BookingFields
from sync.records.registration import TAKEN_BACK
from sync.replica.grants import Held
from sync.replica.references import Found


class StoreAhead:
    """The shipped store, with what it will be able to do."""

    def __init__(self, store: Any) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    def successor(self, booking_id: str) -> str | None:
        found = [
            (fields.created_at, record_id)
            for record_id, fields in self._store.list("booking")
            if isinstance(fields, BookingFields) and fields.moved_from == booking_id and fields.state in LIVE
        ]
        return max(found)[1] if found else None

    def book(self, held: Held, visit: str, record_id: str, values: Mapping[str, Value], *, sealed: Any = None) -> str:
        state: str = self._store.book(held, visit, record_id, values, sealed=sealed)
        assert not (values.get("wishes") and state == GUARANTEED)
        return state

    def take_back(self, kind: str, record_id: str) -> None:
        fields = self._store.get(kind, record_id)
        if kind == "registration":
            self._store.write(kind, record_id, {"state": TAKEN_BACK})
        elif fields is not None and fields.state in LIVE:
            self._store.write(kind, record_id, {"state": CANCELLED})

    def mark_told(self, record_id: str) -> None:
        self._store.write("booking", record_id, {"told_at": utc_text(self._store.now_ms())})


class TerminalAhead:
    """The shipped terminal, with what it will be able to do; ``taken`` are the slots that a hub would give at once."""

    def __init__(self, terminal: Any) -> None:
        self._terminal = terminal
        self.store = StoreAhead(terminal.store)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._terminal, name)

    def take(self, slot_id: str, visit: str) -> Held:
        held: Held = self._terminal.store.hold(slot_id, visit)
        return held

    def open_slip(self, typed: str) -> Found:
        found: Found = self._terminal.store.find(typed)
        return found
