"""What becomes of each document that a page of the window asks for. The one place that stops a navigation."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kiosk.window.bar import UNREACHABLE_PAGE
from kiosk.window.devtools import DevTools, DevToolsError
from kiosk.window.opening import Rule

PDF = "application/pdf"
PDF_MAX_BYTES = 20 * 1024 * 1024
BODY_S = 30.0
PATTERNS = [{"urlPattern": "*", "resourceType": "Document", "requestStage": stage} for stage in ("Request", "Response")]
REDIRECTS = range(300, 400)


@dataclass
class Gate:
    """Lets documents through, stops them, or gives our own page in the place of Chromium's.

    Args:
        devtools: the window's protocol. rule: where it may go.
        stopped: told when a page was refused, with its host. unreachable: with the address that did not answer.
        arrived: an address of the page itself answered. document: a PDF came, with its bytes. download: something else
            that would have been saved.
    """

    devtools: DevTools
    rule: Rule
    stopped: Callable[[str], None]
    unreachable: Callable[[str], None]
    arrived: Callable[[str], None]
    document: Callable[[bytes], None]
    download: Callable[[], None]

    def watch(self, session: str) -> None:
        """Begins to ask here for each document of a page."""
        self.devtools.send("Fetch.enable", {"patterns": PATTERNS}, session)

    def paused(self, event: dict[str, Any], session: str, main_frame: str) -> None:
        """Decides on one document: ``Fetch.requestPaused``. Frames inside a page go where the page sends them."""
        url, request = event["request"]["url"], event["requestId"]
        if event["frameId"] != main_frame:
            self._go(request, session)
        elif "responseErrorReason" in event:
            self._answered_nothing(event, url, request, session)
        elif "responseStatusCode" in event:
            self._answered(event, url, request, session)
        elif self.rule.allows(url):
            self._go(request, session)
        else:
            self.refuse(request, session)
            self.stopped(self.rule.host_of(url))

    def refuse(self, request: str, session: str) -> None:
        """The navigation ends before it began: the page that was there stays, with what was typed."""
        self.devtools.post("Fetch.failRequest", {"requestId": request, "errorReason": "Aborted"}, session)

    def _go(self, request: str, session: str) -> None:
        self.devtools.post("Fetch.continueRequest", {"requestId": request}, session)

    def _answered_nothing(self, event: dict[str, Any], url: str, request: str, session: str) -> None:
        if event["responseErrorReason"] == "Aborted":
            self._go(request, session)
            return
        body = base64.b64encode(UNREACHABLE_PAGE.encode()).decode()
        headers = [
            {"name": "content-type", "value": "text/html; charset=utf-8"},
            {"name": "cache-control", "value": "no-store"},
            {"name": "content-security-policy", "value": "default-src 'none'; style-src 'unsafe-inline'"},
        ]
        fulfilled = {"requestId": request, "responseCode": 200, "responseHeaders": headers, "body": body}
        self.unreachable(url)
        self.devtools.post("Fetch.fulfillRequest", fulfilled, session)

    def _answered(self, event: dict[str, Any], url: str, request: str, session: str) -> None:
        headers = {header["name"].lower(): header["value"].lower() for header in event.get("responseHeaders", ())}
        if event["responseStatusCode"] in REDIRECTS:
            self._go(request, session)
        elif headers.get("content-type", "").startswith(PDF):
            self._take(headers, request, session)
        elif headers.get("content-disposition", "").startswith("attachment"):
            self.refuse(request, session)
            self.download()
        else:
            self.arrived(url)
            self._go(request, session)

    def _take(self, headers: dict[str, str], request: str, session: str) -> None:
        """A PDF is not shown by Chromium's reader, which has its own buttons to save and print: it is offered here."""
        length = headers.get("content-length", "0")
        data = b""
        if length.isdigit() and int(length) <= PDF_MAX_BYTES:
            try:
                got = self.devtools.send("Fetch.getResponseBody", {"requestId": request}, session, BODY_S)
                data = base64.b64decode(got["body"]) if got["base64Encoded"] else got["body"].encode("latin-1")
            except DevToolsError:
                data = b""
        self.refuse(request, session)
        if data.startswith(b"%PDF"):
            self.document(data)
        else:
            self.download()
