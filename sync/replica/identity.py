"""Who this terminal is, and how it becomes it: enrolment with the one-time code.

The code carries 65 bits of the hub's fingerprint: the terminal compares them with the keys the hub
shows **before it says anything else**. Then it proves the code's secret without sending it, and checks
everything it receives: the answer's signature, the certificate, the sealing key's signature by the
hub's offline root. The new private key is inside the encrypted database before the request leaves, so
that a lost answer can be asked for again.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from msgspec import structs
from sqlalchemy import Connection

from sync.change import new_id
from sync.errors import InvalidInput, NotEnrolled, Refused, UntrustedHub
from sync.invitation import Invitation, derive_verifier, fingerprint_matches, make_proof, read_code
from sync.replica import meta, schema
from sync.replica.clockwork import Clockwork
from sync.replica.conversation import NEWER_HUB, OLDER_HUB, ask, check_signature
from sync.replica.database import FILE_NAME, ReplicaDatabase
from sync.replica.envelope import FILE_NAME as KEYS_NAME
from sync.replica.envelope import Envelope
from sync.replica.home import LOCK_NAME, NOT_ENROLLED, alone, machine_now_ms, make_clockwork, make_home, open_database
from sync.replica.hub_client import HttpHub, HubClient, check_dates
from sync.signature import hub_fingerprint, public_bytes, verify
from sync.wire import (
    STREAMED_PROTOCOL,
    Certificate,
    EnrolReply,
    EnrolRequest,
    HubCard,
    HubRequest,
    SealingDocument,
    from_text,
    to_text,
)

OTHER_HUB = (
    "Le hub à cette adresse n’est pas celui qui a donné ce code : vérifiez l’adresse du hub, ou demandez un autre code."
)
DEMONSTRATION = "Ce hub est celui d’une démonstration : une vraie borne ne s’y enrôle pas. Vérifiez l’adresse du hub."


@dataclass(frozen=True)
class Identity:
    """Who this terminal is, without any secret."""

    terminal_id: str
    terminal_no: int
    site_id: str
    functions: tuple[str, ...]
    hub_url: str
    public_url: str | None
    demonstration: bool


@dataclass(frozen=True)
class Credentials:
    """The secrets and pinned keys of an enrolled terminal. They live in the encrypted database only."""

    identity: Identity
    key: Ed25519PrivateKey
    hub_key: bytes
    root_key: bytes
    reference_secret: bytes
    certificate: Certificate

    def __repr__(self) -> str:
        return f"Credentials({self.identity.terminal_id})"


def load(connection: Connection) -> Credentials:
    """Reads who this terminal is. Raises NotEnrolled."""
    text = meta.read(connection, meta.IDENTITY)
    if text is None:
        raise NotEnrolled(NOT_ENROLLED)
    held = json.loads(text)
    identity = Identity(**{**held["identity"], "functions": tuple(held["identity"]["functions"])})
    return Credentials(
        identity,
        Ed25519PrivateKey.from_private_bytes(from_text(held["private_key"])),
        from_text(held["hub_key"]),
        from_text(held["root_key"]),
        from_text(held["reference_secret"]),
        Certificate.from_values(held["certificate"]),
    )


def read_invitation(typed: str) -> Invitation:
    """Reads a typed enrolment code. Raises InvalidInput."""
    invitation = read_code(typed)
    if invitation is None:
        raise InvalidInput(
            "Ce code d’enrôlement ne peut pas être juste : recopiez ses 24 caractères, ou demandez-en un autre."
        )
    return invitation


def meet(client: HubClient, invitation: Invitation, *, allow_demonstration: bool) -> HubCard:
    """Asks the hub who it is and compares it with the code; says nothing else to it.

    Raises:
        HubUnreachable: no answer.
        UntrustedHub: another hub, or an answer this hub did not sign.
        Refused: a demonstration hub where none is allowed, or another protocol.
    """
    response = client.send(HubRequest("GET", "/v1/hub"))
    try:
        card = HubCard.from_bytes(response.body)
        hub_key, root_key = from_text(card.identity_key), from_text(card.root_key)
    except Refused as error:
        raise UntrustedHub(OTHER_HUB) from error
    if not fingerprint_matches(invitation, hub_fingerprint(hub_key, root_key)):
        raise UntrustedHub(OTHER_HUB)
    check_signature(response, hub_key)
    check_dates(response, card.now_ms)
    if not card.protocol_min <= STREAMED_PROTOCOL <= card.protocol_max:
        raise Refused("protocol", OLDER_HUB if card.protocol_max < STREAMED_PROTOCOL else NEWER_HUB)
    if card.demonstration and not allow_demonstration:
        raise Refused("demonstration", DEMONSTRATION)
    return card


@dataclass
class Enrolment:
    """What enrolment needs, together. ``random`` returns that many random bytes."""

    database: ReplicaDatabase
    client: HubClient
    clockwork: Clockwork
    random: Callable[[int], bytes]
    hub_url: str

    def run(self, invitation: Invitation, card: HubCard) -> tuple[Identity, SealingDocument]:
        """Proves the code's secret, checks the answer, and keeps the new identity.

        Raises:
            Refused: the hub's refusal (``invitation_wrong``, ``invitation_late``, ``invitation_used``…).
            UntrustedHub: an answer whose signatures do not hold.
        """
        hub_key, root_key = from_text(card.identity_key), from_text(card.root_key)
        key, incarnation = self._pending()
        terminal_key = public_bytes(key)
        verifier = derive_verifier(invitation.secret, hub_fingerprint(hub_key, root_key))
        request = EnrolRequest(
            invitation=invitation.number,
            terminal_key=to_text(terminal_key),
            incarnation=incarnation,
            proof=to_text(make_proof(verifier, invitation.number, terminal_key, incarnation)),
        )
        before_ms = self.clockwork.local_ms()
        response = ask(self.client, HubRequest("POST", "/v1/enrol", request.to_bytes()), hub_key)
        reply = EnrolReply.from_bytes(response.body)
        check_dates(response, reply.now_ms)
        _check_certificate(reply.certificate, hub_key, terminal_key, card)
        check_sealing(reply.sealing, root_key, reply.now_ms, demonstration=card.demonstration)
        identity = _identity_of(reply.certificate, self.hub_url, card.public_url)
        local_ms = (before_ms + self.clockwork.local_ms()) // 2
        with self.database.write() as connection:
            self._keep(connection, identity, key, card, reply)
            meta.write(connection, meta.INCARNATION, incarnation)
            self.clockwork.take_signed(connection, reply.now_ms, local_ms)
        return identity, reply.sealing

    def _pending(self) -> tuple[Ed25519PrivateKey, str]:
        """The key of an enrolment that did not finish, or a new one, durable before it is used."""
        with self.database.write() as connection:
            text = meta.read(connection, meta.PENDING_IDENTITY)
            if text is None:
                incarnation = new_id(max(self.clockwork.local_ms(), 0), self.random(10))
                text = json.dumps({"private_key": to_text(self.random(32)), "incarnation": incarnation})
                meta.write(connection, meta.PENDING_IDENTITY, text)
        held: dict[str, Any] = json.loads(text)
        return Ed25519PrivateKey.from_private_bytes(from_text(held["private_key"])), held["incarnation"]

    def _keep(
        self, connection: Connection, identity: Identity, key: Ed25519PrivateKey, card: HubCard, reply: EnrolReply
    ) -> None:
        document = {
            "identity": asdict(identity),
            "certificate": structs.asdict(reply.certificate),
            "private_key": to_text(key.private_bytes_raw()),
            "hub_key": card.identity_key,
            "root_key": card.root_key,
            "reference_secret": reply.reference_secret,
        }
        meta.write(connection, meta.IDENTITY, json.dumps(document))
        meta.write(connection, meta.PENDING_IDENTITY, None)
        meta.write(connection, meta.SEALING, reply.sealing.to_json().decode())
        meta.write(connection, meta.GENERATION, reply.generation)
        meta.write(connection, meta.NEXT_SEQ, 1)


def check_sealing(document: SealingDocument, root_key: bytes, now_ms: int, *, demonstration: bool) -> None:
    """Checks a sealing document: signed by the offline root, dated, of this kind of hub. Raises UntrustedHub."""
    if not verify(root_key, from_text(document.signature), document.signing_input()):
        raise UntrustedHub(
            "La clé de scellement n’est pas signée par le hub de cette borne : prévenez l’administrateur."
        )
    if not document.valid_from_ms <= now_ms <= document.valid_to_ms:
        raise UntrustedHub(
            "La clé de scellement du hub n’est pas valable à cette date : vérifiez l’horloge de la borne, "
            "lancez une synchronisation, puis prévenez l’administrateur du hub."
        )
    if document.demonstration and not demonstration:
        raise UntrustedHub(DEMONSTRATION)


def _check_certificate(certificate: Certificate, hub_key: bytes, terminal_key: bytes, card: HubCard) -> None:
    genuine = verify(hub_key, from_text(certificate.signature), certificate.signing_input())
    if not genuine or from_text(certificate.terminal_key) != terminal_key:
        raise UntrustedHub("Le certificat reçu n’est pas pour cette borne : demandez un autre code d’enrôlement.")
    if certificate.demonstration != card.demonstration:
        raise UntrustedHub(DEMONSTRATION)


def _identity_of(certificate: Certificate, hub_url: str, public_url: str | None) -> Identity:
    return Identity(
        certificate.terminal_id,
        certificate.terminal_no,
        certificate.site_id,
        tuple(certificate.functions),
        hub_url,
        public_url,
        certificate.demonstration,
    )


def enrol(
    home: Path,
    hub_url: str,
    code: str,
    machine_secret: bytes,
    *,
    client: HubClient | None = None,
    allow_demonstration: bool = False,
    now_ms: Callable[[], int] = machine_now_ms,
    random: Callable[[int], bytes] = os.urandom,
) -> Identity:
    """Makes a terminal of this home with a one-time code of the hub.

    Args:
        home: its folder, made if missing (mode 0700).
        hub_url: ``https://…``.
        code: as typed.
        machine_secret: from ``sync.replica.machine``.
        client: the seam to the network; HTTPS unless given.
        allow_demonstration: whether a demonstration hub is accepted.
        now_ms: the machine's clock, milliseconds since 1970.
        random: returns that many random bytes.

    Raises:
        InvalidInput: the code or the address cannot be right, or this home is enrolled already.
        UntrustedHub: another hub than the code's, or an answer that is not genuine.
        HubUnreachable, Refused, StorageError: see there.
    """
    invitation = read_invitation(code)
    seam = client or HttpHub(hub_url)
    make_home(home)
    with alone(home / LOCK_NAME, wait_s=0.0):
        card = (
            None
            if _is_enrolled(home, machine_secret)
            else meet(seam, invitation, allow_demonstration=allow_demonstration)
        )
        if card is None:
            raise InvalidInput("Ce dossier est déjà celui d’une borne enrôlée : choisissez un dossier vide.")
        envelope, data_key = _keys(home, machine_secret, random)
        database = ReplicaDatabase.open(home / FILE_NAME, data_key)
        try:
            schema.migrate(database)
            enrolment = Enrolment(database, seam, make_clockwork(now_ms, None), random, hub_url)
            who, sealing = enrolment.run(invitation, card)
            envelope.add_recovery(data_key, sealing)
        finally:
            database.close()
    return who


def _is_enrolled(home: Path, machine_secret: bytes) -> bool:
    try:
        database = open_database(home, machine_secret)
    except NotEnrolled:
        return False
    try:
        with database.read() as connection:
            return meta.read(connection, meta.IDENTITY) is not None
    finally:
        database.close()


def _keys(home: Path, machine_secret: bytes, random: Callable[[int], bytes]) -> tuple[Envelope, bytes]:
    """The keys of an enrolment that did not finish, or new ones."""
    path = home / KEYS_NAME
    if path.exists():
        envelope = Envelope.load(path)
        return envelope, envelope.open_with_machine(machine_secret)
    return Envelope.create(path, machine_secret, random)
