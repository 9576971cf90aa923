"""``hub booking override`` and ``hub slots withdraw``, as a person types them."""

from __future__ import annotations

import json

import pytest

from sync.wire import Operation
from tests.sync.hub.granted import granted
from tests.sync.hub.stand import SITE, Signer, Stand
from tests.sync.hub.typed import RAW_ID, Do, do, hub

__all__ = ["do", "hub"]


def asks(terminal: Signer, slot_id: str) -> Operation:
    operation = terminal.booking(slot_id)
    terminal.round([operation])
    return operation


def test_an_override_says_who_is_hit_and_waits_for_yes(hub: Stand, do: Do) -> None:
    slot_id, terminal = hub.add_slot(), hub.enrol()
    first, second = asks(terminal, slot_id), asks(terminal, slot_id)
    reference = str(hub.read("slot", slot_id)["external_ref"])
    before = hub.read("booking", second.id)
    refused = do("booking", "override", second.id, reference, status=1)
    assert "Rien n’est changé" in refused
    assert hub.read("booking", second.id) == before
    said = do("booking", "override", second.id, reference, "--yes")
    assert "Toutes les places de ce créneau sont prises." in said
    assert said.count("Touché : le rendez-vous du") == 1
    assert not RAW_ID.search(said)
    assert hub.read("booking", second.id)["state"] == hub.read("booking", first.id)["state"] == "confirmed"
    assert "2 personnes sont attendues" in do("todo", "list", who=None)


def test_an_override_of_a_promise_that_nobody_knows_says_so(hub: Stand, do: Do) -> None:
    hub.add_slot(capacity=2)
    terminal, other = hub.enrol(), hub.enrol()
    _, slot_id = granted(hub, terminal)
    other.round()
    asked = [asks(other, slot_id) for _ in range(3)]
    last = next(one for one in asked if hub.read("booking", one.id)["state"] not in {"confirmed", "guaranteed"})
    said = do("booking", "override", last.id, slot_id, "--yes")
    assert "Touché peut-être : la personne à qui la borne n° 1 a pu promettre sa place" in said


def test_an_unknown_slot_or_role_changes_nothing(hub: Stand, do: Do) -> None:
    slot_id, terminal = hub.add_slot(), hub.enrol()
    first = asks(terminal, slot_id)
    assert "Aucun créneau" in do("booking", "override", first.id, "S-unknown", "--yes", status=1)
    assert "compte" in do("booking", "override", first.id, slot_id, "--yes", who="Personne", status=1)
    assert "Aucun créneau" in do("slots", "withdraw", "S-unknown", "--site", SITE, "--yes", status=1)
    assert "compte" in do("slots", "withdraw", slot_id, "--site", SITE, "--yes", who="Personne", status=1)
    assert hub.read("slot", slot_id)["state"] == "open"


def test_a_slot_is_withdrawn_after_saying_who_counts_on_it(hub: Stand, do: Do) -> None:
    slot_id, terminal = hub.add_slot(), hub.enrol()
    first = asks(terminal, slot_id)
    assert "Rien n’est changé" in do("slots", "withdraw", slot_id, "--site", SITE, status=1)
    assert hub.read("slot", slot_id)["state"] == "open"
    said = do("slots", "withdraw", slot_id, "--site", SITE, "--yes")
    assert "Touché : le rendez-vous du" in said
    assert "touchés : 1." in said
    assert hub.read("booking", first.id)["state"] == "withdrawn"
    assert json.loads(do("booking", "to-tell", "--json", who=None))["to_tell"][0]["id"] == first.id


def test_a_free_slot_hits_nobody(hub: Stand, do: Do) -> None:
    slot_id = hub.add_slot()
    said = do("slots", "withdraw", slot_id, "--site", SITE, "--yes")
    assert "Personne d’autre ne compte sur cette place." in said
    assert json.loads(do("slots", "withdraw", hub.add_slot(), "--site", SITE, "--yes", "--json"))["bookings"] == []


@pytest.mark.parametrize("words", [["slots", "withdraw", "x"], ["booking", "override", "x"]])
def test_a_wrong_usage_exits_with_2(do: Do, words: list[str]) -> None:
    do(*words, status=2)
