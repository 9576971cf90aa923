"""What the hub has destroyed goes here too, and a terminal that slept too long reads everything again."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from sync.fields import read_fields
from sync.hub import backup, rows, tombstones
from sync.message import Message
from sync.replica.apply import TAKEN_BACK_AS
from sync.replica.tables import OUTBOX
from sync.replica.terminal import Terminal
from sync.wire import LEFT_OF_ENDED, FeedEntry, Receipt, RoundReply, RoundRequest
from tests.sync.replica.stand_in import SITE, StandInHub, a_booking, a_registration, an_event
from tests.sync.replica.test_round import register
from tests.sync.replica.test_the_real_hub import SLOT, RealHub, a_terminal


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
    ended = FeedEntry.of(n=len(hub.feed) + 1, kind="registration", site_id="sarlat", record_id=record_id, fields={})
    hub.feed.append(ended)
    hub.stamps = {key: stamp for key, stamp in hub.stamps.items() if key[2] != record_id}
    assert terminal.rounds.run().ok
    assert terminal.store.get("registration", record_id) is None
    with terminal._database.read() as connection:
        [sent] = connection.execute(OUTBOX.select()).all()
    assert (sent.seq, sent.sealed) == (1, None), "a restored hub may ask for its number"
    assert read_fields(sent.fields).values.keys() == LEFT_OF_ENDED


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


@pytest.mark.parametrize("kind", ["registration", "booking"])
def test_what_was_taken_back_and_destroyed_stays_so_at_a_hub_restored_from_before(tmp_path: Path, kind: str) -> None:
    """The backup holds the record as it was before, with what was typed: only the terminal can say so again."""
    real = RealHub(tmp_path / "hub")
    real.write("slot", "slot-1", dict(SLOT))
    terminal = a_terminal(real, tmp_path / "a")
    try:
        terminal.rounds.run()
        values = a_registration() if kind == "registration" else a_booking()
        record_id = terminal.store.new_id()
        sealed = terminal.store.seal(kind, record_id, {"nom": "Durand"})
        terminal.store.write(kind, record_id, values, sealed=sealed)  # type: ignore[arg-type]
        assert terminal.rounds.run().ok
        real.now.ms += 1000
        path = backup.make_backup(real.database, real.keys, real.now(), "agent").path
        assert terminal.rounds.run().ok, "hears that the backup has it, and keeps it no more"
        terminal.store.take_back(kind, record_id)
        assert terminal.rounds.run().ok
        with real.database.write() as connection:
            tombstones.bury(connection, real.now(), SITE, [(kind, record_id)])
        assert terminal.rounds.run().ok
        assert terminal.store.get(kind, record_id) is None

        real.put_back(path)
        assert terminal.rounds.run().ok
        with real.database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM hub_sealed")).scalar_one() == 0
            standing = rows.read(connection, kind, SITE, record_id)
        held = terminal.store.get(kind, record_id)
        assert standing is not None
        assert held is not None
        assert held.values()["state"] == standing["state"] == TAKEN_BACK_AS[kind]
        assert terminal.rounds.run().ok
        assert (terminal.status().digest_mismatches, terminal.status().parked) == (0, 0)
    finally:
        terminal.close()
        real.database.close()
