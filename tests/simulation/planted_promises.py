"""Faults of places, moves, slips and lists, each planted from here into the shipped code."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import and_, bindparam, false, select

from sync import escrow
from sync.change import Value
from sync.hub import bookings, courier, grants, moves, spoken, takes, todo
from sync.hub.matter import Scene
from sync.hub.places import Places
from sync.hub.standing import Standing
from sync.promise import ACTIVE
from sync.questions import TakeReply, TakeRequest
from sync.replica import grants as promises
from sync.replica.promises import Promises
from sync.replica.writing import Writer


def another_terminals_grant_is_spent(patch: pytest.MonkeyPatch) -> None:
    """A terminal promises whatever grant of its site it hears of."""

    def is_spendable(grant: escrow.Fields, slot: Any, booked: Any, **who: Any) -> bool:
        who |= {"terminal_no": grant["terminal_no"], "incarnation": grant["incarnation"]}
        return true(grant, slot, booked, **who)

    true = escrow.is_spendable
    table = promises.GRANTS
    of_anybody = and_(table.c.site_id == bindparam("of_site"), table.c.state == ACTIVE, table.c.gone.is_(False))
    patch.setattr(promises, "_MY_GRANTS", select(table).where(of_anybody))
    patch.setattr(escrow, "is_spendable", is_spendable)


def a_release_bears_no_number(patch: pytest.MonkeyPatch) -> None:
    """The terminal gives a place back on its own paper and puts nothing in the outbox."""
    true = Writer.write

    def write(self: Writer, connection: Any, kind: str, record_id: str, *what: Any) -> Any:
        if kind == "grant":
            connection.execute(promises.GRANTS.update().where(promises.GRANTS.c.id == record_id).values(gone=True))
            return None
        return true(self, connection, kind, record_id, *what)

    patch.setattr(Writer, "write", write)


def a_release_is_told_and_not_kept(patch: pytest.MonkeyPatch) -> None:
    """The terminal gives a place back, and goes on promising it."""
    true = Promises.release_grants

    def release(self: Promises) -> int:
        released = true(self)
        with self._writer.transaction(urgent=True) as connection:
            mine = promises.GRANTS.c.terminal_no == self.holder.terminal_no
            connection.execute(promises.GRANTS.update().where(mine).values(state=ACTIVE))
        return released

    patch.setattr(Promises, "release_grants", release)


def a_restored_hub_does_not_freeze(patch: pytest.MonkeyPatch) -> None:
    """The hub gives places although it does not know who has been promised them."""
    patch.setattr(grants, "frozen", lambda connection, site_id: False)
    patch.setattr(grants, "_IS_FROZEN", false())
    patch.setattr(grants, "_GLANCE", grants._glance())


def an_unknown_grant_is_refused(patch: pytest.MonkeyPatch) -> None:
    """The restored hub rejects a promise on a grant that it has forgotten."""
    true = bookings.why_rejected

    def why_rejected(held: Any, whole: dict[str, Value], places: Places, booking_id: str | None = None) -> str | None:
        unknown = whole["grant_id"] is not None and str(whole["grant_id"]) not in places.grants
        return "foreign_grant" if unknown else true(held, whole, places, booking_id)

    patch.setattr(bookings, "why_rejected", why_rejected)


def what_was_moved_keeps_its_place(patch: pytest.MonkeyPatch) -> None:
    """The new booking stands, and so does the one that it replaces."""
    patch.setattr(moves, "_end", lambda booking, clock: None)


def a_lower_spend_stands(patch: pytest.MonkeyPatch) -> None:
    """The hub does not see that a place was given up before it was promised again."""
    patch.setattr(escrow, "given_up", lambda bookings: [])


def another_place_than_asked(patch: pytest.MonkeyPatch) -> None:
    """Whoever asks for a place once more is given one more."""
    true, count = takes.take, iter(range(10**9))

    def take(connection: Any, caller: Any, message: TakeRequest, *what: Any, **more: Any) -> TakeReply:
        other = f"{message.id[:-6]}{next(count):06d}"
        return true(connection, caller, message.changed(id=other), *what, **more)

    patch.setattr(takes, "take", take)


def wishes_are_dropped(patch: pytest.MonkeyPatch) -> None:
    """The hub keeps the hour it gave and forgets the others."""
    true = bookings.confirm

    def confirm(booking: Standing, slot_id: str, places: Places, clock: Any, now_ms: int) -> None:
        true(booking, slot_id, places, clock, now_ms)
        if booking.values.get("wishes"):
            booking.decide("wishes", [], clock.tick())

    patch.setattr(bookings, "confirm", confirm)


def a_phone_brings_nothing(patch: pytest.MonkeyPatch) -> None:
    """The page of a slip shows that the booking will come, and makes none."""
    patch.setattr(courier, "open_claim", lambda *what: courier.Opened(courier.NOT_YET))


def what_a_phone_brought_is_never_completed(patch: pytest.MonkeyPatch) -> None:
    """The terminal's own operation changes the booking that a claim made, and does not complete it."""
    patch.setattr(courier, "is_completed_by", lambda held, operation, sender: False)


def completing_overwrites(patch: pytest.MonkeyPatch) -> None:
    """The terminal's own operation writes over what others have changed since the claim."""

    def complete(booking: Standing, operation: Any, *what: Any) -> list[Any]:
        clock = what[-1]
        for name, change in operation.fields.items():
            kept = name in courier.HELD_BY_THE_HUB
            booking.decide(name, booking.values[name] if kept else change.value, clock.tick())
        booking.decide("carried", False, clock.tick())
        return []

    patch.setattr(courier, "complete", complete)


def too_many_people_are_not_listed(patch: pytest.MonkeyPatch) -> None:
    """The list for people leaves out the hours at which too many are expected."""

    def none(scene: Scene) -> Iterator[Any]:
        return iter(())

    patch.setattr(todo, "SOURCES", {**todo.SOURCES, "overbooked": none})


def a_move_of_what_a_voice_made_stays_there(patch: pytest.MonkeyPatch) -> None:
    """Whoever replaces what a voice made, once its terminal's own stands, has both places."""
    patch.setattr(spoken, "follow", lambda booking, places, clock: None)


def what_a_voice_made_is_cancelled_alone(patch: pytest.MonkeyPatch) -> None:
    """A cancelling of what a voice made is not said of its terminal's own, which stands already."""
    patch.setattr(spoken, "heard_by_own", lambda changes: {})
