"""Settings of the kiosk program, one documented field each, set on the command line and nowhere else."""

from dataclasses import dataclass
from pathlib import Path

DEFAULT_PORT = 8550


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
    """

    home: Path
    port: int = DEFAULT_PORT
    browser: bool = False
    chromium: str = "/usr/bin/chromium"
    diagonal_in: float = 21.5
    quiet_s: int = 60
    warning_s: int = 20
    round_interval_s: int = 300

    @property
    def url(self) -> str:
        """The address of the kiosk on this machine."""
        return f"http://127.0.0.1:{self.port}/"
