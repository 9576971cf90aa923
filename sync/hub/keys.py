"""The hub's keys: who it is, what it signs with, and the public half of what it opens with.

Under ``<home>/keys`` (0700, every file 0600), never in the database nor beside its backups::

    hub.json                  public: version, root key, demonstration
    offline-root/root.key     signs sealing documents; to be moved to a stick kept in a safe
    identity.key              signs answers and terminals' certificates
    sealing/<key_id>.json     sealing documents, signed by the offline root
    sealing/<key_id>.key      their private halves; only ``sync.hub.vault`` reads them
    reference-master.key      the secrets of the terminals' references derive from it
    fingerprint.key           HMAC key of the fingerprints that find duplicates
    revocations.json          the revoked terminals, signed by the identity (``sync.hub.revocations``)

The identity is kept outside the database so that a restored hub re-admits its terminals.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from sync import signature
from sync.errors import DiskFull, InvalidInput, PointContactError, StorageError
from sync.hub.revocation_list import FILE_NAME, RevocationList
from sync.seal import SUITE_HYBRID
from sync.wire import SealingDocument, from_text, to_text

DAY_MS = 86_400_000
SEALING_VALID_DAYS = 400
SEALING_OVERLAP_DAYS = 60
SECRET_BYTES = 32
ENOSPC = 28

Random = Callable[[int], bytes]


@dataclass(frozen=True)
class HubKeys:
    """The keys a running hub holds. The sealing private keys and the offline root are not among them.

    Attributes:
        home: the hub's home.
        identity: signs answers and certificates.
        root_public: 32 bytes, the offline root's public key.
        reference_master: 32 bytes.
        fingerprint: 32 bytes, HMAC key of duplicates' fingerprints.
        documents: every sealing document, oldest first.
        demonstration: keys made for a demonstration, refused by real programs.
    """

    home: Path
    identity: Ed25519PrivateKey
    root_public: bytes
    reference_master: bytes
    fingerprint: bytes
    documents: tuple[SealingDocument, ...]
    demonstration: bool

    @property
    def identity_public(self) -> bytes:
        """The 32 bytes of the identity's public key."""
        return signature.public_bytes(self.identity)

    @property
    def sealing(self) -> SealingDocument:
        """The sealing document terminals must use now: the newest."""
        return self.documents[-1]

    def reference_secret(self, terminal_id: str) -> bytes:
        """The 32-byte secret under which one terminal makes its references."""
        return hmac.digest(
            self.reference_master, b"point-contact/v1/reference-secret|" + terminal_id.encode(), "sha256"
        )

    def room_key(self) -> bytes:
        """The 32-byte key of the addresses of video appointments (``sync.hub.rooms``)."""
        return hmac.digest(self.reference_master, b"point-contact/v1/rooms", "sha256")

    @classmethod
    def create(cls, home: Path, *, now_ms: int, demonstration: bool, random: Random = os.urandom) -> HubKeys:
        """Makes every key of a new hub, all or nothing.

        Raises:
            InvalidInput: this home already has keys.
            DiskFull, StorageError: they cannot be written.
        """
        place = keys_folder(home)
        if place.exists():
            raise InvalidInput("Ce hub a déjà ses clés : rien n’a été changé.")
        staging = home / ".keys-being-made"
        with storage_errors("écrire les clés"):
            home.mkdir(parents=True, exist_ok=True)
            home.chmod(0o700)
            shutil.rmtree(staging, ignore_errors=True)
            _write_new_keys(staging, now_ms=now_ms, demonstration=demonstration, random=random)
            staging.rename(place)
            sync_folder(home)
        return cls.load(home)

    @classmethod
    def load(cls, home: Path) -> HubKeys:
        """Reads and checks the keys of a hub.

        Raises:
            StorageError: missing, readable by other users, or not belonging together.
        """
        place = keys_folder(home)
        if not place.is_dir():
            raise StorageError("Ce hub n’a pas encore de clés : lancez « point-contact hub keys init ».")
        root_public, demonstration = _read_card(place)
        return cls(
            home=home,
            identity=Ed25519PrivateKey.from_private_bytes(read_secret(place / "identity.key", SECRET_BYTES)),
            root_public=root_public,
            reference_master=read_secret(place / "reference-master.key", SECRET_BYTES),
            fingerprint=read_secret(place / "fingerprint.key", SECRET_BYTES),
            documents=_read_documents(place, root_public, demonstration),
            demonstration=demonstration,
        )


