"""The hub's commands as an operator types them: sentences in French, status 0, 1 or 2, a journal of all."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from sync.claim import hash_reference, make_reference
from sync.command import root, run
from sync.hub import accounts
from sync.hub.command_options import now_ms
from sync.hub.database import HubDatabase
from sync.hub.keys import HubKeys
from sync.seal import seal
from tests.sync.hub.stand import SITE, Clock, Stand, hub_in

ANNE = "Anne-Lise L’Hôte"
PHRASE = "citron lampadaire orage velours"
TYPED = {"nom_naissance": "N’Guessan-Œuvrard", "prenoms": "Zoé"}
CONTACT = {"prenom": "Léa", "telephone": "0692 12 34 56"}
PROGRAM = (sys.executable, "-c", "from sync.command import main; main()")


class Operator:
    """Types commands and reads what they say."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self.capsys = capsys
        self.err = ""

    def do(self, *words: str, who: str | None = ANNE, status: int = 0) -> str:
        self.capsys.readouterr()
        signed = ["--as", who] if who else []
        code = run(["hub", *words, "--home", str(self.home), *signed])
        said = self.capsys.readouterr()
        self.err = said.err.replace("\u00a0", " ")
        assert code == status, said.err
        return said.out.replace("\u00a0", " ")

    def refused(self, *words: str, who: str | None = ANNE) -> str:
        assert self.do(*words, who=who, status=1) == ""
        assert self.err.strip()
        assert "Traceback" not in self.err
        return self.err

    def json(self, *words: str, who: str | None = None) -> dict[str, object]:
        answer = json.loads(self.do(*words, "--json", who=who))
        assert isinstance(answer, dict)
        return answer


@pytest.fixture
def operator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    made = Operator(tmp_path / "hub", capsys)
    made.do("keys", "init")
    roles = [word for role in ("administration", "exploitation", "instruction") for word in ("--role", role)]
    made.do("account", "add", ANNE, *roles)
    made.do("site", "add", SITE, "--name", "Mairie", "--zone", "Indian/Reunion", "--phone-region", "RE")
    return made


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_first_steps_of_a_hub_are_journaled(operator: Operator) -> None:
    journal = operator.json("audit")
    newest = journal["newest"]
    assert isinstance(newest, list)
    assert [line["action"] for line in newest] == ["site.add", "account.add", "keys.init"]
    assert {line["who"] for line in newest} == {ANNE}
    assert journal["broken_at"] is None


def test_everything_the_hub_writes_is_its_owner_s_only(operator: Operator) -> None:
    operator.do("backup")
    for path in operator.home.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


@pytest.mark.parametrize(
    "words",
    [
        [], ["dance"], ["site", "add", "x"], ["site", "add", "x", "--home", "h"], ["slots", "import"],
        ["site", "add", "x", "--home", "h", "--as", "a", "--rsa-orientation", "commune"],
        ["account", "add", "a", "--role", "chef"], ["keys", "rotate", "--overlap-days", "0"],
        ["terminal", "invite", "--home", "h", "--as", "a"],
        ["registration", "open", "R", "--home", "h", "--as", "a"], ["serve", "--home", "h", "--port", "99999"],
        ["registration", "set", "R", "inscrit", "--home", "h", "--as", "a"], ["audit", "--home"],
    ],
)  # fmt: skip
def test_a_wrong_command_exits_with_2(words: list[str]) -> None:
    result = CliRunner().invoke(root, ["hub", *words])
    assert result.exit_code == 2


@pytest.mark.parametrize(
    "command", ["serve", "migrate", "site", "account", "terminal", "slots", "events", "offers", "directory",
                "registration", "booking", "keys", "grant", "backup", "restore", "conflict", "audit"],
)  # fmt: skip
def test_every_command_of_the_contract_has_its_help(command: str) -> None:
    result = CliRunner().invoke(root, ["hub", command, "--help"])
    assert result.exit_code == 0


def test_a_mistyped_folder_never_becomes_a_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lost = Operator(tmp_path / "nowhere", capsys)
    for words in (["site", "list"], ["registration", "list"], ["audit"]):
        assert "Aucun hub dans ce dossier" in lost.refused(*words, who=None)
    assert not lost.home.exists()


