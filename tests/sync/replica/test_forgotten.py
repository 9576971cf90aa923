"""What the hub has destroyed goes here too, and a terminal that slept too long reads everything again."""

from __future__ import annotations

from sync.replica.tables import OUTBOX
from sync.replica.terminal import Terminal
from sync.wire import FeedEntry, Message, Receipt, RoundReply, RoundRequest
from tests.sync.replica.stand_in import StandInHub, an_event
from tests.sync.replica.test_round import register


def test_a_change_of_what_the_hub_has_destroyed_is_given_up_and_not_parked(terminal: Terminal, hub: StandInHub) -> None:
    record_id = register(terminal)

    def forgotten(request: RoundRequest) -> Message:
        hub.applied[f"{request.terminal_id}/{request.incarnation}"] = 1
        return RoundReply(
            now_ms=hub.now(), generation=hub.generation, applied_through=1, durable_through=0,
            receipts=[Receipt(seq=1, outcome="rejected", code="forgotten", message="La fiche n’existe plus.")],
            entries=[], checkpoints=request.checkpoints, more=False, digest=hub.digest(),
        )  # fmt: skip

    hub.scripts.append(forgotten)
    assert terminal.rounds.run().ok
    status = terminal.status()
    assert (status.waiting, status.parked, status.digest_mismatches) == (0, 0, 0)
    assert terminal.store.get("registration", record_id) is None
    assert status.conflicts > 0, "journaled"


def test_one_answer_that_acknowledges_a_record_and_ends_it_leaves_nothing_of_it(
    terminal: Terminal, hub: StandInHub
) -> None:
    """The answer to the operation that made it was lost, and the hub destroyed it before the next one."""
    record_id = register(terminal)
    hub.lose_answers = 1
    assert not terminal.rounds.run().ok
    ended = FeedEntry(
        part="sarlat", n=len(hub.feed) + 1, kind="registration", site_id="sarlat", id=record_id, fields={}
    )
    hub.feed.append(ended)
    hub.stamps = {key: stamp for key, stamp in hub.stamps.items() if key[2] != record_id}
    assert terminal.rounds.run().ok
    assert terminal.store.get("registration", record_id) is None
    with terminal._database.read() as connection:
        [sent] = connection.execute(OUTBOX.select()).all()
    assert (sent.seq, sent.fields, sent.sealed) == (1, "{}", None), "a restored hub may ask for its number"


def test_a_checkpoint_older_than_what_the_hub_keeps_makes_everything_be_read_again(
    terminal: Terminal, hub: StandInHub
) -> None:
    for name in ("e-1", "e-2"):
        hub.put_values("event", name, an_event())
    assert terminal.rounds.run().ok
    hub.feed = [entry for entry in hub.feed if entry.id != "e-1"]  # its tombstone came and went while we slept
    hub.stamps = {key: stamp for key, stamp in hub.stamps.items() if key[2] != "e-1"}

    def too_old(request: RoundRequest) -> Message:
        return RoundReply(
            now_ms=hub.now(), generation=hub.generation, applied_through=0, durable_through=0, receipts=[],
            entries=hub.feed, checkpoints={"sarlat": len(hub.feed)}, more=False, digest=hub.digest(), refill=True,
        )  # fmt: skip

    hub.scripts.append(too_old)
    assert terminal.rounds.run().ok
    assert [record_id for record_id, _ in terminal.store.list("event")] == ["e-2"]
    assert terminal.status().digest_mismatches == 0
