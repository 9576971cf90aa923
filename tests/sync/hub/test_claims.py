"""What a slip's QR opens: a state, the mandatory sentence, and nothing about anybody."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.change import new_id
from sync.claim import Claim, encode_claim
from sync.hub import accounts, fleet, rows
from sync.hub.claims import HEADERS, MANDATORY, ClaimDesk
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        stand.add_site(SITE, name="Mairie d’Été <Lyon>", address="1 rue de l’Église")
        yield stand


def claim_of(
    signer: Signer, kind: str, record_id: str, slot_id: str | None = None, *, key: Ed25519PrivateKey | None = None,
    expires_s: int | None = None, terminal_no: int | None = None,
) -> str:  # fmt: skip
    claim = Claim(
        kind, "requested", terminal_no or signer.certificate.terminal_no, 0,
        expires_s or signer.hub.clock() // 1000 + 86_400, signer.incarnation, record_id, slot_id,
    )  # fmt: skip
    return encode_claim(claim, (key or signer.key).sign(Claim.signing_input(claim.to_bytes())))


def page(hub: Stand, text: str) -> tuple[int, str]:
    answer = ClaimDesk(hub.database, hub.keys, now_ms=hub.clock).page(text)
    assert answer.headers == HEADERS
    return answer.status, re.sub(r"<style>.*?</style>", "", answer.body.decode()).replace("\u00a0", " ")


def test_before_and_after_the_hub_has_received_it(hub: Stand) -> None:
    signer = hub.enrol()
    operation = signer.registration()
    text = claim_of(signer, "registration", operation.id)
    status, shown = page(hub, text)
    assert (status, "pas encore arrivée" in shown, MANDATORY in shown) == (200, True, True)
    signer.round([operation])
    status, shown = page(hub, text)
    assert (status, "a été reçue le samedi 21 novembre 2026 à " in shown, MANDATORY in shown) == (200, True, True)
    assert "inscrit " not in shown


@pytest.mark.parametrize("state", ["transmise", "a_completer", "close"])
def test_the_mandatory_sentence_stays_in_every_state(hub: Stand, state: str) -> None:
    signer = hub.enrol()
    operation = signer.registration()
    signer.round([operation])
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "registration", SITE, operation.id, {"state": state})
    assert MANDATORY in page(hub, claim_of(signer, "registration", operation.id))[1]


def test_a_booking_shows_its_time_and_place_escaped(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    operation = signer.booking(slot_id)
    text = claim_of(signer, "booking", operation.id, slot_id)
    shown = page(hub, text)[1]
    assert "pas encore arrivée" in shown
    assert "le créneau n’est pas à vous" in shown
    signer.round([operation])
    shown = page(hub, text)[1]
    assert "Votre rendez-vous est confirmé" in shown
    assert "lundi 23 novembre 2026" in shown
    assert "Mairie d’Été &lt;Lyon&gt;" in shown
    assert "edo" not in shown


@pytest.mark.parametrize("state", ["cancelled", "withdrawn"])
def test_a_booking_that_is_over_never_looks_confirmed(hub: Stand, state: str) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    operation = signer.booking(slot_id)
    signer.round([operation])
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, operation.id, {"state": state})
    shown = page(hub, claim_of(signer, "booking", operation.id, slot_id))[1]
    assert "confirmé" not in shown
    assert "autre créneau" in shown


def test_a_promise_is_said_to_be_kept_and_one_that_cannot_be_sends_to_a_person(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot(in_hours=4)
    operation = signer.booking(slot_id, state="guaranteed", grant_id="one-grant", spend_no=1)
    signer.round([operation])
    text = claim_of(signer, "booking", operation.id, slot_id)
    shown = page(hub, text)[1]
    assert "Votre rendez-vous est réservé" in shown
    assert "Mairie d’Été" in shown
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, operation.id, {"state": "overruled"})
    shown = page(hub, text)[1]
    assert "ne peut pas être tenu" in shown
    assert "Appelez ou passez à l’accueil" in shown
    assert "Mairie d’Été" not in shown


def test_every_bad_claim_gets_the_same_neutral_page(hub: Stand) -> None:
    signer, other = hub.enrol(), hub.enrol()
    record_id = new_id(hub.clock(), hub.random(10))
    good = claim_of(signer, "registration", record_id)
    assert page(hub, good)[0] == 200
    stranger = Ed25519PrivateKey.from_private_bytes(hub.random(32))
    bad = [
        "", "A", "/../etc", "é" * 20, good[:-8], good + "AAAAAAAA", "A" * 5000,
        claim_of(signer, "registration", record_id, key=stranger),
        claim_of(other, "registration", record_id, key=signer.key),
        claim_of(signer, "registration", record_id, terminal_no=999),
        claim_of(signer, "registration", record_id, expires_s=hub.clock() // 1000),
    ]  # fmt: skip
    bad += [good[:at] + ("B" if good[at] != "B" else "C") + good[at + 1 :] for at in range(0, len(good) - 1, 9)]
    neutral = page(hub, "nonsense")
    assert neutral[0] == 404
    assert [page(hub, text) == neutral for text in bad] == [True] * len(bad)


def test_a_revoked_terminal_s_slips_show_nothing(hub: Stand) -> None:
    signer = hub.enrol()
    text = claim_of(signer, "registration", new_id(hub.clock(), hub.random(10)))
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.clock(), signer.terminal_id, ADMIN)
    assert page(hub, text)[0] == 404


def test_another_terminal_s_record_is_not_shown_under_one_s_own_signature(hub: Stand) -> None:
    signer, other = hub.enrol(), hub.enrol()
    operation = other.registration()
    other.round([operation])
    assert "pas encore arrivée" in page(hub, claim_of(signer, "registration", operation.id))[1]


def test_the_page_asks_for_nothing_and_is_kept_nowhere(hub: Stand) -> None:
    answer = ClaimDesk(hub.database, hub.keys, now_ms=hub.clock).page("nonsense")
    body = answer.body.decode()
    assert not re.search(r"https?:|<script|<img|<link|url\(|set-cookie", body)
    style = re.search(r"<style>(.*?)</style>", body)
    assert style is not None
    allowed = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'")
    assert f"'sha256-{allowed}'" in policy
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-robots-tag"].startswith("noindex")


def test_opening_a_claim_creates_nothing(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    text = claim_of(signer, "booking", new_id(hub.clock(), hub.random(10)), slot_id)
    before = hub.feed_of()
    page(hub, text)
    assert hub.feed_of() == before
    with hub.database.read() as connection:
        assert accounts.verify_audit(connection).broken_at is None


@given(text=st.text(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_makes_the_desk_fall(hub: Stand, text: str) -> None:
    assert page(hub, text)[0] == 404
