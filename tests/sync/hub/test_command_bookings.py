"""``hub booking to-tell`` and ``told``, as a person types them."""

from __future__ import annotations

import json

from tests.sync.hub.stand import Stand
from tests.sync.hub.test_todo import a_booking
from tests.sync.hub.typed import Do, do, hub

__all__ = ["do", "hub"]


def test_the_people_to_tell_are_listed_and_struck_off(hub: Stand, do: Do) -> None:
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    said = do("booking", "to-tell", who=None)
    assert "annulé par l’organisme" in said
    assert "entretien d’orientation" in said
    [line] = json.loads(do("booking", "to-tell", "--json", who=None))["to_tell"]
    assert (line["id"], line["state"]) == (booking_id, "withdrawn")
    assert "prévenue" in do("booking", "told", booking_id)
    assert hub.read("booking", booking_id)["told_at"] is not None
    assert do("booking", "to-tell", who=None).strip() == "Personne n’est à prévenir."
    assert "déjà prévenue" in do("booking", "told", booking_id, status=1)
