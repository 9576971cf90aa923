"""The work list: found by reference, moved by a named person, told to the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.change import new_id
from sync.claim import hash_reference, make_reference
from sync.errors import InvalidInput, Refused
from sync.hub import accounts, registrations
from sync.hub.gateway import TO_COMPLETE, InscriptionGateway, ManualGateway, Outcome
from sync.hub.vault import Opened
from sync.records.registration import STATES
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand, hub_in

READER = "Zoé"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Stand]:
    with hub_in(tmp_path / "hub") as stand:
        with stand.database.write() as connection:
            accounts.add_account(connection, stand.clock(), READER, ["instruction"], ADMIN)
        yield stand


def prepare(hub: Stand, signer: Signer, index: int = 5) -> tuple[str, str]:
    """A registration as a terminal sends it: its id and its reference as shown on the slip."""
    number = signer.certificate.terminal_no
    reference = make_reference(number, index, hub.keys.reference_secret(signer.terminal_id))
    record_id = new_id(hub.clock(), hub.random(10))
    operation = signer.registration(record_id=record_id)
    fields = dict(operation.fields)
    for name, value in (("reference_no", index), ("reference_hash", hash_reference(reference, record_id))):
        fields[name] = fields[name].changed(value=value)
    signer.round([operation.changed(fields=fields)])
    return record_id, reference.shown


def note(hub: Stand, record_id: str, state: str, *missing: str, who: str = READER) -> set[str]:
    with hub.database.write() as connection:
        return registrations.note_outcome(
            connection, hub.clock(), ManualGateway(), SITE, record_id, Outcome(state, missing), who
        )


def find(hub: Stand, typed: str) -> registrations.FoundRecord:
    with hub.database.read() as connection:
        return registrations.find(connection, typed)


def test_a_reference_finds_its_registration_however_it_is_typed(hub: Stand) -> None:
    record_id, shown = prepare(hub, hub.enrol())
    for typed in (shown, shown.lower(), shown.replace(" ", "-"), shown.replace("0", "O"), record_id):
        found = find(hub, typed)
        assert (found.kind, found.id, found.state) == ("registration", record_id, "recue")


def test_a_reference_that_was_guessed_finds_nothing(hub: Stand) -> None:
    signer = hub.enrol()
    prepare(hub, signer)
    guessed = make_reference(signer.certificate.terminal_no, 5, b"not the secret of this terminal!")
    with pytest.raises(InvalidInput, match="Aucune préparation reçue"):
        find(hub, guessed.shown)


def test_a_reference_with_a_typing_error_is_said_so(hub: Stand) -> None:
    with pytest.raises(InvalidInput, match="erreur"):
        find(hub, "ABC DEF GHJ0")


def test_the_list_is_oldest_first_and_holds_nothing_personal(hub: Stand) -> None:
    signer = hub.enrol()
    first, _ = prepare(hub, signer, 1)
    hub.clock.ms += 60_000
    second, _ = prepare(hub, signer, 2)
    with hub.database.read() as connection:
        assert [line.id for line in registrations.list_registrations(connection)] == [first, second]
        assert registrations.list_registrations(connection, states=["close"]) == []
        assert registrations.list_registrations(connection, site_id="autre-site") == []


def test_what_a_person_notes_reaches_the_terminal_at_its_next_round(hub: Stand) -> None:
    signer = hub.enrol()
    record_id, _ = prepare(hub, signer)
    assert note(hub, record_id, "a_completer", "telephone", "adresse") == {"state", "to_complete"}
    [entry] = [entry for entry in signer.round().entries if entry.id == record_id and "to_complete" in entry.fields]
    assert entry.fields["state"].value == "a_completer"
    assert entry.fields["to_complete"].value == ["adresse", "telephone"]
    note(hub, record_id, "transmise")
    assert hub.read("registration", record_id)["to_complete"] == []


@pytest.mark.parametrize("before", ["recue", "transmise", "a_completer", "close"])
@pytest.mark.parametrize("after", ["recue", "transmise", "a_completer", "close"])
def test_only_the_transitions_of_the_work_list_are_possible(hub: Stand, before: str, after: str) -> None:
    record_id, _ = prepare(hub, hub.enrol())
    if before != "recue":
        note(hub, record_id, before, *(["nom"] if before == "a_completer" else []))
    missing = ["metier"] if after == "a_completer" else []
    if after == before or after in STATES[before]:
        note(hub, record_id, after, *missing)
        assert hub.read("registration", record_id)["state"] == after
    else:
        with pytest.raises(Refused) as refused:
            note(hub, record_id, after, *missing)
        assert refused.value.code == "transition"
        assert hub.read("registration", record_id)["state"] == before


@pytest.mark.parametrize(
    ("state", "missing"),
    [("inscrit", ()), ("preparee", ()), ("a_completer", ()), ("a_completer", ("RIB",)), ("transmise", ("nom",))],
)
def test_an_outcome_outside_the_closed_lists_is_refused(hub: Stand, state: str, missing: tuple[str, ...]) -> None:
    record_id, _ = prepare(hub, hub.enrol())
    with pytest.raises(InvalidInput):
        note(hub, record_id, state, *missing)


def test_only_instruction_notes_and_every_note_is_in_the_journal(hub: Stand) -> None:
    record_id, _ = prepare(hub, hub.enrol())
    with pytest.raises(Refused):
        note(hub, record_id, "transmise", who=ADMIN)
    note(hub, record_id, "transmise")
    with hub.database.read() as connection:
        [line] = accounts.find_audit(connection, "registration.set")
    assert (line["who"], line["detail"]) == (READER, "manual,transmise")


def test_no_word_of_the_work_list_means_registered() -> None:
    words = [*STATES, *TO_COMPLETE]
    assert not [word for word in words if word.startswith("inscri")]


def test_the_manual_gateway_leaves_the_outcome_to_a_person() -> None:
    gateway: InscriptionGateway = ManualGateway()
    handed = gateway.forward(Opened("registration", SITE, "id", {}))
    assert handed.outcome is None
    assert len(handed.steps) == 3
