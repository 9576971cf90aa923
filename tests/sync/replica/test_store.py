"""The store: one transaction, references, claims, sealing, and what a thief would find."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from sync.claim import decode_claim, hash_reference, make_reference, read_reference
from sync.errors import InvalidInput, StorageError, TooManyTries, UnknownReference, UntrustedHub
from sync.replica import meta
from sync.replica.envelope import Envelope
from sync.replica.tables import OUTBOX, STAMPS
from sync.replica.terminal import Terminal
from sync.seal import Sealed, SealHeader
from sync.signature import verify
from tests.sync.replica.stand_in import MACHINE_SECRET, SITE, StandInHub, Time, a_booking, a_registration
from tests.sync.replica.theft import find_traces

ANSWERS = {
    "prenom": "Anaïs-Bérénice", "nom": "N’Guyen d’Étampes", "telephone": "0612345678",
    "courriel": "anais.nguyen@example.fr", "nom_seul": "Suharto",
}  # fmt: skip
WORDS = ["Anaïs-Bérénice", "Guyen d’Étampes", "0612345678", "612345678", "anais.nguyen@example.fr", "Suharto"]


def counts(terminal: Terminal) -> tuple[int, int, int]:
    """Rows, stamps, outbox entries."""
    with terminal._database.read() as connection:
        found = [connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (STAMPS, OUTBOX)]
    return len(terminal.store.list("booking")), found[0], found[1]


@contextmanager
def failing_at(terminal: Terminal, table: str) -> Iterator[None]:
    """The database refuses whatever is written into ``table``."""

    with terminal._database.write(urgent=True) as connection:
        connection.execute(
            text(f"CREATE TRIGGER planted BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'planted'); END")
        )
    try:
        yield
    finally:
        with terminal._database.write(urgent=True) as connection:
            connection.execute(text("DROP TRIGGER planted"))


@pytest.mark.parametrize("table", ["booking", "replica_record_stamps", "replica_outbox"])
def test_row_stamps_and_outbox_are_written_together_or_not_at_all(terminal: Terminal, table: str) -> None:
    with failing_at(terminal, table), pytest.raises(StorageError, match="a refusé une opération"):
        terminal.store.write("booking", None, a_booking())
    assert counts(terminal) == (0, 0, 0)
    written = terminal.store.write("booking", None, a_booking())
    assert counts(terminal) == (1, 1, 1)
    assert written.seq == 1, "a failed write leaves no hole in the numbers"


def test_numbers_have_no_hole_and_stamps_no_double_under_threads(terminal: Terminal, hub: StandInHub) -> None:
    def write() -> None:
        for _ in range(20):
            terminal.store.write("booking", None, a_booking())

    threads = [threading.Thread(target=write) for _ in range(5)]
    for thread in threads:
        thread.start()
    for _ in range(5):
        assert terminal.rounds.run().ok
    for thread in threads:
        thread.join()
    assert terminal.rounds.run().ok
    assert [op.seq for request in hub.received for op in request.operations] == list(range(1, 101))
    assert len({entry.fields["state"].stamp for entry in hub.feed}) == 100


def test_only_what_changed_is_sent_with_the_stamp_that_was_seen(terminal: Terminal, hub: StandInHub) -> None:
    record_id = terminal.store.write("booking", None, a_booking()).id
    assert terminal.store.write("booking", record_id, {"state": "requested"}).seq == 0
    assert terminal.store.write("booking", record_id, {"state": "cancelled", "language": "fr"}).seq == 2
    terminal.rounds.run()
    first, second = hub.received[0].operations
    assert list(second.fields) == ["state"]
    assert second.fields["state"].base == first.fields["state"].stamp
    assert second.fields["state"].stamp > first.fields["state"].stamp


def test_a_state_goes_forward_only(terminal: Terminal) -> None:
    record_id = terminal.store.write("booking", None, a_booking()).id
    terminal.store.write("booking", record_id, {"state": "cancelled"})
    with pytest.raises(InvalidInput):
        terminal.store.write("booking", record_id, {"state": "requested"})


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("booking", {**a_booking(), "terminal_no": "Jean"}),
        ("booking", {"state": "requested"}),
        ("booking", {**a_booking(), "answered_at": "2026-11-21T08:00:00Z"}),
        ("slot", {"state": "open"}),
        ("nothing", {}),
    ],
)
def test_what_a_terminal_may_not_write_is_refused_without_the_value(
    terminal: Terminal, kind: str, values: dict[str, object]
) -> None:
    with pytest.raises(InvalidInput) as caught:
        terminal.store.write(kind, None, values)  # type: ignore[arg-type]
    assert "Jean" not in str(caught.value)
    assert counts(terminal) == (0, 0, 0)


def test_a_seal_of_another_record_is_refused(terminal: Terminal) -> None:
    sealed = terminal.store.seal("registration", terminal.store.new_id(), dict(ANSWERS))
    with pytest.raises(InvalidInput, match="scellées"):
        terminal.store.write("registration", terminal.store.new_id(), a_registration(), sealed=sealed)


def test_a_wrong_clock_turns_no_visitor_away(terminal: Terminal, local: Time) -> None:
    local.ms += 10**12

    assert terminal.store.seal("registration", terminal.store.new_id(), dict(ANSWERS)).ciphertext


def test_a_sealing_key_that_the_signed_time_has_passed_is_refused(terminal: Terminal, local: Time) -> None:
    with terminal._database.write() as connection:
        meta.write(connection, meta.TIME_FLOOR_MS, local.ms + 10**12)

    with pytest.raises(UntrustedHub, match="clé de scellement"):
        terminal.store.seal("registration", terminal.store.new_id(), dict(ANSWERS))


def register(terminal: Terminal, sealed: Sealed | None = None, record_id: str | None = None) -> str:
    record_id = record_id or terminal.store.new_id()
    reference = terminal.store.next_reference()
    values = a_registration(index=reference.index, reference_hash=hash_reference(reference, record_id))
    sealed = sealed or terminal.store.seal("registration", record_id, dict(ANSWERS))
    terminal.store.write("registration", record_id, values, sealed=sealed)  # type: ignore[arg-type]
    return reference.shown


def data_key(terminal: Terminal) -> bytes:
    return Envelope.load(terminal.home / "keys.json").open_with_machine(MACHINE_SECRET)


def test_a_thief_with_the_data_key_finds_nothing_typed(terminal: Terminal) -> None:
    register(terminal)
    assert find_traces(terminal.home, data_key(terminal), WORDS) == []
    terminal.rounds.run()
    terminal.end_visit()
    assert find_traces(terminal.home, data_key(terminal), WORDS) == []


def test_the_search_for_traces_sees_answers_that_were_not_sealed(terminal: Terminal) -> None:
    """The fault is planted here: answers in a seal that seals nothing (base64 in the ciphertext)."""
    record_id = terminal.store.new_id()
    header = SealHeader(suite="none", key_id="s1", kind="registration", site_id=SITE, id=record_id)
    bare = base64.urlsafe_b64encode(json.dumps(ANSWERS, ensure_ascii=False).encode()).decode()
    register(terminal, Sealed(header=header, ciphertext=bare), record_id)
    traces = find_traces(terminal.home, data_key(terminal), WORDS)
    assert {line[-1] for line in traces} >= {str(n) for n in range(len(WORDS))}
    assert all(line.startswith("table replica_outbox") for line in traces)
    assert find_traces(terminal.home, None, WORDS) == [], "the files are encrypted all the same"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "base64", "base64-shifted", "hex", "upper"])
def test_the_search_for_traces_knows_the_forms_of_a_word(tmp_path: Path, encoding: str) -> None:
    raw = "x Anaïs-Bérénice y".encode()
    content = {
        "utf-8": raw,
        "utf-16-le": raw.decode().encode("utf-16-le"),
        "base64": base64.b64encode(raw),
        "base64-shifted": base64.urlsafe_b64encode(b"ab" + raw),
        "hex": raw.hex().encode(),
        "upper": raw.decode().upper().encode(),
    }[encoding]
    (tmp_path / "log.txt").write_bytes(b"\0\1" + content + b"\n")
    assert find_traces(tmp_path, None, ["Anaïs-Bérénice"]) == ["file log.txt: word 0"]
    assert find_traces(tmp_path, None, ["Zoé-Marguerite"]) == []


def test_a_reference_finds_its_record_and_no_other(terminal: Terminal) -> None:
    shown = [register(terminal) for _ in range(3)]
    found = [terminal.store.find(text.lower().replace(" ", "-")) for text in shown]
    assert len({item.id for item in found}) == 3
    assert {item.kind for item in found} == {"registration"}


def test_no_reference_is_given_twice_even_after_a_full_pull(terminal: Terminal, hub: StandInHub) -> None:
    assert [terminal.store.next_reference().index for _ in range(3)] == [0, 1, 2]
    hub.put_values("registration", "r-old", a_registration(index=40))
    terminal.rounds.run()
    assert terminal.store.next_reference().index == 41


def wrong_reference(n: int) -> str:
    return make_reference(1, 900 + n, b"another secret").text


def test_five_wrong_references_lock_the_search_for_a_quarter_of_an_hour(
    terminal: Terminal, home: Path, hub: StandInHub, local: Time
) -> None:
    shown = register(terminal)
    for n in range(5):
        with pytest.raises(UnknownReference):
            terminal.store.find(wrong_reference(n))
    with pytest.raises(TooManyTries, match="quart d’heure"):
        terminal.store.find(shown)
    again = Terminal.open(home, MACHINE_SECRET, client=hub, now_ms=local)
    try:
        with pytest.raises(TooManyTries):
            again.store.find(shown)
        local.ms += 15 * 60 * 1000 + 1
        assert again.store.find(shown).kind == "registration"
    finally:
        again.close()


def test_a_lock_is_not_longer_because_the_clock_went_back(terminal: Terminal, local: Time) -> None:
    shown = register(terminal)
    local.ms += 10**9
    for n in range(5):
        with pytest.raises(UnknownReference):
            terminal.store.find(wrong_reference(n))
    local.ms -= 10**9
    with pytest.raises(TooManyTries):
        terminal.store.find(shown)
    local.ms += 15 * 60 * 1000 + 1
    assert terminal.store.find(shown)


def test_a_slip_of_the_pen_is_not_counted_as_a_try(terminal: Terminal) -> None:
    shown = register(terminal)
    for _ in range(10):
        with pytest.raises(InvalidInput, match="dix caractères"):
            terminal.store.find("ABC DEF GHJK")
    assert terminal.store.find(shown)


def test_a_claim_is_signed_by_this_terminal_and_holds_nothing_personal(terminal: Terminal, hub: StandInHub) -> None:
    record_id, slot_id = terminal.store.new_id(), terminal.store.new_id()
    reference = terminal.store.next_reference()
    text = terminal.store.sign_claim(
        "booking", "requested", record_id, slot_id, 1_800_000_000, reference=reference, language="fr-simple"
    )
    decoded = decode_claim(text)
    assert decoded is not None
    claim, body, signature = decoded
    assert (claim.id, claim.slot_id, claim.promise, claim.terminal_no) == (record_id, slot_id, "requested", 1)
    assert claim.incarnation == terminal.status().incarnation
    assert verify(hub.terminal_keys["t-1"], signature, claim.signing_input(body))
    assert (claim.reference_no, claim.language) == (reference.index, "fr-simple")
    assert reference.text not in text


def test_a_reference_read_back_is_the_one_given(terminal: Terminal) -> None:
    reference = terminal.store.next_reference()
    assert read_reference(reference.shown) == reference
