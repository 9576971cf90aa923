"""A terminal that died with promises nobody heard of: its slips alone bring them back, to live on as any booking."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.hub import fleet
from sync.questions import ClaimReply, ClaimRequest
from tests.sync.hub.granted import check_places, granted
from tests.sync.hub.slip import page, promised, voice
from tests.sync.hub.stand import ADMIN, Signer, Stand, asked, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        for at in range(4):
            stand.add_slot(in_hours=48 + at)
        yield stand


def open_at(terminal: Signer, **slip: str) -> ClaimReply:
    body = ClaimRequest(terminal_id=terminal.terminal_id, incarnation=terminal.incarnation, **slip)  # type: ignore[arg-type]
    request = terminal.signed(body.to_bytes(), path="/v1/claim")
    return terminal.hub.genuine(terminal.hub.exchange.answer(request), ClaimReply, asked(request))


@pytest.mark.parametrize(
    "way", ["at another terminal by reference", "at another terminal by qr", "by phone", "by voice"]
)
def test_a_slip_is_enough_for_its_booking_to_live_on(hub: Stand, way: str) -> None:
    dead, living = hub.enrol(), hub.enrol()
    grant_id, slot_id = granted(hub, dead)
    _, text, reference = promised(dead, grant_id)  # and the disk is lost
    living.round()
    if way == "by phone":
        assert "Votre rendez-vous est réservé" in page(hub, text)[1]
    elif way == "by voice":
        assert voice(hub, reference).outcome == "made"
    else:
        slip = {"reference": reference} if way.endswith("reference") else {"claim": text}
        assert open_at(living, **slip).found

    [entry] = [one for one in living.round().entries if one.kind == "booking"]
    booking = hub.read("booking", entry.id)
    assert (booking["state"], booking["slot_id"], booking["grant_id"]) == ("guaranteed", slot_id, grant_id)
    told = {name: held.value for name, held in entry.fields.items()}
    assert told == {name: booking[name] for name in told}
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)

    same = {"reference": reference} if way.endswith(("reference", "voice")) else {"claim": text}
    assert open_at(living, **same).id == entry.id, "opened again it makes nothing"

    other = next(one for one in _free(hub) if one != slot_id)
    moved = living.booking(other, moved_from=entry.id)
    living.round([moved])
    assert (hub.read("booking", moved.id)["state"], hub.read("booking", entry.id)["state"]) == ("confirmed", "moved")
    check_places(hub)
    living.round([living.operation("booking", moved.id, {"state": "cancelled"})])
    assert hub.read("slot", other)["taken"] == 0
    shown = {one.id: one.fields["state"].value for one in open_at(living, **same).entries if one.kind == "booking"}
    assert shown == {entry.id: "moved", moved.id: "cancelled"}
    assert "Ce rendez-vous est annulé" in page(hub, text)[1]
    check_places(hub)


def test_once_it_is_revoked_its_slips_are_checked_by_a_person(hub: Stand) -> None:
    dead, living = hub.enrol(), hub.enrol()
    grant_id, slot_id = granted(hub, dead)
    _, text, reference = promised(dead, grant_id)
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), dead.terminal_id, ADMIN)
    assert voice(hub, reference).outcome == "to_check"
    assert "vérifi" in page(hub, text)[1]
    assert not open_at(living, reference=reference).found
    assert not open_at(living, claim=text).found
    assert hub.read("slot", slot_id)["taken"] == 1, "its grant is frozen, nobody else is given the place"


def _free(hub: Stand) -> list[str]:
    return [key for _, kind, key in hub.feed_of() if kind == "slot" and hub.read("slot", key)["taken"] == 0]
