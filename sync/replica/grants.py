"""What this terminal may promise with no network: its grants, and the places kept for the person at the screen.

Rules are ``sync.escrow``'s. Everything works inside the caller's transaction, so that a place is kept, spent or given
back together with what says so. A hold is durable before it is shown; a spend that was booked is never numbered again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, bindparam, delete, select, true, update
from sqlalchemy.dialects.sqlite import insert

from sync import escrow
from sync.change import Value
from sync.clock import utc_text
from sync.promise import ACTIVE, IN_LINE, OPEN_SLOT, REQUESTED
from sync.replica import outbox, rows, takes
from sync.replica.tables import ACKNOWLEDGED, HOLDS, OUTBOX, STAMPS
from sync.wire import Receipt

Fields = dict[str, Value]
FOREIGN_GRANT = "foreign_grant"
GRANTS, BOOKINGS = rows.table_of("grant"), rows.table_of("booking")
HOLD_MS = escrow.HOLD // timedelta(milliseconds=1)
LEAD_MS = escrow.LEAD // timedelta(milliseconds=1)


@dataclass(frozen=True)
class Held:
    """An hour kept for one visit.

    Attributes:
        grant_id: the grant it is promised on; ``None`` when nothing can be promised and the hub will answer.
        spend_no: the number of the spend, 0 without a grant.
        number: of the grant, 0 without one.
        until_ms: corrected time, ``None`` without a grant: an asking keeps nothing.
    """

    slot_id: str
    grant_id: str | None = None
    spend_no: int = 0
    number: int = 0
    until_ms: int | None = None

    @property
    def guaranteed(self) -> bool:
        """True when the place is this terminal's to promise."""
        return self.grant_id is not None


@dataclass(frozen=True)
class Holder:
    """The replica that holds grants: its site, its terminal's number."""

    site_id: str
    terminal_no: int


@dataclass(frozen=True)
class _Stock:
    """This replica's active grants with all that decides, read in one transaction.

    ``holds`` are rows, by grant; ``taken`` are the grants that were asked for on line.
    """

    incarnation: str
    grants: dict[str, Fields]
    slots: dict[str, Fields]
    bookings: list[Fields]
    holds: dict[str, Row[Any]]
    taken: frozenset[str]

    def is_spent(self, grant_id: str) -> bool:
        """True while somebody was told that the place is theirs."""
        return any(one["grant_id"] == grant_id and escrow.holds_a_place(one) for one in self.bookings)

    def is_held(self, grant_id: str, now_ms: int, *, by: str | None = None, but: str | None = None) -> bool:
        """True while the place is kept for a visit: for ``by``, for any but ``but``, or for any."""
        held = self.holds.get(grant_id)
        if held is None or held.until_ms <= now_ms:
            return False
        return bool(held.visit == by if by is not None else held.visit != but)


def spendable(connection: Connection, holder: Holder, now_ms: int, visit: str = "") -> dict[str, str]:
    """The grants that may be promised to ``visit`` now, as ``{slot_id: grant_id}``; the lowest number of each slot."""
    return _offers(_read(connection, holder), holder, now_ms, visit)


def hold(connection: Connection, holder: Holder, slot_id: str, visit: str, now_ms: int) -> Held | None:
    """Keeps one place of a slot for a visit, in the place of its former hold; ``None`` when none can be promised."""
    shorten(connection, now_ms)
    stock, former = _read(connection, holder), _hold_of(connection, visit)
    grant_id = _offers(stock, holder, now_ms, visit).get(slot_id)
    if former is not None and former.grant_id is not None and former.grant_id != grant_id:
        let_go(connection, visit)
    return None if grant_id is None else _keep(connection, stock, grant_id, visit, now_ms)


