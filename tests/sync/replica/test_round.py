"""Rounds against a stand-in that signs: push, pull, check, and every way a round goes wrong."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from sync import clock
from sync.message import Message
from sync.replica.home import LOCK_NAME, alone
from sync.replica.repair import digest_here
from sync.replica.round import Rounds
from sync.replica.tables import OUTBOX
from sync.replica.terminal import Terminal
from sync.wire import STREAMED_PROTOCOL, FeedEntry, HubRequest, HubResponse, Receipt, RoundReply, RoundRequest
from tests.sync.replica.stand_in import (
    MACHINE_SECRET,
    SITE,
    StandInHub,
    Time,
    a_booking,
    a_registration,
    an_event,
    sealing_pair,
)

YEAR_MS = 365 * 24 * 3600 * 1000


def register(terminal: Terminal, words: str = "Anaïs") -> str:
    record_id = terminal.store.new_id()
    sealed = terminal.store.seal("registration", record_id, {"prenom": words})
    terminal.store.write("registration", record_id, a_registration(), sealed=sealed)
    return record_id


def test_a_write_reaches_the_hub_and_the_hub_opens_it(terminal: Terminal, hub: StandInHub) -> None:
    record_id = register(terminal)
    assert terminal.store.delivery("registration", record_id).state == "waiting"
    report = terminal.rounds.run()
    assert (report.ok, report.pushed, report.waiting) == (True, 1, 0)
    assert terminal.store.delivery("registration", record_id).state == "received"
    assert hub.unseal(hub.seals[record_id]) == {"prenom": "Anaïs"}


def test_what_the_hub_publishes_is_shown_at_the_terminal(terminal: Terminal, hub: StandInHub) -> None:
    hub.put_values("event", "e-1", an_event("Forum de l’emploi"))
    hub.put_values("site", SITE, {"name": "Mairie de Sarlat"}, counter=1)
    assert terminal.rounds.run().pulled == 2
    [(_, event)] = terminal.store.list("event")
    assert event.values()["title"] == "Forum de l’emploi"
    site = terminal.store.site()
    assert site is not None
    assert site.name == "Mairie de Sarlat"
    hub.put_values("event", "e-1", {"gone": True}, counter=2)
    terminal.rounds.run()
    assert terminal.store.list("event") == []


def test_a_long_feed_comes_in_pages_and_a_cut_round_goes_on_where_it_stopped(
    terminal: Terminal, hub: StandInHub
) -> None:
    for n in range(25):
        hub.put_values("event", f"e-{n}", an_event(), counter=n)
    hub.page, hub.frames_told = 10, 2
    assert terminal.rounds.run().code == "unreachable"
    assert len(terminal.store.list("event")) == 20
    hub.frames_told = None
    report = terminal.rounds.run()
    assert (report.ok, report.pulled) == (True, 5)


def test_a_lost_answer_sends_again_and_nothing_is_doubled(terminal: Terminal, hub: StandInHub) -> None:
    register(terminal)
    hub.lose_answers = 1
    report = terminal.rounds.run()
    assert (report.ok, report.code, report.waiting) == (False, "unreachable", 1)
    assert terminal.rounds.run().ok
    assert [[op.seq for op in request.operations] for request in hub.received] == [[1], [1]]
    assert len(hub.feed) == 1
    assert terminal.status().waiting == 0


def test_a_quiet_round_is_one_small_request(terminal: Terminal, hub: StandInHub) -> None:
    assert terminal.rounds.run().requests == 1
    assert len(hub.received) == 1
    assert len(hub.received[0].to_bytes()) < 400


def test_many_operations_go_in_one_request(terminal: Terminal, hub: StandInHub) -> None:
    for _ in range(1201):
        terminal.store.write("booking", None, a_booking())
    report = terminal.rounds.run()
    assert report.ok, report
    assert (report.pushed, report.waiting, report.requests) == (1201, 0, 1)


def test_nothing_is_purged_before_a_backup_covers_it(terminal: Terminal, hub: StandInHub) -> None:
    register(terminal)
    register(terminal)
    terminal.rounds.run()
    assert _outbox_size(terminal) == 2
    hub.durable_through = 1
    terminal.rounds.run()
    assert _outbox_size(terminal) == 1
    hub.durable_through = 2
    terminal.rounds.run()
    assert _outbox_size(terminal) == 0


def test_an_unsigned_answer_is_refused_and_nothing_of_it_is_used(terminal: Terminal, hub: StandInHub) -> None:
    class Portal:
        def send(self, request: HubRequest) -> HubResponse:
            return HubResponse(200, b"<html>Bienvenue sur le Wi-Fi</html>", {"content-type": "text/html"})

    record_id = register(terminal)
    report = _rounds_with(terminal, Portal()).run()
    assert report.code == "untrusted"
    assert "Wi-Fi" in report.message
    status = terminal.status()
    assert (status.online, status.waiting) == (False, 1)
    assert status.offline_since_ms is not None
    assert terminal.store.delivery("registration", record_id).state == "waiting"
    assert terminal.rounds.run().ok
    assert terminal.status().offline_since_ms is None


def test_an_answer_of_another_hub_or_played_again_is_refused(terminal: Terminal, hub: StandInHub) -> None:
    class Replayer:
        held: HubResponse | None = None

        def send(self, request: HubRequest) -> HubResponse:
            if self.held is None:
                self.held = hub.send(request)
            return self.held

    replayer = _rounds_with(terminal, Replayer())
    assert replayer.run().ok
    assert replayer.run().code == "untrusted"
    other = StandInHub(now=hub.now)
    other.terminal_keys = hub.terminal_keys
    assert _rounds_with(terminal, other).run().code == "untrusted"


def test_an_altered_answer_is_refused(terminal: Terminal, hub: StandInHub) -> None:
    class Altering:
        def send(self, request: HubRequest) -> HubResponse:
            genuine = hub.send(request)
            return HubResponse(genuine.status, genuine.body[:-1] + bytes([genuine.body[-1] ^ 1]), genuine.headers)

    assert _rounds_with(terminal, Altering()).run().code == "untrusted"


def test_a_clock_two_years_ahead_is_corrected_in_the_same_round(
    terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    before = register(terminal)
    local.ms += 2 * YEAR_MS
    written = [terminal.store.write("booking", None, a_booking()).id for _ in range(3)]
    terminal.store.write("booking", written[0], {"state": "cancelled"})
    hub.now.ms += 1000
    report = terminal.rounds.run()
    assert (report.ok, report.waiting) == (True, 0)
    assert max(clock.stamp_ms(stamp) for stamp in hub.stamps.values()) <= hub.now.ms + 15 * 60 * 1000
    assert hub.digest() == _digest(terminal)
    states = [entry for entry in hub.feed if entry.id == written[0]]
    assert [entry.fields["state"].value for entry in states] == ["requested", "cancelled"]
    assert states[0].fields["state"].stamp < states[1].fields["state"].stamp
    status = terminal.status()
    assert not status.clock_trusted
    assert "avance" in str(status.clock_message)
    assert status.drift_ms == 2 * YEAR_MS - 1000
    assert abs(terminal.now_ms() - hub.now.ms) < 1000
    assert terminal.store.get("registration", before) is not None
    terminal.store.write("booking", None, a_booking())
    assert terminal.rounds.run().requests == 1, "the corrected clock needs no second correction"


def test_restamping_leaves_what_the_hub_may_already_have(terminal: Terminal, hub: StandInHub, local: Time) -> None:
    first = terminal.store.write("booking", None, a_booking()).id
    hub.lose_answers = 1
    terminal.rounds.run()
    local.ms += 2 * YEAR_MS
    terminal.store.write("booking", first, {"state": "cancelled"})
    assert terminal.rounds.run().ok
    assert hub.digest() == _digest(terminal)


@pytest.mark.parametrize("known", ["waits", "answered", "answer lost"])
def test_restamping_stays_behind_what_was_written_a_little_ahead(
    terminal: Terminal, hub: StandInHub, local: Time, known: str
) -> None:
    """A stamp ten minutes ahead is the hub's to accept; what the same hand wrote after it is newer all the same."""
    booking = terminal.store.write("booking", None, a_booking()).id
    local.ms += 10 * 60 * 1000
    for language in ("ar", "uk"):
        terminal.store.write("booking", booking, {"language": language})
    hub.lose_answers = int(known == "answer lost")
    if known != "waits":
        terminal.rounds.run()
    local.ms += 2 * YEAR_MS
    for language in ("tr", "fa"):
        terminal.store.write("booking", booking, {"language": language})
    assert terminal.rounds.run().ok
    said = [entry.fields["language"] for entry in hub.feed if entry.id == booking]
    assert [one.value for one in said] == ["fr", "ar", "uk", "tr", "fa"]
    assert [one.stamp for one in said] == sorted(one.stamp for one in said)
    assert hub.digest() == _digest(terminal)


