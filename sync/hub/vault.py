"""The vault: the only place where what a visitor typed is opened.

Opening takes a named person with the role ``instruction`` and a reason from a closed list. The
line in the journal is committed before the answers are handed over; a refusal is written too.
The private keys are read for one opening and kept nowhere. Nothing opened is logged or stored,
but for a keyed fingerprint that finds duplicates (no way back without the key).
"""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey
from sqlalchemy import Connection, select

from sync import stick_file
from sync.errors import InvalidInput, Refused, StorageError
from sync.hub import accounts, alike
from sync.hub.database import HubDatabase, upsert
from sync.hub.keys import HubKeys, keys_folder, read_secret
from sync.hub.tables import hub_registry
from sync.seal import SUITE_X25519, SUITES, Sealed

REASONS = {
    "transmission": "transmettre la préparation à France Travail",
    "complement": "demander à la personne ce qui manque",
    "rendez_vous": "préparer ou tenir un rendez-vous",
    "demande_de_la_personne": "répondre à la personne sur ses données",
    "doublon": "vérifier un doublon",
    "incident": "traiter un incident de sécurité",
}
ML_KEM_SEED_BYTES = 64
X25519_SECRET_BYTES = 32
KEY_ID_PATTERN = re.compile(r"^[0-9a-f]{16}$")
WITHOUT_DECOMPOSITION = str.maketrans(
    {"Œ": "OE", "Æ": "AE", "Ø": "O", "Ł": "L", "Đ": "D", "Ð": "D", "Þ": "TH", "İ": "I"}
)
PARTICLES = (
    "D", "DE", "DU", "DES", "DI", "DA", "DO", "DOS", "VAN", "VON", "DER", "DEN", "TEN", "TER", "ABD", "BEN", "BIN",
    "EL", "AL", "L", "LA", "LE", "LES",
)  # fmt: skip
"""What moves around in a family name, or is left in or out of one word, in the order in which it is compared."""

SEALED = hub_registry.metadata.tables["hub_sealed"]
FINGERPRINTS = hub_registry.metadata.tables["hub_fingerprint"]


@dataclass(frozen=True)
class Opened:
    """What a sealed text holds, and the records that look like the same person's.

    Attributes:
        answers: what was typed, key to value.
        look_alikes: ``(site_id, id)`` of other opened records with the same fingerprint.
    """

    kind: str
    site_id: str
    id: str
    answers: dict[str, Any] = field(repr=False)
    look_alikes: tuple[tuple[str, str], ...] = ()


def open_sealed(
    database: HubDatabase, home: Path, now_ms: int, kind: str, site_id: str, record_id: str, *, who: str, reason: str
) -> Opened:
    """Opens one sealed text; the journal's line is on the disk before this returns, refused or not.

    Args:
        database: the hub's database.
        home: the hub's home, where the keys are.
        now_ms: milliseconds since 1970.
        kind: ``registration`` or ``booking``.
        site_id: the site of the record.
        record_id: the record.
        who: the named person who will read the answers.
        reason: one of ``REASONS``.

    Raises:
        InvalidInput: the reason is not in the list, or nothing sealed has this identifier.
        Refused: no such account or role; altered text; unknown suite.
        StorageError: the sealing key is not here.
    """
    with database.write() as connection:
        outcome = attempt(connection, home, now_ms, kind, site_id, record_id, who=who, reason=reason)
    if isinstance(outcome, Opened):
        return outcome
    raise outcome


def open_stick(home: Path, envelope: stick_file.Envelope) -> bytes:
    """Opens a file that a terminal wrote on a stick: signed frames, in which what visitors typed stays sealed.

    It opens nothing else: what a key opens is bound to the form of a file, which no sealed text has.

    Args:
        home: the hub's home, where the keys are.
        envelope: the file.

    Raises:
        Refused: cut, altered.
        StorageError: it is sealed for a key that is not here.
    """
    return stick_file.open_with(envelope, _private_key(home, envelope.head.key_id, envelope.head.suite))


Refusal = InvalidInput | Refused | StorageError


