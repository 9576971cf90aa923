"""Asking the hub something and believing the answer only if the hub signed it.

The signature covers the request's signature, so that no answer can be played again. Anything else
(a captive portal, a proxy's error page, another hub) is refused as ``UntrustedHub`` and not used.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.errors import Gap, HubUnreachable, Refused, UntrustedHub
from sync.frames import LEVEL_UP, FrameReader, FrameWriter
from sync.message import BODY_BYTES_MAX, Message
from sync.questions import ClaimReply, RoomReply, TakeReply
from sync.replica import meta
from sync.replica.database import ReplicaDatabase
from sync.replica.hub_client import UNREACHABLE, HubClient, Streamed, check_dates, streamed
from sync.signature import answer_opening, reply_input, request_input, stream_opening, verify
from sync.wire import (
    HEADER_CERTIFICATE,
    HEADER_COUNTER,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    PROTOCOL,
    STREAM_MEDIA_TYPE,
    STREAMED_PROTOCOL,
    Certificate,
    CompareReply,
    HubRequest,
    HubResponse,
    RefusalBody,
    from_text,
    to_text,
)

if TYPE_CHECKING:
    from sync.replica.identity import Credentials

UNTRUSTED = (
    "La réponse reçue n’est pas celle du hub : ce réseau demande peut-être une connexion (page d’accueil du Wi-Fi). "
    "Rien n’a été pris en compte, tout est conservé."
)
OLDER_HUB = "Le hub est d’une version plus ancienne que cette borne : mettez-le à jour. Tout est conservé ici."
NEWER_HUB = f"Le hub ne parle plus le protocole {STREAMED_PROTOCOL} : mettez cette borne à jour. Tout est conservé."

_Reply = TypeVar("_Reply", TakeReply, ClaimReply, RoomReply, CompareReply)


@dataclass(frozen=True)
class Signer:
    """Who signs a request: the terminal, its key, and a counter that was made durable before.

    ``certificate`` is shown only to a hub that was restored from before this terminal's enrolment and
    does not know it any more: the hub's own signature on it re-admits the terminal.
    """

    terminal_id: str
    key: Ed25519PrivateKey
    counter: int
    certificate: Certificate | None = None


def _headers(signer: Signer, protocol: int) -> dict[str, str]:
    """Who speaks, in a request's head."""
    headers = {
        HEADER_PROTOCOL: str(protocol),
        HEADER_TERMINAL: signer.terminal_id,
        HEADER_COUNTER: str(signer.counter),
    }
    if signer.certificate is not None:
        headers[HEADER_CERTIFICATE] = to_text(signer.certificate.to_json())
    return headers


def ask(client: HubClient, request: HubRequest, hub_key: bytes, signer: Signer | None = None) -> HubResponse:
    """Sends one request and returns the hub's genuine answer of status 200.

    Args:
        client: the seam to the network.
        request: without the headers of this protocol; they are added here.
        hub_key: the 32-byte public identity key of the hub.
        signer: signs the request; ``None`` before enrolment.

    Raises:
        HubUnreachable: no answer.
        UntrustedHub: an answer that the hub did not sign.
        Refused: the hub's own refusal, ``Gap`` when operations are missing.
    """
    headers, signature = {HEADER_PROTOCOL: str(PROTOCOL)}, b""
    if signer is not None:
        signature = signer.key.sign(request_input(request, signer.terminal_id, signer.counter))
        headers = {**_headers(signer, PROTOCOL), HEADER_SIGNATURE: to_text(signature)}
    response = client.send(HubRequest(request.method, request.path, request.body, headers))
    check_signature(response, hub_key, signature)
    if response.status != 200:
        raise _refusal(response)
    return response


def question(
    client: HubClient,
    database: ReplicaDatabase,
    credentials: Credentials,
    path: str,
    message: Message,
    kind: type[_Reply],
) -> _Reply:
    """One question of an enrolled terminal, beside the rounds, and its genuine answer.

    Args:
        client: the seam to the network.
        database: keeps the counter that the question takes.
        credentials: who asks, and which hub is trusted.
        path: of the question, ``/v1/…``.
        message: what is asked.
        kind: of the answer.

    Raises:
        HubUnreachable: no answer.
        UntrustedHub: an answer that the hub did not sign, or a TLS certificate out of its dates.
        Refused: the hub's own refusal; ``replayed`` when another request of this home was faster.
    """
    with database.write(urgent=True) as connection:
        counter = meta.bump(connection, meta.COUNTER)  # durable before it is used
    signer = Signer(credentials.identity.terminal_id, credentials.key, counter)
    response = ask(client, HubRequest("POST", path, message.to_bytes()), credentials.hub_key, signer)
    reply = kind.from_bytes(response.body)
    check_dates(response, reply.now_ms)
    return reply


