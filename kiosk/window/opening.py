"""What a guided window is asked to open, where it may go, and what may become of it. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

FINISHED, ASKED, IDLE, LIMIT, LOST, FAILED = "finished", "asked", "idle", "limit", "lost", "failed"
"""Why a window is closed: « Terminer » of its bar, the kiosk's wish, nobody there any more, its hour is over, its
Chromium ended by itself, it did not open."""
HTTPS_PORTS = (None, 443)
CHECK = re.compile(r"http://127\.0\.0\.1:[0-9]{1,5}/essai\?[a-z0-9&=-]*")
"""The one page of the terminal's own that a window may show: the check of camera and sound (``kiosk.web.check``)."""
FINISHED_THERE = "#fini"
"""What that page adds to its address when the person has finished."""


class Printing(Protocol):
    """Where a page goes on paper: the queue of this terminal."""

    def print_pdf(self, data: bytes, title: str) -> bool:
        """Hands over one document; False when the printer did not take it. Called from the window's own thread."""


@dataclass(frozen=True)
class Call:
    """The call for help of a visit, as its window shows it.

    Attributes:
        stands: help is asked for. answer: what a named person said to it, "seen" or "coming", or "". hour: when.
        hour_french: the same in French, where the hour is said in another language.
    """

    stands: bool = False
    answer: str = ""
    hour: str = ""
    hour_french: str = ""


class Helping(Protocol):
    """Where a call for help from a window goes: the visit whose window it is."""

    def call_help(self, wanted: bool) -> None:
        """Help is asked for, or no more. Returns at once; called from the window's own thread."""


@dataclass(frozen=True)
class Rule:
    """Where the window may go. A host is exact (``www.example.fr``), or a dot and a domain (``.example.fr``): that
    domain and all below it.

    Attributes:
        hosts: the hosts allowed.
        camera_hosts: those of them that may use camera and microphone.
        check: the whole address of the terminal's own page that tries camera and sound; "" in every other window.
    """

    hosts: tuple[str, ...]
    camera_hosts: tuple[str, ...] = ()
    check: str = ""

    def allows(self, url: str) -> bool:
        """True for an https address of an allowed host, on the usual port, without a name or password in it.

        And for ``check``, letter by letter: nothing else of this machine is ever shown.
        """
        return self.entry(url) is not None or self.is_check(url)

    def is_check(self, url: str) -> bool:
        """True for the terminal's own page, in the window that was opened for it."""
        return bool(CHECK.fullmatch(self.check)) and url in (self.check, self.check + FINISHED_THERE)

    def is_finished(self, url: str) -> bool:
        """True where that page says that the person has finished."""
        return self.is_check(url) and url.endswith(FINISHED_THERE)

    def is_call(self, url: str) -> bool:
        """True where a camera at work is a call with somebody, and so a sign of life."""
        return self.camera(url) and not self.is_check(url)

    def entry(self, url: str) -> str | None:
        """The first entry of ``hosts`` that allows ``url``, or None."""
        host = self.host_of(url)
        return next((entry for entry in self.hosts if host and _fits(host, entry)), None)

    def camera(self, url: str) -> bool:
        """True where camera and microphone are granted."""
        host = self.host_of(url)
        return self.is_check(url) or (self.allows(url) and any(_fits(host, entry) for entry in self.camera_hosts))

    def words(self, url: str) -> str:
        """The place in words: « francetravail.fr » wherever one is below it; "" where the window may not be."""
        return (self.entry(url) or "").removeprefix(".").removeprefix("www.")

    def host_of(self, url: str) -> str:
        """The host of an address that may be opened at all, else ""."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return ""
        if parts.scheme != "https" or port not in HTTPS_PORTS or "@" in parts.netloc or "\\" in url:
            return ""
        return parts.hostname or ""


def _fits(host: str, entry: str) -> bool:
    return host == entry.removeprefix(".") or (entry.startswith(".") and host.endswith(entry))


@dataclass(frozen=True)
class Opening:
    """One window to open.

    Attributes:
        url: the first address; ``rule`` must allow it.
        title: what the person wanted, for the window's first moment and for printed paper.
        language: of the bar, one of ``kiosk.wording.LANGUAGES``.
        quiet_s: seconds without a sign of life before the window asks. warning_s: seconds to answer.
        limit_s: seconds after which it closes whatever happens; None where nothing follows in this place.
        diagonal_in: diagonal of the screen in inches: it gives the real size of the bar.
        emergencies: number and words of each, for « Aide », and the French of the words where they are translated.
        desk_phone: telephone of the site, or "".
        terminal_no: of this terminal at its site, for the flag of a call for help; 0 while unknown.
    """

    url: str
    rule: Rule
    title: str
    language: str = "fr"
    quiet_s: float = 180
    warning_s: float = 30
    limit_s: float | None = None
    diagonal_in: float = 21.5
    emergencies: tuple[tuple[str, ...], ...] = field(default=())
    desk_phone: str = ""
    terminal_no: int = 0
