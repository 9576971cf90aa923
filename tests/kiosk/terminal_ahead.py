"""The two calls to the hub of this slice while they are being built: the same names, without the hub."""

from __future__ import annotations

from typing import Any

from sync.replica.grants import Held
from sync.replica.references import Found


class TerminalAhead:
    """The shipped terminal, with what it will be able to do."""

    def __init__(self, terminal: Any) -> None:
        self._terminal = terminal

    def __getattr__(self, name: str) -> Any:
        return getattr(self._terminal, name)

    def take(self, slot_id: str, visit: str) -> Held:
        held: Held = self._terminal.store.hold(slot_id, visit)
        return held

    def open_slip(self, typed: str) -> Found:
        found: Found = self._terminal.store.find(typed)
        return found
