"""Acts that may hit somebody, over the administrators' API: done as they were read, or not at all."""

from __future__ import annotations

from tests.sync.hub.stand import ADMIN, SITE
from tests.sync.hub.test_admin_api import CLERK, READER, Office, office

__all__ = ["office"]


def test_an_override_is_done_only_as_it_was_read(office: Office) -> None:
    hub = office.hub
    slot_id, terminal = hub.add_slot(capacity=2), hub.enrol()
    bookings = [terminal.booking(slot_id) for _ in range(3)]
    terminal.round(bookings)
    late = next(one.id for one in bookings if hub.read("booking", one.id)["state"] != "confirmed")
    keys = {"site_id": SITE, "booking_id": late, "slot_id": slot_id}
    risk = office.get("/bookings/override", **keys)
    assert (len(risk["bookings"]), risk["because"]) == (2, "slot_taken")
    gone = risk["bookings"][0]
    terminal.round([terminal.operation("booking", gone, {"state": "cancelled"})])
    assert office.refused("/bookings/override", {**keys, "seen": risk["seen"]}) == (409, "changed")
    assert hub.read("booking", late)["state"] != "confirmed"
    risk = office.get("/bookings/override", **keys)
    assert office.refused("/bookings/override", {**keys, "seen": risk["seen"]}, CLERK) == (403, "role")
    assert office.call("GET", "/bookings/override", READER, params=keys).status_code == 403
    assert office.post("/bookings/override", {**keys, "seen": risk["seen"]}) == {"bookings": risk["bookings"]}
    assert hub.read("booking", late)["state"] == "confirmed"
    assert office.refused("/bookings/override", {**keys, "seen": risk["seen"]}) == (422, "invalid")
    assert [who for who, _ in office.journal("booking.override")] == [ADMIN]


def test_a_slot_is_withdrawn_only_as_it_was_read(office: Office) -> None:
    hub = office.hub
    slot_id, terminal = hub.add_slot(capacity=2), hub.enrol()
    keys = {"site_id": SITE, "slot_id": slot_id}
    risk = office.get("/slots/withdraw", **keys)
    assert (risk["bookings"], risk["because"]) == ([], None)
    asked = terminal.booking(slot_id)
    terminal.round([asked])
    assert office.refused("/slots/withdraw", {**keys, "seen": risk["seen"]}) == (409, "changed")
    assert hub.read("slot", slot_id)["state"] == "open"
    risk = office.get("/slots/withdraw", **keys)
    assert office.refused("/slots/withdraw", {**keys, "seen": risk["seen"]}, READER) == (403, "role")
    assert office.post("/slots/withdraw", {**keys, "seen": risk["seen"]}) == {"bookings": [asked.id]}
    assert hub.read("booking", asked.id)["state"] == "withdrawn"
    assert [who for who, _ in office.journal("slots.withdraw")] == [ADMIN]
