"""``hub todo``, ``hub duplicates`` and the tokens, as a person types them."""

from __future__ import annotations

import json
import re

import pytest

from sync.hub import accounts, rows, todo_words, tokens
from sync.hub.todo_words import Choice
from sync.seal import seal
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand
from tests.sync.hub.test_todo import a_booking, journal
from tests.sync.hub.typed import RAW_ID, Do, do, hub

__all__ = ["do", "hub"]

PERSONAL = {"prenom": "Léa", "telephone": "0692 12 34 56"}


def with_contact(hub: Stand, terminal: Signer, slot_id: str) -> str:
    """A booking with a sealed contact, withdrawn since."""
    request = terminal.booking(slot_id)
    sealed = seal(hub.keys.sealing, "booking", SITE, request.id, PERSONAL).to_text()
    terminal.round([request.changed(sealed=sealed)])
    with hub.database.write() as connection:
        rows.write_as_hub(connection, hub.clock(), "booking", SITE, request.id, {"state": "withdrawn"})
    return request.id


def codes_in(text: str) -> list[str]:
    return re.findall(r"^([0-9A-Z]{3}-[0-9A-Z]{3})   ", text, re.MULTILINE)


def test_nothing_to_settle_is_said(do: Do) -> None:
    assert do("todo", "list", who=None).strip() == "Rien n’attend personne."


def test_a_line_is_read_announced_and_settled(hub: Stand, do: Do) -> None:
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(in_hours=30), "withdrawn")
    said = do("todo", "list", who=None)
    [code] = codes_in(said)
    assert "PRESSÉ" in said
    assert "L’organisme a annulé le rendez-vous" in said
    assert "1  La personne est prévenue." in said
    assert not RAW_ID.search(said)
    assert "ajoutez « --yes »" in do("todo", "settle", code, "1", status=1)
    assert hub.read("booking", booking_id)["told_at"] is None
    assert "C’est fait" in do("todo", "settle", code.lower(), "1", "--yes")
    assert hub.read("booking", booking_id)["told_at"] is not None
    assert do("todo", "list", who=None).strip() == "Rien n’attend personne."
    assert "relisez" in do("todo", "settle", code, "1", "--yes", status=1)


def test_the_json_of_the_list_and_of_a_settling_has_stable_keys(hub: Stand, do: Do) -> None:
    a_booking(hub, hub.enrol(), hub.add_slot(in_hours=30), "withdrawn")
    [item] = json.loads(do("todo", "list", "--site", SITE, "--json", who=None))["todo"]
    assert set(item) == {
        "id", "code", "kind", "site_id", "place", "since", "happened", "to_do", "choices", "urgent", "due_at",
        "records",
    }  # fmt: skip
    settled = json.loads(do("todo", "settle", item["code"], item["choices"][0]["code"], "--yes", "--json"))
    assert settled == {
        "id": item["id"], "code": item["code"], "choice": "told", "at": settled["at"], "who": ADMIN, "again": False,
    }  # fmt: skip
    assert json.loads(do("todo", "list", "--json", who=None)) == {"todo": []}


def test_reading_the_list_first_settles_what_needs_nobody(hub: Stand, do: Do) -> None:
    journal(hub, a_booking(hub, hub.enrol(), hub.add_slot(), "cancelled"), "confirmed", "cancelled")
    do("todo", "list", who=None)
    with hub.database.read() as connection:
        [line] = accounts.find_audit(connection, "todo.settle")
    assert (line["who"], line["detail"]) == ("automatique", "equal")


def test_a_disk_that_takes_nothing_still_lets_the_list_be_read(hub: Stand, do: Do) -> None:
    terminal = hub.enrol()
    a_booking(hub, terminal, hub.add_slot(), "withdrawn")
    journal(hub, a_booking(hub, terminal, hub.add_slot(), "cancelled"), "confirmed", "cancelled")
    with hub.database.write() as connection:
        refusing = "BEFORE INSERT ON hub_audit BEGIN SELECT RAISE(ABORT, 'full'); END"
        connection.exec_driver_sql(f"CREATE TRIGGER full {refusing}")
    [code] = codes_in(do("todo", "list", who=None))
    do("todo", "settle", code, "1", "--yes", status=1)
    assert codes_in(do("todo", "list", who=None)) == [code]


@pytest.mark.parametrize("words", [["1"], ["9", "--yes"], ["told"]])
def test_a_settling_that_cannot_be_changes_nothing(hub: Stand, do: Do, words: list[str]) -> None:
    booking_id = a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    [code] = codes_in(do("todo", "list", who=None))
    before = hub.read("booking", booking_id)
    assert do("todo", "settle", code, *words, status=1).strip()
    assert "compte" in do("todo", "settle", code, "1", "--yes", who="Personne", status=1)
    assert hub.read("booking", booking_id) == before


