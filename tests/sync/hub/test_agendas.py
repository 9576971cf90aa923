"""The calendar file of a slip: the same entry through moves and cancelling, nothing for a claim that is not good."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import icalendar
import pytest

from sync.change import Value, new_id
from sync.claim import LANGUAGES
from sync.hub import fleet, rows
from sync.hub.claims import ClaimDesk
from tests.sync.hub.slip import claim_of, page
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        stand.add_site(SITE, name="Mairie d’Été <Lyon>", address="1 rue de l’Église", zone="Indian/Reunion")
        yield stand


def becomes(hub: Stand, record_id: str, **values: Value) -> None:
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, record_id, values)


def desk(hub: Stand) -> ClaimDesk:
    return ClaimDesk(hub.database, hub.keys, now_ms=hub.clock, random=hub.random)


def entry(hub: Stand, text: str) -> tuple[str, icalendar.Event]:
    answer = desk(hub).agenda(text)
    assert answer.status == 200
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="agenda.ics"'
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.body)
    (event,) = calendar.walk("VEVENT")
    return str(calendar["METHOD"]), event  # type: ignore[return-value]


def booked(hub: Stand, signer: Signer, **values: Value) -> tuple[str, str]:
    """A booking that the hub holds, and the claim on its slip."""
    slot_id = hub.add_slot()
    operation = signer.booking(slot_id, **values)
    signer.round([operation])
    return operation.id, claim_of(signer, "booking", operation.id, slot_id)


def test_a_booking_keeps_its_entry_from_the_asking_to_the_cancelling(hub: Stand) -> None:
    record_id, text = booked(hub, hub.enrol())
    becomes(hub, record_id, state="requested")
    seen = []
    for state, method, status in (
        ("requested", "PUBLISH", "TENTATIVE"), ("confirmed", "PUBLISH", "CONFIRMED"),
        ("withdrawn", "CANCEL", "CANCELLED"), ("cancelled", "CANCEL", "CANCELLED"),
    ):  # fmt: skip
        becomes(hub, record_id, state=state)
        said, event = entry(hub, text)
        assert (said, event["STATUS"], event["UID"]) == (method, status, record_id)
        assert event["LOCATION"] == "Mairie d’Été <Lyon>, 1 rue de l’Église"
        assert event.start.tzname() is not None
        assert event["DTSTART"].params["TZID"] == "Indian/Reunion"
        seen.append(event["SEQUENCE"])
    assert seen == sorted(set(seen))


def test_who_waits_in_a_line_has_no_hour_to_put_in_a_calendar(hub: Stand) -> None:
    record_id, text = booked(hub, hub.enrol())
    becomes(hub, record_id, state="requested", declined_because="waits_for_a_place")
    assert desk(hub).agenda(text).status == 404
    assert "agenda.ics" not in page(hub, text)[1]
    becomes(hub, record_id, state="confirmed", declined_because=None)
    assert entry(hub, text)[1]["STATUS"] == "CONFIRMED"


def test_a_move_keeps_the_entry_and_while_it_is_only_asked_for_there_is_none(hub: Stand) -> None:
    signer = hub.enrol()
    first_id, first = booked(hub, signer)
    becomes(hub, first_id, state="confirmed")
    before = entry(hub, first)[1]
    second_id, second = booked(hub, signer, moved_from=first_id)
    becomes(hub, second_id, state="requested")
    becomes(hub, first_id, state="confirmed")
    assert desk(hub).agenda(second).status == 404, "the telephone would lose the hour that still is theirs"
    assert "agenda.ics" not in page(hub, second)[1]
    assert entry(hub, first)[1]["SEQUENCE"] == before["SEQUENCE"]
    becomes(hub, second_id, state="confirmed")
    becomes(hub, first_id, state="moved")
    for text in (first, second):
        _, event = entry(hub, text)
        assert event["UID"] == first_id
        assert event["SEQUENCE"] > before["SEQUENCE"]
        assert event.start != before.start or event["DTSTART"].to_ical() == before["DTSTART"].to_ical()


def test_the_page_links_to_the_file_in_every_language(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    operation = signer.booking(slot_id)
    signer.round([operation])
    for language in LANGUAGES:
        text = claim_of(signer, "booking", operation.id, slot_id, language=language)
        assert f'href="{text}/agenda.ics"' in page(hub, text)[1]
        assert entry(hub, text)[1]["SUMMARY"]
    becomes(hub, operation.id, state="confirmed")
    becomes(hub, operation.id, state="cancelled")
    assert "Effacer de mon agenda" in page(hub, claim_of(signer, "booking", operation.id, slot_id))[1]


def test_what_is_not_good_or_has_no_entry_gets_the_neutral_page(hub: Stand) -> None:
    signer = hub.enrol()
    prepared = signer.registration()
    signer.round([prepared])
    record_id, good = booked(hub, signer)
    neutral = desk(hub).agenda("nonsense")
    assert neutral.status == 404
    assert neutral.headers["content-type"].startswith("text/html")
    altered = good[:-1] + ("A" if good[-1] != "A" else "B")
    old = claim_of(signer, "booking", record_id, hub.add_slot(), expires_s=hub.clock() // 1000 - 1)
    for text in (claim_of(signer, "registration", prepared.id), altered, old):
        answer = desk(hub).agenda(text)
        assert (answer.status, answer.body) == (404, neutral.body)
    assert desk(hub).agenda(good).status == 200


def test_a_revoked_terminal_s_unknown_slip_gives_no_entry(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    text = claim_of(signer, "booking", new_id(hub.clock(), hub.random(10)), slot_id)
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), signer.terminal_id, ADMIN)
    assert desk(hub).agenda(text).status == 404
