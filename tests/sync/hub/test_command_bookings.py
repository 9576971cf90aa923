"""``hub booking to-tell`` and ``told``, as a person types them."""

from __future__ import annotations

import json

from sync.hub import rows
from tests.sync.hub.stand import SITE, Stand
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


def test_the_text_read_before_a_booking_is_kept_and_exported_with_it_and_takes_no_room_in_the_list(
    hub: Stand, do: Do
) -> None:
    terminal = hub.enrol()
    asked = {
        text: terminal.booking(hub.add_slot(in_hours=hours), content_version=text)
        for hours, text in ((5, "contrat.fr-simple@2026.11.5"), (9, ""))
    }
    terminal.round(list(asked.values()))
    listed = json.loads(do("booking", "list", "--json", who=None))["bookings"]
    kept = {one["id"]: one["content_version"] for one in listed}
    assert kept == {operation.id: text for text, operation in asked.items()}
    assert "contrat" not in do("booking", "list", who=None)


def test_a_name_too_long_for_a_text_is_not_taken(hub: Stand) -> None:
    terminal = hub.enrol()
    operation = terminal.booking(hub.add_slot(), content_version="x" * 201)
    terminal.round([operation])
    with hub.database.read() as connection:
        assert rows.read(connection, "booking", SITE, operation.id) is None