def test_the_code_of_a_line_opens_what_its_people_left_and_the_journal_says_why(hub: Stand, do: Do) -> None:
    terminal = hub.enrol()
    booking_id = with_contact(hub, terminal, hub.add_slot())
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Zoé", ["instruction"], ADMIN)
    said = do("todo", "list", who=None)
    assert "Léa" not in said
    [code] = codes_in(said)
    assert "rôle" in do("todo", "open", code, status=1)
    assert "telephone : 0692 12 34 56" in do("todo", "open", code, who="Zoé")
    [opened] = json.loads(do("todo", "open", code, "--json", who="Zoé"))["opened"]
    assert (opened["id"], opened["answers"]) == (booking_id, PERSONAL)
    with hub.database.read() as connection:
        lines = [(line["who"], line["detail"]) for line in accounts.find_audit(connection, "vault.open")]
    assert lines == [("Zoé", "rendez_vous")] * 2


def test_who_left_nothing_is_said_and_holds_up_nobody(hub: Stand, do: Do) -> None:
    a_booking(hub, hub.enrol(), hub.add_slot(), "withdrawn")
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Zoé", ["instruction"], ADMIN)
    [code] = codes_in(do("todo", "list", who=None))
    [opened] = json.loads(do("todo", "open", code, "--json", who="Zoé"))["opened"]
    assert list(opened) == ["refused"]


def test_looking_for_duplicates_counts_and_points_to_the_list(hub: Stand, do: Do) -> None:
    with hub.database.write() as connection:
        accounts.add_account(connection, hub.clock(), "Zoé", ["instruction"], ADMIN)
    terminal = hub.enrol()
    answers = {"nom_naissance": "Durand", "prenoms": "Anaïs", "date_naissance": "1990-02-28"}
    for number in range(2):
        prepared = terminal.registration()
        sealed = seal(hub.keys.sealing, "registration", SITE, prepared.id, {**answers, "ville": str(number)}).to_text()
        terminal.round([prepared.changed(sealed=sealed)])
    assert "rôle" in do("duplicates", "look", status=1)
    said = do("duplicates", "look", who="Zoé")
    assert "comparées pour la première fois : 2." in said
    assert "Ressemblances nouvelles : 1 (voyez « hub todo list »)." in said
    listed = do("todo", "list", who=None)
    assert "Deux préparations portent le même nom" in listed
    assert "Durand" not in listed
    assert json.loads(do("duplicates", "look", "--json", who="Zoé")) == {"compared": 0, "unreadable": 0, "pairs": 0}


def test_a_token_is_shown_once_and_taken_back(hub: Stand, do: Do) -> None:
    token = do("account", "token", ADMIN).strip()
    with hub.database.read() as connection:
        assert tokens.bearer(connection, token) is not None
    assert "ne vaut plus rien" in do("account", "token-off", ADMIN)
    with hub.database.read() as connection:
        assert tokens.bearer(connection, token) is None
    assert json.loads(do("account", "token", ADMIN, "--json")).keys() == {"account", "token"}


def test_every_kind_of_line_is_said_without_english_or_raw_ids(hub: Stand, do: Do) -> None:
    terminal = hub.enrol()
    for state, because in (("withdrawn", None), ("overruled", "clone"), ("overruled", "written_off")):
        a_booking(hub, terminal, hub.add_slot(), state, declined_because=because)
    for kept, lost in (("confirmed", "cancelled"), ("requested", "cancelled"), ("confirmed", "declined")):
        journal(hub, a_booking(hub, terminal, hub.add_slot(in_hours=72), kept), kept, lost)
    journal(hub, a_booking(hub, terminal, hub.add_slot(), "confirmed"), "VISIO", "TELEPHONE", field="modality")
    journal(hub, a_booking(hub, terminal, hub.add_slot(), "confirmed"), "[]", "[1]", field="wishes")
    journal(hub, hub.add_slot(), "open", "withdrawn", kind="slot")
    a_booking(hub, terminal, hub.add_slot(in_hours=10), "requested")
    crowded = hub.add_slot()
    for _ in range(2):
        a_booking(hub, terminal, crowded, "confirmed")
    said = do("todo", "list", who=None)
    assert len(codes_in(said)) == 11
    assert not RAW_ID.search(said)
    for foreign in ("withdrawn", "overruled", "open", "slot", "booking", "conflict", "cancel", "keep", "edo", "hub "):
        assert foreign not in said.rpartition("Régler une ligne")[0], foreign


def test_a_choice_says_what_it_does() -> None:
    """Every choice that exists has a label and an effect, each a sentence of its own."""
    choices = [one for one in vars(todo_words).values() if isinstance(one, Choice)]
    assert len(choices) > 5
    for choice in choices:
        assert choice.label[0].isupper()
        assert choice.effect.endswith(".")
