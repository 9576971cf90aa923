"""The whole answer to one request, on a real hub."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.change import new_id
from sync.hub import feed, fleet
from sync.hub.database import table_of
from sync.hub.keys import HubKeys
from sync.hub.tables import Terminal
from sync.message import BODY_BYTES_MAX, MESSAGE_BYTES_MAX
from sync.wire import (
    CLOCK_AHEAD_MAX_MS,
    HEADER_CERTIFICATE,
    HEADER_COUNTER,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    PROTOCOL,
    STREAMED_PROTOCOL,
    Certificate,
    FieldwiseReply,
    HubCard,
    HubRequest,
    to_text,
)
from tests.sync.hub.stand import ADMIN, SITE, START_MS, Clock, Stand, a_hub, asked, hub_in, statements_of


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        yield stand


def test_the_card_says_who_the_hub_is(hub: Stand) -> None:
    card = hub.genuine(hub.exchange.answer(HubRequest("GET", "/v1/hub")), HubCard)
    assert card.identity_key == to_text(hub.keys.identity_public)
    assert card.root_key == to_text(hub.keys.root_public)
    assert (card.demonstration, card.now_ms) == (False, START_MS)


def test_a_round_pushes_and_pulls(hub: Stand) -> None:
    slot_id = hub.add_slot()
    terminal = hub.enrol()
    reply = terminal.round([operation := terminal.booking(slot_id)])
    assert [(receipt.seq, receipt.outcome) for receipt in reply.receipts] == [(1, "applied")]
    assert (reply.applied_through, reply.durable_through, reply.more) == (1, 0, False)
    assert {(entry.kind, entry.id) for entry in reply.entries} == {
        ("site", SITE), ("slot", slot_id), ("booking", operation.id),
    }  # fmt: skip
    assert hub.read("booking", operation.id)["state"] == "confirmed"
    assert reply.next_round_s == 60


def test_an_altered_body_is_refused_and_changes_nothing(hub: Stand) -> None:
    terminal = hub.enrol()
    request = terminal.signed(terminal.body([terminal.registration()]))
    for at in (0, 9, len(request.body) - 1):
        flipped = request.body[:at] + bytes([request.body[at] ^ 1]) + request.body[at + 1 :]
        refusal = hub.refusal(hub.exchange.answer(replace(request, body=flipped)), asked(request))
        assert refusal.code == "bad_signature"
    assert [kind for _, kind, _ in hub.feed_of()] == ["site"]
    assert hub.exchange.answer(request).status == 200, "the counter of a forged request must not be used up"


@pytest.mark.parametrize("header", [HEADER_TERMINAL, HEADER_COUNTER, HEADER_SIGNATURE])
def test_an_altered_or_missing_header_is_refused(hub: Stand, header: str) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    request = terminal.signed(terminal.body([terminal.registration()]))
    instead = {HEADER_TERMINAL: other.terminal_id, HEADER_COUNTER: "7", HEADER_SIGNATURE: to_text(bytes(64))}
    altered = replace(request, headers={**request.headers, header: instead[header]})
    assert hub.exchange.answer(altered).status == 401
    missing = replace(request, headers={name: value for name, value in request.headers.items() if name != header})
    assert hub.exchange.answer(missing).status in {400, 401}
    assert [kind for _, kind, _ in hub.feed_of()] == ["site"]


@pytest.mark.parametrize("counter", ["", "-1", "1.5", "٣", "9" * 40, "0x10"])
def test_a_counter_that_is_no_number_is_malformed(hub: Stand, counter: str) -> None:
    request = hub.enrol().signed(b"")
    broken = replace(request, headers={**request.headers, HEADER_COUNTER: counter})
    assert hub.refusal(hub.exchange.answer(broken), asked(request)).code == "malformed"


def test_a_replayed_batch_is_refused_and_applied_once(hub: Stand) -> None:
    terminal = hub.enrol()
    request = terminal.signed(terminal.body([terminal.registration()]))
    assert hub.exchange.answer(request).status == 200
    before = hub.feed_of()
    refusal = hub.refusal(hub.exchange.answer(request), asked(request))
    assert refusal.code == "replayed"
    assert hub.feed_of() == before
    older = terminal.signed(terminal.body(), counter=1)
    assert hub.refusal(hub.exchange.answer(older), asked(older)).code == "replayed"


def test_the_counter_survives_a_restart_of_the_hub(tmp_path: Path) -> None:
    hub = a_hub(tmp_path / "hub")
    terminal = hub.enrol()
    request = terminal.signed(terminal.body([terminal.registration()]))
    assert hub.exchange.answer(request).status == 200
    again = hub.reopened()
    assert again.refusal(again.exchange.answer(request), asked(request)).code == "replayed"
    again.close()


def test_a_refused_round_uses_up_its_counter_and_nothing_else(hub: Stand) -> None:
    terminal = hub.enrol()
    request = terminal.signed(b"not zstd")
    assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "malformed"
    assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "replayed"


def test_a_gap_is_refused_with_the_number_wanted(hub: Stand) -> None:
    terminal = hub.enrol()
    first, _lost, third = terminal.registration(), terminal.registration(), terminal.registration()
    terminal.round([first])
    refusal = terminal.refused([third])
    assert (refusal.code, refusal.wanted) == ("gap", 2)
    inside = terminal.refused([first, third])
    assert (inside.code, inside.wanted) == ("gap", 2)
    assert len(hub.feed_of()) == 3, "the site, the registration, the hub's answer"


def test_a_terminal_of_another_hub_is_unknown(hub: Stand, tmp_path: Path) -> None:
    with hub_in(tmp_path / "other") as other:
        stranger = other.enrol()
        request = stranger.signed(stranger.body())
        assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "unknown_terminal"


def with_certificate(request: HubRequest, certificate: Certificate) -> HubRequest:
    text = to_text(certificate.to_json())
    return replace(request, headers={**request.headers, HEADER_CERTIFICATE: text})


def forget(hub: Stand, terminal_id: str) -> None:
    """The hub's database was restored from before this terminal's enrolment."""
    with hub.database.write() as connection:
        table = table_of(Terminal)
        connection.execute(table.delete().where(table.c.terminal_id == terminal_id))


def test_a_restored_hub_readmits_by_the_certificate(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round([operation := terminal.registration()])
    forget(hub, terminal.terminal_id)
    assert terminal.refused().code == "unknown_terminal"
    request = with_certificate(terminal.signed(terminal.body()), terminal.certificate)
    assert hub.genuine(hub.exchange.answer(request), FieldwiseReply, asked(request)).applied_through == 1
    assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "replayed"
    terminal.round([operation])


def test_nobody_is_readmitted_by_what_this_hub_did_not_sign(hub: Stand, tmp_path: Path) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    forget(hub, terminal.terminal_id)
    body = terminal.body()
    with hub_in(tmp_path / "other") as elsewhere:
        stranger = elsewhere.enrol()
        foreign = with_certificate(stranger.signed(stranger.body()), stranger.certificate)
    widened = terminal.certificate.changed(functions=["accueil"])
    for request in (
        foreign,
        with_certificate(terminal.signed(body), widened),
        with_certificate(terminal.signed(body), other.certificate),
    ):
        assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "unknown_terminal"
    terminal.key = Ed25519PrivateKey.generate()
    stolen = with_certificate(terminal.signed(body), terminal.certificate)
    assert hub.refusal(hub.exchange.answer(stolen), asked(stolen)).code == "unknown_terminal"
    broken = replace(stolen, headers={**stolen.headers, HEADER_CERTIFICATE: to_text(b"{}")})
    assert hub.refusal(hub.exchange.answer(broken), asked(broken)).code == "malformed"


def test_a_number_given_again_since_keeps_the_old_terminal_out(hub: Stand) -> None:
    terminal = hub.enrol()
    forget(hub, terminal.terminal_id)
    hub.enrol()
    request = with_certificate(terminal.signed(terminal.body()), terminal.certificate)
    assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "unknown_terminal"


def test_a_revoked_terminal_is_not_readmitted(hub: Stand) -> None:
    terminal = hub.enrol()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN)
    request = with_certificate(terminal.signed(terminal.body()), terminal.certificate)
    assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "revoked"


def test_a_revoked_terminal_is_refused(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN)
    assert terminal.refused([terminal.registration()]).code == "revoked"
    assert [kind for _, kind, _ in hub.feed_of()] == ["site"]


def test_a_clock_ahead_is_refused_with_the_time_and_nothing_applied(hub: Stand) -> None:
    terminal = hub.enrol()
    good = terminal.registration()
    hub.clock.ms += CLOCK_AHEAD_MAX_MS + 60_000
    ahead = terminal.registration()
    hub.clock.ms = START_MS
    refusal = terminal.refused([good, ahead])
    assert (refusal.code, refusal.now_ms) == ("clock_ahead", START_MS)
    assert [kind for _, kind, _ in hub.feed_of()] == ["site"]
    assert terminal.round([good]).applied_through == 1


def test_a_clock_in_the_past_is_harmless(hub: Stand) -> None:
    terminal = hub.enrol()
    hub.clock.ms = 1_577_836_800_000
    operation = terminal.registration()
    hub.clock.ms = START_MS
    assert terminal.round([operation]).receipts[0].outcome == "applied"


@pytest.mark.parametrize("protocol", ["2", "0", "", "1.0", "one"])
def test_another_protocol_is_refused_and_everything_kept(hub: Stand, protocol: str) -> None:
    terminal = hub.enrol()
    body = terminal.body([terminal.registration()])
    request = terminal.signed(body, protocol=protocol)
    refusal = hub.refusal(hub.exchange.answer(request), asked(request))
    assert (refusal.code, refusal.protocol_min, refusal.protocol_max) == ("protocol", PROTOCOL, STREAMED_PROTOCOL)
    assert hub.exchange.answer(terminal.signed(body)).status == 200


def test_a_body_that_says_another_protocol_is_refused(hub: Stand) -> None:
    terminal = hub.enrol()
    assert terminal.refused([terminal.registration()], protocol=2).code == "protocol"


def test_enrolling_with_another_protocol_is_refused(hub: Stand) -> None:
    request, _, _ = hub.enrol_request(hub.invite())
    newer = replace(request, headers={HEADER_PROTOCOL: "2"})
    assert hub.refusal(hub.exchange.answer(newer)).code == "protocol"


def test_a_body_too_large_is_refused(hub: Stand) -> None:
    terminal = hub.enrol()
    request = terminal.signed(bytes(BODY_BYTES_MAX + 1))
    assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "too_large"


def test_a_zstd_bomb_is_refused(hub: Stand) -> None:
    terminal = hub.enrol()
    bomb = zstandard.ZstdCompressor().compress(b" " * (MESSAGE_BYTES_MAX + 1))
    assert len(bomb) < 10_000
    request = terminal.signed(bomb)
    assert hub.refusal(hub.exchange.answer(request), asked(request)).code == "too_large"


def test_a_body_of_another_terminal_is_refused(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    assert terminal.refused([], terminal_id=other.terminal_id).code == "malformed"


def test_a_terminal_that_holds_another_sites_part_is_told_so(hub: Stand) -> None:
    assert hub.enrol().refused([], checkpoints={"site-saint-denis": 4}).code == "wrong_site"


def test_a_demonstrations_terminal_is_refused_by_a_real_hub(tmp_path: Path) -> None:
    home = tmp_path / "hub"
    hub = a_hub(home, demonstration=True)
    terminal = hub.enrol()
    assert terminal.certificate.demonstration
    terminal.round()
    hub.exchange.keys = hub.keys = replace(hub.keys, demonstration=False)
    assert terminal.refused().code == "demonstration"
    hub.close()
    assert HubKeys.load(home).demonstration


def test_an_unknown_address_is_refused_with_a_signature(hub: Stand) -> None:
    for method, path in (("GET", "/v1/round"), ("POST", "/v1/nothing"), ("DELETE", "/v1/hub")):
        assert hub.refusal(hub.exchange.answer(HubRequest(method, path))).code == "malformed"


def test_an_answer_is_bound_to_its_request(hub: Stand) -> None:
    terminal = hub.enrol()
    request = terminal.signed(terminal.body())
    response = hub.exchange.answer(request)
    hub.genuine(response, FieldwiseReply, asked(request))
    with pytest.raises(AssertionError, match="did not sign"):
        hub.genuine(response, FieldwiseReply, b"another request")


def test_another_generation_starts_from_nothing(hub: Stand) -> None:
    terminal = hub.enrol()
    slot_id = hub.add_slot()
    assert len(terminal.round().entries) == 2
    assert terminal.round().entries == []
    with hub.database.write() as connection:
        feed.renew_generation(connection, hub.clock(), hub.random)
    reply = terminal.round()
    assert [entry.id for entry in reply.entries] == [SITE, slot_id]
    assert reply.checkpoints == {SITE: 2, "*": 0}
    assert terminal.round().entries == []


def test_a_terminal_ahead_of_the_hub_is_told_everything(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    assert len(terminal.round(checkpoints={SITE: 10**30, "*": 0}).entries) == 1


def test_a_terminal_gets_its_own_entries_back_only_without_checkpoint(hub: Stand) -> None:
    terminal, other = hub.enrol(), hub.enrol()
    terminal.round()
    operation = terminal.registration()
    answered = terminal.round([operation])
    assert [sorted(entry.fields) for entry in answered.entries] == [["received_at", "state"]]
    assert [entry.id for entry in other.round().entries] == [SITE, operation.id, operation.id]
    assert len(terminal.round(checkpoints={}).entries) == 3


def test_a_long_feed_comes_in_pages_that_end(hub: Stand) -> None:
    terminal = hub.enrol()
    for _ in range(4):
        terminal.round([terminal.registration() for _ in range(300)])
    terminal.checkpoints = {}
    pages = [terminal.round()]
    while pages[-1].more:
        pages.append(terminal.round())
    numbers = [entry.n for page in pages for entry in page.entries]
    assert numbers == list(range(1, 2402)), "the terminal's own entries come too: it may have lost them"
    assert pages[-1].digest is None, "that of the protocol before has another form"


def test_the_sealing_document_is_sent_only_when_it_is_not_known(hub: Stand) -> None:
    terminal = hub.enrol()
    assert terminal.round().sealing is None
    assert terminal.round(sealing_key_id=None).sealing == hub.keys.sealing


def test_the_drift_and_the_last_round_are_noted(hub: Stand) -> None:
    terminal = hub.enrol()
    hub.clock.ms += 1000
    terminal.round(now_ms=hub.clock() - 5000)
    with hub.database.read() as connection:
        [listed] = fleet.list_terminals(connection)
    assert (listed.last_seen_ms, listed.drift_ms) == (START_MS + 1000, -5000)
    terminal.round(now_ms=10**40)


def test_a_push_of_fifty_costs_a_handful_of_statements(hub: Stand) -> None:
    slots = sorted(hub.add_slot() for _ in range(30))
    terminal = hub.enrol()
    terminal.round()

    def push(of: int) -> list[tuple[str, bool]]:
        operations = [terminal.booking(slot_id) for slot_id in slots[:of]] + [
            terminal.registration() for _ in range(20)
        ]
        request = terminal.signed(terminal.body(operations))
        return [one for one in statements_of(hub, lambda: hub.exchange.answer(request)) if "BEGIN" not in one[0]]

    push(1)  # from here on the slots have grants and bookings to read, in each push alike
    few, many = push(1), push(30)
    assert len(many) - len(few) <= 3, "how many were confirmed within the hour is read once, with two statements"
    if hub.database.path is None:
        many = [one for one in many if "hub_lock" not in one[0]]  # where several write, the lock is a statement
        assert not [one for one in many if one[1]], "a statement for many rows is one, with one parameter"
    else:
        single = [statement for statement, for_many in many if not for_many and not statement.startswith("SELECT")]
        assert len(single) <= 5, "seen, its receipts, how far, the clock, the head: one row each"
    reading = [statement for statement, _ in many if statement.startswith("SELECT")]
    assert len(reading) <= 23, reading  # three of them are single values, read when a request has a place
    assert len(many) <= 33


def test_a_quiet_round_costs_few_statements(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.round()
    terminal.round()
    request = terminal.signed(terminal.body())
    statements = [one for one, _ in statements_of(hub, lambda: hub.exchange.answer(request)) if "BEGIN" not in one]
    assert len([one for one in statements if "hub_lock" not in one]) <= 6, statements


def test_a_forged_terminal_cannot_sign_for_another(hub: Stand) -> None:
    terminal = hub.enrol()
    terminal.key = Ed25519PrivateKey.generate()
    assert terminal.refused([terminal.registration()]).code == "bad_signature"


def test_two_hubs_never_share_a_generation(tmp_path: Path) -> None:
    generations = set()
    for name in ("a", "b"):
        with hub_in(tmp_path / name, clock=Clock()) as stand, stand.database.read() as connection:
            generations.add(feed.read_generation(connection))
    assert len(generations) == 2
    assert new_id(0, bytes(10))