def asked_before(connection: Connection, holder: Holder, slot_id: str, visit: str, now_ms: int) -> str | None:
    """A place of a slot that was asked for on line and may be asked for again by this visit, by its grant's id.

    Its answer was lost, or nobody has it now: asking again gives the same grant, and so leaves none behind.
    """
    stock, listed = _read(connection, holder), takes.read(connection)
    here = set(connection.execute(select(GRANTS.c.id).where(GRANTS.c.id.in_(sorted(listed)))).scalars())
    for grant_id, of_slot in listed.items():
        if of_slot != slot_id or (grant_id in here and grant_id not in stock.grants):
            continue
        if not stock.is_spent(grant_id) and not stock.is_held(grant_id, now_ms, but=visit):
            return grant_id
    return None


def idle_takes(connection: Connection, holder: Holder, slot_id: str, visit: str, now_ms: int) -> list[str]:
    """The places of a slot that were taken on line, came late, and that nobody but this visit may still want."""
    stock = _read(connection, holder)
    return [
        grant_id
        for grant_id in sorted(stock.taken & stock.grants.keys())
        if stock.grants[grant_id]["slot_id"] == slot_id
        and not stock.is_spent(grant_id)
        and not stock.is_held(grant_id, now_ms, but=visit)
    ]


def hold_taken(connection: Connection, holder: Holder, grant_id: str, visit: str, now_ms: int) -> Held | None:
    """Keeps the place that the hub has just given for a visit; ``None`` when it is not there to be kept.

    ``escrow.LEAD`` does not count for this one hold: a terminal promises nothing that begins sooner because what it
    says must have a chance to arrive, and of this place the hub knows already. The stock's own rule stays: once the
    hold is over, the hub is asked again.
    """
    stock = _read(connection, holder)
    if grant_id not in stock.grants or stock.is_held(grant_id, now_ms, but=visit):
        return None
    if not _is_spendable(stock, holder, grant_id, now_ms - LEAD_MS):
        return None
    let_go(connection, visit)
    return _keep(connection, stock, grant_id, visit, now_ms)


def _keep(connection: Connection, stock: _Stock, grant_id: str, visit: str, now_ms: int) -> Held:
    before = stock.holds.get(grant_id)
    slot_id = str(stock.grants[grant_id]["slot_id"])
    used = escrow.next_spend(grant_id, stock.bookings) - 1
    kept = Held(
        slot_id, grant_id, max(used, before.spend_no if before else 0) + 1, _int(stock.grants[grant_id]["number"]),
        now_ms + HOLD_MS,
    )  # fmt: skip
    values = {
        "grant_id": grant_id, "slot_id": slot_id, "spend_no": kept.spend_no, "visit": visit, "until_ms": kept.until_ms,
    }  # fmt: skip
    statement = insert(HOLDS).values(values)
    connection.execute(statement.on_conflict_do_update(index_elements=["grant_id"], set_=values))
    return kept


def holding(connection: Connection, visit: str, now_ms: int) -> Held | None:
    """The hold of a visit, while it lasts."""
    found = _hold_of(connection, visit)
    return found if found is not None and (found.until_ms or 0) > now_ms else None


def any_held(connection: Connection) -> bool:
    """True while a place is kept, whether it still lasts or not."""
    return connection.execute(select(HOLDS.c.grant_id).limit(1)).first() is not None


def let_go(connection: Connection, visit: str | None = None) -> int:
    """Frees the place of a visit, or of every visit. Returns how many.

    The number that was kept is free too: it was on no slip, and whoever held it finds no hold any more.
    """
    return int(connection.execute(delete(HOLDS).where(HOLDS.c.visit == visit if visit else true())).rowcount)


def forget_unknown(connection: Connection, receipts: Iterable[Receipt], now_ms: int) -> None:
    """A release of a grant that a restored hub has forgotten is settled: the grant is nobody's, nothing is parked."""
    for receipt in receipts:
        if receipt.code != FOREIGN_GRANT:
            continue
        mine = (OUTBOX.c.incarnation == outbox.incarnation_of(connection), OUTBOX.c.seq == receipt.seq)
        found = connection.execute(select(OUTBOX).where(*mine, OUTBOX.c.kind == "grant")).first()
        if found is not None:
            rows.delete_row(connection, (found.kind, found.site_id, found.id))
            connection.execute(delete(STAMPS).where(STAMPS.c.kind == "grant", STAMPS.c.id == found.id))
            connection.execute(OUTBOX.update().where(*mine).values(state=ACKNOWLEDGED, answered_ms=now_ms))


