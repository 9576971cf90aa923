"""Settings of the kiosk program, one documented field each, set on the command line and nowhere else."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 8550
FORMATS = ("80mm", "a4")
"""The papers: a roll, or a page. ``kiosk.printing.pdf`` draws them."""
TEXT_NAMES = frozenset(
    {"operator", "operator_address", "privacy_contact", "hosting", "retention_registration", "retention_booking"}
)


@dataclass(frozen=True, slots=True)
class KioskSettings:
    """How one terminal is served.

    Attributes:
        home: the terminal's folder.
        port: TCP port of the kiosk on 127.0.0.1; it is never served on another address.
        browser: True starts and supervises Chromium full screen; False only serves.
        chromium: the Chromium to start.
        diagonal_in: diagonal of the screen in inches; with the page's size it gives pixels per millimetre.
        quiet_s: seconds without a sign of life before the warning.
        warning_s: seconds of the warning before the visit ends.
        round_interval_s: seconds between two rounds until the hub asks for another interval.
        screen_socket: Unix socket on which the screen's own user is told what to show; None where this program starts
            Chromium itself.
        window: True opens guided windows although this program shows no browser (somebody else did).
        window_quiet_s: seconds without a sign of life in a guided window before it asks.
        window_warning_s: seconds to answer; then the window is closed and the visit ends.
        window_keyboard: False where the terminal has a keyboard of its own.
        texts: JSON file of what only the operator knows and the privacy notice says; ``TEXT_NAMES`` are its
            keys. What is not given reads « à compléter par l’exploitant ».
        printer: the CUPS queue that prints the papers of visitors; None: nothing offers to print.
        print_folder: instead of a queue, a folder in which each paper is a PDF until the visit ends.
        paper: ``80mm`` or ``a4``; None: what the queue says that it holds (``80mm`` in a folder).
    """

    home: Path
    port: int = DEFAULT_PORT
    browser: bool = False
    chromium: str = "/usr/bin/chromium"
    diagonal_in: float = 21.5
    quiet_s: int = 60
    warning_s: int = 20
    round_interval_s: int = 300
    texts: Path | None = None
    screen_socket: Path | None = None
    window: bool = False
    window_quiet_s: int = 180
    window_warning_s: int = 30
    window_keyboard: bool = True
    printer: str | None = None
    print_folder: Path | None = None
    paper: str | None = None

    @property
    def url(self) -> str:
        """The address of the kiosk on this machine."""
        return self.url_of("/")

    def url_of(self, path: str) -> str:
        """The address of one of its pages."""
        return f"http://127.0.0.1:{self.port}{path}"
