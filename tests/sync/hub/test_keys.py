"""The hub's keys: made whole, kept private, rotated by the root, backed up for two holders."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest

from sync import signature
from sync.errors import InvalidInput, Refused, StorageError
from sync.hub.key_backup import check_key_backup, restore_keys, write_key_backup
from sync.hub.keys import DAY_MS, HubKeys, keys_folder, root_key_path, rotate_sealing
from sync.wire import from_text

NOW_MS = 1_795_250_000_000
PHRASE = "citron lampadaire orage velours"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    HubKeys.create(tmp_path / "hub", now_ms=NOW_MS, demonstration=False)
    return tmp_path / "hub"


def test_every_file_is_private(home: Path) -> None:
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    for path in keys_folder(home).rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name


def test_keys_are_made_once(home: Path) -> None:
    with pytest.raises(InvalidInput, match="a déjà ses clés"):
        HubKeys.create(home, now_ms=NOW_MS, demonstration=False)


def test_two_hubs_share_nothing(tmp_path: Path, home: Path) -> None:
    other = HubKeys.create(tmp_path / "other", now_ms=NOW_MS, demonstration=False)
    mine = HubKeys.load(home)
    assert other.root_public != mine.root_public
    assert other.reference_secret("t") != mine.reference_secret("t")
    assert other.sealing.public_key != mine.sealing.public_key


def test_the_sealing_document_is_signed_by_the_root_and_says_whether_it_is_a_demonstration(tmp_path: Path) -> None:
    keys = HubKeys.create(tmp_path / "demo", now_ms=NOW_MS, demonstration=True)
    document = keys.sealing
    assert document.demonstration
    assert keys.demonstration
    assert signature.verify(keys.root_public, from_text(document.signature), document.signing_input())
    disguised = document.changed(demonstration=False)
    assert not signature.verify(keys.root_public, from_text(document.signature), disguised.signing_input())


def test_a_document_altered_on_the_disk_is_refused(home: Path) -> None:
    path = next((keys_folder(home) / "sealing").glob("*.json"))
    document = json.loads(path.read_text())
    document["valid_to_ms"] += 1
    path.write_text(json.dumps(document))
    with pytest.raises(StorageError, match="abîmé"):
        HubKeys.load(home)


def test_demonstration_keys_cannot_pass_for_real_ones(tmp_path: Path) -> None:
    home = tmp_path / "demo"
    HubKeys.create(home, now_ms=NOW_MS, demonstration=True)
    card = keys_folder(home) / "hub.json"
    card.write_text(card.read_text().replace("true", "false"))
    with pytest.raises(StorageError):
        HubKeys.load(home)


def test_a_key_that_others_can_read_is_refused(home: Path) -> None:
    (keys_folder(home) / "identity.key").chmod(0o640)
    with pytest.raises(StorageError, match="chmod 600"):
        HubKeys.load(home)


@pytest.mark.parametrize("content", ["", "pas du base64 !", "AAAA"])
def test_a_damaged_key_is_one_sentence(home: Path, content: str) -> None:
    (keys_folder(home) / "identity.key").write_text(content)
    with pytest.raises(StorageError, match=r"identity\.key est abîmé"):
        HubKeys.load(home)


def test_a_home_without_keys_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="keys init"):
        HubKeys.load(tmp_path)


def test_a_rotation_overlaps_with_the_key_before(home: Path) -> None:
    before = HubKeys.load(home).sealing
    later_ms = NOW_MS + 300 * DAY_MS
    keys = rotate_sealing(home, now_ms=later_ms, overlap_days=30)
    assert keys.sealing.key_id != before.key_id
    assert keys.sealing.valid_from_ms <= later_ms < keys.sealing.valid_to_ms
    kept = next(document for document in keys.documents if document.key_id == before.key_id)
    assert kept.valid_to_ms == later_ms + 30 * DAY_MS
    assert (keys_folder(home) / "sealing" / f"{before.key_id}.key").exists()


def test_a_rotation_needs_the_root_of_this_hub(tmp_path: Path, home: Path) -> None:
    safe = tmp_path / "root.key"
    shutil.move(root_key_path(home), safe)
    with pytest.raises(StorageError, match="--root"):
        rotate_sealing(home, now_ms=NOW_MS)
    HubKeys.create(tmp_path / "other", now_ms=NOW_MS, demonstration=False)
    with pytest.raises(StorageError, match="autre hub"):
        rotate_sealing(home, now_ms=NOW_MS, root_key=root_key_path(tmp_path / "other"))
    assert len(rotate_sealing(home, now_ms=NOW_MS, root_key=safe).documents) == 2


def test_two_rotations_at_the_same_instant_still_have_one_newest(home: Path) -> None:
    rotate_sealing(home, now_ms=NOW_MS)
    keys = rotate_sealing(home, now_ms=NOW_MS)
    assert len({document.valid_from_ms for document in keys.documents}) == 3


def test_either_holder_restores_every_key(tmp_path: Path, home: Path) -> None:
    files = {path: path.read_bytes() for path in keys_folder(home).rglob("*") if path.is_file()}
    for holder in ("Anne", "Bruno"):
        target = tmp_path / f"{holder}.json"
        assert write_key_backup(home, target, holder=holder, passphrase=PHRASE + holder, now_ms=NOW_MS)
        restored = tmp_path / f"restored-{holder}"
        assert restore_keys(restored, target, PHRASE + holder).identity_public == HubKeys.load(home).identity_public
        for path, content in files.items():
            copy = restored / path.relative_to(home)
            # The list of revoked terminals is as old as the backup, and says so: see test_revocations.
            assert copy.read_bytes() == content or path.name == "revocations.json"
            assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_a_key_backup_holds_no_key_in_clear(tmp_path: Path, home: Path) -> None:
    target = tmp_path / "holder.json"
    write_key_backup(home, target, holder="Anne", passphrase=PHRASE, now_ms=NOW_MS)
    text = target.read_text()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    for path in keys_folder(home).rglob("*.key"):
        assert path.read_text().strip() not in text


def test_a_wrong_phrase_or_another_holder_s_name_does_not_open(tmp_path: Path, home: Path) -> None:
    target = tmp_path / "holder.json"
    write_key_backup(home, target, holder="Anne", passphrase=PHRASE, now_ms=NOW_MS)
    with pytest.raises(Refused, match="phrase secrète"):
        restore_keys(tmp_path / "new", target, PHRASE + "s")
    target.write_text(target.read_text().replace("Anne", "Zoé"))
    with pytest.raises(Refused):
        restore_keys(tmp_path / "new", target, PHRASE)
    assert not (tmp_path / "new" / "keys").exists()


def test_the_check_notices_a_backup_older_than_a_rotation(tmp_path: Path, home: Path) -> None:
    target = tmp_path / "holder.json"
    write_key_backup(home, target, holder="Anne", passphrase=PHRASE, now_ms=NOW_MS)
    check_key_backup(home, target, PHRASE)
    rotate_sealing(home, now_ms=NOW_MS)
    with pytest.raises(InvalidInput, match="toutes les clés actuelles"):
        check_key_backup(home, target, PHRASE)


def test_the_check_passes_once_the_root_is_in_its_safe(tmp_path: Path, home: Path) -> None:
    target = tmp_path / "holder.json"
    shutil.move(root_key_path(home), tmp_path / "root.key")
    assert not write_key_backup(home, target, holder="Anne", passphrase=PHRASE, now_ms=NOW_MS)
    check_key_backup(home, target, PHRASE)


def test_a_short_phrase_and_a_present_file_are_refused(tmp_path: Path, home: Path) -> None:
    with pytest.raises(InvalidInput, match="trop courte"):
        write_key_backup(home, tmp_path / "a.json", holder="Anne", passphrase="azerty", now_ms=NOW_MS)
    (tmp_path / "a.json").write_text("présent")
    with pytest.raises(InvalidInput, match="existe déjà"):
        write_key_backup(home, tmp_path / "a.json", holder="Anne", passphrase=PHRASE, now_ms=NOW_MS)


def test_keys_are_never_restored_over_others(tmp_path: Path, home: Path) -> None:
    target = tmp_path / "holder.json"
    write_key_backup(home, target, holder="Anne", passphrase=PHRASE, now_ms=NOW_MS)
    with pytest.raises(InvalidInput, match="a déjà des clés"):
        restore_keys(home, target, PHRASE)