def test_a_clock_in_2020_harms_nothing_and_is_told(
    home: Path, terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    record_id = register(terminal)
    terminal.rounds.run()
    local.ms = 1_577_836_800_000
    again = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local)
    try:
        assert not again.status().clock_trusted
        assert "retarde" in str(again.status().clock_message)
        again.store.write("registration", record_id, {"state": "close"})
        assert again.rounds.run().ok
        assert hub.digest() == _digest(again)
        register(again)
        assert again.rounds.run().requests == 1
    finally:
        again.close()


def test_a_jump_of_the_clock_is_seen_until_the_next_signed_time(
    home: Path, terminal: Terminal, hub: StandInHub, local: Time
) -> None:
    monotonic = Time(0)
    watched = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local, monotonic_ms=monotonic)
    try:
        assert watched.status().clock_trusted
        local.ms += 3_600_000
        assert not watched.status().clock_trusted
        hub.now.ms += 3_600_000
        watched.rounds.run()
        assert watched.status().clock_trusted
    finally:
        watched.close()


def test_a_hub_restored_from_yesterday_is_filled_again(terminal: Terminal, hub: StandInHub) -> None:
    kept, lost = register(terminal, "Kept"), register(terminal, "Lost")
    terminal.rounds.run()
    hub.put_values("event", "e-lost", an_event())
    terminal.rounds.run()
    assert len(terminal.store.list("event")) == 1
    place, hub.generation = next(iter(hub.applied)), "generation-2"
    hub.applied[place] = 1
    hub.feed = hub.feed[:1]
    hub.stamps = {key: stamp for key, stamp in hub.stamps.items() if key[2] == kept}
    del hub.seals[lost]
    report = terminal.rounds.run()
    assert (report.ok, report.waiting) == (True, 0)
    assert hub.unseal(hub.seals[lost]) == {"prenom": "Lost"}
    assert terminal.store.list("event") == [], "what the restored hub does not know is not shown"
    assert hub.digest() == _digest(terminal)
    assert terminal.status().generation == "generation-2"


