"""The replica's front door: opening a terminal's home, enrolling it, and telling how it stands.

A home holds ``keys.json`` (the data key's envelope), ``replica.db`` (everything else, encrypted), the
reserve of disk space and ``instance.lock``. Several programs may open one home at once.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sync.errors import InvalidInput, NotEnrolled, StorageError
from sync.replica import apply, identity, meta, outbox, schema
from sync.replica.clockwork import Clockwork
from sync.replica.database import FILE_NAME, ReplicaDatabase
from sync.replica.envelope import FILE_NAME as KEYS_NAME
from sync.replica.envelope import Envelope
from sync.replica.hub_client import HttpHub, HubClient
from sync.replica.identity import NOT_ENROLLED, Credentials, Enrolment, Identity
from sync.replica.round import LOCK_NAME, Rounds, alone
from sync.replica.store import Store
from sync.replica.tables import REJECTED, WAITING
from sync.wire import SealingDocument


def machine_now_ms() -> int:
    """This machine's clock, milliseconds since 1970."""
    return time.time_ns() // 1_000_000


def machine_monotonic_ms() -> int:
    """A clock of this machine that never jumps and counts while it sleeps."""
    return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1_000_000


@dataclass(frozen=True)
class TerminalStatus:
    """How a terminal stands, the truth offline included. Times are milliseconds since 1970.

    Attributes:
        online: whether the last round reached the hub; ``None`` before the first.
        waiting: operations the hub has not answered yet.
        parked: operations the hub rejected, kept for a person.
        conflicts: local values that did not stand.
        drift_ms: how far this machine's clock was ahead of the hub's, last time.
        digest_mismatches: how often both ends differed at the end of a round.
        unreadable: entries of the feed that this version could not hold.
        redraws: how often the incarnation was drawn anew (disk restored or cloned).
    """

    site_id: str
    terminal_id: str
    terminal_no: int
    functions: tuple[str, ...]
    hub_url: str
    demonstration: bool
    incarnation: str
    generation: str | None
    online: bool | None
    last_contact_ms: int | None
    offline_since_ms: int | None
    waiting: int
    parked: int
    conflicts: int
    clock_trusted: bool
    clock_message: str | None
    drift_ms: int | None
    last_refusal_code: str | None
    last_refusal_message: str | None
    digest_mismatches: int
    unreadable: int
    redraws: int
    enrolled: bool = True

    def to_json(self) -> dict[str, Any]:
        """The status as a JSON object with stable keys."""
        return asdict(self)


class Terminal:
    """An enrolled terminal. Safe with several threads; close it at the end."""

    def __init__(
        self, home: Path, database: ReplicaDatabase, credentials: Credentials, store: Store, rounds: Rounds,
        clockwork: Clockwork,
    ) -> None:  # fmt: skip
        self.home = home
        self.identity: Identity = credentials.identity
        self.store = store
        self.rounds = rounds
        self._database = database
        self._clockwork = clockwork

    @classmethod
    def open(
        cls,
        home: Path,
        machine_secret: bytes,
        *,
        client: HubClient | None = None,
        now_ms: Callable[[], int] = machine_now_ms,
        monotonic_ms: Callable[[], int] | None = None,
        random: Callable[[int], bytes] = os.urandom,
    ) -> Terminal:
        """Opens an enrolled terminal's home.

        Args:
            home: its folder.
            machine_secret: from ``sync.replica.machine``.
            client: the seam to the network; HTTPS to the enrolled hub unless given.
            now_ms: the machine's clock, milliseconds since 1970.
            monotonic_ms: a clock that never jumps; the machine's, or none where ``now_ms`` is given.
            random: returns that many random bytes.

        Raises:
            NotEnrolled: no identity here yet.
            WrongKey: another machine's secret, or another database's keys.
            StorageError: the database cannot be opened.
        """
        database = _open_database(home, machine_secret)
        try:
            clockwork = _clockwork(now_ms, monotonic_ms)
            with database.read() as connection:
                credentials = identity.load(connection)
            _note_shape(database, credentials.identity.terminal_no)
            store = Store(database, credentials, clockwork, random)
            seam = client or HttpHub(credentials.identity.hub_url)
            rounds = Rounds(home, database, credentials, seam, clockwork, random)
        except BaseException:
            database.close()
            raise
        return cls(home, database, credentials, store, rounds, clockwork)

    def now_ms(self) -> int:
        """The best known time, corrected by what the hub signed."""
        return self.store.now_ms()

    def end_visit(self) -> bool:
        """Empties the write-ahead log, so that what a visit deleted is gone from it too."""
        return self._database.checkpoint()

    def status(self) -> TerminalStatus:
        """How this terminal stands; readable while rounds run, from any program. Raises StorageError."""
        with self._database.read() as connection:
            clock = self._clockwork.state(connection)
            online = meta.read_optional_int(connection, meta.ONLINE)
            return TerminalStatus(
                site_id=self.identity.site_id,
                terminal_id=self.identity.terminal_id,
                terminal_no=self.identity.terminal_no,
                functions=self.identity.functions,
                hub_url=self.identity.hub_url,
                demonstration=self.identity.demonstration,
                incarnation=outbox.incarnation_of(connection),
                generation=meta.read(connection, meta.GENERATION),
                online=None if online is None else bool(online),
                last_contact_ms=meta.read_optional_int(connection, meta.LAST_CONTACT_MS),
                offline_since_ms=meta.read_optional_int(connection, meta.OFFLINE_SINCE_MS),
                waiting=outbox.count(connection, WAITING),
                parked=outbox.count(connection, REJECTED),
                conflicts=apply.conflict_count(connection),
                clock_trusted=clock.trusted,
                clock_message=clock.message,
                drift_ms=clock.drift_ms,
                last_refusal_code=meta.read(connection, meta.LAST_CODE),
                last_refusal_message=meta.read(connection, meta.LAST_MESSAGE),
                digest_mismatches=meta.read_int(connection, meta.DIGEST_MISMATCHES),
                unreadable=meta.read_int(connection, meta.UNREADABLE),
                redraws=meta.read_int(connection, meta.REDRAWS),
            )

    def close(self) -> None:
        """Closes the database. Rounds and writes end first: stop the schedule before."""
        self._database.close()


