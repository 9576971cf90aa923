"""The kiosk's actions on a real terminal in its own folder, enrolled at the shipped hub over the seam."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from content.shelf import Shelf
from kiosk import moments
from kiosk.actions import Actions
from kiosk.models import answers
from kiosk.models.registration import Registration
from kiosk.visit import Drafts
from sync.claim import decode_claim
from sync.errors import HubUnreachable, InvalidInput
from sync.hub import accounts, fleet, rows, vault
from sync.hub.database import HubDatabase
from sync.hub.exchange import Exchange
from sync.hub.keys import HubKeys
from sync.hub.settings import HubSettings
from sync.replica.terminal import Terminal, enrol
from sync.wire import HubRequest, HubResponse
from tests.kiosk.models.registration_world import AWA, walk
from tests.sync.hub.stand import an_empty_database

START_MS = 1_795_250_000_000
SECRET = b"the secret of this machine......"
SITE = "saint-denis"
SITE_VALUES = {
    "name": "Mairie de Saint-Denis", "zone": "Indian/Reunion", "phone_region": "RE", "phone": "0262 12 34 56",
}  # fmt: skip
SLOT = "0192f0a0-0000-7000-8000-000000000001"
OTHER_SLOT = SLOT[:-1] + "2"
VISIT, OTHER_VISIT = "the word of a visit", "the word of another visit"
SOON = 20.0
"""Hours ahead: the hub gives no grant by itself for slots that near; a test that wants one calls ``Kiosk.granted``."""
SOMEBODY = "0192f0a0-0000-7000-8000-0000000000ff"
FIVE_MINUTES_MS = 5 * 60 * 1000


@dataclass
class Time:
    ms: int = START_MS

    def __call__(self) -> int:
        return self.ms


class Hub:
    """The shipped hub behind the seam; ``cut`` is a cable pulled out; ``options`` are those of its settings."""

    def __init__(self, home: Path, start_ms: int = START_MS, **options: Any) -> None:
        self.home, self.time, self.cut = home, Time(start_ms), False
        self.keys = HubKeys.create(home, now_ms=self.time(), demonstration=False)
        (home / "hub.db").write_bytes(an_empty_database())
        self.database = HubDatabase.open(home / "hub.db")
        settings = HubSettings(home=home, public_url="https://pc.example", **options)
        self.exchange = Exchange(self.database, self.keys, now_ms=self.time, settings=settings)
        with self.database.write() as connection:
            roles = ["administration", "exploitation", "instruction"]
            accounts.add_account(connection, self.time(), "agent", roles, "agent")
        self.write("site", SITE, dict(SITE_VALUES))

    def send(self, request: HubRequest) -> HubResponse:
        if self.cut:
            raise HubUnreachable("Le hub ne répond pas.")
        return self.exchange.answer(request)

    def write(self, kind: str, record_id: str, values: dict[str, object]) -> None:
        with self.database.write() as connection:
            rows.write_as_hub(connection, self.time(), kind, SITE, record_id, values)  # type: ignore[arg-type]

    def open_slot(self, slot_id: str, hours_ahead: float, **more: object) -> None:
        starts = moments.from_ms(self.time.ms) + timedelta(hours=hours_ahead)
        values = {
            "external_ref": slot_id, "reason": "suivi", "starts_at": moments.format_utc(starts),
            "ends_at": moments.format_utc(starts + timedelta(minutes=30)),
        }  # fmt: skip
        self.write("slot", slot_id, {**values, **more})

    def give_to_somebody_else(self, slot_id: str) -> None:
        """The only place of a slot, confirmed by the hub for another terminal's visitor."""
        made = moments.format_utc(moments.from_ms(self.time.ms))
        self.write("booking", SOMEBODY, {
            "slot_id": slot_id, "reason": "suivi", "terminal_no": 99, "reference_no": 1, "reference_hash": "-",
            "created_at": made, "state": "confirmed",
        })  # fmt: skip
        self.write("slot", slot_id, {"taken": 1})