def test_a_gap_is_filled_from_the_outbox(terminal: Terminal, hub: StandInHub) -> None:
    for _ in range(3):
        register(terminal)
    terminal.rounds.run()
    hub.applied[next(iter(hub.applied))] = 1  # restored without telling: same generation
    register(terminal)
    report = terminal.rounds.run()
    assert (report.ok, report.waiting) == (True, 0)
    assert [op.seq for op in hub.received[-1].operations] == [2, 3, 4]


def test_a_gap_that_cannot_be_filled_draws_a_new_incarnation(terminal: Terminal, hub: StandInHub) -> None:
    register(terminal)
    register(terminal)
    hub.durable_through = 2
    terminal.rounds.run()
    before = terminal.status().incarnation
    hub.applied[next(iter(hub.applied))] = 0
    record_id = register(terminal)
    report = terminal.rounds.run()
    assert report.ok
    assert record_id in hub.seals
    assert terminal.status().incarnation != before
    assert terminal.status().redraws == 1


def test_a_disk_put_back_from_an_old_image_draws_a_new_incarnation(terminal: Terminal, hub: StandInHub) -> None:
    hub.counter = 10_000  # the counter of the disk that was replaced
    place = f"{terminal.identity.terminal_id}/{terminal.status().incarnation}"
    hub.applied[place] = 40
    record_id = register(terminal)
    report = terminal.rounds.run()
    assert report.ok
    assert record_id in hub.seals
    assert terminal.status().redraws >= 1
    assert terminal.store.delivery("registration", record_id).state == "received"