def rotate_sealing(
    home: Path,
    *,
    now_ms: int,
    root_key: Path | None = None,
    overlap_days: int = SEALING_OVERLAP_DAYS,
    suite: str = SUITE_HYBRID,
    random: Random = os.urandom,
) -> HubKeys:
    """Makes a new sealing key; the one before stays valid for ``overlap_days`` and opens for ever.

    Args:
        home: the hub's home.
        now_ms: milliseconds since 1970.
        root_key: the offline root's private key file; by default where ``create`` left it.
        overlap_days: how long terminals that have not had a round may still seal to the old key.
        suite: of the new key (``sync.seal.SUITES``).
        random: source of random bytes.

    Raises:
        StorageError: the root key is missing, or is not the one of this hub.
    """
    keys = HubKeys.load(home)
    root = _read_root(root_key or root_key_path(home), keys.root_public)
    before = keys.sealing
    shortened = before.changed(valid_to_ms=now_ms + overlap_days * DAY_MS, signature="")
    starts_ms = max(now_ms - DAY_MS, before.valid_from_ms + 1)
    folder = keys_folder(home) / "sealing"
    with storage_errors("écrire la nouvelle clé de scellement"):
        _write_sealing(folder, root, starts_ms, suite, demonstration=keys.demonstration, random=random)
        _write_document(folder, _sign(shortened, root))
    return HubKeys.load(home)


def keys_folder(home: Path) -> Path:
    """Where the keys of a hub are."""
    return home / "keys"


def root_key_path(home: Path) -> Path:
    """Where ``create`` leaves the offline root's private key, until it is moved away."""
    return keys_folder(home) / "offline-root" / "root.key"


def check_private(path: Path) -> None:
    """Raises StorageError when a secret file is missing or readable by other users."""
    try:
        mode = path.stat().st_mode
    except OSError as error:
        raise StorageError(
            f"La clé {path.name} manque : restaurez-la avec « point-contact hub keys restore »."
        ) from error
    if mode & 0o077:
        raise StorageError(f"La clé {path.name} est lisible par d’autres comptes : lancez « chmod 600 {path} ».")


def read_secret(path: Path, length: int) -> bytes:
    """Reads a secret of ``length`` bytes. Raises StorageError."""
    check_private(path)
    try:
        secret = from_text(path.read_text("ascii").strip())
    except (OSError, ValueError, PointContactError) as error:
        raise StorageError(_damaged(path)) from error
    if len(secret) != length:
        raise StorageError(_damaged(path))
    return secret


def write_private(path: Path, content: bytes) -> None:
    """Writes a file of mode 0600 so that it is either whole or absent, and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(path.name + ".part")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def storage_errors(doing: str) -> Iterator[None]:
    """Turns the system's errors while writing into DiskFull or StorageError."""
    try:
        yield
    except OSError as error:
        if error.errno == ENOSPC:
            raise DiskFull(f"Le disque est plein : libérez de la place pour {doing}, puis recommencez.") from error
        raise StorageError(f"Impossible de {doing} : vérifiez le dossier du hub et ses droits.") from error


def _damaged(path: Path) -> str:
    return f"Le fichier de clé {path.name} est abîmé : restaurez-le avec « point-contact hub keys restore »."


def _write_new_keys(place: Path, *, now_ms: int, demonstration: bool, random: Random) -> None:
    root = Ed25519PrivateKey.from_private_bytes(random(SECRET_BYTES))
    place.mkdir(mode=0o700)
    for folder in ("offline-root", "sealing"):
        (place / folder).mkdir(mode=0o700)
    write_private(place / "offline-root" / "root.key", _line(_raw(root)))
    identity = Ed25519PrivateKey.from_private_bytes(random(SECRET_BYTES))
    write_private(place / "identity.key", _line(_raw(identity)))
    for name in ("reference-master.key", "fingerprint.key"):
        write_private(place / name, _line(random(SECRET_BYTES)))
    write_private(place / FILE_NAME, RevocationList(complete=True).to_bytes(identity))
    starts_ms = max(now_ms - DAY_MS, 0)
    _write_sealing(place / "sealing", root, starts_ms, SUITE_HYBRID, demonstration=demonstration, random=random)
    card = {"v": 1, "root_key": to_text(signature.public_bytes(root)), "demonstration": demonstration}
    write_private(place / "hub.json", json.dumps(card, indent=1).encode() + b"\n")