def attempt(
    connection: Connection, home: Path, now_ms: int, kind: str, site_id: str, record_id: str, *, who: str, reason: str
) -> Opened | Refusal:
    """Opens within the caller's transaction, or returns why not; both leave a line in the journal.

    A refusal is returned, not raised, so that the caller's transaction commits its line.
    """
    subject = f"{kind}/{site_id}/{record_id}"
    try:
        accounts.require(connection, who, accounts.INSTRUCTION)
        if reason not in REASONS:
            raise InvalidInput(f"Donnez un motif parmi : {', '.join(REASONS)}.")
        accounts.audit(connection, now_ms, who, "vault.open", subject, reason)
        opened = _open(connection, home, now_ms, kind, site_id, record_id)
    except (InvalidInput, Refused, StorageError) as refusal:
        code = refusal.code if isinstance(refusal, Refused) else type(refusal).__name__
        accounts.audit(connection, now_ms, who, "vault.refused", subject, code)
        return refusal
    return opened


def fingerprint(key: bytes, answers: Mapping[str, Any]) -> str | None:
    """The keyed fingerprint of a person: HMAC over the normalised name and the birth date.

    Args:
        key: 32 bytes, ``HubKeys.fingerprint``.
        answers: ``nom_naissance``, ``prenoms`` and ``date_naissance``; any name may be missing.

    Returns:
        64 hexadecimal digits, or None without any name or without a birth date.
    """
    names = [family_name(str(answers.get("nom_naissance") or "")), normalise(str(answers.get("prenoms") or ""))]
    born = str(answers.get("date_naissance") or "")
    if not any(names) or not born:
        return None
    return hmac.digest(key, f"point-contact/v1/person|{'|'.join(names)}|{born}".encode(), "sha256").hex()


def normalise(name: str) -> str:
    """A name for comparing only: unaccented upper case letters, without spaces, hyphens, apostrophes."""
    upper = name.upper().translate(WITHOUT_DECOMPOSITION)
    return "".join(letter for letter in unicodedata.normalize("NFKD", upper) if letter.isalnum())


def family_name(name: str) -> str:
    """A family name for comparing only: as ``normalise``, its particles first, in one order.

    So « de La Tour », « Tour (de la) » and « Delatour » compare equal; so do « d’Orléans » and « D. Orléans ».
    """
    words = [normalise(word) for word in re.split(r"[\W_]+", name)]
    particles = [particle for particle in PARTICLES for word in words if word == particle]
    return "".join([*particles, *(word for word in words if word not in PARTICLES)])


@dataclass(frozen=True)
class Fingerprinted:
    """What ``fingerprint_some`` did.

    Attributes:
        seen: the sealed texts it took up.
        opened: those that have a fingerprint now.
        unreadable: ``(site_id, id)`` of those that do not open here.
    """

    seen: int
    opened: int
    unreadable: frozenset[tuple[str, str]]


def fingerprint_some(
    connection: Connection, home: Path, passed: Collection[tuple[str, str]], limit: int
) -> Fingerprinted:
    """Gives a fingerprint to registrations that have none, oldest first; what was typed is kept nowhere.

    The caller has checked the person's role, and writes the journal's line in the same transaction.

    Args:
        connection: a writing transaction.
        home: the hub's home, where the keys are.
        passed: ``(site_id, id)`` not to try again.
        limit: how many at most.

    Raises:
        StorageError: the keys cannot be used.
    """
    table = FINGERPRINTS
    same = (table.c.kind == SEALED.c.kind) & (table.c.site_id == SEALED.c.site_id) & (table.c.id == SEALED.c.id)
    query = (
        select(SEALED.c.site_id, SEALED.c.id)
        .where(SEALED.c.kind == alike.KIND, ~select(table.c.id).where(same).exists())
        .order_by(SEALED.c.received_ms, SEALED.c.id)
        .limit(limit + len(passed))
    )
    waiting = [(row.site_id, row.id) for row in connection.execute(query) if (row.site_id, row.id) not in passed]
    key, unreadable = HubKeys.load(home).fingerprint, set()
    for site_id, record_id in waiting[:limit]:
        try:
            answers = _answers(connection, home, alike.KIND, site_id, record_id)
        except (InvalidInput, Refused, StorageError):
            unreadable.add((site_id, record_id))
        else:
            value = fingerprint(key, answers) or alike.NOTHING_TO_COMPARE
            _keep_fingerprint(connection, alike.KIND, site_id, record_id, value)
    seen = len(waiting[:limit])
    return Fingerprinted(seen, seen - len(unreadable), frozenset(unreadable))


