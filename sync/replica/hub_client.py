"""The one narrow seam to the network: a request as bytes goes out, an answer as bytes comes back.

``HttpHub`` limits time and size, follows no redirection, and checks the TLS chain **without its
dates**: a terminal whose clock is absurd must still reach its hub to learn the time. The dates are
checked afterwards, against the time that the hub signed (``check_dates``). What is trusted is the
hub's signature, never the network: a captive portal's page is refused by ``sync.replica.conversation``.
"""

from __future__ import annotations

import datetime
import queue
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any, Protocol
from urllib.parse import urlsplit

import httpx
from cryptography import x509

from sync.errors import HubUnreachable, InvalidInput, UntrustedHub
from sync.message import BODY_BYTES_MAX
from sync.wire import MEDIA_TYPE, STREAM_MEDIA_TYPE, HubRequest, HubResponse

NO_CHECK_TIME = 0x200000  # X509_V_FLAG_NO_CHECK_TIME of OpenSSL; Python gives it no name
CONNECT_TIMEOUT_S = 10.0
READ_TIMEOUT_S = 30.0
STREAM_TIMEOUT_S = 120.0
"""Without a byte either way of a streamed round: what was written last may still wait in this machine to leave by a
slow line, before the hub can begin to answer."""
SEND_BUFFER_BYTES = 64 * 1024
"""What may wait so. A system may keep megabytes: the end of an upload would look like a hub that does not answer."""
WHOLE_ANSWER_TIMEOUT_S = 120.0
"""For a whole answer, and for each ``DRIP_BYTES`` of a streamed one."""
DRIP_BYTES = 64 * 1024
STREAM_TIMEOUT = httpx.Timeout(STREAM_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
UNREACHABLE = "Le hub ne répond pas : vérifiez le réseau. Tout est conservé ici et partira plus tard."
TOO_LARGE = "La réponse reçue n’est pas celle du hub (elle est trop longue) : vérifiez l’accès à Internet de ce réseau."


class HubClient(Protocol):
    """What carries a request to the hub and its answer back."""

    def send(self, request: HubRequest) -> HubResponse:
        """Returns the answer, whatever its status. Raises HubUnreachable when there is none."""
        ...


@dataclass(frozen=True)
class Streamed:
    """An answer as it comes: its head, and the pieces of its body, which raise HubUnreachable when it is cut.

    ``dates`` are those of the TLS certificate, ``None`` without TLS.
    """

    status: int
    headers: dict[str, str]
    pieces: Iterator[bytes]
    dates: CertificateDates | None = None


@contextmanager
def streamed(client: HubClient, request: HubRequest, frames: Iterator[bytes]) -> Iterator[Streamed]:
    """Sends a request whose body is made while it is sent, and gives its answer as it comes.

    A seam that has no ``stream`` carries both as wholes.

    Args:
        client: the seam.
        request: its head.
        frames: its body.
    """
    if isinstance(client, HttpHub):
        with client.stream(request, frames) as answer:
            yield answer
        return
    response = client.send(replace(request, body=b"".join(frames)))
    dates = response.dates if isinstance(response, TlsResponse) else None
    yield Streamed(response.status, response.headers, iter([response.body]), dates)


@dataclass(frozen=True)
class CertificateDates:
    """From when to when a TLS certificate is valid, milliseconds since 1970."""

    valid_from_ms: int
    valid_to_ms: int


@dataclass(frozen=True)
class TlsResponse(HubResponse):
    """An answer that came over TLS, with the dates of the certificate, which are not checked yet."""

    dates: CertificateDates = field(default_factory=lambda: CertificateDates(0, 0))


def check_dates(response: HubResponse | Streamed, signed_ms: int) -> None:
    """Checks the TLS certificate's dates against signed time. Raises UntrustedHub."""
    dates = response.dates if isinstance(response, TlsResponse | Streamed) else None
    if dates is not None and not dates.valid_from_ms <= signed_ms <= dates.valid_to_ms:
        raise UntrustedHub(
            "Le certificat TLS du hub n’est plus valable : demandez à son administrateur de le renouveler."
        )


class HttpHub:
    """The hub over HTTPS (plain HTTP on this machine only, for the demonstration).

    Args:
        base_url: ``https://…``, without path.
        ca_file: PEM file of the authority that signs the hub's TLS certificate, unless a public one does.

    Raises:
        InvalidInput: not an address, or plain HTTP to another machine.
    """

    def __init__(self, base_url: str, *, ca_file: str | None = None) -> None:
        parts = urlsplit(base_url)
        local = parts.hostname in LOOPBACK
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise InvalidInput("L’adresse du hub n’est pas complète : écrivez-la comme https://hub.exemple.fr.")
        if parts.scheme == "http" and not local:
            raise InvalidInput("L’adresse du hub doit commencer par https:// pour que les données restent protégées.")
        self._over_tls = parts.scheme == "https"
        self._client = httpx.Client(
            base_url=base_url.rstrip("/"),
            verify=tls_context(ca_file) if self._over_tls else False,
            timeout=httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
            follow_redirects=False,
            trust_env=not local,
        )
        for name in ("accept", "connection", "user-agent"):  # they tell the hub nothing, and a quiet round is small
            del self._client.headers[name]

    def send(self, request: HubRequest) -> HubResponse:
        """Returns the answer. Raises HubUnreachable (no answer), UntrustedHub (endless answer, bad chain)."""
        headers = {**request.headers, "content-type": MEDIA_TYPE, "accept-encoding": "identity"}
        content = request.body
        with _as_ours(), self._client.stream(request.method, request.path, content=content, headers=headers) as answer:
            dates = _dates_of(answer) if self._over_tls else None  # before the body: its end may close the line
            body = _read_bounded(answer)
            received = dict(answer.headers.items())
            if dates is None:
                return HubResponse(answer.status_code, body, received)
            return TlsResponse(answer.status_code, body, received, dates)

    @contextmanager
    def stream(self, request: HubRequest, frames: Iterator[bytes]) -> Iterator[Streamed]:
        """Sends a body while it is made; gives the answer as it comes. Raises HubUnreachable, UntrustedHub."""
        headers = {**request.headers, "content-type": STREAM_MEDIA_TYPE, "accept-encoding": "identity"}
        first, second = next(frames), next(frames, None)
        content = first if second is None else chain([first, second], frames)  # one frame has a length to announce
        with (
            _as_ours(),
            self._client.stream(
                request.method,
                request.path,
                content=content,
                headers=headers,
                timeout=STREAM_TIMEOUT,
                extensions={"trace": _hold_little},
            ) as answer,
        ):
            dates = _dates_of(answer) if self._over_tls else None
            yield Streamed(answer.status_code, dict(answer.headers.items()), _pieces(answer), dates)

    def close(self) -> None:
        """Closes the connections."""
        self._client.close()


class Impatient:
    """A seam for one question, which gives up whatever keeps it waiting: a name that is not resolved, a slow line.

    Args:
        inner: the seam that is asked. What it brings after that time is dropped.
        limit_s: seconds from now on, for everything that is sent through here.
    """

    def __init__(self, inner: HubClient, limit_s: float) -> None:
        self._inner = inner
        self._until_s = time.monotonic() + limit_s

    def send(self, request: HubRequest) -> HubResponse:
        """Returns the answer. Raises HubUnreachable when there is none in time, and what the inner seam raises."""
        box: queue.SimpleQueue[HubResponse | BaseException] = queue.SimpleQueue()

        def run() -> None:
            try:
                box.put(self._inner.send(request))
            except BaseException as error:  # noqa: BLE001 - handed on to whoever asked
                box.put(error)

        threading.Thread(target=run, name="question", daemon=True).start()
        try:
            answer = box.get(timeout=max(0.0, self._until_s - time.monotonic()))
        except queue.Empty:
            raise HubUnreachable(UNREACHABLE) from None
        if isinstance(answer, BaseException):
            raise answer
        return answer


def tls_context(ca_file: str | None = None) -> ssl.SSLContext:
    """A context that checks chain and name as usual, and no dates."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_flags = ssl.VerifyFlags(context.verify_flags | NO_CHECK_TIME)
    return context


def _hold_little(event: str, told: Mapping[str, Any]) -> None:
    """Limits what the system keeps of what was sent, once a connection is there. Called by httpx."""
    if event == "connection.connect_tcp.complete":
        line = told["return_value"].get_extra_info("socket")
        if line is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)


@contextmanager
def _as_ours() -> Iterator[None]:
    try:
        yield
    except httpx.HTTPError as error:
        if isinstance(error.__cause__, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY" in str(error):
            raise UntrustedHub(
                "Le site qui répond n’est pas le hub (certificat inconnu) : vérifiez l’accès à Internet de ce réseau."
            ) from error
        raise HubUnreachable(UNREACHABLE) from error


def _pieces(answer: httpx.Response) -> Iterator[bytes]:
    """A streamed body as it comes: a slow drip may not hold a round for ever, a long one may take its time."""
    started_s, since = time.monotonic(), 0
    for piece in answer.iter_raw():
        yield piece
        since += len(piece)
        if since >= DRIP_BYTES:
            started_s, since = time.monotonic(), 0
        elif time.monotonic() - started_s > WHOLE_ANSWER_TIMEOUT_S:
            raise HubUnreachable(UNREACHABLE)


def _read_bounded(answer: httpx.Response) -> bytes:
    """Reads an answer within its limits of size and time: a slow drip may not hold a round for ever."""
    started_s = time.monotonic()
    body = bytearray()
    for piece in answer.iter_raw():
        body += piece
        if len(body) > BODY_BYTES_MAX:
            raise UntrustedHub(TOO_LARGE)
        if time.monotonic() - started_s > WHOLE_ANSWER_TIMEOUT_S:
            raise HubUnreachable(UNREACHABLE)
    return bytes(body)


def _dates_of(answer: httpx.Response) -> CertificateDates:
    stream = answer.extensions.get("network_stream")
    tls = stream.get_extra_info("ssl_object") if stream is not None else None
    raw = tls.getpeercert(True) if tls is not None else None
    if raw is None:
        raise UntrustedHub("Le hub n’a pas montré de certificat TLS : prévenez l’administrateur du hub.")
    certificate = x509.load_der_x509_certificate(raw)
    return CertificateDates(_ms(certificate.not_valid_before_utc), _ms(certificate.not_valid_after_utc))


def _ms(moment: datetime.datetime) -> int:
    return int(moment.timestamp() * 1000)
