"""A terminal's home on the disk: its files, its clocks, its lock, and opening its database."""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sync.errors import NotEnrolled, StorageError
from sync.replica import schema
from sync.replica.clockwork import Clockwork
from sync.replica.database import FILE_NAME, ReplicaDatabase
from sync.replica.envelope import FILE_NAME as KEYS_NAME
from sync.replica.envelope import Envelope

LOCK_NAME = "instance.lock"
LOCK_POLL_S = 0.1
BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
NOT_ENROLLED = (
    "Cette borne n’est pas encore enrôlée : lancez « point-contact terminal enrol --hub ADRESSE --code CODE »."
)


def machine_now_ms() -> int:
    """This machine's clock, milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def machine_monotonic_ms() -> int:
    """A clock of this machine that never jumps and counts while it sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


def machine_boot() -> str:
    """Which start of this machine it is: another text after each; empty where the system does not tell."""
    try:
        return BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def make_clockwork(now_ms: Callable[[], int], monotonic_ms: Callable[[], int] | None) -> Clockwork:
    """The corrected time of a program: the machine's clocks unless others are given."""
    if monotonic_ms is None and now_ms is machine_now_ms:
        return Clockwork(now_ms, machine_monotonic_ms, machine_boot())
    return Clockwork(now_ms, monotonic_ms)


def open_database(home: Path, machine_secret: bytes) -> ReplicaDatabase:
    """Opens and migrates the database of a home. Raises NotEnrolled, WrongKey, StorageError."""
    if not (home / KEYS_NAME).exists():
        raise NotEnrolled(NOT_ENROLLED)
    data_key = Envelope.load(home / KEYS_NAME).open_with_machine(machine_secret)
    if not (home / FILE_NAME).exists():
        raise NotEnrolled(NOT_ENROLLED)
    database = ReplicaDatabase.open(home / FILE_NAME, data_key)
    try:
        schema.migrate(database)
    except BaseException:
        database.close()
        raise
    return database


def make_home(home: Path) -> None:
    """Makes the folder (mode 0700) if it is missing. Raises StorageError."""
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
    except OSError as error:
        raise StorageError(
            "Le dossier de la borne ne peut pas être créé : vérifiez le chemin et ses droits."
        ) from error


class AlreadyRunning(StorageError):
    """Another program runs a round on this home."""


@contextmanager
def alone(path: Path, *, wait_s: float) -> Iterator[None]:
    """Holds the home's lock file. Raises AlreadyRunning (a StorageError) after ``wait_s``."""
    until_s = time.monotonic() + wait_s
    try:
        file = path.open("a")
    except OSError as error:
        raise StorageError("Le dossier de la borne ne s’écrit pas : vérifiez ses droits d’accès.") from error
    with file:
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() >= until_s:
                    raise AlreadyRunning(
                        "Une synchronisation de cette borne est déjà en cours : attendez qu’elle se termine."
                    ) from None
                time.sleep(LOCK_POLL_S)
        yield  # closing the file releases the lock
