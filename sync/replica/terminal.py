"""The replica's front door: opening a terminal's home, enrolling it, and telling how it stands.

A home holds ``keys.json`` (the data key's envelope), ``replica.db`` (everything else, encrypted), ``witness`` (a second
counter), the reserve of disk space and ``instance.lock``. Several programs may open one home at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from sync.replica import apply, hardware, identity, incarnation, meta, outbox
from sync.replica.asking import PATIENCE_S, Asking, Room
from sync.replica.clockwork import Clockwork
from sync.replica.database import ReplicaDatabase
from sync.replica.envelope import FILE_NAME as KEYS_NAME
from sync.replica.envelope import Envelope
from sync.replica.grants import Held
from sync.replica.home import machine_now_ms, make_clockwork, open_database
from sync.replica.hub_client import HttpHub, HubClient
from sync.replica.identity import Credentials, Identity, enrol
from sync.replica.references import Found
from sync.replica.retention import unsent, unsent_soon
from sync.replica.round import Rounds
from sync.replica.stick import StickRounds
from sync.replica.store import Store
from sync.replica.tables import REJECTED, WAITING
from sync.replica.witness import FILE_NAME as WITNESS_NAME
from sync.replica.witness import Witness
from sync.wire import SealingDocument

__all__ = ["Identity", "Terminal", "TerminalStatus", "enrol"]


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
        repaired: records that were mended because of it, one by one.
        unreadable: entries of the feed that this version could not hold.
        redraws: how often the incarnation was drawn anew (disk restored or cloned).
        guaranteed: how many slots this terminal may promise now without the hub.
        restored: whether this may be an old image or a copy of the disk: requests only until a round has settled it.
        restored_message: why, in French; ``None`` when it is not.
        to_do: how many records wait for more than ten days to leave: a person has to look into it.
        unsent_age_s: how long the oldest of them all waits, in seconds that this machine was on; ``None`` without any.
        unsent_soon: how many bookings of the next 48 hours the hub may not know of.
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
    repaired: int
    unreadable: int
    redraws: int
    enrolled: bool = True
    guaranteed: int = 0
    restored: bool = False
    restored_message: str | None = None
    to_do: int = 0
    unsent_age_s: int | None = None
    unsent_soon: int = 0

    def to_json(self) -> dict[str, Any]:
        """The status as a JSON object with stable keys."""
        return asdict(self)


class Terminal:
    """An enrolled terminal. Safe with several threads; close it at the end."""

    def __init__(
        self, home: Path, database: ReplicaDatabase, credentials: Credentials, store: Store, rounds: Rounds,
        sticks: StickRounds, clockwork: Clockwork, asking: Asking, witness: Witness,
    ) -> None:  # fmt: skip
        self.home = home
        self.identity: Identity = credentials.identity
        self.store = store
        self.rounds = rounds
        self.sticks = sticks
        self._database = database
        self._clockwork = clockwork
        self._asking = asking
        self._witness = witness
        self._status: tuple[tuple[int, int], TerminalStatus] | None = None

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
        read_hardware: hardware.Hardware = hardware.read_hardware,
    ) -> Terminal:
        """Opens an enrolled terminal's home.

        Args:
            home: its folder.
            machine_secret: from ``sync.replica.machine``.
            client: the seam to the network, which answers or raises at once; HTTPS to the enrolled hub unless given.
            now_ms: the machine's clock, milliseconds since 1970.
            monotonic_ms: a clock that never jumps; the machine's, or none where ``now_ms`` is given.
            random: returns that many random bytes.
            read_hardware: the serial numbers of the machine and of the disk that holds ``home``.

        Raises:
            NotEnrolled: no identity here yet.
            WrongKey: another machine's secret, or another database's keys.
            StorageError: the database cannot be opened.
        """
        database = open_database(home, machine_secret)
        try:
            clockwork = make_clockwork(now_ms, monotonic_ms)
            with database.read() as connection:
                credentials = identity.load(connection)
            _note_shape(database, credentials.identity.terminal_no)
            _renew_recovery(home, machine_secret, database)
            witness = _watch(home, database, credentials, read_hardware(home), clockwork, random)
            store = Store(database, credentials, clockwork, random, witness.see)
            seam = client or HttpHub(credentials.identity.hub_url)
            settle = (store.release_grants, store.retention.retain_when_due, store.publish_opinions, witness.keep)
            rounds = Rounds(home, database, credentials, seam, clockwork, random, settle=settle)
            sticks = StickRounds(home, database, credentials, seam, clockwork, random, settle=settle)
            asking = Asking(
                database, credentials, seam, clockwork, store.promises, store.writer, random,
                patience_s=PATIENCE_S if client is None else None,
            )  # fmt: skip
        except BaseException:
            database.close()
            raise
        return cls(home, database, credentials, store, rounds, sticks, clockwork, asking, witness)

    def now_ms(self) -> int:
        """The best known time, corrected by what the hub signed."""
        return self.store.now_ms()

    def take(self, slot_id: str, visit: str) -> Held:
        """Keeps an hour for a visit, as ``Store.hold``, and asks the hub for it where nothing can be promised here.

        On line that takes 4 seconds at most; off line, or where the hub has no place, the hour is asked for. It is
        never raised for the network: ``Held.guaranteed`` tells.

        Raises:
            InvalidInput: the slot is unknown here, withdrawn or past.
            DiskFull, StorageError: nothing is kept.
        """
        return self._asking.take(slot_id, visit)

    def open_slip(self, typed: str) -> Found:
        """Finds the record of a slip, whatever terminal of this site made it.

        Args:
            typed: a reference as typed, or what a scanner read of the QR (an address or the claim alone).

        Raises:
            InvalidInput: it cannot be a slip, or it is a QR that only the hub can open and the hub does not answer.
            UnknownReference: nothing bears it here, nor at the hub when it answers; counted, durably.
            TooManyTries: five wrong ones lock the search for 15 minutes.
            DiskFull, StorageError: see there.
        """
        return self._asking.open_slip(typed)

    def open_room(self, booking_id: str) -> Room:
        """Asks the hub for the way into the video appointment of a booking; nothing of it is kept here. Seconds.

        Raises:
            HubUnreachable: there is no network, or no answer that can be trusted.
            NoRoom: there is no way in now; ``because`` says why.
        """
        return self._asking.open_room(booking_id)

    def end_visit(self) -> bool:
        """Empties the write-ahead log, so that what a visit deleted is gone from it too."""
        self._witness.keep()
        return self._database.checkpoint()

    def public_url(self) -> str | None:
        """The address that a slip's QR leads to, as the hub said last; ``None``: no QR. Raises StorageError."""
        with self._database.read() as connection:
            told = meta.read(connection, meta.PUBLIC_URL)
        return (self.identity.public_url if told is None else told) or None

    def status(self) -> TerminalStatus:
        """How this terminal stands; readable while rounds run, from any program. Raises StorageError.

        Read anew after any write, and once a second for what hangs on the time alone: a screen may ask often.
        """
        seen = (self._database.version(), self._clockwork.local_ms() // 1000)
        kept = self._status
        if kept is None or kept[0] != seen:
            kept = self._status = (seen, self._read_status())
        return kept[1]

    def _read_status(self) -> TerminalStatus:
        with self._database.read() as connection:
            clock = self._clockwork.state(connection)
            online = meta.read_optional_int(connection, meta.ONLINE)
            reason = meta.read(connection, meta.RESTORED)
            late = unsent(connection, self._clockwork.progress(connection).lived_ms)
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
                repaired=meta.read_int(connection, meta.REPAIRED),
                unreadable=meta.read_int(connection, meta.UNREADABLE),
                redraws=meta.read_int(connection, meta.REDRAWS),
                guaranteed=len(self.store.spendable(connection)),
                restored=reason is not None,
                restored_message=incarnation.words_for(reason),
                to_do=late.to_do,
                unsent_age_s=None if late.oldest_ms is None else late.oldest_ms // 1000,
                unsent_soon=unsent_soon(connection, self._clockwork.now_ms(connection)),
            )

    def close(self) -> None:
        """Closes the database. Rounds and writes end first: stop the schedule before."""
        self._witness.keep()
        self._database.close()


def _renew_recovery(home: Path, machine_secret: bytes, database: ReplicaDatabase) -> None:
    """Wraps the data key to the hub's present sealing key when that has been rotated since."""
    with database.read() as connection:
        text = meta.read(connection, meta.SEALING)
    if text is None:
        return
    envelope = Envelope.load(home / KEYS_NAME)
    document = SealingDocument.from_json(text)
    if document.key_id != envelope.recovery_key_id():
        envelope.add_recovery(envelope.open_with_machine(machine_secret), document)


def _watch(
    home: Path, database: ReplicaDatabase, credentials: Credentials, found: Mapping[str, str], clockwork: Clockwork,
    random: Callable[[int], bytes],
) -> Witness:  # fmt: skip
    """Compares this start with what was witnessed of the last one (``sync.replica.incarnation``)."""
    key = incarnation.key_for(credentials.key.private_bytes_raw())
    witness = Witness(home / WITNESS_NAME, key)

    def draw(connection: Connection) -> None:
        outbox.redraw(connection, clockwork.now_ms(connection), random)
        clockwork.count_from_now(connection)

    prints = hardware.prints(found, key)
    incarnation.check_start(database, witness, prints, node=credentials.identity.terminal_no, draw=draw)
    return witness


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
