"""A slip opened at any terminal of its site: by reference or by QR, with and without the network."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.claim import decode_claim, encode_claim, hash_reference, make_reference
from sync.errors import HubUnreachable, InvalidInput, TooManyTries, UnknownReference
from sync.records import BookingFields
from sync.replica.terminal import Terminal
from sync.wire import HubRequest, HubResponse
from tests.sync.replica.stand_in import a_booking, a_registration
from tests.sync.replica.test_the_real_hub import SLOT, RealHub, a_terminal

SLOT_ID = str(uuid.UUID(int=7))


class Site:
    """A hub and two terminals of one site; the second may lose its network."""

    def __init__(self, folder: Path) -> None:
        self.hub = RealHub(folder / "hub")
        self.hub.write("slot", SLOT_ID, dict(SLOT))
        self.first, self.second = a_terminal(self.hub, folder / "a"), a_terminal(self.hub, folder / "b")
        self.asked: list[str] = []
        self.cut = False
        self.second._asking._client = self  # the seam of its questions only
        for terminal in (self.first, self.second):
            assert terminal.rounds.run().ok

    def send(self, request: HubRequest) -> HubResponse:
        self.asked.append(request.path)
        if self.cut:
            raise HubUnreachable("Le hub ne répond pas.")
        return self.hub.send(request)

    def close(self) -> None:
        self.first.close()
        self.second.close()
        self.hub.database.close()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    found = Site(tmp_path)
    yield found
    found.close()


def a_slip(terminal: Terminal, kind: str) -> tuple[str, str, str]:
    """A record made at a terminal that was not told to the hub yet: its id, its reference, its QR."""
    store = terminal.store
    record_id, reference = store.new_id(), store.next_reference()
    values = a_booking(SLOT_ID) if kind == "booking" else a_registration()
    store.write(kind, record_id, {
        **values, "terminal_no": terminal.identity.terminal_no, "reference_no": reference.index,
        "reference_hash": hash_reference(reference, record_id),
    })  # fmt: skip
    slot_id = SLOT_ID if kind == "booking" else None
    expires_s = store.now_ms() // 1000 + 10**6
    text = store.sign_claim(kind, "requested", record_id, slot_id, expires_s, reference=reference, language="fr")
    return record_id, reference.shown, text


@pytest.mark.parametrize("kind", ["registration", "booking"])
def test_a_slip_opens_at_its_own_terminal_with_no_network(site: Site, kind: str) -> None:
    record_id, reference, text = a_slip(site.second, kind)
    for typed in (reference, text, f"https://rdv.example/c/{text}"):
        assert site.second.open_slip(typed).id == record_id
    assert site.asked == []


@pytest.mark.parametrize("way", ["reference", "claim"])
@pytest.mark.parametrize("kind", ["registration", "booking"])
def test_a_slip_of_another_terminal_that_the_hub_knows_opens_before_the_next_round(
    site: Site, kind: str, way: str
) -> None:
    record_id, reference, text = a_slip(site.first, kind)
    assert site.first.rounds.run().ok
    found = site.second.open_slip(reference if way == "reference" else text)
    assert (found.kind, found.id) == (kind, record_id)
    site.cut = True
    assert site.second.open_slip(reference).id == record_id, "it is kept"
    assert site.second.rounds.run().ok
    assert site.second.rounds.run().ok
    assert site.second.status().digest_mismatches == 0


def test_the_qr_of_a_terminal_that_died_makes_its_booking_again(site: Site) -> None:
    record_id, _, text = a_slip(site.first, "booking")
    found = site.second.open_slip(text)
    assert found.id == record_id
    assert isinstance(found.fields, BookingFields)
    assert (found.fields.carried, found.fields.state) == (True, "confirmed")


def test_without_the_network_the_slip_of_another_terminal_says_what_to_do(site: Site) -> None:
    _, reference, text = a_slip(site.first, "booking")
    site.cut = True
    with pytest.raises(InvalidInput, match="avec le réseau"):
        site.second.open_slip(text)
    with pytest.raises(UnknownReference, match="le hub ne répond pas"):
        site.second.open_slip(reference)


def test_a_reference_that_nobody_gave_is_counted_and_locks(site: Site) -> None:
    for number in range(5):
        with pytest.raises(UnknownReference):
            site.second.open_slip(make_reference(1, number, b"guess" * 8).text)
    _, reference, text = a_slip(site.second, "booking")
    for typed in (reference, text):
        with pytest.raises(TooManyTries):
            site.second.open_slip(typed)


def test_a_number_of_this_terminal_that_it_never_gave_is_asked_of_nobody(site: Site) -> None:
    own = site.second.identity.terminal_no
    with pytest.raises(UnknownReference):
        site.second.open_slip(make_reference(own, 5, b"guess" * 8).text)
    assert site.asked == []


@pytest.mark.parametrize("at", ["first", "second"])
def test_a_forged_qr_opens_nothing_and_is_counted(site: Site, at: str) -> None:
    terminal: Terminal = getattr(site, at)
    _, reference, text = a_slip(site.second, "booking")
    decoded = decode_claim(text)
    assert decoded is not None
    forged = encode_claim(decoded[0], bytes(64))
    for _ in range(5):
        with pytest.raises(UnknownReference):
            terminal.open_slip(forged)
    with pytest.raises(TooManyTries):
        terminal.open_slip(reference)


@pytest.mark.parametrize("typed", ["", "AZERTY", "https://rdv.example/c/", "0000000001", "é" * 215])
def test_what_cannot_be_a_slip_is_said_and_not_counted(site: Site, typed: str) -> None:
    for _ in range(6):
        with pytest.raises(InvalidInput, match="ne peut pas être juste"):
            site.second.open_slip(typed)
