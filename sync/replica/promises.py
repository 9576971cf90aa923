"""What a visit holds, books, moves and takes back at this terminal. Each is one transaction.

Rules of places are ``sync.escrow``'s, what this replica holds is ``sync.replica.grants``'.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, or_, select

from sync import escrow
from sync.change import Value
from sync.claim import Reference, make_reference
from sync.clock import utc_text
from sync.errors import HoldLost, InvalidInput
from sync.promise import CANCELLED, GUARANTEED, LIVE, MOVED, PLACED, RELEASED, REQUESTED, UNEXPECTED
from sync.replica import grants, rows
from sync.replica.apply import TAKEN_BACK_AS
from sync.replica.clockwork import Clockwork
from sync.replica.grants import Held, Holder
from sync.replica.identity import Credentials
from sync.replica.writing import Writer, destroy_sealed
from sync.seal import Sealed


class Promises:
    """Holds and bookings of one terminal.

    Args:
        credentials: who this terminal is.
        clockwork: corrected time.
        writer: writes records.
    """

    def __init__(self, credentials: Credentials, clockwork: Clockwork, writer: Writer) -> None:
        self._identity = credentials.identity
        self._reference_secret = credentials.reference_secret
        self._clockwork = clockwork
        self._writer = writer
        self.holder = Holder(self._identity.site_id, self._identity.terminal_no)

    def spendable(self, connection: Connection) -> dict[str, str]:
        """The slots that may be promised now with their grants; see ``Store.guaranteed_slots``."""
        if not self._writer.may_promise(connection):
            return {}
        return grants.spendable(connection, self.holder, self._clockwork.now_ms(connection))

    def hold(self, slot_id: str, visit: str) -> Held:
        """See ``Store.hold``."""
        with self._writer.transaction() as connection:
            now_ms = self._clockwork.now_ms(connection)
            if escrow.is_over(rows.read_row(connection, self._writer.key("slot", slot_id)), utc_text(now_ms)):
                raise InvalidInput("Cette heure n’est plus proposée : choisissez une autre heure.")
            if not self._writer.may_promise(connection):
                grants.let_go(connection, visit)
                return Held(slot_id)
            return grants.hold(connection, self.holder, slot_id, visit, now_ms) or Held(slot_id)

    def reference_of(self, held: Held) -> Reference | None:
        """The reference of a spend that has one; ``None`` for one that takes the terminal's next."""
        index = escrow.reference_index(held.number, held.spend_no) if held.guaranteed else None
        return None if index is None else make_reference(self._identity.terminal_no, index, self._reference_secret)

    def book(
        self, held: Held, visit: str, record_id: str, values: Mapping[str, Value], *, sealed: Sealed | None = None
    ) -> str:
        """See ``Store.book``."""
        if values.get("slot_id") != held.slot_id:
            raise InvalidInput("Cette réservation n’est pas celle de l’heure choisie : choisissez l’heure de nouveau.")
        if held.guaranteed and values.get("wishes"):
            raise InvalidInput("Cette heure est déjà réservée : d’autres vœux ne servent qu’à une demande.")
        with self._writer.transaction() as connection:
            now_ms = self._clockwork.now_ms(connection)
            self._check_move(connection, record_id, values.get("moved_from"))
            slot = rows.read_row(connection, self._writer.key("slot", held.slot_id))
            if slot is not None and slot["reason"] != values.get("reason"):
                raise InvalidInput(
                    "Cette heure est proposée pour un autre sujet : choisissez-en une pour celui du rendez-vous."
                )
            if not held.guaranteed:
                self._give_back_late(connection, held.slot_id, visit, now_ms)
                self._writer.write(connection, "booking", record_id, {**values, "state": REQUESTED}, sealed, now_ms)
                grants.let_go(connection, visit)
                return REQUESTED
            may_promise = self._writer.may_promise(connection)
            if not may_promise or not grants.may_spend(connection, self.holder, held, visit, now_ms):
                raise HoldLost("Cette heure n’est plus gardée pour vous : choisissez-la de nouveau, ou une autre.")
            spend = {"state": GUARANTEED, "grant_id": held.grant_id, "spend_no": held.spend_no}
            self._writer.write(connection, "booking", record_id, {**values, **spend}, sealed, now_ms)
            grants.let_go(connection, visit)
        return GUARANTEED

    def _give_back_late(self, connection: Connection, slot_id: str, visit: str, now_ms: int) -> None:
        """A place that was taken on line and whose answer came too late goes back before this visit asks for its hour:
        it would be refused because of the very place that was meant for it."""
        for grant_id in grants.idle_takes(connection, self.holder, slot_id, visit, now_ms):
            self._writer.write(connection, "grant", grant_id, {"state": RELEASED}, None, now_ms)

    def _check_move(self, connection: Connection, record_id: str, moved_from: Value) -> None:
        """A booking replaces another one only once, and never one that was given up. Raises InvalidInput."""
        if moved_from is None:
            return
        before = rows.read_row(connection, self._writer.key("booking", str(moved_from)))
        if before is None or before["gone"] or before["state"] in {CANCELLED, MOVED} or moved_from == record_id:
            raise InvalidInput("Ce rendez-vous ne peut pas être déplacé : il a été annulé ou déplacé, rouvrez-le.")
        follows = successor(connection, self._identity.site_id, str(moved_from))
        if follows is not None and follows[1]["state"] in PLACED:
            raise InvalidInput("Ce rendez-vous a déjà été déplacé : ouvrez le nouveau pour le déplacer encore.")

    def take_back(self, kind: str, record_id: str) -> None:
        """See ``Store.take_back``."""
        state = TAKEN_BACK_AS.get(kind)
        if state is None:
            raise InvalidInput("Cette information ne se retire pas ici : adressez-vous au personnel.")
        with self._writer.transaction() as connection:
            if rows.read_row(connection, self._writer.key(kind, record_id)) is None:
                raise InvalidInput("Cette demande n’est plus sur cette borne : adressez-vous au personnel.")
            self._writer.write(connection, kind, record_id, {"state": state}, None, self._clockwork.now_ms(connection))
            destroy_sealed(connection, kind, record_id)

    def mark_told(self, record_id: str) -> None:
        """See ``Store.mark_told``."""
        key = self._writer.key("booking", record_id)
        with self._writer.transaction() as connection:
            row = rows.read_row(connection, key)
            if row is None or row["gone"] or not must_be_told(row):
                return
            stamps = rows.read_stamps(connection, [key]).get(key, {})
            news = max(stamps.get("state", ""), stamps.get("alternatives", ""))
            if row["told_at"] is not None and stamps.get("told_at", "") > news:
                return  # told of this very state: a screen that is shown again writes nothing
            now_ms = self._clockwork.now_ms(connection)
            self._writer.write(connection, "booking", record_id, {"told_at": utc_text(now_ms)}, None, now_ms)

    def release_grants(self) -> int:
        """See ``Store.release_grants``."""
        with self._writer.transaction(urgent=True) as connection:
            now_ms = self._clockwork.now_ms(connection)
            grants.shorten(connection, now_ms)
            trusted = self._clockwork.state(connection).trusted
            if trusted:
                ended = grants.worthless(connection, self.holder, now_ms)
            else:
                ended = grants.idle(connection, self.holder)
            for grant_id in ended:
                self._writer.write(connection, "grant", grant_id, {"state": RELEASED}, None, now_ms)
            if trusted:
                grants.forget_past_holds(connection, self.holder)
                grants.forget_past_takes(connection, self.holder, now_ms)
            return len(ended)


