"""The envelope: each slot opens by itself, nothing else does."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag

from sync.errors import StorageError, WrongKey
from sync.replica.envelope import Envelope
from sync.replica.machine import FILE_VARIABLE, read_machine_secret
from sync.seal import SUITE
from sync.wire import to_text
from tests.sync.replica.stand_in import StandInHub

SECRET = b"m" * 32


def test_the_machine_opens_it_and_another_machine_does_not(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    _, key = Envelope.create(path, SECRET, os.urandom)
    assert Envelope.load(path).open_with_machine(SECRET) == key
    with pytest.raises(WrongKey, match="secret d’origine"):
        Envelope.load(path).open_with_machine(b"n" * 32)


def test_the_data_key_is_nowhere_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    envelope, key = Envelope.create(path, SECRET, os.urandom)
    envelope.add_recovery(key, StandInHub().sealing)
    content = path.read_bytes()
    assert key not in content
    assert key.hex().encode() not in content.lower()
    assert to_text(key).encode() not in content
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["keys.json"], "no draft of it is left behind"


def test_the_hub_opens_the_recovery_slot_and_no_other_hub_does(tmp_path: Path) -> None:
    hub, path = StandInHub(), tmp_path / "keys.json"
    envelope, key = Envelope.create(path, SECRET, os.urandom)
    envelope.add_recovery(key, hub.sealing)
    loaded = Envelope.load(path)
    key_id, wrapped = loaded.recovery_slot()
    assert key_id == hub.sealing.key_id
    assert SUITE.decrypt(wrapped, hub.sealing_private, info=loaded.recovery_info()) == key
    with pytest.raises(InvalidTag):
        SUITE.decrypt(wrapped, StandInHub().sealing_private, info=loaded.recovery_info())
    assert loaded.open_with_machine(SECRET) == key


@pytest.mark.parametrize("member", ["device", "data_key_id"])
def test_a_slot_moved_to_another_device_does_not_open(tmp_path: Path, member: str) -> None:
    path = tmp_path / "keys.json"
    Envelope.create(path, SECRET, os.urandom)
    document = json.loads(path.read_text())
    document[member] = "0" * 32
    path.write_text(json.dumps(document))
    with pytest.raises(WrongKey):
        Envelope.load(path).open_with_machine(SECRET)


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"version": 2, "device": "d", "data_key_id": "k", "slots": []}'])
def test_a_damaged_or_newer_file_says_what_to_do(tmp_path: Path, content: str) -> None:
    path = tmp_path / "keys.json"
    path.write_text(content)
    with pytest.raises(StorageError):
        Envelope.load(path)


def test_keys_are_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    Envelope.create(path, SECRET, os.urandom)
    with pytest.raises(StorageError, match="dossier vide"):
        Envelope.create(path, SECRET, os.urandom)


def test_the_machines_secret_comes_from_systemd_or_a_named_file(tmp_path: Path) -> None:
    (tmp_path / "point-contact-machine").write_bytes(b"a" * 32)
    (tmp_path / "named").write_bytes(b"b" * 32)
    (tmp_path / "short").write_bytes(b"c")
    assert read_machine_secret({"CREDENTIALS_DIRECTORY": str(tmp_path)}) == b"a" * 32
    assert read_machine_secret({FILE_VARIABLE: str(tmp_path / "named")}) == b"b" * 32
    for environment in ({}, {FILE_VARIABLE: str(tmp_path / "none")}, {FILE_VARIABLE: str(tmp_path / "short")}):
        with pytest.raises(StorageError):
            read_machine_secret(environment)
