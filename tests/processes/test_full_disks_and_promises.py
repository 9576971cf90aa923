"""What was promised when a disk fills up, at either end: it stays promised, to one person, and the rest is refused."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime

import pytest

from content.shelf import Shelf
from kiosk.actions import Actions
from sync.demo import starter
from sync.errors import DiskFull
from sync.hub import quarantine
from sync.hub.database import HubDatabase
from sync.promise import ACTIVE, GUARANTEED
from sync.replica.terminal import Terminal
from tests.processes.gestures import held_at_hub, held_at_terminal, refused, synchronise, visit
from tests.processes.ledger import broken_hub, broken_terminal
from tests.processes.small_disk import SmallDisk
from tests.processes.visitor import CONTACT
from tests.stage import SITE, Stage

pytestmark = pytest.mark.processes
VISIT = "a-visit"


@contextmanager
def at_the_screen(stage: Stage) -> Iterator[Actions]:
    """What the screens call, beside whatever runs there."""
    with closing(Terminal.open(stage.terminal_home, stage.secret_file.read_bytes())) as terminal:
        yield Actions(terminal, Shelf.open(), soon=lambda: None, now_ms=terminal.now_ms)


def the_sure_hour(actions: Actions) -> str:
    return next(slot.id for slot in actions.slots() if slot.guaranteed)


def book(actions: Actions, slot_id: str, *, visit_key: str | None = None) -> str:
    booked = actions.book(slot_id, contact=dict(CONTACT), language="fr", visit_key=visit_key)
    assert booked.guaranteed
    return booked.id


def spends(stage: Stage) -> dict[str, list[int]]:
    """The spend numbers of each grant that the hub knows a booking of."""
    found: dict[str, list[int]] = {}
    for row in held_at_hub(stage, "booking").values():
        if row["grant_id"]:
            found.setdefault(row["grant_id"], []).append(row["spend_no"])
    return found


def sound(stage: Stage) -> bool:
    """Both databases as SQLite itself sees them; nothing may have them open."""
    return not broken_hub(stage.hub_home) and not broken_terminal(stage.terminal_home, stage.secret_file.read_bytes())


def test_an_hour_kept_before_the_terminals_disk_filled_up_is_that_persons_when_there_is_room(
    stage: Stage, disks: list[SmallDisk]
) -> None:
    disks.append(SmallDisk(stage.terminal_home))
    with at_the_screen(stage) as actions:
        slot_id = the_sure_hour(actions)
        held = actions.hold(slot_id, VISIT)
        disks[0].fill()
        with pytest.raises(DiskFull, match="plein"):
            book(actions, slot_id, visit_key=VISIT)
        with pytest.raises(DiskFull, match="plein"):
            actions.hold(the_sure_hour(actions), "another-visit")
        still = actions.held(VISIT)
        assert still is not None
        assert (still.slot.id, still.until) == (slot_id, held.until), "what was shown as kept is kept"
        disks[0].free()
        booking_id = book(actions, slot_id, visit_key=VISIT)
    hub = stage.hub_up()
    synchronise(stage)
    synchronise(stage)
    row = held_at_hub(stage, "booking")[booking_id]
    assert (row["state"], row["slot_id"]) == (GUARANTEED, slot_id)
    assert all(len(numbers) == len(set(numbers)) for numbers in spends(stage).values())
    assert hub.stop() == 0
    assert sound(stage)


def test_a_promise_waits_for_room_at_the_hub_and_its_place_is_given_to_nobody_else(
    stage: Stage, disks: list[SmallDisk]
) -> None:
    disks.append(SmallDisk(stage.hub_home))
    hub = stage.hub_up()
    with at_the_screen(stage) as actions:
        slot_id = the_sure_hour(actions)
        booking_id = book(actions, slot_id)
    grants = {i for i, row in held_at_hub(stage, "grant").items() if row["state"] == ACTIVE}
    disks[0].fill()
    for _ in range(2):
        assert "disque du hub est plein" in refused(stage.terminal("sync"))
    assert held_at_terminal(stage)["booking"][booking_id]["state"] == GUARANTEED
    assert held_at_terminal(stage)["status"]["last_refusal_code"] == "disk_full"
    assert {i for i, row in held_at_hub(stage, "grant").items() if row["state"] == ACTIVE} == grants, "none by halves"
    assert held_at_hub(stage, "booking") == {}
    disks[0].free()
    synchronise(stage)
    synchronise(stage)
    row = held_at_hub(stage, "booking")[booking_id]
    assert (row["state"], row["slot_id"], row["spend_no"]) == (GUARANTEED, slot_id, 1)
    active = [row for row in held_at_hub(stage, "grant").values() if row["state"] == ACTIVE]
    slots = held_at_hub(stage, "slot")
    assert sum(slot["taken"] for slot in slots.values()) == len(active)
    assert hub.stop() == 0
    assert sound(stage)


def test_what_a_revoked_terminal_sends_to_a_full_hub_is_kept_once_when_there_is_room(
    stage: Stage, disks: list[SmallDisk]
) -> None:
    disks.append(SmallDisk(stage.hub_home))
    made = visit(stage, "register", "book")
    stage.do_hub("terminal", "revoke", held_at_terminal(stage)["status"]["terminal_id"])
    hub = stage.hub_up()
    disks[0].fill()
    assert "disque du hub est plein" in refused(stage.terminal("sync"))
    assert kept_apart(stage) == []
    disks[0].free()
    for _ in range(2):
        assert "révoquée" in refused(stage.terminal("sync"))
    assert sorted(kept_apart(stage)) == sorted(entry["id"] for entry in made)
    assert held_at_terminal(stage)["status"]["waiting"] == 2
    assert hub.stop() == 0
    assert sound(stage)


def kept_apart(stage: Stage) -> list[str]:
    """The records that wait in the hub's quarantine."""
    path = stage.hub_home / "hub.db"
    with closing(HubDatabase.open(path, migrate=False)) as database, database.read() as connection:
        return [one.record_id for one in quarantine.list_held(connection)]


def test_a_file_imported_on_a_full_hub_is_refused_whole_and_reaches_the_terminals_when_there_is_room(
    stage: Stage, disks: list[SmallDisk]
) -> None:
    disks.append(SmallDisk(stage.hub_home))
    rows = [row | {"cabine": booth} for booth in "123" for row in starter.slot_rows(datetime.now(UTC))]
    for at, row in enumerate(rows):
        row["référence"] += f"-{at}"
    file = stage.file("more.csv", starter.to_csv(rows))
    before = held_at_hub(stage, "slot")
    disks[0].fill()
    assert "plein" in refused(stage.hub("slots", "import", str(file), person=True))
    disks[0].free()
    assert held_at_hub(stage, "slot") == before, "all or nothing"
    stage.do_hub("slots", "import", str(file))
    hub = stage.hub_up()
    synchronise(stage)
    shown = held_at_terminal(stage)
    at_hub = held_at_hub(stage, "slot", SITE)
    assert {i: slot["taken"] for i, slot in shown["slot"].items()} == {i: slot["taken"] for i, slot in at_hub.items()}
    assert len(at_hub) > 3 * len([row for row in rows if row["site"] == SITE]) // 4
    assert shown["status"]["digest_mismatches"] == 0
    assert hub.stop() == 0
    assert sound(stage)
