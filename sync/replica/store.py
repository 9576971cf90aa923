"""The terminal's store: the only writer of records.

``write`` puts the row, its stamps and the outbox entry in **one transaction**: what a screen says is
kept is kept, and leaves at the next round. What a visitor typed is sealed before it comes near here.
Safe with several threads and several programs on one home.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from sync.change import Value, new_id
from sync.claim import LANGUAGES as CLAIM_LANGUAGES
from sync.claim import Claim, Reference, encode_claim
from sync.errors import InvalidInput, StorageError
from sync.promise import GUARANTEED
from sync.records import FIELDS, RecordFields, SiteFields
from sync.replica import grants, meta, opinions, outbox, rows
from sync.replica.clockwork import Clockwork
from sync.replica.database import ReplicaDatabase
from sync.replica.grants import Held
from sync.replica.identity import Credentials, check_sealing
from sync.replica.journal import Ended, Lost, read_ended, read_lost
from sync.replica.parked import Parked, drop, listed
from sync.replica.promises import Promises, successor
from sync.replica.references import Found, find, next_reference
from sync.replica.retention import Retention
from sync.replica.tables import IS_WAITING, OUTBOX, REJECTED
from sync.replica.writing import NOT_OURS, Writer, Written
from sync.seal import Sealed, seal
from sync.wire import SEALED_BYTES_MAX, SealingDocument

PROMISE_FIELDS = frozenset({"grant_id", "spend_no", "wishes", "moved_from"})
"""What only ``book`` sets."""


@dataclass(frozen=True)
class Delivery:
    """Where a record of this terminal stands: ``waiting``, ``received`` or ``rejected`` by the hub.

    ``at_ms`` is when the hub answered, as far as still known; ``message`` its sentence.
    """

    state: str
    at_ms: int | None = None
    message: str | None = None


class Store:
    """Records of one terminal.

    Args:
        database: the encrypted database, migrated.
        credentials: who this terminal is.
        clockwork: corrected time.
        random: returns that many random bytes.
        witnessed: told the life of the replica after each write (``sync.replica.writing``).

    Attributes:
        writer, promises, retention: its parts, for the rest of this room.
    """

    def __init__(
        self,
        database: ReplicaDatabase,
        credentials: Credentials,
        clockwork: Clockwork,
        random: Callable[[int], bytes],
        witnessed: Callable[[int], None] = lambda life: None,
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._identity = credentials.identity
        self._clockwork = clockwork
        self._random = random
        self.writer = Writer(database, self._identity, clockwork, witnessed)
        self.promises = Promises(credentials, clockwork, self.writer)
        self.retention = Retention(database, self.writer, clockwork)

    def now_ms(self) -> int:
        """The best known time: this machine's clock, corrected by what the hub signed."""
        with self._database.read() as connection:
            return self._clockwork.now_ms(connection)

    def new_id(self) -> str:
        """Returns the identifier of a new record (UUIDv7)."""
        return new_id(self.now_ms(), self._random(10))

    def write(
        self, kind: str, record_id: str | None, values: Mapping[str, Value], *, sealed: Sealed | None = None
    ) -> Written:
        """Creates or changes one record, durably, in one transaction.

        Args:
            kind: a kind of ``sync.records``.
            record_id: the record; ``None`` for a new one.
            values: the fields to set; the rest stays (or takes its default).
            sealed: what the visitor typed, made by ``seal`` for this record.

        Raises:
            InvalidInput: a value, field or state that the record does not allow. It never holds the value.
            DiskFull, StorageError: nothing was written.
        """
        if kind == "grant" or values.keys() & PROMISE_FIELDS or values.get("state") == GUARANTEED:
            raise InvalidInput(NOT_OURS)  # only ``book`` promises a place, only ``release_grants`` gives one back
        with self.writer.transaction() as connection:
            now_ms = self._clockwork.now_ms(connection)
            if kind == "booking" and record_id is not None and "slot_id" in values:
                held = rows.read_row(connection, self.writer.key(kind, record_id))
                if held is not None and held["grant_id"] is not None and held["slot_id"] != values["slot_id"]:
                    raise InvalidInput(NOT_OURS)  # a promise is of one slot: its grant's
            identifier = record_id or new_id(now_ms, self._random(10))
            return self.writer.write(connection, kind, identifier, values, sealed, now_ms)

    # Promises -----------------------------------------------------------------------------------

    def guaranteed_slots(self) -> frozenset[str]:
        """The slots this terminal may promise now to one more visit; none while its clock is not trusted."""
        with self._database.read() as connection:
            return frozenset(self.spendable(connection))

    def spendable(self, connection: Connection) -> dict[str, str]:
        """``guaranteed_slots`` with their grants, in the caller's transaction."""
        return self.promises.spendable(connection)

    def hold(self, slot_id: str, visit: str) -> Held:
        """Keeps a place of a slot for a visit, durably, for ``escrow.HOLD``, and frees what it held before.

        Args:
            slot_id: the slot.
            visit: a random word of the visit; never shown, never sent.

        Returns:
            What is held; without a grant, when this terminal can promise nothing of that slot: the hub will answer.

        Raises:
            InvalidInput: the slot is unknown here, withdrawn or past.
        """
        return self.promises.hold(slot_id, visit)

    def holding(self, visit: str) -> Held | None:
        """The place kept for a visit; ``None`` when there is none, or its five minutes are over."""
        with self._database.read() as connection:
            return grants.holding(connection, visit, self._clockwork.now_ms(connection))

    def drop_holds(self, visit: str | None = None) -> int:
        """Frees what a visit holds; without a visit, what all of them do: those of a program that was killed.

        Where nothing is held nothing is written, so that a full disk stops nobody. Raises DiskFull, StorageError.
        """
        with self._database.read() as connection:
            if not grants.any_held(connection):
                return 0
        with self._database.write(urgent=True) as connection:
            return grants.let_go(connection, visit)

    def reference_for(self, held: Held) -> Reference:
        """The reference of a booking: that of the grant and spend where there is one, else the terminal's next."""
        return self.promises.reference_of(held) or self.next_reference()

    def book(
        self, held: Held, visit: str, record_id: str, values: Mapping[str, Value], *, sealed: Sealed | None = None
    ) -> str:
        """Books what a visit holds: row, stamps, outbox entry and the end of the hold in one transaction.

        Args:
            held: from ``hold``; without a grant the booking is a request.
            visit: the visit it was held for.
            record_id: the new booking.
            values: its fields, without state, grant and spend; ``wishes`` (other slots that would do) without a
                grant only; ``moved_from``, the booking of this site that it replaces.
            sealed: what the visitor typed, made by ``seal`` for this record.

        Returns:
            ``guaranteed`` or ``requested``.

        Raises:
            HoldLost: what was held can be promised no more; nothing was written.
            InvalidInput: wishes beside a promise, or nothing to be replaced there; nothing was written.
            DiskFull, StorageError: nothing was written.
        """
        return self.promises.book(held, visit, record_id, values, sealed=sealed)

    def successor(self, booking_id: str) -> str | None:
        """The live booking that replaces another one, through chains of moves; ``None`` when nothing does.

        One that holds a place comes before one that is asked for. A booking with such a successor reads as moved,
        before the hub has said so.
        """
        with self._database.read() as connection:
            found = successor(connection, self._identity.site_id, booking_id)
        return None if found is None else found[0]

    def take_back(self, kind: str, record_id: str) -> None:
        """The visitor withdraws: a registration becomes ``retiree``, a booking ``cancelled``.

        In the same transaction every sealed text of it that is held here is destroyed, whether it has left or not;
        the hub destroys its own when it hears. Nothing changes for what was taken back already.

        Raises:
            InvalidInput: another kind, not here, or a booking that was moved; nothing was written.
            DiskFull, StorageError: nothing was written.
        """
        self.promises.take_back(kind, record_id)

    def mark_told(self, record_id: str) -> None:
        """Notes that the visitor learns now that a booking was withdrawn, overruled, declined, or answered with others.

        Nothing is written for any other state, for one that was told already, nor for a booking that is not here.
        Raises DiskFull, StorageError.
        """
        self.promises.mark_told(record_id)

    def release_grants(self) -> int:
        """Gives back the grants that can be promised no more; each release is one operation of the outbox.

        Called by each round, and safe without the network. Returns how many.
        """
        return self.promises.release_grants()

    def retain(self) -> int:
        """Destroys the sealed texts whose time is over, and notes since when the rest waits (``retention``).

        Called by each round, an hour after the last time; safe without the network. Returns how many texts were
        destroyed. Raises DiskFull, StorageError: nothing was.
        """
        return self.retention.retain()

    def count_opinion(self, day: date, journey: str, answer: str) -> None:
        """Counts how a visit ended (``opinions.add``), and no more. Raises InvalidInput, DiskFull, StorageError."""
        with self._database.write(urgent=True) as connection:
            opinions.add(connection, day, journey, answer)

    def publish_opinions(self) -> int:
        """Makes records of the counts of the site's days that are over, to leave with the next round; returns how many.

        Called by each round; where there are none nothing is written. Raises DiskFull, StorageError.
        """
        site = self.site()
        zone = ZoneInfo(site.zone) if site is not None else UTC
        today = datetime.fromtimestamp(self.now_ms() / 1000, zone).date()
        with self._database.read() as connection:
            if not opinions.any_over(connection, today):
                return 0
        with self.writer.transaction() as connection:
            now_ms = self._clockwork.now_ms(connection)
            return opinions.publish(connection, self.writer, self._identity.terminal_no, today, now_ms)

    def drop_parked(self, record_id: str, who: str) -> int:
        """Gives up what the hub rejected of one record: a named person has dealt with it (``parked.drop``).

        Raises InvalidInput (nothing of it was rejected, nobody is named), DiskFull, StorageError.
        """
        return drop(self.writer, self._clockwork, record_id, who)

    # Reading ------------------------------------------------------------------------------------

    def get(self, kind: str, record_id: str) -> RecordFields | None:
        """One record that is not gone, or ``None``."""
        with self._database.read() as connection:
            row = rows.read_row(connection, (kind, self._identity.site_id, record_id))
        if row is None or row["gone"]:
            return None
        return FIELDS[kind].model_validate(row)

    def list(self, kind: str) -> list[tuple[str, RecordFields]]:
        """Every record of a kind that is not gone, with its id."""
        with self._database.read() as connection:
            held = rows.list_rows(connection, kind)
        return [(record_id, FIELDS[kind].model_validate(row)) for record_id, row in held]

    def parked(self) -> Sequence[Parked]:
        """What the hub rejected, oldest first: codes, names and times, no value."""
        with self._database.read() as connection:
            return listed(connection)

    def journal(self) -> tuple[Sequence[Lost], Sequence[Ended]]:
        """Values written here that do not stand, and what was destroyed or given up; the newest first."""
        with self._database.read() as connection:
            return read_lost(connection), read_ended(connection)

    def version(self) -> int:
        """Another number after any change of any record: what was read at one version stays true until then."""
        return self._database.version()

    def site(self) -> SiteFields | None:
        """This terminal's site; ``None`` until a round has brought it."""
        found = self.get("site", self._identity.site_id)
        return found if isinstance(found, SiteFields) else None

    def sealing(self) -> SealingDocument:
        """The hub's sealing key, checked: signed by its root, valid at the last time the hub signed.

        The machine's own clock is not asked: an old PC that wakes in two years' time must not turn a
        visitor away, and a terminal cut off for long seals with the newest key it was given.

        Raises:
            UntrustedHub, StorageError.
        """
        with self._database.read() as connection:
            text = meta.read(connection, meta.SEALING)
            signed_ms = meta.read_int(connection, meta.TIME_FLOOR_MS)
        if text is None:
            raise StorageError("La clé de scellement du hub manque : lancez une synchronisation.")
        document = SealingDocument.from_json(text)
        check_sealing(document, self._credentials.root_key, signed_ms, demonstration=self._identity.demonstration)
        return document

    def seal(self, kind: str, record_id: str, answers: dict[str, object]) -> Sealed:
        """Seals what a visitor typed: from here on only the hub's vault can read it.

        Raises:
            InvalidInput: too long.
            UntrustedHub: the sealing key is not, or no longer, the hub's.
        """
        sealed = seal(self.sealing(), kind, self._identity.site_id, record_id, answers)
        if len(sealed.to_text()) > SEALED_BYTES_MAX:
            raise InvalidInput("Ces réponses sont trop longues : raccourcissez le texte libre.")
        return sealed

    def next_reference(self) -> Reference:
        """The next reference of this terminal, durable before it is shown: no reference is given twice.

        Raises:
            StorageError: every reference of this terminal was used.
        """
        with self._database.write() as connection:
            return next_reference(connection, self._identity.terminal_no, self._credentials.reference_secret)

    def sign_claim(
        self, kind: str, promise: str, record_id: str, slot_id: str | None, expires_s: int, *, reference: Reference,
        language: str, grant_no: int = 0, spend_no: int = 0,
    ) -> str:  # fmt: skip
        """The text of the slip's QR: a signed claim without any personal data.

        Args:
            kind: ``registration`` or ``booking``.
            promise: ``requested`` or ``guaranteed``.
            record_id: the record it speaks of.
            slot_id: the slot, for a booking.
            expires_s: seconds since 1970.
            reference: the one on the same slip; its number alone is told.
            language: of the page; French where a claim does not know it.
            grant_no: the number of the grant, 0 without one.
            spend_no: the number of its spend, 0 without one.
        """
        with self._database.read() as connection:
            incarnation = outbox.incarnation_of(connection)
            made_s = self._clockwork.now_ms(connection) // 1000
        claim = Claim(
            kind, promise, language if language in CLAIM_LANGUAGES else CLAIM_LANGUAGES[0], self._identity.terminal_no,
            grant_no, spend_no, reference.index, made_s, expires_s, incarnation, record_id, slot_id,
        )  # fmt: skip
        signature = self._credentials.key.sign(Claim.signing_input(claim.to_bytes()))
        return encode_claim(claim, signature)

    def find(self, typed: str) -> Found:
        """Finds the record of a reference that a person typed.

        Raises:
            InvalidInput: it cannot be a reference.
            UnknownReference: nothing here bears it; counted, durably.
            TooManyTries: five wrong ones lock the search for 15 minutes.
        """
        return find(self._database, self._clockwork, typed)

    def delivery(self, kind: str, record_id: str) -> Delivery:
        """Whether the hub has what this terminal wrote about a record."""
        with self._database.read() as connection:
            entries = connection.execute(
                select(OUTBOX.c.state, IS_WAITING.label("waits"), outbox.ANSWERED_MS, OUTBOX.c.message)
                .where(OUTBOX.c.kind == kind, OUTBOX.c.id == record_id)
                .order_by(OUTBOX.c.written_ms, OUTBOX.c.seq)
            ).all()
        for state, waits, at_ms, message in reversed(entries):
            if state == REJECTED:
                return Delivery("rejected", at_ms, message)
            if waits:
                return Delivery("waiting")
        return Delivery("received", max((one.at_ms for one in entries if one.at_ms is not None), default=None))
