"""Stands for francetravail.fr, for a video provider, and for places where nobody should end: one page server."""

from __future__ import annotations

import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

ASKED_S = 10
HOME, VIDEO, ELSEWHERE = "travail.localhost", "visio.localhost", "ailleurs.localhost"
STYLE = """<style>
body{font:20px/1.5 sans-serif;margin:0;color:#222}
header{background:#fff;border-bottom:1px solid #ccc;padding:18px 32px;color:#283276;position:sticky;top:0}
p a{display:block;margin:10px 0}
main{max-width:760px;margin:32px auto;padding:0 32px}
label{display:block;margin:20px 0 6px}
input{font:inherit;width:100%;padding:12px;border:2px solid #283276;border-radius:8px;box-sizing:border-box}
p a.b{display:inline-block;margin:24px 0;background:#283276;color:#fff;padding:14px 28px;border-radius:28px}
</style>"""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CALL = """<h1>Visio</h1><p id=said>rien</p><script>
const say = (text) => { document.getElementById('said').textContent = text; };
navigator.mediaDevices.getUserMedia({video: true, audio: true}).then(async (stream) => {
  const [one, two] = [new RTCPeerConnection(), new RTCPeerConnection()];
  one.onicecandidate = (e) => e.candidate && two.addIceCandidate(e.candidate);
  two.onicecandidate = (e) => e.candidate && one.addIceCandidate(e.candidate);
  for (const track of stream.getTracks()) one.addTrack(track, stream);
  one.onconnectionstatechange = () => say('appel ' + one.connectionState);
  await one.setLocalDescription(await one.createOffer());
  await two.setRemoteDescription(one.localDescription);
  await two.setLocalDescription(await two.createAnswer());
  await one.setRemoteDescription(two.localDescription);
}, (error) => say('refus ' + error.name));
</script>"""


def home(port: int) -> str:
    elsewhere = f"http://{ELSEWHERE}:{port}"
    return f"""<header>Espace candidat</header><main><h1>Inscription</h1><p>Étape 1 sur 4. Vos données personnelles.</p>
<label for=nom>Nom de naissance</label><input id=nom>
<label for=mail>Adresse électronique</label><input id=mail type=email>
<p><a class=b href="/suite">Continuer</a></p>
<p><a href="{elsewhere}/direct">Un autre site</a>
<a href="/renvoi">Un renvoi</a> <a target=_blank href="/suite">Une fenêtre</a>
<a target=_blank href="{elsewhere}/neuf">Une fenêtre ailleurs</a> <a href="/attestation.pdf">Une attestation</a>
<a href="/tableau.csv">Un tableau</a> <a download="x.txt" href="data:text/plain,abc">Un fichier</a></p>
<input type=file id=piece aria-label="Joindre une pièce"></main>"""


@dataclass
class Pages:
    """A running page server; ``asked`` are the host and path of every request."""

    port: int
    asked: list[str] = field(default_factory=list)

    def url(self, host: str = HOME, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"

    def first_asked(self) -> str:
        """Waits for the first request; its host and path."""
        until = time.monotonic() + ASKED_S
        while not self.asked and time.monotonic() < until:
            time.sleep(0.1)
        assert self.asked, "no page was asked for"
        return self.asked[0]

    def answer(self, host: str, path: str) -> tuple[int, dict[str, str], bytes]:
        html = {"content-type": "text/html; charset=utf-8"}
        if path == "/renvoi":
            return 302, {"location": self.url(ELSEWHERE, "/renvoye")}, b""
        if path == "/attestation.pdf":
            return 200, {"content-type": "application/pdf"}, PDF
        if path == "/tableau.csv":
            return 200, {"content-type": "text/csv", "content-disposition": "attachment; filename=t.csv"}, b"a;b"
        pages = {
            "/": home(self.port),
            "/suite": "<header>Espace candidat</header><main><h1>Étape 2</h1></main>",
            "/appel": CALL,
        }
        body = pages.get(path, f"<main><h1>Page {host}</h1></main>")
        strict = {
            "content-security-policy": "default-src 'self'; style-src 'unsafe-inline'; "
            "require-trusted-types-for 'script'"
        }
        return (
            200,
            {**html, **(strict if path == "/suite" else {})},
            f'<!doctype html><html lang="fr">{STYLE}{body}'.encode(),
        )


@contextmanager
def served(certificate: ssl.SSLContext | None = None) -> Iterator[Pages]:
    """The server, in threads of its own; over TLS with a ``certificate``."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host = self.headers.get("host", "").split(":")[0]
            pages.asked.append(f"{host}{self.path}")
            status, headers, body = pages.answer(host, self.path)
            self.send_response(status)
            for name, value in {**headers, "content-length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *given: Any) -> None:
            del given

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    if certificate is not None:
        server.socket = certificate.wrap_socket(server.socket, server_side=True)
    pages = Pages(server.server_port)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield pages
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