def _write_sealing(
    folder: Path, root: Ed25519PrivateKey, starts_ms: int, suite: str, *, demonstration: bool, random: Random
) -> None:
    """A new key pair of a suite and its signed document.

    The document starts a day early, so that a terminal whose clock is a little late accepts it.
    """
    ml_kem_seed, x25519_secret = (random(64) if suite == SUITE_HYBRID else b""), random(32)
    x25519_key = X25519PrivateKey.from_private_bytes(x25519_secret).public_key()
    public = x25519_key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    if ml_kem_seed:
        ml_kem_key = MLKEM768PrivateKey.from_seed_bytes(ml_kem_seed).public_key()
        public = ml_kem_key.public_bytes(Encoding.Raw, PublicFormat.Raw) + public
    document = SealingDocument(
        key_id=hashlib.sha256(public).hexdigest()[:16],
        suite=suite,
        public_key=to_text(public),
        valid_from_ms=starts_ms,
        valid_to_ms=starts_ms + (SEALING_VALID_DAYS + 1) * DAY_MS,
        demonstration=demonstration,
    )
    write_private(folder / f"{document.key_id}.key", _line(ml_kem_seed + x25519_secret))
    _write_document(folder, _sign(document, root))


def _sign(document: SealingDocument, root: Ed25519PrivateKey) -> SealingDocument:
    return document.changed(signature=to_text(root.sign(document.signing_input())))


def _write_document(folder: Path, document: SealingDocument) -> None:
    write_private(folder / f"{document.key_id}.json", msgspec.json.format(document.to_json(), indent=1) + b"\n")


def _line(secret: bytes) -> bytes:
    return to_text(secret).encode() + b"\n"


def _raw(key: Ed25519PrivateKey) -> bytes:
    return key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())


def _read_card(place: Path) -> tuple[bytes, bool]:
    """The root's public key and the demonstration flag."""
    try:
        card = json.loads((place / "hub.json").read_text("utf-8"))
        return from_text(card["root_key"]), bool(card["demonstration"])
    except (OSError, ValueError, KeyError, TypeError, PointContactError) as error:
        raise StorageError(_damaged(place / "hub.json")) from error


def _read_documents(place: Path, root_public: bytes, demonstration: bool) -> tuple[SealingDocument, ...]:
    """Every sealing document, its root signature and its demonstration flag checked."""
    documents = []
    for path in sorted((place / "sealing").glob("*.json")):
        try:
            document = SealingDocument.from_json(path.read_bytes())
            signed = signature.verify(root_public, from_text(document.signature), document.signing_input())
        except (OSError, ValueError, PointContactError) as error:
            raise StorageError(_damaged(path)) from error
        if not signed or document.key_id != path.stem or document.demonstration != demonstration:
            raise StorageError(_damaged(path))
        documents.append(document)
    if not documents:
        raise StorageError(
            "Ce hub n’a aucune clé de scellement : restaurez ses clés avec « point-contact hub keys restore »."
        )
    return tuple(sorted(documents, key=lambda document: (document.valid_from_ms, document.key_id)))


def _read_root(path: Path, root_public: bytes) -> Ed25519PrivateKey:
    if not path.is_file():
        raise StorageError(
            "La clé racine n’est pas ici : rapportez son support et indiquez-le avec « --root FICHIER »."
        )
    root = Ed25519PrivateKey.from_private_bytes(read_secret(path, SECRET_BYTES))
    if signature.public_bytes(root) != root_public:
        raise StorageError("Cette clé racine est celle d’un autre hub : rapportez le bon support.")
    return root