def must_be_told(booking: Mapping[str, Value]) -> bool:
    """True for a booking with news that its visitor cannot know: refused, ended, a place after all, earlier hours."""
    if booking["state"] in UNEXPECTED:
        return True
    return booking["state"] in PLACED and bool(booking["alternatives"] or (booking["waits"] and booking["notices"]))


def successor(connection: Connection, site_id: str, booking_id: str) -> tuple[str, Mapping[str, Value]] | None:
    """The live booking that replaces another one, through chains: one with a place before one that is asked for.

    Of those that hold a place, one that was replaced by another such one is left out; then the newest stands, as at
    the hub. Returns its id and fields, ``None`` when nothing replaces it.
    """
    parents: dict[str, str] = {}
    found: dict[str, dict[str, Value]] = {}
    generation = [booking_id]
    while generation:
        rest = {one: row for one, row in _moved_from(connection, site_id, generation) if one not in found}
        rest.pop(booking_id, None)
        found.update(rest)
        parents.update({one: str(row["moved_from"]) for one, row in rest.items()})
        generation = list(rest)
    replaced: set[str] = set()
    for one, row in found.items():
        if row["state"] not in PLACED:
            continue
        while (one := parents.get(one, "")) and one not in replaced:
            replaced.add(one)
    live = [one for one, row in found.items() if row["state"] in LIVE and one not in replaced]
    if not live:
        return None
    best = max(live, key=lambda one: (found[one]["state"] in PLACED, one))
    return best, found[best]


def _moved_from(connection: Connection, site_id: str, booking_ids: Iterable[str]) -> list[tuple[str, dict[str, Value]]]:
    table = rows.table_of("booking")
    wanted = or_(*(table.c.moved_from == one for one in booking_ids))
    query = select(table).where(table.c.site_id == site_id, table.c.gone.is_(False), wanted)
    return [(row["id"], dict(row)) for row in connection.execute(query).mappings()]