class Kiosk:
    """A terminal, its actions, and a round that runs when one is asked for."""

    def __init__(self, hub: Hub, home: Path) -> None:
        with hub.database.write() as connection:
            code = fleet.invite(connection, hub.keys, hub.time(), SITE, ["borne"], "agent", os.urandom)
        enrol(home, "https://hub.example", code, SECRET, client=hub, now_ms=hub.time)
        self.hub, self.home = hub, home
        self.start()

    def start(self) -> None:
        """Opens the terminal; after ``terminal.close()`` it starts anew."""
        self.terminal = Terminal.open(self.home, SECRET, client=self.hub, now_ms=self.hub.time)
        self.actions = Actions(self.terminal, Shelf.open(), soon=self.round, texts={"operator": "Commune"})

    def granted(self, slot_id: str, hours_ahead: float = SOON, *, number: int = 1) -> None:
        """A slot of one place, and that place in this terminal's escrow; both are here after one round."""
        self.hub.open_slot(slot_id, hours_ahead, taken=1)
        status = self.terminal.status()
        self.hub.write("grant", f"grant-{number}", {
            "slot_id": slot_id, "terminal_no": status.terminal_no, "incarnation": status.incarnation,
            "number": number, "issued_at": moments.format_utc(moments.from_ms(self.hub.time.ms)),
        })  # fmt: skip
        self.round()

    def round(self) -> None:
        self.hub.time.ms += 1000
        self.terminal.rounds.run()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path / "hub", takes_per_hour=0)  # what it is asked for at once, it refuses: see test_taking.py
    yield made
    made.database.close()


@pytest.fixture
def kiosk(hub: Hub, tmp_path: Path) -> Iterator[Kiosk]:
    made = Kiosk(hub, tmp_path / "terminal")
    yield made
    made.terminal.close()


def test_the_site_is_neutral_before_the_first_round_and_then_known(kiosk: Kiosk) -> None:
    assert not kiosk.actions.site().known
    kiosk.round()
    site = kiosk.actions.site()
    assert (site.known, site.name, site.zone, site.phone_region) == (
        True,
        "Mairie de Saint-Denis",
        "Indian/Reunion",
        "RE",
    )


