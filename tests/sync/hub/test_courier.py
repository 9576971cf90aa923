"""A phone, a voice and the outbox bring one booking, in any order, and nobody gets a place twice."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync import signature
from sync.change import new_id
from sync.claim import make_reference
from sync.hub import accounts, conflicts, fleet, rows, tombstones
from sync.hub.command import hub as hub_command
from sync.promise import PLACED
from sync.questions import ClaimReply, ClaimRequest
from sync.wire import HEADER_SIGNATURE, HubRequest, Operation, from_text, to_text
from tests.sync.hub.granted import check_places, granted, grants_of
from tests.sync.hub.slip import claim_of, page, promised, voice
from tests.sync.hub.stand import ADMIN, SITE, Clock, Signer, Stand, hub_in


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


@pytest.fixture
def signer(hub: Stand) -> Signer:
    hub.add_slot()
    hub.add_slot(in_hours=72)  # half of what is free may be granted
    return hub.enrol()


def state(hub: Stand, record_id: str) -> object:
    return hub.read("booking", record_id)["state"]


def held(hub: Stand) -> dict[str, dict[str, object]]:
    """Every booking at the hub, by id."""
    with hub.database.read() as connection:
        return {key: dict(values) for _, key, values in rows.read_all(connection, "booking", SITE)}


def test_an_opened_claim_makes_a_booking_that_its_terminal_completes(hub: Stand, signer: Signer) -> None:
    grant_id, _ = granted(hub, signer)
    operation, text, _ = promised(signer, grant_id, needs=["calme"], language="ar")
    status, shown = page(hub, text)
    assert (status, "Votre rendez-vous est réservé" in shown) == (200, True)
    carried = hub.read("booking", operation.id)
    sent = {name: change.value for name, change in operation.fields.items()}
    for name in ("slot_id", "terminal_no", "reference_no", "reference_hash", "grant_id", "spend_no", "created_at"):
        assert carried[name] == sent[name], name
    assert (carried["state"], carried["carried"], carried["needs"], carried["reason"]) == (
        "guaranteed", True, [], "edo",
    )  # fmt: skip
    before = hub.feed_of()
    assert page(hub, text) == (status, shown)
    assert hub.feed_of() == before, "opened again it writes nothing"
    receipts = signer.round([operation]).receipts
    assert [receipt.outcome for receipt in receipts] == ["applied"]
    completed = hub.read("booking", operation.id)
    assert (completed["carried"], completed["needs"], completed["language"]) == (False, ["calme"], "ar")
    check_places(hub)


def test_a_request_is_answered_when_its_claim_is_opened(hub: Stand, signer: Signer) -> None:
    slot_id, taken = hub.add_slot(in_hours=4), hub.add_slot(in_hours=5)
    signer.round([signer.booking(taken)])
    for wanted, answered in ((slot_id, "confirmé"), (taken, "pris, d’autres vous sont proposés")):
        operation = signer.booking(wanted)
        text = claim_of(signer, "booking", operation.id, wanted)
        assert answered in page(hub, text)[1]
        before = state(hub, operation.id)
        signer.round([operation])
        assert state(hub, operation.id) == before
        signer.round()
    check_places(hub)


def test_wishes_that_come_after_the_claim_was_answered_still_count(hub: Stand, signer: Signer) -> None:
    full, wished = (hub.add_slot(in_hours=4 + at, reason="suivi") for at in range(2))
    signer.round([signer.booking(full, reason="suivi")])
    operation = signer.booking(full, reason="suivi", wishes=[wished])
    page(hub, claim_of(signer, "booking", operation.id, full))
    assert (state(hub, operation.id), hub.read("booking", operation.id)["alternatives"]) == ("alternatives", [wished])
    signer.round([operation])
    found = hub.read("booking", operation.id)
    assert (found["state"], found["slot_id"], found["alternatives"]) == ("confirmed", wished, [])
    check_places(hub)


def test_wishes_that_are_full_too_leave_the_answer_as_it_was(hub: Stand, signer: Signer) -> None:
    full = [hub.add_slot(in_hours=4 + at, reason="suivi") for at in range(2)]
    signer.round([signer.booking(slot_id, reason="suivi") for slot_id in full])
    operation = signer.booking(full[0], reason="suivi", wishes=[full[1]])
    page(hub, claim_of(signer, "booking", operation.id, full[0]))
    assert state(hub, operation.id) == "declined"
    signer.round([operation])
    assert state(hub, operation.id) == "declined"


def test_whoever_was_told_no_before_the_wishes_came_is_not_expected_after_all(hub: Stand, signer: Signer) -> None:
    full, wished = (hub.add_slot(in_hours=4 + at, reason="suivi") for at in range(2))
    signer.round([signer.booking(full, reason="suivi")])
    operation = signer.booking(full, reason="suivi", wishes=[wished])
    page(hub, claim_of(signer, "booking", operation.id, full))
    with hub.database.write() as connection:
        told = {"told_at": "2026-11-21T08:40:00Z"}
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, operation.id, told)
    signer.round([operation])
    assert state(hub, operation.id) == "alternatives"


def test_what_was_changed_since_the_claim_is_not_undone_by_the_terminal_that_made_it(
    hub: Stand, signer: Signer
) -> None:
    grant_id, _ = granted(hub, signer)
    operation, text, _ = promised(signer, grant_id, needs=["calme"], language="ar")
    page(hub, text)
    hub.clock.ms += 1000
    other = hub.enrol()
    other.round()
    changed = other.operation("booking", operation.id, {"language": "uk", "needs": ["assis"]})
    assert [one.outcome for one in other.round([changed]).receipts] == ["applied"]
    signer.round([operation])
    found = hub.read("booking", operation.id)
    assert (found["language"], sorted(found["needs"])) == ("uk", ["assis", "calme"])
    with hub.database.read() as connection:
        lost = [(line.field, line.lost_value) for line in conflicts.read_journal(connection)]
    assert ("language", "ar") in lost


def test_what_was_changed_before_the_claim_and_told_after_it_is_kept_as_well(hub: Stand, signer: Signer) -> None:
    """A hub restored from before both: seed 1418 of the worlds."""
    grant_id, _ = granted(hub, signer)
    operation, text, _ = promised(signer, grant_id, needs=["calme"])
    other = hub.enrol()
    changed = other.operation("booking", operation.id, {"needs": ["assis"]})
    hub.clock.ms += 1000
    page(hub, text)
    assert [one.outcome for one in other.round([changed]).receipts] == ["applied"]
    signer.round([operation])
    assert sorted(hub.read("booking", operation.id)["needs"]) == ["assis", "calme"]


def test_what_was_cancelled_before_its_claim_was_opened_is_shown_cancelled(hub: Stand, signer: Signer) -> None:
    grant_id, _ = granted(hub, signer)
    operation, text, reference = promised(signer, grant_id)
    signer.round([operation, signer.operation("booking", operation.id, {"state": "cancelled"})])
    before = hub.feed_of()
    assert "Ce rendez-vous est annulé" in page(hub, text)[1]
    assert voice(hub, reference).outcome == "known"
    assert hub.feed_of() == before


def test_the_claim_of_a_slot_that_the_hub_does_not_know_makes_nothing_and_says_so(hub: Stand, signer: Signer) -> None:
    record_id, unknown = (new_id(hub.clock(), hub.random(10)) for _ in range(2))
    before = hub.feed_of()
    shown = page(hub, claim_of(signer, "booking", record_id, unknown))[1]
    assert "ne peut pas confirmer votre rendez-vous" in shown
    assert hub.feed_of() == before


def test_the_claim_of_a_booking_that_was_destroyed_at_its_time_does_not_bring_it_back(
    hub: Stand, signer: Signer
) -> None:
    """Its hour is kept longer than its people; to every terminal that speaks of it again it is answered forgotten."""
    slot_id = hub.add_slot(in_hours=4)
    operation = signer.booking(slot_id)
    text = claim_of(signer, "booking", operation.id, slot_id)
    signer.round([operation])
    with hub.database.write() as connection:
        tombstones.bury(connection, hub.clock(), SITE, [("booking", operation.id)])
    before = hub.feed_of()
    assert "ne peut pas confirmer votre rendez-vous" in page(hub, text)[1]
    assert hub.feed_of() == before


def test_a_grant_that_a_restored_hub_does_not_know_is_believed_and_completed(hub: Stand) -> None:
    signer, slot_id = hub.enrol(), hub.add_slot(in_hours=4)
    said = {"promise": "guaranteed", "grant_no": 7, "spend_no": 2}
    operation = signer.booking(slot_id, state="guaranteed", grant_id="lost-grant", spend_no=2)
    assert "Votre rendez-vous est réservé" in page(hub, claim_of(signer, "booking", operation.id, slot_id, **said))[1]
    earlier = new_id(hub.clock(), hub.random(10))
    shown = page(hub, claim_of(signer, "booking", earlier, slot_id, **{**said, "spend_no": 1}))[1]
    assert "annulé" in shown, "a lower spend of the same grant was given up"
    assert [one.outcome for one in signer.round([operation]).receipts] == ["applied"]
    assert hub.read("booking", operation.id)["grant_id"] == "lost-grant"
    assert hub.read("slot", slot_id)["taken"] == 1


def test_a_second_booking_on_one_spend_is_overruled_and_a_person_is_told(hub: Stand, signer: Signer) -> None:
    grant_id, _ = granted(hub, signer)
    first, first_text, _ = promised(signer, grant_id)
    second, second_text, _ = promised(signer, grant_id)
    assert "réservé" in page(hub, first_text)[1]
    assert "ne peut pas être tenu" in page(hub, second_text)[1]
    assert (state(hub, first.id), state(hub, second.id)) == ("guaranteed", "overruled")
    with hub.database.read() as connection:
        told = [line.record_id for line in conflicts.read_journal(connection) if line.needs_person]
    assert told == [second.id]
    check_places(hub)


def test_a_place_that_was_given_back_is_checked_by_a_person(hub: Stand, signer: Signer) -> None:
    grant_id, _ = granted(hub, signer)
    operation, text, reference = promised(signer, grant_id)
    signer.seq -= 1
    signer.round([signer.operation("grant", grant_id, {"state": "released"})])
    assert "doit être vérifié" in page(hub, text)[1]
    assert voice(hub, reference).outcome == "to_check"
    assert operation.id not in held(hub)


# Voice -------------------------------------------------------------------------------------------


def test_a_voice_makes_one_booking_and_the_terminal_s_own_takes_its_place(hub: Stand, signer: Signer) -> None:
    grant_id, _ = granted(hub, signer)
    operation, text, reference = promised(signer, grant_id)
    made = voice(hub, reference)
    assert (made.outcome, voice(hub, reference).outcome, voice(hub, reference).id) == ("made", "known", made.id)
    assert state(hub, str(made.id)) == "guaranteed"
    check_places(hub)
    signer.round([operation])
    assert (state(hub, str(made.id)), state(hub, operation.id)) == ("moved", "guaranteed")
    assert voice(hub, reference).id == operation.id
    assert "Votre rendez-vous est réservé" in page(hub, text)[1]
    with hub.database.read() as connection:
        assert conflicts.read_journal(connection, open_only=True) == []
    check_places(hub)


def test_what_was_done_with_a_voice_s_booking_holds_for_the_terminal_s_own(hub: Stand, signer: Signer) -> None:
    grant_id, _ = granted(hub, signer)
    operation, text, reference = promised(signer, grant_id)
    made, other = voice(hub, reference), hub.enrol()
    other.round([])
    other.round([other.operation("booking", str(made.id), {"state": "cancelled"})])
    assert state(hub, str(made.id)) == "cancelled"
    assert "annulé" in page(hub, text)[1]
    signer.round([operation])
    assert state(hub, operation.id) == "cancelled"
    check_places(hub)


@pytest.mark.parametrize("acted", [False, True])
def test_what_another_disk_promised_on_the_spend_of_a_voice_is_not_what_the_voice_made(
    hub: Stand, signer: Signer, acted: bool
) -> None:
    """The first of the terminal's own takes the voice's place and state; one more on that spend is somebody else."""
    grant_id, slot_id = granted(hub, signer)
    operation, _, reference = promised(signer, grant_id)
    clone, _, _ = promised(signer, grant_id)
    made, other = voice(hub, reference), hub.enrol()
    if acted:
        other.round([])
        other.round([other.operation("booking", str(made.id), {"state": "cancelled"})])
    signer.round([operation])
    signer.round([clone])
    found = hub.read("booking", clone.id)
    if acted:
        assert (state(hub, operation.id), found["state"]) == ("cancelled", "guaranteed"), "nobody else has the place"
    else:
        assert state(hub, operation.id) == "guaranteed"
        assert (found["state"], found["declined_because"], found["told_at"]) == ("overruled", "clone", None)
    assert hub.read("slot", slot_id)["taken"] == 1
    check_places(hub)


def test_an_ordinary_reference_that_nobody_knows_asks_for_the_qr(hub: Stand, signer: Signer) -> None:
    secret = hub.keys.reference_secret(signer.terminal_id)
    for index in (3, 20_000):
        reference = make_reference(signer.certificate.terminal_no, index, secret)
        assert voice(hub, reference.shown).outcome == "open_the_qr"
    assert held(hub) == {}


def test_five_wrong_references_lock_one_caller_for_a_quarter_of_an_hour(hub: Stand, signer: Signer) -> None:
    grant_id, _ = granted(hub, signer)
    _, _, reference = promised(signer, grant_id)
    forged = make_reference(signer.certificate.terminal_no, 5, b"x" * 32).shown
    assert [voice(hub, "ABC DEF GHJK").outcome for _ in range(9)] == ["wrong"] * 9, "a slip of the pen is no guess"
    for _ in range(5):
        assert voice(hub, forged).outcome == "wrong"
        hub.clock.ms += 1000
    assert voice(hub, reference).outcome == "locked"
    assert voice(hub, reference, caller="terminal|t").outcome == "made", "each caller has its own count"
    hub.clock.ms += 14 * 60_000
    assert voice(hub, reference).outcome == "locked"
    hub.clock.ms += 60_000
    assert voice(hub, reference).outcome == "known"


def test_the_voice_of_a_revoked_terminal_s_visitor_is_to_be_checked(hub: Stand, signer: Signer) -> None:
    grant_id, _ = granted(hub, signer)
    _, _, reference = promised(signer, grant_id)
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), signer.terminal_id, ADMIN)
    assert voice(hub, reference).outcome == "to_check"
    assert held(hub) == {}


# At another terminal -----------------------------------------------------------------------------


def open_at(terminal: Signer, **slip: str) -> ClaimReply:
    body = ClaimRequest(terminal_id=terminal.terminal_id, incarnation=terminal.incarnation, **slip).to_bytes()
    request = terminal.signed(body)
    bare = HubRequest("POST", "/v1/claim", body)
    signed = terminal.key.sign(signature.request_input(bare, terminal.terminal_id, terminal.counter))
    request = HubRequest("POST", "/v1/claim", body, {**request.headers, HEADER_SIGNATURE: to_text(signed)})
    return terminal.hub.genuine(terminal.hub.exchange.answer(request), ClaimReply, from_text(to_text(signed)))


@pytest.mark.parametrize("way", ["reference", "claim", "address"])
def test_a_slip_is_opened_at_another_terminal_of_its_site_only(hub: Stand, signer: Signer, way: str) -> None:
    grant_id, slot_id = granted(hub, signer)
    operation, text, reference = promised(signer, grant_id)
    slip = {
        "reference": {"reference": reference}, "claim": {"claim": text},
        "address": {"claim": f"https://rdv.example.fr/c/{text}"},
    }[way]  # fmt: skip
    hub.add_site("site-saint-denis")
    assert not open_at(hub.enrol("site-saint-denis"), **slip).found
    assert held(hub) == {}
    reply = open_at(hub.enrol(), **slip)
    assert reply.found
    assert {(entry.kind, entry.id) for entry in reply.entries} == {("booking", str(reply.id)), ("slot", slot_id)}
    entry = next(entry for entry in reply.entries if entry.kind == "booking")
    assert entry.fields["state"].value == "guaranteed"
    if way != "reference":
        assert reply.id == operation.id
    assert not open_at(signer, claim=text[:-1]).found


def test_a_reference_that_is_guessed_at_a_terminal_locks_it(hub: Stand, signer: Signer) -> None:
    grant_id, _ = granted(hub, signer)
    _, _, reference = promised(signer, grant_id)
    other = hub.enrol()
    forged = make_reference(signer.certificate.terminal_no, 5, b"x" * 32).shown
    assert not any(open_at(other, reference=forged).found for _ in range(5))
    assert not open_at(other, reference=reference).found
    assert open_at(hub.enrol(), reference=reference).found


# In any order ------------------------------------------------------------------------------------


STEPS = ("send", "open the first", "open the second", "read the first", "read the second")


@given(order=st.permutations([*STEPS, "send", "send"]))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_any_order_the_highest_spend_stands_alone(
    tmp_path_factory: pytest.TempPathFactory, order: list[str]
) -> None:
    """Booked, cancelled and booked again on one grant; each slip is opened and read out at some moment."""
    with hub_in(tmp_path_factory.mktemp("hub") / "hub") as hub:
        slot_id, _, signer = hub.add_slot(), hub.add_slot(in_hours=72), hub.enrol()
        grant_id, granted_slot = granted(hub, signer)
        assert granted_slot == slot_id
        first, first_text, first_reference = promised(signer, grant_id, 1)
        cancel = signer.operation("booking", first.id, {"state": "cancelled"})
        second, second_text, second_reference = promised(signer, grant_id, 2)
        outbox: list[Operation] = [first, cancel, second]
        for step in order:
            if step == "send":
                assert signer.round([outbox.pop(0)]).receipts[0].outcome != "rejected"
            elif step.startswith("open"):
                assert page(hub, first_text if "first" in step else second_text)[0] == 200
            else:
                assert voice(hub, first_reference if "first" in step else second_reference).id is not None
            live = [one for one in held(hub).values() if one["state"] in PLACED]
            assert len(live) <= 1, "one place, one booking"
            assert hub.read("slot", slot_id)["taken"] == len(grants_of(hub, signer)) == 1
            check_places(hub)
        assert state(hub, second.id) == "guaranteed"
        assert state(hub, first.id) == "cancelled"
        assert {one["state"] for one in held(hub).values()} <= {"guaranteed", "cancelled", "moved"}
        assert not any(one["carried"] for one in held(hub).values() if one["state"] == "guaranteed")


# The command, and what is kept of it -------------------------------------------------------------


def command(hub: Stand, reference: str, *more: str, who: str = ADMIN) -> Result:
    return CliRunner().invoke(hub_command, ["claim", reference, "--home", str(hub.home), "--as", who, *more])


def test_the_command_opens_a_reference_and_journals_all_but_the_reference(tmp_path: Path) -> None:
    with hub_in(tmp_path / "hub", clock=Clock(time.time_ns() // 1_000_000)) as hub:
        hub.add_slot()
        hub.add_slot(in_hours=72)
        signer = hub.enrol()
        grant_id, _ = granted(hub, signer)
        _, _, reference = promised(signer, grant_id)
        forged = make_reference(signer.certificate.terminal_no, 5, b"x" * 32).shown
        refused = command(hub, reference, who="personne")
        assert (refused.exit_code, held(hub)) == (1, {})
        said = command(hub, reference)
        assert (said.exit_code, "Votre rendez-vous est réservé" in said.output) == (0, True)
        told = json.loads(command(hub, reference, "--json").output)
        assert (told["outcome"], told["kind"], told["state"]) == ("known", "booking", "guaranteed")
        wrong = [command(hub, forged) for _ in range(6)]
        assert [one.exit_code for one in wrong] == [1] * 6
        assert "n’existe pas" in wrong[0].output
        assert "quart d’heure" in wrong[5].output
        with hub.database.read() as connection:
            lines = accounts.find_audit(connection, "claim.open")
        assert [line["detail"] for line in lines] == ["made", "known", *["wrong"] * 5, "locked"]
        kept = json.dumps(lines)
        assert not any(text in kept for shown in (reference, forged) for text in (shown, shown.replace(" ", "")))