def test_who_has_no_account_or_no_role_is_refused(operator: Operator) -> None:
    operator.do("account", "add", "Bruno", "--role", "lecture")
    assert "n’a pas le rôle" in operator.refused(
        "site", "add", "autre", "--name", "x", "--zone", "Europe/Paris", who="Bruno"
    )
    assert "Aucun compte" in operator.refused("terminal", "invite", "--site", SITE, who="Personne")
    assert "Aucun compte" in operator.refused("keys", "rotate", who="Personne")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["site", "add", "Été", "--name", "x", "--zone", "Europe/Paris"], "identifiant"),
        (["site", "add", "nouveau", "--name", "x"], "fuseau"),
        (["site", "add", SITE, "--zone", "Europe/Atlantis"], "fuseau"),
        (["site", "add", SITE, "--phone-region", "974"], "région téléphonique"),
        (["site", "add", SITE, "--name", "x" * 201], "non permise"),
        (["site", "add", "nouveau", "--rsa-orientation", "france_travail"], "fuseau"),
        (["terminal", "invite", "--site", "nulle-part"], "site n’existe pas"),
        (["terminal", "revoke", "12"], "borne n’existe pas"),
        (["keys", "init"], "a déjà ses clés"),
        (["slots", "import", "absent.csv"], "ne se lit pas"),
        (["restore", "absent.db"], "n’existe pas"),
    ],
)
def test_what_cannot_be_done_is_one_sentence_and_status_1(operator: Operator, words: list[str], said: str) -> None:
    assert said in operator.refused(*words)


def test_a_site_is_corrected_field_by_field(operator: Operator) -> None:
    operator.do("site", "add", SITE, "--phone", "0262 00 00 00")
    sites = operator.json("site", "list")["sites"]
    assert isinstance(sites, list)
    assert (sites[0]["name"], sites[0]["phone"], sites[0]["zone"]) == ("Mairie", "0262 00 00 00", "Indian/Reunion")


def test_who_orients_those_with_the_rsa_is_the_departement_until_a_person_says_otherwise(operator: Operator) -> None:
    said = {False: "département", True: "France Travail"}
    for words, delegated in (((), False), (("france_travail",), True), ((), True), (("departement",), False)):
        option = ("--rsa-orientation", *words) if words else ("--phone", "0262 00 00 00")
        operator.do("site", "add", SITE, *option)
        sites = operator.json("site", "list")["sites"]
        assert isinstance(sites, list)
        assert sites[0]["rsa_orientation_delegated"] is delegated, words
        assert said[delegated] in operator.do("site", "list", who=None).splitlines()[-1]


def test_a_csv_is_imported_as_a_difference(operator: Operator, tmp_path: Path) -> None:
    good = write(tmp_path / "s.csv", "référence;motif;date;début;fin\nA1;edo;24/11/2099;9h;9h30\n")
    assert "1 ajoutés" in operator.do("slots", "import", good, "--site", SITE, "--dry-run")
    assert "1 ajoutés" in operator.do("slots", "import", good, "--site", SITE)
    assert "1 inchangés" in operator.do("slots", "import", good, "--site", SITE)
    bad = write(tmp_path / "b.csv", "référence;motif;date;début;fin\nA1;edo;24/11/2099;9h;9h30\nA2;x;1;2;3\n")
    said = operator.refused("slots", "import", bad, "--site", SITE)
    assert "Ligne 3 : le motif" in said
    event = write(tmp_path / "e.csv", "référence,titre,date,début,durée,lieu\nE1,Café,24/11/2099,9h,60,Mairie\n")
    answer = json.loads(operator.do("events", "import", event, "--site", SITE, "--json"))
    assert answer["added"] == [f"{SITE}/E1"]


def test_what_is_near_is_imported_from_a_csv_and_from_data_inclusion(operator: Operator, tmp_path: Path) -> None:
    offer = write(tmp_path / "o.csv", "référence;intitulé;lieu;publiée le\nO1;Cariste;Vierzon;02/11/2026\n")
    near = ("--site", SITE, "--source", "mairie")
    assert "1 ajoutées" in operator.do("offers", "import", offer, *near, "--dry-run")
    assert "1 ajoutées" in operator.do("offers", "import", offer, *near)
    assert "1 inchangées" in operator.do("offers", "import", offer, *near)
    service = {"source": "dora", "id": "dora--1", "structure_id": "s", "nom": "Permis", "date_maj": "2026-05-04"}
    file = write(tmp_path / "di.json", json.dumps({"items": [service]}))
    assert "« --site »" in operator.refused("directory", "import", file).replace("\u00a0", " ")
    answer = json.loads(operator.do("directory", "import", file, "--site", SITE, "--json"))
    assert answer["added"] == [f"{SITE}/dora--1"]