def test_one_replayed_message_is_only_sent_again(terminal: Terminal, hub: StandInHub) -> None:
    hub.scripts = [lambda _: hub.refusal("replayed")]
    register(terminal)
    assert terminal.rounds.run().ok
    assert terminal.status().redraws == 0


def test_a_newer_protocol_says_what_to_do_and_keeps_everything(terminal: Terminal, hub: StandInHub) -> None:
    register(terminal)
    hub.scripts = [lambda _: hub.refusal("protocol")]
    report = terminal.rounds.run()
    assert (report.ok, report.code, report.waiting) == (False, "protocol", 1)
    assert "mettez cette borne à jour" in report.message
    assert terminal.status().last_refusal_code == "protocol"
    assert terminal.status().online is True


def test_a_hub_of_an_older_protocol_is_the_one_to_bring_up_to_date(terminal: Terminal, hub: StandInHub) -> None:
    register(terminal)
    hub.scripts = [lambda _: hub.refusal("protocol").changed(protocol_max=STREAMED_PROTOCOL - 1)]
    report = terminal.rounds.run()
    assert (report.code, report.waiting, terminal.status().online) == ("protocol", 1, True)
    assert report.message.startswith("Le hub est d’une version plus ancienne")


def test_a_hub_that_refuses_for_ever_ends_the_round(terminal: Terminal, hub: StandInHub) -> None:
    register(terminal)
    hub.scripts = [lambda _: hub.refusal("gap", wanted=1)] * 50
    report = terminal.rounds.run()
    assert (report.code, report.waiting) == ("gap", 1)
    assert report.requests < 10
    hub.scripts = []
    assert terminal.rounds.run().ok


def test_a_rejected_operation_is_parked_with_the_hubs_sentence(terminal: Terminal, hub: StandInHub) -> None:
    def reject(request: RoundRequest) -> Message:
        place = f"{request.terminal_id}/{request.incarnation}"
        hub.applied[place] = 1
        receipt = Receipt(
            seq=1, outcome="rejected", code="invalid", message="Le créneau est inconnu : choisissez-en un."
        )
        return _reply(hub, applied_through=1, receipts=[receipt])

    record_id = register(terminal)
    after = register(terminal)
    hub.scripts = [reject]
    assert terminal.rounds.run().ok
    delivery = terminal.store.delivery("registration", record_id)
    assert (delivery.state, delivery.message) == ("rejected", "Le créneau est inconnu : choisissez-en un.")
    assert terminal.store.delivery("registration", after).state == "received"
    assert (terminal.status().parked, terminal.status().waiting) == (1, 0)


def test_what_did_not_stand_is_in_the_conflict_journal(terminal: Terminal, hub: StandInHub) -> None:
    record_id = terminal.store.write("booking", None, a_booking()).id
    terminal.rounds.run()
    terminal.store.write("booking", record_id, {"modality": "TEL"})
    hub.now.ms += 60_000
    hub.put_values("booking", record_id, {"modality": "PHYS"})

    def conflict(request: RoundRequest) -> Message:
        hub.applied[f"{request.terminal_id}/{request.incarnation}"] = 2
        receipts = [Receipt(seq=2, outcome="conflict", lost=["modality"])]
        return _reply(hub, applied_through=2, receipts=receipts, entries=hub.feed[1:])

    hub.scripts = [conflict]
    assert terminal.rounds.run().ok
    held = terminal.store.get("booking", record_id)
    assert held is not None
    assert held.values()["modality"] == "PHYS"
    assert terminal.status().conflicts == 1


def test_an_answer_to_a_pending_operation_is_not_a_conflict(terminal: Terminal, hub: StandInHub) -> None:
    record_id = terminal.store.write("booking", None, a_booking()).id

    def confirm(request: RoundRequest) -> Message | None:
        hub.now.ms += 1000
        reply = hub._apply(request)
        assert isinstance(reply, RoundReply)
        hub.put_values("booking", record_id, {"state": "confirmed"})
        return _reply(hub, applied_through=1, receipts=reply.receipts, entries=hub.feed)

    hub.scripts = [confirm]
    assert terminal.rounds.run().ok
    assert terminal.store.get("booking", record_id).values()["state"] == "confirmed"  # type: ignore[union-attr]
    assert terminal.status().conflicts == 0


