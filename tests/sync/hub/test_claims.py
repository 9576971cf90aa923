"""What a slip's QR opens: a state in the visitor's language, the mandatory sentence, and nothing about anybody."""

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

from sync.change import Value, new_id
from sync.claim import LANGUAGES
from sync.clock import utc_text
from sync.hub import claim_words, fleet, rows
from sync.hub.claims import MANDATORY, ClaimDesk
from sync.promise import BOOKING_STATES
from tests.sync.hub.granted import granted
from tests.sync.hub.slip import claim_of, page, promised
from tests.sync.hub.stand import ADMIN, HOUR_MS, SITE, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        stand.add_site(SITE, name="Mairie d’Été <Lyon>", address="1 rue de l’Église")
        yield stand


def set_state(hub: Stand, kind: str, record_id: str, **values: Value) -> None:
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), kind, SITE, record_id, values)


def test_a_preparation_before_and_after_the_hub_has_received_it(hub: Stand) -> None:
    signer = hub.enrol()
    operation = signer.registration()
    text = claim_of(signer, "registration", operation.id)
    before = hub.feed_of()
    status, shown = page(hub, text)
    assert (status, "pas encore arrivée" in shown, MANDATORY in shown) == (200, True, True)
    assert hub.feed_of() == before, "the claim of a preparation makes nothing"
    signer.round([operation])
    status, shown = page(hub, text)
    assert (status, "a été reçue le samedi 21 novembre 2026 à " in shown, MANDATORY in shown) == (200, True, True)
    assert "inscrit " not in shown


@pytest.mark.parametrize("state", ["transmise", "a_completer", "close", "retiree"])
def test_the_mandatory_sentence_stays_in_every_state(hub: Stand, state: str) -> None:
    signer = hub.enrol()
    operation = signer.registration()
    signer.round([operation])
    set_state(hub, "registration", operation.id, state=state)
    shown = page(hub, claim_of(signer, "registration", operation.id))[1]
    assert MANDATORY in shown
    assert ("a été reçue" in shown) is (state != "retiree")


