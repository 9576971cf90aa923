"""Asking the hub something and believing the answer only if the hub signed it.

The signature covers the request's signature, so that no answer can be played again. Anything else
(a captive portal, a proxy's error page, another hub) is refused as ``UntrustedHub`` and not used.
"""

from __future__ import annotations

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.errors import Gap, Refused, UntrustedHub
from sync.replica.hub_client import HubClient, check_dates
from sync.signature import reply_input, request_input, verify
from sync.wire import (
    HEADER_CERTIFICATE,
    HEADER_COUNTER,
    HEADER_PROTOCOL,
    HEADER_SIGNATURE,
    HEADER_TERMINAL,
    PROTOCOL,
    Certificate,
    HubRequest,
    HubResponse,
    RefusalBody,
    from_text,
    to_text,
)

UNTRUSTED = (
    "La réponse reçue n’est pas celle du hub : ce réseau demande peut-être une connexion (page d’accueil du Wi-Fi). "
    "Rien n’a été pris en compte, tout est conservé."
)


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
    headers = {HEADER_PROTOCOL: str(PROTOCOL)}
    signature = b""
    if signer is not None:
        signature = signer.key.sign(request_input(request, signer.terminal_id, signer.counter))
        headers[HEADER_TERMINAL] = signer.terminal_id
        headers[HEADER_COUNTER] = str(signer.counter)
        headers[HEADER_SIGNATURE] = to_text(signature)
        if signer.certificate is not None:
            headers[HEADER_CERTIFICATE] = to_text(signer.certificate.to_json())
    response = client.send(HubRequest(request.method, request.path, request.body, headers))
    check_signature(response, hub_key, signature)
    if response.status != 200:
        raise _refusal(response)
    return response


def check_signature(response: HubResponse, hub_key: bytes, request_signature: bytes = b"") -> None:
    """Raises UntrustedHub unless the hub signed this answer to this request."""
    held = next((value for name, value in response.headers.items() if name.lower() == HEADER_SIGNATURE), "")
    try:
        signature = from_text(held)
    except Refused:
        raise UntrustedHub(UNTRUSTED) from None
    if not verify(hub_key, signature, reply_input(response.status, response.body, request_signature)):
        raise UntrustedHub(UNTRUSTED)


def _refusal(response: HubResponse) -> Refused:
    body = RefusalBody.from_bytes(response.body)
    check_dates(response, body.now_ms)
    if body.code == "gap" and body.wanted is not None:
        return Gap(body.message, wanted=body.wanted, now_ms=body.now_ms)
    return Refused(body.code, body.message, status=response.status, now_ms=body.now_ms)