def ask_in_frames(
    client: HubClient, request: HubRequest, hub_key: bytes, signer: Signer, texts: Iterator[tuple[bytes, bool]]
) -> Iterator[tuple[bytes, Streamed]]:
    """Sends one request as a stream of frames and gives the hub's genuine answer, frame by frame, as it comes.

    Args:
        client: the seam to the network.
        request: its head, without the headers of this protocol.
        hub_key: the 32-byte public identity key of the hub.
        signer: signs every frame.
        texts: what each frame holds, and whether it is the last; made while the ones before travel.

    Raises:
        HubUnreachable: no answer, or one that was cut: what was given before is genuine and whole.
        UntrustedHub: an answer that the hub did not sign.
        Refused: the hub's own refusal, ``Gap`` when operations are missing.
    """
    writer = FrameWriter(stream_opening(request, signer.terminal_id, signer.counter), signer.key.sign, level=LEVEL_UP)
    head = replace(request, headers=_headers(signer, STREAMED_PROTOCOL))
    frames = (writer.frame(text, last=last) for text, last in texts)
    with streamed(client, head, frames) as answer:
        if answer.status != 200:
            raise _refused_in_frames(answer, hub_key, writer.signatures)
        if _header(answer.headers, "content-type") != STREAM_MEDIA_TYPE:  # a page of the network's own, however short
            raise UntrustedHub(UNTRUSTED)
        asked = writer.signatures[-1]
        reader = FrameReader(answer_opening(asked), lambda signed, data: verify(hub_key, signed, data))
        for piece in answer.pieces:
            try:
                for text in reader.feed(piece):
                    yield text, answer
            except Refused:
                raise UntrustedHub(UNTRUSTED) from None
        if not reader.ended:
            raise HubUnreachable(UNREACHABLE)


def _refused_in_frames(answer: Streamed, hub_key: bytes, asked: list[bytes]) -> Refused:
    """The hub's refusal of a stream: bound to the frame that it read last, to none when it refused the very head."""
    body = bytearray()
    for piece in answer.pieces:
        body += piece
        if len(body) > BODY_BYTES_MAX:
            raise UntrustedHub(UNTRUSTED)
    response = HubResponse(answer.status, bytes(body), answer.headers)
    bound = any(_is_signed(response, hub_key, one) for one in reversed(asked))
    if not bound:
        check_signature(response, hub_key)
    refusal = RefusalBody.from_bytes(response.body)
    check_dates(answer, refusal.now_ms)
    if bound:
        return _refusal(response)
    if answer.status == 404:
        return Refused("protocol", OLDER_HUB, status=404, now_ms=refusal.now_ms)
    if refusal.code != "protocol":  # bound to nothing, it may be an old one: nothing else of it is believed
        raise UntrustedHub(UNTRUSTED)
    return _refusal(response)


def check_signature(response: HubResponse, hub_key: bytes, request_signature: bytes = b"") -> None:
    """Raises UntrustedHub unless the hub signed this answer to this request."""
    if not _is_signed(response, hub_key, request_signature):
        raise UntrustedHub(UNTRUSTED)


def _is_signed(response: HubResponse, hub_key: bytes, request_signature: bytes) -> bool:
    try:
        signature = from_text(_header(response.headers, HEADER_SIGNATURE))
    except Refused:
        return False
    return verify(hub_key, signature, reply_input(response.status, response.body, request_signature))


def _header(headers: Mapping[str, str], wanted: str) -> str:
    """A header by its name, whatever its case; empty when absent."""
    return next((value for name, value in headers.items() if name.lower() == wanted), "")


def _refusal(response: HubResponse) -> Refused:
    body = RefusalBody.from_bytes(response.body)
    check_dates(response, body.now_ms)
    if body.code == "gap" and body.wanted is not None:
        return Gap(body.message, wanted=body.wanted, now_ms=body.now_ms)
    message = body.message
    if body.code == "protocol":  # who of both must be brought up to date, the hub's own sentence does not know
        message = OLDER_HUB if body.protocol_max < STREAMED_PROTOCOL else NEWER_HUB
    return Refused(body.code, message, status=response.status, now_ms=body.now_ms, retry_s=body.retry_s)
