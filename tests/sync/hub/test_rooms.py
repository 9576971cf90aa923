"""The way into a video appointment: kept apart and closed, told late, to who has a place, and to nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from sync.hub import retention, rooms
from sync.hub.csv_file import BadLines
from sync.hub.database import table_of
from sync.hub.import_diff import FileImport, record_id_of
from sync.hub.slot_import import import_slots
from sync.hub.tables import Room
from sync.questions import RoomReply, RoomRequest
from sync.wire import Operation
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Signer, Stand, asked, hub_in

URL = "https://visio.example.org/salon-8f2c"
HEADINGS = "référence;site;motif;date;début;fin;lien vidéo;téléphone"
A_SLOT = f"A1;{SITE};edo;24/11/2026;14h;14 h 30"
START_MS = 1_795_525_200_000
"""24 November 2026, 14 h in Paris."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def load(hub: Stand, line: str = f"{A_SLOT};{URL};3949", headings: str = HEADINGS) -> str:
    with hub.database.write() as connection:
        import_slots(connection, hub.clock(), FileImport(f"{headings}\n{line}".encode(), keys=hub.keys), ADMIN)
    return record_id_of("slot", SITE, "A1")


def booked(terminal: Signer, slot_id: str) -> Operation:
    operation = terminal.booking(slot_id)
    terminal.round([operation])
    return operation


def ask(terminal: Signer, booking_id: str) -> RoomReply:
    message = RoomRequest(terminal_id=terminal.terminal_id, incarnation=terminal.incarnation, booking_id=booking_id)
    request = terminal.signed(message.to_bytes(), path="/v1/room")
    return terminal.hub.genuine(terminal.hub.exchange.answer(request), RoomReply, asked(request))


def at(hub: Stand, minutes: int) -> None:
    """So many minutes after the appointment begins."""
    hub.clock.ms = START_MS + minutes * 60_000


@pytest.mark.parametrize(
    ("minutes", "because"),
    [(-61, "too_early"), (-60, None), (0, None), (90, None), (91, "over")],
)
def test_the_address_is_told_around_the_hour_only(hub: Stand, minutes: int, because: str | None) -> None:
    terminal = hub.enrol()
    made = booked(terminal, load(hub))
    at(hub, minutes)
    reply = ask(terminal, made.id)
    assert reply.because == because
    assert reply.url == (URL if because is None else None)
    assert reply.until_ms == (START_MS + 90 * 60_000 if because is None else None)


@pytest.mark.parametrize("state", ["requested", "cancelled"])
def test_who_has_no_place_has_no_address(hub: Stand, state: str) -> None:
    terminal, slot_id = hub.enrol(), load(hub)
    first = booked(terminal, slot_id)
    made = booked(terminal, slot_id) if state == "requested" else first
    if state == "cancelled":
        terminal.round([terminal.operation("booking", made.id, {"state": "cancelled"})])
    at(hub, 0)
    assert ask(terminal, made.id).because == "no_place"


def test_an_unknown_booking_another_site_s_and_a_slot_without_address_are_told_apart_from_nothing(hub: Stand) -> None:
    hub.add_site("site-nord")
    near, far = hub.enrol(), hub.enrol("site-nord")
    made = booked(near, load(hub))
    bare = booked(near, hub.add_slot(in_hours=(START_MS - hub.clock()) / HOUR_MS))
    at(hub, -5)
    assert ask(far, made.id).because == "booking_unknown"
    assert ask(near, "no-such-booking").because == "booking_unknown"
    assert ask(near, bare.id).because == "no_address"


def test_a_terminal_that_is_only_a_wall_screen_has_no_booth(hub: Stand) -> None:
    terminal = hub.enrol()
    made = booked(terminal, load(hub))
    board = hub.enrol(code=hub.invite(functions=("affichage",)))
    at(hub, 0)
    assert ask(board, made.id).because == "not_offered"


def test_the_address_lies_closed_and_opens_under_the_hub_s_key_at_its_own_place_only(hub: Stand) -> None:
    slot_id = load(hub)
    table = table_of(Room)
    with hub.database.write() as connection:
        sealed = connection.execute(select(table.c.sealed)).scalar()
        assert sealed is not None
        assert b"salon" not in sealed
        connection.execute(table.insert().values(site_id=SITE, slot_id="other", sealed=sealed))
        assert rooms.find(connection, hub.keys, SITE, slot_id) == URL
        assert rooms.find(connection, hub.keys, SITE, "other") is None
    assert "salon" not in str([hub.read("slot", slot_id), hub.feed_of()])


def test_a_file_changes_an_address_leaves_it_alone_or_takes_it_away(hub: Stand) -> None:
    slot_id = load(hub)

    def found() -> str | None:
        with hub.database.read() as connection:
            return rooms.find(connection, hub.keys, SITE, slot_id)

    load(hub, A_SLOT, HEADINGS.rsplit(";", 2)[0])
    assert (found(), hub.read("slot", slot_id)["phone"]) == (URL, "3949")
    load(hub, f"{A_SLOT};{URL}-2;02 54 00 00 00")
    assert (found(), hub.read("slot", slot_id)["phone"]) == (f"{URL}-2", "02 54 00 00 00")
    load(hub, f"{A_SLOT};;")
    assert (found(), hub.read("slot", slot_id)["phone"]) == (None, "")


@pytest.mark.parametrize(
    ("url", "phone", "said"),
    [
        ("http://visio.example.org/a", "", "https"),
        ("https://moi:mot@visio.example.org/a", "", "https"),
        ("https://localhost/a", "", "https"),
        ("https://visio.example.org:8443/a", "", "https"),
        ("https://visio.example.org/é", "", "https"),
        (URL, "appelez-nous", "téléphone"),
    ],
)
def test_what_is_no_address_and_no_number_is_refused_with_the_line(hub: Stand, url: str, phone: str, said: str) -> None:
    with pytest.raises(BadLines) as bad:
        load(hub, f"{A_SLOT};{url};{phone}")
    assert said in bad.value.lines[0]


def test_an_address_does_not_outlive_its_appointment(hub: Stand) -> None:
    load(hub)
    table = table_of(Room)
    for hours, left in ((1, 1), (2, 0)):
        hub.clock.ms = START_MS + hours * HOUR_MS
        with hub.database.write() as connection:
            retention.run(connection, hub.clock())
            assert len(connection.execute(select(table)).all()) == left