def test_keys_go_to_two_holders_and_come_back(operator: Operator, tmp_path: Path) -> None:
    phrase = write(tmp_path / "phrase", PHRASE + "\n")
    first, second = tmp_path / "anne.json", tmp_path / "bruno.json"
    made = operator.do("keys", "backup", "--holder", "Anne", "--out", str(first), "--passphrase-file", phrase)
    assert "deux dépositaires" in made
    made = operator.do("keys", "backup", "--holder", "Bruno", "--out", str(second), "--passphrase-file", phrase)
    assert "deux dépositaires" not in made
    operator.do("keys", "restore", str(second), "--check", "--passphrase-file", phrase)
    operator.do("keys", "rotate")
    assert "toutes les clés actuelles" in operator.refused(
        "keys", "restore", str(second), "--check", "--passphrase-file", phrase
    )
    wrong = write(tmp_path / "wrong", "une autre phrase tout à fait")
    assert "phrase secrète" in operator.refused("keys", "restore", str(first), "--check", "--passphrase-file", wrong)
    assert PHRASE not in operator.do("audit", "--limit", "100", who=None)


def test_a_lost_machine_comes_back_from_both_backups(operator: Operator, tmp_path: Path) -> None:
    phrase = write(tmp_path / "phrase", PHRASE)
    holder = tmp_path / "anne.json"
    operator.do("keys", "backup", "--holder", "Anne", "--out", str(holder), "--passphrase-file", phrase)
    saved = json.loads(operator.do("backup", "--to", str(tmp_path / "away"), "--json"))
    new = Operator(tmp_path / "new", operator.capsys)
    new.do("keys", "restore", str(holder), "--passphrase-file", phrase)
    assert "remise en place" in new.do("restore", saved["file"])
    assert new.json("site", "list")["sites"] == operator.json("site", "list")["sites"]


def test_a_broken_journal_is_said_with_status_1(operator: Operator) -> None:
    database = HubDatabase.open(operator.home / "hub.db")
    with database.write() as connection:
        connection.exec_driver_sql("UPDATE hub_audit SET who = 'X' WHERE n = 2")
    database.close()
    operator.do("audit", who=None, status=1)
    assert "modifié à la ligne 2" in operator.err


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[tuple[Stand, str, str]]:
    """A hub with one registration and one booking received: their references."""
    with hub_in(tmp_path / "hub", clock=Clock(now_ms())) as hub:
        with hub.database.write() as connection:
            accounts.add_account(connection, now_ms(), ANNE, ["instruction"], "Camille Martin")
        signer, shown = hub.enrol(), []
        operations = [signer.registration(), signer.booking(hub.add_slot(), content_version="contrat.fr@2026.11.5")]
        answers = [
            {"nom_naissance": "N’Guessan-Œuvrard", "prenoms": "Zoé"},
            {"prenom": "Léa", "telephone": "0692 12 34 56"},
        ]
        for at, operation in enumerate(operations):
            number = signer.certificate.terminal_no
            reference = make_reference(number, at, hub.keys.reference_secret(signer.terminal_id))
            sealed = seal(hub.keys.sealing, operation.kind, SITE, operation.id, answers[at]).to_text()
            known = {"reference_no": at, "reference_hash": hash_reference(reference, operation.id)}
            fields = {
                name: change.changed(value=known[name]) if name in known else change
                for name, change in operation.fields.items()
            }
            operations[at] = operation.changed(fields=fields, sealed=sealed)
            shown.append(reference.shown)
        reply = signer.round(operations)
        assert [receipt.outcome for receipt in reply.receipts] == ["applied", "applied"]
        yield hub, shown[0], shown[1]


def test_a_registration_is_worked_through(filled: tuple[Stand, str, str], capsys: pytest.CaptureFixture[str]) -> None:
    hub, reference, booked = filled
    operator = Operator(hub.home, capsys)
    assert "recue" in operator.do("registration", "find", reference, who=None)
    assert "N’Guessan" not in operator.do("registration", "list", who=None)
    opened = json.loads(operator.do("registration", "open", reference, "--reason", "transmission", "--json"))
    assert opened["answers"] == {"nom_naissance": "N’Guessan-Œuvrard", "prenoms": "Zoé"}
    assert "nom_naissance : N’Guessan-Œuvrard" in operator.do(
        "registration", "open", reference, "--reason", "complement"
    )
    assert "motif" in operator.refused("registration", "open", reference, "--reason", "curiosité")
    assert "rôle" in operator.refused("registration", "open", reference, "--reason", "incident", who="Camille Martin")
    operator.do("registration", "set", reference, "a_completer", "--missing", "adresse")
    operator.do("registration", "set", reference, "close")
    assert "ne peut pas devenir" in operator.refused("registration", "set", reference, "transmise")
    assert "hub booking" in operator.refused("registration", "open", booked, "--reason", "transmission")
    journal = operator.do("audit", who=None)
    assert journal.count("vault.open") == 2
    assert journal.count("vault.refused") == 2
    assert "Guessan" not in journal


