"""The envelope: the database's data key, wrapped in slots of ``keys.json``.

The data key is 32 random bytes and never rests bare on the disk. Each slot opens it by itself:

- ``machine``: AES-256-GCM-SIV under a key derived (HKDF) from the machine's secret;
- ``recovery``: HPKE (X-Wing) to the hub's sealing key, so that a terminal whose machine secret is
  lost (firmware update, new mainboard) is not lost with it.

The file is versioned, mode 0600, and replaced in one step (write, fsync, rename, fsync of the folder).
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from sync.errors import PointContactError, StorageError, WrongKey
from sync.seal import SUITES, read_public_key
from sync.wire import SealingDocument, from_text, to_text

VERSION = 1
DATA_KEY_BYTES = 32
NONCE_BYTES = 12
FILE_NAME = "keys.json"


class Envelope:
    """The slots of one ``keys.json``."""

    def __init__(self, path: Path, document: dict[str, Any]) -> None:
        self._path = path
        self._document = document

    @classmethod
    def create(cls, path: Path, machine_secret: bytes, random: Callable[[int], bytes]) -> tuple[Envelope, bytes]:
        """Draws a data key and writes it under the machine slot. Returns the envelope and the key.

        Raises:
            StorageError: the file exists already or cannot be written.
        """
        if path.exists():
            raise StorageError("Ce dossier contient déjà les clés d’une borne : choisissez un dossier vide.")
        data_key = random(DATA_KEY_BYTES)
        document: dict[str, Any] = {
            "version": VERSION,
            "device": uuid.UUID(bytes=random(16)).hex,
            "data_key_id": uuid.UUID(bytes=random(16)).hex,
            "slots": [],
        }
        envelope = cls(path, document)
        nonce = random(NONCE_BYTES)
        wrapped = AESGCMSIV(_machine_key(machine_secret, document["device"])).encrypt(
            nonce, data_key, envelope._binding("machine")
        )
        document["slots"].append({"type": "machine", "wrapped": to_text(nonce + wrapped)})
        envelope._save()
        return envelope, data_key

    @classmethod
    def load(cls, path: Path) -> Envelope:
        """Reads the file. Raises StorageError when it is missing, damaged, or of a newer version."""
        try:
            document = json.loads(path.read_text("utf-8"))
            version, slots = document["version"], document["slots"]
            known = isinstance(slots, list) and isinstance(document["device"], str) and document["data_key_id"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StorageError(
                "Le fichier des clés de la borne (keys.json) manque ou est abîmé : remettez-le depuis une sauvegarde, "
                "ou enrôlez de nouveau la borne."
            ) from error
        if version != VERSION or not known:
            raise StorageError(
                "Le fichier des clés (keys.json) vient d’une autre version du logiciel : mettez la borne à jour."
            )
        return cls(path, document)

    def open_with_machine(self, machine_secret: bytes) -> bytes:
        """Returns the data key. Raises WrongKey when the secret is another machine's."""
        try:
            blob = from_text(self._slot("machine")["wrapped"])
            key = _machine_key(machine_secret, self._document["device"])
            return AESGCMSIV(key).decrypt(blob[:NONCE_BYTES], blob[NONCE_BYTES:], self._binding("machine"))
        except (InvalidTag, KeyError, TypeError, ValueError, PointContactError) as error:
            raise WrongKey(
                "Le secret de cette machine n’ouvre pas les données de la borne : remettez le secret d’origine, "
                "ou demandez au hub la clé de secours."
            ) from error

    def add_recovery(self, data_key: bytes, document: SealingDocument) -> None:
        """Adds (or replaces) the slot that only the hub's sealing key opens.

        Args:
            data_key: the key this envelope holds.
            document: the hub's sealing document, whose signature the caller has checked.
        """
        wrapped = SUITES[document.suite].encrypt(data_key, read_public_key(document), info=self.recovery_info())
        kept = [slot for slot in self._document["slots"] if slot.get("type") != "recovery"]
        slot = {"type": "recovery", "suite": document.suite, "key_id": document.key_id, "wrapped": to_text(wrapped)}
        self._document["slots"] = [*kept, slot]
        self._save()

    def recovery_slot(self) -> tuple[str, bytes]:
        """Returns the id of the sealing key and the ciphertext. Raises StorageError without such a slot."""
        slot = self._slot("recovery")
        return slot["key_id"], from_text(slot["wrapped"])

    def recovery_info(self) -> bytes:
        """The HPKE ``info`` of the recovery slot: this device, this data key."""
        return b"point-contact/v1/recovery|" + self._binding("recovery")

    def recovery_key_id(self) -> str | None:
        """The sealing key of the recovery slot, ``None`` when there is no such slot."""
        return next((slot["key_id"] for slot in self._document["slots"] if slot.get("type") == "recovery"), None)

    def _slot(self, kind: str) -> dict[str, Any]:
        for slot in self._document["slots"]:
            if slot.get("type") == kind:
                return dict(slot)
        raise StorageError("Cette entrée manque dans le fichier des clés (keys.json) : enrôlez de nouveau la borne.")

    def _binding(self, kind: str) -> bytes:
        return f"{VERSION}|{self._document['device']}|{self._document['data_key_id']}|{kind}".encode()

    def _save(self) -> None:
        write_durably(self._path, json.dumps(self._document, indent=1).encode())


def write_durably(path: Path, content: bytes) -> None:
    """Replaces a file in one step, mode 0600, on the disk when this returns. Raises StorageError."""
    draft = path.with_name(path.name + ".new")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        raise StorageError(
            "Le dossier de la borne ne s’écrit pas : vérifiez la place sur le disque et les droits d’accès."
        ) from error


def _machine_key(machine_secret: bytes, device: str) -> bytes:
    info = b"point-contact/v1/machine|" + device.encode()
    return HKDF(hashes.SHA256(), DATA_KEY_BYTES, salt=None, info=info).derive(machine_secret)