def test_a_booking_shows_its_time_and_place_escaped(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    operation = signer.booking(slot_id)
    signer.round([operation])
    shown = page(hub, claim_of(signer, "booking", operation.id, slot_id))[1]
    assert "Votre rendez-vous est confirmé" in shown
    assert "lundi 23 novembre 2026" in shown
    assert "Mairie d’Été &lt;Lyon&gt;" in shown
    assert "edo" not in shown


def test_every_state_of_a_booking_has_its_words_and_only_one_that_stands_shows_a_place(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    operation = signer.booking(slot_id)
    signer.round([operation])
    text, titles = claim_of(signer, "booking", operation.id, slot_id), set()
    for state in BOOKING_STATES:
        set_state(hub, "booking", operation.id, state=state)
        shown = page(hub, text)[1]
        titles.add(re.search(r"<h1>(.*?)</h1>", shown)[1])  # type: ignore[index]
        assert ("Mairie d’Été" in shown) is (state in {"requested", "guaranteed", "confirmed"}), state
        assert ("Votre rendez-vous est" in shown) is (state in {"guaranteed", "confirmed"}), state
    assert len(titles) == len(BOOKING_STATES)


def test_what_is_proposed_instead_is_listed_with_date_and_hour(hub: Stand) -> None:
    signer = hub.enrol()
    slot_id, open_one, withdrawn = hub.add_slot(), hub.add_slot(in_hours=72), hub.add_slot(in_hours=96)
    operation = signer.booking(slot_id)
    signer.round([operation])
    set_state(hub, "slot", withdrawn, state="withdrawn")
    set_state(hub, "booking", operation.id, state="alternatives", alternatives=[open_one, withdrawn, "unknown"])
    shown = page(hub, claim_of(signer, "booking", operation.id, slot_id))[1]
    assert "mardi 24 novembre 2026 à 9 h 33" in shown
    assert "Rien n’est réservé pour vous encore" in shown
    assert shown.count("novembre 2026") == 1


@pytest.mark.parametrize("state", ["withdrawn", "overruled"])
def test_what_will_not_take_place_says_when_it_was_and_what_is_free_instead(hub: Stand, state: str) -> None:
    signer = hub.enrol()
    slot_id, open_one = hub.add_slot(), hub.add_slot(in_hours=72)
    operation = signer.booking(slot_id)
    signer.round([operation])
    set_state(hub, "booking", operation.id, state=state, alternatives=[open_one])
    shown = page(hub, claim_of(signer, "booking", operation.id, slot_id))[1]
    assert "Il était prévu le lundi 23 novembre 2026 à 9 h 33." in shown
    assert "Ces heures sont encore libres :</p><p>mardi 24 novembre 2026 à 9 h 33</p>" in shown
    assert 'class="when"' not in shown, "the large line is for an hour to come to"


def test_a_booking_that_was_moved_shows_where_its_moves_lead(hub: Stand) -> None:
    signer = hub.enrol()
    slots = [hub.add_slot(in_hours=48 + 24 * at) for at in range(3)]
    first = signer.booking(slots[0])
    second = signer.booking(slots[1], moved_from=first.id)
    third = signer.booking(slots[2], moved_from=second.id)
    signer.round([first, second, third])
    shown = page(hub, claim_of(signer, "booking", first.id, slots[0]))[1]
    assert hub.read("booking", first.id)["state"] == "moved"
    assert "Votre rendez-vous est confirmé" in shown
    assert "mercredi 25 novembre 2026" in shown
    assert "a été déplacé : voici la nouvelle date" in shown
    assert "a été déplacé" not in page(hub, claim_of(signer, "booking", third.id, slots[2]))[1]


def test_a_move_whose_new_date_is_not_known_sends_to_the_desk(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    operation = signer.booking(slot_id)
    signer.round([operation])
    set_state(hub, "booking", operation.id, state="moved", moved_from=operation.id)
    shown = page(hub, claim_of(signer, "booking", operation.id, slot_id))[1]
    assert "Demandez la nouvelle date à l’accueil" in shown


def test_the_seats_of_an_event_are_where_the_event_is(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot(reason="atelier", booth="", capacity=10)
    event: dict[str, Value] = {
        "external_ref": "e", "title": "Forum", "place": "Halle des sports", "slot_id": slot_id,
        "starts_at": utc_text(hub.clock() + 48 * HOUR_MS), "ends_at": utc_text(hub.clock() + 50 * HOUR_MS),
    }  # fmt: skip
    set_state(hub, "event", new_id(hub.clock(), hub.random(10)), **event)
    operation = signer.booking(slot_id, reason="atelier")
    signer.round([operation])
    shown = page(hub, claim_of(signer, "booking", operation.id, slot_id))[1]
    assert "Halle des sports" in shown
    assert "Mairie" not in shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_french_stands_beside_every_other_language(hub: Stand, language: str) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    operation = signer.booking(slot_id)
    signer.round([operation])
    shown = page(hub, claim_of(signer, "booking", operation.id, slot_id, language=language))[1]
    spoken = re.findall(r'<section lang="(.*?)" dir="(.*?)">', shown)
    expected = {"fr": ["fr"], "fr-simple": ["fr"], "en": ["en", "fr"], "ar": ["ar", "fr"]}.get(language, ["fr", "en"])
    assert [tag for tag, _ in spoken] == expected
    assert all((direction == "rtl") is (tag == "ar") for tag, direction in spoken)
    assert "Votre rendez-vous est confirmé" in shown
    assert shown.count("<h1>") == 1
    for tag, words in (("en", "Monday 23 November 2026 at 09:33"), ("ar", "الاثنين 23 نوفمبر 2026")):
        assert (words in shown) is (tag in expected)


def test_every_page_is_written_in_every_language_that_has_words() -> None:
    without_a_claim = {"nothing", "unavailable"}
    for code, words in claim_words.PAGES.items():
        expected = {"fr", "en"} if code in without_a_claim else {"fr", "en", "ar"}
        assert words.keys() >= expected, code
        assert len({len(one.lines) for one in words.values()}) <= 2, code
        french = [words["fr"].title, *words["fr"].lines]
        assert not any(re.search(r"[^\u00a0 ][:;!?]|\s [:;!?]|'", line) for line in french), code


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
        claim_of(signer, "registration", record_id, key=stranger, language="ar"),
    ]  # fmt: skip
    bad += [good[:at] + ("B" if good[at] != "B" else "C") + good[at + 1 :] for at in range(0, len(good), 9)]
    neutral = page(hub, "nonsense")
    assert neutral[0] == 404
    assert [page(hub, text) == neutral for text in bad] == [True] * len(bad)


def test_a_revoked_terminal_s_slip_is_to_be_checked_and_makes_nothing(hub: Stand) -> None:
    signer, _, _ = hub.enrol(), hub.add_slot(), hub.add_slot()
    grant_id, _ = granted(hub, signer)
    operation, text, _ = promised(signer, grant_id)
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), signer.terminal_id, ADMIN)
    before = hub.feed_of()
    status, shown = page(hub, text)
    assert (status, "Ce ticket doit être vérifié : passez à l’accueil." in shown) == (200, True)
    assert hub.feed_of() == before
    assert (SITE, operation.id) not in [(SITE, record_id) for _, _, record_id in before]


def test_another_terminal_s_record_is_not_shown_under_one_s_own_signature(hub: Stand) -> None:
    signer, other, slot_id = hub.enrol(), hub.enrol(), hub.add_slot()
    prepared, booked = other.registration(), other.booking(slot_id)
    other.round([prepared, booked])
    before = hub.feed_of()
    assert "pas encore arrivée" in page(hub, claim_of(signer, "registration", prepared.id))[1]
    assert "le créneau n’est pas à vous" in page(hub, claim_of(signer, "booking", booked.id, slot_id))[1]
    assert hub.feed_of() == before


def test_the_page_asks_for_nothing_and_is_kept_nowhere(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot()
    good = claim_of(signer, "booking", new_id(hub.clock(), hub.random(10)), slot_id, language="ar")
    for text in ("nonsense", good):
        answer = ClaimDesk(hub.database, hub.keys, now_ms=hub.clock).page(text)
        body = answer.body.decode()
        assert "set-cookie" not in {name.lower() for name in answer.headers}
        assert not re.search(r"https?:|<script|<img|<link|url\(|set-cookie", body)
        assert good not in body.replace(f'href="{good}/agenda.ics"', ""), "it stands in the link to its entry only"
        style = re.search(r"<style>(.*?)</style>", body)
        assert style is not None
        allowed = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'")
        assert f"'sha256-{allowed}'" in policy
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"].startswith("noindex")


@given(text=st.text(max_size=300))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_text_makes_the_desk_fall(hub: Stand, text: str) -> None:
    assert page(hub, text)[0] == 404
