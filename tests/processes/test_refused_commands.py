"""Every refused command: one sentence on stderr that says what to do, exit status 1, no traceback, nothing changed."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from sync.replica.envelope import Envelope
from tests.processes.gestures import fingerprints, held_at_hub, refused, try_visit
from tests.stage import LOOPBACK, PERSON, SITE, Stage

pytestmark = pytest.mark.processes

BROKEN_SLOTS = """référence;site;motif;date;début;fin;places
A-1;{site};suivi;30/02/2027;09:00;09:30;1
A-2;nulle-part;suivi;01/03/2027;09:00;09:30;1
A-3;{site};coiffure;01/03/2027;09:00;09:30;1
A-4;{site};suivi;01/03/2027;9 heures et quart;09:30;1
A-5;{site};suivi;01/03/2027;10:00;09:30;1
A-6;{site};suivi;01/03/2027;11:00;11:30;mille
A-7;{site};suivi;01/03/2027;13:00;13:30;1
A-7;{site};suivi;01/03/2027;14:00;14:30;1
"""
BROKEN_EVENTS = """référence;site;titre;thème;date;début;durée;lieu;places
E-1;{site};;formation;01/03/2027;09:00;60;Mairie;8
E-2;{site};Atelier;cuisine;01/03/2027;09:00;60;Mairie;8
E-3;{site};Atelier;formation;demain;09:00;60;Mairie;8
E-4;{site};Atelier;formation;01/03/2027;09:00;0;Mairie;8
E-5;{site};Atelier;formation;01/03/2027;09:00;60;;8
E-6;{site};Atelier;formation;01/03/2027;09:00;60;Mairie;-2
"""
WRONG_USAGE = (
    ("hub",),
    ("hub", "serve"),
    ("hub", "tea"),
    ("hub", "slots", "import", "--home", "h"),
    ("hub", "account", "add", "Anne", "--home", "h", "--role", "reine", "--as", "Anne"),
    ("terminal", "serve", "--home", "t", "--port", "99999"),
    ("terminal", "enrol", "--home", "t"),
    ("demo", "--site", "nulle-part"),
    ("tea",),
)


@pytest.mark.parametrize(
    ("kind", "record", "text"), [("slots", "slot", BROKEN_SLOTS), ("events", "event", BROKEN_EVENTS)]
)
def test_a_broken_csv_gets_a_sentence_per_line_and_changes_nothing(
    stage: Stage, kind: str, record: str, text: str
) -> None:
    file = stage.file(f"broken-{kind}.csv", text.replace("{site}", SITE))
    before = held_at_hub(stage, record)
    said = stage.hub(kind, "import", str(file), person=True)
    assert (said.status, said.out) == (1, "")
    head, *lines = said.err.replace("\u00a0", " ").strip().splitlines()
    assert head.endswith("rien n’a été importé.")
    wrong = {int(line.split()[1]) for line in lines}
    rows = len(text.splitlines()) - 1
    good = {8} if kind == "slots" else set()  # the first of the two that bear one reference
    assert wrong == set(range(2, rows + 2)) - good, said.err
    assert all(line.startswith("Ligne ") and line.endswith((".", ")")) for line in lines), lines
    assert held_at_hub(stage, record) == before


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe\x00", b"r;s\n1;2\n", b"\x00" * 64], ids=["empty", "utf-16", "headings", "zeros"]
)
def test_a_file_that_is_no_such_csv_is_refused(stage: Stage, content: bytes) -> None:
    file = stage.folder / "no.csv"
    file.write_bytes(content)
    said = stage.hub("slots", "import", str(file), person=True)
    assert said.status == 1
    assert "rien n’a été importé" in said.err.replace("\u00a0", " ")


def test_wrong_and_used_codes_are_refused_and_a_right_one_still_works(stage: Stage, tmp_path: Path) -> None:
    stage.hub_up()
    code = stage.invite()
    fresh = Stage(tmp_path / "fresh", hub_port=stage.hub_port)
    fresh.folder.mkdir()
    fresh.secret_file.write_bytes(stage.secret_file.read_bytes())
    assert "recopiez ses 24 caractères" in refused(fresh.try_enrol(code[:-3]))
    other = code.replace("-", "")
    swapped = other[:-1] + ("7" if other[-1] != "7" else "8")
    assert "demandez-en un autre" in refused(fresh.try_enrol(swapped))
    assert "Aucun" not in refused(fresh.terminal("sync"))
    assert fresh.try_enrol(code).status == 0
    assert "déjà" in refused(fresh.try_enrol(code))
    second = Stage(tmp_path / "second", hub_port=stage.hub_port)
    second.folder.mkdir()
    second.secret_file.write_bytes(stage.secret_file.read_bytes())
    assert "déjà servi" in refused(second.try_enrol(code))
    assert len(stage.hub("terminal", "list", "--json").json["terminals"]) == 2


def test_the_secret_of_another_machine_opens_nothing_and_touches_nothing(stage: Stage) -> None:
    before = fingerprints(stage.terminal_home)
    stage.secret_file.write_bytes(b"x" * 32)
    for words in (("status",), ("sync",), ("serve", "--port", str(stage.kiosk_port))):
        assert "secret d’origine" in refused(stage.terminal(*words))
    assert "secret d’origine" in refused(try_visit(stage, "register"))
    assert fingerprints(stage.terminal_home) == before
    stage.secret_file.write_bytes(b"short")
    assert "trop court" in refused(stage.terminal("status"))
    stage.secret_file.unlink()
    assert "ne se lit pas" in refused(stage.terminal("status"))
    assert fingerprints(stage.terminal_home) == before


def test_another_data_key_opens_nothing_and_touches_nothing(stage: Stage) -> None:
    (stage.terminal_home / "keys.json").unlink()
    Envelope.create(stage.terminal_home / "keys.json", stage.secret_file.read_bytes(), os.urandom)
    before = fingerprints(stage.terminal_home)
    for words in (("status",), ("sync",), ("serve", "--port", str(stage.kiosk_port))):
        assert "n’ouvre pas la base" in refused(stage.terminal(*words))
    assert fingerprints(stage.terminal_home) == before


def test_a_port_in_use_is_said_by_hub_terminal_and_demonstration(stage: Stage) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        sentences = [
            refused(stage.hub("serve", "--port", port)),
            refused(stage.terminal("serve", "--port", port)),
            refused(stage.cli("demo", "--home", str(stage.folder / "demo"), "--hub-port", port)),
            refused(stage.cli("demo", "--home", str(stage.folder / "demo"), "--kiosk-port", port)),
        ]
    assert all(f"Le port {port}" in sentence and "port" in sentence.split(":")[-1] for sentence in sentences), sentences
    assert not (stage.folder / "demo").exists()


def test_a_folder_without_hub_or_terminal_is_refused_and_stays_empty(stage: Stage) -> None:
    nowhere = stage.folder / "nowhere"
    nowhere.mkdir()
    home = ("--home", str(nowhere))
    for words in (
        ("hub", "serve", *home),
        ("hub", "registration", "list", *home),
        ("hub", "terminal", "invite", "--site", SITE, "--as", PERSON, *home),
        ("hub", "backup", "--as", PERSON, *home),
        ("terminal", "status", *home),
        ("terminal", "sync", *home),
        ("terminal", "serve", *home, "--port", str(stage.kiosk_port)),
    ):
        refused(stage.cli(*words))
    assert [path.name for path in nowhere.iterdir() if path.suffix in {".db", ".json"}] == []


def test_who_may_not_do_something_is_told_so(stage: Stage) -> None:
    stage.do_hub("account", "add", "Lucie Lecture", "--role", "lecture")
    for name in ("Lucie Lecture", "Personne"):
        who = ("--as", name)
        refused(stage.hub("site", "add", "x", "--name", "X", *who))
        refused(stage.hub("terminal", "invite", "--site", SITE, *who))
    assert "registr" not in refused(
        stage.hub("registration", "open", "001 000 YCDG", "--reason", "transmission", "--as", PERSON)
    )
    assert set(held_at_hub(stage, "site")) == {SITE, "ravine-aux-lataniers"}


@pytest.mark.parametrize("words", WRONG_USAGE, ids=" ".join)
def test_wrong_usage_exits_with_2_and_says_so_in_french(stage_folder: Stage, words: tuple[str, ...]) -> None:
    said = stage_folder.cli(*words)
    assert said.status == 2, said
    assert "Traceback" not in said.err
    assert said.err.startswith(("Usage", "Utilisation")), said.err
    assert not any(english in said.err for english in ("Error", "Missing", "Invalid", "No such", "is not")), said.err


@pytest.fixture
def stage_folder(tmp_path: Path) -> Stage:
    """A stage with nothing in it: wrong usage reaches no home."""
    return Stage(tmp_path)


def test_a_hub_without_its_keys_does_nothing_and_says_so(stage: Stage) -> None:
    (stage.hub_home / "keys").rename(stage.folder / "keys-elsewhere")
    before = fingerprints(stage.hub_home)
    for words in (("serve", "--port", str(stage.hub_port)), ("terminal", "invite", "--site", SITE, "--as", PERSON)):
        assert "clés" in refused(stage.hub(*words))
    assert fingerprints(stage.hub_home).get("hub.db") == before["hub.db"]


def test_a_stick_that_is_not_there_or_holds_nothing_says_what_to_do(stage: Stage) -> None:
    missing, empty = stage.folder / "missing", stage.folder / "empty"
    empty.mkdir()
    assert "clé" in refused(stage.terminal("export", str(missing)))
    assert "hub exchange" in refused(stage.terminal("import", str(empty)))
    assert "terminal export" in refused(stage.hub("exchange", str(empty), "--as", PERSON))


def test_a_damaged_hub_database_is_said_in_one_sentence(stage: Stage) -> None:
    for name in ("hub.db-wal", "hub.db-shm"):
        (stage.hub_home / name).unlink(missing_ok=True)
    (stage.hub_home / "hub.db").write_bytes(b"this is no database at all" * 400)
    assert "abîmée" in refused(stage.hub("serve", "--port", str(stage.hub_port)))
    assert "abîmée" in refused(stage.hub("registration", "list"))
