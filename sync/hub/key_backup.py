"""All secret keys of a hub in one file, encrypted for one named holder under a passphrase.

Two holders each keep one, so that neither a loss nor an absence closes the hub's registrations for
ever. The passphrase goes through Argon2id; the holder's name and the hub are bound to the text. The list of revoked
terminals goes with them; once restored it is taken for what it is, as old as the file.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sync.errors import InvalidInput, PointContactError, Refused
from sync.hub import revocations
from sync.hub.keys import HubKeys, keys_folder, root_key_path, storage_errors, sync_folder, write_private
from sync.wire import from_text, to_text

PASSPHRASE_LENGTH_MIN = 16
MEMORY_KIB, ITERATIONS, LANES = 64 * 1024, 3, 2
MEMORY_KIB_MAX = 1024 * 1024
NAME_PATTERN = re.compile(r"^(?:(?:hub|revocations)\.json|(?:identity|reference-master|fingerprint)\.key"
                          r"|offline-root/root\.key|sealing/[0-9a-f]{16}\.(?:key|json))$")  # fmt: skip


class KeyBackup(BaseModel):
    """The file of one holder. Everything but ``ciphertext`` is bound to it."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    v: int = 1
    holder: str
    root_key: str
    made_ms: int
    salt: str
    memory_kib: int = Field(default=MEMORY_KIB, ge=8 * LANES, le=MEMORY_KIB_MAX)
    iterations: int = Field(default=ITERATIONS, ge=1, le=100)
    lanes: int = Field(default=LANES, ge=1, le=16)
    nonce: str
    ciphertext: str = ""

    def bound(self) -> bytes:
        """What is authenticated beside the text."""
        return b"point-contact/v1/key-backup\n" + self.model_copy(update={"ciphertext": ""}).model_dump_json().encode()


def write_key_backup(
    home: Path, target: Path, *, holder: str, passphrase: str, now_ms: int, random: Callable[[int], bytes] = os.urandom
) -> bool:
    """Writes every secret key for one holder, and reads the file again before saying so.

    Returns:
        True when the offline root's key is in it, false when it was already moved away.

    Raises:
        InvalidInput: the passphrase is too short, or the target exists.
        StorageError, DiskFull: keys missing, or the file cannot be written.
    """
    if len(passphrase.strip()) < PASSPHRASE_LENGTH_MIN:
        raise InvalidInput(
            f"La phrase secrète est trop courte : donnez au moins {PASSPHRASE_LENGTH_MIN} caractères, "
            "par exemple cinq mots tirés au hasard."
        )
    if target.exists():
        raise InvalidInput("Ce fichier existe déjà : choisissez un autre nom.")
    keys = HubKeys.load(home)
    files = _read_files(home)
    blank = KeyBackup(
        holder=holder, root_key=to_text(keys.root_public), made_ms=now_ms, salt=to_text(random(16)),
        nonce=to_text(random(12)),
    )  # fmt: skip
    plain = json.dumps({name: to_text(content) for name, content in files.items()}, sort_keys=True).encode()
    sealed = AESGCMSIV(_derive(blank, passphrase)).encrypt(from_text(blank.nonce), plain, blank.bound())
    backup = blank.model_copy(update={"ciphertext": to_text(sealed)})
    with storage_errors("écrire la sauvegarde des clés"):
        write_private(target, backup.model_dump_json(indent=1).encode() + b"\n")
    _open(target, passphrase)
    return root_key_path(home).exists()


def restore_keys(home: Path, source: Path, passphrase: str) -> HubKeys:
    """Puts back every key, all or nothing, in a home that has none.

    Raises:
        InvalidInput: this home has keys, or the file cannot be read.
        Refused: wrong passphrase or altered file (``passphrase``).
        StorageError, DiskFull: the keys do not belong together, or cannot be written.
    """
    place, staging = keys_folder(home), home / ".keys-being-restored"
    if place.exists():
        raise InvalidInput(
            "Ce hub a déjà des clés : rien n’a été changé ; utilisez « --check » pour vérifier le fichier."
        )
    files = _open(source, passphrase)
    with storage_errors("écrire les clés"):
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
        shutil.rmtree(staging, ignore_errors=True)
        try:
            (staging / "keys").mkdir(parents=True, mode=0o700)
            for name, content in files.items():
                write_private(staging / "keys" / name, content)
            revocations.doubt(HubKeys.load(staging))
            (staging / "keys").rename(place)
            sync_folder(home)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    return HubKeys.load(home)


def check_key_backup(home: Path, source: Path, passphrase: str) -> None:
    """Opens a holder's file and compares it with this hub's keys; writes nothing.

    Raises:
        InvalidInput: it cannot be read, or is not up to date (a key was rotated since).
        Refused: wrong passphrase or altered file.
    """
    files, present = _open(source, passphrase), _read_files(home)
    present.pop("offline-root/root.key", None)
    stale = [name for name, content in present.items() if name.endswith(".key") and files.get(name) != content]
    if stale:
        raise InvalidInput(
            "Cette sauvegarde ne contient pas toutes les clés actuelles du hub : refaites-la pour ce dépositaire."
        )


def _open(source: Path, passphrase: str) -> dict[str, bytes]:
    try:
        backup = KeyBackup.model_validate_json(source.read_bytes())
        key, nonce = _derive(backup, passphrase), from_text(backup.nonce)
        plain = AESGCMSIV(key).decrypt(nonce, from_text(backup.ciphertext), backup.bound())
        files = {name: from_text(content) for name, content in json.loads(plain).items()}
    except InvalidTag as error:
        raise Refused(
            "passphrase", "La phrase secrète n’est pas la bonne, ou le fichier a été modifié : vérifiez les deux."
        ) from error
    except (OSError, ValidationError, ValueError, PointContactError) as error:
        raise InvalidInput(
            "Ce fichier n’est pas une sauvegarde de clés lisible : donnez celui d’un dépositaire."
        ) from error
    if not all(NAME_PATTERN.match(name) for name in files):
        raise InvalidInput("Ce fichier n’est pas une sauvegarde de clés lisible : donnez celui d’un dépositaire.")
    return files


def _derive(backup: KeyBackup, passphrase: str) -> bytes:
    kdf = Argon2id(
        salt=from_text(backup.salt),
        length=32,
        iterations=backup.iterations,
        lanes=backup.lanes,
        memory_cost=backup.memory_kib,
    )
    return kdf.derive(passphrase.strip().encode())


def _read_files(home: Path) -> dict[str, bytes]:
    """Every file of the keys folder, by its path within it."""
    place = keys_folder(home)
    files: dict[str, bytes] = {}
    with storage_errors("lire les clés"):
        for path in sorted(place.rglob("*")):
            name = path.relative_to(place).as_posix()
            if NAME_PATTERN.match(name):
                files[name] = path.read_bytes()
    return files