def test_a_difference_at_the_end_is_seen_and_mended(terminal: Terminal, hub: StandInHub) -> None:
    hub.put_values("event", "e-1", an_event("Ancien"))
    terminal.rounds.run()
    hub.put_values("event", "e-2", an_event("Nouveau"), counter=1)
    skipped = hub.feed

    def skip(request: RoundRequest) -> Message:
        return _reply(hub, applied_through=0, checkpoints={SITE: len(skipped)})

    hub.scripts = [skip]
    terminal.rounds.run()
    assert terminal.status().digest_mismatches == 1
    terminal.rounds.run()
    assert len(terminal.store.list("event")) == 2
    assert hub.digest() == _digest(terminal)


def test_a_new_sealing_key_is_taken_only_with_the_roots_signature(terminal: Terminal, hub: StandInHub) -> None:
    forged, _ = sealing_pair(StandInHub().root, "s-forged")
    hub.scripts = [lambda _: _reply(hub, sealing=forged)]
    assert terminal.rounds.run().code == "untrusted"
    assert terminal.store.sealing().key_id == "s1"
    renewed, _ = sealing_pair(hub.root, "s2")
    hub.scripts = [lambda _: _reply(hub, sealing=renewed)]
    assert terminal.rounds.run().ok
    assert terminal.store.sealing().key_id == "s2"


def test_an_entry_this_version_cannot_hold_is_counted_and_blocks_nothing(terminal: Terminal, hub: StandInHub) -> None:
    hub.put_values("event", "e-bad", {**an_event(), "starts_at": "demain"})
    hub.put_values("workshop", "w-1", {"title": "Un genre nouveau"}, counter=1)
    hub.put_values("event", "e-good", an_event(), counter=2)
    assert terminal.rounds.run().ok
    assert [record_id for record_id, _ in terminal.store.list("event")] == ["e-good"]
    status = terminal.status()
    assert (status.unreadable, status.digest_mismatches) == (1, 0)


def test_a_second_round_on_the_same_home_waits_and_then_says_so(terminal: Terminal, home: Path) -> None:
    rounds = Rounds(
        home, terminal._database, terminal.rounds._credentials, terminal.rounds._client, terminal._clockwork,
        bytes, lock_wait_s=0.3,
    )  # fmt: skip
    with alone(home / LOCK_NAME, wait_s=0.0):
        started = time.monotonic()
        report = rounds.run()
        assert 0.2 < time.monotonic() - started < 5
        assert (report.ok, report.code) == (False, "running")
        assert terminal.status().online is None, "status stays readable, and is not touched"
    assert rounds.run().ok


def test_two_programs_on_one_home_write_and_send(home: Path, terminal: Terminal, hub: StandInHub, local: Time) -> None:
    other = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local)
    try:
        for opened in (terminal, other, terminal, other):
            opened.store.write("booking", None, a_booking())
        assert other.rounds.run().pushed == 4
        assert terminal.status().waiting == 0
        assert len(set(hub.stamps.values())) == 4
    finally:
        other.close()


def _reply(
    hub: StandInHub,
    *,
    applied_through: int = 0,
    receipts: list[Receipt] | None = None,
    entries: list[FeedEntry] | None = None,
    checkpoints: dict[str, int] | None = None,
    sealing: object = None,
) -> RoundReply:
    return RoundReply(
        now_ms=hub.now(), generation=hub.generation, applied_through=applied_through, durable_through=0,
        receipts=receipts or [], entries=entries or [], checkpoints=checkpoints or {SITE: len(hub.feed)}, more=False,
        digest=hub.digest(), sealing=sealing,  # type: ignore[arg-type]
    )  # fmt: skip


def _rounds_with(terminal: Terminal, client: object) -> Rounds:
    return Rounds(
        terminal.home,
        terminal._database,
        terminal.rounds._credentials,
        client,
        terminal._clockwork,
        bytes,  # type: ignore[arg-type]
    )


def _digest(terminal: Terminal) -> str:
    with terminal._database.read() as connection:
        return digest_here(connection)


def _outbox_size(terminal: Terminal) -> int:
    with terminal._database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(OUTBOX)).scalar_one())
