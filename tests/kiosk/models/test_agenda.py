"""The entry on the terminal's screen and the file of its hub are one entry: same UID, same number, through a move."""

from __future__ import annotations

import icalendar

from kiosk.models import agenda
from kiosk.slip import QR_MODULE_PX, QR_QUIET_MODULES
from kiosk.views import BookedView
from kiosk.wording import LANGUAGES
from sync.agenda import WORDS
from sync.hub.claims import ClaimDesk
from tests.kiosk.qr_reader import read_qr
from tests.kiosk.test_actions import OTHER_SLOT, SLOT, SOON, Hub, Kiosk, hub, kiosk

__all__ = ["hub", "kiosk"]


def of_kiosk(kiosk: Kiosk, record_id: str) -> icalendar.Event | None:
    png = agenda.EntryQr().png(kiosk.actions, record_id, "fr")
    if png is None:
        return None
    text, version = read_qr(png, scale=QR_MODULE_PX, border=QR_QUIET_MODULES)
    assert version <= 13
    (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return event  # type: ignore[return-value]


def of_hub(hub: Hub, booked: BookedView) -> icalendar.Event | None:
    assert booked.claim_url is not None
    answer = ClaimDesk(hub.database, hub.keys, now_ms=hub.time).agenda(booked.claim_url.rpartition("/")[2])
    if answer.status == 404:
        return None
    (event,) = icalendar.Calendar.from_ical(answer.body).walk("VEVENT")
    return event  # type: ignore[return-value]


def test_an_entry_speaks_every_language_of_the_kiosk() -> None:
    assert set(WORDS) == set(LANGUAGES) - {"fr-simple"}


def same(hub: Hub, kiosk: Kiosk, booked: BookedView) -> tuple[str, int, str] | None:
    """UID, number and state of the one entry that both ends give; None where neither gives one."""
    here, there = of_kiosk(kiosk, booked.id), of_hub(hub, booked)
    if here is None or there is None:
        assert here is None
        assert there is None
        return None
    for name in ("UID", "SEQUENCE", "STATUS"):
        assert here[name] == there[name]
    assert here.start == there.start.astimezone(here.start.tzinfo)
    return str(here["UID"]), int(here["SEQUENCE"]), str(here["STATUS"])


def test_a_booking_that_is_made_and_cancelled_is_one_entry_on_both_ends(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    booked = kiosk.actions.book(SLOT, contact={}, language="fr")
    kiosk.round()
    assert same(hub, kiosk, booked) == (booked.id, 1, "CONFIRMED")
    kiosk.actions.cancel_booking(booked.id)
    assert agenda.is_over(kiosk.actions, booked.id, "fr")
    kiosk.round()
    assert same(hub, kiosk, booked) == (booked.id, 3, "CANCELLED")


def test_a_request_is_tentative_and_its_answer_raises_the_number(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()
    hub.cut = True
    booked = kiosk.actions.book(SLOT, contact={}, language="fr")
    waiting = of_kiosk(kiosk, booked.id)
    assert waiting is not None
    assert (waiting["STATUS"], waiting["SEQUENCE"]) == ("TENTATIVE", 0)
    hub.cut = False
    kiosk.round()
    kiosk.round()
    assert same(hub, kiosk, booked) == (booked.id, 1, "CONFIRMED")


def test_a_move_keeps_the_uid_and_one_that_is_only_asked_for_gives_no_entry(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, SOON + 24)
    kiosk.round()
    first = kiosk.actions.book(SLOT, contact={}, language="fr")
    kiosk.round()
    hub.cut = True
    second = kiosk.actions.book(OTHER_SLOT, contact={}, language="fr", moved_from=first.id)
    assert of_kiosk(kiosk, second.id) is None, "the telephone would lose the hour that still is theirs"
    assert of_kiosk(kiosk, first.id) is not None
    hub.cut = False
    for _ in range(3):
        kiosk.round()
    moved = kiosk.actions.booking(first.id)
    assert moved is not None
    assert moved.state == "moved"
    assert of_kiosk(kiosk, first.id) is None, "its newest booking has the entry"
    assert same(hub, kiosk, second) == (first.id, 5, "CONFIRMED")
    kiosk.actions.cancel_booking(second.id)
    kiosk.round()
    assert same(hub, kiosk, second) == (first.id, 7, "CANCELLED")