def _open(connection: Connection, home: Path, now_ms: int, kind: str, site_id: str, record_id: str) -> Opened:
    answers = _answers(connection, home, kind, site_id, record_id)
    found = _note_look_alikes(connection, home, now_ms, kind, site_id, record_id, answers)
    return Opened(kind, site_id, record_id, answers, found)


def _answers(connection: Connection, home: Path, kind: str, site_id: str, record_id: str) -> dict[str, Any]:
    """What one sealed text holds. Raises InvalidInput, Refused or StorageError."""
    where = (SEALED.c.kind == kind) & (SEALED.c.site_id == site_id) & (SEALED.c.id == record_id)
    text = connection.execute(select(SEALED.c.sealed).where(where)).scalar_one_or_none()
    if text is None:
        raise InvalidInput("Aucun pli scellé n’a cet identifiant : vérifiez la référence.")
    sealed = Sealed.from_text(text)
    header = sealed.header
    if (header.kind, header.site_id, header.id) != (kind, site_id, record_id):
        raise _altered()
    if header.suite not in SUITES:
        raise Refused("suite", "Ce pli est scellé d’une façon que cette version ne connaît pas : mettez le hub à jour.")

    def opener(ciphertext: bytes, *, info: bytes) -> bytes:
        return SUITES[header.suite].decrypt(ciphertext, _private_key(home, header.key_id, header.suite), info=info)

    try:
        return sealed.open_with(opener)
    except (InvalidTag, ValueError) as error:
        raise _altered() from error


def _altered() -> Refused:
    return Refused("altered", "Ce pli scellé a été modifié et ne s’ouvre pas : signalez-le à l’administration du hub.")


def _private_key(home: Path, key_id: str, suite: str) -> MLKEM768X25519PrivateKey | X25519PrivateKey:
    """Reads one sealing private key; the identifier comes from outside and never becomes a path unchecked."""
    path = keys_folder(home) / "sealing" / f"{key_id}.key"
    if not KEY_ID_PATTERN.match(key_id) or not path.is_file():
        raise StorageError(
            "Ce pli est scellé pour une clé que ce hub n’a pas : restaurez ses clés avec "
            "« point-contact hub keys restore »."
        )
    if suite == SUITE_X25519:
        return X25519PrivateKey.from_private_bytes(read_secret(path, X25519_SECRET_BYTES))
    raw = read_secret(path, ML_KEM_SEED_BYTES + X25519_SECRET_BYTES)
    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(raw[:ML_KEM_SEED_BYTES]),
        X25519PrivateKey.from_private_bytes(raw[ML_KEM_SEED_BYTES:]),
    )


def _note_look_alikes(
    connection: Connection,
    home: Path,
    now_ms: int,
    kind: str,
    site_id: str,
    record_id: str,
    answers: Mapping[str, Any],
) -> tuple[tuple[str, str], ...]:
    """Keeps this person's fingerprint, finds the other records that bear it, and notes the pairs for a person."""
    value = fingerprint(HubKeys.load(home).fingerprint, answers)
    if value is None:
        return ()
    _keep_fingerprint(connection, kind, site_id, record_id, value)
    alike.note_pairs(connection, now_ms)
    table = FINGERPRINTS
    this = (table.c.kind == kind) & (table.c.site_id == site_id) & (table.c.id == record_id)
    others = select(table.c.site_id, table.c.id).where((table.c.value == value) & (table.c.kind == kind) & ~this)
    return tuple((row.site_id, row.id) for row in connection.execute(others.order_by(table.c.site_id, table.c.id)))


def _keep_fingerprint(connection: Connection, kind: str, site_id: str, record_id: str, value: str) -> None:
    upsert(connection, FINGERPRINTS, [{"kind": kind, "site_id": site_id, "id": record_id, "value": value}])
