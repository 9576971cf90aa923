"""What revoked terminals still send, as a line of the to-do list and as ``hub quarantine``."""

from __future__ import annotations

import json

from sync.hub import fleet, rows
from sync.wire import Operation
from tests.sync.hub.granted import grants_of
from tests.sync.hub.stand import ADMIN, SITE, Signer, Stand
from tests.sync.hub.typed import Do, do, hub

__all__ = ["do", "hub"]


def revoked_that_sends(hub: Stand, *kinds: str) -> tuple[Signer, list[Operation]]:
    terminal = hub.enrol()
    terminal.round()
    with hub.database.write() as connection:
        fleet.revoke(connection, hub.keys, hub.clock(), terminal.terminal_id, ADMIN)
    operations = [
        terminal.registration() if kind == "registration" else terminal.booking(hub.add_slot()) for kind in kinds
    ]
    assert terminal.refused(operations).code == "revoked"
    return terminal, operations


def test_what_a_revoked_terminal_sends_is_a_line_and_is_taken(hub: Stand, do: Do) -> None:
    _, (registration, _) = revoked_that_sends(hub, "registration", "booking")
    said = do("todo", "list", who=None)
    assert "La borne n° 1, déclarée perdue, a encore envoyé quelque chose (1 rendez-vous, 1 préparation" in said
    code = said.split("\n\n")[1].split()[0]
    do("todo", "settle", code, "1", "--yes")
    assert hub.read("registration", registration.id)["state"] == "recue"
    assert do("todo", "list", who=None).strip() == "Rien n’attend personne."


def test_what_a_revoked_terminal_sends_is_dropped(hub: Stand, do: Do) -> None:
    _, [registration] = revoked_that_sends(hub, "registration")
    [item] = json.loads(do("todo", "list", "--json", who=None))["todo"]
    do("todo", "settle", item["code"], "drop", "--yes")
    with hub.database.read() as connection:
        assert rows.read(connection, "registration", SITE, registration.id) is None
    assert do("quarantine", "list", who=None).strip() == "Rien n’est tenu à l’écart."


def test_more_that_came_since_the_line_was_read_is_not_settled_with_it(hub: Stand, do: Do) -> None:
    terminal, _ = revoked_that_sends(hub, "registration")
    [item] = json.loads(do("todo", "list", "--json", who=None))["todo"]
    terminal.refused([terminal.registration()])
    assert "relisez" in do("todo", "settle", item["code"], "take", "--yes", status=1)
    assert len(json.loads(do("quarantine", "list", "--json", who=None))["held"]) == 2


def test_one_record_is_taken_and_the_other_dropped(hub: Stand, do: Do) -> None:
    terminal, (one, two) = revoked_that_sends(hub, "registration", "registration")
    assert "préparation d’inscription" in do("quarantine", "list", who=None)
    number = str(terminal.certificate.terminal_no)
    assert "Rien n’est changé" in do("quarantine", "take", number, "--record", one.id, status=1)
    assert "compte" in do("quarantine", "take", number, "--yes", who="Personne", status=1)
    assert "prises : 1" in do("quarantine", "take", number, "--record", one.id, "--yes")
    assert json.loads(do("quarantine", "drop", terminal.terminal_id, "--yes", "--json")) == {"dropped": 1}
    assert "Rien de cette borne" in do("quarantine", "drop", number, "--yes", status=1)
    assert hub.read("registration", one.id)["state"] == "recue"
    with hub.database.read() as connection:
        assert rows.read(connection, "registration", SITE, two.id) is None


def test_a_disk_that_was_put_back_asks_about_the_places_that_stay_held(hub: Stand, do: Do) -> None:
    terminal = hub.enrol()
    slot_id = hub.add_slot(capacity=4)
    terminal.round()
    grant_id = grants_of(hub, terminal).popitem()[0]
    terminal.incarnation, terminal.seq, terminal.generation = "another-incarnation", 0, None
    terminal.round()
    [item] = json.loads(do("todo", "list", "--json", who=None))["todo"]
    assert item["kind"] == "redrawn"
    assert "1 place reste bloquée" in item["happened"].replace("\u00a0", " ")
    do("todo", "settle", item["code"], "write_off", "--yes")
    assert hub.read("grant", grant_id)["state"] == "written_off"
    assert json.loads(do("todo", "list", "--json", who=None)) == {"todo": []}
    assert hub.read("slot", slot_id)["state"] == "open"
