"""A visitor's gestures as a program of its own, on the home of a terminal: what the screens call, without a browser.

Usage: ``python -m tests.processes.visitor HOME GESTURE…``, the machine's secret as for the terminal itself. Gestures:

- ``register`` and ``book``: once; prints one JSON line when it is acknowledged, as a screen would say it;
- ``show``: prints one JSON line of what this terminal holds and how it stands.

A refusal is its sentence on stderr and exit status 1, as for every command.
"""

from __future__ import annotations

import json
import logging
import sys
from pathlib import Path

from content.shelf import Shelf
from kiosk.actions import Actions
from kiosk.models.registration import Registration
from kiosk.visit import Drafts
from sync.errors import PointContactError
from sync.replica.machine import read_machine_secret
from sync.replica.terminal import Terminal
from tests.kiosk.models.registration_world import AWA, walk

# Words of nobody else: a search in every log and output can find nothing else by these.
TYPED = {"nom_naissance": "Zyzzyva-Quetzal", "prenoms": "Ouranie", "courriel": "ouranie.zyzzyva@exemple.fr"}
CONTACT = {"prenom": "Ouranie", "telephone": "0699887766", "courriel": "ouranie.zyzzyva@exemple.fr"}
SECRETS = (*TYPED.values(), "0699887766", "06 99 88 77 66", "3 bis, rue de l’Église")


def register(actions: Actions) -> dict[str, object]:
    """Walks through every question and confirms."""
    model = Registration(actions, Drafts())
    walk(model, {**AWA, **TYPED})
    problem = model.confirm()
    if problem is not None:
        raise PointContactError(problem)
    prepared = model.prepared()
    assert prepared is not None
    return {"kind": "registration", "id": prepared.id, "reference": prepared.reference}


def book(actions: Actions) -> dict[str, object]:
    """Asks for the first hour in a booth that seems free; the seats of an event have none."""
    slot = next(slot for slot in actions.slots() if slot.free and slot.booth)
    booked = actions.book(slot.id, contact=dict(CONTACT), language="fr")
    return {"kind": "booking", "id": booked.id, "reference": booked.reference, "slot_id": slot.id}


def show(terminal: Terminal) -> dict[str, object]:
    """What this terminal holds, and its status."""
    held = {
        kind: {record_id: fields.values() for record_id, fields in terminal.store.list(kind)}
        for kind in ("registration", "booking", "slot", "event")
    }
    return {**held, "status": terminal.status().to_json()}


def say(what: dict[str, object]) -> None:
    """One line, out of this process at once: it may be killed right after."""
    print(json.dumps(what, ensure_ascii=False), flush=True)


def main(home: str, gestures: list[str]) -> None:
    """Opens the terminal as its own program does, and makes the gestures in turn."""
    terminal = Terminal.open(Path(home), read_machine_secret())
    try:
        actions = Actions(terminal, Shelf.open(), soon=lambda: None, now_ms=terminal.now_ms)
        for gesture in gestures:
            say(show(terminal) if gesture == "show" else {"register": register, "book": book}[gesture](actions))
    finally:
        terminal.close()


if __name__ == "__main__":
    logging.basicConfig(filename=Path.home() / "visitor.log")  # as a service's journal: beside what is said
    try:
        main(sys.argv[1], sys.argv[2:])
    except PointContactError as error:
        sys.exit(error.message)
