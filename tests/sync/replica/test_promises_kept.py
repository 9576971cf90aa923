"""What a visitor was told of a place stays true: under a clock that moves, and whatever else writes."""

from __future__ import annotations

import pytest

from sync.errors import InvalidInput
from sync.replica import outbox
from sync.replica.terminal import Terminal
from tests.sync.replica.stand_in import StandInHub, Time
from tests.sync.replica.test_grants import HOUR_MS, MINUTE_MS, asked, book, booking, give


def test_a_clock_set_back_a_little_takes_no_place_from_its_visitor(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    give(hub, terminal, 1)
    local.ms += 10 * MINUTE_MS
    held = terminal.store.hold("slot-1", "a")
    local.ms -= 2000
    assert terminal.store.holding("a") == held
    assert not terminal.store.hold("slot-1", "b").guaranteed
    assert booking(terminal, book(terminal, held)).state == "guaranteed"


def test_a_clock_set_back_an_hour_keeps_a_place_five_minutes_more_and_not_longer(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    give(hub, terminal, 1)
    local.ms += 2 * HOUR_MS
    terminal.store.hold("slot-1", "a")
    local.ms -= HOUR_MS
    hub.offline = True
    terminal.rounds.run()
    assert terminal.store.guaranteed_slots() == frozenset()
    local.ms += 5 * MINUTE_MS
    assert terminal.store.guaranteed_slots() == {"slot-1"}


def test_a_place_held_just_before_it_is_too_near_is_still_booked_within_its_five_minutes(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    give(hub, terminal, 1)
    local.ms += 46 * HOUR_MS - 2 * MINUTE_MS
    held = terminal.store.hold("slot-1", "a")
    local.ms += 3 * MINUTE_MS
    hub.offline = True
    terminal.rounds.run()
    assert booking(terminal, book(terminal, held)).state == "guaranteed"


def test_a_hold_that_is_read_back_names_the_same_reference(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 5)
    held = terminal.store.hold("slot-1", "a")
    again = terminal.store.holding("a")
    assert again == held
    assert again is not None
    assert terminal.store.reference_for(again) == terminal.store.reference_for(held)


def test_a_promise_is_of_the_hour_that_was_held_and_stays_there(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    held = terminal.store.hold("slot-1", "a")
    with pytest.raises(InvalidInput, match="heure choisie"):
        terminal.store.book(held, "a", terminal.store.new_id(), asked("slot-2"))  # type: ignore[arg-type]
    record_id = book(terminal, held)
    with pytest.raises(InvalidInput):
        terminal.store.write("booking", record_id, {"slot_id": "slot-2"})
    assert booking(terminal, record_id).slot_id == "slot-1"


def test_nobody_gives_a_grant_back_by_hand(terminal: Terminal, hub: StandInHub) -> None:
    give(hub, terminal, 1)
    book(terminal, terminal.store.hold("slot-1", "a"))
    with pytest.raises(InvalidInput):
        terminal.store.write("grant", "grant-1", {"state": "released"})


def test_what_an_old_incarnation_gave_back_is_not_said_again_by_the_new_one(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    """The hub would refuse it as another's grant, and a parked refusal stops the check of both ends."""
    give(hub, terminal, 1)
    local.ms += 47 * HOUR_MS
    hub.offline = True
    terminal.rounds.run()
    kept = terminal.store.write("booking", None, {**asked(), "state": "requested"}).id  # type: ignore[dict-item]
    with terminal._database.write() as connection:
        assert [one.key[0] for one in outbox.waiting(connection)] == ["grant", "booking"]
        terminal.rounds._redraw(connection)
        assert [(one.seq, one.key[2]) for one in outbox.waiting(connection)] == [(1, kept)]
    hub.offline = False
    hub.now.ms = local.ms
    terminal.rounds.run()
    assert terminal.rounds.run().ok
    status = terminal.status()
    assert (status.parked, status.digest_mismatches, status.guaranteed) == (0, 0, 0)