def test_a_booking_is_listed_and_its_contact_opened(
    filled: tuple[Stand, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    hub, _, reference = filled
    operator = Operator(hub.home, capsys)
    [booking] = json.loads(operator.do("booking", "list", "--json", who=None))["bookings"]
    assert booking["state"] == "confirmed"
    assert "Léa" not in json.dumps(booking, ensure_ascii=False)
    opened = json.loads(operator.do("booking", "open", reference, "--reason", "rendez_vous", "--json"))
    assert opened["answers"] == CONTACT
    operator.do("booking", "open", reference, "--reason", "rendez_vous")
    assert "Texte lu avant la demande : contrat.fr@2026.11.5" in operator.err


def test_a_place_given_to_a_terminal_is_listed_and_taken_back(
    filled: tuple[Stand, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    hub, _, _ = filled
    operator = Operator(hub.home, capsys)
    assert "Aucune place" in operator.do("grant", "list", who=None)
    hub.add_slot(capacity=4)
    signer = hub.enrol()
    signer.round()
    [given] = json.loads(operator.do("grant", "list", "--site", SITE, "--json", who=None))["grants"]
    assert (given["state"], given["number"], given["live"]) == ("active", 1, [])
    assert "confiée" in operator.do("grant", "list", who=None)
    words = ("grant", "write-off", str(given["id"]), "--site", SITE)
    assert "rôle" in operator.refused(*words)
    trial = operator.do(*words, who="Camille Martin", status=1)
    assert "Touché peut-être" in trial
    assert "à qui la borne n° 2 a pu promettre sa place du" in trial.replace("\u00a0", " ")
    assert "Rien n’est changé" in operator.err
    assert hub.read("slot", str(given["slot_id"]))["taken"] == 1
    assert "peut la donner" in operator.do(*words, "--yes", who="Camille Martin")
    assert hub.read("slot", str(given["slot_id"]))["taken"] == 0
    assert "reprise d’office" in operator.do("grant", "list", who=None)
    operator.do(*words, "--yes", who="Camille Martin", status=1)
    assert "hub grant list" in operator.err
    assert "grant.write_off" in operator.do("audit", who=None)


def test_a_place_with_a_booking_names_it_before_it_is_taken_back(
    filled: tuple[Stand, str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    hub, _, _ = filled
    operator = Operator(hub.home, capsys)
    slot_id = hub.add_slot(capacity=4)
    signer = hub.enrol()
    signer.round()
    [given] = json.loads(operator.do("grant", "list", "--json", who=None))["grants"]
    booking = signer.booking(slot_id, state="guaranteed", grant_id=given["id"], spend_no=1)
    signer.round([booking])
    listed = {line["id"]: line for line in json.loads(operator.do("grant", "list", "--json", who=None))["grants"]}
    assert listed[given["id"]]["live"] == [booking.id]
    said = operator.do("grant", "write-off", str(given["id"]), "--site", SITE, "--yes", who="Camille Martin")
    assert "Garde sa place : le rendez-vous du" in said.replace("\u00a0", " ")
    assert booking.id not in said
    assert "reste à ce rendez-vous" in said


def test_demonstration_keys_never_listen_outside_this_machine(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = Operator(tmp_path / "demo", capsys)
    operator.do("keys", "init", "--demonstration")
    assert "démonstration" in operator.refused("serve", "--host", "0.0.0.0", who=None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.processes
def test_the_hub_serves_until_it_is_told_to_stop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    operator = Operator(tmp_path / "hub", capsys)
    operator.do("keys", "init")
    operator.do("account", "add", ANNE, "--role", "administration", "--role", "exploitation")
    saved = json.loads(operator.do("backup", "--json"))["file"]
    HubKeys.create(tmp_path / "second", now_ms=now_ms(), demonstration=False)
    port = free_port()
    log = tmp_path / "log"
    with log.open("wb") as output:
        served = subprocess.Popen(
            [*PROGRAM, "hub", "serve", "--home", str(operator.home), "--port", str(port)],
            stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
    try:
        wait_for(f"http://127.0.0.1:{port}/healthz", served)
        with pytest.raises(urllib.error.HTTPError) as missing:
            opened(f"http://127.0.0.1:{port}/c/SECRETCLAIM")
        assert missing.value.code == 404
        missing.value.close()
        assert "est en marche" in operator.refused("restore", saved)
        assert "est en marche" in operator.refused("serve", "--port", str(free_port()), who=None)
        second = Operator(tmp_path / "second", capsys)
        assert f"Le port {port} est déjà utilisé" in second.refused("serve", "--port", str(port), who=None)
    finally:
        served.send_signal(signal.SIGTERM)
        served.wait(30)
    assert served.returncode == 0
    assert "SECRETCLAIM" not in log.read_text()
    assert "remise en place" in operator.do("restore", saved)


def wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            opened(url)
            return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the hub did not come up")


def opened(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=5) as response:
        return bytes(response.read())