def test_the_network_is_told_truthfully(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    assert kiosk.actions.network().online is True
    hub.cut = True
    kiosk.round()
    network = kiosk.actions.network()
    assert network.online is False
    assert network.offline_since is not None
    assert network.clock_trusted


def test_what_was_typed_offline_waits_then_arrives_once_and_equal(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.round()
    hub.cut = True
    model = Registration(kiosk.actions, Drafts())
    walk(model, AWA)
    assert model.confirm() is None
    prepared = model.prepared()
    assert prepared is not None
    assert model.delivery().state == "waiting"
    assert kiosk.actions.network().waiting == 1
    hub.cut = False
    kiosk.actions.sync_soon()
    assert model.delivery().state == "received"
    assert model.delivery().at is not None
    registration = kiosk.actions.registration(prepared.id)
    assert registration is not None
    assert registration.state == "recue"
    opened = vault.open_sealed(
        hub.database,
        hub.home,
        hub.time(),
        "registration",
        SITE,
        prepared.id,
        who="agent",
        reason=next(iter(vault.REASONS)),
    )
    assert set(opened.answers) == set(answers.SEALED_KEYS)
    assert opened.answers["nom_naissance"] == AWA["nom_naissance"]
    assert opened.answers["adresse"] == AWA["adresse"]
    assert opened.answers["telephone"] == "0692 12 34 56"


def test_online_the_slip_says_sent_right_after_confirming(kiosk: Kiosk) -> None:
    kiosk.round()
    model = Registration(kiosk.actions, Drafts())
    walk(model, AWA)
    model.confirm()
    assert model.delivery().state == "received"


def test_the_reference_of_the_slip_finds_the_preparation_and_the_qr_opens_it(kiosk: Kiosk) -> None:
    kiosk.round()
    model = Registration(kiosk.actions, Drafts())
    walk(model, AWA)
    model.confirm()
    prepared = model.prepared()
    assert prepared is not None
    found = kiosk.actions.find(prepared.reference.lower())
    assert found.id == prepared.id
    assert found.registration is not None
    assert prepared.claim_url is not None
    assert prepared.claim_url.startswith("https://pc.example/c/")


def test_nothing_typed_rests_readable_in_the_terminal(hub: Hub, kiosk: Kiosk, tmp_path: Path) -> None:
    kiosk.round()
    hub.cut = True
    walk(model := Registration(kiosk.actions, Drafts()), AWA)
    model.confirm()
    held = kiosk.terminal.store.list("registration")
    shown = repr([fields.values() for _, fields in held])
    typed = ("Lefèvre", str(AWA["telephone"]), "awa@exemple.fr")
    assert not [word for word in (*typed, "Awa") if word in shown]
    for file in (tmp_path / "terminal").rglob("*"):  # three letters stand in any megabyte by chance
        assert not file.is_file() or not [word for word in typed if word.encode() in file.read_bytes()], file.name


def test_slots_that_are_past_taken_withdrawn_or_of_another_reason_are_not_offered(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, 48)
    hub.open_slot(SLOT[:-1] + "2", 24)
    hub.open_slot(SLOT[:-1] + "3", -1)
    hub.open_slot(SLOT[:-1] + "4", 30, taken=1)
    hub.open_slot(SLOT[:-1] + "5", 30, state="withdrawn")
    hub.open_slot(SLOT[:-1] + "6", 30, reason="edo")
    kiosk.round()
    assert [slot.id[-1] for slot in kiosk.actions.open_slots("suivi")] == ["2", "1"]


def test_a_slot_asked_for_is_not_offered_again_and_the_hub_answers(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, 48)
    kiosk.round()
    hub.cut = True
    booked = kiosk.actions.book(SLOT, contact={"prenom": "Awa", "telephone": None}, language="fr")
    assert kiosk.actions.open_slots("suivi") == []
    with pytest.raises(InvalidInput, match="plus libre"):
        kiosk.actions.book(SLOT, contact={}, language="fr")
    waiting = kiosk.actions.booking(booked.id)
    assert waiting is not None
    assert waiting.state == "requested"
    hub.cut = False
    kiosk.round()
    kiosk.round()
    answered = kiosk.actions.booking(booked.id)
    assert answered is not None
    assert (answered.state, answered.slot and answered.slot.id) == ("confirmed", SLOT)
    assert kiosk.actions.find(booked.reference).booking is not None


def test_a_place_in_escrow_is_booked_at_once_without_a_network(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.cut = True
    kiosk.round()
    assert [(slot.id, slot.free, slot.guaranteed) for slot in kiosk.actions.slots()] == [(SLOT, True, True)]
    held = kiosk.actions.hold(SLOT, VISIT)
    assert held.guaranteed
    assert held.until == moments.from_ms(hub.time.ms + FIVE_MINUTES_MS)
    booked = kiosk.actions.book(SLOT, contact={"prenom": "Awa"}, language="fr", visit_key=VISIT)
    assert booked.guaranteed
    assert kiosk.actions.held(VISIT) is None, "the hold is spent"
    found = kiosk.actions.find(booked.reference).booking
    assert found is not None
    assert (found.state, found.guaranteed) == ("guaranteed", True)
    assert not any(slot.free for slot in kiosk.actions.slots())


def test_the_claim_of_a_guaranteed_booking_says_so_with_the_number_of_the_spend(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.open_slot(OTHER_SLOT, SOON)
    kiosk.round()
    hub.cut = True
    for slot_id, said in ((SLOT, ("guaranteed", 1, 1)), (OTHER_SLOT, ("requested", 0, 0))):
        url = kiosk.actions.book(slot_id, contact={}, language="fr").claim_url
        assert url is not None
        decoded = decode_claim(url.rpartition("/")[2])
        assert decoded is not None
        assert (decoded[0].promise, decoded[0].grant_no, decoded[0].spend_no) == said
        assert decoded[0].language == "fr"


def test_what_one_visit_holds_stays_its_own_and_is_offered_to_no_other(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.cut = True
    kiosk.actions.hold(SLOT, VISIT)
    assert [slot.guaranteed for slot in kiosk.actions.slots(VISIT)] == [True]
    assert [slot.free for slot in kiosk.actions.slots(OTHER_VISIT)] == [False]
    with pytest.raises(InvalidInput, match="plus libre"):
        kiosk.actions.hold(SLOT, OTHER_VISIT)
    assert kiosk.actions.held(OTHER_VISIT) is None
    kiosk.actions.drop_hold(VISIT)
    assert [slot.guaranteed for slot in kiosk.actions.slots(OTHER_VISIT)] == [True]
    assert kiosk.actions.hold(SLOT, OTHER_VISIT).guaranteed


def test_a_visit_holds_one_hour_at_a_time(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    kiosk.granted(OTHER_SLOT, SOON + 2, number=2)
    kiosk.actions.hold(SLOT, VISIT)
    kiosk.actions.hold(OTHER_SLOT, VISIT)
    assert [slot.id for slot in kiosk.actions.slots(OTHER_VISIT) if slot.guaranteed] == [SLOT]


def test_after_five_minutes_the_hour_is_everybodys_again(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.cut = True
    kiosk.actions.hold(SLOT, VISIT)
    hub.time.ms += FIVE_MINUTES_MS - 1
    assert kiosk.actions.held(VISIT) is not None
    hub.time.ms += 1
    assert kiosk.actions.held(VISIT) is None
    assert kiosk.actions.book(SLOT, contact={}, language="fr", visit_key=OTHER_VISIT).guaranteed
    with pytest.raises(InvalidInput):
        kiosk.actions.book(SLOT, contact={}, language="fr", visit_key=VISIT)
    assert len(kiosk.terminal.store.list("booking")) == 1, "nothing was written for the second"


def test_a_guaranteed_booking_that_is_cancelled_gives_its_place_again(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.cut = True
    first = kiosk.actions.book(SLOT, contact={}, language="fr")
    assert kiosk.actions.cancel_booking(first.id).state == "cancelled"
    second = kiosk.actions.book(SLOT, contact={}, language="fr")
    assert second.guaranteed
    assert second.reference != first.reference


def test_a_clock_that_is_not_trusted_guarantees_nothing(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    assert [slot.guaranteed for slot in kiosk.actions.slots()] == [True]
    hub.cut = True
    hub.time.ms -= 3 * FIVE_MINUTES_MS
    assert not kiosk.actions.network().clock_trusted
    assert [(slot.free, slot.guaranteed) for slot in kiosk.actions.slots()] == [(False, False)]


def test_an_hour_too_near_is_guaranteed_no_more_though_nothing_changed_here(hub: Hub, kiosk: Kiosk) -> None:
    kiosk.granted(SLOT)
    hub.cut = True
    assert [slot.guaranteed for slot in kiosk.actions.slots()] == [True]
    hub.time.ms += round((SOON - 1) * 3600 * 1000)
    assert [slot.guaranteed for slot in kiosk.actions.slots()] == [False]


def test_a_cancelled_booking_frees_its_slot(hub: Hub, kiosk: Kiosk) -> None:
    hub.open_slot(SLOT, 48)
    kiosk.round()
    booked = kiosk.actions.book(SLOT, contact={}, language="fr", needs=("lsf",))
    kiosk.round()
    assert kiosk.actions.cancel_booking(booked.id).state == "cancelled"
    with pytest.raises(InvalidInput):
        kiosk.actions.cancel_booking(booked.id)
    kiosk.round()
    kiosk.round()
    assert [slot.id for slot in kiosk.actions.open_slots("suivi")] == [SLOT]


def test_events_that_are_over_are_not_shown(hub: Hub, kiosk: Kiosk) -> None:
    for event_id, hours in (("e-1", 5), ("e-2", -5), ("e-3", 2)):
        starts = moments.from_ms(hub.time.ms) + timedelta(hours=hours)
        hub.write("event", event_id, {
            "external_ref": event_id, "title": "Atelier CV", "place": "Mairie",
            "starts_at": moments.format_utc(starts), "ends_at": moments.format_utc(starts + timedelta(hours=1)),
        })  # fmt: skip
    kiosk.round()
    assert [event.id for event in kiosk.actions.events()] == ["e-3", "e-1"]


def test_the_notice_names_the_operator(kiosk: Kiosk) -> None:
    spoken = " ".join(kiosk.actions.privacy_notice("fr").speech)
    assert "Commune" in spoken
    assert kiosk.actions.privacy_full("fr")
    assert len(kiosk.actions.commune_table()) > 34_000
