"""HTTP to the hub: bounded, no redirection, and a TLS chain whose dates wait for signed time."""

from __future__ import annotations

import datetime
import ipaddress
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from sync.errors import HubUnreachable, InvalidInput, UntrustedHub
from sync.message import BODY_BYTES_MAX
from sync.replica.hub_client import HttpHub, TlsResponse, check_dates
from sync.wire import MEDIA_TYPE, HubRequest, HubResponse

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.UTC)
Answer = Callable[[BaseHTTPRequestHandler], None]


def serve(answer: Answer, context: ssl.SSLContext | None = None) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            answer(self)

        def do_GET(self) -> None:
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    return server


def say(status: int, body: bytes, **headers: str) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("content-length", 0)))
        handler.send_response(status)
        handler.send_header("content-length", str(len(body)))
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def ask(answer: Answer, **more: str) -> HubResponse:
    server = serve(answer)
    hub = HttpHub(f"http://127.0.0.1:{server.server_address[1]}", **more)
    try:
        return hub.send(HubRequest("POST", "/v1/round", b"body"))
    finally:
        hub.close()
        server.shutdown()
        server.server_close()


def test_an_answer_comes_as_it_was_sent() -> None:
    response = ask(say(409, b"\x28\xb5 raw", **{"Point-Contact-Signature": "abc"}))
    assert (response.status, response.body) == (409, b"\x28\xb5 raw")
    assert response.headers["point-contact-signature"] == "abc"


def test_the_request_is_sent_as_it_is() -> None:
    seen: dict[str, str] = {}

    def note(handler: BaseHTTPRequestHandler) -> None:
        seen.update({"path": handler.path, "type": handler.headers["content-type"]})
        body = handler.rfile.read(int(handler.headers["content-length"]))
        handler.send_response(200)
        handler.send_header("content-length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    assert ask(note).body == b"body"
    assert seen == {"path": "/v1/round", "type": MEDIA_TYPE}


def test_a_redirection_is_not_followed() -> None:
    assert ask(say(302, b"", Location="http://127.0.0.1:1/portal")).status == 302


def test_an_endless_answer_is_stopped() -> None:
    with pytest.raises(UntrustedHub, match="trop longue"):
        ask(say(200, bytes(BODY_BYTES_MAX + 10)))


def test_no_answer_is_told_and_everything_is_kept() -> None:
    hub = HttpHub("http://127.0.0.1:9")
    with pytest.raises(HubUnreachable, match="conservé"):
        hub.send(HubRequest("GET", "/v1/hub"))
    hub.close()


@pytest.mark.parametrize("url", ["hub.example", "ftp://hub.example", "http://hub.example", "https://"])
def test_an_address_that_protects_nothing_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput, match="https://"):
        HttpHub(url)


def certify(folder: Path, name: str, start: datetime.datetime, end: datetime.datetime) -> tuple[ssl.SSLContext, str]:
    """A server context whose self-made authority is in the returned file."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / f"{name}.pem", folder / f"{name}.key"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)
    return context, str(pem)


def ask_tls(context: ssl.SSLContext, ca_file: str) -> HubResponse:
    server = serve(say(200, b"ok"), context)
    hub = HttpHub(f"https://127.0.0.1:{server.server_address[1]}", ca_file=ca_file)
    try:
        return hub.send(HubRequest("GET", "/v1/hub"))
    finally:
        hub.close()
        server.shutdown()
        server.server_close()


def ms(moment: datetime.datetime) -> int:
    return int(moment.timestamp() * 1000)


def test_a_certificate_out_of_date_by_this_clock_still_answers_and_signed_time_decides(tmp_path: Path) -> None:
    """As for a terminal that woke in another year: what is expired here may be valid in truth."""
    context, ca_file = certify(tmp_path, "old", NOW - 800 * DAY, NOW - 400 * DAY)
    response = ask_tls(context, ca_file)
    assert isinstance(response, TlsResponse)
    check_dates(response, ms(NOW - 500 * DAY))
    with pytest.raises(UntrustedHub, match="certificat TLS"):
        check_dates(response, ms(NOW))
    with pytest.raises(UntrustedHub):
        check_dates(response, ms(NOW - 900 * DAY))


def test_a_certificate_of_an_unknown_authority_is_refused(tmp_path: Path) -> None:
    context, _ = certify(tmp_path, "portal", NOW - DAY, NOW + DAY)
    _, other = certify(tmp_path, "authority", NOW - DAY, NOW + DAY)
    with pytest.raises(UntrustedHub, match="certificat inconnu"):
        ask_tls(context, other)


def test_plain_http_has_no_dates_to_check() -> None:
    check_dates(ask(say(200, b"ok")), 0)
