"""Visitors of one terminal as a program of its own, under a seed: what the screens call, beside rounds without end.

Usage: ``python -m tests.processes.crowd HOME SEED``, until it is killed. People register, book, move, cancel and take
back; they do so with whatever the terminal shows, what other terminals wrote included. Each line is one JSON object:

- ``{"will": ..., "id": ...}`` before a record that is there already is changed;
- ``{"did": ..., "id": ..., ...}`` once it is acknowledged, as a screen would say it.

What was said before the end must be true ever after.
"""

from __future__ import annotations

import logging
import random
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

from content.shelf import Shelf
from kiosk.actions import Actions
from sync.errors import DiskFull, HoldLost, InvalidInput, PointContactError
from sync.promise import GUARANTEED, LIVE, REQUESTED
from sync.records.registration import PREPARED, RECEIVED
from sync.replica.machine import read_machine_secret
from sync.replica.terminal import Terminal
from tests.processes.visitor import CONTACT, register, say

PAUSE_S = 0.02
CHOSEN_FROM = 5
MINE = (PREPARED, RECEIVED)


class Crowd:
    """The visitors of one terminal."""

    def __init__(self, terminal: Terminal, actions: Actions, chance: random.Random) -> None:
        self.terminal, self.actions, self.chance = terminal, actions, chance

    def act(self) -> None:
        """One visitor does one thing."""
        acts: list[Callable[[], None]] = [self.register, self.book, self.cancel, self.move, self.take_back]
        (act,) = self.chance.choices(acts, (20, 45, 12, 15, 8))
        try:
            act()
        except (InvalidInput, HoldLost) as refusal:  # the hour went to somebody else: they are told, nothing is kept
            say({"refused": type(refusal).__name__, "act": act.__name__})

    def register(self) -> None:
        """Somebody prepares a registration."""
        made = register(self.actions)
        say({"did": "register", "id": made["id"]})

    def book(self, moved_from: str | None = None) -> None:
        """Somebody takes one of the first free hours, so that both terminals want the same ones."""
        free = [slot for slot in self.actions.slots() if slot.free][:CHOSEN_FROM]
        if not free:
            return
        slot = self.chance.choice(free)
        booked = self.actions.book(slot.id, contact=dict(CONTACT), language="fr", moved_from=moved_from)
        state = GUARANTEED if booked.guaranteed else REQUESTED
        say({"did": "book", "id": booked.id, "slot_id": slot.id, "told": state, "moved_from": moved_from})

    def cancel(self) -> None:
        """Somebody gives up a booking of the site."""
        booking_id = self.a_booking()
        if booking_id:
            say({"will": "cancel", "id": booking_id})
            self.actions.cancel_booking(booking_id)
            say({"did": "cancel", "id": booking_id})

    def move(self) -> None:
        """Somebody wants another hour."""
        booking_id = self.a_booking()
        if booking_id:
            say({"will": "move", "id": booking_id})
            self.book(moved_from=booking_id)

    def take_back(self) -> None:
        """Somebody withdraws what they prepared."""
        held = self.terminal.store.list("registration")
        prepared = [i for i, fields in held if fields.values()["state"] in MINE]
        if prepared:
            record_id = self.chance.choice(sorted(prepared))
            say({"will": "take back", "id": record_id})
            self.actions.take_back("registration", record_id)
            say({"did": "take back", "id": record_id})

    def a_booking(self) -> str | None:
        """A booking of the site that somebody counts on."""
        live = [i for i, fields in self.terminal.store.list("booking") if fields.values()["state"] in LIVE]
        return self.chance.choice(sorted(live)) if live else None


def main(home: str, seed: str) -> None:
    """Opens the terminal as its own program does: what a killed program held is let go, then people come."""
    terminal = Terminal.open(Path(home), read_machine_secret())
    terminal.store.drop_holds()

    def rounds() -> None:
        while True:
            terminal.rounds.run()
            time.sleep(PAUSE_S)

    threading.Thread(target=rounds, daemon=True).start()
    crowd = Crowd(
        terminal,
        Actions(terminal, Shelf.open(), soon=lambda: None, now_ms=terminal.now_ms),
        random.Random(seed),
    )
    while True:
        try:
            crowd.act()
        except DiskFull as full:
            say({"refused": type(full).__name__})
        time.sleep(PAUSE_S)


if __name__ == "__main__":
    logging.basicConfig(filename=Path.home() / "crowd.log")
    try:
        main(*sys.argv[1:])
    except PointContactError as error:
        sys.exit(error.message)
