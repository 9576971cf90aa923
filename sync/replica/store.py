"""The terminal's store: the only writer of records.

``write`` puts the row, its stamps and the outbox entry in **one transaction**: what a screen says is
kept is kept, and leaves at the next round. What a visitor typed is sealed before it comes near here.
Safe with several threads and several programs on one home.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import ValidationError
from sqlalchemy import Connection, select

from sync import escrow
from sync.change import Change, Value, new_id
from sync.claim import LANGUAGES as CLAIM_LANGUAGES
from sync.claim import Claim, Reference, encode_claim, make_reference
from sync.clock import utc_text
from sync.errors import HoldLost, InvalidInput, StorageError
from sync.merge import Policy
from sync.promise import GUARANTEED, RELEASED, REQUESTED
from sync.records import FIELDS, RecordFields, SiteFields
from sync.replica import grants, meta, outbox, rows
from sync.replica.clockwork import Clockwork
from sync.replica.database import ReplicaDatabase
from sync.replica.grants import Held
from sync.replica.identity import Credentials, check_sealing
from sync.replica.outbox import Key
from sync.replica.references import Found, find, next_reference
from sync.replica.tables import OUTBOX, REJECTED, WAITING
from sync.seal import Sealed, seal
from sync.wire import SEALED_BYTES_MAX, SealingDocument

NOT_OURS = "Cette borne ne peut pas modifier cette information : adressez-vous au personnel."
PROMISE_FIELDS = frozenset({"grant_id", "spend_no"})
"""What only ``book`` sets."""


@dataclass(frozen=True)
class Written:
    """A write that is on the disk. ``seq`` is its outbox number, 0 when nothing had changed."""

    id: str
    seq: int


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
    """

    def __init__(
        self,
        database: ReplicaDatabase,
        credentials: Credentials,
        clockwork: Clockwork,
        random: Callable[[int], bytes],
    ) -> None:
        self._database = database
        self._credentials = credentials
        self._identity = credentials.identity
        self._clockwork = clockwork
        self._random = random
        self._holder = grants.Holder(self._identity.site_id, self._identity.terminal_no)

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
        with self._database.write() as connection:
            now_ms = self._clockwork.now_ms(connection)
            if kind == "booking" and record_id is not None and "slot_id" in values:
                held = rows.read_row(connection, (kind, self._identity.site_id, record_id))
                if held is not None and held["grant_id"] is not None and held["slot_id"] != values["slot_id"]:
                    raise InvalidInput(NOT_OURS)  # a promise is of one slot: its grant's
            return self._write(connection, kind, record_id or new_id(now_ms, self._random(10)), values, sealed, now_ms)

    def _write(
        self,
        connection: Connection,
        kind: str,
        record_id: str,
        values: Mapping[str, Value],
        sealed: Sealed | None,
        now_ms: int,
    ) -> Written:
        fields = FIELDS.get(kind)
        if fields is None or not values.keys() <= fields.terminal_may_write | {"gone"}:
            raise InvalidInput(NOT_OURS)
        key = (kind, self._identity.site_id, record_id)
        _check_seal(fields, key, sealed)
        held = rows.read_row(connection, key)
        _check_states(fields, held, values)
        row = _validated(fields, held, values)
        changed = {name: row[name] for name in values if held is None or held[name] != row[name]}
        if not changed and sealed is None:
            return Written(record_id, 0)
        return Written(record_id, self._record(connection, key, row, changed, sealed, now_ms))

    def _record(
        self,
        connection: Connection,
        key: Key,
        row: dict[str, Value],
        changed: dict[str, Value],
        sealed: Sealed | None,
        now_ms: int,
    ) -> int:
        """Row, stamps and outbox entry: all in the caller's transaction."""
        stamps = rows.read_stamps(connection, [key]).get(key, {})
        stamp = self._clockwork.tick(connection, self._identity.terminal_no)
        changes = [Change(name, value, stamp, stamps.get(name)) for name, value in changed.items()]
        rows.write_rows(connection, {key: row})
        rows.write_stamps(connection, {key: {**stamps, **dict.fromkeys(changed, stamp)}})
        text = sealed.to_text() if sealed is not None else None
        return outbox.append(connection, key, changes, sealed=text, written_ms=now_ms)

    # Promises -----------------------------------------------------------------------------------

    def guaranteed_slots(self) -> frozenset[str]:
        """The slots this terminal may promise now to one more visit; none while its clock is not trusted."""
        with self._database.read() as connection:
            return frozenset(self.spendable(connection))

    def spendable(self, connection: Connection) -> dict[str, str]:
        """``guaranteed_slots`` with their grants, in the caller's transaction."""
        if not self._clockwork.state(connection).trusted:
            return {}
        return grants.spendable(connection, self._holder, self._clockwork.now_ms(connection))

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
        with self._database.write() as connection:
            now_ms = self._clockwork.now_ms(connection)
            slot = rows.read_row(connection, ("slot", self._identity.site_id, slot_id))
            if escrow.is_over(slot, utc_text(now_ms)):
                raise InvalidInput("Cette heure n’est plus proposée : choisissez une autre heure.")
            if not self._clockwork.state(connection).trusted:
                grants.let_go(connection, visit)
                return Held(slot_id)
            return grants.hold(connection, self._holder, slot_id, visit, now_ms) or Held(slot_id)

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
        index = escrow.reference_index(held.number, held.spend_no) if held.guaranteed else None
        if index is None:
            return self.next_reference()
        return make_reference(self._identity.terminal_no, index, self._credentials.reference_secret)

    def book(
        self, held: Held, visit: str, record_id: str, values: Mapping[str, Value], *, sealed: Sealed | None = None
    ) -> str:
        """Books what a visit holds: row, stamps, outbox entry and the end of the hold in one transaction.

        Args:
            held: from ``hold``; without a grant the booking is a request.
            visit: the visit it was held for.
            record_id: the new booking.
            values: its fields, without state, grant and spend.
            sealed: what the visitor typed, made by ``seal`` for this record.

        Returns:
            ``guaranteed`` or ``requested``.

        Raises:
            HoldLost: what was held can be promised no more; nothing was written.
            InvalidInput, DiskFull, StorageError: nothing was written.
        """
        if values.get("slot_id") != held.slot_id:
            raise InvalidInput("Cette réservation n’est pas celle de l’heure choisie : choisissez l’heure de nouveau.")
        with self._database.write() as connection:
            now_ms = self._clockwork.now_ms(connection)
            if not held.guaranteed:
                self._write(connection, "booking", record_id, {**values, "state": REQUESTED}, sealed, now_ms)
                grants.let_go(connection, visit)
                return REQUESTED
            trusted = self._clockwork.state(connection).trusted
            if not trusted or not grants.may_spend(connection, self._holder, held, visit, now_ms):
                raise HoldLost("Cette heure n’est plus gardée pour vous : choisissez-la de nouveau, ou une autre.")
            spend = {"state": GUARANTEED, "grant_id": held.grant_id, "spend_no": held.spend_no}
            self._write(connection, "booking", record_id, {**values, **spend}, sealed, now_ms)
            grants.let_go(connection, visit)
        return GUARANTEED

    def release_grants(self) -> int:
        """Gives back the grants that can be promised no more; each release is one operation of the outbox.

        Called by each round, and safe without the network. Returns how many.
        """
        with self._database.write(urgent=True) as connection:
            now_ms = self._clockwork.now_ms(connection)
            grants.shorten(connection, now_ms)
            if not self._clockwork.state(connection).trusted:
                return 0
            released = grants.worthless(connection, self._holder, now_ms)
            for grant_id in released:
                self._write(connection, "grant", grant_id, {"state": RELEASED}, None, now_ms)
            grants.forget_past_holds(connection, self._holder)
            return len(released)

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
        document = SealingDocument.model_validate_json(text)
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
                select(OUTBOX.c.state, OUTBOX.c.answered_ms, OUTBOX.c.message)
                .where(OUTBOX.c.kind == kind, OUTBOX.c.id == record_id)
                .order_by(OUTBOX.c.written_ms, OUTBOX.c.seq)
            ).all()
        for state, at_ms, message in reversed(entries):
            if state == REJECTED:
                return Delivery("rejected", at_ms, message)
            if state == WAITING:
                return Delivery("waiting")
        return Delivery("received", max((at_ms for _, at_ms, _ in entries if at_ms is not None), default=None))


def _check_seal(fields: type[RecordFields], key: Key, sealed: Sealed | None) -> None:
    if sealed is None:
        return
    header = sealed.header
    if not fields.seals or (header.kind, header.site_id, header.id) != key:
        raise InvalidInput("Ces réponses n’ont pas été scellées pour cet enregistrement : recommencez la saisie.")


def _check_states(fields: type[RecordFields], held: Mapping[str, Value] | None, values: Mapping[str, Value]) -> None:
    """A state machine goes forward only, here as at the hub."""
    for name, value in values.items():
        if held is None or held[name] == value or fields.policy(name) is not Policy.STATES:
            continue
        if str(value) not in fields.transitions.get(name, {}).get(str(held[name]), ()):
            raise InvalidInput(
                "Ce n’est plus possible à ce stade : rafraîchissez l’écran pour voir où en est la demande."
            )


def _validated(
    fields: type[RecordFields], held: Mapping[str, Value] | None, values: Mapping[str, Value]
) -> dict[str, Value]:
    try:
        return fields.model_validate({**(held or {}), **values}).values()
    except ValidationError:
        raise InvalidInput("Une réponse n’est pas valable : vérifiez la saisie et recommencez.") from None
