"""What the hub rejects is kept for a person, and nobody is shown it as if it stood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from sync.errors import InvalidInput, Refused
from sync.message import Message
from sync.replica.command_parked import parked
from sync.replica.tables import JOURNAL, OUTBOX
from sync.replica.terminal import Terminal
from sync.wire import Receipt, RoundReply, RoundRequest
from tests.sync.replica.stand_in import MACHINE_SECRET, StandInHub, a_booking, an_event
from tests.sync.replica.test_round import register
from tests.sync.replica.test_the_real_hub import SLOT, RealHub, a_terminal


def rejects(hub: StandInHub, terminal: Terminal, *seqs: int) -> None:
    """The hub rejects these numbers of the next push, and applies the others."""
    real_apply = hub._apply

    def scripted(request: RoundRequest) -> Message | None:
        kept = [one for one in request.operations if one.seq not in seqs]
        place = f"{request.terminal_id}/{request.incarnation}"
        through = max(one.seq for one in request.operations)
        for one in kept:
            hub.applied[place] = one.seq - 1
            real_apply(request.changed(operations=[one]))
        hub.applied[place] = through
        reply = real_apply(request.changed(operations=[]))
        assert isinstance(reply, RoundReply)
        receipts = [
            Receipt(seq=one.seq, outcome="rejected", code="invalid", message="Une valeur manque.")
            if one.seq in seqs
            else Receipt(seq=one.seq, outcome="applied")
            for one in request.operations
        ]
        return reply.changed(receipts=receipts)

    hub.scripts.append(scripted)


def at_rest(terminal: Terminal, hub: StandInHub, *, parked: int) -> None:
    """Both ends agree, whatever is parked."""
    hub.now.ms += 1000
    hub.put_values("event", "e-moves", an_event("Un autre"), counter=hub.now.ms % 1000)
    assert terminal.rounds.run().ok
    assert terminal.rounds.run().ok
    status = terminal.status()
    assert (status.waiting, status.parked, status.digest_mismatches) == (0, parked, 0)


def test_a_rejected_change_leaves_what_the_hub_holds_and_is_kept(terminal: Terminal, hub: StandInHub) -> None:
    hub.put_values("event", "e-1", an_event())
    record_id = terminal.store.write("booking", None, a_booking()).id  # type: ignore[arg-type]
    assert terminal.rounds.run().ok
    terminal.store.write("booking", record_id, {"language": "uk", "modality": "TEL"})
    rejects(hub, terminal, 2)
    assert terminal.rounds.run().ok
    held = terminal.store.get("booking", record_id)
    assert held is not None
    assert (held.values()["language"], held.values()["modality"]) == ("fr", "VISIO")
    assert len(terminal.store.list("event")) == 1, "nothing of what was read went away meanwhile"
    (one,) = terminal.store.parked()
    assert (one.id, one.fields, one.code) == (record_id, ("language", "modality"), "invalid")
    at_rest(terminal, hub, parked=1)


def test_a_rejected_record_stays_readable_and_both_ends_agree(terminal: Terminal, hub: StandInHub) -> None:
    record_id = register(terminal)
    rejects(hub, terminal, 1)
    assert terminal.rounds.run().ok
    assert terminal.store.get("registration", record_id) is not None
    assert terminal.store.delivery("registration", record_id).state == "rejected"
    at_rest(terminal, hub, parked=1)
    assert terminal.store.get("registration", record_id) is not None


def test_a_change_written_since_is_not_lost_with_the_rejected_one(terminal: Terminal, hub: StandInHub) -> None:
    record_id = terminal.store.write("booking", None, a_booking()).id  # type: ignore[arg-type]
    assert terminal.rounds.run().ok
    terminal.store.write("booking", record_id, {"modality": "TEL"})
    terminal.store.write("booking", record_id, {"language": "uk"})
    rejects(hub, terminal, 2)
    assert terminal.rounds.run().ok
    held = terminal.store.get("booking", record_id)
    assert held is not None
    assert (held.values()["language"], held.values()["modality"]) == ("uk", "VISIO")
    at_rest(terminal, hub, parked=1)


def test_a_disk_that_was_put_back_shows_no_empty_screen_while_it_is_settled(
    terminal: Terminal, hub: StandInHub
) -> None:
    hub.put_values("event", "e-1", an_event())
    assert terminal.rounds.run().ok
    hub.applied[f"{terminal.identity.terminal_id}/{terminal.status().incarnation}"] = 40
    assert terminal.rounds.run().ok
    assert terminal.status().redraws == 1
    assert len(terminal.store.list("event")) == 1


def test_a_named_person_gives_up_what_was_rejected_and_it_is_journaled(terminal: Terminal, hub: StandInHub) -> None:
    record_id = register(terminal)
    rejects(hub, terminal, 1)
    assert terminal.rounds.run().ok
    for wrong in ((record_id, " "), ("another", "Camille")):
        with pytest.raises(InvalidInput):
            terminal.store.drop_parked(*wrong)
    assert terminal.store.drop_parked(record_id, "Camille") == 1
    assert terminal.store.parked() == []
    assert terminal.store.get("registration", record_id) is None
    with terminal._database.read() as connection:
        line = connection.execute(select(JOURNAL)).mappings().one()
        assert (line["what"], line["record_id"], line["who"]) == ("parked_dropped", record_id, "Camille")
        assert set(connection.execute(select(OUTBOX.c.sealed)).scalars()) == {None}
    at_rest(terminal, hub, parked=0)


def test_a_restored_hub_may_still_ask_for_the_number_that_was_given_up(terminal: Terminal, hub: StandInHub) -> None:
    record_id, kept = register(terminal), register(terminal)
    rejects(hub, terminal, 1)
    assert terminal.rounds.run().ok
    terminal.store.drop_parked(record_id, "Camille")
    hub.applied, hub.generation = {}, "generation-2"
    hub.feed, hub.stamps = [], {}
    assert terminal.rounds.run().ok
    assert terminal.status().redraws == 0
    assert terminal.store.get("registration", kept) is not None


def test_the_real_hub_and_a_terminal_agree_while_something_is_parked(tmp_path: Path) -> None:
    real = RealHub(tmp_path / "hub")
    real.write("slot", "slot-1", dict(SLOT))
    terminal = a_terminal(real, tmp_path / "a")
    try:
        assert terminal.rounds.run().ok
        good = terminal.store.write("booking", None, a_booking()).id  # type: ignore[arg-type]
        terminal.store.write("booking", None, {**a_booking(), "terminal_no": 9})  # type: ignore[arg-type]
        for _ in range(4):
            real.now.ms += 1000
            assert terminal.rounds.run().ok
        status = terminal.status()
        assert (status.waiting, status.parked, status.digest_mismatches) == (0, 1, 0)
        assert terminal.store.delivery("booking", good).state == "received"
    finally:
        terminal.close()
        real.database.close()


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "secret"
    file.write_bytes(MACHINE_SECRET)
    monkeypatch.setenv("POINT_CONTACT_MACHINE_SECRET_FILE", str(file))


@pytest.mark.usefixtures("secret")
def test_the_command_lists_and_drops(terminal: Terminal, hub: StandInHub, home: Path) -> None:
    record_id = register(terminal, "Anaïs")
    rejects(hub, terminal, 1)
    assert terminal.rounds.run().ok
    run = CliRunner().invoke
    shown = run(parked, ["list", "--home", str(home)])
    assert shown.exit_code == 0
    assert record_id in shown.output
    assert "Anaïs" not in shown.output
    found = json.loads(run(parked, ["list", "--home", str(home), "--json"]).output)["parked"]
    assert [(one["id"], one["sealed"]) for one in found] == [(record_id, True)]
    refused = run(parked, ["drop", record_id, "--home", str(home), "--as", "Camille"])
    assert isinstance(refused.exception, Refused)
    assert record_id in run(parked, ["list", "--home", str(home)]).output, "nothing is changed without --yes"
    assert "abandonnés : 1" in run(
        parked, ["drop", record_id, "--home", str(home), "--as", "C", "--yes"]
    ).output.replace("\u00a0", " ")
    assert "Aucun" in run(parked, ["list", "--home", str(home)]).output
