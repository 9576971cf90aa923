"""On line an hour is asked for at once; a slip of another terminal of the site opens here, by its code or its QR."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.models import booking_steps as steps
from kiosk.models.booking_steps import BookingJourney
from kiosk.models.reference import Fault, ReferenceSearch, check_typed
from kiosk.models.registration import Registration
from kiosk.screens.booking import Booking
from kiosk.screens.reference import Reference
from kiosk.visit import Drafts
from sync.claim import make_reference
from tests.kiosk.in_process import Shown
from tests.kiosk.models.registration_world import AWA, walk
from tests.kiosk.screens.test_journeys import a_visit, run
from tests.kiosk.test_actions import OTHER_SLOT, OTHER_VISIT, SLOT, SOON, VISIT, Hub, Kiosk, kiosk

__all__ = ["kiosk"]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """A hub that gives a place at once to who asks."""
    made = Hub(tmp_path / "hub")
    yield made
    made.database.close()


@pytest.fixture
def other(hub: Hub, kiosk: Kiosk, tmp_path: Path) -> Iterator[Kiosk]:
    """The second terminal of the site."""
    made = Kiosk(hub, tmp_path / "other")
    made.round()
    yield made
    made.terminal.close()


def before_hours(kiosk: Kiosk) -> BookingJourney:
    journey = BookingJourney(kiosk.actions, Drafts(), VISIT)
    journey.choose_reason("suivi")
    journey.go_on()
    return journey


def two_hours(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    hub.open_slot(OTHER_SLOT, SOON + 2)
    kiosk.round()


def test_on_line_an_hour_that_was_on_request_is_the_persons_as_soon_as_it_is_touched(hub: Hub, kiosk: Kiosk) -> None:
    two_hours(hub, kiosk)
    journey = before_hours(kiosk)
    day = journey.offer().days[0]
    assert (len(day.guaranteed), len(day.requested)) == (0, 2)
    journey.choose_hour(SLOT)
    assert (journey.is_guaranteed, journey.turned, journey.refused) == (True, False, False)
    held = journey.held()
    assert held is not None
    assert held.until is not None
    day = journey.offer().days[0]
    assert [hour.slot_id for hour in day.guaranteed] == [SLOT]
    journey.go_on()
    assert journey.step == steps.NEEDS, "it is sure: no other wish is asked for"


def test_without_a_network_the_same_touch_is_a_request_and_nothing_waits(hub: Hub, kiosk: Kiosk) -> None:
    two_hours(hub, kiosk)
    hub.cut = True
    kiosk.round()
    journey = before_hours(kiosk)
    journey.choose_hour(SLOT)
    assert (journey.is_guaranteed, journey.refused, journey.hour_is_gone) == (False, False, False)


def test_an_hour_that_somebody_else_has_taken_meanwhile_is_gone(hub: Hub, kiosk: Kiosk, other: Kiosk) -> None:
    two_hours(hub, kiosk)
    other.round()
    assert other.actions.hold(SLOT, OTHER_VISIT).guaranteed
    journey = before_hours(kiosk)
    journey.choose_hour(SLOT)
    assert (journey.hour_is_gone, journey.is_guaranteed) == (True, False)
    journey.choose_hour(OTHER_SLOT)
    assert (journey.hour_is_gone, journey.is_guaranteed) == (False, True)


def test_where_the_hub_gives_nothing_at_once_the_screen_says_so_and_it_is_asked_for(tmp_path: Path) -> None:
    hub = Hub(tmp_path / "hub", takes_per_hour=0)
    kiosk = Kiosk(hub, tmp_path / "terminal")
    two_hours(hub, kiosk)

    async def scenario() -> None:
        async with Shown(Booking, a_visit(), kiosk.actions) as shown:
            for words in ("Parler à mon conseiller", "Continuer", "à Paris"):
                await shown.tap(words)
            assert "ne peut pas la réserver tout de suite" in shown.words()
            assert any("Demander" in face for face in shown.touchables())

    run(scenario())
    kiosk.terminal.close()
    hub.database.close()


def test_the_screen_goes_from_amber_to_green_when_the_hub_has_given_the_hour(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, SOON)
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Booking, a_visit(), kiosk.actions) as shown:
            for words in ("Parler à mon conseiller", "Continuer"):
                await shown.tap(words)
            assert "Sur demande" in shown.words()
            await shown.tap("à Paris")
            words = shown.words()
            assert "Sur demande" not in words
            assert "Réservation immédiate" in words
            assert "gardée pour vous jusqu’à" in words

    run(scenario())


def test_while_the_hub_is_asked_the_screen_says_so_and_no_touch_changes_anything(hub: Hub, kiosk: Kiosk) -> None:
    two_hours(hub, kiosk)
    gate = asyncio.Event()
    loops: list[asyncio.AbstractEventLoop] = []
    answer = hub.exchange.answer

    class Slow:
        """The hub, a second away."""

        def answer(self, request: object) -> object:
            if "take" in str(getattr(request, "path", "")):
                asyncio.run_coroutine_threadsafe(gate.wait(), loops[0]).result(10)
            return answer(request)  # type: ignore[arg-type]

    hub.exchange = Slow()  # type: ignore[assignment]

    async def scenario() -> None:
        loops.append(asyncio.get_running_loop())
        async with Shown(Booking, a_visit(), kiosk.actions) as shown:
            for words in ("Parler à mon conseiller", "Continuer"):
                await shown.tap(words)
            touching = asyncio.ensure_future(shown.tap("à Paris"))
            while "Je demande l’heure" not in shown.words():
                await asyncio.sleep(0.01)
            assert "gardée pour vous" not in shown.words()
            gate.set()
            await touching
            assert "gardée pour vous jusqu’à" in shown.words()

    run(scenario())


def test_a_slip_of_another_terminal_opens_by_its_code_and_can_be_cancelled_here(
    hub: Hub, kiosk: Kiosk, other: Kiosk
) -> None:
    two_hours(hub, kiosk)
    booked = kiosk.actions.book(SLOT, contact={"prenom": "Maïwenn"}, language="fr")
    kiosk.round()
    search = ReferenceSearch(other.actions, Drafts())
    assert search.search(booked.reference) is None
    opened = search.opened()
    assert opened is not None
    assert (opened.kind, opened.id, opened.holds_a_place) == ("booking", booked.id, True)
    assert search.act("cancel") == ""
    kiosk.round()
    here = kiosk.actions.booking(booked.id)
    assert here is not None
    assert here.state == "cancelled"


def test_the_qr_of_a_slip_opens_it_as_a_scanner_types_it(hub: Hub, kiosk: Kiosk, other: Kiosk) -> None:
    two_hours(hub, kiosk)
    url = kiosk.actions.book(SLOT, contact={}, language="fr").claim_url
    assert url is not None
    kiosk.round()

    async def scenario() -> None:
        async with Shown(Reference, a_visit("/code"), other.actions) as shown:
            await shown.type(url)
            await shown.tap("Voir où j’en suis")
            assert "Rendez-vous réservé." in shown.words()
            assert url not in shown.words()

    run(scenario())


def test_what_a_scanner_reads_is_told_apart_from_what_is_no_slip_and_from_what_needs_the_network(
    hub: Hub, kiosk: Kiosk, other: Kiosk
) -> None:
    two_hours(hub, kiosk)
    url = kiosk.actions.book(SLOT, contact={}, language="fr").claim_url
    assert url is not None
    assert check_typed("https://shop.example/a-voucher-of-ten-euros") == Fault("reference.not_a_slip")
    hub.cut = True
    other.round()
    search = ReferenceSearch(other.actions, Drafts())
    assert search.search(url) == Fault("reference.needs_network", unknown=True)
    kiosk.round()
    assert ReferenceSearch(kiosk.actions, Drafts()).search(url) is None, "its own terminal needs nobody"


def test_a_code_of_nowhere_is_not_called_wrong_without_a_network(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    unknown = make_reference(999, 1, b"another secret").shown
    assert ReferenceSearch(kiosk.actions, Drafts()).search(unknown) == Fault("reference.not_found", unknown=True)
    hub.cut = True
    kiosk.round()
    assert ReferenceSearch(kiosk.actions, Drafts()).search(unknown) == Fault("reference.unknown", unknown=True)


@pytest.mark.parametrize("chosen", [None, "garder", "detruire"])
def test_what_becomes_of_answers_that_cannot_leave_is_the_persons_choice(kiosk: Kiosk, chosen: str | None) -> None:
    kiosk.round()
    model = Registration(kiosk.actions, Drafts())
    assert model.if_unsent() == "garder"
    if chosen is not None:
        model.choose_if_unsent(chosen)
    model.choose_if_unsent("something else")
    walk(model, AWA)
    assert model.confirm() is None
    prepared = model.prepared()
    assert prepared is not None
    fields = kiosk.terminal.store.get("registration", prepared.id)
    assert fields is not None
    assert fields.values()["if_unsent"] == (chosen or "garder")