def may_spend(connection: Connection, holder: Holder, held: Held, visit: str, now_ms: int) -> bool:
    """True when a hold is still the visit's own and its grant can still be spent, whatever the clock says of it.

    What could be promised when the hold began may still be spent at its end: the visitor was told five minutes.
    """
    kept = _hold_of(connection, visit)
    if held.grant_id is None or kept is None or (kept.grant_id, kept.spend_no) != (held.grant_id, held.spend_no):
        return False
    stock = _read(connection, holder)
    earlier_ms = LEAD_MS if held.grant_id in stock.taken else HOLD_MS
    return held.grant_id in stock.grants and _is_spendable(stock, holder, held.grant_id, now_ms - earlier_ms)


def shorten(connection: Connection, now_ms: int) -> None:
    """After the clock went back, no hold is longer than a hold is; nor is any lost by it."""
    end_ms = now_ms + HOLD_MS
    connection.execute(update(HOLDS).where(HOLDS.c.until_ms > end_ms).values(until_ms=end_ms))


def worthless(connection: Connection, holder: Holder, now_ms: int) -> list[str]:
    """The grants to give back: unspent, unheld, of a slot that is withdrawn or begins too soon to be promised.

    One that was taken on line goes back as soon as nobody has it: it was given for one visit, not as a stock. So does
    one of a slot for which somebody waits: a stock is not for whoever comes later.
    """
    stock = _read(connection, holder)
    awaited = _awaited(connection, holder) if stock.grants else frozenset()
    soon = escrow.shift(utc_text(now_ms), escrow.LEAD)
    found = []
    for grant_id, grant in stock.grants.items():
        slot = stock.slots.get(str(grant["slot_id"]))
        if slot is None or stock.is_spent(grant_id) or stock.is_held(grant_id, now_ms):
            continue
        over = slot["state"] != OPEN_SLOT or slot["gone"] or str(slot["starts_at"]) < soon
        if over or grant_id in stock.taken or grant["slot_id"] in awaited:
            found.append(grant_id)
    return sorted(found)


def _awaited(connection: Connection, holder: Holder) -> frozenset[object]:
    """The slots of the site that the hub has put somebody in a line for."""
    query = select(BOOKINGS.c.slot_id).where(
        BOOKINGS.c.site_id == holder.site_id,
        BOOKINGS.c.state == REQUESTED,
        BOOKINGS.c.declined_because == IN_LINE,
        ~BOOKINGS.c.gone,
    )
    return frozenset(connection.execute(query).scalars())


def idle(connection: Connection, holder: Holder) -> list[str]:
    """The grants to give back whatever the clock says: taken on line, and nobody's, not even by a hold that is over.

    A machine whose date is wrong stays so until somebody sets it, and a request may wait for that very place.
    """
    stock = _read(connection, holder)
    found = stock.taken & stock.grants.keys() - stock.holds.keys()
    return sorted(grant_id for grant_id in found if not stock.is_spent(grant_id))


def forget_past_takes(connection: Connection, holder: Holder, now_ms: int) -> None:
    """Forgets the askings that are over: the grant came and ended, or it never came and its slot is past."""
    listed = takes.read(connection)
    if not listed:
        return
    here = set(connection.execute(select(GRANTS.c.id).where(GRANTS.c.id.in_(sorted(listed)))).scalars())
    active = _read(connection, holder).grants
    slots = rows.read_rows(connection, [("slot", holder.site_id, slot_id) for slot_id in sorted(set(listed.values()))])
    now = utc_text(now_ms)

    def may_come(grant_id: str, slot_id: str) -> bool:
        return grant_id not in here and not escrow.is_over(slots.get(("slot", holder.site_id, slot_id)), now)

    takes.keep_only(connection, [one for one, slot_id in listed.items() if one in active or may_come(one, slot_id)])


