"""Starts Chromium full screen and watches over it: one throw-away profile a visit, on tmpfs if there is one.

At the end of a visit a fresh Chromium with an empty profile takes over, then the old one and its profile go away. One
that dies is started again. Enterprise policies (packaging/) forbid the rest; these flags need none.
"""

import logging
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

log = logging.getLogger("kiosk.browser")

TAKE_OVER_S = 3.0
POLL_S = 1.0
STOP_S = 5.0
SLOW_START_S = 10.0
GONE_TRIES, GONE_PAUSE_S = 50, 0.1
TMPFS = (Path("/dev/shm"),)  # noqa: S108 - a folder of our own is made in it, mode 0700
PREFIX = "point-contact-visit-"
SHARED_FLAGS = (
    "--kiosk",
    "--no-first-run",
    "--no-default-browser-check",
    "--noerrdialogs",
    "--disable-infobars",
    "--disable-translate",
    "--disable-extensions",
    "--disable-sync",
    "--disable-default-apps",
    "--disable-component-update",
    "--disable-background-networking",
    "--disable-domain-reliability",
    "--disable-breakpad",
    "--disable-client-side-phishing-detection",
    "--disable-pinch",
    "--disable-session-crashed-bubble",
    "--disable-features=Translate,AutofillServerCommunication,MediaRouter,OptimizationHints,TouchpadOverscrollHistoryNavigation",
    "--overscroll-history-navigation=0",
    "--password-store=basic",
    "--lang=fr-FR",
    # A change of screen makes 4 to 8 MB of short-lived objects. With V8's own 16 MB, every second or third touch waited
    # 10 to 27 ms for the collector (measured, two processors); with 64 MB it runs between two touches.
    "--js-flags=--min-semi-space-size=64 --max-semi-space-size=64",
)
"""Of the kiosk's Chromium and of the guided window's."""
FLAGS = (
    *SHARED_FLAGS,
    # Calm, and quicker where the processor draws: what moves is over at once.
    "--force-prefers-reduced-motion",
    # Chromium itself finds no other machine by name, whatever it would like to ask.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)


def command(chromium: str, url: str, profile: Path, more: Sequence[str] = ()) -> list[str]:
    """The command line of one Chromium, `more` being flags of this machine. As root (a container) it has no sandbox."""
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    return [
        chromium,
        *FLAGS,
        *more,
        *root,
        f"--user-data-dir={profile}",
        f"--disk-cache-dir={profile / 'cache'}",
        url,
    ]


def new_profile() -> Path:
    """An empty profile, readable by its owner only, in memory where the system has a tmpfs."""
    for folder in _folders():
        return Path(tempfile.mkdtemp(prefix=_mine(), dir=folder))
    return Path(tempfile.mkdtemp(prefix=_mine()))


def environment(profile: Path) -> dict[str, str]:
    """What a Chromium is told beside its flags: where it puts the memory of a page that crashed, to go with the visit.

    It writes that whatever ``--disable-breakpad`` and ``--disable-crash-reporter`` say, into the home unless told; with
    ``--disable-crashpad-for-testing`` its network service does not start (Debian's 156, seen).
    """
    return {**os.environ, "BREAKPAD_DUMP_LOCATION": str(profile / "crashes")}


def end_group(leader: int) -> bool:
    """Kills every process of a group; False when there is none (any more)."""
    try:
        os.killpg(leader, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def remove_profile(profile: Path) -> None:
    """Removes the profile of a Chromium that has ended, until it stays away; tries for 5 s, `remove_orphans` later.

    A helper that dies a moment after its Chromium may still write: what it made would be left, and not only its name.
    """
    for _ in range(GONE_TRIES):
        shutil.rmtree(profile, ignore_errors=True)
        if not profile.exists():
            return
        time.sleep(GONE_PAUSE_S)
    log.error("a profile could not be removed")


def remove_orphans() -> int:
    """Removes the profiles of programs that ended without doing so (a crash, a power cut does it by itself).

    Returns how many there were. A profile bears the number of the process that made it and the moment that one began.
    """
    removed = 0
    for folder in (*_folders(), Path(tempfile.gettempdir())):
        for profile in folder.glob(f"{PREFIX}*-*-*"):
            pid, began, _ = profile.name.removeprefix(PREFIX).split("-", 2)
            if pid.isdigit() and profile.stat().st_uid == os.geteuid() and _began(int(pid)) != began:
                shutil.rmtree(profile, ignore_errors=True)
                removed += 1
    return removed


def _folders() -> list[Path]:
    """Where profiles are made: in memory."""
    runtime = os.environ.get("RUNTIME_DIRECTORY") or os.environ.get("XDG_RUNTIME_DIR")
    candidates = [Path(runtime)] if runtime else []
    return [folder for folder in (*candidates, *TMPFS) if folder.is_dir() and os.access(folder, os.W_OK)]


def _mine() -> str:
    return f"{PREFIX}{os.getpid()}-{_began(os.getpid())}-"


def _began(pid: int) -> str:
    """When a process began, in ticks since the machine did; "" when there is none of that number."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return told.rpartition(")")[2].split()[19]


class Browser:
    """One Chromium on the screen, from `start` to `stop`."""

    def __init__(self, chromium: str, url: str, more: Sequence[str] = ()) -> None:
        self._chromium, self._url, self._more = chromium, url, more
        self._lock = threading.Lock()
        self._current: tuple[subprocess.Popen[bytes], Path] | None = None
        self._stopped = threading.Event()
        self._watching: threading.Thread | None = None

    def start(self) -> None:
        """Opens the kiosk and begins to watch. Raises FileNotFoundError when there is no Chromium."""
        with self._lock:
            self._current = self._open()
        self._watching = threading.Thread(target=self._watch, name="browser", daemon=True)
        self._watching.start()

    def renew(self) -> None:
        """A visit has ended: a fresh Chromium takes over; returns at once."""
        threading.Thread(target=self._replace, name="browser-renew", daemon=True).start()

    def stop(self) -> None:
        """Closes Chromium and removes its profile."""
        self._stopped.set()
        with self._lock:
            if self._current is not None:
                _close(*self._current)
                self._current = None
        if self._watching is not None:
            self._watching.join(STOP_S)

    @property
    def profile(self) -> Path | None:
        """The profile of the Chromium on the screen."""
        current = self._current
        return current[1] if current else None

    def _open(self) -> tuple[subprocess.Popen[bytes], Path]:
        profile = new_profile()
        try:
            silent = subprocess.DEVNULL
            words = command(self._chromium, self._url, profile, self._more)
            # In a group of its own, so that none of its helpers outlives it.
            process = subprocess.Popen(words, stdout=silent, stderr=silent, env=environment(profile), process_group=0)
        except OSError:
            shutil.rmtree(profile, ignore_errors=True)
            raise
        return process, profile

    def _replace(self) -> None:
        with self._lock:
            if self._stopped.is_set():
                return
            old, self._current = self._current, self._open()
            self._stopped.wait(TAKE_OVER_S)
            if old is not None:
                _close(*old)

    def _watch(self) -> None:
        pause = POLL_S
        while not self._stopped.wait(pause):
            pause = POLL_S
            with self._lock:
                if self._current is None or self._current[0].poll() is None:
                    continue
                log.warning("Chromium has stopped and is started again")
                _close(*self._current)
                self._current = self._open()
                pause = SLOW_START_S


def _close(process: subprocess.Popen[bytes], profile: Path) -> None:
    process.terminate()
    try:
        process.wait(STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(STOP_S)
    end_group(process.pid)
    remove_profile(profile)