def enrol(
    home: Path,
    hub_url: str,
    code: str,
    machine_secret: bytes,
    *,
    client: HubClient | None = None,
    allow_demonstration: bool = False,
    now_ms: Callable[[], int] = machine_now_ms,
    random: Callable[[int], bytes] = os.urandom,
) -> Identity:
    """Makes a terminal of this home with a one-time code of the hub.

    Args:
        home: its folder, made if missing (mode 0700).
        hub_url: ``https://…``.
        code: as typed.
        machine_secret: from ``sync.replica.machine``.
        client: the seam to the network; HTTPS unless given.
        allow_demonstration: whether a demonstration hub is accepted.
        now_ms: the machine's clock, milliseconds since 1970.
        random: returns that many random bytes.

    Raises:
        InvalidInput: the code or the address cannot be right, or this home is enrolled already.
        UntrustedHub: another hub than the code's, or an answer that is not genuine.
        HubUnreachable, Refused, StorageError: see there.
    """
    invitation = identity.read_invitation(code)
    seam = client or HttpHub(hub_url)
    _make_home(home)
    with alone(home / LOCK_NAME, wait_s=0.0):
        card = (
            None
            if _is_enrolled(home, machine_secret)
            else identity.meet(seam, invitation, allow_demonstration=allow_demonstration)
        )
        if card is None:
            raise InvalidInput("Ce dossier est déjà celui d’une borne enrôlée : choisissez un dossier vide.")
        envelope, data_key = _keys(home, machine_secret, random)
        database = ReplicaDatabase.open(home / FILE_NAME, data_key)
        try:
            schema.migrate(database)
            enrolment = Enrolment(database, seam, _clockwork(now_ms, None), random, hub_url)
            who, sealing = enrolment.run(invitation, card)
            envelope.add_recovery(data_key, sealing)
        finally:
            database.close()
    return who


def renew_recovery(home: Path, machine_secret: bytes) -> bool:
    """Wraps the data key to the hub's present sealing key when it has changed. Returns whether it did."""
    envelope = Envelope.load(home / KEYS_NAME)
    data_key = envelope.open_with_machine(machine_secret)
    database = ReplicaDatabase.open(home / FILE_NAME, data_key)
    try:
        with database.read() as connection:
            text = meta.read(connection, meta.SEALING)
    finally:
        database.close()
    if text is None:
        return False
    document = SealingDocument.model_validate_json(text)
    if document.key_id == envelope.recovery_key_id():
        return False
    envelope.add_recovery(data_key, document)
    return True


def _clockwork(now_ms: Callable[[], int], monotonic_ms: Callable[[], int] | None) -> Clockwork:
    if monotonic_ms is None and now_ms is machine_now_ms:
        monotonic_ms = machine_monotonic_ms
    return Clockwork(now_ms, monotonic_ms)


def _open_database(home: Path, machine_secret: bytes) -> ReplicaDatabase:
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


def _is_enrolled(home: Path, machine_secret: bytes) -> bool:
    try:
        database = _open_database(home, machine_secret)
    except NotEnrolled:
        return False
    try:
        with database.read() as connection:
            return meta.read(connection, meta.IDENTITY) is not None
    finally:
        database.close()


def _keys(home: Path, machine_secret: bytes, random: Callable[[int], bytes]) -> tuple[Envelope, bytes]:
    """The keys of an enrolment that did not finish, or new ones."""
    path = home / KEYS_NAME
    if path.exists():
        envelope = Envelope.load(path)
        return envelope, envelope.open_with_machine(machine_secret)
    return Envelope.create(path, machine_secret, random)


def _make_home(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
        home.chmod(0o700)
    except OSError as error:
        raise StorageError(
            "Le dossier de la borne ne peut pas être créé : vérifiez le chemin et ses droits."
        ) from error


def _note_shape(database: ReplicaDatabase, node: int) -> None:
    """A version that knows more records or fields than the last one reads the whole feed again."""
    shape = apply.record_shape()
    with database.read() as connection:
        held = meta.read(connection, meta.RECORD_SHAPE)
    if held == shape:
        return
    with database.write(urgent=True) as connection:
        meta.write(connection, meta.RECORD_SHAPE, shape)
        if held is not None:
            apply.start_refill(connection, node)