# Built once, with what differs bound: building one costs more than running it.
_OWN = and_(
    GRANTS.c.site_id == bindparam("of_site"), GRANTS.c.terminal_no == bindparam("of_terminal"),
    GRANTS.c.incarnation == bindparam("mine"), GRANTS.c.state == ACTIVE, GRANTS.c.gone.is_(False),
)  # fmt: skip
"""The active grants of this replica: a restored or cloned disk holds none."""
_MY_GRANTS = select(GRANTS).where(_OWN)
_ON_GRANTS = select(BOOKINGS).where(BOOKINGS.c.grant_id.in_(bindparam("grants", expanding=True)))
_EVERY_HOLD = select(HOLDS)
_PAST_HOLDS = delete(HOLDS).where(HOLDS.c.grant_id.not_in(select(GRANTS.c.id).where(_OWN)))


def forget_past_holds(connection: Connection, holder: Holder) -> None:
    """Drops the spend numbers of grants that this replica does not hold any more."""
    connection.execute(_PAST_HOLDS, _owner(holder, outbox.incarnation_of(connection)))


def _read(connection: Connection, holder: Holder) -> _Stock:
    incarnation = outbox.incarnation_of(connection)
    found = connection.execute(_MY_GRANTS, _owner(holder, incarnation)).mappings()
    grants: dict[str, Fields] = {row["id"]: dict(row) for row in found}
    if not grants:
        return _Stock(incarnation, {}, {}, [], {}, frozenset())
    keys = [("slot", holder.site_id, str(grant["slot_id"])) for grant in grants.values()]
    slots = {key[2]: row for key, row in rows.read_rows(connection, sorted(set(keys))).items()}
    spent = connection.execute(_ON_GRANTS, {"grants": sorted(grants)}).mappings()
    holds = {row.grant_id: row for row in connection.execute(_EVERY_HOLD)}
    taken = frozenset(takes.read(connection))
    return _Stock(incarnation, grants, slots, [dict(row) for row in spent], holds, taken)


def _owner(holder: Holder, incarnation: str) -> dict[str, str | int]:
    return {"of_site": holder.site_id, "of_terminal": holder.terminal_no, "mine": incarnation}


def _offers(stock: _Stock, holder: Holder, now_ms: int, visit: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for grant_id, grant in sorted(stock.grants.items(), key=lambda pair: _int(pair[1]["number"])):
        if _is_free(stock, holder, grant_id, now_ms, visit):
            found.setdefault(str(grant["slot_id"]), grant_id)
    return found


def _is_free(stock: _Stock, holder: Holder, grant_id: str, now_ms: int, visit: str) -> bool:
    if stock.is_held(grant_id, now_ms, but=visit):
        return False
    fresh = grant_id in stock.taken and stock.is_held(grant_id, now_ms, by=visit)
    return _is_spendable(stock, holder, grant_id, now_ms - LEAD_MS if fresh else now_ms)


def _is_spendable(stock: _Stock, holder: Holder, grant_id: str, now_ms: int) -> bool:
    grant = stock.grants[grant_id]
    return escrow.is_spendable(
        grant, stock.slots.get(str(grant["slot_id"])), stock.bookings, terminal_no=holder.terminal_no,
        incarnation=stock.incarnation, now=utc_text(now_ms), grant_id=grant_id,
    )  # fmt: skip


def _hold_of(connection: Connection, visit: str) -> Held | None:
    query = select(HOLDS, GRANTS.c.number).join(GRANTS, GRANTS.c.id == HOLDS.c.grant_id).where(HOLDS.c.visit == visit)
    row = connection.execute(query).first() if visit else None
    return None if row is None else Held(row.slot_id, row.grant_id, row.spend_no, row.number, row.until_ms)


def _int(value: Value) -> int:
    return value if isinstance(value, int) else 0
